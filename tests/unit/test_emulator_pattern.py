"""Access patterns of buffer descriptors against the definition, one word at a time."""

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from npubuild.emulator.pattern import Pattern, pad, unpadded_counts
from npubuild.hardware.descriptors import Dimension, Padding

dimensions = st.lists(st.tuples(st.integers(0, 5), st.integers(1, 40)), min_size=1, max_size=4).map(
    lambda found: tuple(Dimension(*pair) for pair in found)
)


def addresses(length: int, loops: tuple[Dimension, ...]) -> list[int]:
    found = []
    for word in range(length):
        address, position = 0, word
        for number, (wrap, step) in enumerate(loops):
            if wrap == 0 or number == len(loops) - 1:
                address += position * step
                break
            position, place = divmod(position, wrap)
            address += place * step
        found.append(address)
    return found


@given(dimensions, st.integers(1, 120), st.data())
def test_a_piece_is_what_the_loops_say(loops, length, data):
    pattern = Pattern(length, loops)
    start = data.draw(st.integers(0, length - 1))
    count = data.draw(st.integers(1, length - start))
    expected = addresses(length, loops)
    assert pattern.extent == max(expected) + 1
    assert pattern.indices(start, count).tolist() == expected[start : start + count]
    memory = np.arange(pattern.extent + 3, dtype=np.uint32)
    piece = pattern.read(memory, 2, start, count) if pattern.extent else memory
    assert piece.reshape(-1).tolist() == [address + 2 for address in expected[start : start + count]]


@given(dimensions, st.integers(1, 120))
@example((Dimension(2, 2), Dimension(0, 1)), 48)  # places visited twice
def test_writing_in_pieces_puts_every_word_where_reading_finds_it(loops, length):
    pattern = Pattern(length, loops)
    memory = np.zeros(pattern.extent, np.uint32)
    values = np.arange(1, length + 1, dtype=np.uint32)
    for start in range(0, length, 7):
        pattern.write(memory, 0, start, values[start : start + 7])
    expected = np.zeros(pattern.extent, np.uint32)
    for value, address in zip(values, addresses(length, loops), strict=True):
        expected[address] = value
    np.testing.assert_array_equal(memory, expected)


@pytest.mark.parametrize(
    "loops",
    [(), (Dimension(0, 1),), (Dimension(4, 1), Dimension(3, 4), Dimension(0, 12)), (Dimension(12, 1), Dimension(0, 12))],
)
def test_loops_that_continue_each_other_are_contiguous(loops):
    assert Pattern(24, tuple(Dimension(*loop) for loop in loops)).contiguous


def test_whole_rows_are_views_not_copies():
    memory = np.arange(100, dtype=np.uint32)
    pattern = Pattern(12, (Dimension(4, 1), Dimension(0, 10)))
    assert np.shares_memory(pattern.read(memory, 0, 4, 8), memory)


def test_padding_counts_zeros_as_length():
    loops = (Dimension(5, 1), Dimension(3, 5), Dimension(0, 1), Dimension(0, 1))
    edges = (Padding(1, 2), Padding(1, 1), Padding(0, 0))
    assert unpadded_counts(40, loops, edges)[:2] == (5, 3)
    data = np.arange(1, 16, dtype=np.uint32)
    expected = np.pad(data.reshape(3, 5), ((1, 1), (1, 2))).reshape(-1)
    np.testing.assert_array_equal(pad(data, 40, loops, edges), expected)
