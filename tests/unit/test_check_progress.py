"""Checks that follow the data through the array, on small designs made for each rule."""

from __future__ import annotations

import pytest

from npubuild.check import check_design, core_steps
from npubuild.errors import Diagnostic, Severity
from npubuild.mlir.source import parse_design

ENDLESS = 9223372036854775807

COPY = """module {{
  aie.device(npu1_1col) {{
    %s = aie.tile(0, 0)
    %t = aie.tile(0, 2)
    aie.objectfifo @in(%s, {{%t}}, 2 : i32) : !aie.objectfifo<memref<16xi32>>
    aie.objectfifo @out(%t, {{%s}}, 2 : i32) : !aie.objectfifo<memref<16xi32>>
    aie.core(%t) {{
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %passes = arith.constant {passes} : index
      scf.for %i = %c0 to %passes step %c1 {{
        %a = aie.objectfifo.acquire @in(Consume, {taken}) : !aie.objectfifosubview<memref<16xi32>>
        %b = aie.objectfifo.acquire @out(Produce, 1) : !aie.objectfifosubview<memref<16xi32>>
        aie.objectfifo.release @in(Consume, {taken})
        aie.objectfifo.release @out(Produce, 1)
      }}
      aie.end
    }}
    aie.runtime_sequence(%x: memref<1024xi32>, %y: memref<1024xi32>) {{
{sequence}
    }}
  }}
}}
"""
FIRST_LINE = 20  # of the sequence


def transfer(fifo: str, words: int, bd: int, at: int = 0, options: str = "") -> str:
    argument = "%x" if fifo == "in" else "%y"
    return (
        f"aiex.npu.dma_memcpy_nd({argument}[0, 0, 0, {at}][1, 1, 1, {words}][0, 0, 0, 1])"
        f" {{id = {bd} : i64, {options}metadata = @{fifo}}} : memref<1024xi32>"
    )


def wait(fifo: str) -> str:
    return f"aiex.npu.dma_wait {{symbol = @{fifo}}}"


def check(*sequence: str, passes: int = ENDLESS, taken: int = 1) -> list[Diagnostic]:
    text = COPY.format(sequence="\n".join(sequence), passes=passes, taken=taken)
    return check_design(parse_design(text, "design.mlir"))


def only(found: list[Diagnostic]) -> tuple[str, Severity, int]:
    assert len(found) == 1
    assert found[0].place is not None
    return found[0].rule, found[0].severity, found[0].place.line - FIRST_LINE


def test_a_balanced_sequence_has_no_findings():
    assert check(transfer("in", 64, 0), transfer("out", 64, 1), wait("out")) == []


@pytest.mark.parametrize("taken", [1, 2, 3])
def test_objects_in_follow_from_what_the_core_takes(taken: int):
    sequence = [transfer("in", 64 * taken, 0), transfer("out", 64, 1), wait("out")]
    assert check(*sequence, taken=taken) == []
    assert only(check(*sequence, taken=taken + 1))[0] == "too-few-objects"


def test_missing_input_is_told_with_both_numbers():
    found = check(transfer("in", 48, 0), transfer("out", 64, 1), wait("out"))
    assert only(found) == ("too-few-objects", Severity.ERROR, 1)
    assert "takes 256 bytes, but only 192 come" in found[0].message
    assert "@in (MM2S 0 of tile (0, 0)) brings 192 bytes" in found[0].message


def test_input_that_nobody_takes_blocks_the_channel():
    found = check(transfer("in", 512, 0), transfer("out", 64, 1), wait("out"))
    assert only(found) == ("objects-left-over", Severity.ERROR, 0)
    assert "brings 2048 bytes, of which 512 are taken" in found[0].message


def test_one_object_too_many_stays_in_the_ring():
    found = check(transfer("in", 80, 0), transfer("out", 64, 1), wait("out"))
    assert only(found) == ("objects-left-over", Severity.ERROR, 1)
    assert "fetches 1 object of @out less than the cores make" in found[0].message


def test_a_loop_that_is_too_short_for_the_first_run():
    found = check(transfer("in", 64, 0), transfer("out", 64, 1), wait("out"), passes=3)
    assert {finding.rule for finding in found} == {"finite-core-loop", "too-few-objects"}


def test_a_wait_before_its_data_can_come():
    found = check(transfer("out", 64, 1), wait("out"), transfer("in", 64, 0))
    assert only(found) == ("too-few-objects", Severity.ERROR, 0)
    assert "brings nothing" in found[0].message


def test_a_descriptor_is_certainly_in_use():
    found = check(transfer("out", 32, 3), transfer("out", 32, 3, at=32), transfer("in", 64, 0), wait("out"), wait("out"))
    assert only(found) == ("bd-rewritten-while-in-use", Severity.ERROR, 1)


def test_a_descriptor_that_only_speed_keeps_free_is_a_warning():
    found = check(transfer("in", 32, 0), transfer("in", 32, 0, at=32), transfer("out", 64, 1), wait("out"))
    assert only(found) == ("bd-rewritten-while-in-use", Severity.WARNING, 1)


def test_an_output_that_needs_the_input_frees_its_descriptor():
    rounds = [
        line
        for number in range(3)
        for line in (transfer("in", 64, 0, at=64 * number), transfer("out", 64, 1, at=64 * number), wait("out"))
    ]
    assert check(*rounds) == []


def test_a_fifth_task_is_dropped_for_certain():
    outputs = [transfer("out", 16, number, at=16 * number) for number in range(5)]
    found = check(*outputs, transfer("in", 80, 5), *[wait("out")] * 5)
    assert only(found) == ("task-queue-overflow", Severity.ERROR, 4)


def test_a_fifth_task_that_only_speed_makes_room_for_is_a_warning():
    inputs = [transfer("in", 16, number, at=16 * number) for number in range(5)]
    assert only(check(transfer("out", 80, 5), *inputs, wait("out"))) == ("task-queue-overflow", Severity.WARNING, 5)
    assert check(transfer("out", 64, 5), *inputs[:4], wait("out")) == []


def test_a_wait_on_the_first_of_two_outputs_does_not_cover_the_second():
    found = check(transfer("out", 32, 1), transfer("out", 32, 2, at=32), transfer("in", 64, 0), wait("out"))
    assert only(found) == ("fewer-waits-than-tokens", Severity.ERROR, 1)


def test_no_wait_on_an_output():
    assert only(check(transfer("in", 64, 0), transfer("out", 64, 1)))[0] == "no-wait-on-output"


def test_a_wait_in_front_of_its_transfer_finds_no_token():
    found = check(wait("out"), transfer("in", 64, 0), transfer("out", 64, 1))
    assert ("wait-without-token", 0) in {
        (finding.rule, (finding.place.line if finding.place else 0) - FIRST_LINE) for finding in found
    }


def test_a_token_of_the_input_may_be_waited_for():
    asked = "issue_token = true, "
    assert check(transfer("in", 64, 0, options=asked), transfer("out", 64, 1), wait("in"), wait("out")) == []


def test_a_task_freed_too_early_is_named_at_the_free():
    found = check(
        "%o = aiex.dma_configure_task_for @out {\naie.dma_bd(%y : memref<1024xi32>, 0, 64)\naie.end\n} {issue_token = true}",
        "aiex.dma_start_task(%o)",
        "aiex.dma_free_task(%o)",
        "%i = aiex.dma_configure_task_for @in {\naie.dma_bd(%x : memref<1024xi32>, 0, 64)\naie.end\n}",
        "aiex.dma_start_task(%i)",
        wait("out"),
    )
    assert only(found) == ("freed-before-completion", Severity.ERROR, 5)


def test_a_design_that_is_too_long_to_follow_is_left_alone(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(core_steps, "MOST_STEPS", 10)
    assert check(transfer("in", 48, 0), transfer("out", 64, 1), wait("out")) == []


def test_without_following_only_what_no_wait_separates_is_named(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(core_steps, "MOST_STEPS", 10)
    again = [transfer("in", 32, 0), transfer("in", 32, 0, at=32), transfer("out", 64, 1)]
    assert only(check(*again, wait("out"))) == ("bd-rewritten-while-in-use", Severity.WARNING, 1)
    assert {finding.rule for finding in check(*again)} == {"bd-rewritten-while-in-use", "no-wait-on-output"}


def test_a_core_that_turns_in_circles_without_waiting_ends_the_check():
    text = COPY.format(sequence=transfer("in", 16, 0), passes=ENDLESS, taken=1)
    text = "".join(line for line in text.splitlines(keepends=True) if "release" not in line)
    assert "held-across-loop" in {finding.rule for finding in check_design(parse_design(text, "design.mlir"))}
