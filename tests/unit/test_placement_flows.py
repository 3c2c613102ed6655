"""Flows: explicit ones, and those that only switchboxes describe."""

from __future__ import annotations

from npubuild.hardware.devices import Tile
from npubuild.placement.model import Flow, PacketFlow, Port
from tests.placing import placed

SHIM, MEM, CORE = Tile(0, 0), Tile(0, 1), Tile(0, 2)

UPWARDS = """
    %sw0 = aie.switchbox(%s0) { aie.connect<South : 3, North : 1> }
    %sw1 = aie.switchbox(%m0) { aie.connect<South : 1, North : 2> }
    %sw2 = aie.switchbox(%a) { aie.connect<South : 2, DMA : 1> }
"""
MUX = "%mux = aie.shim_mux(%s0) { aie.connect<DMA : 0, North : 3> }"
THERE = Flow(Port(SHIM, "DMA", 0), Port(CORE, "DMA", 1))


def test_circuits_are_followed_from_dma_to_dma() -> None:
    assert placed(MUX + UPWARDS).flows == (THERE,)


def test_without_a_multiplexer_its_fixed_ports_are_assumed() -> None:
    assert placed(UPWARDS).flows == (THERE,)


def test_a_stated_flow_and_its_route_count_once() -> None:
    assert placed("aie.flow(%s0, DMA : 0, %a, DMA : 1)" + MUX + UPWARDS).flows == (THERE,)


def test_one_source_may_reach_several_tiles_sideways() -> None:
    placement = placed(
        """
    %east = aie.tile(1, 2)
    %x = aie.switchbox(%a) {
      aie.connect<DMA : 1, DMA : 0>
      aie.connect<DMA : 1, East : 3>
    }
    %y = aie.switchbox(%east) { aie.connect<West : 3, DMA : 0> }"""
    )
    source = Port(CORE, "DMA", 1)
    assert set(placement.flows) == {Flow(source, Port(CORE, "DMA", 0)), Flow(source, Port(Tile(1, 2), "DMA", 0))}


def test_the_way_down_ends_at_a_shim_channel() -> None:
    down = """
    %d2 = aie.switchbox(%a) { aie.connect<Core : 0, South : 1> }
    %d1 = aie.switchbox(%m0) { aie.connect<North : 1, South : 0> }
    %d0 = aie.switchbox(%s0) { aie.connect<North : 0, South : 3> }"""
    expected = Flow(Port(CORE, "Core", 0), Port(SHIM, "DMA", 1))
    assert placed(down).flows == (expected,)
    assert placed(down + "\n%mux = aie.shim_mux(%s0) { aie.connect<North : 3, DMA : 1> }").flows == (expected,)


def test_packets_are_followed_by_their_ids() -> None:
    placement = placed(
        """
    %sw2 = aie.switchbox(%a) {
      %m = aie.amsel<0> (0)
      %p = aie.masterset(South : 1, %m)
      aie.packet_rules(DMA : 0) { aie.rule(31, 7, %m) }
    }
    %sw1 = aie.switchbox(%m0) {
      %m = aie.amsel<0> (0)
      %n = aie.amsel<1> (0)
      %p = aie.masterset(DMA : 2, %m) {keep_pkt_header = true}
      %q = aie.masterset(DMA : 3, %n)
      aie.packet_rules(North : 1) {
        aie.rule(28, 4, %m)
        aie.rule(31, 9, %n)
      }
    }"""
    )
    assert placement.flows == ()
    assert placement.packet_flows == (PacketFlow(7, (Port(CORE, "DMA", 0),), (Port(MEM, "DMA", 2),), keep_header=True),)


def test_tokens_are_followed_to_their_sink_on_the_shim() -> None:
    placement = placed(
        """
    %sw1 = aie.switchbox(%m0) {
      %m = aie.amsel<0> (0)
      %p = aie.masterset(South : 2, %m) {keep_pkt_header = true}
      aie.packet_rules(TileControl : 0) { aie.rule(31, 26, %m) }
    }
    %sw0 = aie.switchbox(%s0) {
      %m = aie.amsel<3> (1)
      %p = aie.masterset(South : 0, %m) {keep_pkt_header = true}
      aie.packet_rules(North : 2) { aie.rule(31, 26, %m) }
    }"""
    )
    expected = PacketFlow(26, (Port(MEM, "TileControl", 0),), (Port(SHIM, "South", 0),), keep_header=True)
    assert placement.packet_flows == (expected,)


def test_packet_flows_keep_all_their_ends() -> None:
    placement = placed(
        """
    aie.packet_flow(5) {
      aie.packet_source<%a, DMA : 0>
      aie.packet_source<%b, DMA : 1>
      aie.packet_dest<%s0, DMA : 0>
    } {keep_pkt_header = true}"""
    )
    sources = (Port(CORE, "DMA", 0), Port(Tile(0, 3), "DMA", 1))
    assert placement.packet_flows == (PacketFlow(5, sources, (Port(SHIM, "DMA", 0),), keep_header=True),)


def test_controller_ids_follow_the_row_unless_given() -> None:
    placement = placed("%t = aie.tile(0, 4) {controller_id = #aie.packet_info<pkt_type = 0, pkt_id = 4>}")
    assert placement.controller_ids[Tile(0, 4)] == 4
    assert [placement.controller_ids[tile] for tile in (SHIM, MEM, CORE, Tile(0, 3), Tile(1, 5))] == [15, 26, 27, 29, 31]


def test_cascades_are_kept() -> None:
    assert placed("aie.cascade_flow(%a, %b)").cascades == ((CORE, Tile(0, 3)),)
