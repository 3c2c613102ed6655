"""Runtime-sequence operations at the level of registers: each becomes one operation of the instruction stream, or a few."""

from __future__ import annotations

from xdsl.dialects.builtin import IndexType, MemRefType
from xdsl.ir import Attribute, SSAValue
from xdsl.irdl import irdl_op_definition, operand_def
from xdsl.parser import Parser
from xdsl.printer import Printer

from npubuild.hardware.devices import Direction
from npubuild.mlir.dialect.attributes import DIRECTIONS
from npubuild.mlir.dialect.fields import (
    integer,
    integer_or,
    keyword,
    optional_integer,
    optional_symbol,
    required_flag,
    symbol,
)
from npubuild.mlir.dialect.operation import (
    AieOperation,
    merge,
    parse_dictionary,
    parse_direction,
    parse_number,
    parse_result_of,
    parse_symbol,
)


class _DictionaryOp(AieOperation):
    """An operation that is nothing but its name and its attribute dictionary."""

    @classmethod
    def parse(cls, parser: Parser) -> _DictionaryOp:
        return cls.create(attributes=parse_dictionary(parser))

    def print(self, printer: Printer) -> None:
        self.print_dictionary(printer)


@irdl_op_definition
class NpuSyncOp(_DictionaryOp):
    """`aiex.npu.sync {channel = 0 : i32, column = 1 : i32, ..}`: wait for one token of each tile of a rectangle."""

    name = "aiex.npu.sync"

    column = integer()
    row = integer()
    direction = integer()
    channel = integer()
    column_num = integer()
    row_num = integer()


@irdl_op_definition
class NpuWrite32Op(_DictionaryOp):
    """`aiex.npu.write32 {address = 64 : ui32, value = 9 : ui32}`.

    With `buffer` the address counts words into it; with column and row it is an offset inside that tile.
    """

    name = "aiex.npu.write32"

    address = integer()
    value = integer()
    column = optional_integer()
    row = optional_integer()
    buffer = optional_symbol()


@irdl_op_definition
class NpuMaskWrite32Op(_DictionaryOp):
    """`aiex.npu.maskwrite32 {address = 119296 : ui32, mask = 7936 : ui32, value = 3840 : ui32}`."""

    name = "aiex.npu.maskwrite32"

    address = integer()
    value = integer()
    mask = integer()
    column = optional_integer()
    row = optional_integer()
    buffer = optional_symbol()


@irdl_op_definition
class NpuBlockWriteOp(AieOperation):
    """`aiex.npu.blockwrite(%g) {address = 118784 : ui32} : memref<8xi32>`: the words of a constant global."""

    name = "aiex.npu.blockwrite"
    data = operand_def(MemRefType)

    address = integer()
    column = optional_integer()
    row = optional_integer()
    buffer = optional_symbol()

    @classmethod
    def parse(cls, parser: Parser) -> NpuBlockWriteOp:
        with parser.in_parens():
            operand = parser.parse_unresolved_operand()
        attributes = parse_dictionary(parser)
        parser.parse_punctuation(":")
        data: SSAValue = parser.resolve_operand(operand, parser.parse_type())
        return cls.create(operands=[data], attributes=attributes)

    def print(self, printer: Printer) -> None:
        printer.print_operands(self.operands)
        self.print_dictionary(printer)
        printer.print_string(" : ")
        printer.print_attribute(self.data.type)


@irdl_op_definition
class NpuAddressPatchOp(_DictionaryOp):
    """`aiex.npu.address_patch {addr = 118788 : ui32, arg_idx = 2 : i32, arg_plus = 256 : i32}`."""

    name = "aiex.npu.address_patch"

    addr = integer()
    arg_idx = integer()
    arg_plus = integer()


@irdl_op_definition
class RtpWriteOp(AieOperation):
    """`aiex.npu.rtp_write(@b, 3, 17)`: one word, counted in words, of a core's buffer."""

    name = "aiex.npu.rtp_write"

    buffer = symbol()
    index = integer()
    value = integer()

    @classmethod
    def parse(cls, parser: Parser) -> RtpWriteOp:
        with parser.in_parens():
            quoted = parser.parse_optional_str_literal()
            buffer = parse_symbol(parser) if quoted is None else symbol_named(quoted)
            parser.parse_punctuation(",")
            index = parse_number(parser, "index")
            parser.parse_punctuation(",")
            value = parse_number(parser, "value")
        attributes: dict[str, Attribute] = {"buffer": buffer, "index": index, "value": value}
        return cls.create(attributes=merge(parser, attributes, parse_dictionary(parser)))

    def print(self, printer: Printer) -> None:
        with printer.in_parens():
            printer.print_symbol_name(self.buffer)
            printer.print_string(f", {self.index}, {self.value}")
        self.print_dictionary(printer, hidden=("buffer", "index", "value"))


def symbol_named(name: str) -> Attribute:
    from xdsl.dialects.builtin import SymbolRefAttr

    return SymbolRefAttr(name)


@irdl_op_definition
class NpuPushQueueOp(AieOperation):
    """`aiex.npu.push_queue(1, 0, MM2S : 0) {bd_id = 5 : i32, issue_token = false, repeat_count = 0 : i32}`."""

    name = "aiex.npu.push_queue"

    column = integer()
    row = integer()
    direction_name = keyword(DIRECTIONS, "direction")
    channel = integer()
    bd_id = integer()
    issue_token = required_flag()
    repeat_count = integer()

    @property
    def direction(self) -> Direction:
        return Direction[self.direction_name]

    @classmethod
    def parse(cls, parser: Parser) -> NpuPushQueueOp:
        with parser.in_parens():
            column = parse_number(parser, "column")
            parser.parse_punctuation(",")
            row = parse_number(parser, "row")
            parser.parse_punctuation(",")
            direction = parse_direction(parser)
            parser.parse_punctuation(":")
            channel = parse_number(parser, "channel")
        place: dict[str, Attribute] = {"column": column, "row": row, "direction": direction, "channel": channel}
        return cls.create(attributes=merge(parser, place, parse_dictionary(parser)))

    def print(self, printer: Printer) -> None:
        printer.print_string(f"({self.column}, {self.row}, {self.direction_name} : {self.channel})")
        self.print_dictionary(printer, hidden=("column", "row", "direction", "channel"))


@irdl_op_definition
class NpuWriteBdOp(_DictionaryOp):
    """`aiex.npu.writebd { .. }`: every field of a buffer descriptor, in the encoding of the hardware (section 3.4)."""

    name = "aiex.npu.writebd"

    column = integer()
    row = integer()
    bd_id = integer()
    buffer_length = integer()
    buffer_offset = integer()
    enable_packet = integer()
    out_of_order_id = integer()
    packet_id = integer()
    packet_type = integer()
    d0_size = integer()
    d0_stride = integer()
    d1_size = integer()
    d1_stride = integer()
    d2_size = integer()
    d2_stride = integer()
    iteration_current = integer()
    iteration_size = integer()
    iteration_stride = integer()
    next_bd = integer()
    use_next_bd = integer()
    valid_bd = integer()
    lock_rel_val = integer()
    lock_rel_id = integer()
    lock_acq_enable = integer()
    lock_acq_val = integer()
    lock_acq_id = integer()
    d0_zero_before = integer_or(0, always_printed=True)
    d1_zero_before = integer_or(0, always_printed=True)
    d2_zero_before = integer_or(0, always_printed=True)
    d0_zero_after = integer_or(0, always_printed=True)
    d1_zero_after = integer_or(0, always_printed=True)
    d2_zero_after = integer_or(0, always_printed=True)
    burst_length = integer_or(0, always_printed=True)


@irdl_op_definition
class NpuPreemptOp(_DictionaryOp):
    """`aiex.npu.preempt {level = 1 : ui8}`."""

    name = "aiex.npu.preempt"

    level = integer()


@irdl_op_definition
class NpuLoadPdiOp(_DictionaryOp):
    """`aiex.npu.load_pdi {address = 4096 : ui64, id = 2 : i32, size = 64 : i32}` or `{device_ref = @left}`."""

    name = "aiex.npu.load_pdi"

    id = integer_or(0, always_printed=True)
    size = integer_or(0, always_printed=True)
    address = integer_or(0, always_printed=True)
    device_ref = optional_symbol()


@irdl_op_definition
class SetLockOp(AieOperation):
    """`aiex.set_lock(%lk, 3)`: write the value of a lock."""

    name = "aiex.set_lock"
    lock = operand_def(IndexType)

    value = integer()

    @classmethod
    def parse(cls, parser: Parser) -> SetLockOp:
        with parser.in_parens():
            lock = parse_result_of(parser, "aie.lock")
            parser.parse_punctuation(",")
            value = parse_number(parser, "value")
        return cls.create(operands=[lock], attributes=merge(parser, {"value": value}, parse_dictionary(parser)))

    def print(self, printer: Printer) -> None:
        with printer.in_parens():
            printer.print_ssa_value(self.lock)
            printer.print_string(f", {self.value}")
        self.print_dictionary(printer, hidden=("value",))
