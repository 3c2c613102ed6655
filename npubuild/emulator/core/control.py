"""Control flow: `scf` loops and branches, and `cf` blocks as a state machine.

Loops without steps run as plain Python loops. One that may run long gives others a turn (`Pause`) after every BUDGET
units of work, so that an endless loop without a lock in it can be noticed and stopped.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from xdsl.dialects import cf, func, scf
from xdsl.dialects.builtin import DenseIntOrFPElementsAttr
from xdsl.ir import Block, Operation, Region, SSAValue

from npubuild.emulator.core import bulk
from npubuild.emulator.core.scalars import attribute
from npubuild.emulator.core.translator import BUDGET, POLLING_BUDGET, Handler, Translator
from npubuild.emulator.core.values import Scalar, Value, integer, limits
from npubuild.mlir.loops import trip_count

ENDLESS = 2**31
"""A loop of more passes is meant to run for ever."""

_ALWAYS_STEP = {"aie.use_lock", "aie.objectfifo.release"}


# How much work a loop is ---------------------------------------------------------------------------------------------


def always_steps(t: Translator, block: Block) -> bool:
    """Whether every pass through the block gives the array a turn."""
    return any(op.name in _ALWAYS_STEP or (isinstance(op, func.CallOp) and t.is_kernel(op)) for op in block.ops)


def work(t: Translator, region: Region) -> int:
    """Operations in one pass through a region; loops that pause by themselves count as one."""
    if region in t.work:
        return t.work[region]
    t.work[region] = total = 1  # what a recursive call counts, which is refused when it is translated
    for op in (op for block in region.blocks for op in block.ops):
        regions = [t.callee(op).body] if isinstance(op, func.CallOp) else op.regions
        trips = trip_count(op) if isinstance(op, scf.ForOp) else 1
        amount = sum(work(t, nested) for nested in regions) * (trips or 1)
        total += 1 + (amount if amount <= BUDGET else 0)
    t.work[region] = total
    return total


# scf.for -------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Loop:
    """A loop over range(low, high, step): `name` is its variable in Python, `trips` how often it runs if that is known."""

    low: Scalar
    high: Scalar
    step: Scalar
    trips: int | None
    region: Region
    name: str


def counted_loop(t: Translator, loop: Loop, body: Callable[[], None]) -> None:
    """Write a loop in the cheapest form that lets others run."""
    amount = work(t, loop.region)
    if always_steps(t, loop.region.block) or (loop.trips is not None and loop.trips * amount <= BUDGET):
        step = "" if loop.step.constant == 1 else f", {loop.step}"
        if loop.step.low <= 0:
            t.line(f"if {loop.step} <= 0: raise IndexError('loop step is not positive')")
        with t.block(f"for {loop.name} in range({loop.low}, {loop.high}{step}):"):
            body()
        return
    part = t.emitter.fresh("part")
    budget = POLLING_BUDGET if loop.trips is not None and loop.trips > ENDLESS else BUDGET
    length = max(1, budget // amount)
    with t.block(f"for {part} in pieces({loop.low}, {loop.high}, {loop.step}, {length}):"):
        with t.block(f"for {loop.name} in {part}:"):
            body()
        t.tick(f"len({part}) * {amount}", budget)


def _induction(t: Translator, argument: SSAValue, low: Scalar, high: Scalar) -> Scalar:
    """The loop variable: it runs from `low` to less than `high`."""
    smallest, largest = limits(argument.type)
    name = t.emitter.fresh(argument.name_hint, "i")
    return Scalar(name, argument.type, max(low.low, smallest), min(max(high.high - 1, low.low), largest))


def _for(t: Translator, op: Operation) -> None:
    assert isinstance(op, scf.ForOp)
    if attribute(op, "unsignedCmp") is not None:
        t.refuse(op, "`scf.for` with unsigned bounds is not modelled")
    low, high, step = t.scalar(op.lb), t.scalar(op.ub), t.scalar(op.step)
    block = t.single_block(op.body, op)
    if step.constant is not None and step.constant <= 0:
        t.refuse(op, f"a loop with a step of {step.constant}", hint="steps are positive")
    if bulk.translate(t, op, (low, high, step), trip_count(op)):
        return
    carried = carry(t, op, block.args[1:], [t.value(value) for value in op.iter_args])
    variable = _induction(t, block.args[0], low, high)
    t.values[block.args[0]] = variable
    copy = t.copy_names.get(op)
    if copy is not None:
        t.line(f"{copy}_pass = -1")

    def body() -> None:
        if copy is not None:
            _count_copies(t, op, copy, (low, high, step))
        t.assign(carried, t.body(block), op)

    counted_loop(t, Loop(low, high, step, trip_count(op), op.body, variable.text), body)
    t.values.update(zip(op.results, carried, strict=True))


def carry(t: Translator, op: Operation, arguments: Sequence[SSAValue], initial: Sequence[Value]) -> list[Value]:
    """Variables for values that a loop hands from pass to pass, with their first values."""
    carried = [t.declare(argument.type, argument.name_hint, op) for argument in arguments]
    t.assign(carried, initial, op)
    t.values.update(zip(arguments, carried, strict=True))
    return carried


def _count_copies(t: Translator, op: scf.ForOp, copy: str, bounds: tuple[Scalar, Scalar, Scalar]) -> None:
    """Which of the compiler's copies of the loop body this pass is; the remainder loop is the last copy."""
    unrolled = t.holding.loops[op]
    t.line(f"{copy}_pass += 1")
    if unrolled.trips is not None:
        main = str(unrolled.trips // unrolled.factor * unrolled.factor)
    else:
        low, high, step = bounds
        main = f"-(({low} - {high}) // {step}) // {unrolled.factor} * {unrolled.factor}"
    t.line(f"{copy} = {copy}_pass % {unrolled.factor} if {copy}_pass < {main} else {unrolled.factor}")


# Other scf operations ------------------------------------------------------------------------------------------------


def _while(t: Translator, op: Operation) -> None:
    assert isinstance(op, scf.WhileOp)
    before, after = t.single_block(op.before_region, op), t.single_block(op.after_region, op)
    carried = carry(t, op, before.args, [t.value(value) for value in op.arguments])
    passed = [t.declare(argument.type, argument.name_hint, op) for argument in after.args]
    t.values.update(zip(after.args, passed, strict=True))
    with t.block("while True:"):
        condition, *forwarded = t.body(before)
        t.assign(passed, forwarded, op)
        with t.block(f"if not {_text(condition)}:"):
            t.line("break")
        results = t.body(after)
        t.assign(carried, results, op)
        if not always_steps(t, before) and not always_steps(t, after):
            t.tick(str(work(t, op.before_region) + work(t, op.after_region)), POLLING_BUDGET)
    t.values.update(zip(op.results, passed, strict=True))


def _text(value: Value) -> str:
    assert isinstance(value, Scalar)
    return value.text


def branches(t: Translator, op: Operation, results: Sequence[SSAValue], cases: Sequence[tuple[str, Region | None]]) -> None:
    """One of several regions; each case is its Python header and its region, and yields the results."""
    targets = [t.declare(result.type, result.name_hint, op) for result in results]
    yielded: list[list[Value]] = []
    for header, region in cases:
        with t.block(header):
            if region is not None and region.blocks:
                values = t.body(t.single_block(region, op))
                t.assign(targets, values, op)
                yielded.append(values)
    for number, (result, target) in enumerate(zip(results, targets, strict=True)):
        t.values[result] = _narrowed(target, [values[number] for values in yielded])


def _narrowed(target: Value, values: Sequence[Value]) -> Value:
    """A variable of which it is known that it holds one of these values."""
    scalars = [value for value in values if isinstance(value, Scalar)]
    if not isinstance(target, Scalar) or not scalars:
        return target
    return Scalar(target.text, target.type, min(s.low for s in scalars), max(s.high for s in scalars))


def _if(t: Translator, op: Operation) -> None:
    assert isinstance(op, scf.IfOp)
    cases: list[tuple[str, Region | None]] = [(f"if {t.scalar(op.cond)}:", op.true_region)]
    if op.false_region.blocks:
        cases.append(("else:", op.false_region))
    branches(t, op, op.results, cases)


def _index_switch(t: Translator, op: Operation) -> None:
    assert isinstance(op, scf.IndexSwitchOp)
    selector = t.scalar(op.arg)
    cases: list[tuple[str, Region | None]] = []
    for value, region in zip(op.cases.get_values(), op.case_regions, strict=True):
        cases.append((f"{'elif' if cases else 'if'} {selector} == {value}:", region))
    cases.append(("else:" if cases else "if True:", op.default_region))
    branches(t, op, op.results, cases)


def _execute_region(t: Translator, op: Operation) -> None:
    assert isinstance(op, scf.ExecuteRegionOp)
    t.values.update(zip(op.results, inlined(t, op, op.region, []), strict=True))


def inlined(t: Translator, op: Operation, region: Region, arguments: Sequence[Value]) -> list[Value]:
    """A region executed in place; gives what its terminator returns."""
    results: list[Value] = [t.declare(result.type, result.name_hint, op) for result in op.results]

    def leave(terminator: Operation) -> None:
        t.assign(results, [t.value(operand) for operand in terminator.operands], op)
        if len(region.blocks) > 1:
            t.line("break")

    blocks(t, op, region, arguments, leave)
    return results


# Blocks --------------------------------------------------------------------------------------------------------------


def blocks(
    t: Translator, op: Operation, region: Region, arguments: Sequence[Value], leave: Callable[[Operation], None]
) -> None:
    """A region of any number of blocks; `leave` writes what a terminator that ends the region does."""
    if any(block.last_op is None for block in region.blocks):
        t.refuse(op, f"`{op.name}` has an empty block")
    first = region.blocks[0]
    if len(region.blocks) == 1:
        t.values.update(zip(first.args, arguments, strict=True))
        t.body(first)
        assert first.last_op is not None
        leave(first.last_op)
        return
    order = _reverse_postorder(first)
    numbers = {block: number for number, block in enumerate(order)}
    for block in order:
        t.values.update((argument, t.declare(argument.type, argument.name_hint, op)) for argument in block.args)
    t.assign([t.values[argument] for argument in first.args], arguments, op)
    state = t.emitter.fresh("state")
    t.line(f"{state} = 0")
    share = work(t, region) // len(order) + 1
    with t.block("while True:"):
        for block, number in numbers.items():
            with t.block(f"{'elif' if number else 'if'} {state} == {number}:"):
                t.body(block)
                assert block.last_op is not None
                t.emitter.current = block.last_op
                _terminate(t, block.last_op, state, numbers, leave)
        t.tick(str(share), POLLING_BUDGET)


def _reverse_postorder(entry: Block) -> list[Block]:
    """The reachable blocks, every one after those that define values for it."""
    seen = {entry}
    order: list[Block] = []
    stack = [(entry, iter(entry.last_op.successors if entry.last_op else ()))]
    while stack:
        block, successors = stack[-1]
        following = next((successor for successor in successors if successor not in seen), None)
        if following is None:
            order.append(block)
            stack.pop()
        else:
            seen.add(following)
            stack.append((following, iter(following.last_op.successors if following.last_op else ())))
    return order[::-1]


def _terminate(
    t: Translator, op: Operation, state: str, numbers: dict[Block, int], leave: Callable[[Operation], None]
) -> None:
    def jump(target: Block, operands: Sequence[SSAValue]) -> None:
        t.assign([t.values[argument] for argument in target.args], [t.value(value) for value in operands], op)
        t.line(f"{state} = {numbers[target]}")

    if isinstance(op, cf.BranchOp):
        jump(op.successor, op.arguments)
    elif isinstance(op, cf.ConditionalBranchOp):
        with t.block(f"if {t.scalar(op.cond)}:"):
            jump(op.then_block, op.then_arguments)
        with t.block("else:"):
            jump(op.else_block, op.else_arguments)
    elif isinstance(op, cf.SwitchOp):
        _switch(t, op, jump)
    elif op.successors:
        t.refuse(op, f"`{op.name}` is not modelled in a core program")
    else:
        leave(op)


def _switch(t: Translator, op: cf.SwitchOp, jump: Callable[[Block, Sequence[SSAValue]], None]) -> None:
    flag, keyword = t.scalar(op.flag), "if"
    values = op.case_values.get_values() if isinstance(op.case_values, DenseIntOrFPElementsAttr) else ()
    for value, block, operands in zip(values, op.case_blocks, op.case_operand, strict=True):
        with t.block(f"{keyword} {flag} == {integer(int(value), op.flag.type)}:"):
            jump(block, operands)
        keyword = "elif"
    otherwise: AbstractContextManager[None] = t.block("else:" if keyword == "elif" else "if True:")
    with otherwise:
        jump(op.default_block, op.default_operands)


def _assert(t: Translator, op: Operation) -> None:
    with t.block(f"if not {t.scalar(op.operands[0])}:"):
        message = attribute(op, "msg")
        t.line(f"yield {t.report(op, f'assertion failed: {message}')}")


HANDLERS: dict[str, Handler] = {
    "scf.for": _for,
    "scf.while": _while,
    "scf.if": _if,
    "scf.index_switch": _index_switch,
    "scf.execute_region": _execute_region,
    "cf.assert": _assert,
}
