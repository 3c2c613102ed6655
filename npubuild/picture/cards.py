"""The card that stands for a tile: which lines it has, and how high they are. Nothing here knows where the card stands."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from npubuild.hardware.devices import TileKind
from npubuild.picture.scene import End, Mark, Port, Region, TileView

WIDTH = 268.0
PADDING = 9.0
HEADER = 22.0
LINE = 15.0
GAP = 5.0  # before a group of lines
BAR = 14.0  # height of the memory map
EMPTY = 30.0  # height of a tile that the design names and does not use
CHARACTER = 6.63  # advance of the font in px at 11 px, which is monospaced
BADGE = 17.0
CHARACTERS = int((WIDTH - 2 * PADDING) / CHARACTER)
INDENT = 2  # characters that the direction of a port takes
SHOWN_REGIONS = 9

NAMES = {TileKind.SHIM: "shim", TileKind.MEM: "memory tile", TileKind.CORE: "core"}


@dataclass(frozen=True)
class Row:
    """One line of a card. `y` is its upper edge from the card's; `right` is set flush right; `style` says what it is.

    Styles: text, link, port, detail (a port's second line), transfer, bar, region, free.
    """

    y: float
    style: str
    left: str
    right: str = ""
    net: str = ""
    end: End | None = None
    marks: tuple[Mark, ...] = ()
    kind: str = ""


@dataclass(frozen=True)
class Card:
    """The lines of one tile, and what stands in its header."""

    view: TileView
    rows: tuple[Row, ...]
    marks: tuple[Mark, ...]
    height: float

    @property
    def title(self) -> str:
        return f"{NAMES[self.view.tile.kind]} {self.view.tile}"

    def row_of(self, end: End) -> Row:
        return next(row for row in self.rows if row.end == end)


def make_card(view: TileView, marks: Sequence[Mark]) -> Card:
    """Lay out the lines of a tile; marks that belong to none of its ports stand in the header."""
    column = _Column()
    placed: set[Mark] = set()
    for line in view.lines:
        column.wrapped("text", line)
    if view.ports:
        column.gap()
    for port in view.ports:
        mine = tuple(mark for mark in marks if _belongs(mark, port) and mark not in placed)
        placed.update(mine)
        column.port(port, mine)
    if view.links:
        column.gap()
    for line in view.links:
        column.wrapped("link", line)
    if view.memory:
        column.gap()
        column.add(Row(column.y, "bar", ""), BAR + 3)
        for row in _region_rows(view):
            column.add(row, LINE)
    height = column.y + PADDING - 3 if column.rows else EMPTY
    return Card(view, tuple(column.rows), tuple(mark for mark in marks if mark not in placed), height)


class _Column:
    def __init__(self) -> None:
        self.y = HEADER + 4
        self.rows: list[Row] = []

    def add(self, row: Row, height: float) -> None:
        self.rows.append(_at(row, self.y))
        self.y += height

    def gap(self) -> None:
        if self.rows:
            self.y += GAP

    def wrapped(self, style: str, text: str) -> None:
        for line in textwrap.wrap(text, CHARACTERS, subsequent_indent="  "):
            self.add(Row(0, style, line), LINE)

    def port(self, port: Port, marks: tuple[Mark, ...]) -> None:
        channel = f"{port.channel.direction.name} {port.channel.index}" if port.channel is not None else ""
        details = "  ".join(filter(None, (port.size, channel)))
        room = CHARACTERS - INDENT - int(len(marks) * BADGE / CHARACTER + 0.99) - (len(details) + 2 if details else 0)
        net = port.end.net
        if len(port.label) <= room:
            self.add(Row(0, "port", port.label, details, net, port.end, marks), LINE)
        else:
            label = shortened(port.label, room + len(details) + 2 if details else room)
            self.add(Row(0, "port", label, "", net, port.end, marks), LINE)
            self.add(Row(0, "detail", "", shortened(details, CHARACTERS - INDENT), net), LINE)
        for transfer in port.transfers:
            self.add(Row(0, "transfer", shortened(transfer, CHARACTERS - INDENT - 2), net=net, end=None), LINE)


def _at(row: Row, y: float) -> Row:
    return Row(y, row.style, row.left, row.right, row.net, row.end, row.marks, row.kind)


def _region_rows(view: TileView) -> Iterator[Row]:
    shown = view.regions if len(view.regions) <= SHOWN_REGIONS else view.regions[: SHOWN_REGIONS - 1]
    for region in shown:
        amount = _amount(region)
        name = shortened(region.label, CHARACTERS - INDENT - len(amount) - 1)
        yield Row(0, "region", name, amount, region.net, kind=region.kind)
    rest = view.regions[len(shown) :]
    if rest:
        yield Row(0, "text", f"  and {len(rest)} more", f"{sum(region.nbytes for region in rest)} B")
    used = sum(region.nbytes for region in view.regions)
    yield Row(0, "free", "free", f"{max(view.memory - used, 0)} of {view.memory} B")


def _amount(region: Region) -> str:
    address, size = region.pieces[0]
    count = f"{len(region.pieces)} x " if len(region.pieces) > 1 else ""
    return f"{count}{size} B at {address:#x}"


def _belongs(mark: Mark, port: Port) -> bool:
    return bool(mark.net) and mark.net in {port.end.net, f"channel {port.channel}"}


def shortened(text: str, room: int) -> str:
    """The text, its middle left out where it is longer than `room` characters."""
    if len(text) <= room:
        return text
    if room <= 2:
        return text[: max(room, 0)]
    head = (room - 1) // 2
    return f"{text[:head]}…{text[len(text) - (room - 1 - head) :]}"
