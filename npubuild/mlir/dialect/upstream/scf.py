"""`scf`: `scf.while` without values and with all of its checks, `scf.execute_region` as upstream prints it."""

from __future__ import annotations

from collections.abc import Sequence

from xdsl.dialects import scf
from xdsl.ir import Attribute, SSAValue
from xdsl.parser import Parser
from xdsl.printer import Printer
from xdsl.utils.exceptions import VerifyException

from npubuild.mlir.dialect.upstream import extended


class WhileOp(scf.WhileOp):
    """`%r = scf.while (%a = %b) : (i32) -> i32 { .. } do { .. }`; without values `scf.while : () -> () { .. } do { .. }`."""

    @classmethod
    def parse(cls, parser: Parser) -> WhileOp:
        if parser.parse_optional_punctuation(":") is None:
            return super().parse(parser)
        types = parser.parse_function_type()
        if types.inputs.data:
            parser.raise_error("expected the initial values in front of the types")
        before = parser.parse_region()
        parser.parse_characters("do")
        after = parser.parse_region()
        attributes = parser.parse_optional_attr_dict_with_keyword()
        return cls.create(
            result_types=types.outputs.data, regions=[before, after], attributes=attributes.data if attributes else {}
        )

    def print(self, printer: Printer) -> None:
        if self.arguments:
            super().print(printer)
            return
        printer.print_string(" : ")
        printer.print_operation_type(self)
        printer.print_string(" ")
        printer.print_region(self.before_region, print_entry_block_args=False)
        printer.print_string(" do ")
        printer.print_region(self.after_region)
        printer.print_op_attributes(self.attributes, print_keyword=True)

    def verify_(self) -> None:
        _check_types("the first region's arguments", self.before_region.block.args, self.operand_types)
        _check_types("the second region's arguments", self.after_region.block.args, self.result_types)


def _check_types(what: str, values: Sequence[SSAValue], types: Sequence[Attribute]) -> None:
    if [value.type for value in values] != list(types):
        raise VerifyException(f"{what} must have the types {', '.join(map(str, types))}")


class ExecuteRegionOp(scf.ExecuteRegionOp):
    """`%r = scf.execute_region -> i32 { .. scf.yield %a : i32 }`."""

    def print(self, printer: Printer) -> None:
        types = [result.type for result in self.outs]
        if len(types) == 1:
            printer.print_string(f" -> {types[0]}")
        elif types:
            printer.print_string(" -> ")
            with printer.in_parens():
                printer.print_list(types, printer.print_attribute)
        printer.print_string(" ")
        printer.print_region(self.region, print_entry_block_args=False)
        printer.print_op_attributes(self.attributes)


DIALECT = extended(scf.Scf, [ExecuteRegionOp, WhileOp])
