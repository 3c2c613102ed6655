"""Control flow of core programs: loops, branches, blocks, functions, and loops that never end."""

from __future__ import annotations

import numpy as np
import pytest

from npubuild.emulator.process import Pause
from npubuild.errors import UserError
from tests.unit.core_bench import Bench, design, scratch


def result(body: str, declarations: str = "", size: int = 1) -> list[int]:
    """The i32 words that a core leaves in its buffer %out."""
    bench = Bench(design(body, scratch("out", f"memref<{size}xi32>") + declarations))
    bench.run()
    assert bench.fault is None
    return [int(word) for word in bench.memory["out"].view(np.int32)]


def test_loop_carries_values_and_swaps_them() -> None:
    body = """
        %one = arith.constant 1 : i32
        %zero = arith.constant 0 : i32
        %n = arith.constant 30 : index
        %a, %b = scf.for %i = %c0 to %n step %c1 iter_args(%x = %zero, %y = %one) -> (i32, i32) {
          %sum = arith.addi %x, %y : i32
          scf.yield %y, %sum : i32, i32
        }
        memref.store %a, %out[%c0] : memref<1xi32>"""
    assert result(body) == [832040]


def test_loop_over_i32_with_bounds_of_the_data() -> None:
    body = """
        %low = memref.load %bounds[%c0] : memref<3xi32>
        %high = memref.load %bounds[%c1] : memref<3xi32>
        %step = memref.load %bounds[%c2] : memref<3xi32>
        %zero = arith.constant 0 : i32
        %sum = scf.for %i = %low to %high step %step iter_args(%acc = %zero) -> (i32) : i32 {
          %n = arith.addi %acc, %i : i32
          scf.yield %n : i32
        }
        memref.store %sum, %out[%c0] : memref<1xi32>"""
    assert result(body, scratch("bounds", "memref<3xi32>", "dense<[-7, 20, 3]>")) == [sum(range(-7, 20, 3))]


@pytest.mark.parametrize(("selector", "wanted"), [(2, 20), (5, 50), (3, -1)])
def test_index_switch(selector: int, wanted: int) -> None:
    body = f"""
        %sum = arith.constant {selector} : index
        %a = arith.constant 20 : i32
        %b = arith.constant 50 : i32
        %d = arith.constant -1 : i32
        %r = scf.index_switch %sum -> i32
        case 2 {{ scf.yield %a : i32 }}
        case 5 {{ scf.yield %b : i32 }}
        default {{ scf.yield %d : i32 }}
        memref.store %r, %out[%c0] : memref<1xi32>"""
    assert result(body) == [wanted]


def test_blocks_form_a_loop() -> None:
    """Collatz steps from 27, as a control-flow graph."""
    body = """
        %start = arith.constant 27 : i32
        %zero = arith.constant 0 : i32
        %one = arith.constant 1 : i32
        %three = arith.constant 3 : i32
        cf.br ^head(%start, %zero : i32, i32)
      ^head(%x: i32, %n: i32):
        %done = arith.cmpi eq, %x, %one : i32
        cf.cond_br %done, ^exit(%n : i32), ^step
      ^step:
        %bit = arith.andi %x, %one : i32
        %odd = arith.cmpi ne, %bit, %zero : i32
        %half = arith.shrsi %x, %one : i32
        %triple = arith.muli %x, %three : i32
        %up = arith.addi %triple, %one : i32
        %next = arith.select %odd, %up, %half : i32
        %more = arith.addi %n, %one : i32
        cf.br ^head(%next, %more : i32, i32)
      ^exit(%count: i32):
        memref.store %count, %out[%c0] : memref<1xi32>"""
    assert result(body) == [111]


def test_switch_between_blocks() -> None:
    body = """
        %k = memref.load %out[%c0] : memref<1xi32>
        %a = arith.constant 7 : i32
        %b = arith.constant 8 : i32
        cf.switch %k : i32, [
          default: ^end(%a : i32),
          -1515870811: ^end(%b : i32)
        ]
      ^end(%r: i32):
        memref.store %r, %out[%c0] : memref<1xi32>"""
    assert result(body) == [8]


def test_functions_of_the_design_are_called() -> None:
    functions = """
    func.func @scale(%m: memref<2xi32>, %k: i32) -> i32 {
      %z = arith.constant 0 : index
      %x = memref.load %m[%z] : memref<2xi32>
      %y = arith.muli %x, %k : i32
      memref.store %y, %m[%z] : memref<2xi32>
      func.return %y : i32
    }
    func.func @positive(%x: i32) -> i1 {
      %z = arith.constant 0 : i32
      %r = arith.cmpi sgt, %x, %z : i32
      cf.cond_br %r, ^yes, ^no
    ^yes:
      %yes = arith.constant true
      func.return %yes : i1
    ^no:
      %no = arith.constant false
      func.return %no : i1
    }
    """
    body = """
        %k = arith.constant -5 : i32
        %first = func.call @scale(%pair, %k) : (memref<2xi32>, i32) -> i32
        %second = func.call @scale(%pair, %k) : (memref<2xi32>, i32) -> i32
        %p = func.call @positive(%second) : (i32) -> i1
        %q = func.call @positive(%first) : (i32) -> i1
        %pe = arith.extui %p : i1 to i32
        %qe = arith.extsi %q : i1 to i32
        memref.store %second, %out[%c0] : memref<3xi32>
        memref.store %pe, %out[%c1] : memref<3xi32>
        memref.store %qe, %out[%c2] : memref<3xi32>"""
    assert result(body, scratch("pair", "memref<2xi32>", "dense<3>") + functions, 3) == [75, 1, 0]


def test_a_region_of_blocks_is_executed_in_place() -> None:
    body = """
        %r = scf.execute_region -> i32 {
          %k = arith.constant 3 : i32
          %small = arith.cmpi slt, %k, %k : i32
          cf.cond_br %small, ^low, ^high
        ^low:
          scf.yield %k : i32
        ^high:
          %d = arith.addi %k, %k : i32
          scf.yield %d : i32
        }
        %i = arith.index_cast %r : i32 to index
        %m = affine.min affine_map<(d0) -> (d0 * 2, 7)>(%i)
        %q = arith.index_cast %m : index to i32
        memref.store %q, %out[%c0] : memref<1xi32>"""
    assert result(body) == [7]


def test_recursion_is_refused_where_it_is_called() -> None:
    function = """
    func.func @again(%x: i32) -> i32 {
      %y = func.call @again(%x) : (i32) -> i32
      func.return %y : i32
    }
    """
    body = """
        %x = arith.constant 1 : i32
        %y = func.call @again(%x) : (i32) -> i32"""
    with pytest.raises(UserError, match="@again calls itself") as caught:
        Bench(design(body, function))
    assert caught.value.diagnostics[0].place is not None
    assert caught.value.diagnostics[0].place.line == 7


def test_affine_loops_and_maps() -> None:
    body = """
        affine.for %i = 0 to 3 {
          affine.for %j = affine_map<(d0) -> (d0)>(%i) to 5 step 2 {
            %x = affine.load %out[%i * 5 + %j] : memref<15xi32>
            %k = affine.apply affine_map<(d0, d1) -> (d0 * 100 + d1 floordiv 2 - d1 mod 3)>(%i, %j)
            %v = arith.index_cast %k : index to i32
            affine.store %v, %out[%i * 5 + %j] : memref<15xi32>
          }
        }"""
    wanted = np.full(15, -1515870811)
    for i in range(3):
        for j in range(i, 5, 2):
            wanted[i * 5 + j] = i * 100 + j // 2 - j % 3
    assert result(body, size=15) == wanted.tolist()


@pytest.mark.parametrize(
    "loop",
    [
        """%last = scf.while (%x = %c0) : (index) -> index {
             scf.condition(%true) %x : index
           } do {
           ^bb0(%y: index):
             scf.yield %y : index
           }""",
        """scf.for %i = %c0 to %forever step %c1 {
             %x = memref.load %out[%c0] : memref<1xi32>
             memref.store %x, %out[%c0] : memref<1xi32>
           }""",
        "cf.br ^loop\n ^loop:\n cf.cond_br %true, ^loop, ^end\n ^end:",
    ],
)
def test_an_endless_loop_lets_others_run(loop: str) -> None:
    body = f"""
        %true = arith.constant true
        %forever = arith.constant 9223372036854775807 : index
        {loop}"""
    bench = Bench(design(body, scratch("out", "memref<1xi32>")))
    bench.run(limit=5)
    assert bench.steps == [Pause()] * 5


def test_a_short_loop_nest_has_no_steps_and_a_long_one_pauses() -> None:
    body = """
        %n = arith.constant {n} : index
        scf.for %i = %c0 to %n step %c1 {{
          scf.for %j = %c0 to %n step %c1 {{
            %x = memref.load %out[%c0] : memref<1xi32>
            %k = arith.constant 1 : i32
            %y = arith.addi %x, %k : i32
            memref.store %y, %out[%c0] : memref<1xi32>
          }}
        }}"""
    for n, pauses in ((10, 0), (300, 3)):
        bench = Bench(design(body.format(n=n), scratch("out", "memref<1xi32>", "dense<0>")))
        bench.run()
        assert bench.memory["out"].view(np.int32)[0] == n * n
        assert len(bench.steps) == pauses


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("%x = arith.constant 1.0 : f32\n %y = math.exp %x : f32", "`math.exp` has no result that is the same"),
        ("%x = arith.constant dense<1> : tensor<2xi32>", "a constant of tensor<2xi32> is not modelled"),
    ],
)
def test_what_is_not_modelled_is_refused_by_name_and_place(body: str, message: str) -> None:
    with pytest.raises(UserError, match=message) as caught:
        Bench(design(body))
    place = caught.value.diagnostics[0].place
    assert place is not None
    assert place.file == "design.mlir"
    assert place.line >= 10


def test_names_of_the_design_never_clash_with_python() -> None:
    body = """
        %range = arith.constant 3 : i32
        %memory = memref.load %out[%c0] : memref<1xi32>
        %int = arith.addi %memory, %range : i32
        %lambda = arith.muli %int, %int : i32
        %tick = arith.addi %lambda, %int : i32
        %None = arith.subi %tick, %lambda : i32
        memref.store %None, %out[%c0] : memref<1xi32>"""
    assert result(body, "") == [-1515870811 + 3]


def test_names_of_the_design_never_clash_with_the_cell_that_rounds_floats() -> None:
    body = """
        %bits = memref.load %out[%c0] : memref<1xi32>
        %cell = arith.addi %bits, %bits : i32
        %float = arith.sitofp %bits : i32 to f32
        %again = arith.bitcast %float : f32 to i32
        %sum = arith.addi %again, %cell : i32
        memref.store %sum, %out[%c0] : memref<1xi32>"""
    rounded = int(np.float32(-1515870811).view(np.int32))
    assert result(body, "") == [rounded - 2 * 1515870811 + 2**32]


def test_a_program_in_an_elf_file_is_refused() -> None:
    with pytest.raises(UserError, match=r"core 0 2: the core's program is in the ELF file core\.elf"):
        Bench("""module {
          aie.device(npu1_1col) {
            %t = aie.tile(0, 2)
            aie.core(%t) { aie.end } {elf_file = "core.elf"}
          }
        }""")


def test_loops_nested_beyond_what_python_takes_are_refused() -> None:
    loops = "".join(f"scf.for %i{n} = %c0 to %c1 step %c1 {{\n" for n in range(30))
    with pytest.raises(UserError, match="nested too deeply"):
        Bench(design(loops + "}" * 30))
