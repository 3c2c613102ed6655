"""Attributes and types of the `aie` dialect."""

from __future__ import annotations

from xdsl.dialects.builtin import IntAttr, MemRefType
from xdsl.ir import Attribute, Data, OpaqueSyntaxAttribute, ParametrizedAttribute, TypeAttribute
from xdsl.irdl import irdl_attr_definition
from xdsl.parser import AttrParser
from xdsl.printer import Printer

# The keywords of the enumerations, in the order of the numbers that the generic form writes for them.
BUNDLES = ("Core", "DMA", "FIFO", "South", "West", "North", "East", "PLIO", "NOC", "Trace", "TileControl")
DIRECTIONS = ("S2MM", "MM2S")
LOCK_ACTIONS = ("Acquire", "Release", "AcquireGreaterEqual")
PORTS = ("Produce", "Consume")
CASCADE_DIRECTIONS = ("South", "West", "North", "East")


@irdl_attr_definition
class PacketInfoAttr(ParametrizedAttribute):
    """`#aie.packet_info<pkt_type = 0, pkt_id = 15>`."""

    name = "aie.packet_info"

    pkt_type: IntAttr
    pkt_id: IntAttr

    @staticmethod
    def of(packet_type: int, packet_id: int) -> PacketInfoAttr:
        return PacketInfoAttr(IntAttr(packet_type), IntAttr(packet_id))

    @property
    def type(self) -> int:
        return self.pkt_type.data

    @property
    def id(self) -> int:
        return self.pkt_id.data

    @classmethod
    def parse_parameters(cls, parser: AttrParser) -> list[Attribute]:
        packet = parse_packet_info(parser)
        return [packet.pkt_type, packet.pkt_id]

    def print_parameters(self, printer: Printer) -> None:
        printer.print_string(f"<pkt_type = {self.type}, pkt_id = {self.id}>")


def parse_packet_info(parser: AttrParser) -> PacketInfoAttr:
    """`<pkt_type = 1, pkt_id = 6>`."""
    (packet_type, packet_id) = _parse_named_integers(parser, ("pkt_type", "pkt_id"))
    return PacketInfoAttr.of(packet_type, packet_id)


def _parse_named_integers(parser: AttrParser, names: tuple[str, str]) -> tuple[int, int]:
    """`<first = 1, second = 2>`, in either order, each at most once; a missing one is 0."""
    found: dict[str, int] = {}
    parser.parse_characters("<")
    while True:
        name = parser.parse_identifier(f" `{names[0]}` or `{names[1]}`")
        if name not in names or name in found:
            parser.raise_error(f"expected `{names[0]} = ..` and `{names[1]} = ..` here, not `{name}`")
        parser.parse_punctuation("=")
        found[name] = parser.parse_integer(allow_boolean=False)
        if parser.parse_optional_punctuation(",") is None:
            break
    parser.parse_characters(">")
    return found.get(names[0], 0), found.get(names[1], 0)


Pairs = tuple[tuple[int, int], ...]
"""(size, stride) or (before, after) of each dimension in elements, outermost first."""


class _PairsAttr(Data[Pairs], OpaqueSyntaxAttribute):
    """A list of pairs of named integers."""


def parse_dimensions(parser: AttrParser) -> DimensionsAttr:
    """`[<size = 4, stride = 8>, <size = 8, stride = 1>]`."""
    return DimensionsAttr(_parse_pairs(parser, ("size", "stride")))


def parse_padding(parser: AttrParser) -> PaddingAttr:
    """`[<const_pad_before = 1, const_pad_after = 0>]`."""
    return PaddingAttr(_parse_pairs(parser, ("const_pad_before", "const_pad_after")))


def _parse_pairs(parser: AttrParser, names: tuple[str, str]) -> Pairs:
    pairs = parser.parse_comma_separated_list(parser.Delimiter.SQUARE, lambda: _parse_named_integers(parser, names))
    return tuple(pairs)


@irdl_attr_definition
class DimensionsAttr(_PairsAttr):
    """`[<size = 4, stride = 8>, <size = 8, stride = 1>]`: (size, stride) in elements, outermost first, in `data`."""

    name = "aie.bd_dim_layout_array"

    @classmethod
    def parse_parameter(cls, parser: AttrParser) -> Pairs:
        return parse_dimensions(parser).data

    def print_parameter(self, printer: Printer) -> None:
        printer.print_string(str(self))

    def __str__(self) -> str:
        return "[" + ", ".join(f"<size = {size}, stride = {stride}>" for size, stride in self.data) + "]"


@irdl_attr_definition
class PaddingAttr(_PairsAttr):
    """`[<const_pad_before = 1, const_pad_after = 0>]`: (before, after) in elements, outermost first, in `data`."""

    name = "aie.bd_pad_layout_array"

    @classmethod
    def parse_parameter(cls, parser: AttrParser) -> Pairs:
        return parse_padding(parser).data

    def print_parameter(self, printer: Printer) -> None:
        printer.print_string(str(self))

    def __str__(self) -> str:
        pairs = (f"<const_pad_before = {before}, const_pad_after = {after}>" for before, after in self.data)
        return "[" + ", ".join(pairs) + "]"


class _FifoType(ParametrizedAttribute, TypeAttribute):
    element: MemRefType

    @classmethod
    def parse_parameters(cls, parser: AttrParser) -> list[Attribute]:
        with parser.in_angle_brackets():
            element = parser.parse_type()
        if not isinstance(element, MemRefType):
            parser.raise_error("the objects of an object fifo must be memrefs")
        return [element]

    def print_parameters(self, printer: Printer) -> None:
        with printer.in_angle_brackets():
            printer.print_attribute(self.element)


@irdl_attr_definition
class ObjectFifoType(_FifoType):
    """`!aie.objectfifo<memref<800xi8>>`."""

    name = "aie.objectfifo"


@irdl_attr_definition
class ObjectFifoSubviewType(_FifoType):
    """`!aie.objectfifosubview<memref<800xi8>>`: the objects that a core holds."""

    name = "aie.objectfifosubview"
