"""The task interface of the runtime sequence: configure, start, await, free (npu-facts.md, section 2.5)."""

from __future__ import annotations

from xdsl.dialects.builtin import (
    IndexType,
    IntegerAttr,
    SymbolRefAttr,
)
from xdsl.ir import Attribute, Operation, Region, SSAValue
from xdsl.irdl import (
    irdl_op_definition,
    operand_def,
    region_def,
    result_def,
    var_operand_def,
)
from xdsl.parser import Parser
from xdsl.printer import Printer

from npubuild.hardware.devices import Direction, Tile
from npubuild.mlir.dialect.attributes import DIRECTIONS, PacketInfoAttr
from npubuild.mlir.dialect.fields import flag, i32, integer, integer_or, keyword, optional_packet, symbol
from npubuild.mlir.dialect.operation import (
    AieOperation,
    merge,
    parse_dictionary,
    parse_direction,
    parse_number,
    parse_operands_with_types,
    parse_packet_suffix,
    parse_result_of,
    parse_symbol,
    parse_tile,
    print_operands_with_types,
    tile_of,
)


@irdl_op_definition
class DmaConfigureTaskForOp(AieOperation):
    """`%t = aiex.dma_configure_task_for @w { descriptors } {issue_token = true}`: write descriptors for an allocation."""

    name = "aiex.dma_configure_task_for"
    body = region_def()
    task = result_def(IndexType)

    symbol = symbol("alloc")
    issue_token = flag()
    repeat_count = integer_or(0)

    def __init__(self, symbol: str, body: Region, issue_token: bool = False, repeat_count: int = 0) -> None:
        attributes: dict[str, Attribute] = {"alloc": SymbolRefAttr(symbol)} | _task_attributes(issue_token, repeat_count)
        super().__init__(attributes=attributes, regions=[body], result_types=[IndexType()])

    @classmethod
    def parse(cls, parser: Parser) -> DmaConfigureTaskForOp:
        alloc = parse_symbol(parser)
        body = parser.parse_region()
        attributes = merge(parser, {"alloc": alloc}, parse_dictionary(parser))
        return cls.create(attributes=attributes, regions=[body], result_types=[IndexType()])

    def print(self, printer: Printer) -> None:
        printer.print_string(" ")
        printer.print_symbol_name(self.symbol)
        printer.print_string(" ")
        printer.print_region(self.body, print_empty_block=False)
        self.print_dictionary(printer, hidden=("alloc",))


def _task_attributes(issue_token: bool, repeat_count: int) -> dict[str, Attribute]:
    attributes: dict[str, Attribute] = {}
    if issue_token:
        attributes["issue_token"] = IntegerAttr.from_bool(True)
    if repeat_count:
        attributes["repeat_count"] = i32(repeat_count)
    return attributes


@irdl_op_definition
class DmaConfigureTaskOp(AieOperation):
    """`%t = aiex.dma_configure_task(%tile, S2MM, 1) { descriptors }`: the same for a channel given directly."""

    name = "aiex.dma_configure_task"
    tile_value = operand_def(IndexType)
    body = region_def()
    task = result_def(IndexType)

    direction_name = keyword(DIRECTIONS, "direction")
    channel_index = integer("channel")
    packet = optional_packet()
    issue_token = flag()
    repeat_count = integer_or(0)

    @property
    def tile(self) -> Tile:
        return tile_of(self.tile_value)

    @property
    def direction(self) -> Direction:
        return Direction[self.direction_name]

    @classmethod
    def parse(cls, parser: Parser) -> DmaConfigureTaskOp:
        tile, place = _parse_channel(parser)
        body = parser.parse_region()
        attributes = merge(parser, place, parse_dictionary(parser))
        return cls.create(operands=[tile], attributes=attributes, regions=[body], result_types=[IndexType()])

    def print(self, printer: Printer) -> None:
        _print_channel(printer, self)
        printer.print_string(" ")
        printer.print_region(self.body, print_empty_block=False)
        self.print_dictionary(printer, hidden=("direction", "channel", "packet"))


def _parse_channel(parser: Parser) -> tuple[SSAValue, dict[str, Attribute]]:
    """`(%tile, S2MM, 1[, <pkt_type = 1, pkt_id = 2>])`."""
    with parser.in_parens():
        tile = parse_tile(parser)
        parser.parse_punctuation(",")
        direction = parse_direction(parser)
        parser.parse_punctuation(",")
        channel = parse_number(parser, "channel")
        packet = parse_packet_suffix(parser)
    return tile, {"direction": direction, "channel": channel, **packet}


def _print_channel(printer: Printer, op: DmaConfigureTaskOp | DmaStartBdChainOp) -> None:
    with printer.in_parens():
        printer.print_ssa_value(op.tile_value)
        printer.print_string(f", {op.direction_name}, {op.channel_index}")
        packet = op.attributes.get("packet")
        if isinstance(packet, PacketInfoAttr):
            printer.print_string(f", <pkt_type = {packet.type}, pkt_id = {packet.id}>")


_TASKS = (
    "aiex.dma_configure_task_for",
    "aiex.dma_configure_task",
    "aiex.dma_start_bd_chain",
    "aiex.dma_start_bd_chain_for",
)


class _TaskUseOp(AieOperation):
    """`aiex.dma_start_task(%t)` and the like."""

    task = operand_def(IndexType)

    def __init__(self, task: SSAValue | Operation) -> None:
        super().__init__(operands=[task])

    @classmethod
    def parse(cls, parser: Parser) -> _TaskUseOp:
        with parser.in_parens():
            task = parse_result_of(parser, *_TASKS)
        return cls.create(operands=[task], attributes=parse_dictionary(parser))

    def print(self, printer: Printer) -> None:
        printer.print_operands(self.operands)
        self.print_dictionary(printer)


@irdl_op_definition
class DmaStartTaskOp(_TaskUseOp):
    """Push the task onto the queue of its channel."""

    name = "aiex.dma_start_task"


@irdl_op_definition
class DmaAwaitTaskOp(_TaskUseOp):
    """Wait for the token of the task; its descriptors are free afterwards."""

    name = "aiex.dma_await_task"


@irdl_op_definition
class DmaFreeTaskOp(_TaskUseOp):
    """Give the descriptors of the task back, without waiting."""

    name = "aiex.dma_free_task"


@irdl_op_definition
class DmaStartBdChainOp(AieOperation):
    """`%v = aiex.dma_start_bd_chain @ch(%a) : (memref<64xi32>) on (%tile, MM2S, 0) {issue_token = true}`."""

    name = "aiex.dma_start_bd_chain"
    arguments = var_operand_def()
    tile_value = operand_def(IndexType)
    task = result_def(IndexType)

    chain = symbol("symbol")
    direction_name = keyword(DIRECTIONS, "direction")
    channel_index = integer("channel")
    issue_token = flag()
    repeat_count = integer_or(0)

    @property
    def tile(self) -> Tile:
        return tile_of(self.tile_value)

    @property
    def direction(self) -> Direction:
        return Direction[self.direction_name]

    @classmethod
    def parse(cls, parser: Parser) -> DmaStartBdChainOp:
        chain = parse_symbol(parser)
        arguments = parse_operands_with_types(parser)
        parser.parse_keyword("on")
        tile, place = _parse_channel(parser)
        attributes = merge(parser, {"symbol": chain}, place, parse_dictionary(parser))
        return cls.create(operands=[*arguments, tile], attributes=attributes, result_types=[IndexType()])

    def print(self, printer: Printer) -> None:
        printer.print_string(" ")
        printer.print_symbol_name(self.chain)
        print_operands_with_types(printer, self.arguments)
        printer.print_string(" on ")
        _print_channel(printer, self)
        self.print_dictionary(printer, hidden=("symbol", "direction", "channel", "packet"))


@irdl_op_definition
class DmaStartBdChainForOp(AieOperation):
    """`%x = aiex.dma_start_bd_chain_for @ch(%a) : (memref<64xi32>) for @w`."""

    name = "aiex.dma_start_bd_chain_for"
    arguments = var_operand_def()
    task = result_def(IndexType)

    chain = symbol("symbol")
    symbol = symbol("alloc")
    issue_token = flag()
    repeat_count = integer_or(0)

    @classmethod
    def parse(cls, parser: Parser) -> DmaStartBdChainForOp:
        chain = parse_symbol(parser)
        arguments = parse_operands_with_types(parser)
        parser.parse_keyword("for")
        attributes = merge(parser, {"symbol": chain, "alloc": parse_symbol(parser)}, parse_dictionary(parser))
        return cls.create(operands=arguments, attributes=attributes, result_types=[IndexType()])

    def print(self, printer: Printer) -> None:
        printer.print_string(" ")
        printer.print_symbol_name(self.chain)
        print_operands_with_types(printer, self.arguments)
        printer.print_string(" for  ")  # two blanks: so the real printer does
        printer.print_symbol_name(self.symbol)
        self.print_dictionary(printer, hidden=("symbol", "alloc"))
