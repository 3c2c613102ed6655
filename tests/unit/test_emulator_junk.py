"""Random streams of register operations never crash the emulator, whatever they make of it."""

from hypothesis import given, settings
from hypothesis import strategies as st

from npubuild.emulator.array import Array
from npubuild.emulator.outcome import COMPLETED, FAULT, TIMEOUT
from npubuild.emulator.run import run
from npubuild.hardware.devices import Channel, Direction, Tile
from npubuild.hardware.registers import absolute, bd_address, channel_control, lock_address, task_queue
from npubuild.lowering.txn import AddressPatch, BlockWrite, LoadPdi, MaskWrite, Preempt, Sync, Write
from tests.unit.emulated import blank, relay, stream
from tests.unit.test_emulator_core_process import calling, copy, worker

tiles = st.builds(Tile, st.integers(0, 1), st.integers(0, 3))
word = st.one_of(st.integers(0, 0xFFFFFFFF), st.integers(0, 64), st.sampled_from([0x02000000, 0x80000000]))
channels = st.builds(Channel, st.builds(Tile, st.just(0), st.integers(0, 2)), st.sampled_from(Direction), st.integers(0, 1))
addresses = st.one_of(
    st.builds(bd_address, tiles, st.integers(0, 17)),
    st.builds(task_queue, channels),
    st.builds(channel_control, channels),
    st.builds(lock_address, tiles, st.integers(0, 16)),
    st.builds(absolute, tiles, st.integers(0, 0xFFFFF)),
    st.integers(0, 0xFFFFFFFF),
)
# Lengths of descriptors stay small: a transfer of gigabytes is no crash, but a long test.
descriptor = st.tuples(st.integers(0, 400), word, word, word, word, word, word, word)
operations = st.one_of(
    st.builds(Write, addresses, word),
    st.builds(MaskWrite, addresses, word, word),
    st.builds(BlockWrite, st.builds(bd_address, tiles, st.integers(0, 15)), descriptor),
    st.builds(BlockWrite, addresses, st.lists(word, max_size=9).map(tuple)),
    st.builds(Write, st.builds(task_queue, channels), st.integers(0, 15)),
    st.builds(AddressPatch, st.builds(bd_address, tiles, st.integers(0, 15)).map(lambda a: a + 4), st.integers(0, 3), word),
    st.builds(Sync, st.integers(0, 5), st.integers(0, 6), st.integers(0, 3), st.integers(0, 6), st.integers(0, 2)),
    st.builds(Preempt, st.integers(0, 3)),
    st.builds(LoadPdi, st.integers(0, 3), word, word),
)


@settings(max_examples=150, deadline=None)
@given(st.lists(operations, max_size=30), st.integers(0, 3), st.sampled_from(["relay", "memory", "core"]))
def test_junk_never_crashes(found, seed, kind):
    if kind == "core":
        array = Array(worker(), {Tile(0, 2): calling(copy)}, seed=seed)
    else:
        array = Array(relay(tile=Tile(0, 1 if kind == "memory" else 2)), {}, seed=seed)
    for _ in range(2):
        outcome = run(array, stream(found), [blank(64), blank(1)])
        assert outcome.status in {COMPLETED, FAULT, TIMEOUT}
        assert (outcome.status == FAULT) == bool(outcome.faults)
        assert outcome.as_dict()["status"] == outcome.status
