"""Flows, shim allocations and switches (npu-facts.md, section 2.3)."""

from __future__ import annotations

from xdsl.dialects.builtin import IndexType
from xdsl.ir import Attribute, SSAValue
from xdsl.irdl import irdl_op_definition, operand_def, opt_operand_def, region_def, traits_def
from xdsl.parser import Parser
from xdsl.printer import Printer
from xdsl.traits import NoTerminator

from npubuild.hardware.devices import Direction, Tile
from npubuild.mlir.dialect.attributes import BUNDLES, CASCADE_DIRECTIONS, DIRECTIONS
from npubuild.mlir.dialect.fields import flag, integer, integer_or, keyword, optional_packet, symbol
from npubuild.mlir.dialect.operation import (
    AieOperation,
    merge,
    next_is,
    parse_body,
    parse_dictionary,
    parse_direction,
    parse_keyword,
    parse_number,
    parse_packet_suffix,
    parse_port,
    parse_tile,
    spelling_of,
    tile_of,
)
from npubuild.mlir.spelling import Spelling

Port = tuple[Tile, str, int]
"""A port of a tile's switch: tile, bundle, channel."""


def _parse_endpoint(parser: Parser, end: str) -> tuple[SSAValue, dict[str, Attribute]]:
    """`%tile, DMA : 0`."""
    tile = parse_tile(parser)
    parser.parse_punctuation(",")
    bundle, channel = parse_port(parser)
    return tile, {f"{end}_bundle": bundle, f"{end}_channel": channel}


@irdl_op_definition
class FlowOp(AieOperation):
    """`aie.flow(%a, DMA : 1, %b, DMA : 0)`: a circuit from one port to another; several from one port are a multicast."""

    name = "aie.flow"
    source_tile = operand_def(IndexType)
    dest_tile = operand_def(IndexType)

    source_bundle = keyword(BUNDLES)
    source_channel = integer()
    dest_bundle = keyword(BUNDLES)
    dest_channel = integer()

    @property
    def source(self) -> Port:
        return tile_of(self.source_tile), self.source_bundle, self.source_channel

    @property
    def destination(self) -> Port:
        return tile_of(self.dest_tile), self.dest_bundle, self.dest_channel

    @classmethod
    def parse(cls, parser: Parser) -> FlowOp:
        with parser.in_parens():
            source, source_port = _parse_endpoint(parser, "source")
            parser.parse_punctuation(",")
            dest, dest_port = _parse_endpoint(parser, "dest")
        attributes = merge(parser, source_port, dest_port, parse_dictionary(parser))
        return cls.create(operands=[source, dest], attributes=attributes)

    def print(self, printer: Printer) -> None:
        with printer.in_parens():
            printer.print_ssa_value(self.source_tile)
            printer.print_string(f", {self.source_bundle} : {self.source_channel}, ")
            printer.print_ssa_value(self.dest_tile)
            printer.print_string(f", {self.dest_bundle} : {self.dest_channel}")
        self.print_dictionary(printer, hidden=("source_bundle", "source_channel", "dest_bundle", "dest_channel"))


class _PacketEndOp(AieOperation):
    """`<%tile, DMA : 0>` inside a packet flow."""

    tile_value = operand_def(IndexType)

    bundle = keyword(BUNDLES)
    channel = integer()

    @property
    def port(self) -> Port:
        return tile_of(self.tile_value), self.bundle, self.channel

    @classmethod
    def parse(cls, parser: Parser) -> _PacketEndOp:
        with parser.in_angle_brackets():
            tile = parse_tile(parser)
            parser.parse_punctuation(",")
            bundle, channel = parse_port(parser)
        attributes = merge(parser, {"bundle": bundle, "channel": channel}, parse_dictionary(parser))
        return cls.create(operands=[tile], attributes=attributes)

    def print(self, printer: Printer) -> None:
        with printer.in_angle_brackets():
            printer.print_ssa_value(self.tile_value)
            printer.print_string(f", {self.bundle} : {self.channel}")
        self.print_dictionary(printer, hidden=("bundle", "channel"))


@irdl_op_definition
class PacketSourceOp(_PacketEndOp):
    """`aie.packet_source<%tile, DMA : 0>`."""

    name = "aie.packet_source"


@irdl_op_definition
class PacketDestOp(_PacketEndOp):
    """`aie.packet_dest<%tile, DMA : 1>`."""

    name = "aie.packet_dest"


@irdl_op_definition
class PacketFlowOp(AieOperation):
    """`aie.packet_flow(9) { sources and destinations } {keep_pkt_header = true}`: a route for the packets of one id."""

    name = "aie.packet_flow"
    body = region_def("single_block")
    traits = traits_def(NoTerminator())

    id = integer("ID")
    keeps_header = flag("keep_pkt_header")
    priority = flag("priority_route")

    @property
    def sources(self) -> list[Port]:
        return [op.port for op in self.body.block.ops if isinstance(op, PacketSourceOp)]

    @property
    def destinations(self) -> list[Port]:
        return [op.port for op in self.body.block.ops if isinstance(op, PacketDestOp)]

    @classmethod
    def parse(cls, parser: Parser) -> PacketFlowOp:
        with parser.in_parens():
            number = parse_number(parser, "packet id")
        body = parse_body(parser, terminator="aie.end")
        return cls.create(attributes=merge(parser, {"ID": number}, parse_dictionary(parser)), regions=[body])

    def print(self, printer: Printer) -> None:
        printer.print_string(f"({self.id}) ")
        printer.print_region(self.body, print_empty_block=False)
        self.print_dictionary(printer, hidden=("ID",))


@irdl_op_definition
class CascadeFlowOp(AieOperation):
    """`aie.cascade_flow(%a, %b)`: the accumulator stream from one core to its neighbour."""

    name = "aie.cascade_flow"
    source_tile = operand_def(IndexType)
    dest_tile = operand_def(IndexType)

    @property
    def source(self) -> Tile:
        return tile_of(self.source_tile)

    @property
    def destination(self) -> Tile:
        return tile_of(self.dest_tile)

    @classmethod
    def parse(cls, parser: Parser) -> CascadeFlowOp:
        with parser.in_parens():
            source = parse_tile(parser)
            parser.parse_punctuation(",")
            dest = parse_tile(parser)
        return cls.create(operands=[source, dest], attributes=parse_dictionary(parser))

    def print(self, printer: Printer) -> None:
        printer.print_operands(self.operands)
        self.print_dictionary(printer)


@irdl_op_definition
class ConfigureCascadeOp(AieOperation):
    """`aie.configure_cascade(%tile, North, South)`: where the cascade of a core comes from and goes to."""

    name = "aie.configure_cascade"
    tile_value = operand_def(IndexType)

    input_direction = keyword(CASCADE_DIRECTIONS, "inputDir")
    output_direction = keyword(CASCADE_DIRECTIONS, "outputDir")

    @property
    def tile(self) -> Tile:
        return tile_of(self.tile_value)

    @classmethod
    def parse(cls, parser: Parser) -> ConfigureCascadeOp:
        with parser.in_parens():
            tile = parse_tile(parser)
            parser.parse_punctuation(",")
            source = parse_keyword(parser, CASCADE_DIRECTIONS, "a cascade direction")
            parser.parse_punctuation(",")
            dest = parse_keyword(parser, CASCADE_DIRECTIONS, "a cascade direction")
        attributes = merge(parser, {"inputDir": source, "outputDir": dest}, parse_dictionary(parser))
        return cls.create(operands=[tile], attributes=attributes)

    def print(self, printer: Printer) -> None:
        with printer.in_parens():
            printer.print_ssa_value(self.tile_value)
            printer.print_string(f", {self.input_direction}, {self.output_direction}")
        self.print_dictionary(printer, hidden=("inputDir", "outputDir"))


COLUMN = "column"
"""The attribute in which the old form of a shim allocation keeps its column until the tile is known."""

# Shim allocations ----------------------------------------------------------------------------------------------------


@irdl_op_definition
class ShimDmaAllocationOp(AieOperation):
    """A name for one channel of one shim tile.

    `aie.shim_dma_allocation @s(%tile, MM2S, 0)`; until December 2025 `@s(MM2S, 0, column)`, which is read as the same
    operation: the reader puts the shim tile of that column in (`npubuild.mlir.source`).
    """

    name = "aie.shim_dma_allocation"
    tile_value = opt_operand_def(IndexType)

    symbol = symbol("sym_name")
    direction_name = keyword(DIRECTIONS, "channel_dir")
    channel_index = integer()
    packet = optional_packet()
    plio = flag()
    column = integer_or(0, COLUMN, always_printed=True)

    @property
    def tile(self) -> Tile:
        assert self.tile_value is not None
        return tile_of(self.tile_value)

    @property
    def direction(self) -> Direction:
        return Direction[self.direction_name]

    @classmethod
    def parse(cls, parser: Parser) -> ShimDmaAllocationOp:
        name = parser.parse_symbol_name()
        tile: list[SSAValue] = []
        column: dict[str, Attribute] = {}
        with parser.in_parens():
            if next_is(parser, "%"):
                tile = [parse_tile(parser)]
                parser.parse_punctuation(",")
            direction = parse_direction(parser)
            parser.parse_punctuation(",")
            channel = parse_number(parser, "channel")
            if not tile:
                parser.parse_punctuation(",")
                column = {COLUMN: parse_number(parser, "column")}
            packet = parse_packet_suffix(parser)
        given: dict[str, Attribute] = {"sym_name": name, "channel_dir": direction, "channel_index": channel}
        attributes = merge(parser, given, column, packet, parse_dictionary(parser))
        return cls.create(operands=tile, attributes=attributes)

    def print(self, printer: Printer) -> None:
        printer.print_string(" ")
        printer.print_symbol_name(self.symbol)
        old = spelling_of(printer) is Spelling.OCT25
        with printer.in_parens():
            if not old and self.tile_value is not None:
                printer.print_ssa_value(self.tile_value)
                printer.print_string(", ")
            printer.print_string(f"{self.direction_name}, {self.channel_index}")
            if old:
                printer.print_string(f", {self.tile.col}")
            if self.packet is not None:
                printer.print_string(f", <pkt_type = {self.packet.type}, pkt_id = {self.packet.id}>")
        self.print_dictionary(printer, hidden=("sym_name", "channel_dir", "channel_index", "packet"))
