"""A trace as a picture: a line for each track, what it did from left to right.

The order is to scale, time is not: an interval of t clock units is as wide as log(1 + t), so that a transfer of one turn
can be seen beside a kernel call of some thousand.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise
from math import log2
from xml.sax.saxutils import escape

from npubuild.emulator.tracing import Slice, Trace
from npubuild.hardware.devices import Channel
from npubuild.picture.chrome_trace import CLOCK, track_name, tracks
from npubuild.picture.style import DARK, FONT, LIGHT

WIDTH = 1100.0
MARGIN = 8.0
LABELS = 176.0
ROW = 18.0
CHARACTER = 6.03  # at 10 px
MOST = 6000  # slices; a longer trace is for Perfetto
NARROWEST = 0.8
KINDS = {
    "operation": ("net9", "operation of the sequence"), "sync": ("stands", "wait of the sequence"),
    "kernel": ("net2", "kernel call"), "compute": ("net7", "own code"), "wait": ("constant", "core waits"),
    "transfer": ("net0", "transfer"), "lock": ("net4", "waits for a lock"), "stream": ("net5", "waits for the stream"),
    "packet": ("net6", "waits for a packet"), "stuck": ("error", "stuck"),
}  # fmt: skip


def draw_timeline(trace: Trace, names: Mapping[Channel, str], theme: str = "auto") -> str:
    """The SVG; `names` are the fifos that channels serve."""
    slices = trace.slices[:MOST]
    scale = _Scale(slices)
    order = tracks(Trace(slices))
    parts = []
    for number, track in enumerate(order):
        y = MARGIN + ROW * number
        label = escape(_shortened(track_name(track, names)))
        parts.append(f'<text x="{MARGIN:g}" y="{y + 12:g}">{label}</text>')
        parts.append(
            f'<rect class="lane" x="{LABELS:g}" y="{y + 2:g}" width="{WIDTH - LABELS - MARGIN:g}" height="{ROW - 4:g}"/>'
        )
        parts += [_bar(item, y, scale) for item in slices if item.track == track]
    bottom = MARGIN + ROW * len(order) + 6
    legend, height = _legend([item.activity.kind for item in slices], bottom)
    note = CLOCK if len(trace.slices) <= MOST else f"{CLOCK}; the first {MOST} of {len(trace.slices)} slices"
    parts += [*legend, f'<text class="soft" x="{MARGIN:g}" y="{height + 12:g}">{escape(note)}; widths are log(1 + t)</text>']
    total = height + 24
    size = f'viewBox="0 0 {WIDTH:g} {total:g}" width="{WIDTH:g}" height="{total:g}"'
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" class="timeline" {size} role="img"><title>timeline</title>'
    return "\n".join([opening, f"<style>{_style(theme)}</style>", *parts, "</svg>"]) + "\n"


class _Scale:
    """From the clock to the page."""

    def __init__(self, slices: Sequence[Slice]) -> None:
        self.times = sorted({time for item in slices for time in (item.begin, item.end)})
        self.positions = [0.0]
        for before, after in pairwise(self.times):
            self.positions.append(self.positions[-1] + log2(1 + after - before))
        self.factor = (WIDTH - LABELS - MARGIN) / (self.positions[-1] or 1.0)

    def x(self, time: float) -> float:
        return LABELS + self.factor * self.positions[bisect_left(self.times, time)]


def _bar(item: Slice, y: float, scale: _Scale) -> str:
    left, right = scale.x(item.begin), scale.x(item.end)
    told = [item.activity.name, f"from {item.begin:g} for {item.duration:g}"]
    if item.nbytes:
        told.insert(1, f"{item.nbytes} bytes")
    if item.seconds:
        told.insert(1, f"{item.seconds * 1e6:.0f} us on the host")
    where = f'x="{left:.2f}" y="{y + 2:g}" width="{max(right - left - 0.3, NARROWEST):.2f}" height="{ROW - 4:g}"'
    return f'<rect class="{item.activity.kind}" {where}><title>{escape(", ".join(told))}</title></rect>'


def _legend(kinds: Sequence[str], y: float) -> tuple[list[str], float]:
    parts, x = [], MARGIN
    for kind in (kind for kind in KINDS if kind in kinds):
        text = KINDS[kind][1]
        needed = 14 + CHARACTER * len(text) + 16
        if x + needed > WIDTH:
            x, y = MARGIN, y + 16
        parts.append(f'<rect class="{kind}" x="{x:g}" y="{y + 2:g}" width="9" height="9"/>')
        parts.append(f'<text x="{x + 14:g}" y="{y + 11:g}">{text}</text>')
        x += needed
    return parts, y + 18


def _shortened(text: str) -> str:
    room = int((LABELS - MARGIN - 4) / CHARACTER)
    return text if len(text) <= room else f"{text[: room - 1]}…"


def _style(theme: str) -> str:
    if theme == "auto":
        dark = "\n".join(_rules(DARK))
        return "\n".join(_rules(LIGHT)) + f"\n@media (prefers-color-scheme: dark) {{\n{dark}\n}}"
    return "\n".join(_rules(DARK if theme == "dark" else LIGHT))


def _rules(colours: Mapping[str, str]) -> Iterator[str]:
    yield f".timeline text {{ font: 10px {FONT}; fill: {colours['ink']}; }}"
    yield f".timeline text.soft {{ fill: {colours['soft']}; }}"
    yield f".timeline .lane {{ fill: {colours['track']}; }}"
    for kind, (colour, _) in KINDS.items():
        yield f".timeline .{kind} {{ fill: {colours[colour]}; }}"
