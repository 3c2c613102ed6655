"""Reading designs: text in any spelling -> `Design`, errors located in the user's file."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from xdsl.dialects.builtin import ModuleOp
from xdsl.ir import Operation
from xdsl.utils.exceptions import ParseError

from npubuild.errors import Diagnostic, Place, UserError
from npubuild.hardware.devices import TileKind, devices
from npubuild.mlir.dialect.aie import DeviceOp, RuntimeSequenceOp, ShimDmaAllocationOp, TileOp
from npubuild.mlir.dialect.routing import COLUMN
from npubuild.mlir.parser import DesignParser, diagnostic_of
from npubuild.mlir.structure import Problem, structural_problems

MAX_CHARACTERS = 32 * 1024 * 1024
"""Longer files are refused: the whole array holds 6 MiB of data, which is 12 MiB of hexadecimal text."""


@dataclass(eq=False)
class Design:
    """A parsed design: the module, and where each of its operations stands in the file."""

    module: ModuleOp
    file: str
    text: str = field(repr=False)
    offsets: dict[Operation, int] = field(default_factory=dict, repr=False)
    """Character offset in `text` of the name of each operation that was read from it."""

    @cached_property
    def _line_starts(self) -> list[int]:
        return [0, *(match.end() for match in re.finditer("\n", self.text))]

    def place(self, op: Operation) -> Place:
        """Where the operation's name stands; for one made since, where the nearest operation around it stands."""
        at: Operation | None = op
        while at is not None and at not in self.offsets:
            at = at.parent_op()
        if at is None:
            return Place(self.file)
        offset = self.offsets[at]
        line = bisect_right(self._line_starts, offset)
        return Place(self.file, line, offset - self._line_starts[line - 1] + 1)

    def devices(self) -> list[DeviceOp]:
        return [op for op in self.module.body.block.ops if isinstance(op, DeviceOp)]

    def device(self, name: str | None = None) -> DeviceOp:
        """The device of that name; without a name `main`, or the only one. UserError when there is none."""
        found = self.devices()
        wanted = [device for device in found if device.symbol == (name or "main")]
        if not wanted and name is None and len(found) == 1:
            wanted = found
        if wanted:
            return wanted[0]
        names = ", ".join(device.symbol for device in found) or "none"
        raise UserError.at(Place(self.file), f"no device named `{name or 'main'}`", hint=f"devices in this file: {names}")

    def sequences(self, device: DeviceOp) -> list[RuntimeSequenceOp]:
        return device.ops_of(RuntimeSequenceOp)

    def sequence(self, device: DeviceOp, name: str | None = None) -> RuntimeSequenceOp:
        """The runtime sequence of that name; without a name the first one. UserError when there is none."""
        found = self.sequences(device)
        wanted = [sequence for sequence in found if name is None or sequence.symbol == name]
        if wanted:
            return wanted[0]
        names = ", ".join(sequence.symbol for sequence in found) or "none"
        missing = "no runtime sequence" if name is None else f"no runtime sequence named `{name}`"
        hint = f"sequences of this device: {names}"
        raise UserError.at(self.place(device), f"{missing} in device `{device.symbol}`", hint=hint)


def read_design(path: str | Path, *, verify: bool = False) -> Design:
    """Read a design from a file, as `parse_design` does; with `verify` also raise what `verify` finds.

    UserError when the file cannot be read or is not UTF-8 text.
    """
    try:
        data = Path(path).read_bytes()
    except OSError as error:
        raise UserError.at(Place(str(path)), f"cannot be read: {error.strerror or error}") from error
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        place = _place_of_byte(data, error.start, str(path))
        raise UserError.at(place, "not a design: this is not UTF-8 text", rule="encoding") from error
    design = parse_design(text, str(path))
    if verify and (found := verify_design(design)):
        raise UserError(found)
    return design


def _place_of_byte(data: bytes, offset: int, file: str) -> Place:
    return Place(file, data.count(b"\n", 0, offset) + 1, offset - data.rfind(b"\n", 0, offset))


def parse_design(text: str, file: str) -> Design:
    """Parse the text of a design in any spelling; `file` is its name in messages.

    UserError, with located diagnostics, for wrong syntax, unknown operations, values undefined or of the wrong type,
    unknown devices and tiles outside the device. What the real verifier says about sizes, symbols and the like is
    `verify_design`.
    """
    if len(text) > MAX_CHARACTERS:
        raise UserError.at(Place(file), f"longer than {MAX_CHARACTERS} characters, which no design is", rule="too-long")
    if (offset := text.find("\0")) >= 0:
        place = _place_of_byte(text.encode(), len(text[:offset].encode()), file)
        raise UserError.at(place, "not a design: a NUL character, so this is not text", rule="encoding")
    try:
        parser = DesignParser(text, file)
        module = parser.parse_design()
    except ParseError as error:
        raise UserError(diagnostic_of(error, text, file)) from error
    design = Design(module, file, text, parser.offsets)
    _raise_all(design, structural_problems(module, parser.generic))
    _raise_all(design, _tiles_outside(design))
    for device in design.devices():
        _give_tiles_to_allocations(device)
    _raise_all(design, _tiles_outside(design))  # the column of an allocation may be as well
    return design


def _raise_all(design: Design, problems: Iterable[Problem]) -> None:
    found = [Diagnostic(each.message, design.place(each.op), each.rule, each.hint) for each in problems]
    if found:
        raise UserError(found)


def verify_design(design: Design) -> list[Diagnostic]:
    """What the real verifier finds when it parses the design (npu-facts.md, 3.10 and 6), all of it, in program order."""
    from npubuild.mlir.verifier import diagnose  # not needed by every reader

    return diagnose(design)


verify = verify_design


def structurally_equal(one: Design, other: Design) -> bool:
    """Whether two designs are the same up to the names of values and blocks."""
    return one.module.is_structurally_equivalent(other.module)


# Tiles ---------------------------------------------------------------------------------------------------------------


def _give_tiles_to_allocations(device: DeviceOp) -> None:
    """Put the shim tile of its column into each allocation that was written in the old form.

    That is the tile declared in front of it, or one declared further down, which moves up, or a new one.
    """
    tiles: dict[int, TileOp] = {}
    later = {op.col: op for op in reversed(device.ops_of(TileOp)) if op.tile.kind is TileKind.SHIM}
    for op in list(device.block.ops):
        if isinstance(op, TileOp) and op.tile.kind is TileKind.SHIM:
            tiles.setdefault(op.col, op)
        if not isinstance(op, ShimDmaAllocationOp) or COLUMN not in op.attributes:
            continue
        column = op.column
        if column not in tiles:
            tiles[column] = later.get(column) or TileOp(column, 0)
            if column in later:
                tiles[column].detach()  # type: ignore[no-untyped-call]
            device.block.insert_op_before(tiles[column], op)
        del op.attributes[COLUMN]
        op.operands = [tiles[column].result]


def _tiles_outside(design: Design) -> Iterator[Problem]:
    for device in design.devices():
        array = devices()[device.device_name]
        for op in device.ops_of(TileOp):
            if op.tile not in array:
                size = f"`{array.name}` has columns 0 to {array.columns - 1} and rows 0 to {array.rows - 1}"
                yield Problem(op, f"tile {op.tile} is outside the device", "tile-outside-device", size)
