"""What a template needs to know of a design, and what of it would keep the design from being built or run."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from npubuild.errors import Diagnostic, Place, UserError
from npubuild.hardware.devices import FIRST_CORE_ROW, RESOURCES, ROWS, TileKind, devices
from npubuild.hardware.limits import DECLARED_BUFFERS, WORD_BYTES
from npubuild.mlir.elements import BITS

ELEMENT_BITS = {name: BITS[name] for name in ("i8", "ui8", "i16", "ui16", "bf16", "i32", "ui32", "f32")}
"""Element types that a `dma_memcpy_nd` takes (npu-facts.md, 3.10: 32 bits at most)."""


@dataclass(frozen=True)
class Port:
    """A buffer argument of the function, and the object fifo that brings it: one object has `shape`, `dtype` elements.

    `bd` is the buffer descriptor of its transfer, 0 to 15; None takes the lowest free one, outputs first.
    """

    name: str
    shape: tuple[int, ...]
    dtype: str
    bd: int | None = None

    @property
    def elements(self) -> int:
        return math.prod(self.shape)

    @property
    def nbytes(self) -> int:
        """Bytes of one object."""
        return self.elements * ELEMENT_BITS[self.dtype] // 8

    @property
    def type(self) -> str:
        return f"memref<{'x'.join(map(str, self.shape))}x{self.dtype}>"


@dataclass(frozen=True)
class Scalar:
    """A constant that the core passes to the function after its buffers; `dtype` is i8, i16, i32, i64 or f32."""

    name: str
    dtype: str
    value: int | float


@dataclass(frozen=True)
class Parameters:
    """What a template needs to know: `function(inputs..., outputs..., scalars...)` of the object `link_with`.

    One run moves `objects` objects of each port through each column. With `packed`, a port of all columns is one argument of
    the runtime sequence, the shares of the columns one after the other; without, each column has arguments of its own, the
    inputs of all columns first. Arguments are one-dimensional.
    """

    device: str
    function: str
    link_with: str
    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    scalars: tuple[Scalar, ...] = ()
    stack_size: int = 1024
    depth: int = 2
    objects: int = 1
    columns: int = 1
    packed: bool = True
    row: int = 2

    @property
    def ports(self) -> tuple[Port, ...]:
        return self.inputs + self.outputs

    def fifo(self, port: Port, column: int) -> str:
        """The symbol of the object fifo of a port in a column."""
        return port.name if self.columns == 1 else f"{port.name}_{column}"

    def argument(self, port: Port, column: int) -> str:
        """The sequence argument that holds the data of a port of a column."""
        return port.name if self.packed else self.fifo(port, column)

    def arguments(self) -> dict[str, str]:
        """Name and type of every sequence argument, in order."""
        share = 1 if not self.packed else self.columns
        return {
            self.argument(port, column): f"memref<{share * self.objects * port.elements}x{port.dtype}>"
            for side in (self.inputs, self.outputs)
            for column in range(self.columns)
            for port in side
        }


SCALAR_BITS = {name: BITS[name] for name in ("i8", "i16", "i32", "i64")}
F32_MAX = 3.4028234663852886e38

Finding = tuple[str, str]  # message and hint


def check(parameters: Parameters, place: Place | None) -> None:
    """Raise UserError with everything that is wrong, each finding located at `place`."""
    findings = [*_array(parameters), *_names(parameters)]
    for port in parameters.ports:
        findings += _port(port)
    for scalar in parameters.scalars:
        findings += _scalar(scalar)
    if not findings:
        findings = [*_resources(parameters), *_arguments(parameters)]
    if findings:
        raise UserError(Diagnostic(message, place, hint=hint) for message, hint in findings)


def _array(p: Parameters) -> Iterator[Finding]:
    if p.device not in devices():
        yield f"unknown device `{p.device}`", f"known are {', '.join(devices())}"
    elif not 1 <= p.columns <= devices()[p.device].columns:
        yield f"{p.columns} columns do not fit {p.device}, which has {devices()[p.device].columns}", ""
    if not FIRST_CORE_ROW <= p.row < ROWS:
        yield f"row {p.row} has no core", f"cores are in rows {FIRST_CORE_ROW} to {ROWS - 1}"
    for name, value in (("depth", p.depth), ("objects", p.objects)):
        if value < 1:
            yield f"{name} is {value}, but must be at least 1", ""
    if p.stack_size < 1 or p.stack_size % WORD_BYTES:
        yield f"a stack of {p.stack_size} bytes is no positive multiple of {WORD_BYTES}", ""


def _names(p: Parameters) -> Iterator[Finding]:
    for name in (p.function, *(port.name for port in p.ports), *(scalar.name for scalar in p.scalars)):
        if not re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name):
            yield f"`{name}` is no C identifier", ""
    if not re.fullmatch(r"[A-Za-z0-9_./+-]+", p.link_with):
        yield f"`{p.link_with}` is no name of an object file", ""
    fifos = {p.fifo(port, column) for port in p.ports for column in range(p.columns)}
    names = Counter([*(port.name for port in p.ports), *(scalar.name for scalar in p.scalars), p.function])
    clashes = [name for name, count in names.items() if count > 1 or (name == p.function and name in fifos)]
    for name in clashes:
        yield f"the name `{name}` is used more than once", "function, fifos and scalars need different names"


def _port(port: Port) -> Iterator[Finding]:
    if port.dtype not in ELEMENT_BITS:
        yield f"`{port.name}`: no transfer of element type `{port.dtype}`", f"use one of {', '.join(ELEMENT_BITS)}"
    elif not port.shape or min(port.shape) < 1:
        yield f"`{port.name}`: an object of shape {list(port.shape)} has no elements", ""
    elif port.elements * ELEMENT_BITS[port.dtype] // 8 % WORD_BYTES:
        yield (
            f"`{port.name}`: an object of {port.nbytes} bytes is no multiple of {WORD_BYTES}",
            f"DMA moves words of {WORD_BYTES} bytes: pad the object",
        )
    if port.bd is not None and not 0 <= port.bd < RESOURCES[TileKind.SHIM].descriptors:
        yield f"`{port.name}`: the shim has no buffer descriptor {port.bd}", "they go from 0 to 15"


def _scalar(scalar: Scalar) -> Iterator[Finding]:
    if scalar.dtype == "f32":
        if not abs(scalar.value) <= F32_MAX:
            yield f"`{scalar.name}`: {scalar.value} is no finite f32", ""
    elif scalar.dtype not in SCALAR_BITS:
        yield f"`{scalar.name}`: no scalar of type `{scalar.dtype}`", f"use one of {', '.join([*SCALAR_BITS, 'f32'])}"
    elif not isinstance(scalar.value, int):
        yield f"`{scalar.name}`: {scalar.value} is no whole number", ""
    elif not -(1 << (SCALAR_BITS[scalar.dtype] - 1)) <= scalar.value < 1 << (SCALAR_BITS[scalar.dtype] - 1):
        yield f"`{scalar.name}`: {scalar.value} does not fit {scalar.dtype}", ""


def _resources(p: Parameters) -> Iterator[Finding]:
    channels = RESOURCES[TileKind.CORE].channels  # as many as the shim has
    for side, ports in (("input", p.inputs), ("output", p.outputs)):
        if not ports:
            yield f"the function has no {side}", "a design needs one to be started and one to be waited for"
        if len(ports) > channels:
            yield (
                f"{len(ports)} {side}s, but a core and its shim have {channels} DMA channels for them",
                "put several buffers into one object, one after the other",
            )
    numbers = Counter(port.bd for port in p.ports if port.bd is not None)
    for number, count in numbers.items():
        if count > 1:
            yield f"buffer descriptor {number} is given to {count} ports", "the second transfer would overwrite the first"
    buffers = p.depth * sum(port.nbytes for port in p.ports)
    memory = RESOURCES[TileKind.CORE].data_memory
    if p.stack_size + buffers > memory:
        yield (
            f"stack ({p.stack_size} bytes) and fifo buffers ({buffers} bytes) exceed the core's {memory} bytes",
            "use smaller objects, depth 1 or a smaller stack",
        )


def _arguments(p: Parameters) -> Iterator[Finding]:
    arguments = p.arguments()
    if len(arguments) > DECLARED_BUFFERS:
        named = f"{len(arguments)} runtime-sequence arguments ({', '.join(arguments)})"
        yield f"{named}, but an XCLBIN declares {DECLARED_BUFFERS} buffers", "pack the columns into one argument per port"
