"""Object fifos: queues of memrefs between tiles (npu-facts.md, sections 2.4 and 5)."""

from __future__ import annotations

from collections.abc import Sequence

from xdsl.dialects.builtin import (
    ArrayAttr,
    DenseIntOrFPElementsAttr,
    IndexType,
    IntegerAttr,
    MemRefType,
    SymbolRefAttr,
)
from xdsl.ir import Attribute, SSAValue
from xdsl.irdl import irdl_op_definition, operand_def, var_operand_def
from xdsl.parser import Parser
from xdsl.printer import Printer

from npubuild.hardware.devices import Tile
from npubuild.mlir.dialect.attributes import (
    DimensionsAttr,
    ObjectFifoType,
    Pairs,
    parse_dimensions,
)
from npubuild.mlir.dialect.dense import parse_initial_value, print_initial_value
from npubuild.mlir.dialect.fields import Field, flag, i32, optional_integer, read_dimensions, read_padding, symbol
from npubuild.mlir.dialect.operation import (
    AieOperation,
    merge,
    parse_dictionary,
    parse_symbol,
    parse_tile,
    tile_of,
)


def _dimension_lists(attribute: Attribute) -> tuple[Pairs, ...] | None:
    if not isinstance(attribute, ArrayAttr):
        return None
    found = [read_dimensions(entry) for entry in attribute.data]
    return tuple(entry for entry in found if entry is not None) if None not in found else None


def _depths(attribute: Attribute) -> tuple[int, ...] | None:
    entries = attribute.data if isinstance(attribute, ArrayAttr) else (attribute,)
    found = [entry.value.data for entry in entries if isinstance(entry, IntegerAttr)]
    return tuple(found) if len(found) == len(entries) else None


def _type(attribute: Attribute) -> ObjectFifoType | None:
    return attribute if isinstance(attribute, ObjectFifoType) else None


def _initial(attribute: Attribute) -> tuple[DenseIntOrFPElementsAttr, ...] | None:
    if not isinstance(attribute, ArrayAttr):
        return None
    found = [entry for entry in attribute.data if isinstance(entry, DenseIntOrFPElementsAttr)]
    return tuple(found) if len(found) == len(attribute.data) else None


_NO_DIMENSIONS: Pairs = ()
_FIFO_SYNTAX = (
    "sym_name",
    "elemNumber",
    "elemType",
    "dimensionsToStream",
    "dimensionsFromStreamPerConsumer",
    "initValues",
)
_LINK_SYNTAX = ("fifoIns", "fifoOuts", "src_offsets", "dst_offsets")


ALLOCATION_SUFFIX = "_shim_alloc"
"""Behind a fifo's name: the allocation that the compiler makes for its end on a shim tile (npu-facts.md, 5.5)."""


@irdl_op_definition
class ObjectFifoOp(AieOperation):
    """`aie.objectfifo @w(%p dimensionsToStream [..], {%c, %d}, [2, 3, 2]) {via_DMA = true} : !aie.objectfifo<memref<..>>`.

    The depth is one number, or one for the producer and one for each consumer.
    """

    name = "aie.objectfifo"
    producer_tile = operand_def(IndexType)
    consumer_tiles = var_operand_def(IndexType)

    symbol = symbol("sym_name")
    depths: Field[tuple[int, ...]] = Field("a number or a list of numbers", _depths, "elemNumber", required=True)
    type: Field[ObjectFifoType] = Field("!aie.objectfifo<..>", _type, "elemType", required=True)
    dims_to: Field[Pairs] = Field("[<size = ..>]", read_dimensions, "dimensionsToStream", _NO_DIMENSIONS)
    given_dims_from: Field[tuple[Pairs, ...]] = Field(
        "a list of dimensions per consumer", _dimension_lists, "dimensionsFromStreamPerConsumer", ()
    )
    initial: Field[tuple[DenseIntOrFPElementsAttr, ...] | None] = Field("[dense<..>, ..]", _initial, "initValues")
    padding: Field[Pairs | None] = Field("[<const_pad_before = ..>]", read_padding, "padDimensions")

    via_DMA = flag()  # noqa: N815  # the attribute's own name
    plio = flag()
    disable_synchronization = flag()
    repeat_count = optional_integer()
    iter_count = optional_integer()
    aie_stream = optional_integer()
    aie_stream_port = optional_integer()

    @property
    def producer(self) -> Tile:
        return tile_of(self.producer_tile)

    @property
    def consumers(self) -> tuple[Tile, ...]:
        return tuple(tile_of(tile) for tile in self.consumer_tiles)

    @property
    def has_depth_array(self) -> bool:
        return isinstance(self.attributes["elemNumber"], ArrayAttr)

    @property
    def element(self) -> MemRefType:
        return self.type.element

    @property
    def dims_from(self) -> tuple[Pairs, ...]:
        """The dimensions of each consumer, empty where it has none."""
        return self.given_dims_from or (_NO_DIMENSIONS,) * len(self.consumer_tiles)

    @classmethod
    def parse(cls, parser: Parser) -> ObjectFifoOp:
        attributes: dict[str, Attribute] = {"sym_name": parser.parse_symbol_name()}
        with parser.in_parens():
            producer, dims_to = _parse_end(parser, "dimensionsToStream")
            parser.parse_punctuation(",")
            ends = parser.parse_comma_separated_list(
                parser.Delimiter.BRACES, lambda: _parse_end(parser, "dimensionsFromStream")
            )
            parser.parse_punctuation(",")
            attributes["elemNumber"] = _parse_depth(parser)
        if dims_to is not None:
            attributes["dimensionsToStream"] = dims_to
        if any(dims is not None and dims.data for _, dims in ends):
            every = [dims if dims is not None else DimensionsAttr(_NO_DIMENSIONS) for _, dims in ends]
            attributes["dimensionsFromStreamPerConsumer"] = ArrayAttr(every)
        dictionary = parse_dictionary(parser)
        parser.parse_punctuation(":")
        attributes["elemType"] = fifo = _parse_fifo_type(parser)
        if parser.parse_optional_punctuation("="):
            values = parser.parse_comma_separated_list(
                parser.Delimiter.SQUARE, lambda: parse_initial_value(parser, fifo.element)
            )
            attributes["initValues"] = ArrayAttr(values)
        operands = [producer, *(tile for tile, _ in ends)]
        return cls.create(operands=operands, attributes=merge(parser, attributes, dictionary))

    def print(self, printer: Printer) -> None:
        printer.print_string(" ")
        printer.print_symbol_name(self.symbol)
        with printer.in_parens():
            _print_end(printer, self.producer_tile, "dimensionsToStream", self.dims_to)
            printer.print_string(", ")
            with printer.in_braces():
                printer.print_list(
                    zip(self.consumer_tiles, self.dims_from, strict=False),
                    lambda end: _print_end(printer, end[0], "dimensionsFromStream", end[1]),
                )
            printer.print_string(", ")
            printer.print_attribute(self.attributes["elemNumber"])
        self.print_dictionary(printer, hidden=_FIFO_SYNTAX)
        printer.print_string(" : ")
        printer.print_attribute(self.type)
        printer.print_string(" ")
        if self.initial is not None:
            printer.print_string("= ")
            with printer.in_square_brackets():
                printer.print_list(self.initial, lambda value: _print_typed(printer, value, self.element))


def _print_typed(printer: Printer, value: Attribute, memref: MemRefType) -> None:
    print_initial_value(printer, value)
    printer.print_string(" : ")
    printer.print_attribute(memref)


_OLD_KEYWORDS = {"dimensionsToStream": "toStream", "dimensionsFromStream": "fromStream"}


def _parse_end(parser: Parser, keyword: str) -> tuple[SSAValue, DimensionsAttr | None]:
    """`%tile` or `%tile dimensionsToStream [..]`; until November 2024 the keywords were `toStream` and `fromStream`."""
    tile = parse_tile(parser)
    if parser.parse_optional_keyword_in((keyword, _OLD_KEYWORDS[keyword])) is None:
        return tile, None
    return tile, parse_dimensions(parser)


def _print_end(printer: Printer, tile: SSAValue, keyword: str, dims: Pairs) -> None:
    printer.print_ssa_value(tile)
    if dims:
        printer.print_string(f" {keyword} {DimensionsAttr(dims)}")


def _parse_depth(parser: Parser) -> Attribute:
    position = parser.pos
    depth = parser.parse_attribute()
    if _depths(depth) is None:
        parser.raise_error("expected the depth: a number, or a list of numbers", position, parser.pos)
    return depth


def _parse_fifo_type(parser: Parser) -> ObjectFifoType:
    position = parser.pos
    fifo = parser.parse_type()
    if not isinstance(fifo, ObjectFifoType):
        parser.raise_error("expected the type of the fifo: !aie.objectfifo<memref<..>>", position, parser.pos)
    return fifo


# Links ---------------------------------------------------------------------------------------------------------------


def _symbols(attribute: Attribute) -> tuple[str, ...] | None:
    if not isinstance(attribute, ArrayAttr):
        return None
    found = [entry.root_reference.data for entry in attribute.data if isinstance(entry, SymbolRefAttr)]
    return tuple(found) if len(found) == len(attribute.data) else None


def _integers(attribute: Attribute) -> tuple[int, ...] | None:
    return _depths(attribute) if isinstance(attribute, ArrayAttr) else None


@irdl_op_definition
class ObjectFifoLinkOp(AieOperation):
    """`aie.objectfifo.link [@in] -> [@x, @y]([] [0, 640])`: forward, distribute or join without a core.

    Offsets are in elements of the object on the single side.
    """

    name = "aie.objectfifo.link"

    inputs: Field[tuple[str, ...]] = Field("a list of symbols", _symbols, "fifoIns", required=True)
    outputs: Field[tuple[str, ...]] = Field("a list of symbols", _symbols, "fifoOuts", required=True)
    src_offsets: Field[tuple[int, ...]] = Field("a list of numbers", _integers, "src_offsets", ())
    dst_offsets: Field[tuple[int, ...]] = Field("a list of numbers", _integers, "dst_offsets", ())

    @classmethod
    def parse(cls, parser: Parser) -> ObjectFifoLinkOp:
        square = parser.Delimiter.SQUARE
        inputs = parser.parse_comma_separated_list(square, lambda: parse_symbol(parser))
        parser.parse_punctuation("->")
        outputs = parser.parse_comma_separated_list(square, lambda: parse_symbol(parser))
        offsets: list[list[int]] = []
        with parser.in_parens():
            while (found := parser.parse_optional_comma_separated_list(square, parser.parse_integer)) is not None:
                offsets.append(found)
        if len(offsets) not in (0, 2):
            parser.raise_error("expected two lists of offsets: ([inputs] [outputs])")
        src, dst = offsets or ([], [])
        attributes: dict[str, Attribute] = {
            "fifoIns": ArrayAttr(inputs),
            "fifoOuts": ArrayAttr(outputs),
            "src_offsets": ArrayAttr(map(i32, src)),
            "dst_offsets": ArrayAttr(map(i32, dst)),
        }
        return cls.create(attributes=merge(parser, attributes, parse_dictionary(parser)))

    def print(self, printer: Printer) -> None:
        printer.print_string(" ")
        _print_symbols(printer, self.inputs)
        printer.print_string(" -> ")
        _print_symbols(printer, self.outputs)
        printer.print_string(f"({list(self.src_offsets)} {list(self.dst_offsets)})")
        self.print_dictionary(printer, hidden=_LINK_SYNTAX)


def _print_symbols(printer: Printer, symbols: Sequence[str]) -> None:
    with printer.in_square_brackets():
        printer.print_list(symbols, printer.print_symbol_name)


@irdl_op_definition
class ObjectFifoAllocateOp(AieOperation):
    """`aie.objectfifo.allocate @p(%tile)`: put the objects of a shared-memory fifo in this tile's memory."""

    name = "aie.objectfifo.allocate"
    tile_value = operand_def(IndexType)

    fifo = symbol("objFifo_name")

    @property
    def tile(self) -> Tile:
        return tile_of(self.tile_value)

    @classmethod
    def parse(cls, parser: Parser) -> ObjectFifoAllocateOp:
        name = parse_symbol(parser)
        with parser.in_parens():
            tile = parse_tile(parser)
        return cls.create(operands=[tile], attributes=merge(parser, {"objFifo_name": name}, parse_dictionary(parser)))

    def print(self, printer: Printer) -> None:
        printer.print_string(" ")
        printer.print_symbol_name(self.fifo)
        printer.print_operands(self.operands)
        self.print_dictionary(printer, hidden=("objFifo_name",))


@irdl_op_definition
class ObjectFifoRegisterExternalBuffersOp(AieOperation):
    """`aie.objectfifo.register_external_buffers @f(%shim, {%e}) : (memref<64xi32>)`: host memory as a fifo's objects."""

    name = "aie.objectfifo.register_external_buffers"
    tile_value = operand_def(IndexType)
    buffers = var_operand_def(MemRefType)

    fifo = symbol("objFifo_name")

    @property
    def tile(self) -> Tile:
        return tile_of(self.tile_value)

    @classmethod
    def parse(cls, parser: Parser) -> ObjectFifoRegisterExternalBuffersOp:
        name = parse_symbol(parser)
        with parser.in_parens():
            tile = parse_tile(parser)
            parser.parse_punctuation(",")
            position = parser.pos
            buffers = parser.parse_comma_separated_list(parser.Delimiter.BRACES, parser.parse_unresolved_operand)
        dictionary = parse_dictionary(parser)
        parser.parse_punctuation(":")
        types = parser.parse_comma_separated_list(parser.Delimiter.PAREN, parser.parse_type)
        operands = [tile, *parser.resolve_operands(buffers, types, position)]
        return cls.create(operands=operands, attributes=merge(parser, {"objFifo_name": name}, dictionary))

    def print(self, printer: Printer) -> None:
        printer.print_string(" ")
        printer.print_symbol_name(self.fifo)
        with printer.in_parens():
            printer.print_ssa_value(self.tile_value)
            printer.print_string(", ")
            with printer.in_braces():
                printer.print_list(self.buffers, printer.print_ssa_value)
        self.print_dictionary(printer, hidden=("objFifo_name",))
        printer.print_string(" : ")
        with printer.in_parens():
            printer.print_list([buffer.type for buffer in self.buffers], printer.print_attribute)
