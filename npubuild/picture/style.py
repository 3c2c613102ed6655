"""The colours of pictures, light and dark."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

FONT = "'DejaVu Sans Mono', 'Liberation Mono', Menlo, Consolas, monospace"
NETS = 10  # colours of nets, which then begin again

LIGHT: Mapping[str, str] = {
    "page": "#ffffff", "ink": "#1b1f24", "soft": "#57606a", "line": "#9aa4af", "track": "#e4e8ec",
    "shim": "#edf4fc", "mem": "#f5f0fc", "core": "#f0f7ee", "unused": "#fafbfc",
    "stack": "#8c959f", "constant": "#b58900", "buffer": "#5f7f8f",
    "error": "#cf222e", "warning": "#9a6700", "note": "#0969da", "stands": "#bc4c00", "badge": "#ffffff",
    "net0": "#1f6fd0", "net1": "#c2570c", "net2": "#1a7f4b", "net3": "#a8398f", "net4": "#b3261e",
    "net5": "#6b4fc0", "net6": "#7d6b00", "net7": "#0b7f8c", "net8": "#8a5520", "net9": "#55606e",
}  # fmt: skip
DARK: Mapping[str, str] = {
    "page": "#0d1117", "ink": "#e6edf3", "soft": "#9da7b3", "line": "#59636e", "track": "#2a313a",
    "shim": "#13233a", "mem": "#221a33", "core": "#14271a", "unused": "#11161d",
    "stack": "#7d8590", "constant": "#d4a72c", "buffer": "#86a6b6",
    "error": "#f85149", "warning": "#d29922", "note": "#58a6ff", "stands": "#f0883e", "badge": "#0d1117",
    "net0": "#6cb0ff", "net1": "#ff9d57", "net2": "#56d38a", "net3": "#f08ad8", "net4": "#ff8078",
    "net5": "#b59cff", "net6": "#d9c545", "net7": "#4fd0de", "net8": "#d8a06a", "net9": "#a9b5c2",
}  # fmt: skip


def style_sheet(theme: str) -> str:
    """CSS for a picture: `light`, `dark`, or `auto`, which follows the reader's choice."""
    if theme == "auto":
        return f"{_rules(LIGHT)}\n@media (prefers-color-scheme: dark) {{\n{_rules(DARK)}\n}}"
    return _rules(DARK if theme == "dark" else LIGHT)


def _rules(colours: Mapping[str, str]) -> str:
    return "\n".join(_lines(colours))


def _lines(c: Mapping[str, str]) -> Iterator[str]:
    yield f".array text {{ font: 11px {FONT}; fill: {c['ink']}; white-space: pre; }}"
    yield f".array .page {{ fill: {c['page']}; }}"
    yield ".array text.title { font-size: 15px; font-weight: bold; }"
    yield ".array text.name { font-weight: bold; }"
    yield f".array text.soft {{ fill: {c['soft']}; }}"
    yield ".array text.flush { text-anchor: end; }"
    for kind in ("shim", "mem", "core"):
        yield f".array .{kind} {{ fill: {c[kind]}; stroke: {c['line']}; }}"
    yield f".array .unused {{ fill: {c['unused']}; stroke: {c['track']}; stroke-dasharray: 4 3; }}"
    yield f".array .memory {{ fill: {c['track']}; }}"
    yield ".array .wire { fill: none; stroke-width: 1.6; }"
    yield ".array .shared { stroke-dasharray: 6 3; }"
    yield ".array .packet { stroke-dasharray: 2 3; }"
    yield ".array .cascade { stroke-width: 4; }"
    for kind in ("stack", "constant", "buffer"):
        yield f".array .{kind} {{ fill: {c[kind]}; }}"
    for number in range(NETS):
        colour = c[f"net{number}"]
        yield f".array .fill{number} {{ fill: {colour}; }}"
        yield f".array text.fill{number} {{ fill: {colour}; }}"
        yield f".array .wire{number} {{ stroke: {colour}; }}"
    for severity in ("error", "warning", "note", "stands"):
        yield f".array .{severity} {{ fill: {c[severity]}; }}"
        yield f".array text.in-{severity} {{ fill: {c[severity]}; }}"
    yield f".array text.badge {{ fill: {c['badge']}; text-anchor: middle; font-weight: bold; font-size: 10px; }}"
