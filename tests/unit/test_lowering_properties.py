"""Random transfers: the words of the lowered descriptor visit exactly the addresses that the source names."""

from itertools import product
from typing import NamedTuple

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from npubuild.hardware.descriptors import decode as decode_descriptor
from npubuild.hardware.descriptors import encode as encode_descriptor
from npubuild.hardware.devices import TileKind
from npubuild.hardware.registers import decode_push
from npubuild.lowering.sequence import lower
from npubuild.lowering.txn import AddressPatch, BlockWrite, Write, decode, encode
from npubuild.mlir.source import parse_design

BYTES = {"i8": 1, "ui8": 1, "i16": 2, "bf16": 2, "i32": 4, "f32": 4}
FIFOS = {"in": "MM2S", "out": "S2MM"}


class Transfer(NamedTuple):
    """The lists of a `dma_memcpy_nd`, outermost first."""

    element: str
    offsets: tuple
    sizes: tuple
    strides: tuple
    fifo: str

    def word_addresses(self):
        """The word addresses in the order in which the source's four nested loops reach them."""
        per_word = 4 // BYTES[self.element]
        base = sum(offset * stride for offset, stride in zip(self.offsets, self.strides, strict=True))
        for indices in product(*map(range, (*self.sizes[:3], self.sizes[3] // per_word))):
            inner = indices[3] * per_word * self.strides[3]
            yield (base + sum(map(int.__mul__, indices[:3], self.strides[:3])) + inner) // per_word


@st.composite
def transfers(draw):
    element = draw(st.sampled_from(sorted(BYTES)))
    per_word = 4 // BYTES[element]
    inner_words = draw(st.integers(1, 40))
    sizes = (draw(st.integers(1, 64)), draw(st.integers(1, 6)), draw(st.integers(1, 6)), inner_words * per_word)
    # Elements smaller than a word cannot be picked one by one: their innermost stride is 1.
    inner_stride = draw(st.integers(1, 5)) if per_word == 1 else 1
    outer = [per_word * draw(st.integers(0 if d == 0 or sizes[d] == 1 else 1, 500)) for d in range(3)]
    offsets = (*(draw(st.integers(0, 3)) for _ in range(3)), per_word * draw(st.integers(0, 9)))
    return Transfer(element, offsets, sizes, (*outer, inner_stride), draw(st.sampled_from(sorted(FIFOS))))


def design(body, element):
    return parse_design(
        f"""module {{
      aie.device(npu2_1col) {{
        %s = aie.tile(0, 0)
        aie.shim_dma_allocation @in(%s, MM2S, 0)
        aie.shim_dma_allocation @out(%s, S2MM, 0)
        aie.runtime_sequence(%a: memref<1048576x{element}>) {{
          {body}
        }}
      }}
    }}""",
        "random.mlir",
    )


def memcpy(transfer):
    lists = "".join(str(list(values)) for values in transfer[1:4])
    attributes = f"id = 0 : i64, issue_token = true, metadata = @{transfer.fifo}"
    return f"aiex.npu.dma_memcpy_nd(%a{lists}) {{{attributes}}} : memref<1048576x{transfer.element}>"


def descriptor_addresses(descriptor, base, repeat):
    """The word addresses that the hardware reaches in `repeat` + 1 executions of a descriptor (npu-facts.md, 3.3, 3.5)."""
    (wrap0, step0), (wrap1, step1), (_, step2) = descriptor.dimensions
    for execution in range(repeat + 1):
        start = base + execution % descriptor.iteration.wrap * descriptor.iteration.step
        for word in range(descriptor.length):
            rest, i0 = divmod(word, wrap0) if wrap0 else (0, word)
            i2, i1 = divmod(rest, wrap1) if wrap1 else (0, rest)
            yield start + i0 * step0 + i1 * step1 + i2 * step2


@settings(max_examples=80, deadline=None)
@given(transfers())
def test_a_transfer_visits_the_addresses_that_the_source_names(transfer):
    stream = lower(design(memcpy(transfer), transfer.element))
    assert decode(encode(stream), "stream") == stream
    block, patch, *_, push = stream.operations
    assert isinstance(block, BlockWrite)
    assert isinstance(patch, AddressPatch)
    assert isinstance(push, Write)
    descriptor = decode_descriptor(block.words, TileKind.SHIM)
    assert encode_descriptor(descriptor, TileKind.SHIM) == block.words
    repeat = decode_push(push.value, TileKind.SHIM).repeat
    visited = list(descriptor_addresses(descriptor, patch.offset // 4, repeat))
    assert visited == list(transfer.word_addresses())


@settings(max_examples=40, deadline=None)
@given(transfers())
def test_task_and_memcpy_of_one_transfer_are_the_same_words(transfer):
    """npu-facts.md, section 9: without an offset, and where both interfaces agree on what is contiguous."""
    outermost, *rest = zip(transfer.sizes, transfer.strides, strict=True)
    one_dimensional = transfer.sizes[1:3] == (1, 1)
    assume(not one_dimensional or transfer.strides[1:] == (0, 0, 1))
    transfer = transfer._replace(offsets=(0, 0, 0, 0))
    length = transfer.sizes[1] * transfer.sizes[2] * transfer.sizes[3]
    dims = ", ".join(f"<size = {size}, stride = {stride}>" for size, stride in (outermost, *rest))
    task = f"""%t = aiex.dma_configure_task_for @{transfer.fifo} {{
        aie.dma_bd(%a : memref<1048576x{transfer.element}>, 0, {length}, [{dims}])
        aie.end
      }} {{issue_token = true, repeat_count = {transfer.sizes[0] - 1} : i32}}
      aiex.dma_start_task(%t)"""
    assert lower(design(task, transfer.element)) == lower(design(memcpy(transfer), transfer.element))
