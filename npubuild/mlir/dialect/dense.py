"""Dense literals as the real tools read and print them."""

from __future__ import annotations

from xdsl.dialects.builtin import (
    AnyFloat,
    DenseIntOrFPElementsAttr,
    DenseResourceAttr,
    IntegerType,
    MemRefType,
    TensorType,
)
from xdsl.ir import Attribute
from xdsl.parser import AttrParser
from xdsl.printer import Printer


def parse_initial_value(parser: AttrParser, memref: MemRefType) -> Attribute:
    """`dense<..>` of the shape and element type of `memref`; a type may follow, as the generic printer writes it."""
    position = parser.pos
    if parser.parse_optional_keyword("dense") is None:
        attribute = parser.parse_attribute()
        if not isinstance(attribute, DenseIntOrFPElementsAttr | DenseResourceAttr):
            parser.raise_error("expected an initial value: dense<..>", position, parser.pos)
        return attribute
    element = memref.element_type
    if not isinstance(element, IntegerType | AnyFloat):
        parser.raise_error(f"no initial values for elements of type {element}", position, parser.pos)
    value = parser.parse_dense_int_or_fp_elements_attr(TensorType(element, memref.get_shape()))
    if parser.parse_optional_punctuation(":"):
        parser.parse_type()
    return value


def print_initial_value(printer: Printer, value: Attribute) -> None:
    """`dense<..>` without its type."""
    if isinstance(value, DenseIntOrFPElementsAttr):
        value.print_without_type(printer)
    else:
        printer.print_attribute(value)
