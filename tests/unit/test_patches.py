"""Every patch on every oracle design: it keeps the meaning, proven on the stream, or refuses with the reason."""

import pytest

from npubuild.errors import UserError
from npubuild.lowering.patching import apply
from npubuild.lowering.sequence import lower
from npubuild.lowering.txn import encode
from npubuild.mlir.patch import names
from npubuild.mlir.source import parse_design, read_design
from tests.oracle_files import DESIGNS, ORACLE, golden_bytes

REFUSED = {
    "dma-task-to-memcpy": {
        "task_bd_chain_symbol": "was not made by a configure operation",
        "task_chain_three_bds_two_args": "is a chain",
        "task_chain_two_bds": "is a chain",
        "task_endless_chain": "is a chain",
        "task_explicit_bd_ids": "is a chain",
        "task_inner_stride_ignored": "no multiple of the innermost stride",
        "task_on_core_tile": "no symbol that a memcpy could name",
        "task_on_explicit_tile": "no symbol that a memcpy could name",
        "task_on_mem_tile_npu2": "no symbol that a memcpy could name",
        "task_strided_4d": "no multiple of the innermost stride",
    },
    "memcpy-to-dma-task": {
        "bad_bd_rewritten_while_queued": "was written again before",
        "bad_two_waits_one_token": "has no token to take",
        "bad_wait_mm2s_without_token": "has no token to take",
    },
    "normalize": {},
    "overlap-transfers": {},
    "pack-arguments": {},
}
PAIRS = [(patch, design) for patch in REFUSED for design in DESIGNS]


def design_named(name):
    return read_design(ORACLE / "designs" / f"{name}.mlir")


def test_the_table_names_every_patch():
    assert set(REFUSED) == set(names())


@pytest.mark.parametrize(("patch", "name"), [(p, d) for p, d in PAIRS if d not in REFUSED[p]])
def test_the_meaning_is_kept(patch, name):
    _, (step,) = apply(design_named(name), [patch])
    assert all(comparison.holds for comparison in step.comparisons.values())


@pytest.mark.parametrize(("patch", "name"), [(p, d) for p, d in PAIRS if d in REFUSED[p]])
def test_what_cannot_be_kept_is_refused_at_its_place(patch, name):
    with pytest.raises(UserError, match=REFUSED[patch][name]) as refusal:
        apply(design_named(name), [patch])
    assert refusal.value.diagnostics[0].place.line > 1


def test_the_way_to_memcpy_and_back_gives_the_first_stream():
    design = design_named("attention_like_task_4col_serial")
    there_and_back, steps = apply(design, ["dma-task-to-memcpy", "memcpy-to-dma-task"])
    assert [change for step in steps for c in step.comparisons.values() for change in c.changes] == [
        "identical: 32 operations, 1152 bytes"
    ] * 2
    assert encode(lower(there_and_back)) == golden_bytes("attention_like_task_4col_serial.insts.hex")


def test_packing_makes_two_arguments_of_eight():
    packed, _ = apply(design_named("attention_like_task_4col_serial"), ["pack-arguments"])
    (sequence,) = packed.sequences(packed.device(None))
    assert [str(argument.type) for argument in sequence.block.args] == ["memref<49152xi8>", "memref<16384xi8>"]


COLUMN = """
    %s{c} = aie.tile({c}, 0)
    %t{c} = aie.tile({c}, 2)
    aie.objectfifo @in{c}(%s{c}, {{%t{c}}}, 2 : i32) : !aie.objectfifo<memref<64xi8>>
    aie.objectfifo @out{c}(%t{c}, {{%s{c}}}, 2 : i32) : !aie.objectfifo<memref<64xi8>>
"""
DEPENDENT = f"""
module {{
  aie.device(npu1_2col) {{{COLUMN.format(c=0)}{COLUMN.format(c=1)}
    aie.runtime_sequence(%a: memref<64xi8>, %middle: memref<64xi8>, %b: memref<64xi8>) {{
      aiex.npu.dma_memcpy_nd(%a[0, 0, 0, 0][1, 1, 1, 64][0, 0, 0, 1]) {{id = 0 : i64, metadata = @in0}} : memref<64xi8>
      aiex.npu.dma_memcpy_nd(%middle[0, 0, 0, 0][1, 1, 1, 64][0, 0, 0, 1]) {{id = 1 : i64, metadata = @out0}} : memref<64xi8>
      aiex.npu.dma_wait {{symbol = @out0}}
      aiex.npu.dma_memcpy_nd(%middle[0, 0, 0, 0][1, 1, 1, 64][0, 0, 0, 1]) {{id = 0 : i64, metadata = @in1}} : memref<64xi8>
      aiex.npu.dma_memcpy_nd(%b[0, 0, 0, 0][1, 1, 1, 64][0, 0, 0, 1]) {{id = 1 : i64, metadata = @out1}} : memref<64xi8>
      aiex.npu.dma_wait {{symbol = @out1}}
    }}
  }}
}}
"""


def test_a_column_that_reads_what_another_one_wrote_is_not_overlapped():
    with pytest.raises(UserError, match="touch the same bytes of a host buffer"):
        apply(parse_design(DEPENDENT, "dependent.mlir"), ["overlap-transfers"])


def test_an_unknown_patch_names_those_there_are():
    with pytest.raises(UserError, match="pack-arguments"):
        apply(parse_design(DEPENDENT, "dependent.mlir"), ["pack"])
