"""Cores as processes: steps, kernels side by side, stray writes, programs that never rest."""

import threading
import time
from dataclasses import replace

import numpy as np
import pytest

from npubuild.emulator.array import Array
from npubuild.emulator.process import AcquireLock, CallKernel, CoreFault, Pause, ReleaseLock, Report
from npubuild.emulator.run import run
from npubuild.errors import Diagnostic, Place
from npubuild.hardware.descriptors import BufferDescriptor, LockStep
from npubuild.hardware.devices import Channel, Tile, devices
from npubuild.hardware.registers import CORE_CONTROL, absolute
from npubuild.lowering.txn import Write
from npubuild.placement.model import Access, Flow, Lock, Placement, Ring, Task
from tests.unit.emulated import CORE, MM2S, S2MM, SHIM, blank, buffer, dma, stream, transfer, wait, words

WORDS = 4


def worker(col: int = 0, row: int = 2, words: int = WORDS) -> Placement:
    """Shim to core and back, fifos @in and @out of one object each."""
    tile, shim = Tile(col, row), Tile(col, 0)
    names = {name: f"{name}_{col}" for name in ("in_free", "in_full", "out_free", "out_full", "in", "out")}
    source = BufferDescriptor(words, 0x400, next_bd=0, acquire=LockStep(0, -1), release=LockStep(1, 1))
    target = BufferDescriptor(words, 0x800, next_bd=1, acquire=LockStep(3, -1), release=LockStep(2, 1))
    rings = (
        Ring(f"in{col}", 0, tile, (names["in"],), names["in_free"], names["in_full"]),
        Ring(f"out{col}", None, tile, (names["out"],), names["out_free"], names["out_full"]),
    )
    return Placement(
        devices()["npu1"],
        "main",
        buffers=(buffer(names["in"], tile, 0x400, words), buffer(names["out"], tile, 0x800, words)),
        locks=tuple(
            Lock(names[name], tile, number, number % 2 == 0)
            for number, name in enumerate(("in_free", "in_full", "out_free", "out_full"))
        ),
        descriptors={(tile, 0): source, (tile, 1): target},
        tasks=(Task(Channel(tile, S2MM, 0), 0), Task(Channel(tile, MM2S, 0), 1)),
        flows=(Flow(dma(shim), dma(tile)), Flow(dma(tile), dma(shim))),
        rings=rings,
        accesses={Access(tile, f"in{col}", "Consume"): rings[0], Access(tile, f"out{col}", "Produce"): rings[1]},
    )


def together(*placements: Placement) -> Placement:
    first, *rest = placements
    for other in rest:
        first = replace(
            first,
            **{
                name: getattr(first, name) + getattr(other, name) for name in ("buffers", "locks", "tasks", "flows", "rings")
            },
            descriptors={**first.descriptors, **other.descriptors},
            accesses={**first.accesses, **other.accesses},
        )
    return first


def calling(function, col=0, rounds=None):
    """The usual core: acquire both, call `function(in, out)`, release both."""

    def program(memory):
        source, target = memory(f"in_{col}"), memory(f"out_{col}")
        done = 0
        while rounds is None or done < rounds:
            done += 1
            yield AcquireLock(f"in_full_{col}", -1, f"@in{col} Consume", Place("x.mlir", 7))
            yield AcquireLock(f"out_free_{col}", -1, f"@out{col} Produce")
            yield CallKernel(function, (source, target), "kernel")
            yield ReleaseLock(f"in_free_{col}", 1)
            yield ReleaseLock(f"out_full_{col}", 1)

    return program


def copy(source, target):
    target[...] = source


ONCE = stream(transfer(MM2S, 0, WORDS), transfer(S2MM, 1, WORDS, bd=1), wait())


@pytest.mark.parametrize("checked", [False, True])
@pytest.mark.parametrize("seed", range(4))
def test_a_core_works_from_run_to_run(seed, checked):
    array = Array(worker(), {CORE: calling(copy)}, seed=seed, checked=checked)
    for number in range(3):
        out = blank(WORDS)
        outcome = run(array, ONCE, [words(*range(number, number + WORDS)), out])
        assert (outcome.status, outcome.leftovers, outcome.findings) == ("completed", (), ())
        assert out.view(np.uint32).tolist() == list(range(number, number + WORDS))


def test_a_core_that_ended_is_named():
    array = Array(worker(), {CORE: calling(copy, rounds=1)})
    assert run(array, ONCE, [words(*range(WORDS)), blank(WORDS)]).status == "completed"
    outcome = run(array, ONCE, [words(*range(WORDS)), blank(WORDS)])
    assert outcome.status == "timeout"
    assert outcome.blocked[0] == "sync col 0 row 0 S2MM 0"
    assert {"core 0 2 ended", "dma 0 0 S2MM 0 has 0 of 4 words"} <= set(outcome.blocked)


def test_what_a_core_waits_for_is_told_with_its_place():
    array = Array(worker(), {CORE: calling(copy)})
    short = stream(transfer(MM2S, 0, WORDS - 1), transfer(S2MM, 1, WORDS, bd=1), wait())
    outcome = run(array, short, [words(*range(WORDS)), blank(WORDS)])
    found = {item.phrase: item for item in outcome.explanations}
    assert str(found["core 0 2 acquire @in0 Consume"]).startswith("x.mlir:7: core (0, 2) waits to acquire @in0 Consume")
    assert found["core 0 2 acquire @in0 Consume"].waits_for == ("dma 0 2 S2MM 0 has 3 of 4 words",)
    assert "all 1 task started in this run are done, 3 words in all" in found["dma 0 0 MM2S 0 idle"].text
    assert outcome.as_dict()["explanations"][0]["waits_for"] == ["dma 0 0 S2MM 0 has 0 of 4 words"]


def test_objects_that_nobody_fetched_are_left_over():
    array = Array(worker(words=8), {CORE: calling(copy)})
    ops = stream(transfer(MM2S, 0, 32, token=True), wait(MM2S))
    outcome = run(array, ops, [words(*range(32))])
    assert outcome.status == "timeout"
    assert "dma 0 0 MM2S 0 stream full" in outcome.blocked
    ops = stream(transfer(S2MM, 0, 8), wait())
    assert run(array, ops, [blank(8)]).leftovers == ("fifo @out0 1 objects", "dma 0 0 MM2S 0 running")


def test_words_in_flight_are_left_over():
    array = Array(worker(), {CORE: calling(copy)})
    outcome = run(array, stream(transfer(MM2S, 0, WORDS)), [words(*range(WORDS))])
    assert outcome.leftovers == ("stream to 0 0 S2MM 0 4 words",)


def test_two_cores_that_wait_for_each_other_form_a_cycle():
    def program(first, second):
        def steps(memory):
            while True:
                yield AcquireLock(first, -1, f"@{first}")
                yield ReleaseLock(second, 1)

        return steps

    placement = worker()
    locks = (Lock("go", CORE, 8, 0), Lock("back", CORE, 9, 0))
    rings = (Ring("go", None, CORE, (), "", "go"), Ring("back", None, CORE, (), "", "back"))
    north = Tile(0, 3)
    accesses = {Access(CORE, "back", "Produce"): rings[1], Access(north, "go", "Produce"): rings[0]}
    out = {Access(CORE, "out0", "Produce"): placement.rings[1]}
    placement = replace(
        placement, locks=placement.locks + locks, rings=placement.rings + rings, accesses={**accesses, **out}
    )
    array = Array(placement, {CORE: program("go", "back"), north: program("back", "go")})
    outcome = run(array, stream(transfer(S2MM, 0, WORDS), wait()), [blank(WORDS)])
    assert outcome.cycle == ("core 0 2 acquire @go", "core 0 3 acquire @back")
    assert "they wait in a circle" in outcome.explanation()


@pytest.mark.parametrize(
    ("address", "what"),
    [
        (0x410, "memory that belongs to no buffer"),
        (0x800, ""),
        (0x0, "memory that belongs to no buffer"),
        (-8, "outside the tile's memory"),
        (0x10000, "outside the tile's memory"),
    ],
)
def test_stray_writes_of_a_kernel_are_found(address, what):
    def stray(source, target):
        storage = array.tile(CORE).memory.storage
        storage[address + 4096 : address + 4096 + 8] = 1
        target[...] = source

    array = Array(worker(), {CORE: calling(stray)}, checked=True)
    outcome = run(array, ONCE, [words(*range(WORDS)), blank(WORDS)])
    if not what:
        assert outcome.findings == ()
        return
    assert outcome.status == "fault"
    where = "-0x8" if address < 0 else hex(address)
    assert outcome.findings[0].message == f"kernel kernel wrote 8 bytes at {where} of tile (0, 2): {what}"


def test_a_stray_write_into_a_fifo_names_it():
    def stray(source, target):
        source[...] = 0
        array.tile(CORE).memory.bytes[0x800:0x840] = 1

    def only_input(memory):
        yield AcquireLock("in_full_0", -1)
        yield CallKernel(stray, (memory("in_0"), np.zeros(1, np.uint8)), "k")
        yield ReleaseLock("in_free_0", 1)

    array = Array(worker(), {CORE: only_input}, checked=True)
    outcome = run(array, stream(transfer(MM2S, 0, WORDS)), [words(*range(WORDS))])
    assert "wrote 64 bytes at 0x800 of tile (0, 2): buffer out_0 (fifo @out0)" in outcome.findings[0].message


def test_kernels_of_several_cores_run_at_the_same_time():
    barrier = threading.Barrier(2, timeout=20)

    def meet(source, target):
        barrier.wait()
        target[...] = source

    placement = together(worker(0), worker(1))
    array = Array(placement, {CORE: calling(meet, 0), Tile(1, 2): calling(meet, 1)})
    ops = stream(
        *(transfer(MM2S, col, WORDS, col=col) for col in range(2)),
        *(transfer(S2MM, 2 + col, WORDS, bd=1, col=col) for col in range(2)),
        wait(),
        wait(col=1),
    )
    arguments = [words(*range(4)), words(*range(4, 8)), blank(4), blank(4)]
    assert run(array, ops, arguments).status == "completed"
    assert [argument.view(np.uint32).tolist() for argument in arguments[2:]] == [[0, 1, 2, 3], [4, 5, 6, 7]]


@pytest.mark.parametrize("times", [(0.0, 0.02), (0.02, 0.0)])
def test_results_come_in_the_order_of_the_calls_whichever_ends_first(times):
    order = []

    def kernel(col):
        def call(source, target):
            time.sleep(times[col])
            target[...] = source
            return col

        return call

    def program(col):
        def steps(memory):
            while True:
                yield AcquireLock(f"in_full_{col}", -1)
                order.append((yield CallKernel(kernel(col), (memory(f"in_{col}"), memory(f"out_{col}")), f"k{col}")))
                yield ReleaseLock(f"in_free_{col}", 1)

        return steps

    array = Array(together(worker(0), worker(1)), {CORE: program(0), Tile(1, 2): program(1)})
    ops = stream(*(transfer(MM2S, 0, WORDS, col=col) for col in range(2)))
    for _ in range(3):
        run(array, ops, [words(*range(4))])
    assert order == [0, 1] * 3


def test_a_polling_core_does_not_stop_the_sequence():
    def poll(memory):
        flag = memory("in_0").view(np.uint32)
        while flag[0] != 7:
            yield Pause()
        memory("out_0")[...] = 1
        yield ReleaseLock("out_full_0", 1)

    array = Array(worker(), {CORE: poll})
    ops = stream(transfer(S2MM, 0, WORDS), Write(absolute(CORE, 0x400), 7), wait())
    out = blank(WORDS)
    assert run(array, ops, [out]).status == "completed"
    assert set(out.tolist()) == {1}


def test_a_core_that_never_rests_is_a_hang_not_an_endless_run():
    def spin(memory):
        while True:
            yield Pause()

    array = Array(worker(), {CORE: spin})
    outcome = run(array, stream(transfer(S2MM, 0, WORDS), wait()), [blank(WORDS)])
    assert outcome.status == "timeout"
    assert "core 0 2 running" in outcome.blocked
    assert run(array, stream(Write(absolute(CORE, 0), 1)), []).status == "completed"


def test_what_a_program_reports_becomes_findings():
    place = Place("x.mlir", 3)

    def program(memory):
        for _ in range(3):
            yield Report(Diagnostic("division by zero", place, rule="division"))
        raise CoreFault(Diagnostic("outside", place, rule="access-outside-buffer"))
        yield Pause()

    array = Array(worker(), {CORE: program})
    outcome = run(array, stream(), [])
    assert [found.rule for found in outcome.findings] == ["division", "access-outside-buffer"]
    assert (outcome.status, outcome.faults) == ("fault", ("core 0 2 fault",))
    assert run(array, stream(), []).findings == ()


def test_a_core_can_be_disabled_and_reset_by_the_sequence():
    started = []

    def program(memory):
        started.append(1)
        yield from calling(copy)(memory)

    array = Array(worker(), {CORE: program})
    control = absolute(CORE, CORE_CONTROL)
    array.write_register(control, 0)
    outcome = run(array, ONCE, [words(*range(WORDS)), blank(WORDS)])
    assert "core 0 2 disabled" in outcome.blocked
    array.write_register(control, 1)
    out = blank(2 * WORDS)
    run(array, stream(), [])
    array.write_register(control, 2)
    array.write_register(control, 1)
    again = stream(transfer(MM2S, 0, WORDS), transfer(S2MM, 1, WORDS, bd=1), wait(), wait())
    assert run(array, again, [words(*range(WORDS)), out]).status == "completed"
    assert len(started) == 2


def test_the_shim_of_another_column_is_its_own():
    array = Array(together(worker(0), worker(1)), {CORE: calling(copy, 0), Tile(1, 2): calling(copy, 1)})
    out = blank(WORDS)
    ops = stream(transfer(MM2S, 0, WORDS, col=1), transfer(S2MM, 1, WORDS, bd=1, col=1), wait(col=1))
    assert run(array, ops, [words(5, 6, 7, 8), out]).status == "completed"
    assert out.view(np.uint32).tolist() == [5, 6, 7, 8]
    assert not array.channel(Channel(SHIM, MM2S, 0)).tasks


@pytest.mark.parametrize("rounds", [4, 7, 9])
def test_a_core_that_stops_during_replayed_runs_ends_as_it_would_have(rounds):
    array = Array(worker(), {CORE: calling(copy, rounds=rounds)})
    for number in range(rounds):
        out = blank(WORDS)
        assert run(array, ONCE, [words(*range(number, number + WORDS)), out]).status == "completed"
        assert out.view(np.uint32).tolist() == list(range(number, number + WORDS))
    outcome = run(array, ONCE, [words(*range(WORDS)), out])
    assert outcome.status == "timeout"
    assert "core 0 2 ended" in outcome.blocked
    assert array.memo.replays == rounds - 4


def test_a_core_that_decides_by_its_data_leaves_the_trail_and_goes_on():
    """It sends each object on when its first byte is even, twice the work otherwise: two kernel calls, two objects."""
    calls = []

    def count(source, target):
        calls.append(int(source[0]))
        target[...] = source

    def program(memory):
        source, target = memory("in_0"), memory("out_0")
        while True:
            yield AcquireLock("in_full_0", -1)
            for _ in range(1 + source[0] % 2):
                yield AcquireLock("out_free_0", -1)
                yield CallKernel(count, (source, target), "count")
                yield ReleaseLock("out_full_0", 1)
            yield ReleaseLock("in_free_0", 1)

    array = Array(worker(), {CORE: program})
    twice = stream(transfer(MM2S, 0, WORDS), transfer(S2MM, 1, 2 * WORDS, bd=1), wait())
    for number, first in enumerate([0, 2, 4, 6, 8, 10, 1, 12, 14]):
        out = blank(2 * WORDS)
        odd = first % 2
        outcome = run(array, twice if odd else ONCE, [words(*range(first, first + WORDS)), out])
        assert outcome.status == "completed", number
        assert out.view(np.uint32).tolist()[: WORDS * (1 + odd)] == list(range(first, first + WORDS)) * (1 + odd)
    assert array.memo.replays > 0
    outcome = run(array, ONCE, [words(3, 4, 5, 6), out])
    assert (outcome.status, outcome.leftovers) == ("completed", ("stream to 0 0 S2MM 0 4 words",))
    assert calls == [0, 2, 4, 6, 8, 10, 1, 1, 12, 14, 3, 3]


def test_a_write_from_outside_ends_the_replays_until_the_state_is_known_again():
    array = Array(worker(), {CORE: calling(copy)})
    for _ in range(6):
        run(array, ONCE, [words(*range(WORDS)), blank(WORDS)])
    before = array.memo.replays
    assert before > 0
    array.write_register(absolute(CORE, 0x3000), 1)
    assert run(array, ONCE, [words(*range(WORDS)), blank(WORDS)]).status == "completed"
    assert array.memo.replays == before
    for _ in range(3):
        run(array, ONCE, [words(*range(WORDS)), blank(WORDS)])
    assert array.memo.replays > before


def test_replays_follow_new_buffers_and_their_sizes():
    array = Array(worker(), {CORE: calling(copy)})
    for number in range(8):
        out = blank(WORDS)
        run(array, ONCE, [words(*range(number, number + WORDS)), out])
        assert out.view(np.uint32).tolist() == list(range(number, number + WORDS))
    assert run(array, ONCE, [words(*range(WORDS)), blank(WORDS - 1)]).status == "fault"


def test_what_the_sequence_writes_into_memory_is_written_in_replays_too():
    def program(memory):
        source, target, factor = memory("in_0"), memory("out_0"), memory("factor").view(np.uint32)
        while True:
            yield AcquireLock("in_full_0", -1)
            yield AcquireLock("out_free_0", -1)
            target.view(np.uint32)[...] = source.view(np.uint32) * factor[0]
            factor[0] = 0
            yield ReleaseLock("in_free_0", 1)
            yield ReleaseLock("out_full_0", 1)

    placement = worker()
    placement = replace(placement, buffers=(*placement.buffers, buffer("factor", CORE, 0x3000, 1)))
    array = Array(placement, {CORE: program})
    ops = stream(Write(absolute(CORE, 0x3000), 3), transfer(S2MM, 1, WORDS, bd=1), transfer(MM2S, 0, WORDS), wait())
    for _ in range(8):
        out = blank(WORDS)
        run(array, ops, [words(1, 2, 3, 4), out])
        assert out.view(np.uint32).tolist() == [3, 6, 9, 12]
    assert array.memo.replays > 0
