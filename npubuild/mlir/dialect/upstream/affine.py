"""`affine`: maps and conditions in upstream's syntax, and `affine.max`, which xDSL lacks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from xdsl.dialects import affine
from xdsl.dialects.builtin import AffineMapAttr, AffineSetAttr, IndexType
from xdsl.ir import Attribute, Block, Region, SSAValue
from xdsl.ir.affine import AffineSymExpr
from xdsl.irdl import IRDLOperation, irdl_op_definition, prop_def, result_def, traits_def, var_operand_def
from xdsl.parser import Parser
from xdsl.printer import Printer
from xdsl.traits import Pure
from xdsl.utils.exceptions import VerifyException

from npubuild.mlir.dialect.upstream import extended
from npubuild.mlir.dialect.upstream.affine_text import Variable, expression_text


class ApplyOp(affine.ApplyOp):
    """`affine.apply affine_map<(d0)[s0] -> (d0 + s0)>(%i)[%n]`."""

    @classmethod
    def parse(cls, parser: Parser) -> ApplyOp:
        return cls.create(**_parse_application(parser))

    def print(self, printer: Printer) -> None:
        _print_application(printer, self.map, self.operands, self.attributes)


class MinOp(affine.MinOp):
    """`affine.min affine_map<(d0) -> (d0, 8)>(%i)`."""

    @classmethod
    def parse(cls, parser: Parser) -> MinOp:
        return cls.create(**_parse_application(parser))

    def print(self, printer: Printer) -> None:
        _print_application(printer, self.map, self.operands, self.attributes)


@irdl_op_definition
class MaxOp(IRDLOperation):
    """`affine.max affine_map<(d0) -> (d0, 8)>(%i)`."""

    name = "affine.max"
    arguments = var_operand_def(IndexType())
    result = result_def(IndexType())
    map = prop_def(AffineMapAttr)
    traits = traits_def(Pure())

    @classmethod
    def parse(cls, parser: Parser) -> MaxOp:
        return cls.create(**_parse_application(parser))

    def print(self, printer: Printer) -> None:
        _print_application(printer, self.map, self.operands, self.attributes)

    def verify_(self) -> None:
        wanted = self.map.data.num_dims + self.map.data.num_symbols
        if len(self.arguments) != wanted:
            raise VerifyException(f"the map takes {wanted} operands, not {len(self.arguments)}")


def _parse_application(parser: Parser) -> dict[str, Any]:
    """`map(dimensions)[symbols] {..}`: the parts of an operation that gives one index."""
    position = parser.pos
    map_ = parser.parse_attribute()
    if not isinstance(map_, AffineMapAttr):
        parser.raise_error("expected affine_map<..>", position, parser.pos)
    delimiters = (parser.Delimiter.PAREN, parser.Delimiter.SQUARE)
    found = [parser.parse_optional_comma_separated_list(each, lambda: _parse_index(parser)) or [] for each in delimiters]
    if [len(operands) for operands in found] != [map_.data.num_dims, map_.data.num_symbols]:
        wanted = f"{map_.data.num_dims} dimensions and {map_.data.num_symbols} symbols"
        parser.raise_error(f"the map takes {wanted}", position, parser.pos)
    return {
        "operands": [operand for operands in found for operand in operands],
        "properties": {"map": map_},
        "attributes": parser.parse_optional_attr_dict(),
        "result_types": [IndexType()],
    }


def _print_application(
    printer: Printer, map_: AffineMapAttr, operands: Sequence[SSAValue], attributes: dict[str, Attribute]
) -> None:
    printer.print_string(" ")
    printer.print_attribute(map_)
    dimensions = map_.data.num_dims
    printer.print_operands(operands[:dimensions])
    if operands[dimensions:]:
        with printer.in_square_brackets():
            printer.print_list(operands[dimensions:], printer.print_ssa_value)
    printer.print_op_attributes(attributes)


class IfOp(affine.IfOp):
    """`affine.if affine_set<(d0) : (d0 >= 0)>(%i) { .. } else { .. }`."""

    @classmethod
    def parse(cls, parser: Parser) -> IfOp:
        position = parser.pos
        condition = parser.parse_attribute()
        if not isinstance(condition, AffineSetAttr):
            parser.raise_error("expected affine_set<..>", position, parser.pos)
        arguments = parser.parse_comma_separated_list(parser.Delimiter.PAREN, lambda: _parse_index(parser))
        if parser.parse_optional_punctuation("["):
            arguments += parser.parse_comma_separated_list(parser.Delimiter.NONE, lambda: _parse_index(parser))
            parser.parse_punctuation("]")
        types: list[Attribute] | None = []
        if parser.parse_optional_punctuation("->"):
            types = parser.parse_optional_comma_separated_list(parser.Delimiter.PAREN, parser.parse_type)
        if types is None:
            types = [parser.parse_type()]
        then = _parse_branch(parser)
        otherwise = _parse_branch(parser) if parser.parse_optional_keyword("else") else Region()
        return cls.create(
            operands=arguments,
            result_types=types,
            properties={"condition": condition},
            regions=[then, otherwise],
            attributes=parser.parse_optional_attr_dict(),
        )

    def print(self, printer: Printer) -> None:
        printer.print_string(" ")
        printer.print_attribute(self.condition)
        dimensions = self.condition.data.num_dims
        printer.print_operands(self.args[:dimensions])
        if self.args[dimensions:]:
            with printer.in_square_brackets():
                printer.print_list(self.args[dimensions:], printer.print_ssa_value)
        if self.res:
            printer.print_string(" -> ")
            printer.print_list([result.type for result in self.res], printer.print_attribute)
        printer.print_string(" ")
        printer.print_region(self.then_region, print_block_terminators=bool(self.res), print_empty_block=False)
        if self.else_region.blocks:
            printer.print_string(" else ")
            printer.print_region(self.else_region, print_block_terminators=bool(self.res), print_empty_block=False)
        printer.print_op_attributes(self.attributes)


def _parse_index(parser: Parser) -> SSAValue:
    return parser.resolve_operand(parser.parse_unresolved_operand(), IndexType())


def _parse_branch(parser: Parser) -> Region:
    """A region of one block; `affine.yield` may go without saying when it yields nothing."""
    branch = parser.parse_region()
    if not branch.blocks:
        branch.add_block(Block())
    if branch.block.last_op is None or branch.block.last_op.name != affine.YieldOp.name:
        branch.block.add_op(affine.YieldOp.create())
    return branch


class LoadOp(affine.LoadOp):
    """`affine.load %a[%i * 2 - 1] : memref<8xi32>`."""

    @classmethod
    def parse(cls, parser: Parser) -> LoadOp:
        parsed = super().parse(parser)
        op = cls.create(operands=parsed.operands, properties=parsed.properties, result_types=parsed.result_types)
        parsed.erase()
        return op

    def print(self, printer: Printer) -> None:
        printer.print_string(" ")
        _print_access(printer, self.memref, self.map, self.indices)


class StoreOp(affine.StoreOp):
    """`affine.store %x, %a[%i * 2 - 1] : memref<8xi32>`."""

    @classmethod
    def parse(cls, parser: Parser) -> StoreOp:
        parsed = super().parse(parser)
        op = cls.create(operands=parsed.operands, properties=parsed.properties)
        parsed.erase()
        return op

    def print(self, printer: Printer) -> None:
        printer.print_string(" ")
        printer.print_ssa_value(self.value)
        printer.print_string(", ")
        _print_access(printer, self.memref, self.map, self.indices)


def _print_access(printer: Printer, memref: SSAValue, map_: AffineMapAttr, indices: Sequence[SSAValue]) -> None:
    def name(variable: Variable) -> str:
        first = map_.data.num_dims if isinstance(variable, AffineSymExpr) else 0
        return f"%{printer._ssa_values[indices[first + variable.position]]}"

    printer.print_ssa_value(memref)
    with printer.in_square_brackets():
        printer.print_string(", ".join(expression_text(result, name) for result in map_.data.results))
    printer.print_string(" : ")
    printer.print_attribute(memref.type)


DIALECT = extended(affine.Affine, [ApplyOp, IfOp, LoadOp, MaxOp, MinOp, StoreOp])
