"""Designs from templates: their text, their instruction streams, and what is refused."""

import hashlib
from dataclasses import replace

import pytest

from npubuild.errors import Place, UserError
from npubuild.lowering.sequence import lower
from npubuild.lowering.txn import encode
from npubuild.mlir.source import parse_design
from npubuild.mlir.template import TEMPLATES, Parameters, Port, Scalar, render
from tests.oracle_files import golden_bytes

MEL = Parameters(
    device="npu1",
    function="mel_kernel_simple",
    link_with="mel_fixed.o",
    inputs=(Port("of_in", (800,), "i8"),),
    outputs=(Port("of_out", (80,), "i8"),),
    stack_size=4096,
)
ATTENTION = replace(
    MEL,
    function="attention_64x64",
    link_with="attention_int8_64x64_tiled.o",
    inputs=(Port("of_input", (12288,), "i8"),),
    outputs=(Port("of_output", (4096,), "i8"),),
    scalars=(Scalar("score_shift", "i32", 3),),
    stack_size=16384,
)
MEL_TEXT = """\
// From the template `single_core`: @mel_kernel_simple of mel_fixed.o on column 0; 1 object(s) a fifo and run.
module {
  aie.device(npu1) {
    %shim_noc_tile_0_0 = aie.tile(0, 0)
    %tile_0_2 = aie.tile(0, 2)
    aie.objectfifo @of_in(%shim_noc_tile_0_0, {%tile_0_2}, 2 : i32) : !aie.objectfifo<memref<800xi8>>
    aie.objectfifo @of_out(%tile_0_2, {%shim_noc_tile_0_0}, 2 : i32) : !aie.objectfifo<memref<80xi8>>
    func.func private @mel_kernel_simple(memref<800xi8>, memref<80xi8>)
    %core_0_2 = aie.core(%tile_0_2) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %forever = arith.constant 9223372036854775807 : index
      scf.for %round = %c0 to %forever step %c1 {
        %of_in.view = aie.objectfifo.acquire @of_in(Consume, 1) : !aie.objectfifosubview<memref<800xi8>>
        %of_in.object = aie.objectfifo.subview.access %of_in.view[0] : !aie.objectfifosubview<memref<800xi8>> -> memref<800xi8>
        %of_out.view = aie.objectfifo.acquire @of_out(Produce, 1) : !aie.objectfifosubview<memref<80xi8>>
        %of_out.object = aie.objectfifo.subview.access %of_out.view[0] : !aie.objectfifosubview<memref<80xi8>> -> memref<80xi8>
        func.call @mel_kernel_simple(%of_in.object, %of_out.object) : (memref<800xi8>, memref<80xi8>) -> ()
        aie.objectfifo.release @of_in(Consume, 1)
        aie.objectfifo.release @of_out(Produce, 1)
      }
      aie.end
    } {link_with = "mel_fixed.o", stack_size = 4096 : i32}
    aie.runtime_sequence(%of_in: memref<800xi8>, %of_out: memref<80xi8>) {
      aiex.npu.dma_memcpy_nd(%of_in[0, 0, 0, 0][1, 1, 1, 800][0, 0, 0, 1]) {id = 1 : i64, metadata = @of_in} : memref<800xi8>
      aiex.npu.dma_memcpy_nd(%of_out[0, 0, 0, 0][1, 1, 1, 80][0, 0, 0, 1]) {id = 0 : i64, metadata = @of_out} : memref<80xi8>
      aiex.npu.dma_wait {symbol = @of_out}
    }
  }
}
"""  # noqa: E501


def stream(template, parameters):
    return encode(lower(parse_design(render(template, parameters), "template.mlir")))


def messages(template, parameters, place=None):
    with pytest.raises(UserError) as caught:
        render(template, parameters, place)
    return [diagnostic.message for diagnostic in caught.value.diagnostics]


def test_single_core_text():
    assert render("single_core", MEL) == MEL_TEXT


def test_the_mel_design_gives_the_bytes_that_run_on_hardware():
    digest = hashlib.sha256(stream("single_core", MEL)).hexdigest()
    assert digest == "5ffe91a930c7660586724f170d4f368b833704636776eded1ea58fa8dd3d35dd"  # npu-facts.md, 4.4


ORACLE_INSTANCES = {
    "mel_like_800_to_80": replace(
        MEL, inputs=(Port("frame", (800,), "i8", bd=0),), outputs=(Port("mel", (80,), "i8", bd=1),)
    ),
    "attention_like_memcpy_1col": replace(ATTENTION, depth=1),
    "linear_i8_single_core": replace(
        MEL,
        device="npu1_1col",
        inputs=(Port("src", (96,), "i8", bd=0),),
        outputs=(Port("dst", (96,), "i8", bd=1),),
        objects=5,
        row=3,
    ),
    "linear_f32_two_inputs": replace(
        MEL,
        device="npu1_1col",
        inputs=(Port("x", (36,), "f32", bd=0), Port("y", (6, 6), "f32", bd=1)),
        outputs=(Port("z", (36,), "f32", bd=2),),
        objects=3,
    ),
    "four_columns_parallel": replace(
        MEL,
        inputs=(Port("i", (20,), "i16", bd=2),),
        outputs=(Port("o", (20,), "i16", bd=3),),
        columns=4,
        objects=4,
    ),
}


@pytest.mark.parametrize("name", ORACLE_INSTANCES)
def test_instances_lower_to_the_bytes_of_the_real_compiler(name):
    parameters = ORACLE_INSTANCES[name]
    assert stream("data_parallel", parameters) == golden_bytes(f"{name}.insts.hex")
    if parameters.columns == 1:
        assert stream("single_core", parameters) == golden_bytes(f"{name}.insts.hex")


def test_data_parallel_packs_the_columns_into_one_argument_per_port():
    text = render("data_parallel", replace(ATTENTION, columns=4, objects=2))
    assert "aie.runtime_sequence(%of_input: memref<98304xi8>, %of_output: memref<32768xi8>) {" in text
    for column in range(4):
        assert f"%of_input[0, 0, 0, {24576 * column}][1, 1, 1, 24576][0, 0, 0, 1]" in text
        assert f"%of_output[0, 0, 0, {8192 * column}][1, 1, 1, 8192][0, 0, 0, 1]" in text
    starts, waits = text.index("@of_output_3} :"), text.index("dma_wait {symbol = @of_output_0}")
    assert starts < waits, "all columns are started before the first is waited for"


def test_data_parallel_with_separate_arguments_has_the_inputs_first():
    text = render("data_parallel", replace(ATTENTION, columns=2, packed=False))
    arguments = "%of_input_0: memref<12288xi8>, %of_input_1: memref<12288xi8>"
    assert f"({arguments}, %of_output_0: memref<4096xi8>, %of_output_1: memref<4096xi8>) {{" in text
    assert "%of_output_1[0, 0, 0, 0][1, 1, 1, 4096]" in text


def test_every_column_calls_the_same_object_with_the_scalar():
    text = render("data_parallel", replace(ATTENTION, columns=4))
    assert text.count('link_with = "attention_int8_64x64_tiled.o", stack_size = 16384 : i32') == 4
    assert text.count("%score_shift.value = arith.constant 3 : i32") == 4
    assert text.count("(memref<12288xi8>, memref<4096xi8>, i32) -> ()") == 4


@pytest.mark.parametrize(
    ("dtype", "value", "literal"),
    [("i64", -(2**40), "-1099511627776"), ("f32", 2, "2.0"), ("f32", 1e30, "1.0e+30"), ("f32", -1.5e-9, "-1.5e-09")],
)
def test_scalars_are_written_as_mlir_reads_them(dtype, value, literal):
    text = render("single_core", replace(MEL, scalars=(Scalar("s", dtype, value),)))
    assert f"%s.value = arith.constant {literal} : {dtype}\n" in text
    assert parse_design(text, "template.mlir").devices()


@pytest.mark.parametrize("name", ["c0", "round", "forever", "elements"])
def test_names_of_the_user_do_not_clash_with_those_of_the_loop(name):
    text = render("single_core", replace(MEL, inputs=(Port(name, (800,), "i8"),)))
    assert parse_design(text, "template.mlir").devices()


REFUSED = {
    "unknown device `npu9`": replace(MEL, device="npu9"),
    "5 columns do not fit npu1, which has 4": replace(MEL, columns=5),
    "0 columns do not fit npu1, which has 4": replace(MEL, columns=0),
    "row 1 has no core": replace(MEL, row=1),
    "depth is 0, but must be at least 1": replace(MEL, depth=0),
    "objects is -1, but must be at least 1": replace(MEL, objects=-1),
    "a stack of 1022 bytes is no positive multiple of 4": replace(MEL, stack_size=1022),
    "`mel kernel` is no C identifier": replace(MEL, function="mel kernel"),
    '`a"b.o` is no name of an object file': replace(MEL, link_with='a"b.o'),
    "the name `of_out` is used more than once": replace(MEL, function="of_out"),
    "the name `of_in_1` is used more than once": replace(MEL, function="of_in_1", columns=2),
    "`x`: an object of 6 bytes is no multiple of 4": replace(MEL, inputs=(Port("x", (3,), "bf16"),)),
    "`x`: an object of shape [4, 0] has no elements": replace(MEL, inputs=(Port("x", (4, 0), "i8"),)),
    "`x`: no transfer of element type `i64`": replace(MEL, inputs=(Port("x", (4,), "i64"),)),
    "`x`: the shim has no buffer descriptor 16": replace(MEL, inputs=(Port("x", (4,), "i8", bd=16),)),
    "buffer descriptor 3 is given to 2 ports": replace(
        MEL, inputs=(Port("x", (4,), "i8", bd=3), Port("y", (4,), "i8", bd=3))
    ),
    "3 inputs, but a core and its shim have 2 DMA channels for them": replace(
        MEL, inputs=tuple(Port(name, (4,), "i8") for name in "abc")
    ),
    "the function has no output": replace(MEL, outputs=()),
    "`s`: 128 does not fit i8": replace(MEL, scalars=(Scalar("s", "i8", 128),)),
    "`s`: 0.5 is no whole number": replace(MEL, scalars=(Scalar("s", "i32", 0.5),)),
    "`s`: nan is no finite f32": replace(MEL, scalars=(Scalar("s", "f32", float("nan")),)),
    "`s`: no scalar of type `f64`": replace(MEL, scalars=(Scalar("s", "f64", 1.0),)),
    "stack (49152 bytes) and fifo buffers (32768 bytes) exceed the core's 65536 bytes": replace(ATTENTION, stack_size=49152),
}


@pytest.mark.parametrize("message", REFUSED)
def test_what_cannot_be_built_is_refused(message):
    assert messages("data_parallel", REFUSED[message]) == [message]


def test_more_arguments_than_an_xclbin_declares_are_refused():
    (message,) = messages("data_parallel", replace(ATTENTION, columns=4, packed=False))
    assert message.startswith("8 runtime-sequence arguments (of_input_0, of_input_1,")
    assert message.endswith("but an XCLBIN declares 5 buffers")


def test_single_core_has_one_column():
    assert messages("single_core", replace(MEL, columns=2)) == ["template `single_core` has one column, not 2"]


def test_all_errors_are_reported_together_at_the_place():
    place = Place("kernels.yaml", 12, 5)
    with pytest.raises(UserError) as caught:
        render("single_core", replace(MEL, device="npu", depth=0), place)
    assert [diagnostic.place for diagnostic in caught.value.diagnostics] == [place, place]


def test_an_unknown_template_names_the_known_ones():
    with pytest.raises(UserError, match=r"unknown template `dual`\nhint: known are single_core, data_parallel"):
        render("dual", MEL)
    assert list(TEMPLATES) == ["single_core", "data_parallel"]
