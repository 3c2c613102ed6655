"""`memref`: globals and casts in upstream's syntax."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from xdsl.dialects import memref
from xdsl.dialects.builtin import MemRefType, StringAttr, UnitAttr
from xdsl.ir import Attribute, Operation, SSAValue
from xdsl.parser import Parser
from xdsl.printer import Printer
from xdsl.utils.exceptions import VerifyException

from npubuild.mlir.dialect.dense import parse_initial_value, print_initial_value
from npubuild.mlir.dialect.operation import parse_typed_operand
from npubuild.mlir.dialect.upstream import extended

OpT = TypeVar("OpT", bound=Operation)


UNSTATED = ""
"""The visibility of a global that states none: public, but printed as it was written. xDSL must have one."""


class GlobalOp(memref.GlobalOp):
    """`memref.global "private" constant @g : memref<8xi32> = dense<..>`."""

    @classmethod
    def parse(cls, parser: Parser) -> GlobalOp:
        visibility = parser.parse_optional_str_literal() or parser.parse_optional_keyword_in(("private", "nested"))
        properties: dict[str, Attribute] = {"sym_visibility": StringAttr(visibility or UNSTATED)}
        if parser.parse_optional_keyword("constant"):
            properties["constant"] = UnitAttr()
        properties["sym_name"] = parser.parse_symbol_name()
        parser.parse_punctuation(":")
        position = parser.pos
        memref_type = parser.parse_type()
        if not isinstance(memref_type, MemRefType):
            parser.raise_error("a global must be a memref", position, parser.pos)
        properties["type"] = memref_type
        properties["initial_value"] = UnitAttr()
        if parser.parse_optional_punctuation("=") and not parser.parse_optional_keyword("uninitialized"):
            properties["initial_value"] = parse_initial_value(parser, memref_type)
        attributes = parser.parse_optional_attr_dict()
        if "alignment" in attributes:
            properties["alignment"] = attributes.pop("alignment")
        return cls.create(properties=properties, attributes=attributes)

    def print(self, printer: Printer) -> None:
        printer.print_string(" ")
        if self.sym_visibility.data != UNSTATED:
            printer.print_string(f'"{self.sym_visibility.data}" ')
        if self.constant is not None:
            printer.print_string("constant ")
        printer.print_symbol_name(self.sym_name.data)
        printer.print_string(" : ")
        printer.print_attribute(self.type)
        initial: Attribute = self.initial_value
        if not isinstance(initial, UnitAttr):
            printer.print_string(" = ")
            print_initial_value(printer, initial)
        attributes = dict(self.attributes)
        if self.alignment is not None:
            attributes["alignment"] = self.alignment
        printer.print_op_attributes(attributes)


def _parse_cast(cls: type[OpT], parser: Parser) -> OpT:
    """`%a {..} : memref<?xi32> to memref<8xi32>`."""
    operand = parser.parse_unresolved_operand()
    attributes = parser.parse_optional_attr_dict()
    parser.parse_punctuation(":")
    source = parser.resolve_operand(operand, parser.parse_type())
    parser.parse_keyword("to")
    return cls.create(operands=[source], attributes=attributes, result_types=[parser.parse_type()])


def _print_cast(op: Operation, printer: Printer, types: tuple[Attribute, Attribute]) -> None:
    printer.print_string(" ")
    printer.print_list(op.operands, printer.print_ssa_value)
    printer.print_op_attributes(op.attributes)
    printer.print_string(" : ")
    printer.print_list(types, printer.print_attribute, " to ")


def _check_indices(buffer: SSAValue, indices: Sequence[SSAValue]) -> None:
    if isinstance(buffer.type, MemRefType) and buffer.type.get_num_dims() != len(indices):
        raise VerifyException(f"expected one index for each of the {buffer.type.get_num_dims()} dimensions")


class LoadOp(memref.LoadOp):
    """`%v = memref.load %a[%i] : memref<8xi32>`."""

    def verify_(self) -> None:
        _check_indices(self.memref, self.indices)
        super().verify_()  # type: ignore[no-untyped-call]


class StoreOp(memref.StoreOp):
    """`memref.store %v, %a[%i] : memref<8xi32>`."""

    def verify_(self) -> None:
        _check_indices(self.memref, self.indices)
        super().verify_()  # type: ignore[no-untyped-call]


class CastOp(memref.CastOp):
    """`memref.cast %a : memref<?xi32> to memref<8xi32>`."""

    @classmethod
    def parse(cls, parser: Parser) -> CastOp:
        return _parse_cast(cls, parser)

    def print(self, printer: Printer) -> None:
        _print_cast(self, printer, (self.source.type, self.dest.type))


class MemorySpaceCastOp(memref.MemorySpaceCastOp):
    """`memref.memory_space_cast %a : memref<8xi32> to memref<8xi32, 2>`."""

    @classmethod
    def parse(cls, parser: Parser) -> MemorySpaceCastOp:
        return _parse_cast(cls, parser)

    def print(self, printer: Printer) -> None:
        _print_cast(self, printer, (self.source.type, self.dest.type))


class CopyOp(memref.CopyOp):
    """`memref.copy %a, %b : memref<8xi32> to memref<8xi32>`."""

    @classmethod
    def parse(cls, parser: Parser) -> CopyOp:
        source = parser.parse_unresolved_operand()
        parser.parse_punctuation(",")
        destination = parser.parse_unresolved_operand()
        attributes = parser.parse_optional_attr_dict()
        parser.parse_punctuation(":")
        operands = [parser.resolve_operand(source, parser.parse_type())]
        parser.parse_keyword("to")
        operands.append(parser.resolve_operand(destination, parser.parse_type()))
        return cls.create(operands=operands, attributes=attributes)

    def print(self, printer: Printer) -> None:
        _print_cast(self, printer, (self.source.type, self.destination.type))


class RankOp(memref.RankOp):
    """`memref.rank %a : memref<8xi32>`."""

    @classmethod
    def parse(cls, parser: Parser) -> RankOp:
        from xdsl.dialects.builtin import IndexType

        return cls.create(operands=[parse_typed_operand(parser)], result_types=[IndexType()])

    def print(self, printer: Printer) -> None:
        printer.print_string(" ")
        printer.print_ssa_value(self.source)
        printer.print_string(" : ")
        printer.print_attribute(self.source.type)


DIALECT = extended(memref.MemRef, [CastOp, CopyOp, GlobalOp, LoadOp, MemorySpaceCastOp, RankOp, StoreOp])
