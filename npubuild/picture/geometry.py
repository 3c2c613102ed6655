"""Where everything stands: cards in columns and rows, and the lanes between them in which arrows run.

An arrow leaves its tile at the line of its port, runs in a vertical lane beside the column, and, when its tiles are further
apart, in a horizontal lane between two rows. No two nets share a lane, so that no two arrows lie on one another.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Generic, NamedTuple, TypeVar

from npubuild.hardware.devices import Tile
from npubuild.picture.cards import LINE, WIDTH, Card, make_card
from npubuild.picture.scene import End, Net, Scene, TileView

MARGIN = 16.0
LANE = 9.0
CLEARANCE = 14.0  # from a card to the first lane beside it
ROW_GAP = 14.0

KeyT = TypeVar("KeyT")
Point = tuple[float, float]


class Track(NamedTuple):
    """What a lane belongs to: a net from one of its sources, in one gutter."""

    gutter: int
    net: str
    source: End


class Plan(NamedTuple):
    """How one arrow runs: sides are -1 (left) or 1, `gutters` are vertical, `crossing` the horizontal one between two."""

    net: Net
    source: End
    destination: End
    out: int
    into: int
    gutters: tuple[int, ...]
    crossing: int | None


class Arrow(NamedTuple):
    """A line of points; the last one is on the edge of the destination's card, which it enters towards `heading`."""

    net: Net
    source: End
    destination: End
    points: tuple[Point, ...]
    heading: int


class Placed(NamedTuple):
    card: Card
    x: float
    y: float
    height: float


@dataclass(frozen=True)
class Geometry:
    """All positions in px. The picture's own lines (title, remarks) come above `top` and below `bottom`."""

    cards: Mapping[Tile, Placed]
    arrows: tuple[Arrow, ...]
    width: float
    bottom: float


@dataclass
class Lanes(Generic[KeyT]):
    """Intervals laid side by side: those that overlap get lanes of their own."""

    intervals: dict[KeyT, tuple[float, float]] = field(default_factory=dict)
    numbers: dict[KeyT, int] = field(default_factory=dict)
    count: int = 0

    def cover(self, key: KeyT, low: float, high: float) -> None:
        known = self.intervals.get(key, (low, high))
        self.intervals[key] = min(known[0], low, high), max(known[1], low, high)

    def assign(self, spacing: float) -> None:
        ends: list[float] = []
        for key, (low, high) in sorted(self.intervals.items(), key=lambda item: item[1]):
            number = next((number for number, end in enumerate(ends) if end + spacing <= low), len(ends))
            if number == len(ends):
                ends.append(high)
            ends[number] = high
            self.numbers[key] = number
        self.count = len(ends)


def arrange(scene: Scene, top: float) -> Geometry:
    """Positions for everything in a scene, from `top` downwards."""
    return _Arrangement(scene, top).geometry()


def _plans(scene: Scene, columns: list[int], rows: list[int]) -> Iterator[Plan]:
    for net in scene.nets:
        for source in net.sources:
            for destination in net.destinations:
                yield _plan(net, source, destination, columns, rows)


def _plan(net: Net, source: End, destination: End, columns: list[int], rows: list[int]) -> Plan:
    start, stop = columns.index(source.tile.col), columns.index(destination.tile.col)
    if start == stop:
        side = -1 if destination.tile.row >= source.tile.row else 1
        return Plan(net, source, destination, side, side, (start + (side > 0),), None)
    side = 1 if stop > start else -1
    first, last = (start + 1, stop) if side > 0 else (start, stop + 1)
    if first == last:
        return Plan(net, source, destination, side, -side, (first,), None)
    position = rows.index(source.tile.row)  # from the top
    crossing = position if destination.tile.row >= source.tile.row else position + 1
    return Plan(net, source, destination, side, -side, (first, last), crossing)


class _Arrangement:
    """Rows are placed first, by the heights of cards and horizontal lanes; then columns, by the widths of vertical lanes.

    `rows` count from the top. `edges` are the upper and lower edge of each row, `xs` the left edge of each column.
    """

    def __init__(self, scene: Scene, top: float) -> None:
        self.columns, self.rows = list(scene.columns), list(reversed(scene.rows))
        self.cards: dict[Tile, Card] = {}
        for tile in (Tile(col, row) for col in self.columns for row in self.rows):
            marks = [mark for mark in scene.marks if mark.tile == tile]
            self.cards[tile] = make_card(scene.tiles.get(tile, TileView(tile)), marks)
        self.plans = list(_plans(scene, self.columns, self.rows))
        self.crossings = self._crossings()
        self.edges = self._row_edges(top)
        self.gutters = self._gutters()
        self.xs = self._column_edges()

    def geometry(self) -> Geometry:
        placed = {}
        for tile, card in self.cards.items():
            upper, lower = self.edges[self.rows.index(tile.row)]
            height = lower - upper if card.view.used else card.height
            placed[tile] = Placed(card, self.xs[self.columns.index(tile.col)], upper, height)
        bottom = self.edges[-1][1] + ROW_GAP + LANE * self.crossings[len(self.rows)].count
        width = self.xs[-1] + WIDTH + _gutter_width(self.gutters[len(self.columns)]) + MARGIN
        return Geometry(placed, tuple(self._arrow(plan) for plan in self.plans), width, bottom)

    def _crossings(self) -> Mapping[int, Lanes[Track]]:
        """Horizontal lanes: number n is above row n."""
        lanes = {number: Lanes[Track]() for number in range(len(self.rows) + 1)}
        for plan in self.plans:
            if plan.crossing is not None:
                low, high = map(float, plan.gutters)
                lanes[plan.crossing].cover(Track(plan.crossing, plan.net.name, plan.source), low, high)
        for group in lanes.values():
            group.assign(1.0)
        return lanes

    def _row_edges(self, top: float) -> list[tuple[float, float]]:
        edges = []
        y = top
        for number, row in enumerate(self.rows):
            y += ROW_GAP + LANE * self.crossings[number].count
            height = max(card.height for tile, card in self.cards.items() if tile.row == row)
            edges.append((y, y + height))
            y += height
        return edges

    def _gutters(self) -> Mapping[int, Lanes[Track]]:
        """Vertical lanes: number n is left of column n."""
        lanes = {number: Lanes[Track]() for number in range(len(self.columns) + 1)}
        for plan in self.plans:
            stops = [self._port_y(plan.source), self._port_y(plan.destination)]
            if plan.crossing is not None:
                stops.insert(1, self._crossing_y(plan.crossing, plan))
            for number, gutter in enumerate(plan.gutters):
                lanes[gutter].cover(Track(gutter, plan.net.name, plan.source), stops[number], stops[number + 1])
        for group in lanes.values():
            group.assign(LINE)
        return lanes

    def _column_edges(self) -> list[float]:
        xs = []
        x = MARGIN
        for number in range(len(self.columns)):
            x += _gutter_width(self.gutters[number])
            xs.append(x)
            x += WIDTH
        return xs

    def _arrow(self, plan: Plan) -> Arrow:
        start, stop = self._port(plan.source, plan.out), self._port(plan.destination, plan.into)
        lanes = [self._lane_x(gutter, plan) for gutter in plan.gutters]
        points = [start, (lanes[0], start[1])]
        if plan.crossing is not None:
            y = self._crossing_y(plan.crossing, plan)
            points += [(lanes[0], y), (lanes[1], y)]
        points += [(lanes[-1], stop[1]), stop]
        return Arrow(plan.net, plan.source, plan.destination, tuple(points), -plan.into)

    def _port(self, end: End, side: int) -> Point:
        x = self.xs[self.columns.index(end.tile.col)]
        return x + (WIDTH if side > 0 else 0), self._port_y(end)

    def _port_y(self, end: End) -> float:
        return self.edges[self.rows.index(end.tile.row)][0] + self.cards[end.tile].row_of(end).y + LINE / 2

    def _crossing_y(self, crossing: int, plan: Plan) -> float:
        lanes = self.crossings[crossing]
        number = lanes.numbers[Track(crossing, plan.net.name, plan.source)]
        above = self.edges[crossing - 1][1] if crossing else self.edges[0][0] - ROW_GAP - LANE * lanes.count
        return above + ROW_GAP / 2 + LANE * (number + 0.5)

    def _lane_x(self, gutter: int, plan: Plan) -> float:
        lanes = self.gutters[gutter]
        number = lanes.numbers[Track(gutter, plan.net.name, plan.source)]
        left = self.xs[gutter - 1] + WIDTH if gutter else self.xs[0] - _gutter_width(lanes)
        return left + CLEARANCE + LANE * number


def _gutter_width(lanes: Lanes[Track]) -> float:
    return 2 * CLEARANCE + LANE * max(lanes.count - 1, 0) if lanes.count else CLEARANCE
