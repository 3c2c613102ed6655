"""EMBEDDED_METADATA: the kernels of a file and their arguments, as XML (xrt-facts.md, 1.5 and 1.6)."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from npubuild.hardware.limits import DECLARED_BUFFERS
from npubuild.xclbin.fields import Fields

KERNEL_NAME = "MLIR_AIE"  # these three are constants of aiecc
INSTANCE_NAME = "MLIRAIE"
KERNEL_ID = 0x901
FIRST_BUFFER = 3  # argument number of the first buffer, after opcode, instructions and their count

_KERNEL_PATH = ("project", "platform", "device", "core", "kernel")


class Qualifier(enum.IntEnum):
    """Where an argument lives; a global one is a buffer."""

    SCALAR = 0
    GLOBAL = 1
    CONSTANT = 2
    LOCAL = 3
    STREAM = 4


@dataclass(frozen=True)
class Argument:
    """An argument of a kernel: `size` in bytes, `offset` in bytes into the kernel's register map, `type` in C."""

    name: str
    qualifier: int
    size: int
    offset: int
    type: str


@dataclass(frozen=True)
class Kernel:
    """A kernel and its argument table; `kernel_id` ties it to compute units and to the partition."""

    name: str
    arguments: tuple[Argument, ...]
    instances: tuple[str, ...]
    kernel_id: int = KERNEL_ID
    subtype: int = 1
    functional: int = 0

    @property
    def buffers(self) -> int:
        """How many data buffers the kernel takes, instructions not counted."""
        return sum(argument.qualifier == Qualifier.GLOBAL for argument in self.arguments[FIRST_BUFFER:])


def npu_kernel(buffers: int = DECLARED_BUFFERS, name: str = KERNEL_NAME, instance: str = INSTANCE_NAME) -> Kernel:
    """The kernel that aiecc declares, with `buffers` data buffers."""
    fixed = (
        Argument("opcode", Qualifier.SCALAR, 8, 0x00, "uint64_t"),
        Argument("instr", Qualifier.GLOBAL, 8, 0x08, "char *"),
        Argument("ninstr", Qualifier.SCALAR, 4, 0x10, "uint32_t"),
    )
    data = tuple(Argument(f"bo{i}", Qualifier.GLOBAL, 8, 0x14 + 8 * i, "void*") for i in range(buffers))
    return Kernel(name, fixed + data, (instance,))


# Writing --------------------------------------------------------------------------------------------------------------


def render_metadata(kernels: tuple[Kernel, ...]) -> bytes:
    """The section, byte for byte as xclbinutil writes it."""
    opening = ["project", "platform", "device", "core"]
    lines = ['<?xml version="1.0" encoding="utf-8"?>']
    lines += [f"{'  ' * depth}<{tag}>" for depth, tag in enumerate(opening)]
    for kernel in kernels:
        lines += _render_kernel(kernel)
    lines += [f"{'  ' * depth}</{tag}>" for depth, tag in reversed(list(enumerate(opening)))]
    return ("\n".join(lines) + "\n").encode()


def _render_kernel(kernel: Kernel) -> list[str]:
    outer, inner = " " * 8, " " * 10
    identity = {"subtype": str(kernel.subtype), "functional": str(kernel.functional), "dpu_kernel_id": hex(kernel.kernel_id)}
    return [
        f"{outer}<kernel{_attributes({'name': kernel.name, 'language': 'c', 'type': 'dpu'})}>",
        f"{inner}<extended-data{_attributes(identity)}/>",
        *(f"{inner}<arg{_attributes(_argument_attributes(n, a))}/>" for n, a in enumerate(kernel.arguments)),
        *(f"{inner}<instance{_attributes({'name': name})}/>" for name in kernel.instances),
        f"{outer}</kernel>",
    ]


def _argument_attributes(number: int, argument: Argument) -> dict[str, str]:
    return {
        "name": argument.name,
        "addressQualifier": str(int(argument.qualifier)),
        "id": str(number),
        "size": hex(argument.size),
        "offset": hex(argument.offset) if argument.offset else "0x00",
        "hostOffset": "0x0",
        "hostSize": hex(argument.size),
        "type": argument.type,
    }


def _attributes(values: Mapping[str, str]) -> str:
    return "".join(f' {name}="{_escape(value)}"' for name, value in values.items())


def _escape(text: str) -> str:
    for character, entity in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;"), ('"', "&quot;")):
        text = text.replace(character, entity)
    return text


# Reading --------------------------------------------------------------------------------------------------------------


def parse_metadata(fields: Fields) -> tuple[Kernel, ...]:
    """The kernels of the section; UserError, with the byte, where it is not the XML that describes kernels."""
    reader = _Reader(fields)
    try:
        reader.parser.Parse(fields.data.rstrip(b"\0"), True)
    except expat.ExpatError as error:
        fields.fail(reader.parser.ErrorByteIndex, f"the kernel metadata is not XML: {expat.ErrorString(error.code)}")
    return tuple(draft.finish() for draft in reader.drafts)


@dataclass
class _Draft:
    name: str
    arguments: dict[int, Argument] = field(default_factory=dict)
    instances: list[str] = field(default_factory=list)
    identity: tuple[int, int, int] = (KERNEL_ID, 1, 0)

    def finish(self) -> Kernel:
        ordered = tuple(argument for _, argument in sorted(self.arguments.items()))
        return Kernel(self.name, ordered, tuple(self.instances), *self.identity)


class _Reader:
    """Takes the elements below `kernel` as they come; a document type is refused, so no entity can expand."""

    def __init__(self, fields: Fields) -> None:
        self.fields = fields
        self.path: list[str] = []
        self.drafts: list[_Draft] = []
        self.parser = expat.ParserCreate()
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.StartDoctypeDeclHandler = self.refuse_doctype

    def refuse_doctype(self, *_: object) -> None:
        self.fields.fail(self.parser.CurrentByteIndex, "the kernel metadata has a document type declaration")

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        parent = tuple(self.path)
        self.path.append(tag)
        if parent == _KERNEL_PATH[:-1] and tag == "kernel":
            self.drafts.append(_Draft(self.text(attributes, "name")))
        elif parent == _KERNEL_PATH and tag == "arg":
            self.argument(attributes)
        elif parent == _KERNEL_PATH and tag == "instance":
            self.drafts[-1].instances.append(self.text(attributes, "name"))
        elif parent == _KERNEL_PATH and tag == "extended-data":
            numbers = (self.number(attributes, name) for name in ("dpu_kernel_id", "subtype", "functional"))
            self.drafts[-1].identity = tuple(numbers)  # type: ignore[assignment]

    def end(self, _: str) -> None:
        self.path.pop()

    def argument(self, attributes: dict[str, str]) -> None:
        number = self.number(attributes, "id")
        arguments = self.drafts[-1].arguments
        if number in arguments:
            self.fields.fail(self.parser.CurrentByteIndex, f"argument {number} of the kernel is described twice")
        arguments[number] = Argument(
            self.text(attributes, "name"),
            self.number(attributes, "addressQualifier"),
            self.number(attributes, "size"),
            self.number(attributes, "offset"),
            self.text(attributes, "type"),
        )

    def text(self, attributes: dict[str, str], name: str) -> str:
        if name not in attributes:
            self.fields.fail(self.parser.CurrentByteIndex, f"element `{self.path[-1]}` has no attribute `{name}`")
        return attributes[name]

    def number(self, attributes: dict[str, str], name: str) -> int:
        text = self.text(attributes, name)
        try:
            value = int(text, 0)
        except ValueError:
            value = -1
        if not 0 <= value < 1 << 32:
            self.fields.fail(self.parser.CurrentByteIndex, f"attribute `{name}` is not a number of 32 bits: `{text}`")
        return value
