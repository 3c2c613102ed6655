"""`vector`: the operations that xDSL lacks."""

from __future__ import annotations

from xdsl.dialects import vector
from xdsl.dialects.builtin import VectorType
from xdsl.irdl import IRDLOperation, irdl_op_definition, operand_def, result_def
from xdsl.parser import Parser
from xdsl.printer import Printer

from npubuild.mlir.dialect.upstream import extended


@irdl_op_definition
class ShapeCastOp(IRDLOperation):
    """`vector.shape_cast %v : vector<16xf32> to vector<4x4xf32>`."""

    name = "vector.shape_cast"
    source = operand_def(VectorType)
    result = result_def(VectorType)
    assembly_format = "$source attr-dict `:` type($source) `to` type($result)"


@irdl_op_definition
class SplatOp(IRDLOperation):
    """`vector.splat %x : vector<16xi32>`: one value in every element."""

    name = "vector.splat"
    input = operand_def()
    aggregate = result_def(VectorType)

    @classmethod
    def parse(cls, parser: Parser) -> SplatOp:
        operand = parser.parse_unresolved_operand()
        attributes = parser.parse_optional_attr_dict()
        parser.parse_punctuation(":")
        position = parser.pos
        vector_type = parser.parse_type()
        if not isinstance(vector_type, VectorType):
            parser.raise_error("expected a vector type", position, parser.pos)
        value = parser.resolve_operand(operand, vector_type.element_type)
        return cls.create(operands=[value], attributes=attributes, result_types=[vector_type])

    def print(self, printer: Printer) -> None:
        printer.print_string(" ")
        printer.print_ssa_value(self.input)
        printer.print_op_attributes(self.attributes)
        printer.print_string(" : ")
        printer.print_attribute(self.aggregate.type)


DIALECT = extended(vector.Vector, [ShapeCastOp, SplatOp])
