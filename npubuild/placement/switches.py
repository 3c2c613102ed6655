"""Connections that a design states by switchboxes alone: followed from DMA to DMA (npu-facts.md, 1.6 and section 10)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from npubuild.hardware.devices import Tile
from npubuild.mlir.dialect.aie import (
    ConnectOp,
    DeviceOp,
    MastersetOp,
    PacketRulesOp,
    RuleOp,
    ShimMuxOp,
    SwitchboxOp,
)
from npubuild.placement.model import Flow, PacketFlow, Port

PACKET_IDS = 32
ENDPOINTS = frozenset({"DMA", "Core", "FIFO", "TileControl"})
STEPS = {"North": (0, 1, "South"), "South": (0, -1, "North"), "East": (1, 0, "West"), "West": (-1, 0, "East")}
MUX_TO_SWITCH = {0: 3, 1: 7}
"""The southern port of a shim switch that MM2S 0 and 1 come in by, where the design shows no shim_mux."""
SWITCH_TO_MUX = {2: 0, 3: 1}
"""The S2MM channel behind a southern port of a shim switch, likewise."""

TOKEN_SINK = 0
"""The southern port of a shim switch behind which the controller counts task-completion tokens (npu-facts.md, 1.7)."""


class Rule(NamedTuple):
    """Packets whose id, masked, equals `value` leave by `port`; `keep` leaves their header on."""

    mask: int
    value: int
    port: Port
    keep: bool


class _Switches:
    """Every stream switch and shim multiplexer of a device: where each incoming port leads."""

    def __init__(self, device: DeviceOp) -> None:
        self.circuits: dict[Port, list[Port]] = defaultdict(list)
        self.rules: dict[Port, list[Rule]] = defaultdict(list)
        self._into_mux: dict[Port, list[Port]] = defaultdict(list)
        self._from_mux: dict[Port, list[Port]] = defaultdict(list)
        self._has_mux: set[Tile] = set()
        for switch in device.ops_of(SwitchboxOp):
            self._read_switch(switch)
        for mux in device.ops_of(ShimMuxOp):
            self._has_mux.add(mux.tile)
            for op in mux.body.block.ops:
                if isinstance(op, ConnectOp):
                    self._read_mux(mux.tile, op)

    def _read_switch(self, switch: SwitchboxOp) -> None:
        tile = switch.tile
        masters: dict[object, list[tuple[Port, bool]]] = defaultdict(list)
        for op in switch.body.block.ops:
            if isinstance(op, ConnectOp):
                self.circuits[Port(tile, *op.source)].append(Port(tile, *op.destination))
            elif isinstance(op, MastersetOp):
                for select in op.selects:
                    masters[select].append((Port(tile, op.bundle, op.channel), bool(op.keeps_header)))
        for op in switch.body.block.ops:
            if isinstance(op, PacketRulesOp):
                self.rules[Port(tile, op.bundle, op.channel)] += [
                    Rule(rule.mask, rule.value, port, keep)
                    for rule in op.body.block.ops
                    if isinstance(rule, RuleOp)
                    for port, keep in masters[rule.select]
                ]

    def _read_mux(self, tile: Tile, op: ConnectOp) -> None:
        """A multiplexer connects the DMA to its northern side, which is the southern side of the switch above."""
        (source, source_channel), (target, target_channel) = op.source, op.destination
        if target == "North":
            self._into_mux[Port(tile, source, source_channel)].append(Port(tile, "South", target_channel))
        elif source == "North":
            self._from_mux[Port(tile, "South", source_channel)].append(Port(tile, target, target_channel))

    def entries(self) -> Iterator[tuple[Port, Port]]:
        """(endpoint, incoming switch port) for every stream that starts here."""
        for port in {**self.circuits, **self.rules}:
            if port.bundle in ENDPOINTS or port.bundle == "Trace":
                yield port, port
        for source, ports in self._into_mux.items():
            for port in ports:
                yield source, port
        for tile in {port.tile for port in (*self.circuits, *self.rules) if port.tile.row == 0} - self._has_mux:
            for channel, south in MUX_TO_SWITCH.items():
                if (port := Port(tile, "South", south)) in self.circuits or port in self.rules:
                    yield Port(tile, "DMA", channel), port

    def beyond(self, port: Port) -> tuple[list[Port], list[Port]]:
        """What an outgoing port reaches: (endpoints, incoming ports of the next switch)."""
        tile, bundle, channel = port
        if bundle in ENDPOINTS:
            return [port], []
        if tile.row == 0 and bundle == "South":
            if channel == TOKEN_SINK:
                return [port], []
            if tile in self._has_mux:
                return self._from_mux.get(port, []), []
            return ([Port(tile, "DMA", SWITCH_TO_MUX[channel])] if channel in SWITCH_TO_MUX else []), []
        if bundle not in STEPS:
            return [], []
        columns, rows, side = STEPS[bundle]
        return [], [Port(Tile(tile.col + columns, tile.row + rows), side, channel)]

    def follow(self, entry: Port) -> list[Port]:
        """The endpoints that circuits lead to from an incoming port, by any number of switches."""
        found: list[Port] = []
        waiting, seen = [entry], {entry}
        while waiting:
            for master in self.circuits.get(waiting.pop(0), ()):
                endpoints, onward = self.beyond(master)
                found += endpoints
                waiting += [port for port in onward if port not in seen]
                seen.update(onward)
        return found

    def follow_packet(self, entry: Port, packet: int) -> tuple[list[Port], bool]:
        """The endpoints of one packet id, and whether its header arrives there; circuits on the way pass everything."""
        found: list[Port] = []
        keeps = False
        waiting, seen = [entry], {entry}
        while waiting:
            port = waiting.pop(0)
            chosen = [(rule.port, rule.keep) for rule in self.rules.get(port, ()) if packet & rule.mask == rule.value]
            for master, keep in chosen + [(master, True) for master in self.circuits.get(port, ())]:
                endpoints, onward = self.beyond(master)
                found += endpoints
                keeps = keeps or (bool(endpoints) and keep)
                waiting += [other for other in onward if other not in seen]
                seen.update(onward)
        return found, keeps

    def passes_rules(self, entry: Port) -> bool:
        """Whether a stream that comes in here meets a switch that looks at packet ids."""
        waiting, seen = [entry], {entry}
        while waiting:
            port = waiting.pop()
            if port in self.rules:
                return True
            for master in self.circuits.get(port, ()):
                onward = self.beyond(master)[1]
                waiting += [other for other in onward if other not in seen]
                seen.update(onward)
        return False


def trace_switches(device: DeviceOp) -> tuple[list[Flow], list[PacketFlow]]:
    """The flows and packet flows that the switches of a device make, in program order of where they start."""
    switches = _Switches(device)
    flows: list[Flow] = []
    packet_flows: list[PacketFlow] = []
    for source, entry in switches.entries():
        if not switches.passes_rules(entry):
            flows += [Flow(source, port) for port in switches.follow(entry) if _takes(source, port)]
            continue
        for packet in range(PACKET_IDS):
            reached, keeps = switches.follow_packet(entry, packet)
            destinations = [port for port in reached if _takes(source, port)]
            if destinations:
                packet_flows.append(PacketFlow(packet, (source,), tuple(destinations), keeps))
    return flows, packet_flows


def _takes(source: Port, destination: Port) -> bool:
    """Only tokens, which a tile's controller sends, end in the token sink."""
    return destination.bundle != "South" or source.bundle == "TileControl"
