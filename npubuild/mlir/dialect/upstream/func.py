"""`func`: declarations print without `-> ()`."""

from __future__ import annotations

from xdsl.dialects import func
from xdsl.dialects.builtin import ArrayAttr, DictionaryAttr
from xdsl.parser import Parser
from xdsl.printer import Printer

from npubuild.mlir.dialect.upstream import extended


class FuncOp(func.FuncOp):
    """`func.func private @f(memref<8xi32>) attributes {link_with = "f.o"}`."""

    @classmethod
    def parse(cls, parser: Parser) -> FuncOp:
        parsed = super().parse(parser)
        body = parsed.detach_region(parsed.body)
        return cls.create(properties=parsed.properties, attributes=parsed.attributes, regions=[body])

    def print(self, printer: Printer) -> None:
        if self.sym_visibility is not None:
            printer.print_string(f" {self.sym_visibility.data}")
        printer.print_string(" ")
        printer.print_symbol_name(self.sym_name.data)
        with printer.in_parens():
            for index, argument in enumerate(self.function_type.inputs):
                printer.print_string(", " if index else "")
                if self.is_declaration:
                    printer.print_attribute(argument)
                else:
                    printer.print_block_argument(self.args[index])
                _print_extra(printer, self.arg_attrs, index)
        self._print_results(printer)
        printer.print_op_attributes(self.attributes, print_keyword=True)
        if not self.is_declaration:
            printer.print_string(" ")
            printer.print_region(self.body, print_entry_block_args=False, print_empty_block=False)

    def _print_results(self, printer: Printer) -> None:
        results = self.function_type.outputs.data
        if not results:
            return
        printer.print_string(" -> ")
        brackets = len(results) > 1 or self.res_attrs is not None
        printer.print_string("(" if brackets else "")
        for index, result in enumerate(results):
            printer.print_string(", " if index else "")
            printer.print_attribute(result)
            _print_extra(printer, self.res_attrs, index)
        printer.print_string(")" if brackets else "")


def _print_extra(printer: Printer, every: ArrayAttr[DictionaryAttr] | None, index: int) -> None:
    """The attributes of one argument or result."""
    if every is not None and index < len(every.data):
        printer.print_op_attributes(every.data[index].data)


DIALECT = extended(func.Func, [FuncOp])
