"""Printing designs: the text that the real tools print, character for character, in the spelling of a generation."""

from __future__ import annotations

from collections.abc import Mapping
from io import StringIO
from math import isfinite

from xdsl.dialects.builtin import (
    AffineMapAttr,
    AffineSetAttr,
    AnyFloat,
    ArrayAttr,
    FloatAttr,
    IntegerAttr,
    MemRefType,
    ModuleOp,
    f64,
    i64,
)
from xdsl.ir import Attribute, Block, Operation
from xdsl.printer import Printer

from npubuild.mlir.dialect.aie import RuntimeSequenceOp
from npubuild.mlir.dialect.sequence import OLD_NAME
from npubuild.mlir.dialect.upstream.affine_text import map_text, set_text
from npubuild.mlir.names import Names
from npubuild.mlir.source import Design
from npubuild.mlir.spelling import Spelling


class DesignPrinter(Printer):
    """xDSL's printer with MLIR's names, block comments and spellings."""

    def __init__(self, stream: StringIO, names: Names, spelling: Spelling) -> None:
        super().__init__(stream)
        self.spelling = spelling
        self._ssa_values.update(names.values)
        self._blocks.update(names.blocks)
        self._aliases: dict[AffineMapAttr | AffineSetAttr, str] = {}

    def print_op(self, op: Operation) -> None:
        if type(op).print is Operation.print:
            super().print_op(op)
            return
        self._print_results(op)
        self.print_string(self._printed_name(op))
        op.print(self)

    def _printed_name(self, op: Operation) -> str:
        if isinstance(op, ModuleOp):
            return "module"
        if isinstance(op, RuntimeSequenceOp) and self.spelling is Spelling.OCT25:
            return OLD_NAME
        around = op.parent_op()
        if around is not None and around.name == "func.func":
            return op.name.removeprefix("func.")
        return op.name

    def _print_results(self, op: Operation) -> None:
        if len(op.results) > 1:
            group = self._ssa_values[op.results[0]].removesuffix("#0")
            self.print_string(f"%{group}:{len(op.results)} = ")
        else:
            super()._print_results(op)

    def print_attribute(self, attribute: Attribute) -> None:
        if isinstance(attribute, ArrayAttr):
            with self.in_square_brackets():
                self.print_list(attribute.data, self._print_array_entry)
        elif isinstance(attribute, MemRefType) and isinstance(attribute.memory_space, IntegerAttr):
            bare = MemRefType(attribute.element_type, attribute.shape, attribute.layout)
            self.print_string(f"{bare}"[:-1] + ", ")
            self._print_array_entry(attribute.memory_space)
            self.print_string(">")
        elif isinstance(attribute, AffineMapAttr | AffineSetAttr):
            self.print_string(self._alias(attribute))
        else:
            super().print_attribute(attribute)

    def _alias(self, attribute: AffineMapAttr | AffineSetAttr) -> str:
        """`#map`, `#map1`, .. or `#set`, ..: defined in front of the module, numbered as they first come."""
        kind = "map" if isinstance(attribute, AffineMapAttr) else "set"
        if attribute not in self._aliases:
            number = sum(alias.startswith(f"#{kind}") for alias in self._aliases.values())
            self._aliases[attribute] = f"#{kind}{number or ''}"
        return self._aliases[attribute]

    def definitions(self) -> str:
        """The definitions of the aliases printed so far: maps, then sets."""
        ordered = sorted(self._aliases.items(), key=lambda item: item[1][:4])
        return "".join(f"{alias} = {_definition(attribute)}\n" for attribute, alias in ordered)

    def print_float(self, value: float, type: AnyFloat) -> None:  # noqa: A002  # as in xDSL
        if isfinite(value):
            super().print_float(value, type)
        else:
            self.print_string(f"0x{type.pack((value,))[::-1].hex().upper()}")

    def _print_array_entry(self, entry: Attribute) -> None:
        """In arrays the default types of numbers go without saying."""
        if isinstance(entry, IntegerAttr) and entry.type == i64:
            self.print_string(str(entry.value.data))
        elif isinstance(entry, FloatAttr) and entry.type == f64:
            self.print_float(entry.value.data, f64)
        else:
            self.print_attribute(entry)

    def print_attr_dict(self, attr_dict: Mapping[str, Attribute]) -> None:
        super().print_attr_dict(dict(sorted(attr_dict.items())))

    def print_block(self, block: Block, print_block_args: bool = True, print_block_terminator: bool = True) -> None:
        if print_block_args:
            self._print_new_line()
            self.print_block_name(block)
            if block.args:
                with self.in_parens():
                    self.print_list(block.args, self.print_block_argument)
            self.print_string(f":{self._predecessors(block)}")
        super().print_block(block, False, print_block_terminator)

    def _predecessors(self, block: Block) -> str:
        """The comment behind a block label: where control comes from, in the order of the blocks."""
        region = block.parent
        if region is None or block is region.blocks.first:
            return ""
        sources = [f"^{self._blocks[use.operation.parent]}" for use in block.uses if use.operation.parent is not None]
        if not sources:
            return "  // no predecessors"
        if len(sources) == 1:
            return f"  // pred: {sources[0]}"
        ordered = sorted(sources, key=lambda name: int(name.removeprefix("^bb")))
        return f"  // {len(sources)} preds: {', '.join(ordered)}"


def _definition(attribute: AffineMapAttr | AffineSetAttr) -> str:
    if isinstance(attribute, AffineMapAttr):
        return f"affine_map<{map_text(attribute.data)}>"
    return f"affine_set<{set_text(attribute.data)}>"


def print_design(design: Design, spelling: Spelling = Spelling.MAR26) -> str:
    """The text of the design as `aie-opt` of that generation prints it, final blank line included."""
    return print_module(design.module, spelling)


def print_module(module: ModuleOp, spelling: Spelling = Spelling.MAR26) -> str:
    stream = StringIO()
    printer = DesignPrinter(stream, Names(module), spelling)
    printer.print_op(module)
    return f"{printer.definitions()}{stream.getvalue()}\n\n"
