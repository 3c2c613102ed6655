"""The host's side of a built kernel: its buffers as the design's own runtime sequence has them, never typed twice."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from npubuild.errors import UserError
from npubuild.registry import Buffer, Entry


@dataclass(frozen=True)
class HostBuffer:
    """One buffer argument of the sequence: `direction` is "in", "out", "inout", or "unused", as its transfers say."""

    name: str
    type: str
    nbytes: int
    direction: str


@dataclass(frozen=True)
class Signature:
    """What a host passes to a kernel, in order, and how often one run calls the entry function."""

    device: str
    sequence: str
    buffers: tuple[HostBuffer, ...]
    calls: int

    def as_facts(self) -> dict[str, Any]:
        return asdict(self)

    @staticmethod
    def from_facts(facts: Mapping[str, Any]) -> Signature:
        buffers = tuple(HostBuffer(**buffer) for buffer in facts["buffers"])
        return Signature(facts["device"], facts["sequence"], buffers, facts["calls"])

    def inputs(self) -> list[int]:
        return [number for number, buffer in enumerate(self.buffers) if buffer.direction == "in"]

    def outputs(self) -> list[int]:
        return [number for number, buffer in enumerate(self.buffers) if buffer.direction == "out"]


@dataclass(frozen=True)
class Share:
    """Where one buffer of one call of the entry function lies: `position` in the entry's list, bytes of a host buffer."""

    call: int
    position: int
    buffer: int
    offset: int
    nbytes: int


def count_calls(entry: Entry, sizes: Mapping[str, Sequence[int]]) -> int:
    """How often the entry function is called when the host passes buffers of these sizes, by direction "in" and "out".

    Raises UserError when the sizes are no whole number of calls, or not the same one for inputs and outputs.
    """
    counts = {}
    for direction, wanted in (("in", entry.inputs), ("out", entry.outputs)):
        total, once = sum(sizes[direction]), sum(buffer.nbytes for buffer in wanted)
        if not total or total % once:
            word = "inputs" if direction == "in" else "outputs"
            message = f"the sequence's {word} have {total} bytes, those of one call {once}: no whole number of calls"
            raise UserError.at(None, message, hint="give `entry` the shapes that the cores work on")
        counts[direction] = total // once
    if counts["in"] != counts["out"]:
        message = f"the sequence's inputs are those of {counts['in']} calls, its outputs those of {counts['out']}"
        raise UserError.at(None, message, hint="give `entry` the shapes that the cores work on")
    return counts["in"]


def shares(wanted: Sequence[Buffer], numbers: Sequence[int], signature: Signature) -> Iterator[Share]:
    """How the host buffers `numbers` are divided among calls.

    Either there is one host buffer for each of the entry's, holding the shares of all calls one after the other, or the
    entry has a single one, whose shares run through all the host buffers. Anything else is refused with UserError: the
    order would be a guess.
    """
    if len(numbers) == len(wanted):
        for position, (buffer, number) in enumerate(zip(wanted, numbers, strict=True)):
            if signature.buffers[number].nbytes != buffer.nbytes * signature.calls:
                raise _unclear(wanted, numbers, signature)
            for call in range(signature.calls):
                yield Share(call, position, number, call * buffer.nbytes, buffer.nbytes)
        return
    if len(wanted) != 1 or any(signature.buffers[number].nbytes % wanted[0].nbytes for number in numbers):
        raise _unclear(wanted, numbers, signature)
    call = 0
    for number in numbers:
        for offset in range(0, signature.buffers[number].nbytes, wanted[0].nbytes):
            yield Share(call, 0, number, offset, wanted[0].nbytes)
            call += 1


def _unclear(wanted: Sequence[Buffer], numbers: Sequence[int], signature: Signature) -> UserError:
    host = ", ".join(f"{signature.buffers[number].name} ({signature.buffers[number].nbytes} bytes)" for number in numbers)
    entry = ", ".join(f"{buffer.name} ({math.prod(buffer.shape)} x {buffer.dtype})" for buffer in wanted)
    message = f"how the host's {host} divide into the entry's {entry} is not clear"
    return UserError.at(None, message, hint="give the sequence one argument for each buffer of the entry function")
