"""Draws a scene as SVG: a document of its own, and the same to be put into a page."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from npubuild.picture.cards import BADGE, BAR, CHARACTER, HEADER, LINE, PADDING, WIDTH, Row
from npubuild.picture.geometry import MARGIN, Arrow, Geometry, Placed, Point, arrange
from npubuild.picture.scene import Kind, Mark, Remark, Scene
from npubuild.picture.style import NETS, style_sheet

NARROWEST = 368.0
TITLE = 24.0
BASELINE = 11.0  # of a text in its line
HEAD = 6.0  # length of an arrow's head
ROUNDING = 4.0
CLASSES = {Kind.CIRCUIT: "circuit", Kind.PACKET: "packet", Kind.SHARED: "shared", Kind.CASCADE: "cascade"}


def draw(scene: Scene, theme: str = "auto") -> str:
    """The picture as an SVG document. `theme`: light, dark, or auto, which follows the reader's choice."""
    width = max(arrange(scene, 0).width, NARROWEST)
    subtitle = _wrapped(scene.subtitle, width)
    geometry = arrange(scene, MARGIN + TITLE + LINE * len(subtitle))
    return _Drawing(scene, geometry, max(geometry.width, NARROWEST)).document(subtitle, theme)


def _wrapped(text: str, width: float) -> list[str]:
    return textwrap.wrap(text, int((width - 2 * MARGIN) / CHARACTER)) or [""]


class _Drawing:
    def __init__(self, scene: Scene, geometry: Geometry, width: float) -> None:
        self.scene = scene
        self.geometry = geometry
        self.width = width
        self.colours = {net.name: number % NETS for number, net in enumerate(scene.nets)}

    def document(self, subtitle: Sequence[str], theme: str) -> str:
        # What stands below knows how high it is only when it is drawn.
        below, height = self._below()
        body = [
            *self._head(subtitle),
            *(part for arrow in self.geometry.arrows for part in self._wire(arrow)),
            *(part for placed in self.geometry.cards.values() for part in self._card(placed)),
            *(part for arrow in self.geometry.arrows for part in self._arrow_head(arrow)),
            *below,
        ]
        size = f'viewBox="0 0 {self.width:g} {height:g}" width="{self.width:g}" height="{height:g}"'
        opening = f'<svg xmlns="http://www.w3.org/2000/svg" class="array" {size} role="img">'
        page = f'<rect class="page" width="{self.width:g}" height="{height:g}"/>'
        lines = [opening, f"<title>{escape(self.scene.title)}</title>", f"<style>{style_sheet(theme)}</style>", page, *body]
        return "\n".join([*lines, "</svg>"]) + "\n"

    def _head(self, subtitle: Sequence[str]) -> Iterator[str]:
        yield _text(MARGIN, MARGIN + 12, self.scene.title, "title")
        x = MARGIN + len(self.scene.title) * 9.1 + 14
        for mark in self.scene.marks:
            if mark.tile is None or mark.tile not in self.geometry.cards:
                yield from _badge(x, MARGIN + 7, mark)
                x += BADGE
        for number, line in enumerate(subtitle):
            yield _text(MARGIN, MARGIN + TITLE + LINE * number + 4, line, "soft")

    # Tiles ------------------------------------------------------------------------------------------------------------

    def _card(self, placed: Placed) -> Iterator[str]:
        card, x, y = placed.card, placed.x, placed.y
        style = card.view.tile.kind.value if card.view.used else "unused"
        yield f'<g data-tile="{card.view.tile.col},{card.view.tile.row}">'
        yield f'<rect class="{style}" x="{x:g}" y="{y:g}" width="{WIDTH:g}" height="{placed.height:g}" rx="5"/>'
        yield _text(x + PADDING, y + HEADER - 5, card.title, "name" if card.view.used else "soft")
        for number, mark in enumerate(reversed(card.marks)):
            yield from _badge(x + WIDTH - PADDING - BADGE * number - 7, y + HEADER / 2 + 1, mark)
        for row in card.rows:
            yield from self._row(placed, row)
        yield "</g>"

    def _row(self, placed: Placed, row: Row) -> Iterator[str]:
        x, y = placed.x + PADDING, placed.y + row.y
        colour = self.colours.get(row.net)
        tint = f"fill{colour}" if colour is not None else ""
        left, right = x, placed.x + WIDTH - PADDING
        if row.style == "bar":
            yield from self._memory(placed, y)
            return
        if row.style == "port" and row.end is not None:
            for mark in row.marks:
                yield from _badge(left + 7, y + LINE / 2, mark)
                left += BADGE
            yield _text(left, y + BASELINE, "▸" if row.end.sends else "▹", tint)
            left += 2 * CHARACTER
        elif row.style in {"region", "free"}:
            swatch = tint if row.kind == "fifo" else row.kind or "memory"
            yield f'<rect class="{swatch}" x="{left:g}" y="{y + 4:g}" width="8" height="8" rx="1"/>'
            left += 2 * CHARACTER
        elif row.style == "transfer":
            left += 2 * CHARACTER
        if row.left:
            yield _text(
                left, y + BASELINE, row.left, "soft" if row.style in {"transfer", "link", "free"} else tint_text(row, tint)
            )
        if row.right:
            yield _text(right, y + BASELINE, row.right, "soft flush")

    def _memory(self, placed: Placed, y: float) -> Iterator[str]:
        view, x, width = placed.card.view, placed.x + PADDING, WIDTH - 2 * PADDING
        yield f'<rect class="memory" x="{x:g}" y="{y:g}" width="{width:g}" height="{BAR:g}" rx="2"/>'
        for region in view.regions:
            style = f"fill{self.colours[region.net]}" if region.net in self.colours else region.kind
            for address, nbytes in region.pieces:
                left = x + width * min(address / view.memory, 1)
                wide = min(max(width * nbytes / view.memory - 0.5, 1.5), x + width - left)
                title = f"<title>{escape(region.label)}: {nbytes} bytes at {address:#x}</title>"
                where = f'x="{left:.2f}" y="{y:g}" width="{max(wide, 0.5):.2f}" height="{BAR:g}"'
                yield f'<rect class="{style}" {where}>{title}</rect>'

    # Arrows -----------------------------------------------------------------------------------------------------------

    def _wire(self, arrow: Arrow) -> Iterator[str]:
        *points, last = arrow.points
        path = _rounded([*points, (last[0] - arrow.heading * (HEAD - 1), last[1])])
        ends = f"{arrow.source.tile} to {arrow.destination.tile}"
        label = f"<title>{escape(arrow.net.label)}, {arrow.net.kind.value}, {ends}</title>"
        yield (
            f'<path class="wire {CLASSES[arrow.net.kind]} wire{self.colours[arrow.net.name]}" '
            f'data-net={quoteattr(arrow.net.name)} d="{path}">{label}</path>'
        )

    def _arrow_head(self, arrow: Arrow) -> Iterator[str]:
        x, y = arrow.points[-1]
        back = x - arrow.heading * HEAD
        corners = f"{x:g},{y:g} {back:g},{y - 4:g} {back:g},{y + 4:g}"
        yield f'<polygon class="fill{self.colours[arrow.net.name]}" points="{corners}"/>'

    # Below the array --------------------------------------------------------------------------------------------------

    def _below(self) -> tuple[list[str], float]:
        parts: list[str] = []
        y = self.geometry.bottom + 8
        kinds = dict.fromkeys(net.kind for net in self.scene.nets)
        x = MARGIN
        for kind in kinds:
            needed = 34 + len(kind.value) * CHARACTER + 18
            if x > MARGIN and x + needed > self.width:
                x, y = MARGIN, y + LINE + 2
            parts.append(f'<path class="wire {CLASSES[kind]} wire9" d="M{x:g} {y + 7:g}h28"/>')
            parts.append(_text(x + 34, y + BASELINE, kind.value, "soft"))
            x += needed
        y += LINE + 4 if kinds else 0
        for remark in self.scene.remarks:
            y = self._remark(remark, y, parts)
        return parts, y + MARGIN

    def _remark(self, remark: Remark, y: float, parts: list[str]) -> float:
        parts += _badge(MARGIN + 7, y + LINE / 2, Mark(remark.number, remark.severity))
        word = "stands" if remark.severity == "stands" else remark.severity
        for number, line in enumerate(_wrapped(f"{word}: {remark.text}", self.width - BADGE - 4)):
            parts.append(_text(MARGIN + BADGE + 4, y + BASELINE, line, "" if number else f"in-{remark.severity}"))
            y += LINE
        return y + 3


def tint_text(row: Row, tint: str) -> str:
    """Ports are written in the colour of their net."""
    return tint if row.style == "port" else ""


def _text(x: float, y: float, content: str, style: str = "") -> str:
    attribute = f' class="{style}"' if style else ""
    return f'<text x="{x:.1f}" y="{y:.1f}"{attribute} xml:space="preserve">{escape(content)}</text>'


def _badge(x: float, y: float, mark: Mark) -> Iterator[str]:
    yield f'<circle class="{mark.severity}" data-mark="{mark.number}" cx="{x:g}" cy="{y:g}" r="7"/>'
    yield _text(x, y + 3.5, str(mark.number), "badge")


def _rounded(points: Sequence[Point]) -> str:
    """A path through the points with rounded corners."""
    parts = [f"M{points[0][0]:g} {points[0][1]:g}"]
    for before, corner, after in zip(points, points[1:], points[2:], strict=False):
        entry, leave = _towards(corner, before), _towards(corner, after)
        parts.append(f"L{entry[0]:g} {entry[1]:g}Q{corner[0]:g} {corner[1]:g} {leave[0]:g} {leave[1]:g}")
    return " ".join([*parts, f"L{points[-1][0]:g} {points[-1][1]:g}"])


def _towards(corner: Point, other: Point) -> Point:
    """A point up to the rounding away from a corner, on the way to another."""
    dx, dy = other[0] - corner[0], other[1] - corner[1]
    length = abs(dx) + abs(dy)
    part = min(ROUNDING, length / 2) / length if length else 0.0
    return corner[0] + dx * part, corner[1] + dy * part
