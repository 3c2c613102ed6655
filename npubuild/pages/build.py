"""Makes the report: pages of all kernels side by side in several processes, then what spans them.

A page whose kernel has not changed since it was made is kept.
"""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import multiprocessing
import os
import shutil
import time
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from npubuild.errors import Diagnostic, Place, Severity, UserError
from npubuild.files import read_bytes, write_atomically
from npubuild.pages.plots import task_graph
from npubuild.pages.summary import Row, cells_of, changes, markdown, trend_of
from npubuild.pipeline.layout import KernelOutputs, Layout
from npubuild.pipeline.manifest import read_manifest
from npubuild.pipeline.reasons import is_tool
from npubuild.registry import Kernel, Registry
from npubuild.report.history import Entry, entry_of, latest_by_kernel
from npubuild.report.steps import StepRecord, read_steps
from npubuild.smoke.result import Result, Status, load_result

if TYPE_CHECKING:
    import jinja2

SHOWN_RUNS = 20
WORTH_A_PROCESS = 4  # pages that pay for starting another one
FOLDER = Path(__file__).parent
KEPT = ".pages.json"


@dataclass(frozen=True)
class PageTask:
    """One page to be made: plain data, for another process."""

    row: Row
    outputs: KernelOutputs
    entries: tuple[Entry, ...]
    steps: tuple[tuple[str, StepRecord], ...]
    report: Path
    previous: str = ""
    """The digest for which the page was made that is there."""
    may_run: bool = True


@dataclass(frozen=True)
class Page:
    """A page that has been made: its digest, the likely causes of a failure, and all findings of the checks."""

    kernel: str
    digest: str
    likely: tuple[str, ...]
    diagnostics: tuple[Diagnostic, ...]


def build_report(registry: Registry, layout: Layout) -> Path:
    """Make build/report/ and return its first page; UserError where the extra `report` is not installed."""
    environment()
    report = layout.report
    kept = _kept(report)
    rows = _rows(registry, layout)
    steps = read_steps(layout.steps)
    latest = latest_by_kernel(layout.history, SHOWN_RUNS)
    work = []
    for row in rows:
        kernel = registry.kernels[row.kernel]
        entries = tuple(latest.get(row.kernel, ()))
        mine = tuple(_steps_of(kernel, steps))
        previous = kept.get(row.kernel, {}).get("digest", "")
        work.append(PageTask(row, _outputs(kernel, layout), entries, mine, report, previous))
    pages = {page.kernel: page for page in _make_pages(work, kept)}
    rows = [_with_causes(row, pages[row.kernel]) for row in rows]
    _write_overview(registry, layout, rows)
    write_atomically(report / "check.sarif", _sarif(pages.values(), registry, layout))
    _remove_old_pages(report, set(pages))
    content = {name: _as_kept(page) for name, page in pages.items()}
    write_atomically(report / KEPT, json.dumps(content) + "\n")
    return report / "index.html"


@cache
def environment() -> jinja2.Environment:
    """The templates; UserError where Jinja2 is missing."""
    try:
        import jinja2
    except ImportError as error:
        hint = "pip install 'npubuild[report]'"
        raise UserError.at(None, "the report needs the Python package Jinja2, which is not installed", hint=hint) from error
    loader = jinja2.FileSystemLoader(FOLDER / "templates")
    return jinja2.Environment(loader=loader, autoescape=True, undefined=jinja2.StrictUndefined, trim_blocks=True)


# Pages of kernels ---------------------------------------------------------------------------------------------------------


def _make_pages(work: Sequence[PageTask], kept: Mapping[str, Any]) -> Iterable[Page]:
    fresh = {task.row.kernel: _digest(task) for task in work}
    stale = [task for task in work if fresh[task.row.kernel] != task.previous or not _page(task).is_file()]
    for task in work:
        if task not in stale:
            yield _from_kept(task.row.kernel, kept[task.row.kernel])
    if stale:
        yield from _make_elsewhere(stale)


def _make_elsewhere(work: Sequence[PageTask]) -> list[Page]:
    """Pages made by other processes: a kernel that crashes when it is run for its timeline takes one of them with it.

    Which one it was cannot be told, so the pages are then made without running anything.
    """
    context = multiprocessing.get_context("spawn")  # threads of the emulator do not survive a fork
    processes = max(1, min(os.cpu_count() or 1, len(work) // WORTH_A_PROCESS))
    try:
        with ProcessPoolExecutor(processes, mp_context=context) as pool:
            return list(pool.map(make_page, work, chunksize=min(4, -(-len(work) // processes))))
    except BrokenProcessPool:
        with ProcessPoolExecutor(processes, mp_context=context) as pool:
            return list(pool.map(make_page, [dataclasses.replace(task, may_run=False) for task in work]))


def make_page(task: PageTask) -> Page:
    """Write the page of one kernel with all its files."""
    from npubuild.pages.kernel_page import causes, view_kernel

    view = view_kernel(task.row.kernel, task.outputs, runs=task.may_run and _runs(task.row.result))
    likely = tuple(causes(view)) if task.row.status != Status.PASS.value else ()
    shutil.rmtree(task.report / "kernels" / task.row.kernel, ignore_errors=True)
    for name, content in view.files.items():
        write_atomically(task.report / name, content)
    template = environment().get_template("kernel.html")
    row, result = task.row, task.row.result
    html = template.render(
        up="../",
        row=row,
        result=result,
        cells=cells_of(row),
        view=view,
        likely=likely,
        steps=task.steps,
        entries=task.entries[::-1],
    )
    write_atomically(_page(task), html)
    return Page(row.kernel, _digest(task), likely, tuple(view.diagnostics))


def _page(task: PageTask) -> Path:
    return task.report / "kernels" / f"{task.row.kernel}.html"


def _runs(result: Result | None) -> bool:
    """Whether a run of the kernel comes to an end: one has, or the emulator itself has seen that it hangs."""
    if result is None or result.status in {Status.UNSUPPORTED, Status.SKIP}:
        return False
    return result.measures is not None or any("the sequence never ends" in problem for problem in result.problems)


def _digest(task: PageTask) -> str:
    """Of everything that the page shows."""
    total = hashlib.sha256(repr((task.row, task.entries, task.steps)).encode())
    outputs = task.outputs
    files = [outputs.design, outputs.instructions, outputs.manifest, outputs.smoke, outputs.sample, *FOLDER.rglob("*.*")]
    files += sorted((FOLDER.parent / "picture").glob("*.py"))
    for folder in (outputs.stages, outputs.logs):
        files += sorted(path for path in folder.rglob("*") if path.is_file())
    for path in files:
        total.update(f"\0{path}\0".encode())
        if path.is_file() and path.suffix != ".pyc":
            total.update(path.read_bytes())
    return total.hexdigest()


def _kept(report: Path) -> Mapping[str, Any]:
    try:
        content: Mapping[str, Any] = json.loads(read_bytes(report / KEPT))
    except (UserError, ValueError):
        return {}
    return content


def _as_kept(page: Page) -> dict[str, Any]:
    found = [
        [item.message, [item.place.file, item.place.line, item.place.column] if item.place else None, item.rule, item.hint,
         item.severity.value]
        for item in page.diagnostics
    ]  # fmt: skip
    return {"digest": page.digest, "likely": page.likely, "diagnostics": found}


def _from_kept(kernel: str, content: Mapping[str, Any]) -> Page:
    found = tuple(
        Diagnostic(message, Place(*place) if place else None, rule, hint, Severity(severity))
        for message, place, rule, hint, severity in content["diagnostics"]
    )
    return Page(kernel, content["digest"], tuple(content["likely"]), found)


# What spans all kernels ---------------------------------------------------------------------------------------------------


def _rows(registry: Registry, layout: Layout) -> list[Row]:
    latest = latest_by_kernel(layout.history, SHOWN_RUNS)
    rows = []
    for kernel in registry.kernels.values():
        outputs = _outputs(kernel, layout)
        result = load_result(outputs.smoke) if outputs.smoke.is_file() else None
        entries = latest.get(kernel.name, [])
        entry = entry_of(result, layout.toolchain, outputs.folder, 0.0) if result is not None else None
        rows.append(Row(kernel.name, kernel.summary, result, entry, changes(entries), trend=trend_of(entries)))
    return rows


def _with_causes(row: Row, page: Page) -> Row:
    return Row(row.kernel, row.summary, row.result, row.entry, row.changes, page.likely, row.trend)


def _outputs(kernel: Kernel, layout: Layout) -> KernelOutputs:
    return layout.kernel(kernel.name, kernel.object_file.name if kernel.object_file else "")


def _steps_of(kernel: Kernel, steps: Mapping[str, StepRecord]) -> Iterable[tuple[str, StepRecord]]:
    names = [f"object:{kernel.object_file.name}"] if kernel.object_file else []
    return [(name, steps[name]) for name in (*names, f"build:{kernel.name}", f"test:{kernel.name}") if name in steps]


def _write_overview(registry: Registry, layout: Layout, rows: Sequence[Row]) -> None:
    report = layout.report
    graph = task_graph(
        [(_object(registry.kernels[row.kernel]), row.kernel, row.status, f"kernels/{row.kernel}.html") for row in rows]
    )
    made = time.strftime("%Y-%m-%d %H:%M:%S")
    counts: dict[str, int] = {}
    for row in rows:
        counts[row.verdict] = counts.get(row.verdict, 0) + 1
    tools = _tools(registry, layout)
    cells = {row.kernel: cells_of(row) for row in rows}
    html = environment().get_template("index.html").render(
        up="", rows=rows, cells=cells, counts=counts, graph=graph, made=made, toolchain=layout.toolchain, tools=tools
    )  # fmt: skip
    write_atomically(report / "index.html", html)
    write_atomically(report / "style.css", read_bytes(FOLDER / "templates" / "style.css"))
    write_atomically(report / "summary.md", markdown(rows))
    if layout.junit.is_file():
        write_atomically(report / "junit.xml", read_bytes(layout.junit))


def _sarif(pages: Iterable[Page], registry: Registry, layout: Layout) -> str:
    """The findings of all kernels; places are relative to the project."""
    from npubuild.check.output import sarif

    found = []
    for page in pages:
        design = os.path.relpath(_outputs(registry.kernels[page.kernel], layout).design, layout.root)
        for item in page.diagnostics:
            place = Place(design, item.place.line, item.place.column) if item.place else Place(design)
            found.append(Diagnostic(item.message, place, item.rule, item.hint, item.severity))
    return sarif(found, registry.file.name)


def _object(kernel: Kernel) -> str:
    return kernel.object_file.name if kernel.object_file else ""


def _tools(registry: Registry, layout: Layout) -> list[tuple[str, str]]:
    """The compilers of the objects, as their manifests have them."""
    found: dict[str, str] = {}
    for name in registry.objects:
        with contextlib.suppress(UserError):
            recipe = read_manifest(layout.object(name).manifest).recipe
            tools = {topic: value for topic, value in recipe.items() if is_tool(value)}
            found |= {tool["path"]: json.dumps(tool, indent=1) for tool in tools.values()}
    return list(found.items())


def _remove_old_pages(report: Path, names: set[str]) -> None:
    for path in (report / "kernels").iterdir():
        if path.stem not in names:
            shutil.rmtree(path) if path.is_dir() else path.unlink()
