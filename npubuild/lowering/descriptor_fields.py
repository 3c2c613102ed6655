"""From field values, as the compiler collects them, to the words of a descriptor, with the compiler's checks.

The values bear the names of `hardware.descriptors.FIELDS` and are what the register holds: steps minus one, lock values
in two's complement, addresses in bytes on a shim and in words elsewhere. A burst length counts bytes.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from npubuild.hardware.descriptors import FIELDS, pack
from npubuild.hardware.devices import RESOURCES, Architecture, TileKind
from npubuild.hardware.limits import BURSTS, MOST_PACKET_ID, MOST_PACKET_TYPE, MOST_REPEAT
from npubuild.lowering.problems import Problem

AX_CACHE = 2  # lets the network merge words into wider accesses; what the compiler writes

_RULES = {"iteration_wrap": "dma-iteration-range", "length": "dma-length-range"}
_NAMES = {"iteration_wrap": "the number of iterations minus one", "length": "the length in words"}


def shim_fields(architecture: Architecture, burst: int) -> dict[str, int]:
    """What every shim descriptor has: AxCache, and the burst code (a burst length of 0 stands for the longest)."""
    lengths = BURSTS[architecture]
    return {"cache": AX_CACHE, "burst": lengths.index(burst) if burst else len(lengths) - 1}


def burst_problems(architecture: Architecture, kind: TileKind, burst: int) -> Iterator[Problem]:
    """A burst length that the device does not have, or a tile whose descriptors have none."""
    lengths = BURSTS[architecture]
    if burst and kind is not TileKind.SHIM:
        yield Problem("dma-burst-length", f"a {kind.value} tile's descriptor has no burst length, only a shim's has one")
    elif burst and burst not in lengths:
        legal = ", ".join(map(str, lengths))
        yield Problem(
            "dma-burst-length", f"burst length {burst} is not supported by this device", f"use {legal}, or 0 for the longest"
        )


def packet_problems(packet_type: int, packet_id: int) -> Iterator[Problem]:
    """Packet headers that do not fit the descriptor's fields."""
    if not 0 <= packet_id <= MOST_PACKET_ID:
        yield Problem("packet-id-range", f"packet id {packet_id} is not in 0 to {MOST_PACKET_ID}")
    if not 0 <= packet_type <= MOST_PACKET_TYPE:
        yield Problem("packet-type-range", f"packet type {packet_type} is not in 0 to {MOST_PACKET_TYPE}")


def bd_id_problems(bd: int, kind: TileKind) -> Iterator[Problem]:
    """Descriptor numbers that the compiler refuses; it lets the first number past the last descriptor pass (3.10)."""
    count = RESOURCES[kind].descriptors
    if not 0 <= bd <= count:
        yield Problem("bd-id-range", f"bd id {bd} does not exist: a {kind.value} tile has descriptors 0 to {count - 1}")


def field_problems(values: Mapping[str, int], kind: TileKind) -> Iterator[Problem]:
    """Values that the fields of this kind of tile cannot hold."""
    for name, value in values.items():
        field = FIELDS[kind].get(name)
        if field is None and value:
            yield Problem("dma-field-range", f"a {kind.value} tile's descriptor has no field {name}, which is {value} here")
        elif field is not None and not 0 <= value <= field.mask:
            what = _NAMES.get(name, name)
            yield Problem(_RULES.get(name, "dma-field-range"), f"{what} is {value}, not in 0 to {field.mask}")


def repeat_problems(repeat: int) -> Iterator[Problem]:
    if not 0 <= repeat <= MOST_REPEAT:
        yield Problem("repeat-count-range", f"repeat count {repeat} is not in 0 to {MOST_REPEAT}")


def descriptor_words(values: Mapping[str, int], kind: TileKind) -> tuple[int, ...]:
    """The words of a descriptor; the wrap of a memory tile's third dimension is never written (npu-facts.md, 3.9)."""
    fields = FIELDS[kind]
    return pack({name: value for name, value in values.items() if name in fields and name != "d2_wrap"}, kind)
