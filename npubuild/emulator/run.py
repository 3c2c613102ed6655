"""Runs an instruction stream on an array to its end, or to the point where nothing goes on."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, partial

from npubuild.emulator.array import Array
from npubuild.emulator.hang import Report, explain
from npubuild.emulator.leftovers import leftovers, races
from npubuild.emulator.memory import HostMemory
from npubuild.emulator.outcome import COMPLETED, FAULT, TIMEOUT, Outcome
from npubuild.emulator.process import Bytes
from npubuild.emulator.replay import record, replay
from npubuild.emulator.sequencer import Sequencer
from npubuild.hardware.devices import TileKind
from npubuild.lowering.txn import Stream, decode

BETWEEN_OPERATIONS = 10_000
"""Turns of the other processes before the next operation. Whatever can move has then moved, long kernels apart; only what
never comes to rest (free-running DMAs, a polling core) is cut off."""
REMEMBERED = 64  # instruction streams kept decoded
PATIENCE = 100  # times that many turns without a word at the shim before something that never rests counts as a hang


def run(array: Array, stream: Stream | bytes, buffers: Sequence[Bytes]) -> Outcome:
    """Run `stream` (decoded, or its binary) with `buffers` bound to the sequence's arguments, in order.

    Each buffer is a writable, contiguous array of bytes. The array keeps its state for the next run. Raises UserError when
    the binary is no instruction stream.
    """
    decoded = stream if isinstance(stream, Stream) else _decoded(bytes(stream))
    array.begin_run(HostMemory(buffers))
    carry_out = partial(_carry_out, array, decoded)
    if array.checked or array.observer is not None or not array.scheduler.deterministic:
        return carry_out()
    outcome = replay(array, decoded, carry_out)
    if outcome is not None:
        return outcome
    if array.memo.worth_recording(decoded):
        return record(array, decoded, carry_out)
    return carry_out()


def _carry_out(array: Array, stream: Stream) -> Outcome:
    """The run itself, as opposed to a replay."""
    sequencer = _sequencer(array, stream)
    ended = _drive(array, sequencer)
    report = Report((), ())
    if ended:
        _settle(array)
    elif sequencer.waiting is not None:
        report = explain(array, sequencer.waiting)
    for channel in array.channels:
        if channel.dropped:
            array.findings.queue_overflow(channel.channel, channel.dropped)
    uncertain = races(array) if ended and not sequencer.refused else ()
    findings = array.findings
    return Outcome(
        status=FAULT if findings.faults else COMPLETED if ended else TIMEOUT,
        blocked=tuple(item.phrase for item in report.explanations),
        leftovers=leftovers(array) if ended else (),
        findings=tuple(findings.diagnostics),
        explanations=report.explanations,
        cycle=report.cycle,
        operation=None if ended else sequencer.position,
        faults=tuple(findings.faults),
        hazards=tuple(findings.hazards),
        races=uncertain,
    )


def _sequencer(array: Array, stream: Stream) -> Sequencer:
    """The stream made ready for this array, once for all its runs."""
    known = array.sequencers.get(id(stream))
    if known is None or known.stream is not stream:
        if len(array.sequencers) >= REMEMBERED:
            array.sequencers.clear()
        known = array.sequencers[id(stream)] = Sequencer(array, stream)
    known.begin()
    if array.observer is not None:
        array.observer.begin_run(known)
    return known


@lru_cache(maxsize=REMEMBERED)
def _decoded(data: bytes) -> Stream:
    return decode(data, "insts.bin")


def _drive(array: Array, sequencer: Sequencer) -> bool:
    """Operation by operation, with all that can move in between; False when the sequence waits for what never comes."""
    scheduler = array.scheduler
    patience, seen = PATIENCE, -1
    while True:
        scheduler.run(BETWEEN_OPERATIONS)
        if sequencer.advance():
            patience = PATIENCE
            continue
        if sequencer.ended:
            return True
        if scheduler.idle:
            if not scheduler.finish_call():
                return False
            patience = PATIENCE
            continue
        moved = _shim_words(array)
        patience = patience - 1 if moved == seen else PATIENCE
        seen = moved
        if not patience:
            return False


def _settle(array: Array) -> None:
    """Run on after the end of the sequence, until everything rests or only what never rests is left."""
    seen = -1
    while not array.settle(BETWEEN_OPERATIONS) and seen != _shim_words(array):
        seen = _shim_words(array)


def _shim_words(array: Array) -> int:
    """Words moved by the shim in this run: what the sequence can see of progress."""
    return sum(channel.moved + channel.position for channel in array.channels if channel.tile.kind is TileKind.SHIM)
