"""What a design places on the array: device, tiles, buffers, locks and cores (npu-facts.md, section 2.3)."""

from __future__ import annotations

from typing import TypeVar

from xdsl.dialects.builtin import ArrayAttr, DenseIntOrFPElementsAttr, IndexType, MemRefType, StringAttr
from xdsl.ir import Attribute, Block, Operation
from xdsl.irdl import irdl_op_definition, operand_def, region_def, result_def, traits_def
from xdsl.parser import Parser
from xdsl.printer import Printer
from xdsl.traits import IsolatedFromAbove, IsTerminator, NoTerminator, SymbolTable

from npubuild.hardware.devices import DEFAULT_STACK, Tile, devices
from npubuild.mlir.dialect.attributes import LOCK_ACTIONS
from npubuild.mlir.dialect.dense import parse_initial_value, print_initial_value
from npubuild.mlir.dialect.fields import (
    Field,
    i32,
    integer,
    integer_or,
    keyword,
    optional_flag,
    optional_integer,
    optional_packet,
    optional_string,
    string,
    symbol_or,
)
from npubuild.mlir.dialect.operation import (
    AieOperation,
    TileRegionOp,
    merge,
    parse_body,
    parse_dictionary,
    parse_dictionary_with_keyword,
    parse_keyword,
    parse_number,
    parse_optional_name,
    parse_result_of,
    parse_tile,
    tile_of,
)
from npubuild.mlir.dialect.problem import fail

OpT = TypeVar("OpT", bound=Operation)

SUCCESSORS = {"npu1_4col": "since June 2025 it is called `npu1`"}
"""What became of devices that have lost their name (npu-facts.md, 1.1)."""


@irdl_op_definition
class EndOp(AieOperation):
    """`aie.end`: the end of a core, of a DMA program, of a chain of buffer descriptors."""

    name = "aie.end"
    traits = traits_def(IsTerminator())

    @classmethod
    def parse(cls, parser: Parser) -> EndOp:
        return cls.create(attributes=parse_dictionary(parser))

    def print(self, printer: Printer) -> None:
        self.print_dictionary(printer)


@irdl_op_definition
class DeviceOp(AieOperation):
    """`aie.device(npu1) @name { ... }`: one configuration of the array and its runtime sequences."""

    name = "aie.device"
    body = region_def("single_block")
    traits = traits_def(SymbolTable(), IsolatedFromAbove(), NoTerminator())

    device_name = string("device")
    symbol = symbol_or("main", "sym_name")

    @property
    def block(self) -> Block:
        return self.body.block

    def ops_of(self, cls: type[OpT]) -> list[OpT]:
        """The operations of one class that stand directly in the device, in program order."""
        return [op for op in self.block.ops if isinstance(op, cls)]

    @classmethod
    def parse(cls, parser: Parser) -> DeviceOp:
        parser.parse_punctuation("(")
        position = parser.pos
        device = parser.parse_identifier_or_str_literal(" naming a device")
        if device not in devices():
            hint = SUCCESSORS.get(device) or f"one of: {', '.join(devices())}"
            fail(parser, position, f"unknown device `{device}`", rule="unknown-device", hint=hint)
        parser.parse_punctuation(")")
        name = parse_optional_name(parser)
        before = parse_dictionary_with_keyword(parser)
        body = parse_body(parser, terminator="aie.end")
        attributes = merge(parser, {"device": StringAttr(device)}, name, before, parse_dictionary(parser))
        return cls.create(attributes=attributes, regions=[body])

    def print(self, printer: Printer) -> None:
        printer.print_string(f"({self.device_name})")
        if self.symbol != "main":
            printer.print_string(" ")
            printer.print_symbol_name(self.symbol)
        printer.print_string(" ")
        printer.print_region(self.body, print_empty_block=False)
        self.print_dictionary(printer, hidden=("device", "sym_name"))


@irdl_op_definition
class TileOp(AieOperation):
    """`%t = aie.tile(1, 0)`."""

    name = "aie.tile"
    result = result_def(IndexType)

    col = integer()
    row = integer()
    controller_id = optional_packet("controller_id")
    allocation_scheme = optional_string()

    def __init__(self, col: int, row: int) -> None:
        super().__init__(attributes={"col": i32(col), "row": i32(row)}, result_types=[IndexType()])

    @property
    def tile(self) -> Tile:
        return Tile(self.col, self.row)

    @classmethod
    def parse(cls, parser: Parser) -> TileOp:
        parser.parse_punctuation("(")
        col = parse_number(parser, "column")
        parser.parse_punctuation(",")
        row = parse_number(parser, "row")
        parser.parse_punctuation(")")
        attributes = merge(parser, {"col": col, "row": row}, parse_dictionary(parser))
        return cls.create(attributes=attributes, result_types=[IndexType()])

    def print(self, printer: Printer) -> None:
        printer.print_string(f"({self.col}, {self.row})")
        self.print_dictionary(printer, hidden=("col", "row"))


def _dense(attribute: Attribute) -> DenseIntOrFPElementsAttr | None:
    return attribute if isinstance(attribute, DenseIntOrFPElementsAttr) else None


@irdl_op_definition
class BufferOp(AieOperation):
    """`%b = aie.buffer(%tile) {address = 2048 : i32, sym_name = "b"} : memref<32xi16> = dense<7>`."""

    name = "aie.buffer"
    tile_value = operand_def(IndexType)
    result = result_def(MemRefType)

    symbol = optional_string("sym_name")
    address_value = optional_integer("address")
    mem_bank = optional_integer()
    initial_value: Field[DenseIntOrFPElementsAttr | None] = Field("dense<..>", _dense, "initial_value")

    @property
    def tile(self) -> Tile:
        return tile_of(self.tile_value)

    @property
    def memref(self) -> MemRefType:
        assert isinstance(self.result.type, MemRefType)
        return self.result.type

    @classmethod
    def parse(cls, parser: Parser) -> BufferOp:
        with parser.in_parens():
            tile = parse_tile(parser)
        attributes = parse_dictionary(parser)
        memref, initial = parse_initialised_memref(parser)
        attributes = merge(parser, attributes, initial)
        return cls.create(operands=[tile], attributes=attributes, result_types=[memref])

    def print(self, printer: Printer) -> None:
        with printer.in_parens():
            printer.print_ssa_value(self.tile_value)
        self.print_dictionary(printer, hidden=("initial_value",))
        printer.print_string(" : ")
        printer.print_attribute(self.memref)
        printer.print_string(" ")
        if (initial := self.initial_value) is not None:
            printer.print_string("= ")
            print_initial_value(printer, initial)


def parse_initialised_memref(parser: Parser) -> tuple[MemRefType, dict[str, Attribute]]:
    """`: memref<32xi16> [= dense<7>]`."""
    parser.parse_punctuation(":")
    position = parser.pos
    memref = parser.parse_type()
    if not isinstance(memref, MemRefType):
        parser.raise_error("a buffer must be a memref", position, parser.pos)
    if parser.parse_optional_punctuation("=") is None:
        return memref, {}
    return memref, {"initial_value": parse_initial_value(parser, memref)}


@irdl_op_definition
class ExternalBufferOp(AieOperation):
    """`%e = aie.external_buffer {sym_name = "e"} : memref<256xi32>`: memory of the host."""

    name = "aie.external_buffer"
    result = result_def(MemRefType)

    symbol = optional_string("sym_name")

    @classmethod
    def parse(cls, parser: Parser) -> ExternalBufferOp:
        attributes = parse_dictionary(parser)
        memref, initial = parse_initialised_memref(parser)
        return cls.create(attributes=merge(parser, attributes, initial), result_types=[memref])

    def print(self, printer: Printer) -> None:
        self.print_dictionary(printer)
        printer.print_string(" : ")
        printer.print_attribute(self.result.type)


@irdl_op_definition
class LockOp(AieOperation):
    """`%l = aie.lock(%tile, 4) {init = 2 : i32, sym_name = "l"}`."""

    name = "aie.lock"
    tile_value = operand_def(IndexType)
    result = result_def(IndexType)

    symbol = optional_string("sym_name")
    id_value = optional_integer("lockID")
    init_value = integer_or(0, "init", always_printed=True)

    @property
    def tile(self) -> Tile:
        return tile_of(self.tile_value)

    @classmethod
    def parse(cls, parser: Parser) -> LockOp:
        number: dict[str, Attribute] = {}
        with parser.in_parens():
            tile = parse_tile(parser)
            if parser.parse_optional_punctuation(","):
                number["lockID"] = parse_number(parser, "lock number")
        attributes = merge(parser, number, parse_dictionary(parser))
        return cls.create(operands=[tile], attributes=attributes, result_types=[IndexType()])

    def print(self, printer: Printer) -> None:
        with printer.in_parens():
            printer.print_ssa_value(self.tile_value)
            if self.id_value is not None:
                printer.print_string(f", {self.id_value}")
        self.print_dictionary(printer, hidden=("lockID",))


@irdl_op_definition
class UseLockOp(AieOperation):
    """`aie.use_lock(%l, AcquireGreaterEqual, 2)`; the amount is 1 when absent."""

    name = "aie.use_lock"
    lock = operand_def(IndexType)

    action = keyword(LOCK_ACTIONS)
    amount = integer_or(1, "value", always_printed=True)

    @classmethod
    def parse(cls, parser: Parser) -> UseLockOp:
        with parser.in_parens():
            lock = parse_result_of(parser, "aie.lock")
            parser.parse_punctuation(",")
            attributes: dict[str, Attribute] = {"action": parse_keyword(parser, LOCK_ACTIONS, "a lock action")}
            if parser.parse_optional_punctuation(","):
                attributes["value"] = parse_number(parser, "amount")
        return cls.create(operands=[lock], attributes=merge(parser, attributes, parse_dictionary(parser)))

    def print(self, printer: Printer) -> None:
        with printer.in_parens():
            printer.print_ssa_value(self.lock)
            printer.print_string(f", {self.action}")
            if "value" in self.attributes:
                printer.print_string(f", {self.amount}")
        self.print_dictionary(printer, hidden=("action", "value"))


def _file_names(attribute: Attribute) -> tuple[str, ...] | None:
    names = attribute.data if isinstance(attribute, ArrayAttr) else (attribute,)
    found = [name.data for name in names if isinstance(name, StringAttr)]
    return tuple(found) if len(found) == len(names) else None


@irdl_op_definition
class CoreOp(TileRegionOp):
    """`%c = aie.core(%tile) { ... aie.end } {link_with = "fir.o", stack_size = 3072 : i32}`."""

    name = "aie.core"

    stack = integer_or(DEFAULT_STACK, "stack_size")
    links: Field[tuple[str, ...]] = Field("a string", _file_names, "link_with", ())
    link_files: Field[tuple[str, ...]] = Field("an array of strings", _file_names, "link_files", ())
    elf = optional_string("elf_file")
    dynamic = optional_flag("dynamic_objfifo_lowering")
