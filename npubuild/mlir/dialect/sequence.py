"""The runtime sequence: what the array's controller executes for each run (npu-facts.md, section 2.5)."""

from __future__ import annotations

from xdsl.ir import Block
from xdsl.irdl import irdl_op_definition, region_def, traits_def, var_operand_def
from xdsl.parser import Parser
from xdsl.printer import Printer
from xdsl.traits import NoTerminator

from npubuild.mlir.dialect.fields import symbol, symbol_or
from npubuild.mlir.dialect.operation import (
    AieOperation,
    merge,
    parse_arguments,
    parse_body,
    parse_dictionary,
    parse_dictionary_with_keyword,
    parse_operands_with_types,
    parse_optional_name,
    parse_symbol,
    print_arguments,
    print_operands_with_types,
)

OLD_NAME = "aiex.runtime_sequence"


@irdl_op_definition
class RuntimeSequenceOp(AieOperation):
    """`aie.runtime_sequence @warm(%a: memref<800xi8>) { .. }`; until November 2025 `aiex.runtime_sequence`.

    The arguments of `block` are the host's buffers.
    """

    name = "aie.runtime_sequence"
    body = region_def("single_block")
    traits = traits_def(NoTerminator())

    symbol = symbol_or("sequence", "sym_name")

    @property
    def block(self) -> Block:
        return self.body.block

    @classmethod
    def parse(cls, parser: Parser) -> RuntimeSequenceOp:
        name = parse_optional_name(parser)
        arguments = parse_arguments(parser)
        body = parse_body(parser, arguments, terminator="aie.end")
        return cls.create(attributes=merge(parser, name, parse_dictionary(parser)), regions=[body])

    def print(self, printer: Printer) -> None:
        if self.symbol != "sequence":
            printer.print_string(" ")
            printer.print_symbol_name(self.symbol)
        print_arguments(printer, self.body)
        printer.print_string(" ")
        printer.print_region(self.body, print_entry_block_args=False, print_empty_block=False)
        self.print_dictionary(printer, hidden=("sym_name",))


@irdl_op_definition
class ConfigureOp(AieOperation):
    """`aiex.configure @left { runs }`: load another device of the module."""

    name = "aiex.configure"
    body = region_def("single_block")
    traits = traits_def(NoTerminator())

    device_ref = symbol("symbol")

    @property
    def block(self) -> Block:
        return self.body.block

    @classmethod
    def parse(cls, parser: Parser) -> ConfigureOp:
        device = parse_symbol(parser)
        before = parse_dictionary_with_keyword(parser)
        body = parse_body(parser)
        return cls.create(attributes=merge(parser, {"symbol": device}, before, parse_dictionary(parser)), regions=[body])

    def print(self, printer: Printer) -> None:
        printer.print_string(" ")
        printer.print_symbol_name(self.device_ref)
        printer.print_string(" ")
        printer.print_region(self.body, print_empty_block=False)
        self.print_dictionary(printer, hidden=("symbol",))


@irdl_op_definition
class RunOp(AieOperation):
    """`aiex.run @warm(%a) : (memref<64xi32>)`: run a sequence of the device configured around."""

    name = "aiex.run"
    arguments = var_operand_def()

    sequence = symbol("runtime_sequence_symbol")

    @classmethod
    def parse(cls, parser: Parser) -> RunOp:
        sequence = parse_symbol(parser)
        arguments = parse_operands_with_types(parser)
        attributes = merge(parser, {"runtime_sequence_symbol": sequence}, parse_dictionary(parser))
        return cls.create(operands=arguments, attributes=attributes)

    def print(self, printer: Printer) -> None:
        printer.print_string(" ")
        printer.print_symbol_name(self.sequence)
        print_operands_with_types(printer, self.arguments)
        self.print_dictionary(printer, hidden=("runtime_sequence_symbol",))
