"""Other ways to write the same: older keywords, quotes, defaults spelled out, locations, generic forms."""

from __future__ import annotations

import pytest

from npubuild.errors import UserError
from npubuild.mlir.printing import print_design
from npubuild.mlir.source import parse_design, structurally_equal, verify_design

DEVICE = """module {{
aie.device(npu1_2col) {{
%s = aie.tile(0, 0)
%m = aie.tile(0, 1)
%t = aie.tile(0, 2)
%l = aie.lock(%t, 1) {{init = 1 : i32}}
%b = aie.buffer(%t) {{sym_name = "b"}} : memref<4xi32>
{}
}}
}}"""
CORE = """aie.core(%t) {{
%i = arith.constant 1 : index
%c = arith.constant 1 : i32
%y = arith.constant true
{}
aie.end
}}"""
SEQUENCE = """aie.objectfifo @x(%s, {{%t}}, 2 : i32) : !aie.objectfifo<memref<16xi32>>
aie.runtime_sequence(%a: memref<64xi32>) {{
{}
}}"""
FIFO = "aie.objectfifo @x(%m{}, {{%t{}}}, 2 : i32){} : !aie.objectfifo<memref<4xi32>>"
TRANSFER = (
    "aiex.npu.dma_memcpy_nd({}%a[0, 0, 0, 0][1, 1, 1, 16][0, 0, 0, 1]) {{id = 1 : i64{}, metadata = @x}} : memref<64xi32>"
)
PROGRAM = "%d = aie.mem(%t) {{\n%0 = aie.dma_start({}, 0, ^a, ^z)\n^a:\naie.dma_bd({})\naie.next_bd ^a\n^z:\naie.end\n}}"
PATTERN = "[<size = 2, stride = 2>, <size = 2, stride = 1>]"


def task(descriptor: str) -> str:
    configure = f"%0 = aiex.dma_configure_task_for @x {{\naie.dma_bd({descriptor})\naie.end\n}}"
    return DEVICE.format(SEQUENCE.format(configure))


SAME = {
    "to-stream": (
        DEVICE.format(FIFO.format(f" toStream {PATTERN}", f" fromStream {PATTERN}", "")),
        DEVICE.format(FIFO.format(f" dimensionsToStream {PATTERN}", f" dimensionsFromStream {PATTERN}", "")),
    ),
    "empty-dimensions": (
        DEVICE.format(FIFO.format(" dimensionsToStream []", " dimensionsFromStream []", "")),
        DEVICE.format(FIFO.format("", "", "")),
    ),
    "fifo-defaults": (
        DEVICE.format(FIFO.format("", "", " {plio = false, disable_synchronization = false, via_DMA = false}")),
        DEVICE.format(FIFO.format("", "", "")),
    ),
    "quoted-ports": (
        DEVICE.format('aie.flow(%s, "DMA" : 0, %t, "DMA" : 1)'),
        DEVICE.format("aie.flow(%s, DMA : 0, %t, DMA : 1)"),
    ),
    "quoted-directions": (
        DEVICE.format(PROGRAM.format('"MM2S"', "%b : memref<4xi32>")),
        DEVICE.format(PROGRAM.format("MM2S", "%b : memref<4xi32>")),
    ),
    "quoted-lock-actions": (
        DEVICE.format(CORE.format('aie.use_lock(%l, "Release", 1)')),
        DEVICE.format(CORE.format("aie.use_lock(%l, Release, 1)")),
    ),
    "coordinates": (
        DEVICE.format(SEQUENCE.format(TRANSFER.format("0, 0, ", ""))),
        DEVICE.format(SEQUENCE.format(TRANSFER.format("", ""))),
    ),
    "memcpy-defaults": (
        DEVICE.format(SEQUENCE.format(TRANSFER.format("", ", issue_token = false, burst_length = 0 : i64"))),
        DEVICE.format(SEQUENCE.format(TRANSFER.format("", ""))),
    ),
    "descriptor-length-by-name": (
        DEVICE.format(PROGRAM.format("MM2S", "%b : memref<4xi32>").replace("i32>)", "i32>) {len = 3 : i32}")),
        DEVICE.format(PROGRAM.format("MM2S", "%b : memref<4xi32>, 0, 3")),
    ),
    "descriptor-of-august-2026": (
        task("%a : memref<64xi32> len = 16 sizes = [4, 4] strides = [8, 1]"),
        task("%a : memref<64xi32>, 0, 16, [<size = 4, stride = 8>, <size = 4, stride = 1>]"),
    ),
    "temporal": (
        DEVICE.format(CORE.format("memref.store %c, %b[%i] {nontemporal = false} : memref<4xi32>")),
        DEVICE.format(CORE.format("memref.store %c, %b[%i] : memref<4xi32>")),
    ),
    "locations": (
        '#loc = loc("a.py":1:2)\n'
        + DEVICE.format(CORE.format('%0 = arith.addi %c, %c : i32 loc(fused<"(x)">["b"(#loc1), callsite(#loc at unknown)])'))
        + '\n#loc1 = loc("c.py":3:4)\n',
        DEVICE.format(CORE.format("%0 = arith.addi %c, %c : i32")),
    ),
    "argument-locations": (
        DEVICE.format("aie.runtime_sequence(%a: memref<4xi32> loc(#loc5), %b1: i32 loc(unknown)) {\n}"),
        DEVICE.format("aie.runtime_sequence(%a: memref<4xi32>, %b1: i32) {\n}"),
    ),
    "windows-line-ends": (DEVICE.format("// µ\n").replace("\n", "\r\n"), DEVICE.format("")),
    "words-by-number": (
        DEVICE.format(CORE.format('"aie.use_lock"(%l) <{action = 1 : i32, value = 1 : i32}> : (index) -> ()')),
        DEVICE.format(CORE.format('"aie.use_lock"(%l) {action = "Release", value = 1 : i32} : (index) -> ()')),
    ),
    "global-beside-allocation": (
        DEVICE.format("memref.global @x : memref<4xi32>\naie.shim_dma_allocation @x(MM2S, 0, 0)"),
        DEVICE.format("memref.global @x : memref<4xi32>\naie.shim_dma_allocation @x(%s, MM2S, 0)"),
    ),
}


@pytest.mark.parametrize(("text", "same"), SAME.values(), ids=SAME)
def test_other_spellings_mean_the_same(text: str, same: str):
    design = parse_design(text, "text")
    assert structurally_equal(design, parse_design(same, "same"))
    assert structurally_equal(design, parse_design(print_design(design), "printed"))
    assert verify_design(design) == []


STATEMENTS = [
    "scf.while : () -> () {\n%0 = arith.cmpi eq, %c, %c : i32\nscf.condition(%0)\n} do {\nscf.yield\n}",
    "%0 = scf.execute_region -> i32 {\nscf.yield %c : i32\n}",
    "scf.execute_region {\nscf.yield\n}",
    "%0:2 = scf.execute_region -> (i32, i1) {\nscf.yield %c, %y : i32, i1\n}",
    "%0 = ub.poison : i32",
    "%v = arith.constant dense<1> : vector<4xi32>\n%0 = arith.extsi %v : vector<4xi32> to vector<4xi64>",
    "%v = arith.constant dense<1> : vector<4xi32>\n%0 = arith.trunci %v : vector<4xi32> to vector<4xi8>",
    "%v = arith.constant dense<1> : vector<4xi32>\n%0 = arith.sitofp %v : vector<4xi32> to vector<4xf32>",
    "%v = arith.constant dense<1.000000e+00> : vector<4xf32>\n%0 = arith.fptosi %v : vector<4xf32> to vector<4xi32>",
    "%v = arith.constant dense<1> : vector<4xi32>\n%0 = arith.index_cast %v : vector<4xi32> to vector<4xindex>",
    "%v = arith.constant dense<1> : vector<4xi32>\n%0 = arith.cmpi ult, %v, %v : vector<4xi32>",
    "%v = arith.constant dense<true> : vector<1xi1>\n%0 = arith.select %v, %v, %v : vector<1xi1>, vector<1xi1>",
    "%0 = arith.select %y, %c, %c : i32",
    "%v = arith.constant dense<1.000000e+00> : vector<4xf32>\n%0 = arith.cmpf une, %v, %v fastmath<nnan> : vector<4xf32>",
]


AS_IT_IS = """#map = affine_map<(d0) -> (d0 * 2 + 1)>
#map1 = affine_map<()[s0] -> (s0 floordiv 2 - s0 * 3 - 4)>
#map2 = affine_map<(d0)[s0] -> (d0, s0)>
#map3 = affine_map<(d0) -> (d0 - (d0 + 1) mod 4, -d0)>
#set = affine_set<(d0) : (d0 - 3 >= 0)>
module {
  aie.device(npu1) {
    %tile_0_2 = aie.tile(0, 2)
    %b = aie.buffer(%tile_0_2) {sym_name = "b"} : memref<64xi32>~
    memref.global "public" @p : memref<2xi32>
    memref.global @q : memref<2xi32> = dense<[1, 2]>
    %core_0_2 = aie.core(%tile_0_2) {
      %c5 = arith.constant 5 : index
      %0 = affine.apply #map(%c5)
      %1 = affine.apply #map1()[%c5]
      %2 = affine.max #map2(%c5)[%c5]
      %3 = affine.min #map3(%c5)
      affine.for %arg0 = 0 to %c5 {
        affine.if #set(%arg0) {
          %4 = affine.load %b[%arg0 + 1] : memref<64xi32>
          affine.store %4, %b[%arg0 * 2 - 1] : memref<64xi32>
        }
      }
      aie.end
    }
  }
}

""".replace("~", " ")


def test_maps_and_globals_print_as_upstream_prints_them():
    assert print_design(parse_design(AS_IT_IS, "text")) == AS_IT_IS


@pytest.mark.parametrize("body", STATEMENTS)
def test_statements_of_cores_print_as_they_read(body: str):
    design = parse_design(DEVICE.format(CORE.format(body)), "text")
    printed = print_design(design)
    assert structurally_equal(design, parse_design(printed, "printed"))
    for line in body.replace("%c", "%c1_i32").replace("%y", "%true").replace("%v", "%cst").splitlines():
        assert line in [found.strip() for found in printed.splitlines()]


def test_hexadecimal_elements_of_floats_are_their_bits():
    body = "memref.global @g : memref<3xf32> = dense<[1.0, 0x7F800000, 0x40490FDB]>\n"
    body += "memref.global @h : memref<2xbf16> = dense<0xC040>"
    printed = print_design(parse_design(DEVICE.format(body), "text"))
    assert "dense<[1.000000e+00, 0x7F800000, 3.14159274]>" in printed
    assert "memref<2xbf16> = dense<-3.000000e+00>" in printed


REFUSED = {
    "float-of-too-many-bits": ("%0 = arith.constant dense<[0x17FC0]> : vector<1xbf16>", "more bits than a bf16 has"),
    "old-coordinates": (
        SEQUENCE.format(TRANSFER.format("1, 0, ", "")),
        "expected 0, 0 or nothing in front of the host buffer",
    ),
    "wider-extension": ("%0 = arith.extsi %c : i32 to i8", "cannot cast i32 to i8"),
    "cast-of-shape": (
        "%v = arith.constant dense<1> : vector<4xi8>\n%0 = arith.extsi %v : vector<4xi8> to vector<2xi32>",
        "cannot cast",
    ),
    "integers-as-floats": ("%0 = arith.cmpf oeq, %c, %c : i32", "cannot compare i32 as floating point"),
    "unknown-predicate": ("%0 = arith.cmpi less, %c, %c : i32", "expected a predicate"),
    "condition": ("%0 = arith.select %c, %c, %c : i32, i32", "the condition must be i1, not i32"),
    "cascade": ("%0 = aie.get_cascade() : vector<16xi32>", "`aie.get_cascade` is not an operation that designs may use"),
    "endless-location": ("%0 = arith.addi %c, %c : i32 loc(", "a location without an end"),
}


@pytest.mark.parametrize(("body", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_none_of_them_is_refused(body: str, message: str):
    with pytest.raises(UserError) as refused:
        parse_design(DEVICE.format(body if body.startswith("aie.") else CORE.format(body)), "text")
    assert message in refused.value.diagnostics[0].message


def test_a_device_that_lost_its_name_is_told_its_new_one():
    with pytest.raises(UserError) as refused:
        parse_design("module {\n  aie.device(npu1_4col) {\n  }\n}", "text")
    (found,) = refused.value.diagnostics
    assert (found.rule, found.hint) == ("unknown-device", "since June 2025 it is called `npu1`")
