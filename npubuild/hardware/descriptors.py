"""Buffer descriptors: their fields, and the register words of the three kinds of tile (npu-facts.md, 3.4 and 3.9).

All lengths, wraps and steps count 32-bit words, all addresses bytes. A stored step *k* means *k* + 1 words; the fields
here hold the meaning, `encode` and `decode` do the conversion.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from npubuild.hardware.devices import RESOURCES, TileKind


class Dimension(NamedTuple):
    """One address dimension: `wrap` steps of `step` words. A wrap of 0 never wraps."""

    wrap: int
    step: int


class Padding(NamedTuple):
    """Zero words put before and after one dimension (memory tile MM2S only)."""

    before: int
    after: int


class Packet(NamedTuple):
    """The header that a packet-switched transfer carries."""

    type: int
    id: int


class LockStep(NamedTuple):
    """One lock operation of a descriptor.

    `lock` is the id as the tile's DMA numbers it. Acquire: `value` < 0 waits for at least -value, > 0 for equality, and
    then subtracts |value|. Release: adds `value`.
    """

    lock: int
    value: int


NO_ITERATION = Dimension(1, 1)


@dataclass(frozen=True)
class BufferDescriptor:
    """One buffer descriptor, decoded.

    `address`: bytes; on a shim the 48-bit host address, on a core tile the offset in its data memory, on a memory tile
    the address that its DMA sees (own memory from 0x80000, or from 0 where the compiler of npu1 wrote it so).
    `dimensions`: innermost first, 3 (memory tile 4). `iteration`: `wrap` executions of `step` words, wrap 1 for none.
    """

    length: int
    address: int = 0
    dimensions: tuple[Dimension, ...] = ()
    iteration: Dimension = NO_ITERATION
    iteration_current: int = 0
    padding: tuple[Padding, ...] = ()
    packet: Packet | None = None
    out_of_order_id: int = 0
    next_bd: int | None = None
    acquire: LockStep | None = None
    release: LockStep | None = None
    valid: bool = True
    burst: int = 0  # the two-bit code of word 4 (shim)
    cache: int = 2  # AxCache (shim)
    smid: int = 0  # stream memory management id (shim)
    qos: int = 0  # quality of service (shim)
    secure: bool = False  # (shim)
    tlast_suppress: bool = False  # (shim, core)


# The words ------------------------------------------------------------------------------------------------------------


class Field(NamedTuple):
    """Bits `high` to `low` of word `word`."""

    word: int
    high: int
    low: int

    @property
    def mask(self) -> int:
        return (1 << (self.high - self.low + 1)) - 1


def _link_fields(word: int) -> dict[str, Field]:
    """The last word of shim and core descriptors: chaining and locks."""
    return {
        "tlast_suppress": Field(word, 31, 31),
        "next_bd": Field(word, 30, 27),
        "use_next_bd": Field(word, 26, 26),
        "valid": Field(word, 25, 25),
        "release_value": Field(word, 24, 18),
        "release_id": Field(word, 16, 13),
        "acquire_enable": Field(word, 12, 12),
        "acquire_value": Field(word, 11, 5),
        "acquire_id": Field(word, 3, 0),
    }


def _packet_fields(word: int) -> dict[str, Field]:
    """The packet header in shim and core descriptors."""
    return {
        "packet_enable": Field(word, 30, 30),
        "out_of_order_id": Field(word, 29, 24),
        "packet_id": Field(word, 23, 19),
        "packet_type": Field(word, 18, 16),
    }


# Steps are stored minus one, addresses of core and memory tiles in words, those of the shim in bytes.
FIELDS: Mapping[TileKind, Mapping[str, Field]] = {
    TileKind.SHIM: {
        "length": Field(0, 31, 0),
        "address": Field(1, 31, 0),
        "address_high": Field(2, 15, 0),
        **_packet_fields(2),
        "secure": Field(3, 30, 30),
        "d0_wrap": Field(3, 29, 20),
        "d0_step": Field(3, 19, 0),
        "burst": Field(4, 31, 30),
        "d1_wrap": Field(4, 29, 20),
        "d1_step": Field(4, 19, 0),
        "smid": Field(5, 31, 28),
        "cache": Field(5, 27, 24),
        "qos": Field(5, 23, 20),
        "d2_step": Field(5, 19, 0),
        "iteration_current": Field(6, 31, 26),
        "iteration_wrap": Field(6, 25, 20),
        "iteration_step": Field(6, 19, 0),
        **_link_fields(7),
    },
    TileKind.CORE: {
        "address": Field(0, 27, 14),
        "length": Field(0, 13, 0),
        **_packet_fields(1),
        "d1_step": Field(2, 25, 13),
        "d0_step": Field(2, 12, 0),
        "d1_wrap": Field(3, 28, 21),
        "d0_wrap": Field(3, 20, 13),
        "d2_step": Field(3, 12, 0),
        "iteration_current": Field(4, 24, 19),
        "iteration_wrap": Field(4, 18, 13),
        "iteration_step": Field(4, 12, 0),
        **_link_fields(5),
    },
    TileKind.MEM: {
        "packet_enable": Field(0, 31, 31),
        "packet_type": Field(0, 30, 28),
        "packet_id": Field(0, 27, 23),
        "out_of_order_id": Field(0, 22, 17),
        "length": Field(0, 16, 0),
        "d0_pad_before": Field(1, 31, 26),
        "next_bd": Field(1, 25, 20),
        "use_next_bd": Field(1, 19, 19),
        "address": Field(1, 18, 0),
        "d0_wrap": Field(2, 26, 17),
        "d0_step": Field(2, 16, 0),
        "d1_pad_before": Field(3, 31, 27),
        "d1_wrap": Field(3, 26, 17),
        "d1_step": Field(3, 16, 0),
        "d2_pad_before": Field(4, 30, 27),
        "d2_wrap": Field(4, 26, 17),
        "d2_step": Field(4, 16, 0),
        "d2_pad_after": Field(5, 31, 28),
        "d1_pad_after": Field(5, 27, 23),
        "d0_pad_after": Field(5, 22, 17),
        "d3_step": Field(5, 16, 0),
        "iteration_current": Field(6, 28, 23),
        "iteration_wrap": Field(6, 22, 17),
        "iteration_step": Field(6, 16, 0),
        "valid": Field(7, 31, 31),
        "release_value": Field(7, 30, 24),
        "release_id": Field(7, 23, 16),
        "acquire_enable": Field(7, 15, 15),
        "acquire_value": Field(7, 14, 8),
        "acquire_id": Field(7, 7, 0),
    },
}


def pack(values: Mapping[str, int], kind: TileKind) -> tuple[int, ...]:
    """The register words with the named fields; a value too wide for its field is cut, as the compiler does."""
    words = [0] * RESOURCES[kind].descriptor_words
    fields = FIELDS[kind]
    for name, value in values.items():
        field = fields[name]
        words[field.word] |= (value & field.mask) << field.low
    return tuple(words)


def unpack(words: Sequence[int], kind: TileKind) -> dict[str, int]:
    """All fields of the register words; bits that belong to no field are dropped."""
    return {name: words[field.word] >> field.low & field.mask for name, field in FIELDS[kind].items()}


def encode(bd: BufferDescriptor, kind: TileKind) -> tuple[int, ...]:
    """The register words of a descriptor: 8 on shim and memory tiles, 6 on core tiles.

    Raises ValueError when a value does not fit its field or the kind of tile has no such field.
    """
    for name, problem in misfits(bd, kind):
        raise ValueError(f"{name} {problem}")
    return pack({name: value for name, value in _values(bd, kind).items() if value}, kind)


def misfits(bd: BufferDescriptor, kind: TileKind) -> Iterator[tuple[str, str]]:
    """The fields of a descriptor that do not hold their values, each with the reason.

    Raises ValueError for an address that is no multiple of 4, and for a lock value outside -64 to 63.
    """
    fields = FIELDS[kind]
    for name, value in _values(bd, kind).items():
        if name not in fields:
            if value:
                yield name, f"is no field of a {kind.value} tile's buffer descriptor"
        elif not 0 <= value <= fields[name].mask:
            yield name, f"of a {kind.value} tile's buffer descriptor holds 0 to {fields[name].mask}, not {value}"


def decode(words: Sequence[int], kind: TileKind) -> BufferDescriptor:
    """The descriptor in the register words (8 on shim and memory tiles, 6 on core tiles).

    Every combination of words decodes. What a cleared enable bit switches off (next, packet, acquire) is dropped.
    """
    values = unpack(words, kind)
    get = values.get
    high = get("address_high", 0) << 32
    rank = RESOURCES[kind].dimensions
    padding = tuple(Padding(get(f"d{d}_pad_before", 0), get(f"d{d}_pad_after", 0)) for d in range(3))
    release = LockStep(values["release_id"], _signed(values["release_value"]))
    acquire = LockStep(values["acquire_id"], _signed(values["acquire_value"]))
    return BufferDescriptor(
        length=values["length"],
        address=values["address"] | high if kind is TileKind.SHIM else 4 * values["address"],
        dimensions=tuple(Dimension(get(f"d{d}_wrap", 0), values[f"d{d}_step"] + 1) for d in range(rank)),
        iteration=Dimension(values["iteration_wrap"] + 1, values["iteration_step"] + 1),
        iteration_current=values["iteration_current"],
        padding=padding if any(map(any, padding)) else (),
        packet=Packet(values["packet_type"], values["packet_id"]) if values["packet_enable"] else None,
        out_of_order_id=values["out_of_order_id"],
        next_bd=values["next_bd"] if values["use_next_bd"] else None,
        acquire=acquire if values["acquire_enable"] else None,
        release=release if any(release) else None,
        valid=bool(values["valid"]),
        burst=get("burst", 0),
        cache=get("cache", BufferDescriptor.cache),
        smid=get("smid", 0),
        qos=get("qos", 0),
        secure=bool(get("secure", 0)),
        tlast_suppress=bool(get("tlast_suppress", 0)),
    )


def _values(bd: BufferDescriptor, kind: TileKind) -> dict[str, int]:
    """The fields of a descriptor by name, unchecked."""
    values = {
        "length": bd.length,
        "iteration_current": bd.iteration_current,
        "iteration_wrap": bd.iteration.wrap - 1,
        "iteration_step": bd.iteration.step - 1,
        "out_of_order_id": bd.out_of_order_id,
        "valid": bd.valid,
        "burst": bd.burst,
        "smid": bd.smid,
        "qos": bd.qos,
        "secure": bd.secure,
        "tlast_suppress": bd.tlast_suppress,
    }
    if kind is TileKind.SHIM:
        values |= {"address": bd.address & 0xFFFFFFFF, "address_high": bd.address >> 32, "cache": bd.cache}
    elif bd.address % 4:
        raise ValueError(f"the address {bd.address:#x} of a {kind.value} tile's buffer descriptor is not a multiple of 4")
    else:
        values["address"] = bd.address // 4
    for d, dimension in enumerate(bd.dimensions):
        values |= {f"d{d}_wrap": dimension.wrap, f"d{d}_step": dimension.step - 1}
    for d, padding in enumerate(bd.padding):
        values |= {f"d{d}_pad_before": padding.before, f"d{d}_pad_after": padding.after}
    if bd.packet:
        values |= {"packet_enable": 1, "packet_type": bd.packet.type, "packet_id": bd.packet.id}
    if bd.next_bd is not None:
        values |= {"use_next_bd": 1, "next_bd": bd.next_bd}
    if bd.acquire:
        values |= {"acquire_enable": 1, "acquire_id": bd.acquire.lock, "acquire_value": _unsigned(bd.acquire.value)}
    if bd.release:
        values |= {"release_id": bd.release.lock, "release_value": _unsigned(bd.release.value)}
    return values


def _signed(value: int) -> int:
    """The meaning of a lock value's 7-bit two's complement."""
    return value - 128 if value & 0x40 else value


def _unsigned(value: int) -> int:
    if not -64 <= value <= 63:
        raise ValueError(f"a lock value holds -64 to 63, not {value}")
    return value & 0x7F
