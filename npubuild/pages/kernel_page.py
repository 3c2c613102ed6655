"""Everything about one kernel that its page shows, from what its build and its smoke test left."""

from __future__ import annotations

import difflib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np

from npubuild.emulator.load import load_design
from npubuild.emulator.outcome import Outcome
from npubuild.emulator.tracing import Trace, Tracer, TracingScheduler
from npubuild.errors import Diagnostic, Severity, UserError
from npubuild.files import read_bytes, read_text
from npubuild.lowering.disassembly import disassemble
from npubuild.lowering.txn import decode
from npubuild.mlir.source import Design, parse_design
from npubuild.pages.plots import histogram, line_plot
from npubuild.pages.png import heat_map
from npubuild.picture.chrome_trace import chrome_trace
from npubuild.picture.reading import read_scene
from npubuild.picture.standing import standing_scene
from npubuild.picture.svg import draw
from npubuild.picture.timeline import draw_timeline
from npubuild.picture.trace_file import channel_names
from npubuild.pipeline.layout import KernelOutputs
from npubuild.pipeline.manifest import read_manifest
from npubuild.smoke.sample import SampleOutput, read_sample

LONGEST_LINE_PLOT = 512  # elements; what has more is shown as a heat map
LONGEST_LOG = 200_000  # characters of a listing on the page


@dataclass(frozen=True)
class Finding:
    """A finding with the lines of the design around its place: (number, text, whether it is the one)."""

    severity: str
    rule: str
    message: str
    hint: str
    place: str
    lines: tuple[tuple[int, str, bool], ...] = ()


@dataclass(frozen=True)
class OutputView:
    """One output: pictures by file name, and the plots."""

    name: str
    shape: str
    worst: str
    images: tuple[tuple[str, str], ...] = ()
    plot: str = ""
    histogram: str = ""


@dataclass
class KernelView:
    """What the template of a kernel's page is given. `files` are to be written into the report, by relative path."""

    name: str
    runs: bool
    array: str = ""
    timeline: str = ""
    stands: tuple[str, ...] = ()
    findings: list[Finding] = field(default_factory=list)
    diagnostics: list[Diagnostic] = field(default_factory=list)
    sample: str = ""
    outputs: list[OutputView] = field(default_factory=list)
    diffs: list[tuple[str, list[tuple[str, str]]]] = field(default_factory=list)
    disassembly: str = ""
    recipe: list[tuple[str, str]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    files: dict[str, bytes] = field(default_factory=dict)
    links: list[tuple[str, str]] = field(default_factory=list)


def view_kernel(name: str, outputs: KernelOutputs, *, runs: bool) -> KernelView:
    """Look at all there is; what is missing or unreadable is said in `notes`.

    `runs`: running the kernel once more comes to an end, as its smoke test has shown; otherwise there is no timeline.
    """
    view = KernelView(name, runs=runs)
    for part in (_design, _sample, _stages, _instructions, _manifest, _logs):
        try:
            part(view, outputs)
        except UserError as error:
            view.notes += [
                found.message if not found.place else f"{found.place}: {found.message}" for found in error.diagnostics
            ]
    return view


def _design(view: KernelView, outputs: KernelOutputs) -> None:
    path = next((path for path in (outputs.design, *_latest_stage(outputs)) if path.is_file()), None)
    if path is None:
        view.notes.append("no design: the kernel has not been built")
        return
    text = read_text(path)
    design = parse_design(text, path.name)
    scene = read_scene(design)
    view.diagnostics = list(scene.findings)
    view.findings = [_finding(found, text.splitlines()) for found in scene.findings]
    try:
        outcome_scene = _trace(view, outputs, design)
    except UserError as error:
        view.notes += [f"no timeline: {found.message}" for found in error.diagnostics]
    else:
        scene = standing_scene(scene, outcome_scene) if outcome_scene is not None else scene
    view.array = draw(scene)
    _file(view, "design.mlir", text.encode())


def _trace(view: KernelView, outputs: KernelOutputs, design: Design) -> Outcome | None:
    """One run on zeros, traced; its outcome."""
    if not view.runs or not outputs.instructions.is_file() or not outputs.manifest.is_file():
        return None
    signature = read_manifest(outputs.manifest).facts["signature"]
    buffers = [np.zeros(buffer["nbytes"], np.uint8) for buffer in signature["buffers"]]
    libraries = [outputs.library] if outputs.library is not None and outputs.library.is_file() else []
    loaded = load_design(design, device=signature.get("device"), libraries=libraries, scheduler=TracingScheduler())
    tracer = Tracer(loaded.array)
    outcome = loaded.run(read_bytes(outputs.instructions), buffers)
    trace: Trace = tracer.finish()
    names = channel_names(design, loaded.placement)
    view.timeline = draw_timeline(trace, names)
    view.stands = tuple(item.text for item in outcome.explanations)
    _file(view, "trace.json", chrome_trace(trace, names).encode())
    return outcome


def _finding(found: Diagnostic, lines: Sequence[str]) -> Finding:
    place = found.place
    shown: tuple[tuple[int, str, bool], ...] = ()
    if place is not None and 0 < place.line <= len(lines):
        numbers = range(max(place.line - 1, 1), min(place.line + 1, len(lines)) + 1)
        shown = tuple((number, lines[number - 1], number == place.line) for number in numbers)
    return Finding(found.severity.value, found.rule, found.message, found.hint, str(place or ""), shown)


def _sample(view: KernelView, outputs: KernelOutputs) -> None:
    if not outputs.sample.is_file():
        return
    sample = read_sample(outputs.sample)
    view.sample = f"{sample.what}{'' if sample.good else ', which failed'}"
    view.outputs = [_output(view, number, output) for number, output in enumerate(sample.outputs)]


def _output(view: KernelView, number: int, output: SampleOutput) -> OutputView:
    errors = output.found - output.ideal
    worst = int(np.argmax(np.abs(errors))) if errors.size else 0
    values = f"got {output.found[worst]:g}, reference {output.ideal[worst]:.6g}"
    told = f"greatest error {abs(errors[worst]):.4g}, at element {worst}: {values}"
    shape = " x ".join(map(str, output.shape))
    if output.found.size <= LONGEST_LINE_PLOT:
        plot = line_plot(output.found, output.ideal)
        return OutputView(output.name, shape, told, plot=plot, histogram=histogram(errors))
    images = tuple(_heat_maps(view, number, output))
    return OutputView(output.name, shape, told, images, histogram=histogram(errors))


def _heat_maps(view: KernelView, number: int, output: SampleOutput) -> Iterator[tuple[str, str]]:
    finite = output.ideal[np.isfinite(output.ideal)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    errors = np.abs(output.found - output.ideal)
    known = errors[np.isfinite(errors)]
    greatest = float(known.max()) if known.size else 1.0
    columns = _columns(output)
    for kind, values, limits in (
        ("output", output.found, (low, high)),
        ("reference", output.ideal, (low, high)),
        ("error", errors, (0.0, greatest or 1.0)),
    ):
        whole = np.full(-(-values.size // columns) * columns, np.nan)
        whole[: values.size] = values
        picture = heat_map(whole.reshape(-1, columns), *limits, errors=kind == "error")
        name = _file(view, f"{kind}{number}.png", picture, listed=False)
        yield f"{kind}, {limits[0]:.4g} to {limits[1]:.4g}", name


def _columns(output: SampleOutput) -> int:
    """The last dimension of a matrix; for a vector the divisor nearest to a square."""
    if len(output.shape) > 1 and 1 < output.shape[-1] < output.found.size:
        return output.shape[-1]
    root = int(output.found.size**0.5)
    return next((width for width in range(root, 2 * root) if output.found.size % width == 0), root)


def _stages(view: KernelView, outputs: KernelOutputs) -> None:
    paths = _stage_files(outputs)
    for before, after in pairwise(paths):
        lines = difflib.unified_diff(
            read_text(before).splitlines(), read_text(after).splitlines(), before.name, after.name, lineterm="", n=2
        )
        view.diffs.append((after.stem.partition("-")[2], [(_diff_style(line), line) for line in lines]))


def _stage_files(outputs: KernelOutputs) -> list[Path]:
    files = outputs.stages.glob("*.mlir") if outputs.stages.is_dir() else ()
    return sorted(files, key=lambda path: int(path.name.partition("-")[0]) if path.name[:1].isdigit() else 0)


def _latest_stage(outputs: KernelOutputs) -> list[Path]:
    return _stage_files(outputs)[::-1]


def _diff_style(line: str) -> str:
    return {"+": "added", "-": "removed", "@": "hunk"}.get(line[:1], "")


def _instructions(view: KernelView, outputs: KernelOutputs) -> None:
    if outputs.instructions.is_file():
        text = disassemble(decode(read_bytes(outputs.instructions), "insts.bin"))
        view.disassembly = text[:LONGEST_LOG]
        _file(view, "insts.txt", text.encode())


def _manifest(view: KernelView, outputs: KernelOutputs) -> None:
    if not outputs.manifest.is_file():
        return
    manifest = read_manifest(outputs.manifest)
    parts = {"inputs": manifest.inputs, "outputs": manifest.outputs}
    view.recipe = [(topic, _told(value)) for topic, value in (*manifest.recipe.items(), *parts.items())]
    _file(view, "manifest.json", read_bytes(outputs.manifest))


def _told(value: Any) -> str:
    if isinstance(value, Mapping):
        return "\n".join(
            f"{name}: {_told(part) if isinstance(part, str) else json.dumps(part)}" for name, part in value.items()
        )
    return value if isinstance(value, str) else json.dumps(value, indent=1)


def _logs(view: KernelView, outputs: KernelOutputs) -> None:
    for path in sorted(outputs.logs.rglob("*.log")) if outputs.logs.is_dir() else ():
        _file(view, path.relative_to(outputs.logs).as_posix().replace("/", "-") + ".txt", read_bytes(path))
    if outputs.smoke.is_file():
        _file(view, "smoke.json", read_bytes(outputs.smoke))


def _file(view: KernelView, name: str, content: bytes, *, listed: bool = True) -> str:
    """Add a file to the report; its link from the page of the kernel."""
    link = f"{view.name}/{name}"
    view.files[f"kernels/{link}"] = content
    if listed:
        view.links.append((name, link))
    return link


def causes(view: KernelView) -> list[str]:
    """What most likely makes a kernel fail: errors of the checks, then where its run stands."""
    errors = [found for found in view.diagnostics if found.severity is Severity.ERROR]
    return [*(f"{found.message} [{found.rule}]" for found in errors), *view.stands]
