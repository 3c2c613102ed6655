"""`dma_memcpy_nd` and `dma_wait`: transfers between the buffers of the host and the array (npu-facts.md, section 2.5)."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from xdsl.dialects.builtin import (
    DYNAMIC_INDEX,
    DenseArrayBase,
    IntegerAttr,
    IntegerType,
    SymbolRefAttr,
    i64,
)
from xdsl.ir import Attribute, OpResult, SSAValue
from xdsl.irdl import (
    AttrSizedOperandSegments,
    irdl_op_definition,
    operand_def,
    var_operand_def,
)
from xdsl.parser import Parser
from xdsl.printer import Printer
from xdsl.utils.exceptions import VerifyException

from npubuild.mlir.dialect.attributes import parse_packet_info
from npubuild.mlir.dialect.fields import flag, integer, integer_or, optional_packet, symbol
from npubuild.mlir.dialect.fields import i64 as i64_attribute
from npubuild.mlir.dialect.operation import (
    AieOperation,
    merge,
    next_is,
    parse_dictionary,
    parse_value,
)

Four = tuple[int, int, int, int]
Index = int | SSAValue
"""An entry of an offset, size or stride list: a number, or an SSA value that must be an `arith.constant`."""


_LISTS = ("offsets", "sizes", "strides")
_IN_SYNTAX = ("operandSegmentSizes", "packet", "static_offsets", "static_sizes", "static_strides")


def constant_value(value: SSAValue) -> int | None:
    """The integer behind the result of an `arith.constant`, None for any other value."""
    if not (isinstance(value, OpResult) and value.op.name == "arith.constant"):
        return None
    constant = value.op.get_attr_or_prop("value")
    return constant.value.data if isinstance(constant, IntegerAttr) else None


@irdl_op_definition
class NpuDmaMemcpyNdOp(AieOperation):
    """One transfer by a shim DMA, configured and started at once.

    `aiex.npu.dma_memcpy_nd(%a[0, 0, 0, 0][1, 1, 1, 640][0, 0, 0, 1]) {id = 4 : i64, metadata = @w} : memref<800xi8>`:
    offsets, sizes, strides in elements, four each, outermost first; each entry is a number or an SSA constant.
    """

    name = "aiex.npu.dma_memcpy_nd"
    memref = operand_def()
    dynamic_offsets = var_operand_def()
    dynamic_sizes = var_operand_def()
    dynamic_strides = var_operand_def()
    irdl_options = (AttrSizedOperandSegments(as_property=False),)

    metadata = symbol()
    id = integer()
    issue_token = flag()
    burst = integer_or(0, "burst_length")
    packet = optional_packet()
    d0_zero_before = integer_or(0)
    d0_zero_after = integer_or(0)
    d1_zero_before = integer_or(0)
    d1_zero_after = integer_or(0)
    d2_zero_before = integer_or(0)
    d2_zero_after = integer_or(0)

    def __init__(  # noqa: PLR0917  # the order of the textual form
        self,
        memref: SSAValue,
        offsets: Sequence[Index],
        sizes: Sequence[Index],
        strides: Sequence[Index],
        metadata: str,
        id: int,  # noqa: A002  # the attribute's own name
        issue_token: bool = False,
        attributes: dict[str, Attribute] | None = None,
    ) -> None:
        given: dict[str, Attribute] = {"metadata": SymbolRefAttr(metadata), "id": i64_attribute(id)}
        if issue_token:
            given["issue_token"] = IntegerAttr.from_bool(True)
        operands: list[Sequence[SSAValue]] = [[memref]]
        for name, entries in zip(_LISTS, (offsets, sizes, strides), strict=True):
            given[f"static_{name}"] = _static(entries)
            operands.append([entry for entry in entries if isinstance(entry, SSAValue)])
        super().__init__(operands=operands, attributes=given | (attributes or {}))

    def mixed(self, name: str) -> tuple[Index, ...]:
        """The entries of the list `offsets`, `sizes` or `strides` as they are written."""
        static = self.attributes[f"static_{name}"]
        assert isinstance(static, DenseArrayBase)
        dynamic = iter(getattr(self, f"dynamic_{name}"))
        return tuple(next(dynamic) if value == DYNAMIC_INDEX else int(value) for value in static.get_values())

    def _constants(self, name: str) -> Four:
        values = [entry if isinstance(entry, int) else constant_value(entry) for entry in self.mixed(name)]
        known = [value for value in values if value is not None]
        if len(known) != 4:
            raise VerifyException(f"the {name} of `{self.name}` must be four constants")
        return (known[0], known[1], known[2], known[3])

    @property
    def offsets(self) -> Four:
        return self._constants("offsets")

    @property
    def sizes(self) -> Four:
        return self._constants("sizes")

    @property
    def strides(self) -> Four:
        return self._constants("strides")

    @property
    def zero_padding(self) -> tuple[int, ...]:
        """(d0 before, d0 after, d1 before, d1 after, d2 before, d2 after) in elements."""
        return (
            self.d0_zero_before,
            self.d0_zero_after,
            self.d1_zero_before,
            self.d1_zero_after,
            self.d2_zero_before,
            self.d2_zero_after,
        )

    @classmethod
    def parse(cls, parser: Parser) -> NpuDmaMemcpyNdOp:
        attributes: dict[str, Attribute] = {}
        with parser.in_parens():
            _skip_coordinates(parser)
            buffer = parser.parse_unresolved_operand("expected a host buffer (an SSA value)")
            lists = [_parse_indices(parser) for _ in _LISTS]
            if parser.parse_optional_punctuation(","):
                parser.parse_keyword("packet")
                parser.parse_punctuation("=")
                attributes["packet"] = parse_packet_info(parser)
        attributes = merge(parser, attributes, parse_dictionary(parser))
        parser.parse_punctuation(":")
        operands: list[SSAValue] = [parser.resolve_operand(buffer, parser.parse_type())]
        segments = [1]
        for name, entries in zip(_LISTS, lists, strict=True):
            attributes[f"static_{name}"] = _static(entries)
            dynamic = [entry for entry in entries if isinstance(entry, SSAValue)]
            operands += dynamic
            segments.append(len(dynamic))
        attributes["operandSegmentSizes"] = DenseArrayBase.from_list(IntegerType(32), segments)
        return cls.create(operands=operands, attributes=attributes)

    def print(self, printer: Printer) -> None:
        with printer.in_parens():
            printer.print_ssa_value(self.memref)
            for name in _LISTS:
                with printer.in_square_brackets():
                    printer.print_list(self.mixed(name), _index_printer(printer))
            if self.packet is not None:
                printer.print_string(f", packet = <pkt_type = {self.packet.type}, pkt_id = {self.packet.id}>")
        self.print_dictionary(printer, hidden=_IN_SYNTAX)
        printer.print_string(" : ")
        printer.print_attribute(self.memref.type)


def _static(entries: Sequence[Index]) -> DenseArrayBase:
    return DenseArrayBase.from_list(i64, [entry if isinstance(entry, int) else DYNAMIC_INDEX for entry in entries])


def _skip_coordinates(parser: Parser) -> None:
    """The column and row in front of the buffer, `(0, 0, %a[..`, that were written until late 2024 and said nothing."""
    for _ in range(2):
        position = parser.pos
        coordinate = parser.parse_optional_integer(allow_boolean=False)
        if coordinate is None:
            return
        if coordinate != 0:
            parser.raise_error("expected 0, 0 or nothing in front of the host buffer", position, parser.pos)
        parser.parse_punctuation(",")


def _parse_indices(parser: Parser) -> list[Index]:
    """`[0, 0, %c2, 0]`: exactly four."""
    position = parser.pos
    entries = parser.parse_comma_separated_list(parser.Delimiter.SQUARE, lambda: _parse_index(parser))
    if len(entries) != 4:
        parser.raise_error(f"expected four entries, outermost first, not {len(entries)}", position, parser.pos)
    return entries


def _parse_index(parser: Parser) -> Index:
    if next_is(parser, "%"):
        return parse_value(parser)
    position = parser.pos
    number = parser.parse_integer(allow_boolean=False)
    if not DYNAMIC_INDEX < number < -DYNAMIC_INDEX:
        parser.raise_error(f"{number} is no 64-bit integer", position, parser.pos)
    return number


def _index_printer(printer: Printer) -> Callable[[Index], None]:
    def print_index(entry: Index) -> None:
        if isinstance(entry, int):
            printer.print_string(str(entry))
        else:
            printer.print_ssa_value(entry)

    return print_index


@irdl_op_definition
class NpuDmaWaitOp(AieOperation):
    """`aiex.npu.dma_wait {symbol = @res}`: wait for one token of the allocation's channel."""

    name = "aiex.npu.dma_wait"

    symbol = symbol("symbol")

    def __init__(self, name: str) -> None:
        super().__init__(attributes={"symbol": SymbolRefAttr(name)})

    @classmethod
    def parse(cls, parser: Parser) -> NpuDmaWaitOp:
        return cls.create(attributes=parse_dictionary(parser))

    def print(self, printer: Printer) -> None:
        self.print_dictionary(printer)
