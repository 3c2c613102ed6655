"""Buffer descriptors: `aie.dma_bd` and its packet header (npu-facts.md, section 2.3)."""

from __future__ import annotations

from collections.abc import Callable
from math import prod

from xdsl.dialects.builtin import MemRefType, UnrankedMemRefType
from xdsl.ir import Attribute, SSAValue
from xdsl.irdl import (
    irdl_op_definition,
    operand_def,
)
from xdsl.parser import Parser
from xdsl.printer import Printer
from xdsl.utils.lexer import Span

from npubuild.mlir.dialect.attributes import DimensionsAttr, PaddingAttr, Pairs, parse_dimensions, parse_padding
from npubuild.mlir.dialect.fields import (
    Field,
    i32,
    integer,
    integer_or,
    optional_integer,
    optional_packet,
    read_dimensions,
    read_padding,
)
from npubuild.mlir.dialect.operation import (
    AieOperation,
    merge,
    next_is,
    parse_dictionary,
    parse_number,
    spelling_of,
)
from npubuild.mlir.dialect.problem import ReadingError, fail
from npubuild.mlir.spelling import Spelling

_IN_SYNTAX = ("offset", "len", "dimensions", "pad_dimensions", "pad_value")


@irdl_op_definition
class DmaBdOp(AieOperation):
    """One buffer descriptor: `aie.dma_bd(%b : memref<32xi16>, 0, 32, [<size = 4, stride = 8>]) {bd_id = 0 : i32}`.

    Offset, length, sizes and strides count elements; dimensions are outermost first. Since about August 2026 the
    places are named: `aie.dma_bd(%b : memref<32xi16> offset = 0 len = 32)`.
    """

    name = "aie.dma_bd"
    buffer = operand_def()

    offset_value = integer_or(0, "offset", always_printed=True)
    given_length = optional_integer("len")
    dims: Field[Pairs | None] = Field("[<size = .., stride = ..>]", read_dimensions, "dimensions")
    pads: Field[Pairs | None] = Field("[<const_pad_before = ..>]", read_padding, "pad_dimensions")
    pad = integer_or(0, "pad_value")
    bd_id = optional_integer()
    next_bd_id = optional_integer()
    burst = integer_or(0, "burst_length", always_printed=True)
    packet = optional_packet()

    def __init__(
        self,
        buffer: SSAValue,
        offset: int | None = None,
        length: int | None = None,
        dims: Pairs | None = None,
        attributes: dict[str, Attribute] | None = None,
    ) -> None:
        places: dict[str, Attribute] = {}
        if offset is not None:
            places["offset"] = i32(offset)
        if length is not None:
            places["len"] = i32(length)
        if dims is not None:
            places["dimensions"] = DimensionsAttr(dims)
        super().__init__(operands=[buffer], attributes=places | (attributes or {}))

    @property
    def length(self) -> int:
        """The length in elements: as given, or that of the whole memref."""
        if self.given_length is not None:
            return self.given_length
        return prod(self.buffer.type.get_shape()) if isinstance(self.buffer.type, MemRefType) else 0

    @classmethod
    def parse(cls, parser: Parser) -> DmaBdOp:
        with parser.in_parens():
            operand = parser.parse_unresolved_operand("expected a buffer (an SSA value)")
            parser.parse_punctuation(":")
            position = parser.pos
            buffer = parser.resolve_operand(operand, parser.parse_type())
            if not isinstance(buffer.type, MemRefType | UnrankedMemRefType):
                fail(parser, position, f"a descriptor needs a memref, not {buffer.type}", rule="operand")
            places = _parse_places(parser)
        bd = cls.create(operands=[buffer], attributes=merge(parser, places, parse_dictionary(parser)))
        if bd.dims is not None:
            bd.attributes.setdefault("len", i32(bd.length))
        if "len" in bd.attributes:
            bd.attributes.setdefault("offset", i32(0))  # as the printed form has it, where places go by position
        return bd

    def print(self, printer: Printer) -> None:
        with printer.in_parens():
            printer.print_ssa_value(self.buffer)
            printer.print_string(" : ")
            printer.print_attribute(self.buffer.type)
            named = spelling_of(printer) is Spelling.AUG26
            printer.print_string(self._named_places() if named else self._positional_places())
        self.print_dictionary(printer, hidden=_IN_SYNTAX)

    def _positional_places(self) -> str:
        """`, offset, length, dimensions, padding`; a place that is given needs all in front of it."""
        places = [str(self.offset_value), str(self.length), str(DimensionsAttr(self.dims or ()))]
        given = [name in self.attributes for name in ("offset", "len", "dimensions")]
        if self.pads is not None:
            places.append(str(PaddingAttr(self.pads)))
            given.append(True)
        count = max((index + 1 for index, there in enumerate(given) if there), default=0)
        padding = [f"pad_value = {self.pad}"] if self.pad else []
        return "".join(f", {place}" for place in places[:count] + padding)

    def _named_places(self) -> str:
        places: list[str] = []
        if "offset" in self.attributes:
            places.append(f"offset = {self.offset_value}")
        if self.given_length is not None:
            places.append(f"len = {self.given_length}")
        if self.dims is not None:
            places.append(f"sizes = {[size for size, _ in self.dims]}")
            places.append(f"strides = {[stride for _, stride in self.dims]}")
        if self.pads is not None:
            places.append(f"pad_dimensions = {PaddingAttr(self.pads)}")
        if self.pad:
            places.append(f"pad_value = {self.pad}")
        return "".join(f" {place}" for place in places)


def _parse_places(parser: Parser) -> dict[str, Attribute]:
    """What follows the buffer's type in `aie.dma_bd(..)`, by position or by name."""
    places: dict[str, Attribute] = {}
    lists: dict[str, list[int]] = {}
    while True:
        position = parser.pos
        comma = parser.parse_optional_punctuation(",")
        name = parser.parse_optional_keyword_in(_PLACES)
        if name is not None:
            parser.parse_punctuation("=")
        elif comma is not None:
            name = _unnamed_place(parser, places)
        else:
            break
        attribute, parse = _PLACES[name]
        if attribute in places or attribute in lists:
            fail(parser, position, f"`{attribute}` is given twice", rule="syntax")
        if parse is None:
            lists[attribute] = parser.parse_comma_separated_list(parser.Delimiter.SQUARE, parser.parse_integer)
        else:
            places[attribute] = parse(parser)
    if lists:
        sizes, strides = lists.get("sizes", []), lists.get("strides", [])
        if len(sizes) != len(strides) or "dimensions" in places:
            fail(parser, parser.pos, "`sizes` and `strides` must be two lists of the same length", rule="syntax")
        places["dimensions"] = DimensionsAttr(tuple(zip(sizes, strides, strict=True)))
    return places


def _unnamed_place(parser: Parser, places: dict[str, Attribute]) -> str:
    """The meaning of a value without a name: numbers are offset and length, lists are dimensions and padding."""
    candidates = ("dimensions", "pad_dimensions") if next_is(parser, "[") else ("offset", "len")
    for candidate in candidates:
        if candidate not in places:
            return candidate
    raise ReadingError(Span(parser.pos, parser.pos, parser.lexer.input), "one value too many", "syntax")


def _parse_number(parser: Parser) -> Attribute:
    return parse_number(parser, "elements")


_PLACES: dict[str, tuple[str, Callable[[Parser], Attribute] | None]] = {
    "offset": ("offset", _parse_number),
    "len": ("len", _parse_number),
    "pad_value": ("pad_value", _parse_number),
    "dimensions": ("dimensions", parse_dimensions),
    "dims": ("dimensions", parse_dimensions),
    "pad_dimensions": ("pad_dimensions", parse_padding),
    "pads": ("pad_dimensions", parse_padding),
    "sizes": ("sizes", None),
    "strides": ("strides", None),
}
"""The names of the places: the attribute each stands for, and how to read it; None: one half of the dimensions."""


@irdl_op_definition
class DmaBdPacketOp(AieOperation):
    """`aie.dma_bd_packet(type, id)`: the packet header of the buffer descriptor of this block."""

    name = "aie.dma_bd_packet"

    packet_type = integer()
    packet_id = integer()

    @classmethod
    def parse(cls, parser: Parser) -> DmaBdPacketOp:
        with parser.in_parens():
            packet_type = parse_number(parser, "packet type")
            parser.parse_punctuation(",")
            packet_id = parse_number(parser, "packet id")
        attributes: dict[str, Attribute] = {"packet_type": packet_type, "packet_id": packet_id}
        return cls.create(attributes=merge(parser, attributes, parse_dictionary(parser)))

    def print(self, printer: Printer) -> None:
        printer.print_string(f"({self.packet_type}, {self.packet_id})")
        self.print_dictionary(printer, hidden=("packet_type", "packet_id"))
