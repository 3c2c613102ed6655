"""Object fifos and locks in core programs (npu-facts.md, 5.2).

Which buffer an access means follows the program: every port counts the objects it has released, and object i of an
acquire is the (released + i)-th of the ring. How much an acquire takes from its lock follows the compiler (holding.py).
"""

from __future__ import annotations

from xdsl.ir import Operation, SSAValue

from npubuild.emulator.core.memory import view_of
from npubuild.emulator.core.translator import Handler, Translator
from npubuild.emulator.core.values import Storage, View, element_format
from npubuild.emulator.process import AcquireLock, ReleaseLock
from npubuild.mlir.dialect.aie import LockOp, ObjectFifoAcquireOp, ObjectFifoReleaseOp, ObjectFifoSubviewAccessOp, UseLockOp
from npubuild.placement.model import Ring


class RingMemory:
    """The objects of a ring at run time: tuples, in ring order, of arrays and of typed views of them."""

    def __init__(self, t: Translator, ring: Ring) -> None:
        self._t = t
        self._fifo = ring.fifo
        self._names: dict[str, str] = {}
        self.arrays = t.emitter.fresh(f"{ring.fifo}_objects")
        names = "".join(f"memory({name!r}), " for name in ring.buffers)
        t.emitter.start(f"{self.arrays} = ({names})")

    def views(self, key: str) -> str:
        """The tuple of typed views (see Storage.view) of all objects."""
        if key not in self._names:
            self._names[key] = self._t.emitter.fresh(f"{self._fifo}_{key}")
            make = "address_of(array)" if key == "address" else f"typed(array, {key!r})"
            self._t.emitter.start(f"{self._names[key]} = tuple([{make} for array in {self.arrays}])")
        return self._names[key]


def ring_memory(t: Translator, ring: Ring) -> RingMemory:
    if ring.buffers not in t.rings:
        t.rings[ring.buffers] = RingMemory(t, ring)
    return t.rings[ring.buffers]


def _position(t: Translator, fifo: str, port: str) -> str:
    """The variable that counts the objects a port has released, modulo the ring."""
    if (fifo, port) not in t.positions:
        t.positions[fifo, port] = t.emitter.fresh(f"{fifo}_{port.lower()}")
        t.emitter.start(f"{t.positions[fifo, port]} = 0")
    return t.positions[fifo, port]


def _acquire(t: Translator, op: Operation) -> None:
    assert isinstance(op, ObjectFifoAcquireOp)
    ring = t.ring(op, op.fifo, op.port)
    lock = ring.full if op.port == "Consume" else ring.free
    if lock:
        _wait(t, op, lock)
    t.firsts[op] = "0"
    if len(ring.buffers) > 1:
        first = t.firsts[op] = t.emitter.fresh(f"{op.fifo}_first")
        t.line(f"{first} = {_position(t, op.fifo, op.port)}")


def _wait(t: Translator, op: ObjectFifoAcquireOp, lock: str) -> None:
    """Take what this copy of the acquire takes from the lock; nothing when it holds enough objects already."""
    amounts = t.holding.amounts[op]
    why = f"@{op.fifo} {op.port}"
    steps = {
        amount: t.emitter.constant(AcquireLock(lock, -amount, why, t.place_of(op)), f"acquire_{op.fifo}_{amount}")
        for amount in sorted(set(amounts.values()))
        if amount
    }
    if len(set(amounts.values())) == 1:
        for step in steps.values():
            t.line(f"yield {step}")
        return
    copies = "".join(f"{name}, " for name in t.copies_around(op))
    table = {copy: t.emitter.constants[steps[amount]] if amount else None for copy, amount in amounts.items()}
    step = t.emitter.fresh("step")
    t.line(f"{step} = {t.emitter.constant(table, f'acquires_{op.fifo}')}[{copies}]")
    with t.block(f"if {step} is not None:"):
        t.line(f"yield {step}")


def _release(t: Translator, op: Operation) -> None:
    assert isinstance(op, ObjectFifoReleaseOp)
    ring = t.ring(op, op.fifo, op.port)
    lock = ring.free if op.port == "Consume" else ring.full
    depth = len(ring.buffers)
    if depth > 1:
        position = _position(t, op.fifo, op.port)
        t.line(f"{position} = ({position} + {op.count}) % {depth}")
    if lock:
        step = ReleaseLock(lock, op.count * ring.repeat)
        t.line(f"yield {t.emitter.constant(step, f'release_{op.fifo}')}")


def _access(t: Translator, op: Operation) -> None:
    assert isinstance(op, ObjectFifoSubviewAccessOp)
    acquire = op.subview.owner
    if not isinstance(acquire, ObjectFifoAcquireOp) or acquire not in t.firsts:
        t.refuse(op, "an object that does not come from an acquire of this core directly is not modelled")
    if not 0 <= op.index < acquire.count:
        t.refuse(
            op, f"object {op.index} of an acquire of {acquire.count}", hint=f"objects count from 0 to {acquire.count - 1}"
        )
    ring = t.ring(op, acquire.fifo, acquire.port)
    t.values[op.output] = _object(t, op, ring, acquire, op.output)


def _object(t: Translator, op: Operation, ring: Ring, acquire: ObjectFifoAcquireOp, output: SSAValue) -> View:
    assert isinstance(op, ObjectFifoSubviewAccessOp)
    memory = ring_memory(t, ring)
    slot = "0"
    if len(ring.buffers) > 1:
        slot = t.emitter.fresh(f"{output.name_hint or acquire.fifo}_slot")
        ahead = f" + {op.index}" if op.index else ""
        t.line(f"{slot} = ({t.firsts[acquire]}{ahead}) % {len(ring.buffers)}")
    letter = element_format(output.type.element_type) if hasattr(output.type, "element_type") else None
    name = t.emitter.fresh(output.name_hint, acquire.fifo)
    if letter is not None:
        t.line(f"{name} = {memory.views(letter)}[{slot}]")

    def view(key: str) -> str:
        return name if key == letter else f"{memory.views(key)}[{slot}]"

    storage = Storage(
        f"{memory.arrays}[{slot}]",
        lambda: f"{memory.views('address')}[{slot}]",
        f"an object of @{acquire.fifo}",
        view,
        group=memory.arrays,
    )
    return view_of(t, op, output.type, storage)


def _use_lock(t: Translator, op: Operation) -> None:
    assert isinstance(op, UseLockOp)
    owner = op.lock.owner
    if not isinstance(owner, LockOp):
        t.refuse(op, "a lock that is not an `aie.lock` of the device is not modelled")
    name = t.placed_name(owner)
    if op.action == "Release":
        t.line(f"yield {t.emitter.constant(ReleaseLock(name, op.amount), f'release_{name}')}")
        return
    value = -op.amount if op.action == "AcquireGreaterEqual" else op.amount
    step = AcquireLock(name, value, f"lock {name}", t.place_of(op))
    t.line(f"yield {t.emitter.constant(step, f'acquire_{name}')}")


HANDLERS: dict[str, Handler] = {
    "aie.objectfifo.acquire": _acquire,
    "aie.objectfifo.release": _release,
    "aie.objectfifo.subview.access": _access,
    "aie.use_lock": _use_lock,
}
