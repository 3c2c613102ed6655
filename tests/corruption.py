"""Designs broken at random, and the whole way that npubuild goes with a design: no input may end in a traceback."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from functools import partial

import numpy as np

from npubuild.emulator.array import Array
from npubuild.emulator.core import compile_core
from npubuild.emulator.kernels import Kernels
from npubuild.emulator.outcome import Outcome
from npubuild.emulator.run import run
from npubuild.lowering.sequence import lower
from npubuild.lowering.txn import decode, encode
from npubuild.mlir.dialect.aie import DeviceOp
from npubuild.mlir.memrefs import known_byte_count
from npubuild.mlir.printing import print_design
from npubuild.mlir.source import Design, parse_design, structurally_equal, verify_design
from npubuild.placement.place import place

LARGEST_ARGUMENT = 1 << 20
"""Bytes; designs with larger arguments are not run."""

_NUMBER = re.compile(r"(?<![\w.])-?\d+(?![\w.])|(?<=x)\d+(?=x)|(?<=<)\d+(?=x)")
_TOKEN = re.compile(r'[%@^#!]?[\w.$]+|"[^"\n]*"|->|[^\w\s]')
_ODD_NUMBERS = (0, 1, -1, 2, 3, 7, 15, 16, 17, 63, 64, 65, 255, 1023, 1024, 4096, 2**31 - 1, 2**31, 2**32, 2**63, 10**20)
_ODD_TEXT = (*'(){}<>[]"%@#!-,:=?\\é\t', "0x", "")


# Breaking ------------------------------------------------------------------------------------------------------------


def corrupt(text: str, chance: random.Random) -> str:
    """`text` with one to three things wrong with it."""
    for _ in range(chance.choice((1, 1, 1, 2, 3))):
        text = chance.choice(_WAYS)(text, chance)
    return text


def _delete_line(text: str, chance: random.Random) -> str:
    lines = text.splitlines(keepends=True)
    del lines[chance.randrange(len(lines) or 1) :][:1]
    return "".join(lines)


def _move_line(text: str, chance: random.Random) -> str:
    lines = text.splitlines(keepends=True)
    if lines:
        lines.insert(chance.randrange(len(lines)), lines.pop(chance.randrange(len(lines))))
    return "".join(lines)


def _repeat_line(text: str, chance: random.Random) -> str:
    lines = text.splitlines(keepends=True)
    if lines:
        lines.insert(chance.randrange(len(lines)), chance.choice(lines))
    return "".join(lines)


def _replace_one(pattern: re.Pattern[str], text: str, chance: random.Random, other: Callable[[], str]) -> str:
    matches = list(pattern.finditer(text))
    if not matches:
        return text
    match = chance.choice(matches)
    return text[: match.start()] + other() + text[match.end() :]


def _odd_number(text: str, chance: random.Random) -> str:
    return _replace_one(_NUMBER, text, chance, lambda: str(chance.choice(_ODD_NUMBERS)))


def _other_number(text: str, chance: random.Random) -> str:
    numbers = _NUMBER.findall(text)
    return _replace_one(_NUMBER, text, chance, lambda: chance.choice(numbers))


def _other_token(text: str, chance: random.Random) -> str:
    tokens = _TOKEN.findall(text)
    return _replace_one(_TOKEN, text, chance, lambda: chance.choice(tokens))


def _delete_token(text: str, chance: random.Random) -> str:
    return _replace_one(_TOKEN, text, chance, lambda: "")


def _insert_text(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text) + 1)
    return text[:at] + chance.choice(_ODD_TEXT) + text[at:]


def _truncate(text: str, chance: random.Random) -> str:
    return text[: chance.randrange(len(text) + 1)]


def _cut(text: str, chance: random.Random) -> str:
    at = chance.randrange(len(text) + 1)
    return text[:at] + text[at + chance.randrange(200) :]


_WAYS = (
    _delete_line,
    _move_line,
    _repeat_line,
    _odd_number,
    _odd_number,
    _other_number,
    _other_number,
    _other_token,
    _delete_token,
    _insert_text,
    _truncate,
    _cut,
)


# Going through -------------------------------------------------------------------------------------------------------


class AnyKernels(Kernels):
    """Kernels for every name: each does nothing and gives 0."""

    def bind(self, name: str, signature: object, place: object) -> Callable[..., int]:  # type: ignore[override]
        return lambda *_: 0


def read_and_print(text: str) -> Design:
    """Read a design; what is printed must read back as the same design, and print the same."""
    design = parse_design(text, "design.mlir")
    printed = print_design(design)
    again = parse_design(printed, "printed.mlir")
    assert structurally_equal(design, again), "the printed form is another design"
    assert print_design(again) == printed
    return design


def prepare(text: str) -> list[Callable[[], Outcome]]:
    """Read, print, verify, place and lower a design; a function for every sequence that runs it once.

    UserError where something of that is refused. Sequences with very large arguments, or of unknown size, are left out.
    """
    design = read_and_print(text)
    if verify_design(design):
        return []
    return [start for device in design.devices() for start in _prepare(design, device)]


def _prepare(design: Design, device: DeviceOp) -> Iterator[Callable[[], Outcome]]:
    placement = place(design, device)
    programs = {core.tile: compile_core(core, placement, AnyKernels(), design.place) for core in placement.cores}
    for sequence in design.sequences(device):
        stream = lower(design, device.symbol, sequence.symbol)
        assert decode(encode(stream), "insts.bin") == stream
        sizes = [known_byte_count(argument.type) for argument in sequence.block.args]
        if all(size is not None and size < LARGEST_ARGUMENT for size in sizes):
            buffers = [np.zeros(size or 0, np.uint8) for size in sizes]
            yield partial(run, Array(placement, programs), stream, buffers)
