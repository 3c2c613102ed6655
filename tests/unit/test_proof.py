"""The proof that two streams mean the same, on streams of the real compiler."""

import dataclasses

import pytest

from npubuild.lowering.meaning import Done, HostAddress, Push, meaning
from npubuild.lowering.proof import Claim, compare
from npubuild.lowering.txn import Stream, Sync, decode
from tests.oracle_files import golden_bytes


def stream(name):
    return decode(golden_bytes(f"{name}.insts.hex"), name)


SERIAL = "attention_like_task_4col_serial"
PACKED = "attention_like_task_4col_packed"
PACK = {column: HostAddress(0, 12288 * column) for column in range(4)} | {
    4 + column: HostAddress(1, 4096 * column) for column in range(4)
}


def test_the_same_stream_is_identical():
    comparison = compare(stream(SERIAL), stream(SERIAL))
    assert comparison.holds
    assert comparison.changes == ("identical: 32 operations, 1152 bytes",)


def test_the_meaning_of_one_column_of_attention():
    push_in, push_out, done = meaning(stream("attention_like_task_1col"))
    assert isinstance(push_in, Push)
    assert (push_in.chain[0].host, push_in.chain[0].host_range()) == (HostAddress(0, 0), range(12288))
    assert isinstance(push_out, Push)
    assert push_out.chain[0].host_range() == range(4096)
    assert done == Done(push_out.channel, 1)


def test_task_and_memcpy_form_mean_the_same():
    comparison = compare(stream("attention_like_task_1col"), stream("attention_like_memcpy_1col"))
    assert comparison.holds, comparison.differences


def test_packing_and_overlapping_is_proven_under_its_claim():
    comparison = compare(stream(SERIAL), stream(PACKED), Claim(PACK, waits_move=True))
    assert comparison.holds, comparison.differences
    assert "argument 5 -> argument 1, byte offset 4096" in comparison.changes


def test_packing_is_no_proof_of_the_unpacked_meaning():
    comparison = compare(stream(SERIAL), stream(PACKED), Claim(waits_move=True))
    assert "argument 1 + 0" in comparison.differences[0]


def test_a_wrong_offset_is_found():
    wrong = {**PACK, 3: HostAddress(0, 12288 * 2)}
    assert not compare(stream(SERIAL), stream(PACKED), Claim(wrong, waits_move=True)).holds


def test_a_lost_wait_is_found():
    whole = stream(SERIAL)
    cut = dataclasses.replace(whole, operations=tuple(op for op in whole.operations if not isinstance(op, Sync)))
    comparison = compare(whole, cut, Claim(waits_move=True))
    assert "task 1 of column 0 row 0 S2MM 0 is no longer waited for" in comparison.differences


def test_moving_waits_past_a_reused_descriptor_is_found():
    whole = stream("task_await_input_then_reuse")
    waits = [op for op in whole.operations if isinstance(op, Sync)]
    moved = Stream(whole.header, (*(op for op in whole.operations if not isinstance(op, Sync)), *waits))
    assert any("share descriptor" in difference for difference in compare(whole, moved, Claim(waits_move=True)).differences)


def last_word(descriptor):
    """The furthest word that a descriptor touches, by visiting all of them."""
    furthest = 0
    for iteration in range(descriptor.iteration.wrap):
        for word in range(descriptor.length):
            address, rest = iteration * descriptor.iteration.step, word
            for wrap, step in descriptor.dimensions[:-1]:
                address += (rest % wrap if wrap else rest) * step
                rest = rest // wrap if wrap else 0
            furthest = max(furthest, address + rest * descriptor.dimensions[-1].step)
    return furthest


STRIDED = [
    "strided_3d_bf16", "gather_4d_i32_npu2", "overlapping_windows_i16", "iterate_outer_dim", "scatter_transpose_i32",
    "strided_2d_block_i8", "task_strided_4d", "linear_i8_single_core",
]  # fmt: skip


@pytest.mark.parametrize("name", STRIDED)
def test_a_host_range_ends_at_the_last_word_that_is_touched(name):
    transfers = [transfer for event in meaning(stream(name)) if isinstance(event, Push) for transfer in event.chain]
    assert transfers
    for transfer in transfers:
        assert len(transfer.host_range()) == 4 * (last_word(transfer.descriptor) + 1)
