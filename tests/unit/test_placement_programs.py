"""DMA programs of the design: descriptors, numbers, locks, dimensions, and what is refused about them."""

from __future__ import annotations

import pytest

from npubuild.hardware.descriptors import Dimension, LockStep, Packet, Padding
from npubuild.hardware.devices import Channel, Direction, Tile
from npubuild.placement.model import Task
from tests.placing import placed, refused

A, M0, M1 = Tile(0, 2), Tile(0, 1), Tile(1, 1)
S2MM, MM2S = Direction.S2MM, Direction.MM2S


def program(kind: str, tile: str, *chains: str) -> str:
    """A program in the block form: each chain starts with (DIR, channel[, repeat]) and has its blocks behind it."""
    return f"aie.{kind}(%{tile}) {{\n" + "\n".join(chains) + "\n}"


def chain(direction: str, channel: int, *descriptors: str, name: str = "c", following: str = "end", tail: str = "") -> str:
    """Blocks of a chain that runs in a circle (`tail` is what else `dma_start` says)."""
    labels = [f"{name}{index}" for index in range(len(descriptors))]
    lines = [f"%{name} = aie.dma_start({direction}, {channel}, ^{labels[0]}, ^{following}{tail})"]
    for index, descriptor in enumerate(descriptors):
        lines += [f"^{labels[index]}:", descriptor, f"aie.next_bd ^{labels[(index + 1) % len(labels)]}"]
    return "\n".join(lines)


END = "^end:\naie.end"


def one(descriptor: str, memref: str = "memref<64xi32>", tile: str = "a", kind: str = "mem", direction: str = "MM2S") -> str:
    return f'%x = aie.buffer(%{tile}) {{sym_name = "x"}} : {memref}\n' + program(
        kind, tile, chain(direction, 0, descriptor), END
    )


def test_blocks_become_numbered_descriptors() -> None:
    placement = placed(
        """
    %x = aie.buffer(%a) {sym_name = "x"} : memref<16xi32>
    %free = aie.lock(%a, 5) {init = 1 : i32, sym_name = "free"}
    %full = aie.lock(%a, 9) {sym_name = "full"}
    %mem = aie.mem(%a) {
      %0 = aie.dma_start(S2MM, 1, ^one, ^next, repeat_count = 3)
    ^one:
      aie.use_lock(%free, Acquire, 1)
      aie.dma_bd_packet(2, 5)
      aie.dma_bd(%x : memref<16xi32>, 4, 8) {bd_id = 1 : i32}
      aie.use_lock(%full, Release, 2)
      aie.next_bd ^two
    ^two:
      aie.dma_bd(%x : memref<16xi32>)
      aie.next_bd ^end
    ^next:
      %1 = aie.dma_start(MM2S, 0, ^skip, ^end)
    ^skip:
      aie.next_bd ^three
    ^three:
      aie.use_lock(%full, AcquireGreaterEqual, 2)
      aie.dma_bd(%x : memref<16xi32>, 0, 16) {packet = #aie.packet_info<pkt_type = 1, pkt_id = 3>}
      aie.use_lock(%free, Release)
      aie.next_bd ^three
    ^end:
      aie.end
    }"""
    )
    first, second, third = (placement.descriptors[A, number] for number in (1, 0, 2))
    assert (first.length, first.address, first.next_bd, first.packet) == (8, 16, 0, Packet(2, 5))
    assert (first.acquire, first.release) == (LockStep(5, 1), LockStep(9, 2))
    assert (second.length, second.next_bd, second.acquire) == (16, None, None)
    assert (third.acquire, third.release, third.packet, third.next_bd) == (
        LockStep(9, -2),
        LockStep(5, 1),
        Packet(1, 3),
        2,
    )
    assert placement.tasks == (Task(Channel(A, S2MM, 1), 1, 3), Task(Channel(A, MM2S, 0), 2, 0))


def test_the_region_form_runs_in_a_circle_unless_told_otherwise() -> None:
    body = """
    %x = aie.buffer(%a) {sym_name = "x"} : memref<16xi32>
    aie.mem(%a) {
      %0 = aie.dma(S2MM, 0) [{
        aie.dma_bd(%x : memref<16xi32>, 0, 4)
      }, {
        aie.dma_bd(%x : memref<16xi32>, 4, 4)
      }]
      %1 = aie.dma(MM2S, 1) {loop = false, repeat_count = 2 : i32} [{
        aie.dma_bd(%x : memref<16xi32>, 0, 8)
      }]
      aie.end
    }"""
    placement = placed(body)
    assert [placement.descriptors[A, number].next_bd for number in range(3)] == [1, 0, None]
    assert placement.tasks == (Task(Channel(A, S2MM, 0), 0, 0), Task(Channel(A, MM2S, 1), 2, 2))


def test_memory_tiles_number_by_parity_and_reach_their_neighbours() -> None:
    placement = placed(
        """
    %x = aie.buffer(%m0) {sym_name = "x"} : memref<16xi32>
    %y = aie.buffer(%m1) {sym_name = "y"} : memref<16xi32>
    %east = aie.lock(%m1, 3) {sym_name = "east"}
    aie.memtile_dma(%m0) {
      %0 = aie.dma_start(S2MM, 1, ^odd, ^next)
    ^odd:
      aie.use_lock(%east, AcquireGreaterEqual, 1)
      aie.dma_bd(%y : memref<16xi32>, 0, 16)
      aie.next_bd ^odd
    ^next:
      %1 = aie.dma_start(MM2S, 4, ^even, ^end)
    ^even:
      aie.dma_bd(%x : memref<16xi32>, 0, 16)
      aie.next_bd ^even
    ^end:
      aie.end
    }
    aie.memtile_dma(%m1) {
      %0 = aie.dma_start(MM2S, 0, ^west, ^end)
    ^west:
      aie.dma_bd(%x : memref<16xi32>, 8, 8)
      aie.next_bd ^west
    ^end:
      aie.end
    }"""
    )
    assert set(placement.descriptors) == {(M0, 24), (M0, 0), (M1, 0)}
    assert placement.descriptors[M0, 24].address == 0x100000
    assert placement.descriptors[M0, 24].acquire == LockStep(131, -1)
    assert placement.descriptors[M0, 0].address == 0x80000
    assert placement.descriptors[M1, 0].address == 32


@pytest.mark.parametrize(
    ("memref", "dims", "expected"),
    [
        ("memref<64xi32>", "[<size = 4, stride = 16>, <size = 8, stride = 2>]", [(8, 2), (4, 16), (0, 1)]),
        ("memref<64xbf16>", "[<size = 4, stride = 16>, <size = 8, stride = 1>]", [(4, 1), (4, 8), (0, 1)]),
        ("memref<64xi8>", "[<size = 4, stride = 6>, <size = 12, stride = 1>]", [(3, 1), (4, 1), (0, 1)]),
        ("memref<64xi8>", "[<size = 2, stride = 2>, <size = 4, stride = 1>]", [(1, 1), (2, 1), (0, 1)]),
        (
            "memref<64xi32>",
            "[<size = 2, stride = 32>, <size = 4, stride = 8>, <size = 8, stride = 1>]",
            [(8, 1), (4, 8), (0, 32)],
        ),
        ("memref<32xi64>", "[<size = 4, stride = 8>, <size = 8, stride = 1>]", [(16, 1), (4, 16), (0, 1)]),
    ],
)
def test_dimensions_are_scaled_to_words_with_truncation(memref: str, dims: str, expected: list[tuple[int, int]]) -> None:
    length = 64 if "i64" not in memref else 32
    placement = placed(one(f"aie.dma_bd(%x : {memref}, 0, {length}, {dims})", memref))
    assert list(placement.descriptors[A, 0].dimensions) == [Dimension(*pair) for pair in expected]


def test_a_memory_tile_has_four_dimensions_and_pads() -> None:
    dims = "[<size = 2, stride = 8>, <size = 4, stride = 1>]"
    pads = "[<const_pad_before = 1, const_pad_after = 0>, <const_pad_before = 2, const_pad_after = 4>]"
    descriptor = f"aie.dma_bd(%x : memref<64xi16>, 0, 30, {dims}, {pads})"
    found = placed(one(descriptor, "memref<64xi16>", "m0", "memtile_dma")).descriptors[M0, 0]
    assert found.length == 15
    assert found.dimensions == (Dimension(2, 1), Dimension(2, 4), Dimension(0, 1), Dimension(0, 1))
    assert found.padding == (Padding(1, 2), Padding(1, 0))


@pytest.mark.parametrize(("device", "code"), [("npu1_2col", 2), ("npu2_2col", 3)])
def test_a_shim_program_uses_the_longest_burst(device: str, code: int) -> None:
    body = '%x = aie.external_buffer {sym_name = "x"} : memref<8xi32>\n' + program(
        "shim_dma", "s0", chain("MM2S", 0, "aie.dma_bd(%x : memref<8xi32>, 2, 4)"), END
    )
    found = placed(body, device).descriptors[Tile(0, 0), 0]
    assert (found.burst, found.address, found.length) == (code, 8, 4)


REFUSED = {
    "inner stride below a word": (
        one("aie.dma_bd(%x : memref<64xi8>, 0, 16, [<size = 4, stride = 4>])", "memref<64xi8>"),
        "dims-inner-stride",
    ),
    "pattern beyond the buffer": (
        one("aie.dma_bd(%x : memref<64xi32>, 0, 64, [<size = 8, stride = 16>, <size = 8, stride = 1>])"),
        "dims-out-of-bounds",
    ),
    "size": (
        one("aie.dma_bd(%x : memref<600xi32>, 0, 600, [<size = 600, stride = 1>])", "memref<600xi32>", "m0", "memtile_dma"),
        "dims-size",
    ),
    "wrap field of a core": (
        one(
            "aie.dma_bd(%x : memref<1024xi32>, 0, 600, [<size = 2, stride = 300>, <size = 300, stride = 1>])",
            "memref<1024xi32>",
        ),
        "dims-wrap",
    ),
    "too many dimensions": (
        one(f"aie.dma_bd(%x : memref<64xi32>, 0, 1, [{', '.join(['<size = 1, stride = 1>'] * 4)}])"),
        "dma-dimensions",
    ),
    "padding without dimensions": (
        one(
            "aie.dma_bd(%x : memref<64xi32>, 0, 8, [], [<const_pad_before = 2, const_pad_after = 0>])",
            tile="m0",
            kind="memtile_dma",
        ),
        "padding-dimensions",
    ),
    "padding longer than the transfer": (
        one(
            "aie.dma_bd(%x : memref<64xi32>, 0, 8, [<size = 6, stride = 1>], [<const_pad_before = 2, const_pad_after = 1>])",
            tile="m0",
            kind="memtile_dma",
        ),
        "padding-length",
    ),
    "padding of half words": (
        one(
            "aie.dma_bd(%x : memref<64xi16>, 0, 8, [<size = 6, stride = 1>], [<const_pad_before = 1, const_pad_after = 1>])",
            "memref<64xi16>",
            "m0",
            "memtile_dma",
        ),
        "padding-words",
    ),
    "padding on the way in": (
        one(
            "aie.dma_bd(%x : memref<64xi32>, 0, 8, [<size = 6, stride = 1>], [<const_pad_before = 1, const_pad_after = 1>])",
            tile="m0",
            kind="memtile_dma",
            direction="S2MM",
        ),
        "padding-needs-memory-tile",
    ),
    "a burst length that npu1 does not have": (
        '%x = aie.external_buffer {sym_name = "x"} : memref<64xi32>\n'
        + program("shim_dma", "s0", chain("MM2S", 0, "aie.dma_bd(%x : memref<64xi32>) {burst_length = 512 : i32}"), END),
        "dma-burst-length",
    ),
    "a burst length on a core": (one("aie.dma_bd(%x : memref<64xi32>) {burst_length = 64 : i32}"), "dma-burst-length"),
    "longer than the length field": (
        one("aie.dma_bd(%x : memref<131072xi32>, 0, 131072)", "memref<131072xi32>", "m0", "memtile_dma"),
        "dma-length-range",
    ),
    "more zeros than their field holds": (
        one(
            "aie.dma_bd(%x : memref<64xi32>, 0, 72, [<size = 8, stride = 1>], [<const_pad_before = 64, const_pad_after=0>])",
            tile="m0",
            kind="memtile_dma",
        ),
        "dma-field-range",
    ),
    "a longer step than its field holds": (
        one("aie.dma_bd(%x : memref<64xi32>, 0, 8, [<size = 1, stride = 9000>, <size = 8, stride = 1>])"),
        "dma-field-range",
    ),
    "half a word": (one("aie.dma_bd(%x : memref<64xi16>, 0, 3)", "memref<64xi16>"), "transfer-not-in-words"),
    "start at half a word": (one("aie.dma_bd(%x : memref<64xi16>, 1, 2)", "memref<64xi16>"), "transfer-not-in-words"),
    "nothing to move": (one("aie.dma_bd(%x : memref<64xi32>, 0, 0)"), "dma-length-short"),
    "descriptor number": (one("aie.dma_bd(%x : memref<64xi32>) {bd_id = 16 : i32}"), "bd-id-range"),
    "odd descriptor on an even channel": (
        one("aie.dma_bd(%x : memref<64xi32>) {bd_id = 24 : i32}", tile="m0", kind="memtile_dma"),
        "bd-id-range",
    ),
    "memory of another core": (
        '%x = aie.buffer(%b) {sym_name = "x"} : memref<8xi32>\n'
        + program("mem", "a", chain("MM2S", 0, "aie.dma_bd(%x : memref<8xi32>)"), END),
        "buffer-not-reachable",
    ),
    "channel 4 and a neighbour's memory": (
        '%x = aie.buffer(%m1) {sym_name = "x"} : memref<8xi32>\n'
        + program("memtile_dma", "m0", chain("MM2S", 4, "aie.dma_bd(%x : memref<8xi32>)"), END),
        "buffer-not-reachable",
    ),
    "lock of another core": (
        '%x = aie.buffer(%a) {sym_name = "x"} : memref<8xi32>\n%l = aie.lock(%b, 0)\n'
        + program("mem", "a", chain("MM2S", 0, "aie.use_lock(%l, Acquire, 1)\naie.dma_bd(%x : memref<8xi32>)"), END),
        "lock-not-reachable",
    ),
    "channel number": (
        '%x = aie.buffer(%a) {sym_name = "x"} : memref<8xi32>\n'
        + program("mem", "a", chain("MM2S", 2, "aie.dma_bd(%x : memref<8xi32>)"), END),
        "channel-range",
    ),
    "one channel twice": (
        '%x = aie.buffer(%a) {sym_name = "x"} : memref<8xi32>\n'
        + program(
            "mem",
            "a",
            chain("MM2S", 0, "aie.dma_bd(%x : memref<8xi32>)", following="more"),
            "^more:",
            chain("MM2S", 0, "aie.dma_bd(%x : memref<8xi32>)", name="d"),
            END,
        ),
        "duplicate-dma-channel",
    ),
    "two programs": (
        '%x = aie.buffer(%a) {sym_name = "x"} : memref<8xi32>\n'
        + "\n".join([program("mem", "a", chain("MM2S", 0, "aie.dma_bd(%x : memref<8xi32>)"), END)] * 2),
        "duplicate-dma-program",
    ),
    "two descriptors in a block": (
        one("aie.dma_bd(%x : memref<64xi32>)\naie.dma_bd(%x : memref<64xi32>)"),
        "dma-bd-per-block",
    ),
    "start without descriptor": (
        program("mem", "a", "%0 = aie.dma_start(MM2S, 0, ^end, ^end)", END),
        "dma-start-without-descriptor",
    ),
    "something else in a block": (one("%k = arith.constant 1 : i32\naie.dma_bd(%x : memref<64xi32>)"), "dma-block-content"),
    "lock id": ("%l = aie.lock(%a, 16)", "lock-id-range"),
    "lock id twice": ("%l = aie.lock(%a, 3)\n%k = aie.lock(%a, 3)", "lock-id-taken"),
}


@pytest.mark.parametrize("case", REFUSED)
def test_impossible_programs_are_refused(case: str) -> None:
    body, rule = REFUSED[case]
    assert {found for found, _ in refused(body)} == {rule}


def test_a_buffer_behind_an_odd_one_is_not_aligned() -> None:
    odd = '%t = aie.tile(0, 4) {allocation_scheme = "basic-sequential"}\n%o = aie.buffer(%t) : memref<999xi8>\n'
    assert refused(odd + one("aie.dma_bd(%x : memref<64xi32>)", tile="t")) == [("transfer-not-aligned", 7)]


def test_too_many_descriptors_are_refused_by_parity() -> None:
    blocks = ["aie.dma_bd(%x : memref<64xi32>)"] * 25
    body = '%x = aie.buffer(%m0) {sym_name = "x"} : memref<64xi32>\n' + program(
        "memtile_dma", "m0", chain("MM2S", 0, *blocks), END
    )
    assert [rule for rule, _ in refused(body)] == ["descriptors-exhausted"]


def test_locks_without_id_fill_the_gaps_and_names_are_made() -> None:
    placement = placed('%x = aie.lock(%a)\n%y = aie.lock(%a, 0)\n%z = aie.lock(%a) {init = 4 : i32, sym_name = "z"}')
    assert [(lock.name, lock.id, lock.init) for lock in placement.locks] == [
        ("lock_0_2_1", 1, 0),
        ("lock_0_2_0", 0, 0),
        ("z", 2, 4),
    ]
