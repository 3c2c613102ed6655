import math
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest

from npubuild.errors import UserError
from npubuild.report.console import known_causes
from npubuild.report.doctor import describe
from npubuild.report.junit import junit_xml
from npubuild.report.table import smoke_table, summary
from npubuild.smoke.result import Measures, Result, Status, load_result
from npubuild.toolchain.diagnosis import diagnose
from npubuild.toolchain.machine import Machine

GOOD = Measures(True, 0.99996, 1.5, 0.98999, -128, 127, 0, 0.00125, 8)
PASSED = Result("attention_iron", Status.PASS, "emulated", (), GOOD)
FAILED = Result("mel", Status.FAIL, "emulated", ("run 1: wrong \x00 <bytes>", "run 2: wrong"), GOOD)
HUNG = Result("canary", Status.TIMEOUT, "emulated", ("run 1 hangs\n  core (0, 2) waits",))
NO_NPU = Result("canary", Status.UNSUPPORTED, "npu", ("no NPU",))


def test_the_table() -> None:
    assert smoke_table([PASSED]).splitlines() == [
        "kernel         status          exact   corr error nonzero     range    time runs",
        "-" * 80,
        "attention_iron PASS (emulated) yes   0.9999   1.5   98.9% -128..127 1.25 ms    8",
    ]


def test_without_a_finite_output_there_is_no_range() -> None:
    nothing = Measures(True, None, math.inf, 1.0, math.inf, -math.inf, 0, 0.001, 2)
    row = smoke_table([Result("k", Status.FAIL, "emulated", (), nothing)]).splitlines()[2]
    assert row.split() == ["k", "FAIL", "(emulated)", "yes", "-", "inf", "100.0%", "-", "1", "ms", "2"]


def test_problems_follow_the_table() -> None:
    lines = smoke_table([PASSED, HUNG]).splitlines()
    assert lines[-3:] == ["canary: TIMEOUT (emulated)", "  - run 1 hangs", "      core (0, 2) waits"]


@pytest.mark.parametrize("name", ["a", "a_very_long_kernel_name_that_somebody_likes", "x" * 63])
def test_it_fits_80_columns_whatever_the_names_and_numbers(name: str) -> None:
    wide = Measures(False, -0.12345, 123456.789, 0.5, -32768, 32767, 3, 12.3456, 1000)
    results = [Result(name, status, "emulated", ("word " * 40,), wide) for status in (Status.PASS, Status.FAIL)]
    text = smoke_table([*results, NO_NPU])
    assert max(map(len, text.splitlines())) <= 80


def test_kernels_can_be_told_apart() -> None:
    wide = Measures(True, 0.9999, 0.000478, 1.0, -0.1699, 8.125, 0, 0.00583, 2)
    names = ["attention_4col", "attention_heads", "attention_iron", "matmul_bf16_4col"]
    lines = smoke_table([Result(name, Status.PASS, "emulated", (), wide) for name in names]).splitlines()
    shown = [line.split()[0].rstrip("~") for line in lines[2:]]
    assert all(name.startswith(short) for name, short in zip(names, shown, strict=True))
    assert len(set(shown)) == len(names)
    assert max(map(len, lines)) <= 80


def test_long_lists_of_problems_are_cut() -> None:
    result = Result("mel", Status.FAIL, "emulated", tuple(f"problem {number}" for number in range(50)))
    assert smoke_table([result]).splitlines()[-1] == "  and 44 more, in smoke.json"


def test_notes_are_shown_even_when_all_is_well() -> None:
    noted = Result("mel", Status.PASS, "emulated", (), GOOD, ("left over after the run: fifo @out 1 object",))
    assert smoke_table([noted]).splitlines()[-1] == "  - note: left over after the run: fifo @out 1 object"


def test_summary() -> None:
    assert summary([PASSED, PASSED, HUNG]) == "2 PASS (emulated), 1 TIMEOUT (emulated)"


def test_junit() -> None:
    skipped = Result("a", Status.SKIP, "emulated", ("build:a failed",))
    text = junit_xml([PASSED, FAILED, HUNG, NO_NPU, skipped], "smoke.emulated")
    suite = ET.fromstring(text)[0]  # noqa: S314 (our own)
    assert suite.attrib == {
        "name": "smoke.emulated", "tests": "5", "time": "0.020000", "failures": "2", "errors": "1", "skipped": "1",
    }  # fmt: skip
    passed, failed, hung, unsupported, skip = suite
    assert {item.get("name"): item.get("value") for item in passed[0]}["max_error"] == "1.5"
    assert len(passed) == 1
    failure = failed.find("failure")
    assert failure is not None
    assert (failure.get("message"), failure.get("type")) == ("run 1: wrong ? <bytes>", "FAIL")
    assert failure.text == "FAIL (emulated)\nrun 1: wrong ? <bytes>\nrun 2: wrong"
    assert [child.tag for child in (*hung, *unsupported, *skip)] == ["failure", "error", "skipped"]


@pytest.mark.parametrize("result", [PASSED, FAILED, NO_NPU])
def test_results_are_stored_and_read(tmp_path: Path, result: Result) -> None:
    result.save(tmp_path / "smoke.json")
    assert load_result(tmp_path / "smoke.json") == result


@pytest.mark.parametrize("content", ["", "[]", '{"kernel": 1}'])
def test_a_damaged_result(tmp_path: Path, content: str) -> None:
    (tmp_path / "smoke.json").write_text(content)
    with pytest.raises(UserError, match="is no result of a smoke test"):
        load_result(tmp_path / "smoke.json")


def test_the_doctor_names_every_tool_and_what_it_allows(tmp_path: Path) -> None:
    compiler = tmp_path / "g++"
    compiler.write_text("#!/bin/sh\n")
    compiler.chmod(0o755)
    text = describe(diagnose(Machine.this({"PATH": str(tmp_path), "PEANO_INSTALL_DIR": "/dead"})))
    assert f"ok   host C++ compiler: {compiler} (by g++ on PATH)" in text
    assert "--   Peano (clang++ for AIE): not found; toolchain=npu needs it" in text
    assert "/dead/bin/clang++" in text
    assert "toolchain=emulated: ready" in text
    assert "toolchain=npu: lacks Peano (clang++ for AIE), aiecc (mlir-aie), xclbinutil (XRT)" in text


def test_a_failure_names_what_the_checks_know(tmp_path: Path) -> None:
    log = tmp_path / "check.log"
    assert known_causes(log) == []
    log.write_text("warning: a.mlir:3:5: the stack is small [stack]\nhint: more\nnote: a.mlir:1: old [spelling]\n")
    assert known_causes(log) == ["likely cause: a.mlir:3:5: the stack is small [stack]"]
