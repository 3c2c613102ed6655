"""C++'s std::sort as libstdc++ does it: equal elements end up in the very order in which the real compiler has them.

The allocator sorts buffers by size; up to 16 equal ones keep their order, above that the algorithm's own steps decide
(npu-facts.md, section 7). Its retreat to heapsort for adversarial orders is left out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
Less = Callable[[T, T], bool]

THRESHOLD = 16


def introsort(items: list[T], less: Less[T]) -> list[T]:
    """A sorted copy of `items`, in the order that std::sort of libstdc++ leaves them in."""
    found = list(items)
    if len(found) > 1:
        _partition_all(found, 0, len(found), less)
        _final_insertion_sort(found, less)
    return found


def _partition_all(items: list[T], first: int, last: int, less: Less[T]) -> None:
    while last - first > THRESHOLD:
        _median_to_first(items, first, last, less)
        cut = _unguarded_partition(items, first + 1, last, first, less)
        _partition_all(items, cut, last, less)
        last = cut


def _median_to_first(items: list[T], first: int, last: int, less: Less[T]) -> None:
    """Put the median of the second, the middle and the last item first: the pivot."""
    a, b, c = first + 1, first + (last - first) // 2, last - 1
    if less(items[a], items[b]):
        chosen = b if less(items[b], items[c]) else c if less(items[a], items[c]) else a
    else:
        chosen = a if less(items[a], items[c]) else c if less(items[b], items[c]) else b
    items[first], items[chosen] = items[chosen], items[first]


def _unguarded_partition(items: list[T], first: int, last: int, pivot: int, less: Less[T]) -> int:
    while True:
        while less(items[first], items[pivot]):
            first += 1
        last -= 1
        while less(items[pivot], items[last]):
            last -= 1
        if not first < last:
            return first
        items[first], items[last] = items[last], items[first]
        first += 1


def _final_insertion_sort(items: list[T], less: Less[T]) -> None:
    guarded = min(THRESHOLD, len(items))
    for position in range(1, guarded):
        if less(items[position], items[0]):
            items.insert(0, items.pop(position))
        else:
            _insert_linearly(items, position, less)
    for position in range(guarded, len(items)):
        _insert_linearly(items, position, less)


def _insert_linearly(items: list[T], position: int, less: Less[T]) -> None:
    value, hole = items[position], position
    while less(value, items[hole - 1]):
        items[hole] = items[hole - 1]
        hole -= 1
    items[hole] = value
