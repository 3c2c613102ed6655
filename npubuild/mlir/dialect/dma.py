"""DMA programs: buffer descriptors, the blocks that chain them, and the channels that run them (npu-facts.md, 2.3)."""

from __future__ import annotations

from xdsl.dialects.builtin import I1, StringAttr, i1
from xdsl.ir import Attribute, Block, Region
from xdsl.irdl import (
    irdl_op_definition,
    region_def,
    result_def,
    successor_def,
    traits_def,
    var_region_def,
)
from xdsl.parser import Parser
from xdsl.printer import Printer
from xdsl.traits import IsTerminator, NoTerminator

from npubuild.hardware.devices import Direction
from npubuild.mlir.dialect.attributes import DIRECTIONS
from npubuild.mlir.dialect.fields import (
    flag,
    integer,
    integer_or,
    keyword,
    optional_string,
    symbol,
)
from npubuild.mlir.dialect.operation import (
    AieOperation,
    TileRegionOp,
    merge,
    parse_arguments,
    parse_body,
    parse_dictionary,
    parse_direction,
    parse_number,
    print_arguments,
)


@irdl_op_definition
class MemOp(TileRegionOp):
    """The DMA program of a core tile."""

    name = "aie.mem"


@irdl_op_definition
class MemTileDmaOp(TileRegionOp):
    """The DMA program of a memory tile."""

    name = "aie.memtile_dma"


@irdl_op_definition
class ShimDmaOp(TileRegionOp):
    """The DMA program of a shim tile."""

    name = "aie.shim_dma"


@irdl_op_definition
class DmaStartOp(AieOperation):
    """`%0 = aie.dma_start(S2MM, 0, ^first, ^next[, repeat_count = 1])`: run the list at `^first`, go on at `^next`."""

    name = "aie.dma_start"
    result = result_def(I1)
    first = successor_def()
    chain = successor_def()
    traits = traits_def(IsTerminator())

    direction_name = keyword(DIRECTIONS, "channel_dir")
    channel_index = integer()
    repeat = integer_or(0, "repeat_count")

    @property
    def direction(self) -> Direction:
        return Direction[self.direction_name]

    @classmethod
    def parse(cls, parser: Parser) -> DmaStartOp:
        with parser.in_parens():
            direction = parse_direction(parser)
            parser.parse_punctuation(",")
            channel = parse_number(parser, "channel")
            parser.parse_punctuation(",")
            first = parser.parse_successor()
            parser.parse_punctuation(",")
            chain = parser.parse_successor()
            attributes: dict[str, Attribute] = {"channel_dir": direction, "channel_index": channel}
            if parser.parse_optional_punctuation(","):
                parser.parse_keyword("repeat_count")
                parser.parse_punctuation("=")
                attributes["repeat_count"] = parse_number(parser, "repeat count")
        attributes = merge(parser, attributes, parse_dictionary(parser))
        return cls.create(attributes=attributes, successors=[first, chain], result_types=[i1])

    def print(self, printer: Printer) -> None:
        with printer.in_parens():
            printer.print_string(f"{self.direction_name}, {self.channel_index}, ")
            printer.print_list(self.successors, printer.print_block_name)
            if self.repeat:
                printer.print_string(f", repeat_count = {self.repeat}")
        self.print_dictionary(printer, hidden=("channel_dir", "channel_index", "repeat_count"))


@irdl_op_definition
class DmaOp(AieOperation):
    """`%0 = aie.dma(S2MM, 0) [{ .. }, { .. }]`: one region a buffer descriptor, run in a circle unless `loop = false`."""

    name = "aie.dma"
    bds = var_region_def("single_block")
    result = result_def(I1)
    traits = traits_def(NoTerminator())

    direction_name = keyword(DIRECTIONS, "channel_dir")
    channel_index = integer()
    repeat = integer_or(0, "repeat_count")
    loop = flag(default=True)
    symbol = optional_string("sym_name")

    @property
    def direction(self) -> Direction:
        return Direction[self.direction_name]

    @classmethod
    def parse(cls, parser: Parser) -> DmaOp:
        with parser.in_parens():
            direction = parse_direction(parser)
            parser.parse_punctuation(",")
            channel = parse_number(parser, "channel")
        before = parse_dictionary(parser)
        regions = parser.parse_comma_separated_list(parser.Delimiter.SQUARE, lambda: _parse_descriptor(parser))
        place: dict[str, Attribute] = {"channel_dir": direction, "channel_index": channel}
        attributes = merge(parser, place, before, parse_dictionary(parser))
        return cls.create(attributes=attributes, regions=regions, result_types=[i1])

    def print(self, printer: Printer) -> None:
        printer.print_string(f"({self.direction_name}, {self.channel_index})")
        self.print_dictionary(printer, hidden=("channel_dir", "channel_index"))
        printer.print_string(" ")
        with printer.in_square_brackets():
            printer.print_list(self.regions, lambda bd: printer.print_region(bd, print_empty_block=False))


def _parse_descriptor(parser: Parser) -> Region:
    return parse_body(parser, terminator="aie.end")


@irdl_op_definition
class NextBdOp(AieOperation):
    """`aie.next_bd ^block`."""

    name = "aie.next_bd"
    target = successor_def()
    traits = traits_def(IsTerminator())

    def __init__(self, target: Block) -> None:
        super().__init__(successors=[target])

    @classmethod
    def parse(cls, parser: Parser) -> NextBdOp:
        target = parser.parse_successor()
        return cls.create(successors=[target], attributes=parse_dictionary(parser))

    def print(self, printer: Printer) -> None:
        printer.print_string(" ")
        printer.print_block_name(self.target)
        self.print_dictionary(printer)


@irdl_op_definition
class BdChainOp(AieOperation):
    """`aie.bd_chain @ch(%a: memref<64xi32>) { blocks }`: a chain of buffer descriptors to be started by name."""

    name = "aie.bd_chain"
    body = region_def()

    symbol = symbol("sym_name")

    @classmethod
    def parse(cls, parser: Parser) -> BdChainOp:
        name: StringAttr = parser.parse_symbol_name()
        arguments = parse_arguments(parser)
        body = parser.parse_region(arguments)
        attributes = merge(parser, {"sym_name": name}, parse_dictionary(parser))
        return cls.create(attributes=attributes, regions=[body])

    def print(self, printer: Printer) -> None:
        printer.print_string(" ")
        printer.print_symbol_name(self.symbol)
        print_arguments(printer, self.body)
        printer.print_string(" ")
        printer.print_region(self.body, print_entry_block_args=False, print_empty_block=False)
        self.print_dictionary(printer, hidden=("sym_name",))
