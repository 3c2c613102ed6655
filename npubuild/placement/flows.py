"""Streams between tiles: explicit flows, those of object fifos, and those that only switches describe."""

from __future__ import annotations

from collections.abc import Mapping

from npubuild.hardware.devices import Channel, Tile
from npubuild.mlir.dialect.aie import DeviceOp, FlowOp, ObjectFifoOp, PacketFlowOp
from npubuild.placement.fifos import End, Fifo
from npubuild.placement.model import Flow, PacketFlow, Port
from npubuild.placement.switches import trace_switches

DMA, CORE = "DMA", "Core"


def read_flows(
    device: DeviceOp, fifos: Mapping[str, Fifo], channels: Mapping[End, Channel]
) -> tuple[tuple[Flow, ...], tuple[PacketFlow, ...]]:
    """All circuit-switched and packet-switched connections, in the real compiler's order.

    A flow that the design states and also routes through switches counts once.
    """
    flows: list[Flow] = []
    packet_flows: list[PacketFlow] = []
    for op in device.block.ops:
        if isinstance(op, FlowOp):
            flows.append(Flow(_port(op.source), _port(op.destination)))
        elif isinstance(op, PacketFlowOp):
            sources, destinations = (tuple(map(_port, ports)) for ports in (op.sources, op.destinations))
            packet_flows.append(PacketFlow(op.id, sources, destinations, op.keeps_header))
        elif isinstance(op, ObjectFifoOp):
            flows += _fifo_flows(fifos[op.symbol], channels) if fifos[op.symbol].is_split else []
    traced, traced_packets = trace_switches(device)
    known = set(flows)
    flows += [flow for flow in traced if flow not in known]
    packet_flows += [flow for flow in traced_packets if not _is_stated(flow, packet_flows)]
    return tuple(flows), tuple(packet_flows)


def _port(port: tuple[Tile, str, int]) -> Port:
    return Port(*port)


def _fifo_flows(fifo: Fifo, channels: Mapping[End, Channel]) -> list[Flow]:
    """One flow to each consumer, the last consumer's first."""
    source = _end_port(fifo.producer, channels)
    return [Flow(source, _end_port(end, channels)) for end in reversed(fifo.consumers)]


def _end_port(end: End, channels: Mapping[End, Channel]) -> Port:
    if end.streams:
        return Port(end.tile, CORE, end.op.aie_stream_port or 0)
    return Port(end.tile, DMA, channels[end].index)


def _is_stated(traced: PacketFlow, stated: list[PacketFlow]) -> bool:
    """Whether packet flows of the design already carry this id from these sources to these destinations."""
    return any(
        flow.id == traced.id
        and set(traced.sources) <= set(flow.sources)
        and set(traced.destinations) <= set(flow.destinations)
        for flow in stated
    )
