"""Holding a failing design against a working one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from npubuild.cli import main
from npubuild.compare import compare_designs
from npubuild.mlir.source import Design, parse_design, read_design
from tests.oracle_files import DESIGNS, ORACLE

ROOT = Path(__file__).parents[2]


def oracle(name: str) -> Design:
    return read_design(ORACLE / "designs" / f"{name}.mlir")


def section(report: str, title: str) -> str:
    """The lines under a title, joined as sentences."""
    body = report.split(f"\n{title}", 1)[1]
    return " ".join(re.split(r"\n(?:[A-Z]{3,}|Not )", body, maxsplit=1)[0].split())


@pytest.fixture(scope="module")
def classic() -> str:
    return compare_designs(oracle("mel_like_800_to_80"), read_design(ROOT / "mlir" / "attention_iron.mlir"))


def test_the_number_of_arguments_is_the_cause_and_the_api_is_not(classic: str):
    assert "1. too-many-arguments" in section(classic, "VERDICT")
    assert "8 runtime-sequence arguments, but an XCLBIN declares 5 buffers" in section(classic, "VERDICT")
    assert "DMA API" in section(classic, "Not the cause:")
    assert "an instruction stream of the same meaning" in section(classic, "Not the cause:")


def test_the_apis_lower_to_the_same_operations(classic: str):
    streams = section(classic, "INSTRUCTION STREAMS")
    assert "both lower to the same five operations: blockwrite, address_patch, write, maskwrite, sync." in streams
    assert "identical: 32 operations, 1152 bytes" in streams


def test_facts_stand_side_by_side(classic: str):
    assert re.search(r"columns +\* 0 +\| 0, 1, 2, 3", classic)
    assert re.search(r"arguments +\* 2 \(an XCLBIN declares 5\) +\| 8 \(an XCLBIN declares 5\)", classic)
    assert re.search(r"stack +\* \(0, 2\): 2048 bytes +\| \(0, 2\): 16384 bytes", classic)
    assert re.search(r"objects +\* mel_frame\.o +\| attention_int8_64x64_tiled\.o", classic)
    assert re.search(r"@mel S2MM 0 of \(0, 0\): 80 bytes", classic)


def test_lines_fit_a_terminal(classic: str):
    assert max(map(len, classic.splitlines())) <= 100


def test_the_other_api_is_tried_in_both_directions():
    report = compare_designs(oracle("attention_like_task_1col"), oracle("attention_like_memcpy_1col"))
    assert "`memcpy-to-dma-task` states the broken design's transfers" in section(report, "INSTRUCTION STREAMS")
    assert "nothing in the design itself explains a failure" in section(report, "VERDICT")


def test_a_design_that_cannot_be_restated_says_why():
    report = compare_designs(oracle("linear_i8_single_core"), oracle("task_endless_chain"))
    assert "cannot be stated in the other API (`dma-task-to-memcpy`):" in section(report, "INSTRUCTION STREAMS")
    assert "same meaning" not in section(report, "Not the cause:")


def test_what_the_working_design_has_too_is_no_cause():
    one, other = oracle("core_finite_loop_once"), oracle("bad_finite_loop_second_run")
    assert "nothing in the design itself explains a failure" in section(compare_designs(one, other), "VERDICT")
    assert "1. finite-core-loop" in section(compare_designs(oracle("linear_i8_single_core"), other), "VERDICT")


def test_errors_come_before_the_stack_and_the_stack_before_warnings():
    text = (ORACLE / "designs" / "mel_like_800_to_80.mlir").read_text()
    small = re.sub(r", stack_size = \d+ : i32|stack_size = \d+ : i32,? ?", "", text)
    finite = small.replace("9223372036854775807", "3").replace("800][0, 0, 0, 1]", "799][0, 0, 0, 1]")
    verdict = section(compare_designs(parse_design(text, "a.mlir"), parse_design(finite, "b.mlir")), "VERDICT")
    order = [verdict.index(word) for word in ("dma-size-alignment", "stack: 1 core", "finite-core-loop")]
    assert order == sorted(order)


@pytest.mark.parametrize("name", DESIGNS)
def test_every_design_can_be_compared(name: str):
    report = compare_designs(oracle("linear_i8_single_core"), oracle(name))
    assert "VERDICT" in report
    assert max(map(len, report.splitlines())) <= 100


def test_exit_codes_of_the_command(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    good = str(ORACLE / "designs" / "linear_i8_single_core.mlir")
    assert main(["compare", good, str(ORACLE / "designs" / "bad_cyclic_wait.mlir")]) == 0
    assert "1. cyclic-wait" in capsys.readouterr().out
    empty = tmp_path / "empty.mlir"
    empty.write_text("module {\n}\n")
    assert main(["compare", good, str(empty)]) == 2
    assert "empty.mlir" in capsys.readouterr().err
