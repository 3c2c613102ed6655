"""Addresses of buffers: banks, the sequential fallback, explicit addresses, and the report when memory is short."""

from __future__ import annotations

import pytest

from npubuild.errors import UserError
from npubuild.mlir.source import parse_design
from npubuild.placement.introsort import introsort
from npubuild.placement.place import place
from tests.placing import device, placed, refused


def buffer(name: str, words: int, tile: str = "a", attributes: str = "") -> str:
    return f'%{name} = aie.buffer(%{tile}) {{{attributes}sym_name = "{name}"}} : memref<{words}xi32>'


def addresses(*lines: str) -> dict[str, int]:
    return {found.name: found.address for found in placed("\n".join(lines)).buffers}


def test_buffers_go_round_the_banks_from_the_largest_on() -> None:
    found = addresses(buffer("s", 1), buffer("l", 100), buffer("m", 10), buffer("x", 5), buffer("y", 4))
    assert found == {"l": 0, "m": 16384, "x": 32768, "y": 49152, "s": 400}


def test_the_stack_lies_below_the_first_bank() -> None:
    core = "aie.core(%a) {\n aie.end\n} {stack_size = 4096 : i32}"
    assert addresses(core, buffer("l", 100))["l"] == 4096


def test_a_stack_larger_than_a_bank_has_the_buffers_behind_it() -> None:
    core = "aie.core(%a) {\n aie.end\n} {stack_size = 16388 : i32}"
    assert addresses(core, buffer("l", 100), buffer("s", 1)) == {"l": 16388, "s": 16788}


def test_a_stack_that_fills_the_memory_leaves_no_room() -> None:
    core = "aie.core(%a) {\n aie.end\n} {stack_size = 65536 : i32}"
    assert refused(f"{core}\n{buffer('l', 1)}") == [("memory-exceeded", 4)]


def test_a_memory_tile_has_eight_banks() -> None:
    found = addresses(*[buffer(f"b{n}", 4, "m0") for n in range(9)])
    assert [found[f"b{n}"] for n in range(9)] == [*range(0, 0x80000, 0x10000), 16]


def test_an_explicit_address_is_moved_up_by_the_size() -> None:
    assert addresses(buffer("e", 8, attributes="address = 12544 : i32, "))["e"] == 12576


def test_a_bank_asked_for_is_used() -> None:
    assert addresses(buffer("e", 8, attributes="mem_bank = 2 : i32, "))["e"] == 32768


def test_what_fits_no_bank_is_packed_one_behind_the_other() -> None:
    core = "aie.core(%a) {\n aie.end\n}"
    assert addresses(core, buffer("big", 5000), buffer("odd", 3)) == {"big": 1024, "odd": 21024}


def test_packing_goes_around_explicit_addresses() -> None:
    found = addresses(buffer("e", 8, attributes="address = 4000 : i32, "), buffer("x", 5000), buffer("y", 10))
    assert found == {"e": 4032, "x": 4064, "y": 24064}


def test_the_sequential_scheme_of_a_tile_keeps_explicit_addresses() -> None:
    found = addresses(
        '%t = aie.tile(0, 4) {allocation_scheme = "basic-sequential"}',
        buffer("e", 8, "t", "address = 64 : i32, "),
        buffer("x", 10, "t"),
        buffer("y", 8, "t"),
    )
    assert found == {"e": 64, "x": 0, "y": 96}


def test_buffers_without_name_are_numbered() -> None:
    placement = placed("%x = aie.buffer(%a) : memref<4xi32>\n%y = aie.buffer(%b) : memref<4xi8>")
    assert [found.name for found in placement.buffers] == ["_anonymous0", "_anonymous1"]
    assert list(placement.names.values()) == ["_anonymous0", "_anonymous1"]


def test_initial_contents_are_spread_out() -> None:
    placement = placed('%x = aie.buffer(%a) {sym_name = "x"} : memref<3xi16> = dense<-2>')
    assert placement.buffer("x").initial == b"\xfe\xff" * 3


def test_exceeded_memory_is_reported_with_a_table() -> None:
    text = device(buffer("x", 9000) + "\n" + buffer("y", 9000))
    design = parse_design(text, "test.mlir")
    with pytest.raises(UserError) as caught:
        place(design, design.device())
    (found,) = caught.value.diagnostics
    assert found.rule == "memory-exceeded"
    assert "72000 bytes of the 65536" in found.message
    assert "0 to   36000: x (36000 bytes)" in found.hint
    assert "36000 to   72000: y (36000 bytes)  <- beyond the end" in found.hint


def test_a_buffer_on_a_shim_is_refused() -> None:
    assert refused(buffer("x", 4, "s0")) == [("buffer-on-shim", 1)]


def test_a_forced_bank_scheme_does_not_fall_back() -> None:
    body = ['%t = aie.tile(0, 4) {allocation_scheme = "bank-aware"}', buffer("x", 5000, "t")]
    assert refused("\n".join(body)) == [("memory-exceeded", 2)]


# What std::sort of libstdc++ (GCC 12, -O2) makes of these sizes with `a > b`: the positions in the new order.
STD_SORT = [
    (
        [4, 2, 1, 1, 3, 1, 2, 5, 2, 0, 4, 2, 1, 0, 4, 1, 3, 5, 5, 2, 0, 3],
        [18, 17, 7, 14, 0, 10, 21, 4, 16, 11, 19, 8, 6, 1, 12, 15, 5, 3, 2, 9, 13, 20],
    ),
    (
        [0, 1, 0, 1, 0, 1, 0, 0, 1, 1, 1, 1, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0],
        [1, 18, 16, 11, 10, 9, 8, 5, 3, 7, 6, 4, 12, 13, 14, 15, 2, 17, 0, 19, 20, 21],
    ),
    ([2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2, 1], [0, 2, 4, 6, 8, 10, 12, 14, 1, 3, 5, 7, 9, 11, 13, 15]),
]


@pytest.mark.parametrize(("sizes", "positions"), STD_SORT)
def test_equal_sizes_end_up_as_std_sort_leaves_them(sizes: list[int], positions: list[int]) -> None:
    found = introsort(list(enumerate(sizes)), lambda first, second: first[1] > second[1])
    assert [position for position, _ in found] == positions
