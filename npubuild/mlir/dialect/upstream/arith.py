"""`arith`: the operations that xDSL lacks, and those that it has for single numbers only, for vectors as well."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from xdsl.dialects import arith
from xdsl.dialects.builtin import AnyFloat, IndexType, IntegerAttr, IntegerType, VectorType, i1, i64
from xdsl.ir import Attribute
from xdsl.irdl import (
    IRDLOperation,
    irdl_op_definition,
    operand_def,
    opt_prop_def,
    prop_def,
    result_def,
    traits_def,
)
from xdsl.parser import Parser
from xdsl.printer import Printer
from xdsl.traits import Pure
from xdsl.utils.exceptions import VerifyException

from npubuild.mlir.dialect.upstream import extended


def _element(type_: Attribute) -> Attribute:
    return type_.element_type if isinstance(type_, VectorType) else type_


def _shape(type_: Attribute) -> tuple[int, ...] | None:
    """The shape of a vector; None for a single number."""
    return type_.get_shape() if isinstance(type_, VectorType) else None


def _width(type_: Attribute) -> int:
    element = _element(type_)
    return element.width.data if isinstance(element, IntegerType) else 0


# Casts ---------------------------------------------------------------------------------------------------------------


class _CastOp(IRDLOperation):
    """`%b = arith.extsi %a : i8 to i32`, or of vectors of one shape."""

    input = operand_def()
    result = result_def()
    traits = traits_def(Pure())
    assembly_format = "$input attr-dict `:` type($input) `to` type($result)"

    def verify_(self) -> None:
        given, made = self.input.type, self.result.type
        if _shape(given) != _shape(made) or not self.fits(given, made):
            raise VerifyException(f"cannot cast {given} to {made}")

    @classmethod
    def fits(cls, given: Attribute, made: Attribute) -> bool:
        """Whether the elements are of the kinds that this operation casts between."""
        raise NotImplementedError


class _WideningOp(_CastOp):
    @classmethod
    def fits(cls, given: Attribute, made: Attribute) -> bool:
        return 0 < _width(given) < _width(made)


class _ToFloatOp(_CastOp):
    @classmethod
    def fits(cls, given: Attribute, made: Attribute) -> bool:
        return _width(given) > 0 and isinstance(_element(made), AnyFloat)


class _ToIntegerOp(_CastOp):
    @classmethod
    def fits(cls, given: Attribute, made: Attribute) -> bool:
        return isinstance(_element(given), AnyFloat) and _width(made) > 0


class _IndexCastOp(_CastOp):
    @classmethod
    def fits(cls, given: Attribute, made: Attribute) -> bool:
        indices = [isinstance(_element(type_), IndexType) for type_ in (given, made)]
        return sum(indices) == 1 and max(_width(given), _width(made)) > 0


@irdl_op_definition
class ExtSIOp(_WideningOp):
    """`arith.extsi`: with copies of the sign."""

    name = "arith.extsi"


@irdl_op_definition
class ExtUIOp(_WideningOp):
    """`arith.extui`: with zeros."""

    name = "arith.extui"


@irdl_op_definition
class TruncIOp(_CastOp):
    """`arith.trunci`: the low bits."""

    name = "arith.trunci"

    @classmethod
    def fits(cls, given: Attribute, made: Attribute) -> bool:
        return 0 < _width(made) < _width(given)


@irdl_op_definition
class SIToFPOp(_ToFloatOp):
    """`arith.sitofp`: from a signed integer."""

    name = "arith.sitofp"


@irdl_op_definition
class UIToFPOp(_ToFloatOp):
    """`arith.uitofp`: from an unsigned integer."""

    name = "arith.uitofp"


@irdl_op_definition
class FPToSIOp(_ToIntegerOp):
    """`arith.fptosi`: to a signed integer, towards zero."""

    name = "arith.fptosi"


@irdl_op_definition
class FPToUIOp(_ToIntegerOp):
    """`arith.fptoui`: to an unsigned integer, towards zero."""

    name = "arith.fptoui"


@irdl_op_definition
class IndexCastOp(_IndexCastOp):
    """`arith.index_cast`: between an integer and an index, with sign extension."""

    name = "arith.index_cast"


@irdl_op_definition
class IndexCastUIOp(_IndexCastOp):
    """`arith.index_castui %a : i32 to index`: without sign extension."""

    name = "arith.index_castui"


# Comparisons and choices ---------------------------------------------------------------------------------------------


def _truth(type_: Attribute) -> Attribute:
    """The type of a comparison's result: i1, or a vector of them."""
    return VectorType(i1, type_.get_shape()) if isinstance(type_, VectorType) else i1


class _CompareOp(IRDLOperation):
    """`%c = arith.cmpi slt, %a, %b : vector<4xi32>`."""

    predicate = prop_def(IntegerAttr)
    lhs = operand_def()
    rhs = operand_def()
    result = result_def()
    traits = traits_def(Pure())

    PREDICATES: ClassVar[Sequence[str]]
    """The predicates by number."""

    @classmethod
    def parse(cls, parser: Parser) -> _CompareOp:
        position = parser.pos
        predicate = parser.parse_identifier()
        if predicate not in cls.PREDICATES:
            parser.raise_error(f"expected a predicate: {', '.join(cls.PREDICATES)}", position, parser.pos)
        parser.parse_punctuation(",")
        left = parser.parse_unresolved_operand()
        parser.parse_punctuation(",")
        right = parser.parse_unresolved_operand()
        properties: dict[str, Attribute] = {"predicate": IntegerAttr(cls.PREDICATES.index(predicate), i64)}
        if parser.parse_optional_keyword("fastmath"):
            properties["fastmath"] = arith.FastMathFlagsAttr(arith.FastMathFlagsAttr.parse_parameter(parser))
        attributes = parser.parse_optional_attr_dict()
        parser.parse_punctuation(":")
        type_ = parser.parse_type()
        operands = parser.resolve_operands([left, right], [type_, type_], parser.pos)
        return cls.create(operands=operands, result_types=[_truth(type_)], properties=properties, attributes=attributes)

    def print(self, printer: Printer) -> None:
        printer.print_string(f" {self.PREDICATES[self.predicate.value.data]}, ")
        printer.print_list(self.operands, printer.print_ssa_value)
        fastmath = self.properties.get("fastmath")
        if isinstance(fastmath, arith.FastMathFlagsAttr) and fastmath.data:
            printer.print_string(" fastmath")
            fastmath.print_parameter(printer)
        printer.print_op_attributes(self.attributes)
        printer.print_string(" : ")
        printer.print_attribute(self.lhs.type)

    def verify_(self) -> None:
        if self.lhs.type != self.rhs.type or self.result.type != _truth(self.lhs.type):
            raise VerifyException(f"two values of one type are compared, giving {_truth(self.lhs.type)}")
        if not 0 <= self.predicate.value.data < len(self.PREDICATES):
            raise VerifyException(f"no predicate has the number {self.predicate.value.data}")


@irdl_op_definition
class CmpiOp(_CompareOp):
    """`arith.cmpi`: integers and indices."""

    name = "arith.cmpi"
    PREDICATES: ClassVar[Sequence[str]] = arith.CMPI_COMPARISON_OPERATIONS

    def verify_(self) -> None:
        super().verify_()
        if not isinstance(_element(self.lhs.type), IntegerType | IndexType):
            raise VerifyException(f"cannot compare {self.lhs.type} as integers")


@irdl_op_definition
class CmpfOp(_CompareOp):
    """`arith.cmpf`: floating point."""

    name = "arith.cmpf"
    fastmath = opt_prop_def(arith.FastMathFlagsAttr)
    PREDICATES: ClassVar[Sequence[str]] = arith.CMPF_COMPARISON_OPERATIONS

    def verify_(self) -> None:
        super().verify_()
        if not isinstance(_element(self.lhs.type), AnyFloat):
            raise VerifyException(f"cannot compare {self.lhs.type} as floating point")


@irdl_op_definition
class SelectOp(IRDLOperation):
    """`arith.select %c, %a, %b : i32`; lane by lane `arith.select %c, %a, %b : vector<4xi1>, vector<4xi32>`."""

    name = "arith.select"
    cond = operand_def()
    lhs = operand_def()
    rhs = operand_def()
    result = result_def()
    traits = traits_def(Pure())

    @classmethod
    def parse(cls, parser: Parser) -> SelectOp:
        operands = [parser.parse_unresolved_operand()]
        for _ in range(2):
            parser.parse_punctuation(",")
            operands.append(parser.parse_unresolved_operand())
        attributes = parser.parse_optional_attr_dict()
        parser.parse_punctuation(":")
        condition: Attribute = i1
        type_ = parser.parse_type()
        if parser.parse_optional_punctuation(","):
            condition, type_ = type_, parser.parse_type()
        resolved = parser.resolve_operands(operands, [condition, type_, type_], parser.pos)
        return cls.create(operands=resolved, result_types=[type_], attributes=attributes)

    def print(self, printer: Printer) -> None:
        printer.print_string(" ")
        printer.print_list(self.operands, printer.print_ssa_value)
        printer.print_op_attributes(self.attributes)
        printer.print_string(" : ")
        if self.cond.type != i1:
            printer.print_string(f"{self.cond.type}, ")
        printer.print_attribute(self.result.type)

    def verify_(self) -> None:
        if not self.lhs.type == self.rhs.type == self.result.type:
            raise VerifyException(f"both choices and the result must be {self.result.type}")
        if self.cond.type not in (i1, _truth(self.result.type)):
            raise VerifyException(f"the condition must be {_truth(self.result.type)}, not {self.cond.type}")


@irdl_op_definition
class RemfOp(arith.FloatingPointLikeBinaryOperation):
    """`arith.remf %a, %b : f32`."""

    name = "arith.remf"


DIALECT = extended(
    arith.Arith,
    [
        CmpfOp,
        CmpiOp,
        ExtSIOp,
        ExtUIOp,
        FPToSIOp,
        FPToUIOp,
        IndexCastOp,
        IndexCastUIOp,
        RemfOp,
        SelectOp,
        SIToFPOp,
        TruncIOp,
        UIToFPOp,
    ],
)
