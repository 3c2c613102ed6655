"""How cores take objects from fifos and give them back (npu-facts.md, section 2.4)."""

from __future__ import annotations

from xdsl.dialects.builtin import (
    MemRefType,
)
from xdsl.ir import Attribute
from xdsl.irdl import irdl_op_definition, operand_def, result_def
from xdsl.parser import Parser
from xdsl.printer import Printer

from npubuild.mlir.dialect.attributes import (
    PORTS,
    ObjectFifoSubviewType,
)
from npubuild.mlir.dialect.fields import integer, integer_or, keyword, symbol
from npubuild.mlir.dialect.operation import (
    AieOperation,
    merge,
    parse_dictionary,
    parse_keyword,
    parse_number,
    parse_symbol,
)

_ACCESS_SYNTAX = ("objFifo_name", "port", "size")


def _parse_access(parser: Parser) -> dict[str, Attribute]:
    """`@w(Consume, 2)`."""
    name = parse_symbol(parser)
    with parser.in_parens():
        port = parse_keyword(parser, PORTS, "a port")
        parser.parse_punctuation(",")
        count = parse_number(parser, "number of objects")
    return {"objFifo_name": name, "port": port, "size": count}


class _AccessOp(AieOperation):
    """What acquire and release have in common."""

    fifo = symbol("objFifo_name")
    port = keyword(PORTS)
    count = integer_or(1, "size", always_printed=True)

    def _print_access(self, printer: Printer) -> None:
        printer.print_string(" ")
        printer.print_symbol_name(self.fifo)
        printer.print_string(f"({self.port}, {self.count})")
        self.print_dictionary(printer, hidden=_ACCESS_SYNTAX)


@irdl_op_definition
class ObjectFifoAcquireOp(_AccessOp):
    """`%0 = aie.objectfifo.acquire @w(Consume, 2) : !aie.objectfifosubview<memref<32xi32>>`."""

    name = "aie.objectfifo.acquire"
    subview = result_def(ObjectFifoSubviewType)

    @classmethod
    def parse(cls, parser: Parser) -> ObjectFifoAcquireOp:
        attributes = merge(parser, _parse_access(parser), parse_dictionary(parser))
        parser.parse_punctuation(":")
        return cls.create(attributes=attributes, result_types=[_parse_subview_type(parser)])

    def print(self, printer: Printer) -> None:
        self._print_access(printer)
        printer.print_string(" : ")
        printer.print_attribute(self.subview.type)


def _parse_subview_type(parser: Parser) -> ObjectFifoSubviewType:
    position = parser.pos
    subview = parser.parse_type()
    if not isinstance(subview, ObjectFifoSubviewType):
        parser.raise_error("expected the type of the held objects: !aie.objectfifosubview<..>", position, parser.pos)
    return subview


@irdl_op_definition
class ObjectFifoReleaseOp(_AccessOp):
    """`aie.objectfifo.release @w(Consume, 1)`."""

    name = "aie.objectfifo.release"

    @classmethod
    def parse(cls, parser: Parser) -> ObjectFifoReleaseOp:
        return cls.create(attributes=merge(parser, _parse_access(parser), parse_dictionary(parser)))

    def print(self, printer: Printer) -> None:
        self._print_access(printer)


@irdl_op_definition
class ObjectFifoSubviewAccessOp(AieOperation):
    """`%1 = aie.objectfifo.subview.access %0[1] : !aie.objectfifosubview<memref<8xi8>> -> memref<8xi8>`."""

    name = "aie.objectfifo.subview.access"
    subview = operand_def(ObjectFifoSubviewType)
    output = result_def(MemRefType)

    index = integer()

    @classmethod
    def parse(cls, parser: Parser) -> ObjectFifoSubviewAccessOp:
        operand = parser.parse_unresolved_operand()
        with parser.in_square_brackets():
            index = parse_number(parser, "index")
        attributes = merge(parser, {"index": index}, parse_dictionary(parser))
        parser.parse_punctuation(":")
        subview = parser.resolve_operand(operand, _parse_subview_type(parser))
        parser.parse_punctuation("->")
        return cls.create(operands=[subview], attributes=attributes, result_types=[parser.parse_type()])

    def print(self, printer: Printer) -> None:
        printer.print_string(" ")
        printer.print_ssa_value(self.subview)
        printer.print_string(f"[{self.index}]")
        self.print_dictionary(printer, hidden=("index",))
        printer.print_string(" : ")
        printer.print_attribute(self.subview.type)
        printer.print_string(" -> ")
        printer.print_attribute(self.output.type)
