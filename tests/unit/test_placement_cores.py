"""Cores: object files, and the uses of fifos that the compiler refuses."""

from __future__ import annotations

import pytest

from tests.placing import acquire, core, placed, refused, release

OBJECT = "memref<8xi32>"
FIFO = f"aie.objectfifo @f(%s0, {{%a}}, 4 : i32) : !aie.objectfifo<{OBJECT}>"


def get(count: int, name: str = "x") -> str:
    return acquire(name, "f", "Consume", count, OBJECT)


def put(count: int) -> str:
    return release("f", "Consume", count)


def test_object_files_of_core_and_called_declarations_are_linked() -> None:
    (found,) = placed(
        """
    func.func private @k() attributes {link_with = "k.o"}
    func.func private @unused() attributes {link_with = "unused.o"}
    aie.core(%a) {
      func.call @k() : () -> ()
      aie.end
    } {link_with = "core.o", stack_size = 2048 : i32}"""
    ).cores
    assert found.links == ("core.o", "k.o")
    assert found.stack_size == 2048


def test_a_core_without_stack_size_has_the_default() -> None:
    (found,) = placed("aie.core(%a) {\n aie.end\n}").cores
    assert (found.stack_size, found.links) == (1024, ())


def test_dynamic_lowering_counts_ports_in_a_buffer_of_its_own() -> None:
    program = core("a", get(2), put(2), attributes="{dynamic_objfifo_lowering = true}")
    placement = placed(FIFO + "\n" + program)
    assert [(b.name, b.nbytes) for b in placement.buffers if "cons" not in b.name] == [("_anonymous0", 4)]


@pytest.mark.parametrize(
    "lines",
    [
        (get(1), put(1)),
        (get(2), put(1), get(3, "y"), put(3)),
        (put(1), get(1)),  # the compiler starts counting at the first acquire
        (get(1), "scf.if %t {", put(1), "}", get(1, "y"), put(1)),
    ],
)
def test_balanced_accesses_are_fine(lines: tuple[str, ...]) -> None:
    condition = "%t = arith.constant true"
    assert refused("\n".join([FIFO, core("a", condition, *lines)])) == []


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        ((get(1), put(2), get(1, "y"), put(1)), 10),
        ((get(1), put(2)), 8),  # only the second pass of the unrolled loop shows it, at the same acquire
        ((get(2), "scf.for %k = %c0 to %c1 step %c1 {", put(3), "}", get(1, "y")), 12),
    ],
)
def test_releasing_more_than_held_is_refused_at_the_next_acquire(lines: tuple[str, ...], line: int) -> None:
    found = refused("\n".join([FIFO, core("a", "", *lines)]))
    assert ("released-more-than-held", line) in found


def test_dynamic_lowering_counts_the_loop_as_written() -> None:
    assert refused("\n".join([FIFO, core("a", get(1), put(2), attributes="{dynamic_objfifo_lowering = true}")])) == []


def test_an_object_beyond_the_acquired_ones_is_refused() -> None:
    access = f"%o = aie.objectfifo.subview.access %x[1] : !aie.objectfifosubview<{OBJECT}> -> {OBJECT}"
    assert refused("\n".join([FIFO, core("a", get(1), access, put(1))])) == [("fifo-access-index", 8)]


def test_access_from_foreign_tiles_and_to_unknown_fifos_is_refused() -> None:
    body = "\n".join([FIFO, core("b", get(1), put(1)), core("a", acquire("x", "g", "Consume", 1, OBJECT))])
    assert [rule for rule, _ in refused(body)] == ["fifo-access-from-foreign-tile", "unknown-fifo"]


def test_the_wrong_port_is_refused() -> None:
    assert [rule for rule, _ in refused("\n".join([FIFO, core("a", acquire("x", "f", "Produce", 1, OBJECT))]))] == [
        "fifo-access-from-foreign-tile"
    ]


def test_two_cores_on_one_tile_are_refused() -> None:
    assert refused("aie.core(%a) {\n aie.end\n}\naie.core(%a) {\n aie.end\n}") == [("duplicate-core", 4)]


def test_a_negative_number_of_objects_is_refused() -> None:
    assert refused("\n".join([FIFO, core("a", put(-1))])) == [("fifo-access-count", 7)]
