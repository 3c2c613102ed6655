"""What the operations of `aie` and `aiex` share: the attribute dictionary, and the syntax that several of them have."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from xdsl.dialects.builtin import IndexType, IntegerAttr, StringAttr, SymbolRefAttr
from xdsl.ir import Attribute, Block, Operation, OpResult, Region, SSAValue
from xdsl.irdl import IRDLOperation, operand_def, region_def, result_def
from xdsl.parser import Parser
from xdsl.printer import Printer

from npubuild.hardware.devices import Tile
from npubuild.mlir.dialect.attributes import BUNDLES, DIRECTIONS, parse_packet_info
from npubuild.mlir.dialect.fields import fields_of, i32
from npubuild.mlir.dialect.problem import fail, fail_at
from npubuild.mlir.spelling import Spelling


class AieOperation(IRDLOperation):
    """An operation whose attributes are declared as fields and all live in `attributes`."""

    def print_dictionary(self, printer: Printer, hidden: Collection[str] = ()) -> None:
        """Print ` {a = .., b = ..}`: sorted, without `hidden`, without what only says its default."""
        print_attributes(printer, shown_attributes(self, hidden))


class TileRegionOp(AieOperation):
    """`%r = aie.core(%tile) { blocks }`: an operation that has one tile and a region for it."""

    tile_value = operand_def(IndexType)
    body = region_def()
    result = result_def(IndexType)

    @property
    def tile(self) -> Tile:
        return tile_of(self.tile_value)

    @classmethod
    def parse(cls, parser: Parser) -> TileRegionOp:
        with parser.in_parens():
            tile = parse_tile(parser)
        before = parse_dictionary_with_keyword(parser)
        body = parser.parse_region()
        attributes = merge(parser, before, parse_dictionary(parser))
        return cls.create(operands=[tile], attributes=attributes, regions=[body], result_types=[IndexType()])

    def print(self, printer: Printer) -> None:
        with printer.in_parens():
            printer.print_ssa_value(self.tile_value)
        printer.print_string(" ")
        printer.print_region(self.body, print_empty_block=False)
        self.print_dictionary(printer)


def shown_attributes(op: Operation, hidden: Collection[str] = ()) -> dict[str, Attribute]:
    """The attributes that the printed dictionary of `op` shows, in its order."""
    fields = fields_of(type(op))
    return {
        name: attribute
        for name, attribute in sorted(op.attributes.items())
        if name not in hidden and not (name in fields and fields[name].is_default(op))
    }


def print_attributes(printer: Printer, attributes: dict[str, Attribute]) -> None:
    if attributes:
        printer.print_string(" ")
        printer.print_attr_dict(attributes)


def parse_dictionary(parser: Parser) -> dict[str, Attribute]:
    """An attribute dictionary, or nothing."""
    return parser.parse_optional_attr_dict()


def parse_dictionary_with_keyword(parser: Parser) -> dict[str, Attribute]:
    """`attributes {..}` in front of a region."""
    return parser.parse_optional_attr_dict() if parser.parse_optional_keyword("attributes") else {}


def merge(parser: Parser, *parts: dict[str, Attribute]) -> dict[str, Attribute]:
    """The union of attributes given by syntax and by dictionaries; naming one twice is an error."""
    merged: dict[str, Attribute] = {}
    for part in parts:
        for name, attribute in part.items():
            if name in merged:
                parser.raise_error(f"the attribute `{name}` is given twice")
            merged[name] = attribute
    return merged


# Operands ------------------------------------------------------------------------------------------------------------


def tile_of(value: SSAValue) -> Tile:
    """The coordinates behind a tile operand."""
    coordinates = value.owner
    tile: Tile = coordinates.tile  # type: ignore[union-attr]  # parse_tile admits results of aie.tile only
    return tile


def parse_value(parser: Parser, message: str = "expected an SSA value") -> SSAValue:
    """An operand whose type the syntax does not say, so that it must be defined already."""
    operand = parser.parse_unresolved_operand(message)
    values = parser.ssa_values.get(operand.operand_name)
    if values is None:
        fail_at(operand.span, f"`{operand.span.text}` is used before it is defined", rule="undefined-value")
    if operand.index >= len(values):
        fail_at(operand.span, f"`{operand.span.text}` has {len(values)} values, no number {operand.index}", rule="operand")
    return values[operand.index]


def next_is(parser: Parser, prefix: str) -> bool:
    """Whether the next token starts with `prefix`; nothing is consumed."""
    return parser.lexer.input.content.startswith(prefix, parser.pos)


def parse_tile(parser: Parser) -> SSAValue:
    return parse_result_of(parser, "aie.tile")


def parse_result_of(parser: Parser, *names: str) -> SSAValue:
    """An operand that is the result of an operation of one of these names."""
    position = parser.pos
    expected = " or ".join(f"`{name}`" for name in names)
    value = parse_value(parser, f"expected the result of {expected}")
    if not (isinstance(value, OpResult) and value.op.name in names):
        fail(parser, position, f"expected the result of {expected} here", rule="operand")
    return value


# Words and numbers ---------------------------------------------------------------------------------------------------


def parse_keyword(parser: Parser, keywords: Sequence[str], what: str) -> StringAttr:
    """One of `keywords`, bare or, as designs of 2023 have it, in quotes."""
    position = parser.pos
    keyword = parser.parse_optional_keyword_in(keywords) or parser.parse_optional_str_literal()
    if keyword is None or keyword not in keywords:
        parser.raise_error(f"expected {what}: {', '.join(keywords)}", position, parser.pos)
    return StringAttr(keyword)


def parse_direction(parser: Parser) -> StringAttr:
    return parse_keyword(parser, DIRECTIONS, "a DMA direction")


def parse_number(parser: Parser, what: str) -> IntegerAttr:
    """A plain integer, kept as i32."""
    return i32(parser.parse_integer(allow_boolean=False, context_msg=f" ({what})"))


def parse_port(parser: Parser) -> tuple[StringAttr, IntegerAttr]:
    """`DMA : 0`."""
    bundle = parse_keyword(parser, BUNDLES, "a port bundle")
    parser.parse_punctuation(":", " between bundle and channel")
    return bundle, parse_number(parser, "channel")


# Symbols -------------------------------------------------------------------------------------------------------------


def parse_symbol(parser: Parser) -> SymbolRefAttr:
    return SymbolRefAttr(parser.parse_symbol_name())


def parse_optional_name(parser: Parser) -> dict[str, Attribute]:
    name = parser.parse_optional_symbol_name()
    return {} if name is None else {"sym_name": name}


# Regions -------------------------------------------------------------------------------------------------------------


def parse_arguments(parser: Parser) -> list[Parser.Argument]:
    """`(%a: memref<8xi32>, %b: i32)`."""
    return parser.parse_comma_separated_list(parser.Delimiter.PAREN, parser.parse_argument)


def print_arguments(printer: Printer, region: Region) -> None:
    with printer.in_parens():
        printer.print_list(region.blocks[0].args, printer.print_block_argument)


def parse_body(parser: Parser, arguments: list[Parser.Argument] | None = None, terminator: str = "") -> Region:
    """A region of one block; a last operation of the name `terminator` is implicit and dropped.

    An empty region gets its block, so that `region.block` always exists.
    """
    region = parser.parse_region(arguments)
    if len(region.blocks) > 1:
        parser.raise_error("expected one block here")
    complete_body(region, terminator)
    return region


def complete_body(region: Region, terminator: str) -> None:
    """Give an empty region its block, and take an implicit terminator away from its last one."""
    if not region.blocks:
        region.add_block(Block())
    last = region.blocks[-1].last_op
    if last is not None and last.name == terminator and not last.attributes:
        last.detach()
        last.erase()


def parse_operands_with_types(parser: Parser) -> list[SSAValue]:
    """`(%a, %b) : (memref<8xi32>, i32)`."""
    position = parser.pos
    operands = parser.parse_comma_separated_list(parser.Delimiter.PAREN, parser.parse_unresolved_operand)
    parser.parse_punctuation(":")
    types = parser.parse_comma_separated_list(parser.Delimiter.PAREN, parser.parse_type)
    return list(parser.resolve_operands(operands, types, position))


def print_operands_with_types(printer: Printer, operands: Sequence[SSAValue]) -> None:
    printer.print_operands(operands)
    printer.print_string(" : ")
    with printer.in_parens():
        printer.print_list([operand.type for operand in operands], printer.print_attribute)


def parse_typed_operand(parser: Parser) -> SSAValue:
    """`%a : memref<8xi32>`."""
    operand = parser.parse_unresolved_operand()
    parser.parse_punctuation(":")
    return parser.resolve_operand(operand, parser.parse_type())


def spelling_of(printer: Printer) -> Spelling:
    """The spelling that a printer was asked for; xDSL's own printer prints the current one."""
    spelling = getattr(printer, "spelling", Spelling.MAR26)
    assert isinstance(spelling, Spelling)
    return spelling


def parse_packet_suffix(parser: Parser) -> dict[str, Attribute]:
    """`, <pkt_type = 1, pkt_id = 2>` in front of a closing parenthesis, or nothing."""
    if parser.parse_optional_punctuation(",") is None:
        return {}
    return {"packet": parse_packet_info(parser)}
