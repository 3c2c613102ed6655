"""Whole innermost loops at once: loads, arithmetic and stores on numpy arrays instead of element by element.

A loop qualifies when no iteration depends on another one: every store goes to memory that nothing else in the loop may
touch, except the very element of the same iteration. Sums that a loop carries are kept (f32 in order). Whatever else
appears in a loop, `translate` gives up and the loop runs element by element.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from xdsl.dialects import memref, scf
from xdsl.dialects.builtin import BFloat16Type, Float32Type, VectorType
from xdsl.ir import Attribute, Operation, SSAValue

from npubuild.emulator.core import integers, lanes
from npubuild.emulator.core.memory import NUMPY_DTYPES, named, position
from npubuild.emulator.core.translator import BUDGET, Translator
from npubuild.emulator.core.values import (
    Scalar,
    View,
    element_format,
    integer_bits,
    limits,
    wrapped,
)
from npubuild.emulator.core.vectors import dtype_of, lane_text

FEWEST = 16
"""Below so many iterations, element by element is as fast."""

CHUNK = 16384
"""Iterations done at a time: small enough for the caches."""

_AFFINE = {"arith.addi", "arith.subi", "arith.muli"}
_CASTS = {"arith.index_cast", "arith.extsi", "arith.trunci"}
_SUMS = {"arith.addi": "add", "arith.andi": "bitwise_and", "arith.ori": "bitwise_or", "arith.xori": "bitwise_xor"}


class NotBulkError(Exception):
    """The loop does not qualify."""


@dataclass(frozen=True)
class Progression:
    """An integer that grows by `step` from one iteration to the next; `first` is its value in the first of a chunk.

    `whole` has the range of all iterations.
    """

    first: Scalar
    step: int
    whole: Scalar


@dataclass(frozen=True)
class Touch:
    """A run of memory that the loop accesses: the same text means the same memory."""

    group: str
    array: str
    start: str
    step: int
    writes: bool

    def disturbs(self, other: Touch) -> bool:
        """Whether two accesses may meet in different iterations, one of them writing."""
        if not (self.writes or other.writes) or (self.group and other.group and self.group != other.group):
            return False
        same = (self.array, self.start, self.step) == (other.array, other.start, other.step)
        return not same or self.step == 0


def translate(t: Translator, op: scf.ForOp, bounds: tuple[Scalar, Scalar, Scalar], trips: int | None) -> bool:
    """Write the loop as operations on arrays; False, with nothing written, when it does not qualify."""
    if not _worth_it(op, bounds, trips):
        return False
    mark, known = t.emitter.mark(), dict(t.values)
    try:
        _Bulk(t, op, bounds).write(trips)
    except NotBulkError:
        t.emitter.rewind(mark)
        t.values.clear()
        t.values.update(known)
        return False
    return True


def _worth_it(op: scf.ForOp, bounds: tuple[Scalar, Scalar, Scalar], trips: int | None) -> bool:
    step = bounds[2].constant
    if step is None or step <= 0 or (trips is not None and not FEWEST <= trips < 2**32):
        return False
    return all(not inner.regions and inner.name in _KNOWN for inner in op.body.block.ops)


class _Bulk:
    def __init__(self, t: Translator, op: scf.ForOp, bounds: tuple[Scalar, Scalar, Scalar]) -> None:
        self.t = t
        self.op = op
        self.low, self.high, step = bounds
        assert step.constant is not None
        self.step = step.constant
        self.block = op.body.block
        self.arrays: dict[SSAValue, str] = {}
        self.progressions: dict[SSAValue, Progression] = {}
        self.touches: list[Touch] = []
        self.count = ""
        self.written = {t.view(one.memref).storage.group for one in self.block.ops if isinstance(one, memref.StoreOp)}

    def write(self, trips: int | None) -> None:
        t = self.t
        carried = self._carried()
        for argument, value in zip(self.block.args[1:], self.op.iter_args, strict=True):
            t.line(f"{carried[argument]} = {t.scalar(value)}")
        part = t.emitter.fresh("part")
        self.count = t.emitter.fresh("count")
        with t.block(f"for {part} in pieces({self.low}, {self.high}, {self.step}, {CHUNK}):"):
            t.line(f"{self.count} = len({part})")
            self._body(part, carried)
            if trips is None or trips > CHUNK:
                t.tick(self.count, BUDGET)
        for result, argument in zip(self.op.results, self.block.args[1:], strict=True):
            t.values[result] = carried[argument]

    # Sums that the loop carries --------------------------------------------------------------------------------------

    def _carried(self) -> dict[SSAValue, Scalar]:
        """A variable for every carried sum; gives up when a carried value is anything else."""
        found: dict[SSAValue, Scalar] = {}
        last = self.block.last_op
        assert last is not None
        for argument, result in zip(self.block.args[1:], last.operands, strict=True):
            op = result.owner
            if not isinstance(op, Operation) or op.parent_block() is not self.block or len(list(result.uses)) != 1:
                raise NotBulkError
            uses = list(argument.uses)
            if len(uses) != 1 or uses[0].operation is not op or not _is_sum(op):
                raise NotBulkError
            name = self.t.emitter.fresh(argument.name_hint, "sum")
            found[argument] = Scalar(name, argument.type, *limits(argument.type))
        return found

    def _accumulate(self, op: Operation, total: Scalar, term: SSAValue) -> None:
        """Add all terms of a chunk to a carried sum."""
        values = self._array(term)
        if self._is_invariant(term):
            values = f"full({self.count}, {values})"
        if op.name == "arith.addf":
            self.t.line(f"{total} = ordered_sum({total}, {values})")
            return
        function = _SUMS[op.name]
        if function == "add":  # in 64 bits, where the sum of a chunk cannot overflow, or does so like the carried one
            text = wrapped(f"{total} + int(add_lanes.reduce({values}, dtype='int64'))", -(2**80), 2**80, total.type)
        else:
            sign = {"bitwise_and": "&", "bitwise_or": "|", "bitwise_xor": "^"}[function]
            text = f"{total} {sign} int({function}_lanes.reduce({values}))"
        self.t.line(f"{total} = {text}")

    # The body --------------------------------------------------------------------------------------------------------

    def _body(self, part: str, carried: dict[SSAValue, Scalar]) -> None:
        variable = self.block.args[0]
        smallest, largest = limits(variable.type)
        low, high = max(self.low.low, smallest), min(max(self.high.high - 1, self.low.low), largest)
        first = Scalar(f"{part}.start", variable.type, low, high)
        self.progressions[variable] = Progression(first, self.step, Scalar("", variable.type, low, high))
        for op in self.block.ops:
            if op is self.block.last_op:
                break
            self.t.emitter.current = op
            sums = [operand for operand in op.operands if operand in carried]
            if sums:
                (term,) = [operand for operand in op.operands if operand is not sums[0]]
                self._accumulate(op, carried[sums[0]], term)
            else:
                self._operation(op)
        self.t.emitter.current = self.op
        for number, touch in enumerate(self.touches):
            if any(touch.disturbs(other) for other in self.touches[number:]):
                raise NotBulkError

    def _operation(self, op: Operation) -> None:
        if isinstance(op, memref.LoadOp):
            self._load(op)
        elif isinstance(op, memref.StoreOp):
            self._store(op)
        elif all(self._is_invariant(operand) for operand in op.operands):
            self.t.operations([op])
        elif not self._progress(op):
            self._lanes(op)

    def _is_invariant(self, value: SSAValue) -> bool:
        return value not in self.arrays and value not in self.progressions

    def _progress(self, op: Operation) -> bool:
        """Sums and multiples of progressions are progressions, as long as nothing wraps around."""
        if op.name in _CASTS and op.operands[0] in self.progressions:
            source = self.progressions[op.operands[0]]
            low, high = limits(op.results[0].type)
            if not low <= source.whole.low <= source.whole.high <= high:
                return False
            self.progressions[op.results[0]] = source
            return True
        if op.name not in _AFFINE or any(operand in self.arrays for operand in op.operands):
            return False
        a, b = (self._progression(operand) for operand in op.operands)
        type_ = op.results[0].type
        whole = integers.BINARY[op.name](a.whole, b.whole, type_)
        first = integers.BINARY[op.name](a.first, b.first, type_)
        if op.name == "arith.muli":
            factor = (a if b.step else b).first.constant
            if factor is None or (a.step and b.step):
                return False
            step = (a.step + b.step) * factor
        else:
            step = a.step + b.step if op.name == "arith.addi" else a.step - b.step
        low, high = limits(type_)
        if (whole.low, whole.high) == (low, high):  # it may wrap
            return False
        start = named(self.t, Scalar(first.text, type_, first.low, first.high), "start")
        self.progressions[op.results[0]] = Progression(start, step, Scalar("", type_, whole.low, whole.high))
        return True

    def _progression(self, value: SSAValue) -> Progression:
        if value in self.progressions:
            return self.progressions[value]
        scalar = self.t.scalar(value)
        return Progression(scalar, 0, scalar)

    def _lanes(self, op: Operation) -> None:
        text = lane_text(self.t, op, [self._array(operand) for operand in op.operands])
        if text is None:
            raise NotBulkError
        self._define(op.results[0], text)

    def _define(self, result: SSAValue, text: str) -> None:
        self.arrays[result] = self.t.emitter.fresh(result.name_hint)
        self.t.line(f"{self.arrays[result]} = {text}")

    def _array(self, value: SSAValue) -> str:
        """A value as an array of its lanes; one that does not change as a numpy scalar."""
        if value in self.arrays:
            return self.arrays[value]
        dtype = self._dtype(value.type)
        if value in self.progressions:
            it = self.progressions[value]
            self._define(value, f"lane_range({it.first}, {self.count}, {it.step}, {dtype!r})")
            return self.arrays[value]
        scalar = self.t.scalar(value)
        if dtype == "float32" and scalar.type != value.type:  # the bits of an f32 on their way to memory
            return f"lane_uint32({scalar}).view('float32')"
        return f"lane_{dtype}({scalar})"

    def _dtype(self, type_: Attribute) -> str:
        if integer_bits(type_) is None and not isinstance(type_, Float32Type | BFloat16Type):
            raise NotBulkError
        return dtype_of(self.t, self.op, type_)

    # Memory ----------------------------------------------------------------------------------------------------------

    def _run(self, view: View, indices: Sequence[SSAValue], writes: bool) -> tuple[str, int, str]:
        """Where the elements of an access lie: the first one's number, the distance to the next, and the numpy array."""
        its = [self._progression(value) for value in indices]
        if any(stride.constant is None for stride in view.strides):
            raise NotBulkError
        start = position(view.offset, [it.first for it in its], view.strides)
        step = sum(it.step * (stride.constant or 0) for it, stride in zip(its, view.strides, strict=True))
        array = view.storage.view(NUMPY_DTYPES[view.format])
        self.touches.append(Touch(view.storage.group, view.storage.array, start.text, step, writes))
        self.t.emitter.subject, self.t.emitter.position = view.storage.label, start.text
        return start.text, step, array

    def _load(self, op: memref.LoadOp) -> None:
        view = self.t.view(op.memref)
        if any(value in self.arrays for value in op.indices):
            self._gather(op, view)
            return
        start, step, array = self._run(view, op.indices, writes=False)
        if step == 0:
            if any(value in self.progressions for value in op.indices):
                raise NotBulkError
            self.t.operations([op])
            return
        text = f"run_of({array}, {start}, {self.count}, {step})"
        self._define(op.res, _as_lanes(view, f"{text}.copy()" if view.storage.group in self.written else text))

    def _gather(self, op: memref.LoadOp, view: View) -> None:
        """A table look-up: the index differs from lane to lane in its own way."""
        array = view.storage.view(NUMPY_DTYPES[view.format])
        terms = [str(view.offset)] if view.offset.constant != 0 else []
        for value, stride in zip(op.indices, view.strides, strict=True):
            place = str(self.t.scalar(value)) if self._is_invariant(value) else f"{self._array(value)}.astype('int64')"
            terms.append(place if stride.constant == 1 else f"{place} * {stride}")
        self.touches.append(Touch(view.storage.group, view.storage.array, "", 0, writes=False))
        self.t.emitter.subject, self.t.emitter.position = view.storage.label, ""
        self._define(op.res, _as_lanes(view, f"gather({array}, {' + '.join(terms)})"))

    def _store(self, op: memref.StoreOp) -> None:
        view = self.t.view(op.memref)
        if any(value in self.arrays for value in op.indices) or element_format(view.element) is None:
            raise NotBulkError
        start, step, array = self._run(view, op.indices, writes=True)
        if step == 0:
            raise NotBulkError
        self.t.line(f"run_of({array}, {start}, {self.count}, {step})[...] = {self._array(op.value)}")


def _as_lanes(view: View, text: str) -> str:
    return f"({text} & 1).astype('bool')" if integer_bits(view.element) == 1 else text


def _is_sum(op: Operation) -> bool:
    if op.name == "arith.addf":
        return isinstance(op.results[0].type, Float32Type)
    return op.name in _SUMS and not isinstance(op.results[0].type, VectorType)


_KNOWN = (
    set(lanes.INTEGER)
    | set(lanes.FLOAT)
    | _CASTS
    | {
        "arith.cmpi", "arith.cmpf", "arith.select", "arith.extui", "arith.index_castui", "arith.sitofp", "arith.uitofp",
        "arith.extf", "arith.truncf", "arith.fptosi", "arith.fptoui", "arith.bitcast", "arith.constant",
        "memref.load", "memref.store", "scf.yield",
    }
)  # fmt: skip
