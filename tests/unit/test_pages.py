"""The report: pages that work from a file, whose links resolve and whose pictures show something."""

import json
import os
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest

from npubuild.errors import Severity, UserError
from npubuild.pages.build import build_report
from npubuild.pages.png import heat_map
from npubuild.pages.summary import changes
from npubuild.pipeline.layout import Layout
from npubuild.registry import Registry, read_registry
from npubuild.report.history import Entry, entry_of, remember
from npubuild.smoke.result import Measures, Result, Status
from npubuild.smoke.sample import Sample, SampleOutput, read_sample
from npubuild.toolchain.host import compile_library
from tests.browser import CHROMIUM, browse, screenshot

pytest.importorskip("jinja2", reason="the report needs the extra `report`")

ROOT = Path(__file__).parents[2]
ORACLE = ROOT / "tests" / "oracle"
MEASURES = Measures(True, 0.99999, 0.5, 0.9, -128.0, 127.0, 0, 0.0012, 8)
ENTRY = """
  {name}:
    summary: one of many
    device: npu1
    object: copy.o
    entry:
      function: copy
      inputs: [{{name: x, shape: [1024], dtype: i8}}]
      outputs: [{{name: y, shape: [1024], dtype: i8}}]
    design: {{file: designs/{design}.mlir}}
    smoke:
      reference: reference.py
      cases: [{{case: ramp, seeds: [1], tolerance: {{max_error: 1, correlation: 0.9}}}}]
"""


class Links(HTMLParser):
    """All files that a page refers to."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.found: list[str] = []
        self.feed(page.read_text())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in {"href", "src"} and value and not value.startswith("data:")]


def project(folder: Path, kernels: dict[str, str]) -> Registry:
    """A project of kernels by name, each with a design of the oracle."""
    entries = "".join(ENTRY.format(name=name, design=design) for name, design in kernels.items())
    (folder / "kernels.yaml").write_text(f"objects: {{copy.o: {{sources: [copy.cc]}}}}\nkernels:{entries}")
    (folder / "copy.cc").write_text("")
    (folder / "reference.py").write_text("CASES = ('ramp',)\n")
    (folder / "designs").mkdir()
    for design in set(kernels.values()):
        (folder / "designs" / f"{design}.mlir").write_text((ORACLE / "designs" / f"{design}.mlir").read_text())
    return read_registry(folder / "kernels.yaml")


def pretend_built(layout: Layout, name: str, design: str, result: Result) -> None:
    """What a build and a smoke test would have left."""
    from npubuild.lowering.sequence import lower
    from npubuild.lowering.txn import encode
    from npubuild.mlir.source import read_design
    from npubuild.pipeline.manifest import Manifest

    outputs = layout.kernel(name, "copy.o")
    outputs.logs.mkdir(parents=True)
    outputs.stages.mkdir()
    source = ORACLE / "designs" / f"{design}.mlir"
    read = read_design(source)
    outputs.design.write_text(read.text)
    (outputs.stages / "0-file.mlir").write_text(read.text)
    (outputs.stages / "1-a-patch.mlir").write_text(
        read.text.replace("aie.runtime_sequence", "aie.runtime_sequence @other", 1)
    )
    outputs.instructions.write_bytes(encode(lower(read)))
    (outputs.logs / "check.log").write_text("nothing\n")
    arguments = read.sequence(read.device()).block.args
    from npubuild.mlir.memrefs import known_byte_count

    buffers = [{"nbytes": known_byte_count(argument.type)} for argument in arguments]
    signature = {"device": read.device().symbol, "buffers": buffers}
    Manifest({"the tool": "none"}, {}, {}, {"signature": signature}).save(outputs.manifest)
    values = np.sin(np.arange(1024.0))
    Sample("case ramp, seed 1, run 1", True, (SampleOutput("y", (1024,), values, values * 0.99),)).save(outputs.sample)
    result.save(outputs.smoke)


@pytest.fixture
def report(tmp_path: Path) -> Path:
    """Of a kernel that passes, one that hangs, one that has never been built."""
    kernels = {"good": "linear_i8_single_core", "stuck": "bad_cyclic_wait", "never": "linear_i8_single_core"}
    registry = project(tmp_path, kernels)
    layout = Layout(tmp_path, "emulated")
    good = Result("good", Status.PASS, "emulated", (), MEASURES)
    stuck = Result("stuck", Status.TIMEOUT, "emulated", ("run 1 ended\ntimeout: the sequence never ends",))
    pretend_built(layout, "good", kernels["good"], good)
    pretend_built(layout, "stuck", kernels["stuck"], stuck)
    for at, result in ((1.0, Result("stuck", Status.PASS, "emulated", (), MEASURES)), (2.0, stuck), (2.0, good)):
        remember(layout.history, [entry_of(result, "emulated", layout.folder / result.kernel, at)])
    return build_report(registry, layout)


def pages(report: Path) -> list[Path]:
    return [report, *sorted((report.parent / "kernels").glob("*.html"))]


def test_every_link_resolves_and_stays_inside(report: Path) -> None:
    for page in pages(report):
        links = Links(page).found
        assert links
        for link in links:
            target = (page.parent / link).resolve()
            assert target.is_file(), (page.name, link)
            assert target.is_relative_to(report.parent)


def test_the_page_of_a_failing_kernel_names_the_cause(report: Path) -> None:
    text = (report.parent / "kernels" / "stuck.html").read_text()
    assert "each waits for the other [cyclic-wait]" in text
    assert "core (0, 3) waits to acquire @go Consume" in text
    assert 'class="stands"' in text
    assert "each waits for the other" in report.read_text()
    assert "PASS -&gt; TIMEOUT" in report.read_text()


def test_a_page_shows_picture_timeline_output_diff_and_stream(report: Path) -> None:
    text = (report.parent / "kernels" / "good.html").read_text()
    for part in ('class="array"', 'class="timeline"', "good/error0.png", "what the patch a-patch changes", "@other", "sync"):
        assert part in text, part
    trace = json.loads((report.parent / "kernels" / "good" / "trace.json").read_text())
    assert {event["ph"] for event in trace["traceEvents"]} == {"M", "X", "C", "i"}


def test_a_kernel_that_was_never_built_is_told_so(report: Path) -> None:
    assert "has not been built" in (report.parent / "kernels" / "never.html").read_text()


def test_a_kernel_that_crashes_when_it_runs_is_shown_without_a_timeline(tmp_path: Path) -> None:
    design = "attention_like_task_4col_packed"
    registry, layout = project(tmp_path, {"crash": design}), Layout(tmp_path, "emulated")
    pretend_built(layout, "crash", design, Result("crash", Status.FAIL, "emulated", ("it crashed",), MEASURES))
    (tmp_path / "copy.cc").write_text('#include <stdlib.h>\nextern "C" void attend(void *, void *, int) { abort(); }\n')
    library = layout.kernel("crash", "copy.o").library
    assert library is not None
    compile_library([tmp_path / "copy.cc"], library)
    report = build_report(registry, layout)
    text = (report.parent / "kernels" / "crash.html").read_text()
    assert 'class="array"' in text
    assert 'class="timeline"' not in text


def test_the_summary_and_sarif_are_for_other_programs(report: Path) -> None:
    summary = (report.parent / "summary.md").read_text()
    assert "| `stuck` | **TIMEOUT (emulated)** |" in summary
    assert "cyclic-wait" in summary
    sarif = json.loads((report.parent / "check.sarif").read_text())
    (found,) = sarif["runs"][0]["results"]
    assert found["ruleId"] == "cyclic-wait"
    assert found["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "build/emulated/stuck/design.mlir"


def test_a_page_is_made_again_only_when_something_changed(tmp_path: Path, report: Path) -> None:
    good, stuck = (report.parent / "kernels" / f"{name}.html" for name in ("good", "stuck"))
    before = good.stat().st_mtime_ns, stuck.stat().st_mtime_ns
    (tmp_path / "build" / "emulated" / "stuck" / "logs" / "check.log").write_text("something else\n")
    build_report(read_registry(tmp_path / "kernels.yaml"), Layout(tmp_path, "emulated"))
    assert good.stat().st_mtime_ns == before[0]
    assert stuck.stat().st_mtime_ns > before[1]
    assert "cyclic-wait" in (report.parent / "check.sarif").read_text()


@pytest.mark.skipif(CHROMIUM is None, reason="Chromium is not installed (Debian: apt install chromium)")
def test_pages_load_in_a_browser_without_an_error(report: Path, tmp_path: Path) -> None:
    for page in pages(report):
        document, console = browse(page, "--dump-dom")
        assert console == ""
        assert "<main>" in document
    for width in (1280, 400):
        for dark in (False, True):
            file = tmp_path / f"{width}-{dark}.png"
            assert screenshot(report.parent / "kernels" / "good.html", file, width, dark=dark) == ""
            assert file.stat().st_size > 20_000  # an empty page compresses to a few hundred bytes


def test_two_hundred_kernels_take_seconds(tmp_path: Path) -> None:
    design = "linear_i8_single_core"
    registry = project(tmp_path, {f"kernel_{number}": design for number in range(200)})
    layout = Layout(tmp_path, "emulated")
    for name in registry.kernels:
        pretend_built(layout, name, design, Result(name, Status.PASS, "emulated", (), MEASURES))
    begin = processor_seconds()
    first = build_report(registry, layout)
    spent = processor_seconds() - begin
    assert spent < 2 * 20  # 20 s on two cores; a busy machine takes longer, but not more work
    assert len(pages(first)) == 201
    begin = processor_seconds()
    build_report(registry, layout)
    assert processor_seconds() - begin < spent / 2


def processor_seconds() -> float:
    """Of this process and of those that it has started and that have ended."""
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def test_heat_maps_are_pngs_of_their_colours() -> None:
    data = heat_map(np.array([[0.0, 1.0], [np.nan, 0.5]]), 0.0, 1.0)
    assert data.startswith(b"\x89PNG\r\n\x1a\n")
    image = pytest.importorskip("PIL.Image", reason="reads the PNG back")
    import io

    with image.open(io.BytesIO(data)) as picture:
        assert picture.size == (128, 128)
        assert picture.getpixel((0, 0)) == (68, 1, 84)
        assert picture.getpixel((127, 0)) == (253, 231, 37)
        assert picture.getpixel((0, 127)) == (255, 0, 255)


def test_a_sample_is_read_as_it_was_written(tmp_path: Path) -> None:
    values = np.array([1.0, np.nan, -np.inf])
    sample = Sample("case a", False, (SampleOutput("y", (3,), values, values + 1),))
    sample.save(tmp_path / "s.npz")
    read = read_sample(tmp_path / "s.npz")
    assert (read.what, read.good, read.outputs[0].shape) == ("case a", False, (3,))
    np.testing.assert_array_equal(read.outputs[0].ideal, values + 1)
    (tmp_path / "bad.npz").write_bytes(b"no")
    with pytest.raises(UserError, match="is no sample") as raised:
        read_sample(tmp_path / "bad.npz")
    assert raised.value.diagnostics[0].severity is Severity.ERROR


def test_changes_compare_with_the_run_before_on_the_same_device() -> None:
    def entry(at: float, status: str, *, device: str = "emulated", size: int = 300, seconds: float = 1.0) -> Entry:
        return Entry(at, "emulated", device, "k", status, True, 1.0, 0.5, seconds, size, 1000)

    assert changes([entry(1, "PASS")]) == ("new",)
    assert changes([entry(1, "PASS"), entry(2, "FAIL", device="npu"), entry(3, "PASS")]) == ()
    assert changes([entry(1, "PASS"), entry(2, "FAIL", size=320)]) == ("PASS -> FAIL", "stream 300 -> 320 B")
    assert changes([entry(1, "PASS"), entry(2, "PASS", seconds=2.0)]) == ("time +100 %",)
