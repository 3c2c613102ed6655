"""Attributes of an operation as Python values: declared once, read, checked and left out of print when they say the default.

    class LockOp(AieOperation):
        init = optional_integer()

`op.init` is then an `int` or None, whatever integer type the source gave the attribute. All attributes live in
`op.attributes`, inherent and discardable ones side by side, as they stand side by side in the printed dictionary.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from typing import Any, Generic, TypeVar, overload

from xdsl.dialects.builtin import IntegerAttr, IntegerType, StringAttr, SymbolRefAttr, UnitAttr
from xdsl.ir import Attribute, Operation

from npubuild.mlir.dialect.attributes import DimensionsAttr, PacketInfoAttr, PaddingAttr, Pairs

T = TypeVar("T")


class WrongAttributeError(ValueError):
    """An attribute is missing or of another kind than its operation needs; the text says which."""


class Field(property, Generic[T]):
    """A typed view of one attribute of an operation.

    A subclass of `property`, because that is what xDSL lets stand in an operation's class.
    """

    def __init__(
        self,
        kind: str,
        read: Callable[[Attribute], T | None],
        attribute: str = "",
        default: Any = None,
        *,
        required: bool = False,
        always_printed: bool = False,
    ) -> None:
        super().__init__()
        self.kind = kind
        self.read = read
        self.attribute = attribute
        self.default = default
        self.required = required
        self.always_printed = always_printed

    def __set_name__(self, owner: type, name: str) -> None:
        self.attribute = self.attribute or name

    @overload
    def __get__(self, instance: None, owner: type | None = None, /) -> Field[T]: ...
    @overload
    def __get__(self, instance: Operation, owner: type | None = None, /) -> T: ...
    def __get__(self, instance: Operation | None, owner: type | None = None, /) -> Field[T] | T:
        if instance is None:
            return self
        attribute = instance.attributes.get(self.attribute)
        if attribute is None:
            if self.required:
                raise WrongAttributeError(f"`{instance.name}` needs the attribute `{self.attribute}`")
            return self.default  # type: ignore[no-any-return]
        value = self.read(attribute)
        if value is None:
            raise WrongAttributeError(f"the attribute `{self.attribute}` of `{instance.name}` must be {self.kind}")
        return value

    def is_default(self, op: Operation) -> bool:
        """Whether the attribute says what its absence says, so that the real printer leaves it out."""
        return not self.always_printed and self.default is not None and self.__get__(op) == self.default


class _Keyword(Field[str]):
    """A field that holds a word of an enumeration."""


@cache
def fields_of(cls: type[Operation]) -> dict[str, Field[Any]]:
    """The fields of an operation class, by the name of the attribute."""
    members = [member for base in cls.__mro__ for member in vars(base).values()]
    return {member.attribute: member for member in members if isinstance(member, Field)}


def settle_fields(op: Operation) -> None:
    """Drop the attributes of `op` that only say their default, and spell the words that the generic form gives by number, so
    that designs that mean the same are equal.

    WrongAttributeError for the first attribute that is missing or of the wrong kind.
    """
    for name, field in fields_of(type(op)).items():
        value = field.__get__(op)
        if name in op.attributes and field.is_default(op):
            del op.attributes[name]
        elif isinstance(field, _Keyword):
            op.attributes[name] = StringAttr(value)


def _read_integer(attribute: Attribute) -> int | None:
    return attribute.value.data if isinstance(attribute, IntegerAttr) else None


def _read_flag(attribute: Attribute) -> bool | None:
    if isinstance(attribute, UnitAttr):
        return True
    return bool(attribute.value.data) if isinstance(attribute, IntegerAttr) else None


def _read_string(attribute: Attribute) -> str | None:
    return attribute.data if isinstance(attribute, StringAttr) else None


def _read_symbol(attribute: Attribute) -> str | None:
    """The root of a symbol reference; a string is taken too, as in `rtp_write("buffer", 0, 3)`."""
    if isinstance(attribute, SymbolRefAttr):
        return attribute.root_reference.data
    return _read_string(attribute)


def _read_packet(attribute: Attribute) -> PacketInfoAttr | None:
    return attribute if isinstance(attribute, PacketInfoAttr) else None


def read_dimensions(attribute: Attribute) -> Pairs | None:
    return attribute.data if isinstance(attribute, DimensionsAttr) else None


def read_padding(attribute: Attribute) -> Pairs | None:
    return attribute.data if isinstance(attribute, PaddingAttr) else None


def integer(attribute: str = "") -> Field[int]:
    return Field("an integer", _read_integer, attribute, required=True)


def integer_or(default: int, attribute: str = "", *, always_printed: bool = False) -> Field[int]:
    return Field("an integer", _read_integer, attribute, default, always_printed=always_printed)


def optional_integer(attribute: str = "") -> Field[int | None]:
    return Field("an integer", _read_integer, attribute)


def flag(attribute: str = "", *, default: bool = False) -> Field[bool]:
    return Field("true or false", _read_flag, attribute, default)


def required_flag(attribute: str = "") -> Field[bool]:
    return Field("true or false", _read_flag, attribute, required=True)


def optional_flag(attribute: str = "") -> Field[bool | None]:
    return Field("true or false", _read_flag, attribute)


def string(attribute: str = "") -> Field[str]:
    return Field("a string", _read_string, attribute, required=True)


def optional_string(attribute: str = "") -> Field[str | None]:
    return Field("a string", _read_string, attribute)


def keyword(keywords: Sequence[str], attribute: str = "") -> Field[str]:
    """One of the words of an enumeration; the generic form writes its number."""

    def read(given: Attribute) -> str | None:
        if isinstance(given, IntegerAttr) and 0 <= given.value.data < len(keywords):
            return keywords[given.value.data]
        return given.data if isinstance(given, StringAttr) and given.data in keywords else None

    return _Keyword(f"one of {', '.join(keywords)}", read, attribute, required=True)


def symbol(attribute: str = "") -> Field[str]:
    return Field("a symbol (@name)", _read_symbol, attribute, required=True)


def symbol_or(default: str, attribute: str = "") -> Field[str]:
    return Field("a symbol (@name)", _read_symbol, attribute, default)


def optional_symbol(attribute: str = "") -> Field[str | None]:
    return Field("a symbol (@name)", _read_symbol, attribute)


def optional_packet(attribute: str = "packet") -> Field[PacketInfoAttr | None]:
    return Field("#aie.packet_info<pkt_type = .., pkt_id = ..>", _read_packet, attribute)


I32 = IntegerType(32)
I64 = IntegerType(64)


def i32(value: int) -> IntegerAttr[IntegerType]:
    return IntegerAttr(value, I32)


def i64(value: int) -> IntegerAttr[IntegerType]:
    return IntegerAttr(value, I64)
