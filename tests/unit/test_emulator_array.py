"""The array at register level: descriptors, queues, tokens, locks, host memory."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from npubuild.emulator.array import Array
from npubuild.emulator.run import run
from npubuild.emulator.tile import RefusedError
from npubuild.hardware.descriptors import BufferDescriptor, Dimension, LockStep, Packet, encode
from npubuild.hardware.devices import Channel, Tile, devices
from npubuild.hardware.registers import (
    CORE_CONTROL,
    absolute,
    bd_address,
    channel_control,
    channel_status,
    lock_address,
    task_queue,
)
from npubuild.lowering.txn import BlockWrite, LoadPdi, MaskWrite, Preempt, Sync, Write
from npubuild.placement.model import Flow, Lock, PacketFlow, Placement, Task
from tests.unit.emulated import CORE, MEM, MM2S, S2MM, SHIM, blank, buffer, dma, relay, stream, transfer, wait, words

COPY = stream(transfer(MM2S, 0, 16), transfer(S2MM, 1, 16, bd=1), wait())


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("tile", [CORE, Tile(0, 5)])
def test_a_relay_copies_every_run(seed, tile):
    array = Array(relay(depth=2, tile=tile), {}, seed=seed)
    for _ in range(3):
        out = blank(16)
        outcome = run(array, COPY, [words(*range(16)), out])
        assert (outcome.status, outcome.leftovers, outcome.findings) == ("completed", (), ())
        assert out.view(np.uint32).tolist() == list(range(16))


def test_memory_tiles_see_themselves_behind_their_western_neighbour():
    array = Array(relay(tile=MEM), {})
    assert array.findings.diagnostics == []
    placement = relay(tile=MEM)
    low = {
        (tile, bd + 24 * (bd == 1)): replace(found, address=found.address - 0x80000, next_bd=25 if bd else 0)
        for (tile, bd), found in placement.descriptors.items()
    }
    tasks = (Task(Channel(MEM, S2MM, 0), 0), Task(Channel(MEM, MM2S, 1), 25))
    flows = (Flow(dma(SHIM), dma(MEM)), Flow(dma(MEM, 1), dma(SHIM)))
    out = blank(16)
    array = Array(replace(placement, descriptors=low, tasks=tasks, flows=flows), {})
    assert run(array, COPY, [words(*range(16)), out]).status == "completed", "column 0 of npu1 takes base 0 for its own"
    assert out.view(np.uint32).tolist() == list(range(16))
    other = Array(replace(placement, device=devices()["npu2"], descriptors=low, tasks=tasks, flows=flows), {})
    outcome = run(other, COPY, [words(*range(16)), blank(16)])
    assert "has address 0x1000" in outcome.findings[0].message


@given(
    st.tuples(st.integers(1, 5), st.integers(1, 5), st.integers(1, 4), st.integers(1, 4)),
    st.tuples(st.integers(1, 3), st.integers(1, 40), st.integers(1, 40), st.integers(1, 40)),
    st.integers(0, 3),
)
def test_strided_transfers_read_what_numpy_reads(sizes, strides, seed):
    """Three dimensions and an iteration, innermost first, against NumPy's own strided view."""
    count = int(np.prod(sizes[:3]))
    memory = np.arange(600, dtype=np.uint32)
    step, *outer = strides
    expected = np.lib.stride_tricks.as_strided(memory, sizes[::-1], [4 * s for s in reversed((step, *outer))]).reshape(-1)
    dimensions = (Dimension(sizes[0], step), Dimension(sizes[1], outer[0]), Dimension(0, outer[1]))
    iteration = Dimension(sizes[3], outer[2])
    ops = stream(
        transfer(S2MM, 1, expected.size, bd=1),
        transfer(MM2S, 0, count, dimensions=dimensions, iteration=iteration, repeat=sizes[3] - 1),
        wait(),
    )
    out = blank(expected.size)
    outcome = run(Array(relay(words=1, depth=3), {}, seed=seed), ops, [memory.view(np.uint8), out])
    assert (outcome.status, outcome.findings) == ("completed", ())
    np.testing.assert_array_equal(out.view(np.uint32), expected)


def test_poison_shows_what_nothing_wrote():
    array = Array(Placement(devices()["npu1"], "main", buffers=(buffer("b", MEM, 64, 2),)), {})
    assert array.memory("b").tolist() == [0xA5] * 8


def test_iteration_moves_the_base_at_each_execution_and_a_write_starts_it_again():
    array = Array(relay(words=2), {})
    steps = transfer(MM2S, 0, 2, repeat=2, iteration=Dimension(3, 4))
    out = blank(6)
    for _ in range(2):
        outcome = run(array, stream(steps, transfer(S2MM, 1, 6, bd=1), wait()), [words(*range(12)), out])
        assert outcome.status == "completed"
        assert out.view(np.uint32).tolist() == [0, 1, 4, 5, 8, 9]
    again = stream(Write(task_queue(Channel(SHIM, MM2S, 0)), 1 << 16), transfer(S2MM, 1, 4, bd=1), wait())
    run(array, again, [words(*range(12)), out])
    assert out.view(np.uint32).tolist()[:4] == [0, 1, 4, 5]


def test_a_fifth_push_is_lost_and_said_so():
    pushes = [transfer(S2MM, 1, 2, bd=n, offset=8 * n) for n in range(5)]
    waits = [wait() for _ in range(5)]
    out = blank(10)
    array = Array(relay(words=2), {})
    outcome = run(array, stream(*pushes, transfer(MM2S, 0, 10, bd=7), waits), [words(*range(10)), out])
    assert outcome.status == "timeout"
    assert outcome.blocked == ("sync col 0 row 0 S2MM 0", "token 0 0 S2MM 0", "queue 0 0 S2MM 0 dropped 1")
    assert [found.rule for found in outcome.findings] == ["task-queue-overflow"]
    assert out.view(np.uint32).tolist() == [*range(8), 0xA5A5A5A5, 0xA5A5A5A5]


def test_a_task_that_data_can_finish_leaves_the_queue_before_the_next_operation():
    array = Array(relay(words=2), {})
    pushes = [transfer(S2MM, 1, 2, bd=n, offset=8 * n) for n in range(8)]
    out = blank(16)
    outcome = run(array, stream(transfer(MM2S, 0, 16, bd=9), *pushes, [wait()] * 8), [words(*range(16)), out])
    assert (outcome.status, outcome.findings) == ("completed", ())


def test_rewriting_a_descriptor_in_use_is_a_hazard():
    first = transfer(S2MM, 1, 8, bd=3)
    second = transfer(S2MM, 1, 8, bd=3, offset=32)
    array = Array(relay(), {})
    ops = stream(first, second, transfer(MM2S, 0, 16), wait(), wait())
    outcome = run(array, ops, [words(*range(16)), blank(16)])
    assert outcome.hazards == ("col 0 BD 3",)
    assert [found.rule for found in outcome.findings] == ["bd-rewritten-while-in-use"]


def test_a_descriptor_of_a_finished_task_may_be_rewritten():
    ops = stream(transfer(MM2S, 0, 8, bd=3), transfer(MM2S, 0, 8, bd=3, offset=32), transfer(S2MM, 1, 16), wait())
    out = blank(16)
    outcome = run(Array(relay(depth=2), {}), ops, [words(*range(16)), out])
    assert (outcome.status, outcome.hazards) == ("completed", ())
    assert out.view(np.uint32).tolist() == list(range(16))


@pytest.mark.parametrize(
    ("direction", "phrase"),
    [(MM2S, "read arg 0 bytes 32..63 of 32"), (S2MM, "write arg 0 bytes 32..63 of 32")],
)
def test_leaving_a_host_buffer_is_a_fault(direction, phrase):
    other = MM2S if direction is S2MM else S2MM
    ops = stream(transfer(direction, 0, 16), transfer(other, 1, 16, bd=1), wait())
    outcome = run(Array(relay(), {}), ops, [words(*range(8)), words(*range(16))])
    assert (outcome.status, outcome.faults) == ("fault", (phrase,))


def test_a_strided_access_is_judged_by_its_last_word():
    ops = stream(transfer(MM2S, 0, 4, dimensions=(Dimension(2, 1), Dimension(0, 6), Dimension(0, 1))))
    fits = run(Array(relay(), {}), ops, [words(*range(8))])
    assert fits.faults == ()
    short = run(Array(relay(), {}), ops, [words(*range(7))])
    assert short.faults == ("read arg 0 bytes 28..31 of 28",)


def test_too_few_buffers_and_unpatched_addresses():
    outcome = run(Array(relay(), {}), stream(transfer(MM2S, 2, 8)), [blank(8)])
    assert outcome.status == "fault"
    assert "uses argument 2, but only 1 buffers" in outcome.findings[0].message
    ops = [op for op in transfer(MM2S, 0, 8) if not hasattr(op, "argument")]
    assert run(Array(relay(), {}), stream(ops), [blank(8)]).faults == ("read address 0x0",)


@pytest.mark.parametrize(
    "operation",
    [
        Write(absolute(SHIM, 0x340D0), 1),
        Write(absolute(Tile(3, 9), 0), 1),
        Write(absolute(Tile(9, 2), 0), 1),
        Write(absolute(CORE, 0x20000), 1),
        Write(absolute(CORE, 0x402), 1),
        Write(channel_status(Channel(SHIM, S2MM, 0)), 1),
        Write(channel_control(Channel(SHIM, S2MM, 0)), 1 << 2),
        Write(channel_control(Channel(CORE, S2MM, 0)), 1 << 3),
        BlockWrite(absolute(SHIM, 0x50000), (1, 2, 3)),
        MaskWrite(task_queue(Channel(SHIM, S2MM, 0)), 1, 1),
        Sync(9, 0, 0, 0),
        Sync(0, 0, 0, 7),
        Sync(0, 0, 2, 0),
    ],
)
def test_what_is_not_modelled_is_refused_by_name(operation):
    outcome = run(Array(relay(), {}), stream(operation, transfer(MM2S, 0, 8)), [blank(8)])
    assert outcome.status == "fault"
    assert outcome.faults == (f"op 0 {type(operation).__name__}",)
    assert outcome.findings[0].rule == "operation-refused"


def test_registers_read_back_through_masks():
    array = Array(relay(), {})
    array.write_register(absolute(CORE, 0x400), 0x11223344)
    array.write_masked(absolute(CORE, 0x400), 0xAAAAAAAA, 0x00FF0000)
    assert array.tile(CORE).memory.words[0x100] == 0x11AA3344
    control = channel_control(Channel(SHIM, S2MM, 0))
    array.write_masked(control, 0xF00, 0x1F00)
    array.write_masked(control, 0x3, 0x1)
    assert array.tile(SHIM).controls[Channel(SHIM, S2MM, 0)] == 0xF01
    array.write_masked(lock_address(CORE, 7), 5, 0x3F)
    assert array.tile(CORE).locks[7].value == 5
    with pytest.raises(RefusedError, match="npu1 has no tile"):
        array.write_register(absolute(Tile(4, 0), 0), 0)


def test_a_block_write_past_the_descriptors_falls_on_the_registers_behind():
    array = Array(relay(), {})
    array.write_block(bd_address(SHIM, 16), (0x100, 3, 0, 0))
    assert [task.first for task in array.channel(Channel(SHIM, S2MM, 0)).queue] == [3]


def test_the_sequence_raises_a_lock():
    placement = replace(relay(), locks=(Lock("free", CORE, 0, 0), Lock("full", CORE, 1, 0)))
    ops = stream(transfer(MM2S, 0, 8), transfer(S2MM, 1, 8, bd=1), Write(lock_address(CORE, 0), 1), wait())
    assert run(Array(placement, {}), ops, [words(*range(8)), blank(8)]).status == "completed"


def test_a_reset_channel_forgets_its_tasks():
    array = Array(relay(), {})
    channel = array.channel(Channel(CORE, S2MM, 0))
    assert channel.queue
    array.write_register(channel_control(channel.channel), 2)
    array.write_register(channel_control(channel.channel), 0)
    outcome = run(array, COPY, [words(*range(16)), blank(16)])
    assert outcome.status == "timeout"
    assert "dma 0 2 S2MM 0 idle" in outcome.blocked


def test_tokens_are_counted_and_left_over():
    array = Array(relay(), {})
    ops = stream(transfer(MM2S, 0, 8, token=True), transfer(S2MM, 1, 8, bd=1))
    outcome = run(array, ops, [words(*range(8)), blank(8)])
    assert set(outcome.leftovers) == {"token MM2S 0 0: 1", "token S2MM 0 0: 1"}
    assert outcome.races == (1,)
    later = run(array, stream(wait(), wait(MM2S)), [])
    assert (later.status, later.leftovers) == ("completed", ())


def test_a_token_covers_the_tasks_before_it():
    ops = stream(transfer(S2MM, 1, 8, bd=1, token=False), transfer(S2MM, 2, 8, bd=2), transfer(MM2S, 0, 16), wait())
    outcome = run(Array(relay(depth=2), {}), ops, [words(*range(16)), blank(8), blank(8)])
    assert (outcome.status, outcome.races) == ("completed", ())


def test_a_multicast_waits_for_its_slowest_destination():
    far = Tile(1, 2)
    ring = BufferDescriptor(8, 0x1000, next_bd=0, acquire=LockStep(0, -1), release=LockStep(1, 1))
    placement = Placement(
        devices()["npu1"],
        "main",
        locks=(Lock("a", CORE, 0, 1), Lock("b", far, 0, 2)),
        descriptors={(CORE, 0): ring, (far, 0): ring},
        tasks=(Task(Channel(CORE, S2MM, 0), 0), Task(Channel(far, S2MM, 0), 0)),
        flows=(Flow(dma(SHIM), dma(CORE)), Flow(dma(SHIM), dma(far))),
    )
    array = Array(placement, {})
    outcome = run(array, stream(transfer(MM2S, 0, 16, token=True), wait(MM2S)), [words(*range(16))])
    assert outcome.status == "timeout"
    assert "dma 0 0 MM2S 0 stream full" in outcome.blocked
    assert array.channel(Channel(far, S2MM, 0)).position == 4, "one object and the four words of the other's FIFO"
    array.tile(CORE).locks[0].release(1)
    array.settle(1000)
    assert array.tile(far).memory.words[0x400:0x408].tolist() == list(range(8, 16))


def packets(keep_header: bool) -> Placement:
    sink = BufferDescriptor(8, 0x1000, next_bd=0, acquire=LockStep(0, -1))
    return Placement(
        devices()["npu1"],
        "main",
        locks=(Lock("room", CORE, 0, 1), Lock("room2", MEM, 0, 1)),
        descriptors={(CORE, 0): sink, (MEM, 0): replace(sink, address=0x81000, acquire=LockStep(64, -1))},
        tasks=(Task(Channel(CORE, S2MM, 0), 0), Task(Channel(MEM, S2MM, 0), 0)),
        packet_flows=(
            PacketFlow(3, (dma(SHIM),), (dma(CORE),), keep_header),
            PacketFlow(9, (dma(SHIM),), (dma(MEM),), keep_header),
        ),
    )


def test_packets_go_where_their_id_leads():
    array = Array(packets(keep_header=False), {})
    ops = stream(transfer(MM2S, 0, 8, packet=Packet(0, 9)), transfer(MM2S, 0, 8, bd=1, offset=32, packet=Packet(1, 3)))
    assert run(array, ops, [words(*range(16))]).leftovers == ()
    assert array.tile(MEM).memory.words[0x400:0x408].tolist() == list(range(8))
    assert array.tile(CORE).memory.words[0x400:0x408].tolist() == list(range(8, 16))


def test_a_kept_header_has_odd_parity_and_comes_first():
    array = Array(packets(keep_header=True), {})
    run(array, stream(transfer(MM2S, 0, 7, packet=Packet(1, 3))), [words(*range(7))])
    first, *rest = array.tile(CORE).memory.words[0x400:0x408].tolist()
    assert first & 0x7FFFFFFF == 3 | 1 << 12
    assert bin(first).count("1") % 2 == 1
    assert rest == list(range(7))


@pytest.mark.parametrize(
    ("fields", "problem"),
    [
        ({}, "without a packet header"),
        ({"packet": Packet(0, 4)}, "no packet flow for packets of id 4"),
        ({"valid": False}, "is not valid"),
        ({"packet": Packet(0, 3), "tlast_suppress": True}, "TLAST"),
    ],
)
def test_what_a_channel_cannot_send_is_named(fields, problem):
    outcome = run(Array(packets(keep_header=False), {}), stream(transfer(MM2S, 0, 8, **fields)), [blank(8)])
    assert outcome.status == "fault"
    assert problem in outcome.findings[0].message
    assert "dma 0 0 MM2S 0 running" in outcome.leftovers


def test_a_channel_without_any_flow_is_named():
    outcome = run(Array(Placement(devices()["npu1"], "main"), {}), stream(transfer(MM2S, 0, 8)), [blank(8)])
    assert "has no route" in outcome.findings[0].message


def test_loading_a_design_resets_all_but_uninitialised_memory():
    placement = replace(relay(depth=2), buffers=(buffer("table", CORE, 0, 2, [1, 2]), buffer("scratch", MEM, 0, 2)))
    array = Array(placement, {})
    writes = [Write(absolute(CORE, 0), 99), Write(absolute(MEM, 0), 98), Write(lock_address(CORE, 0), 0)]
    ops = stream(writes, LoadPdi(1, 0, 0), Preempt(1))
    assert run(array, ops, []).status == "completed"
    assert array.memory("table").view(np.uint32).tolist() == [1, 2]
    assert array.memory("scratch").view(np.uint32)[0] == 98
    assert array.locks["free"].value == 1
    assert run(array, COPY, [words(*range(16)), blank(16)]).status == "completed"


def test_load_pdi_takes_the_designs_in_order():
    other = replace(relay(), buffers=(buffer("table", CORE, 64, 1, [7]),))
    array = Array(relay(), {}, loads=[(other, {})])
    run(array, stream(LoadPdi(0, 0, 0)), [])
    assert array.placement is other
    assert array.memory("table").view(np.uint32).tolist() == [7]


def test_a_write_to_core_control_needs_a_core():
    array = Array(relay(), {})
    array.write_register(absolute(CORE, CORE_CONTROL), 1)
    assert array.tile(CORE).core_control == 1


def test_two_channels_that_wait_for_one_lock_take_turns():
    """Both memory tile inputs want the counts of one pool; neither may take all of them."""
    take = BufferDescriptor(2, 0x81000, acquire=LockStep(64, -1), next_bd=0)
    placement = Placement(
        devices()["npu1"],
        "main",
        locks=(Lock("pool", MEM, 0, 0),),
        descriptors={(MEM, 0): take, (MEM, 24): replace(take, next_bd=24)},
        tasks=(Task(Channel(MEM, S2MM, 0), 0), Task(Channel(MEM, S2MM, 1), 24)),
        flows=(Flow(dma(SHIM, 0), dma(MEM, 0)), Flow(dma(SHIM, 1), dma(MEM, 1))),
    )
    array = Array(placement, {})
    run(array, stream(transfer(MM2S, 0, 8), transfer(MM2S, 0, 8, bd=1, channel=1)), [words(*range(8))])
    array.write_register(lock_address(MEM, 0), 4)
    array.settle(1000)
    assert [array.channel(Channel(MEM, S2MM, n)).moved for n in (0, 1)] == [4, 4]


def test_descriptors_encode_as_they_are_written_back():
    array = Array(relay(), {})
    bd = BufferDescriptor(8, 0x40, dimensions=(Dimension(4, 2), Dimension(0, 9), Dimension(0, 1)))
    array.write_block(bd_address(CORE, 5), encode(bd, CORE.kind))
    plan = array.tile(CORE).plan(5)
    assert (plan.length, plan.base, plan.pattern.counts, plan.pattern.steps) == (8, 16, (4, 2), (2, 9))
