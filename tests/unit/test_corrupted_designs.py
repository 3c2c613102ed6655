"""Designs with something wrong in them: they work, or a located UserError says what (more: scripts/fuzz_designs.py)."""

from __future__ import annotations

import random
from collections.abc import Iterator

import pytest

from npubuild.errors import UserError
from npubuild.mlir.source import verify_design
from tests.corruption import corrupt, prepare, read_and_print
from tests.oracle_files import ORACLE
from tests.real.case import FOLDER

SMALL = ("two_sequences", "finite_lists_repeated", "casts_of_arguments")
MANY = sorted([*FOLDER.glob("*.mlir"), *(ORACLE / "designs").glob("*.mlir")])


def refusal(text: str) -> UserError | None:
    """Why the design is refused; None where it is accepted."""
    try:
        prepare(text)
    except UserError as error:
        return error
    return None


def is_accepted(text: str) -> bool:
    """Whether the design is accepted; one that is not must be refused with a place for every finding."""
    refused = refusal(text)
    if refused is None:
        return True
    assert refused.diagnostics
    assert all(found.place is not None and found.message for found in refused.diagnostics)
    return False


@pytest.mark.parametrize("name", SMALL)
def test_every_line_is_missed_or_not_needed(name: str):
    lines = (FOLDER / f"{name}.mlir").read_text().splitlines(keepends=True)
    accepted = [is_accepted("".join(lines[:number] + lines[number + 1 :])) for number in range(len(lines))]
    assert accepted[0]  # the comment
    assert not all(accepted)


@pytest.mark.parametrize("name", SMALL)
def test_truncated_designs_are_refused(name: str):
    text = (FOLDER / f"{name}.mlir").read_text().rstrip()
    for length in range(text.index("module") + len("module"), len(text), 50):
        with pytest.raises(UserError) as refused:
            read_and_print(text[:length])
        assert refused.value.diagnostics[0].place is not None


def corrupted() -> Iterator[tuple[str, str]]:
    for number in range(80):
        chance = random.Random(number)  # noqa: S311  # nothing secret
        path = chance.choice(MANY)
        yield f"{number}-{path.stem}", corrupt(path.read_text(), chance)


@pytest.mark.parametrize("text", [text for _, text in corrupted()], ids=[name for name, _ in corrupted()])
def test_corrupted_designs_end_well(text: str):
    is_accepted(text)  # or fails


def device(body: str) -> str:
    return f"module {{\naie.device(npu1_1col) {{\n%s = aie.tile(0, 0)\n%t = aie.tile(0, 2)\n{body}\n}}\n}}"


def core(body: str) -> str:
    return device(f"aie.core(%t) {{\n%c0 = arith.constant 0 : index\n{body}\naie.end\n}}")


FIFO = "aie.objectfifo @f(%s, {%t}, 2 : i32) : !aie.objectfifo<memref<4xi32>>\n"
SEQUENCE = FIFO + "aie.runtime_sequence(%a: memref<4xi32>) {\naiex.npu.dma_memcpy_nd(%a[0, 0, 0, 0]"
LOCKED = """
%b = aie.buffer(%t) : memref<4xi32>
%l = aie.lock(%t, 0)
aie.mem(%t) {
  %0 = aie.dma(S2MM, 0) [{
    aie.dma_bd(%b : memref<4xi32>)
    aie.use_lock(%l, Release, 208)
  }]
  aie.end
}"""
REFUSED = {
    "number-beyond-64-bits": (
        device(SEQUENCE + "[1, 1, 1, 9223372036854775808][0, 0, 0, 1]) {id = 0 : i64, metadata = @f} : memref<4xi32>\n}"),
        "9223372036854775808 is no 64-bit integer",
    ),
    "number-beyond-its-type": (device("%l = aie.lock(%t) {init = 99999999999999 : i32}"), "99999999999999"),
    "negative-unsigned": (
        device("aie.runtime_sequence() {\naiex.npu.write32 {address = -1 : ui32, value = 0 : ui32}\n}"),
        "-1",
    ),
    "row-that-wraps": (device("%x = aie.tile(0, 2147483648)"), "outside the device"),
    "lock-value": (device(LOCKED), "lock values up to 63, not 208"),
    "step-of-zero": (core("scf.for %i = %c0 to %c0 step %c0 {\n}"), "a loop with a step of 0"),
}


@pytest.mark.parametrize(("text", "message"), REFUSED.values(), ids=REFUSED)
def test_numbers_out_of_range_are_refused(text: str, message: str):
    with pytest.raises(UserError) as refused:
        prepare(text)
    first = refused.value.diagnostics[0]
    assert message in first.message
    assert first.place is not None
    assert first.place.line > 2


def test_a_fifo_is_accessed_in_cores_only():
    acquire = "%0 = aie.objectfifo.acquire @f(Consume, 1) : !aie.objectfifosubview<memref<4xi32>>\n"
    design = read_and_print(device(f"{FIFO}func.func @k() {{\n{acquire}return\n}}"))
    found = verify_design(design)
    assert [(each.rule, each.place and each.place.line) for each in found] == [("fifo-access-outside-core", 7)]
