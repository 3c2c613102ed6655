"""The checks on the oracle's designs: no false alarm on valid ones, the right rule at the right line on the others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from npubuild.check import check_design
from npubuild.errors import Diagnostic, Severity, UserError
from npubuild.mlir.source import read_design
from tests.oracle_files import DESIGNS, INVALID, OCT25_DESIGNS, ORACLE

VALID = [name for name in DESIGNS if not name.startswith("bad_")]

# Designs of the oracle that lower and run, and of which a check has something to say all the same.
APT = {
    "attention_like_task_4col_serial": {"too-many-arguments"},  # eight, and no XCLBIN declares more than five
    "core_finite_loop_once": {"finite-core-loop"},
    "offset_multiplied_by_stride": {"offset-ignored"},
    "task_inner_stride_ignored": {"inner-stride-ignored"},
}

BAD = {
    "bad_acquire_more_than_depth": "acquire-exceeds-depth",
    "bad_acquire_more_than_depth_shared": "acquire-exceeds-depth",
    "bad_bd_rewritten_while_queued": "bd-rewritten-while-in-use",
    "bad_broadcast_idle_consumer": "fifo-end-unused",
    "bad_cyclic_wait": "cyclic-wait",
    "bad_extent_outside_memref": "transfer-outside-argument",
    "bad_finite_loop_second_run": "finite-core-loop",
    "bad_hold_across_loop_edge": "held-across-loop",
    "bad_input_too_long": "objects-left-over",
    "bad_missing_objects_in": "partial-object",
    "bad_no_wait_on_output": "no-wait-on-output",
    "bad_one_wait_for_two_outputs": "fewer-waits-than-tokens",
    "bad_output_longer_than_produced": "too-few-objects",
    "bad_queue_overflow_five_pushes": "task-queue-overflow",
    "bad_repeat_count_core_depth_two": "repeat-count-on-core-fifo",
    "bad_swapped_host_buffers": None,  # the design is right: its host program is not
    "bad_two_waits_one_token": "more-waits-than-tokens",
    "bad_unbalanced_join": "unbalanced-join",
    "bad_wait_mm2s_without_token": "wait-without-token",
}

# Rules of npu-facts.md, section 6, and the names under which they are found in the invalid designs.
NAMES = {
    4: {"await-without-token"},
    9: {"bd-id-range"},
    10: {"bd-id-in-use", "bd-rewritten-while-in-use"},
    11: {"bd-ids-exhausted"},
    12: {"freed-before-completion"},
    13: {"channels-exhausted"},
    14: {"shared-channel"},
    15: {"too-many-arguments"},
    16: {"transfer-outside-argument"},
    18: {"task-length-rounded", "dma-length-short"},
    19: {"transfer-not-in-words"},
    20: {"task-dims-product"},
    21: {"inner-stride-ignored"},
    22: {"offset-ignored"},
    24: {"repeat-count-mismatch"},
    25: {"memory-exceeded"},
    35: {"sub-word-stride"},
    36: {"token-not-routed", "memtile-task-channel"},
    37: {"locks-exhausted"},
    39: {"unlowered-operation"},
    40: {"dma-padding-on-shim"},
    44: {"reinterpret-cast-offset"},
}
NEED_THE_KERNEL = {"r26_stack_too_small", "r27_kernel_data_does_not_fit"}


def findings(path: str) -> list[Diagnostic]:
    try:
        return check_design(read_design(ORACLE / path))
    except UserError as error:
        return list(error.diagnostics)


@pytest.mark.parametrize("name", VALID)
def test_a_valid_design_gives_no_alarm(name: str):
    assert {finding.rule for finding in findings(f"designs/{name}.mlir")} == APT.get(name, set())


@pytest.mark.parametrize("name", OCT25_DESIGNS)
def test_an_older_spelling_adds_only_a_note(name: str):
    found = findings(f"designs/oct25/{name}.mlir")
    assert {finding.rule for finding in found} == {"old-spelling"} | APT.get(name, set())
    assert all(finding.severity is Severity.NOTE for finding in found if finding.rule == "old-spelling")


@pytest.mark.parametrize("name", sorted(BAD))
def test_a_bad_design_is_named(name: str):
    found = findings(f"designs/{name}.mlir")
    assert [finding.rule for finding in found] == ([] if BAD[name] is None else [BAD[name]])


def test_every_bad_design_is_expected():
    assert set(BAD) == set(DESIGNS) - set(VALID)


@pytest.mark.parametrize("name", [name for name in INVALID if name not in NEED_THE_KERNEL])
def test_an_invalid_design_is_named_at_its_line(name: str):
    vector = json.loads((ORACLE / "invalid" / f"{name}.json").read_text())
    found = findings(f"invalid/{name}.mlir")
    here = {finding.rule for finding in found if finding.place is not None and finding.place.line == vector["line"]}
    assert here & NAMES.get(vector["rule"], here)
    assert len(here) == 1
    assert all(finding.hint or finding.message for finding in found)


@pytest.mark.parametrize("name", sorted(NEED_THE_KERNEL))
def test_what_only_the_kernel_shows_is_not_guessed(name: str):
    assert findings(f"invalid/{name}.mlir") == []


@pytest.mark.parametrize("path", sorted((ORACLE.parent / "real").glob("*.mlir")), ids=lambda path: path.stem)
def test_designs_in_the_manner_of_real_projects_give_no_error(path: Path):
    found = check_design(read_design(path))
    assert [str(finding) for finding in found if finding.severity is Severity.ERROR] == []
