"""Object fifos: shared or split, depths, links, repetition, and what is refused about them."""

from __future__ import annotations

import pytest

from npubuild.hardware.descriptors import LockStep, Packet
from npubuild.hardware.devices import Tile
from npubuild.placement.model import Access, Placement
from tests.placing import acquire, core, placed, refused, release

A, B, M0, FAR = Tile(0, 2), Tile(0, 3), Tile(0, 1), Tile(1, 5)
OBJECT = "memref<8xi32>"


def fifo(name: str, ends: str, depth: str = "2 : i32", attributes: str = "", element: str = OBJECT) -> str:
    return f"aie.objectfifo @{name}({ends}, {depth}) {attributes} : !aie.objectfifo<{element}>"


def ring_sizes(placement: Placement) -> dict[tuple[str, int | None], int]:
    return {(ring.fifo, ring.consumer): len(ring.buffers) for ring in placement.rings}


def consumer(tile: str, name: str, count: int = 1) -> str:
    return core(tile, acquire("x", name, "Consume", count, OBJECT), release(name, "Consume", count))


@pytest.mark.parametrize(
    ("ends", "attributes", "tiles"),
    [
        ("%a, {%b}", "", [A]),  # the consumer reaches the memory below it
        ("%b, {%a}", "", [B]),
        ("%far, {%b}", "", [FAR, B]),
        ("%a, {%b}", "{via_DMA = true}", [A, B]),
        ("%a, {%b}", "{repeat_count = 1 : i32}", [A, B]),
        ("%a, {%b, %far}", "", [A, FAR, B]),
        ("%a dimensionsToStream [<size = 8, stride = 1>], {%b}", "", [A, B]),
        ("%a, {%b dimensionsFromStream [<size = 8, stride = 1>]}", "", [A, B]),
        ("%m0, {%m1}", "", [M0]),
        ("%a, {%m0}", "", [A, M0]),
    ],
)
def test_one_ring_where_memory_is_shared_and_two_where_not(ends: str, attributes: str, tiles: list[Tile]) -> None:
    placement = placed(fifo("f", ends, attributes=attributes))
    assert [ring.tile for ring in placement.rings] == tiles
    assert bool(placement.flows) == (len(tiles) > 1)


@pytest.mark.parametrize(
    ("depth", "acquired", "objects"),
    [("1 : i32", 1, 1), ("2 : i32", 1, 2), ("5 : i32", 1, 2), ("2 : i32", 4, 5), ("1 : i32", 2, 3), ("4 : i32", 0, 4)],
)
def test_a_scalar_depth_becomes_one_more_than_the_core_acquires(depth: str, acquired: int, objects: int) -> None:
    body = fifo("f", "%s0, {%a}", depth) + "\n" + (consumer("a", "f", acquired) if acquired else "")
    assert ring_sizes(placed(body))["f", 0] == objects


def test_a_depth_array_is_taken_literally() -> None:
    body = fifo("f", "%far, {%a, %m0}", "[3, 4, 5]") + "\n" + consumer("a", "f")
    assert ring_sizes(placed(body)) == {("f", None): 3, ("f", 1): 5, ("f", 0): 4}


def test_dimensions_at_the_consumer_bring_the_scalar_rule_back() -> None:
    ends = "%m0, {%a dimensionsFromStream [<size = 8, stride = 1>]}"
    assert ring_sizes(placed(fifo("f", ends, "[2, 4]") + "\n" + consumer("a", "f")))["f", 0] == 2


def test_a_shared_ring_keeps_the_declared_depth() -> None:
    assert ring_sizes(placed(fifo("f", "%a, {%b}", "5 : i32") + "\n" + consumer("b", "f"))) == {("f", None): 5}


def test_a_core_finds_the_ring_behind_its_port() -> None:
    body = "\n".join(
        [fifo("f", "%s0, {%a, %far}"), fifo("g", "%a, {%b}"), consumer("far", "f"), consumer("b", "g")],
    )
    accesses = placed(body).accesses
    assert accesses[Access(FAR, "f", "Consume")].buffers == ("f_1_cons_buff_0", "f_1_cons_buff_1")
    assert accesses[Access(FAR, "f", "Consume")].free == "f_1_cons_prod_lock_0"
    assert accesses[Access(B, "g", "Consume")].buffers == ("g_buff_0", "g_buff_1")
    assert accesses[Access(B, "g", "Consume")].tile == A


def test_without_synchronization_there_are_no_locks() -> None:
    placement = placed(fifo("f", "%s0, {%a}", attributes="{disable_synchronization = true}"))
    assert placement.locks == ()
    assert {(d.acquire, d.release) for d in placement.descriptors.values()} == {(None, None)}


def test_initial_values_fill_the_ring_and_its_full_lock() -> None:
    values = "= [dense<3> : memref<2xi16>, dense<[1, -1]> : memref<2xi16>]"
    placement = placed(fifo("f", "%a, {%b}", element="memref<2xi16>") + values)
    assert [buffer.initial for buffer in placement.buffers] == [b"\3\0\3\0", b"\1\0\xff\xff"]
    assert (placement.lock("f_prod_lock_0").init, placement.lock("f_cons_lock_0").init) == (0, 2)


def test_repetition_multiplies_locks_and_descriptors() -> None:
    placement = placed(fifo("f", "%a, {%s0}", attributes="{repeat_count = 3 : i32}"))
    assert placement.lock("f_prod_lock_0").init == 6
    buffers = [placement.descriptors[A, number].address for number in range(6)]
    first, second = (placement.buffer(f"f_buff_{index}").address for index in range(2))
    assert buffers == [first] * 3 + [second] * 3
    assert placement.descriptors[A, 0].acquire == LockStep(placement.lock("f_cons_lock_0").id, -1)


def test_a_distribute_fills_parts_of_one_ring() -> None:
    placement = placed(
        "\n".join(
            [
                fifo("whole", "%s0, {%m0}"),
                fifo("x", "%m0, {%a}", element="memref<3xi32>"),
                fifo("y", "%m0, {%b}", element="memref<5xi32>"),
                "aie.objectfifo.link [@whole] -> [@x, @y]([] [0, 3])",
            ]
        )
    )
    received = [placement.descriptors[M0, number] for number in range(4)]
    assert [(d.length, d.address & 0xFFFF) for d in received] == [(3, 0), (5, 12), (3, 0), (5, 12)]
    assert [d.acquire for d in received] == [LockStep(64, -1), LockStep(66, -1)] * 2
    sent = [d for (tile, number), d in placement.descriptors.items() if tile == M0 and number >= 24]
    assert [(d.length, d.address & 0xFFFF, d.acquire, d.release) for d in sent] == [
        (5, 12, LockStep(67, -1), LockStep(66, 1))
    ] * 2


def test_a_join_with_repetition_waits_for_every_part_each_time() -> None:
    placement = placed(
        "\n".join(
            [
                fifo("x", "%a, {%m0}", element="memref<4xi32>"),
                fifo("y", "%far, {%m0}", element="memref<4xi32>"),
                fifo("whole", "%m0, {%s0}", "1 : i32", "{repeat_count = 2 : i32}"),
                "aie.objectfifo.link [@x, @y] -> [@whole]([0, 4] [])",
            ]
        )
    )
    assert [(lock.name, lock.init) for lock in placement.locks if lock.name.startswith("whole_prod")] == [
        ("whole_prod_lock_0", 2),
        ("whole_prod_lock_1", 2),
    ]
    (task,) = [task for task in placement.tasks if task.channel.tile == M0 and task.channel.direction.name == "MM2S"]
    order, number = [], task.first_bd
    for _ in range(4):
        descriptor = placement.descriptors[M0, number]
        assert descriptor.acquire is not None
        order.append((descriptor.address & 0xFFFF, descriptor.acquire.value))
        assert descriptor.next_bd is not None
        number = descriptor.next_bd
    assert order == [(0, -1), (16, -1), (0, -1), (16, -1)]
    assert number == task.first_bd


def test_a_forward_link_into_shared_memory_needs_no_second_ring() -> None:
    """The DMA fills the ring on (0, 2) and the core above reads it there."""
    body = "\n".join(
        [
            fifo("up", "%s0, {%a}"),
            fifo("on", "%a, {%b}"),
            "aie.objectfifo.link [@up] -> [@on]([] [])",
            "aie.objectfifo.allocate @on(%a)",
            consumer("b", "on"),
        ]
    )
    placement = placed(body)
    ring = placement.accesses[Access(B, "on", "Consume")]
    assert ring.tile == A
    assert ring.buffers == ("up_cons_buff_0", "up_cons_buff_1")
    assert ring.shares == ("up",)
    assert len(placement.flows) == 1


def test_iter_count_ends_the_chain() -> None:
    placement = placed(fifo("f", "%m0, {%a}", attributes="{iter_count = 5 : i32}"))
    (task,) = [task for task in placement.tasks if task.channel.tile == M0]
    assert task.repeat == 4
    assert [placement.descriptors[M0, number].next_bd for number in range(2)] == [1, None]


def test_a_full_memory_tile_lends_from_its_neighbour() -> None:
    big = "memref<65536xi32>"
    placement = placed(fifo("f", "%s0, {%m0}", "3 : i32", element=big) + "\n" + fifo("g", "%s0, {%m0}"))
    assert [buffer.tile for buffer in placement.buffers if buffer.name.startswith("f_")] == [M0, M0, Tile(1, 1)]
    assert placement.descriptors[M0, 2].address == 0x100000
    assert placement.descriptors[M0, 0].address == 0x80000


def test_ends_with_lent_memory_choose_their_channel_first() -> None:
    big = "memref<65536xi32>"
    placement = placed(fifo("g", "%s0, {%m0}") + "\n" + fifo("f", "%s1, {%m0}", "3 : i32", element=big))
    channels = {flow.source.tile: flow.destination.channel for flow in placement.flows}
    assert channels == {Tile(0, 0): 1, Tile(1, 0): 0}


def test_external_buffers_make_a_shim_program() -> None:
    placement = placed(
        fifo("f", "%s0, {%a}")
        + """
    %e = aie.external_buffer {sym_name = "e"} : memref<8xi32>
    aie.objectfifo.register_external_buffers @f(%s0, {%e}) : (memref<8xi32>)"""
    )
    shim = placement.descriptors[Tile(0, 0), 0]
    assert (shim.length, shim.next_bd, shim.acquire) == (8, 0, LockStep(1, -1))
    assert placement.lock("f_prod_lock_0").init == 1


def test_a_stream_end_has_a_port_of_the_core_and_no_ring() -> None:
    placement = placed(fifo("f", "%a, {%far}", attributes="{aie_stream = 0 : i32, aie_stream_port = 1 : i32}"))
    (flow,) = placement.flows
    assert (flow.source.bundle, flow.source.channel, flow.destination.bundle) == ("Core", 1, "DMA")
    assert ring_sizes(placement) == {("f", None): 0, ("f", 0): 2}


def test_the_allocation_answers_to_both_names() -> None:
    allocations = placed(fifo("f", "%a, {%s1}")).allocations
    assert allocations["f"] == allocations["f_shim_alloc"]
    assert str(allocations["f"].channel) == "1 0 S2MM 0"
    assert allocations["f"].packet is None


def test_an_explicit_allocation_keeps_its_packet() -> None:
    placement = placed("aie.shim_dma_allocation @s(%s1, MM2S, 1, <pkt_type = 2, pkt_id = 7>)")
    assert placement.allocations["s"].packet == Packet(2, 7)


def test_explicit_dma_starts_take_channels_before_fifos() -> None:
    placement = placed(
        """
    %buf = aie.buffer(%a) {sym_name = "own"} : memref<4xi32>
    %mem = aie.mem(%a) {
      %0 = aie.dma_start(S2MM, 0, ^bd, ^end)
    ^bd:
      aie.dma_bd(%buf : memref<4xi32>)
      aie.next_bd ^bd
    ^end:
      aie.end
    }
"""
        + fifo("f", "%s0, {%a}")
    )
    assert [flow.destination.channel for flow in placement.flows] == [1]
    assert [task.first_bd for task in placement.tasks] == [0, 1]


REFUSED = {
    "depth of zero": (fifo("f", "%s0, {%a}", "0 : i32"), "fifo-depth"),
    "repeat on a shim": (fifo("f", "%s0, {%a}", attributes="{repeat_count = 2 : i32}"), "fifo-repeat-count"),
    "too many repetitions": (fifo("f", "%a, {%s0}", attributes="{repeat_count = 999 : i32}"), "fifo-repeat-count"),
    "iter_count out of range": (fifo("f", "%m0, {%a}", attributes="{iter_count = 257 : i32}"), "fifo-iter-count"),
    "iter_count without memory tile": (fifo("f", "%a, {%s0}", attributes="{iter_count = 2 : i32}"), "fifo-iter-count"),
    "plio": (fifo("f", "%s0, {%a}", attributes="{plio = true}"), "fifo-plio"),
    "padding by a core": (
        fifo(
            "f",
            "%a dimensionsToStream [<size = 8, stride = 1>], {%s0}",
            attributes="{padDimensions = #aie<bd_pad_layout_array[<const_pad_before = 1, const_pad_after = 1>]>}",
        ),
        "padding-needs-memory-tile",
    ),
    "object without known size": (fifo("f", "%s0, {%a}", element="memref<?xi32>"), "buffer-type"),
    "absurd depth": (fifo("f", "%s0, {%a}", "1000000000 : i32"), "memory-exceeded"),
    "too many descriptors": (fifo("f", "%s0, {%a}", "17 : i32"), "descriptors-exhausted"),
    "from shim to far shim": (
        fifo("f", "%s0, {%s2}").replace("@f", "@f"),
        "fifo-two-shim-ends",
    ),
}


@pytest.mark.parametrize("case", REFUSED)
def test_impossible_fifos_are_refused(case: str) -> None:
    body, rule = REFUSED[case]
    prefix = "%s2 = aie.tile(2, 0)"
    assert (rule, 2) in refused(prefix + "\n" + body, "npu1")


def test_a_transfer_of_no_whole_words_is_refused_at_the_fifo() -> None:
    assert refused(fifo("f", "%s0, {%a}", element="memref<3xi16>")) == [("transfer-not-in-words", 1)]


def test_part_of_an_object_that_is_no_whole_words_is_refused() -> None:
    body = [
        fifo("whole", "%s0, {%m0}", element="memref<8xi8>"),
        fifo("x", "%m0, {%a}", element="memref<6xi8>"),
        fifo("y", "%m0, {%b}", element="memref<2xi8>"),
        "aie.objectfifo.link [@whole] -> [@x, @y]([] [0, 6])",
    ]
    assert {rule for rule, _ in refused("\n".join(body))} == {"transfer-not-in-words"}


@pytest.mark.parametrize(
    ("link", "rule"),
    [
        ("[@in] -> [@x, @y]([] [0])", "link-offset-count"),
        ("[@in] -> [@x, @y]([] [4, 0])", "link-offsets"),
        ("[@in] -> [@x, @y]([0, 4] [])", "link-offset-count"),
        ("[@in] -> [@nowhere]([] [])", "unknown-fifo"),
        ("[@in, @j] -> [@x, @y]([0, 4] [0, 4])", "link-shape"),
        ("[@x] -> [@y]([] [])", "link-no-shared-tile"),
        ("[@in] -> [@x, @rep]([] [0, 4])", "link-repeat-counts"),
    ],
)
def test_impossible_links_are_refused(link: str, rule: str) -> None:
    body = [
        fifo("in", "%s0, {%m0}"),
        fifo("j", "%s1, {%m0}"),
        fifo("x", "%m0, {%a}", element="memref<4xi32>"),
        fifo("y", "%m0, {%b}", element="memref<4xi32>"),
        fifo("rep", "%m0, {%far}", attributes="{repeat_count = 2 : i32}", element="memref<4xi32>"),
        f"aie.objectfifo.link {link}",
    ]
    assert (rule, len(body)) in refused("\n".join(body))


def test_stream_ports_belong_to_cores() -> None:
    assert refused(fifo("f", "%s0, {%a}", attributes="{aie_stream = 0 : i32}")) == [("fifo-stream-end", 1)]
    assert refused(fifo("f", "%s0, {%a}", attributes="{aie_stream = 1 : i32}")) == []


def test_allocate_out_of_reach_is_refused() -> None:
    body = fifo("f", "%a, {%b}") + "\naie.objectfifo.allocate @f(%far)"
    assert refused(body) == [("fifo-allocate-unreachable", 2)]


def test_locks_that_fifos_exhaust_are_reported_with_their_owners() -> None:
    body = [f'%l{n} = aie.lock(%a, {n}) {{sym_name = "l{n}"}}' for n in range(15)]
    assert refused("\n".join([*body, fifo("f", "%s0, {%a}")])) == [("locks-exhausted", 16)]


def test_every_error_of_a_phase_is_reported() -> None:
    body = [fifo("f", "%s0, {%a}", "0 : i32"), fifo("g", "%s0, {%a}", "[1, 1, 1]"), fifo("h", "%s0, {%a}")]
    assert refused("\n".join(body)) == [("fifo-depth", 1), ("fifo-depth-count", 2)]
