"""Small plots as SVG that take their colours from the page: lines, histograms, trends, the task graph."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]

WIDTH, HEIGHT = 640.0, 180.0
LEFT, BOTTOM, TOP = 58.0, 20.0, 8.0
BINS = 31


def line_plot(found: Values, ideal: Values) -> str:
    """Outputs and their reference over the index; what is no number is left out."""
    both = np.concatenate([found, ideal])
    finite = both[np.isfinite(both)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    span = high - low or 1.0

    def path(values: Values) -> str:
        points, pen = [], "M"
        for number, value in enumerate(values):
            if not np.isfinite(value):
                pen = "M"
                continue
            x = LEFT + (WIDTH - LEFT - 8) * number / max(len(values) - 1, 1)
            y = TOP + (HEIGHT - TOP - BOTTOM) * (1 - (float(value) - low) / span)
            points.append(f"{pen}{x:.1f} {y:.1f}")
            pen = "L"
        return " ".join(points)

    body = [
        f'<path class="ideal" d="{path(ideal)}"/>',
        f'<path class="found" d="{path(found)}"/>',
        *_axes(f"{high:.4g}", f"{low:.4g}", "0", str(len(found) - 1)),
    ]
    return _svg(body, "output (line) and reference (wide line) over the index")


def histogram(errors: Values) -> str:
    """How often which error occurs; the height of a bar is the logarithm of the count, so that one outlier is seen."""
    finite = errors[np.isfinite(errors)]
    if not finite.size:
        return _svg([f'<text x="{LEFT:g}" y="40">no finite error</text>'], "histogram of errors")
    reach = max(float(np.abs(finite).max()), 1e-12)
    counts, edges = np.histogram(finite, BINS, (-reach, reach))
    highest = np.log1p(counts.max())
    wide = (WIDTH - LEFT - 8) / BINS
    body = []
    for number, count in enumerate(counts):
        tall = (HEIGHT - TOP - BOTTOM) * float(np.log1p(count) / highest)
        title = f"<title>{count} from {edges[number]:.4g} to {edges[number + 1]:.4g}</title>"
        where = f'x="{LEFT + wide * number:.1f}" y="{HEIGHT - BOTTOM - tall:.1f}" width="{wide - 1:.1f}" height="{tall:.1f}"'
        body.append(f'<rect class="bar" {where}>{title}</rect>')
    body += _axes(str(int(counts.max())), "0", f"{-reach:.3g}", f"{reach:.3g}")
    return _svg(body, "histogram of errors, logarithmic")


def _axes(top: str, bottom: str, left: str, right: str) -> list[str]:
    lower = HEIGHT - BOTTOM
    return [
        f'<path class="axis" d="M{LEFT:g} {TOP:g}V{lower:g}H{WIDTH - 8:g}"/>',
        f'<text class="flush" x="{LEFT - 4:g}" y="{TOP + 8:g}">{escape(top)}</text>',
        f'<text class="flush" x="{LEFT - 4:g}" y="{lower:g}">{escape(bottom)}</text>',
        f'<text x="{LEFT:g}" y="{HEIGHT - 5:g}">{escape(left)}</text>',
        f'<text class="flush" x="{WIDTH - 8:g}" y="{HEIGHT - 5:g}">{escape(right)}</text>',
    ]


def trend(values: Sequence[float | None], good: Sequence[bool]) -> str:
    """A line of the latest values with a dot for the last one; runs that did not pass are marked below."""
    width, height = 90.0, 22.0
    numbers = [value for value in values if value is not None]
    if not numbers:
        return ""
    low, high = min(numbers), max(numbers)
    step = (width - 8) / max(len(values) - 1, 1)
    points = [
        (4 + step * n, 3 + (height - 10) * (0.5 if high == low else 1 - (value - low) / (high - low)))
        for n, value in enumerate(values)
        if value is not None
    ]
    line = "M" + " L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    marks = "".join(
        f'<rect class="bad" x="{4 + step * n - 1:.1f}" y="19" width="3" height="3"/>' for n, ok in enumerate(good) if not ok
    )
    dot = f'<circle class="dot" cx="{points[-1][0]:.1f}" cy="{points[-1][1]:.1f}" r="2.2"/>'
    title = f"<title>the last {len(values)} runs, from {low:.4g} to {high:.4g}</title>"
    size = f'viewBox="0 0 {width:g} {height:g}" width="{width:g}" height="{height:g}"'
    return f'<svg class="trend" {size}>{title}<path d="{line}"/>{dot}{marks}</svg>'


def task_graph(rows: Sequence[tuple[str, str, str, str]]) -> str:
    """Objects, builds and tests as three columns; a row is (object or "", kernel, status, link)."""
    line, columns = 20.0, (8.0, 250.0, 520.0)
    objects = list(dict.fromkeys(row[0] for row in rows if row[0]))
    height = line * max(len(rows), len(objects), 1) + 36
    spacing = line * max(len(rows), 1) / max(len(objects), 1)
    ys = {name: 30 + spacing * (number + 0.5) - line / 2 for number, name in enumerate(objects)}
    body = [
        f'<text class="head" x="{x:g}" y="14">{name}</text>'
        for x, name in zip(columns, ("object", "build", "test"), strict=True)
    ]
    for number, (object_name, kernel, status, link) in enumerate(rows):
        y = 30 + line * number
        if object_name:
            start, stop = columns[0] + 205, columns[1] - 8
            middle = (start + stop) / 2
            upper = ys[object_name]
            curve = f"M{start:g} {upper:g}C{middle:g} {upper:g} {middle:g} {y:g} {stop:g} {y:g}"
            body.append(f'<path class="edge" d="{curve}"/>')
        body.append(f'<path class="edge" d="M{columns[1] + 215:g} {y:g}H{columns[2] - 8:g}"/>')
        body.append(f'<a href="{escape(link)}"><text x="{columns[1]:g}" y="{y + 4:g}">{escape(_short(kernel))}</text></a>')
        body.append(f'<text class="status {status.lower()}" x="{columns[2]:g}" y="{y + 4:g}">{escape(status)}</text>')
    body += [f'<text x="{columns[0]:g}" y="{y + 4:g}">{escape(_short(name))}</text>' for name, y in ys.items()]
    return f'<svg class="plot graph" viewBox="0 0 640 {height:g}" width="640" height="{height:g}">{"".join(body)}</svg>'


def _short(name: str) -> str:
    return name if len(name) <= 32 else f"{name[:31]}…"


def _svg(body: Sequence[str], title: str) -> str:
    size = f'viewBox="0 0 {WIDTH:g} {HEIGHT:g}" width="{WIDTH:g}" height="{HEIGHT:g}"'
    return f'<svg class="plot" {size} role="img"><title>{title}</title>{"".join(body)}</svg>'
