"""Stream switches: what connects the ports of a tile (npu-facts.md, section 2.3)."""

from __future__ import annotations

from xdsl.dialects.builtin import IndexType
from xdsl.ir import Attribute, Operation, SSAValue
from xdsl.irdl import irdl_op_definition, operand_def, region_def, result_def, traits_def, var_operand_def
from xdsl.parser import Parser
from xdsl.printer import Printer
from xdsl.traits import NoTerminator

from npubuild.mlir.dialect.attributes import BUNDLES
from npubuild.mlir.dialect.fields import integer, keyword, optional_flag
from npubuild.mlir.dialect.operation import (
    AieOperation,
    TileRegionOp,
    merge,
    parse_body,
    parse_dictionary,
    parse_keyword,
    parse_number,
    parse_port,
    parse_tile,
    parse_value,
)


class _SwitchOp(TileRegionOp):
    """`%s = aie.switchbox(%tile) { connections }`."""

    body = region_def("single_block")
    traits = traits_def(NoTerminator())

    def ops_of(self, cls: type[Operation]) -> list[Operation]:
        return [op for op in self.body.block.ops if isinstance(op, cls)]

    @classmethod
    def parse(cls, parser: Parser) -> _SwitchOp:
        with parser.in_parens():
            tile = parse_tile(parser)
        body = parse_body(parser, terminator="aie.end")
        attributes = parse_dictionary(parser)
        return cls.create(operands=[tile], attributes=attributes, regions=[body], result_types=[IndexType()])


@irdl_op_definition
class SwitchboxOp(_SwitchOp):
    """The stream switch of a tile."""

    name = "aie.switchbox"


@irdl_op_definition
class ShimMuxOp(_SwitchOp):
    """What connects a shim tile's DMA to its stream switch."""

    name = "aie.shim_mux"


@irdl_op_definition
class ConnectOp(AieOperation):
    """`aie.connect<South : 3, North : 1>`."""

    name = "aie.connect"

    source_bundle = keyword(BUNDLES)
    source_channel = integer()
    dest_bundle = keyword(BUNDLES)
    dest_channel = integer()

    @property
    def source(self) -> tuple[str, int]:
        return self.source_bundle, self.source_channel

    @property
    def destination(self) -> tuple[str, int]:
        return self.dest_bundle, self.dest_channel

    @classmethod
    def parse(cls, parser: Parser) -> ConnectOp:
        with parser.in_angle_brackets():
            source_bundle, source_channel = parse_port(parser)
            parser.parse_punctuation(",")
            dest_bundle, dest_channel = parse_port(parser)
        ports: dict[str, Attribute] = {
            "source_bundle": source_bundle,
            "source_channel": source_channel,
            "dest_bundle": dest_bundle,
            "dest_channel": dest_channel,
        }
        return cls.create(attributes=merge(parser, ports, parse_dictionary(parser)))

    def print(self, printer: Printer) -> None:
        source, dest = f"{self.source_bundle} : {self.source_channel}", f"{self.dest_bundle} : {self.dest_channel}"
        printer.print_string(f"<{source}, {dest}>")
        self.print_dictionary(printer, hidden=("source_bundle", "source_channel", "dest_bundle", "dest_channel"))


@irdl_op_definition
class AmselOp(AieOperation):
    """`%0 = aie.amsel<5> (3)`: an arbiter and one of its master selects."""

    name = "aie.amsel"
    result = result_def(IndexType)

    arbiter = integer("arbiterID")
    select = integer("msel")

    @classmethod
    def parse(cls, parser: Parser) -> AmselOp:
        with parser.in_angle_brackets():
            arbiter = parse_number(parser, "arbiter")
        with parser.in_parens():
            select = parse_number(parser, "master select")
        attributes = merge(parser, {"arbiterID": arbiter, "msel": select}, parse_dictionary(parser))
        return cls.create(attributes=attributes, result_types=[IndexType()])

    def print(self, printer: Printer) -> None:
        printer.print_string(f"<{self.arbiter}> ({self.select})")
        self.print_dictionary(printer, hidden=("arbiterID", "msel"))


@irdl_op_definition
class MastersetOp(AieOperation):
    """`%1 = aie.masterset(South : 0, %0) {keep_pkt_header = true}`: the port that takes what the selects let through."""

    name = "aie.masterset"
    selects = var_operand_def(IndexType)
    result = result_def(IndexType)

    bundle = keyword(BUNDLES, "dest_bundle")
    channel = integer("dest_channel")
    keeps_header = optional_flag("keep_pkt_header")

    @classmethod
    def parse(cls, parser: Parser) -> MastersetOp:
        selects: list[SSAValue] = []
        with parser.in_parens():
            bundle, channel = parse_port(parser)
            while parser.parse_optional_punctuation(","):
                selects.append(parse_value(parser))
        attributes = merge(parser, {"dest_bundle": bundle, "dest_channel": channel}, parse_dictionary(parser))
        return cls.create(operands=selects, attributes=attributes, result_types=[IndexType()])

    def print(self, printer: Printer) -> None:
        with printer.in_parens():
            printer.print_string(f"{self.bundle} : {self.channel}")
            for select in self.selects:
                printer.print_string(", ")
                printer.print_ssa_value(select)
        self.print_dictionary(printer, hidden=("dest_bundle", "dest_channel"))


@irdl_op_definition
class PacketRulesOp(AieOperation):
    """`aie.packet_rules(TileControl : 0) { rules }`: which packets of one port go to which arbiter."""

    name = "aie.packet_rules"
    body = region_def("single_block")
    traits = traits_def(NoTerminator())

    bundle = keyword(BUNDLES, "source_bundle")
    channel = integer("source_channel")

    @classmethod
    def parse(cls, parser: Parser) -> PacketRulesOp:
        with parser.in_parens():
            bundle, channel = parse_port(parser)
        body = parse_body(parser, terminator="aie.end")
        attributes = merge(parser, {"source_bundle": bundle, "source_channel": channel}, parse_dictionary(parser))
        return cls.create(attributes=attributes, regions=[body])

    def print(self, printer: Printer) -> None:
        printer.print_string(f"({self.bundle} : {self.channel}) ")
        printer.print_region(self.body, print_empty_block=False)
        self.print_dictionary(printer, hidden=("source_bundle", "source_channel"))


@irdl_op_definition
class RuleOp(AieOperation):
    """`aie.rule(31, 15, %0)`: packets whose id, masked, has this value go to the select `%0`."""

    name = "aie.rule"
    select = operand_def(IndexType)

    mask = integer()
    value = integer()

    @classmethod
    def parse(cls, parser: Parser) -> RuleOp:
        with parser.in_parens():
            mask = parse_number(parser, "mask")
            parser.parse_punctuation(",")
            value = parse_number(parser, "value")
            parser.parse_punctuation(",")
            select = parse_value(parser)
        attributes = merge(parser, {"mask": mask, "value": value}, parse_dictionary(parser))
        return cls.create(operands=[select], attributes=attributes)

    def print(self, printer: Printer) -> None:
        with printer.in_parens():
            printer.print_string(f"{self.mask}, {self.value}, ")
            printer.print_ssa_value(self.select)
        self.print_dictionary(printer, hidden=("mask", "value"))


@irdl_op_definition
class WireOp(AieOperation):
    """`aie.wire(%a : North, %b : South)`: how tiles and switches are connected; follows from the device."""

    name = "aie.wire"
    source = operand_def(IndexType)
    dest = operand_def(IndexType)

    source_bundle = keyword(BUNDLES)
    dest_bundle = keyword(BUNDLES)

    @classmethod
    def parse(cls, parser: Parser) -> WireOp:
        with parser.in_parens():
            source = parse_value(parser)
            parser.parse_punctuation(":")
            source_bundle = parse_keyword(parser, BUNDLES, "a port bundle")
            parser.parse_punctuation(",")
            dest = parse_value(parser)
            parser.parse_punctuation(":")
            dest_bundle = parse_keyword(parser, BUNDLES, "a port bundle")
        bundles: dict[str, Attribute] = {"source_bundle": source_bundle, "dest_bundle": dest_bundle}
        return cls.create(operands=[source, dest], attributes=merge(parser, bundles, parse_dictionary(parser)))

    def print(self, printer: Printer) -> None:
        with printer.in_parens():
            printer.print_ssa_value(self.source)
            printer.print_string(f" : {self.source_bundle}, ")
            printer.print_ssa_value(self.dest)
            printer.print_string(f" : {self.dest_bundle}")
        self.print_dictionary(printer, hidden=("source_bundle", "dest_bundle"))
