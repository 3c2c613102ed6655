"""Walks the body of a core and writes its Python: values, control flow between them, and what the op families share.

Each family (integers and floats, loops, memory, fifos, calls, vectors) lives in its own module and registers one
function per operation name; `Translator` holds what they have in common.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NoReturn, TypeAlias

from xdsl.dialects import func
from xdsl.dialects.builtin import IndexType, MemRefType, NoneAttr, StridedLayoutAttr, StringAttr, VectorType
from xdsl.ir import Attribute, Block, Operation, Region, SSAValue

from npubuild.emulator.core import floats
from npubuild.emulator.core.emitter import Emitter
from npubuild.emulator.core.holding import Holding
from npubuild.emulator.core.integers import Computed
from npubuild.emulator.core.memory_access import ACCESS_NAMES
from npubuild.emulator.core.values import (
    Lanes,
    Scalar,
    Storage,
    Value,
    View,
    any_of,
    element_format,
    index,
    integer,
    integer_bits,
    limits,
)
from npubuild.emulator.kernels import Kernels
from npubuild.emulator.process import Pause, Report
from npubuild.errors import Diagnostic, InternalError, Place, Severity, UserError
from npubuild.mlir.dialect.aie import BufferOp, LockOp
from npubuild.placement.model import Access, Core, Placement, Ring

if TYPE_CHECKING:
    from npubuild.emulator.core.fifos import RingMemory

MAX_LINES = 200_000
"""Functions are compiled in place of their calls; a program longer than this is refused."""

BUDGET = 100_000
"""Operations in loop bodies between two pauses."""

POLLING_BUDGET = 1_000
"""The same in loops that may wait for others, by reading memory over and over: those without a known end."""

USABLE_FROM_OUTSIDE = {"arith.constant", "aie.buffer", "memref.get_global"}

Handler: TypeAlias = Callable[["Translator", Operation], None]


@dataclass
class Translator:
    """The state of one translation. `place_of` locates an op in the design's text."""

    core: Core
    placement: Placement
    kernels: Kernels
    place_of: Callable[[Operation], Place | None]
    handlers: Mapping[str, Handler]
    names: Mapping[str, object]
    holding: Holding = field(default_factory=lambda: Holding({}, {}))
    values: dict[SSAValue, Value] = field(default_factory=dict)
    storages: dict[object, Storage] = field(default_factory=dict)
    copy_names: dict[Operation, str] = field(default_factory=dict)
    rings: dict[tuple[str, ...], RingMemory] = field(default_factory=dict)
    positions: dict[tuple[str, str], str] = field(default_factory=dict)
    firsts: dict[Operation, str] = field(default_factory=dict)
    work: dict[Region, int] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        names = {**floats.NAMES, **ACCESS_NAMES, "PAUSE": Pause()}
        self.emitter = Emitter({**names, **self.names})
        self.line = self.emitter.line
        self.block = self.emitter.block

    @property
    def name(self) -> str:
        """How reports call this core."""
        return f"core {self.core.tile.col} {self.core.tile.row}"

    # Walking ---------------------------------------------------------------------------------------------------------

    def operations(self, ops: Iterable[Operation]) -> None:
        for op in ops:
            handler = self.handlers.get(op.name)
            if handler is None:
                self.refuse(op, f"`{op.name}` is not modelled in a core program")
            if self.emitter.size > MAX_LINES:
                self.refuse(op, f"the core program is too long: over {MAX_LINES} steps after functions are put in place")
            outer, self.emitter.current = self.emitter.current, op
            self.emitter.subject = self.emitter.position = ""
            handler(self, op)
            self.emitter.current = outer

    def body(self, block: Block) -> list[Value]:
        """Translate a block up to its terminator, and give the values the terminator passes on."""
        last = block.last_op
        assert last is not None
        self.operations(op for op in block.ops if op is not last)
        return [self.value(operand) for operand in last.operands]

    def single_block(self, region: Region, op: Operation) -> Block:
        if len(region.blocks) != 1 or region.block.last_op is None:
            self.refuse(op, f"`{op.name}` with several blocks is not modelled")
        return region.block

    # Values ----------------------------------------------------------------------------------------------------------

    def value(self, ssa: SSAValue) -> Value:
        if ssa not in self.values:
            self.outside(ssa)
        return self.values[ssa]

    def outside(self, ssa: SSAValue) -> None:
        """Bind a value that is defined outside the core: a constant, a buffer, a global."""
        owner = ssa.owner
        if not isinstance(owner, Operation) or owner.name not in USABLE_FROM_OUTSIDE:
            name = f"`{owner.name}`" if isinstance(owner, Operation) else "a block argument"
            place = self.place_of(owner) if isinstance(owner, Operation) else None
            raise UserError.at(place, f"{self.name}: uses the value of {name} outside of it, which is not modelled")
        self.operations([owner])

    def scalar(self, ssa: SSAValue) -> Scalar:
        value = self.value(ssa)
        if not isinstance(value, Scalar):
            raise InternalError(f"{self.name}: expected a scalar, got {value}")
        return value

    def view(self, ssa: SSAValue) -> View:
        value = self.value(ssa)
        if not isinstance(value, View):
            raise InternalError(f"{self.name}: expected a memref, got {value}")
        return value

    def lanes(self, ssa: SSAValue) -> Lanes:
        value = self.value(ssa)
        if not isinstance(value, Lanes):
            raise InternalError(f"{self.name}: expected a vector, got {value}")
        return value

    def define(self, result: SSAValue, text: str, low: float = -math.inf, high: float = math.inf) -> Scalar:
        """Give a scalar result its own Python variable; a result known when compiling becomes a literal instead."""
        type_ = result.type
        least, most = limits(type_)
        low, high = max(low, least), min(high, most)
        if low == high and integer_bits(type_) is not None:
            constant = integer(int(low), type_)
            self.values[result] = constant
            return constant
        name = self.emitter.fresh(result.name_hint)
        self.line(f"{name} = {text}")
        scalar = Scalar(name, type_, low, high)
        self.values[result] = scalar
        return scalar

    def compute(self, op: Operation, result: SSAValue, computed: Computed) -> None:
        """Define a result, with a report and 0 in its place where the operation is undefined."""
        if not computed.undefined:
            self.define(result, computed.text, computed.low, computed.high)
            return
        name = self.emitter.fresh(result.name_hint)
        with self.block(f"if {computed.undefined}:"):
            self.line(f"yield {self.report(op, computed.reason)}")
            self.line(f"{name} = 0")
        with self.block("else:"):
            self.line(f"{name} = {computed.text}")
        self.values[result] = Scalar(name, result.type, min(computed.low, 0), max(computed.high, 0))

    def alias(self, result: SSAValue, value: Value) -> None:
        """A result that is another value under a new name; a scalar takes the result's type."""
        if isinstance(value, Scalar):
            value = Scalar(value.text, result.type, value.low, value.high)
        self.values[result] = value

    def tick(self, amount: str, budget: int) -> None:
        """Count work; pause when the budget is used up."""
        self.line(f"tick += {amount}")
        with self.block(f"if tick >= {budget}:"):
            self.line("tick = 0")
            self.line("yield PAUSE")

    # Variables that several paths assign -----------------------------------------------------------------------------

    def declare(self, type_: Attribute, hint: str | None, op: Operation) -> Value:
        """A variable for a value that reaches this point from several sides."""
        name = self.emitter.fresh(hint)
        if isinstance(type_, VectorType):
            return Lanes(name, type_)
        if not isinstance(type_, MemRefType):
            return any_of(name, type_)
        letter = element_format(type_.element_type)
        if letter is None:
            self.refuse(op, f"memory of {type_.element_type} is not modelled")
        views = {letter: f"{name}_view"}
        array = f"{name}_array"

        def view(key: str) -> str:
            return views.get(key, f"typed({array}, {key!r})")

        storage = Storage(array, lambda: f"{name}_address", f"the memref %{hint or name}", view)
        shape = tuple(index(size) for size in type_.get_shape())
        return View(storage, type_.element_type, any_of(f"{name}_offset", IndexType()), shape, self.strides_of(type_, op))

    def strides_of(self, type_: MemRefType[Attribute], op: Operation) -> tuple[Scalar, ...]:
        """The strides that a memref type states, in elements."""
        layout = type_.layout
        strides: Sequence[int | None] | None = None
        if isinstance(layout, NoneAttr):
            strides = type_.get_strides()
        elif isinstance(layout, StridedLayoutAttr):
            strides = layout.get_strides()
        if strides is None or any(stride is None for stride in strides) or any(size < 0 for size in type_.get_shape()):
            self.refuse(op, f"{type_}: a memref of dynamic layout is not modelled here")
        return tuple(index(stride) for stride in strides if stride is not None)

    def assign(self, targets: Sequence[Value], values: Sequence[Value], op: Operation) -> None:
        """One simultaneous assignment of values to declared variables."""
        pairs = [pair for target, value in zip(targets, values, strict=True) for pair in self._pairs(target, value, op)]
        pairs = [(left, right) for left, right in pairs if left != right]
        if pairs:
            self.line(f"{', '.join(left for left, _ in pairs)} = {', '.join(right for _, right in pairs)}")

    def _pairs(self, target: Value, value: Value, op: Operation) -> list[tuple[str, str]]:
        if not isinstance(target, View) or not isinstance(value, View):
            assert not isinstance(target, View)
            assert not isinstance(value, View)
            return [(target.text, value.text)]
        same = [a.constant == b.constant is not None for a, b in zip(target.strides, value.strides, strict=True)]
        if not all(same) or target.element != value.element:
            self.refuse(op, "memrefs of different layout meet here, which is not modelled")
        left, right = target.storage, value.storage
        return [
            (left.array, right.array),
            (left.address(), right.address()),
            (left.view(target.format), right.view(value.format)),
            (target.offset.text, value.offset.text),
        ]

    # The design around the core --------------------------------------------------------------------------------------

    def lookup(self, op: Operation, name: str) -> Operation | None:
        """The operation that a symbol means at `op`: the nearest definition in the regions around it."""
        around = op.parent_op()
        while around is not None:
            candidate: Operation
            for candidate in (one for region in around.regions for block in region.blocks for one in block.ops):
                if candidate.get_attr_or_prop("sym_name") == StringAttr(name):
                    return candidate
            around = around.parent_op()
        return None

    def callee(self, op: func.CallOp) -> func.FuncOp:
        name = op.callee.string_value()
        found = self.lookup(op, name)
        if not isinstance(found, func.FuncOp):
            hint = f"declare it with its types: func.func private @{name}(..)"
            self.refuse(op, f"@{name} is not declared, so its argument types are unknown", hint)
        return found

    def is_kernel(self, op: func.CallOp) -> bool:
        """Whether the called function is only declared: it comes from a library."""
        return not any(block.ops for block in self.callee(op).body.blocks)

    def placed_name(self, op: BufferOp | LockOp) -> str:
        """The placement's name for an `aie.buffer` or an `aie.lock`."""
        name = self.placement.names.get(op.result)
        if name is None:
            self.refuse(op, f"this `{op.name}` does not belong to the device of the core")
        return name

    def copies_around(self, op: Operation) -> list[str]:
        """The variables that tell the copies of the unrolled loops around `op`, outermost first."""
        names: list[str] = []
        around = op.parent_op()
        while around is not None:
            if around in self.copy_names:
                names.append(self.copy_names[around])
            around = around.parent_op()
        return names[::-1]

    # Diagnostics -----------------------------------------------------------------------------------------------------

    def refuse(self, op: Operation, message: str, hint: str = "") -> NoReturn:
        raise UserError.at(self.place_of(op), f"{self.name}: {message}", hint, rule="unmodelled-core-operation")

    def report(self, op: Operation, reason: str) -> str:
        """The name of a ready-made step that reports an undefined result of `op`."""
        message = f"{self.name}: {op.name}: {reason}: the result is undefined, 0 is used"
        finding = Diagnostic(message, self.place_of(op), rule="undefined-result", severity=Severity.WARNING)
        return self.emitter.constant(Report(finding), "REPORT")

    def ring(self, op: Operation, fifo: str, port: str) -> Ring:
        """The objects and locks behind a fifo access of this core."""
        ring = self.placement.accesses.get(Access(self.core.tile, fifo, port))
        if ring is None:
            self.refuse(op, f"@{fifo} has no {port} end on this tile")
        if not ring.buffers:
            self.refuse(op, f"the {port} end of @{fifo} has no objects in memory, which is not modelled for a core")
        return ring
