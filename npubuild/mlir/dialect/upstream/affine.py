"""`affine`: `affine.if` in upstream's syntax."""

from __future__ import annotations

from xdsl.dialects import affine
from xdsl.dialects.builtin import AffineSetAttr, IndexType
from xdsl.ir import Attribute, Block, Region, SSAValue
from xdsl.parser import Parser
from xdsl.printer import Printer

from npubuild.mlir.dialect.upstream import extended


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


DIALECT = extended(affine.Affine, [IfOp])
