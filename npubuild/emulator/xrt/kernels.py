"""`kernel`, `run` and `runlist`: from arguments to a command and its state (xrt-facts.md, sections 2 and 3)."""
# ruff: noqa: N801 (the names are the real module's)

from __future__ import annotations

import weakref
from dataclasses import dataclass
from typing import TYPE_CHECKING

from npubuild.emulator.xrt.buffers import BO, bo
from npubuild.emulator.xrt.command import STATES, RegisterMap, execute
from npubuild.emulator.xrt.devices import Context, context_of, device, hw_context
from npubuild.emulator.xrt.enums import BoundEnum, ert_cmd_state, member
from npubuild.emulator.xrt.mistakes import NO_BANK, call_mistakes, connectivity_text, start_mistakes
from npubuild.emulator.xrt.mode import explained, is_lenient, log, out_of_range
from npubuild.emulator.xrt.signatures import (
    INT32,
    STRING,
    UINT32,
    UNBOUND,
    Kind,
    Rejected,
    enumeration,
    instance,
    overloaded,
)
from npubuild.emulator.xrt.storage import Completion
from npubuild.emulator.xrt.xclbins import uuid
from npubuild.xclbin.metadata import Kernel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from npubuild.emulator.outcome import Outcome

COMPLETED = STATES["completed"]
ABORT = "ERT_CMD_STATE_ABORT"
SLOT_SHIFT = 16  # the context's number in a group id


@dataclass(frozen=True)
class BufferArgument:
    """A buffer that was bound: by reference only, as a run does not keep its buffers alive."""

    object: weakref.ref[bo]


class cu_access_mode(BoundEnum):
    """How a compute unit is shared; an NPU does not care."""

    exclusive = member(0)
    shared = member(1)
    none = member(2)


cu_access_mode.__qualname__ = "kernel.cu_access_mode"


class kernel:
    """A kernel of a context: `kernel(opcode, instructions, count, bo0, ...)` starts a run."""

    cu_access_mode = cu_access_mode
    exclusive = cu_access_mode.exclusive
    shared = cu_access_mode.shared
    none = cu_access_mode.none

    @overloaded(
        (instance(hw_context, "pyxrt.hw_context"), STRING),
        (instance(device, "pyxrt.device"), instance(uuid, "pyxrt.uuid"), STRING, enumeration(cu_access_mode)),
        (instance(device, "pyxrt.device"), instance(uuid, "pyxrt.uuid"), STRING),
    )
    def __init__(self, owner: hw_context | device, *rest: object) -> None:
        if isinstance(owner, hw_context):
            self._owner, name = owner, str(rest[0])
        else:
            self._owner, name = hw_context(owner, rest[0]), str(rest[1])
        self._context = context_of(self._owner)
        self._kernel, self._unit = _find(self._context, name)
        self._slot = self._context.slot
        connected = [c.argument for c in self._context.contents.connections if c.unit == self._unit]
        self._groups = max(connected, default=-1) + 1

    @overloaded((UINT32,), returns="int")
    def group_id(self, index: int) -> int:
        if index >= self._groups:
            raise out_of_range(index, self._groups, f"the last buffer of kernel {self._kernel.name} is {self._groups - 1}")
        return self._slot << SLOT_SHIFT | _bank(self, index)

    def __call__(self, *values: object) -> run:
        """Bind the arguments by position and start; as in the real binding it does not wait for the end."""
        started = run(self)
        if is_lenient():
            _bind_leniently(started, values)
        else:
            if problems := call_mistakes(self._kernel, values):
                raise explained(_real_text(self, values), "\n".join(problems))
            for index, value in enumerate(values):
                started.set_arg(index, value)
        started.start()
        return started


def _find(context: Context, name: str) -> tuple[Kernel, int]:
    """The kernel called `name` or `name:instance`, and the index of its compute unit."""
    kernel_name, _, unit = name.partition(":")
    wanted = unit.strip("{}")
    found = next((known for known in context.contents.kernels if known.name == kernel_name), None)
    if found is None:
        known = ", ".join(kernel.name for kernel in context.contents.kernels) or "none"
        raise explained(f"No such kernel '{name}': Invalid argument", f"kernels of this XCLBIN: {known}")
    for number, candidate in enumerate(context.contents.units):
        owner, _, instance_name = candidate.name.partition(":")
        if owner == kernel_name and wanted in {"", instance_name}:
            return found, number
    raise RuntimeError(f"No compute units matching '{name}'")


def _bank(owner: kernel, index: int) -> int:
    bank = owner._context.contents.bank(owner._unit, index)
    return NO_BANK if bank is None else bank


def _real_text(owner: kernel, values: tuple[object, ...]) -> str:
    """What the real stack logs for the first buffer that stands where no buffer belongs."""
    for index, value in enumerate(values[: owner._groups]):
        if isinstance(value, bo) and value._group & NO_BANK != _bank(owner, index):
            connected = owner._slot << SLOT_SHIFT | _bank(owner, index)
            return connectivity_text(owner._kernel, index, value._group & NO_BANK, connected)
    return ""


def _bind_leniently(started: run, values: tuple[object, ...]) -> None:
    """Bind as the real binding does: as a buffer, else as a number, and leave the argument unset if neither works."""
    for index, value in enumerate(values):
        if isinstance(value, bo) and index >= len(started._map.kernel.arguments):
            raise explained("", f"a buffer as argument {index}, past the last one: the real runtime crashes here")
        try:
            started.set_arg(index, value)
        except (TypeError, IndexError, RuntimeError):
            continue


class run:
    """One execution of a kernel, which can be repeated: arguments persist, and only what changed need be set again.

    `outcome` is not in the real module: what the emulator says about the last execution; None if it never reached the
    array.
    """

    @overloaded((), (instance(kernel, "pyxrt.kernel"),))
    def __init__(self, owner: kernel | None = None) -> None:
        self._completion: Completion | None = None
        self._list: runlist | None = None
        self._arguments: dict[int, int | BufferArgument] = {}
        self._owner = owner
        if owner is not None:
            self._map = RegisterMap(owner._kernel, owner._context.command)

    @property
    def outcome(self) -> Outcome | None:
        return self._completion.outcome if self._completion else None

    @overloaded((INT32, BO), (INT32, INT32))
    def set_arg(self, index: int, value: bo | int) -> None:
        owner = _owner_of(self)
        count = len(owner._kernel.arguments)
        if not 0 <= index < count:
            raise out_of_range(index, count, f"kernel {owner._kernel.name} has {count} arguments")
        if isinstance(value, bo):
            _require_bank(owner, index, value)
            self._map.set_address(index, value.address())
            self._arguments[index] = BufferArgument(weakref.ref(value))
        else:
            self._map.set_scalar(index, value)
            self._arguments[index] = value

    @overloaded(())
    def start(self) -> None:
        _owner_of(self)
        if self._list is not None:
            raise RuntimeError("Run object belongs to a runlist and cannot be explicitly started")
        launch(self)

    @overloaded((), (UINT32,), returns="pyxrt.ert_cmd_state")
    def wait(self, _timeout: int = 0) -> ert_cmd_state:
        """The final state. The emulator has no clock: a run that cannot end has timed out, whatever the time-out."""
        _owner_of(self)
        if self._completion is None:
            raise explained("", "this run was never started: the real runtime would wait for ever here; call start() first")
        return self.state()

    @overloaded((), returns="None")
    def wait2(self) -> None:
        state = self.wait()
        if state.name != COMPLETED:
            raise RuntimeError(f"Command failed to complete successfully ({state.name})")
        raise TypeError("Unable to convert function return value to a Python type!")  # as the real binding does: use wait()

    @overloaded((), returns="pyxrt.ert_cmd_state")
    def state(self) -> ert_cmd_state:
        _owner_of(self)
        if self._completion is None:
            return ert_cmd_state.ERT_CMD_STATE_NEW  # type: ignore[no-any-return]
        self._completion.observed = True
        return ert_cmd_state.__members__[self._completion.state]  # type: ignore[no-any-return]

    @overloaded((UNBOUND, UNBOUND, UNBOUND))
    def add_callback(self, *_: object) -> None:
        """Unusable in the real binding too: no converter for the function."""

    def __del__(self) -> None:
        completion = getattr(self, "_completion", None)
        if completion is not None and not completion.observed and not is_lenient():
            completion.dropped = True
            log("ERROR", "xrt::run destructed while command is still in progress (call run.wait() before dropping it)")


def launch(started: run) -> None:
    """Check a run, unless mistakes are to be swallowed, and execute it."""
    owner = _owner_of(started)
    last = started._completion
    if last is not None and not last.observed:
        raise explained("bad command state, can't launch", "this run was started before, and nobody waited for its end")
    if not is_lenient():
        if last is not None and last.state == STATES["timeout"]:
            raise explained(
                "", "this run timed out, and the driver's report overwrote its arguments: make a new run to try again"
            )
        if problems := start_mistakes(owner._context.image, started._map, started._arguments):
            raise explained("", "\n".join(problems))
    started._completion = execute(owner._context, started._map)


def _owner_of(started: run) -> kernel:
    if started._owner is None:
        raise explained("", "this run object is empty: the real runtime would crash here; use run(kernel)")
    return started._owner


def _require_bank(owner: kernel, index: int, buffer: bo) -> None:
    """XRT's bank check of a buffer argument; what it fails with is swallowed by `kernel()` of the real binding."""
    allocated, connected = buffer._group & NO_BANK, _bank(owner, index)
    name = owner._kernel.arguments[index].name
    cure = f"create it with kernel.group_id({index}) for argument {index} (`{name}`)"
    if allocated == NO_BANK:
        banks = len(owner._context.contents.memories)
        hint = f"the buffer was created with the group of a scalar argument, which has no memory bank: {cure}"
        raise out_of_range(allocated, banks, hint)
    if allocated == connected:
        return
    text = connectivity_text(owner._kernel, index, allocated, owner._slot << SLOT_SHIFT | connected)
    if is_lenient():
        log("WARNING", text)
        log("WARNING", "Reverting to host copy of buffers (exec_buf: Operation not supported)")
    if connected == NO_BANK:
        cure = f"argument {index} (`{name}`) is a number, not a buffer"
    raise explained("No host side buffer in destination buffer: Invalid argument", f"{text}\n{cure}")


def _is_run(value: object) -> object:
    if not isinstance(value, run):
        raise Rejected
    return value


class runlist:
    """Several runs that are executed one after the other; after a failure the later ones are aborted."""

    @overloaded((), (instance(hw_context, "pyxrt.hw_context"),))
    def __init__(self, context: hw_context | None = None) -> None:
        self._context = context
        self._runs: list[run] = []
        self._executing = False

    @overloaded((Kind("pyxrt.run", _is_run),))
    def add(self, added: run) -> None:
        if self._context is None:
            raise RuntimeError("cannot add run object to uninitialized runlist: Invalid argument")
        if self._executing:
            raise explained("runlist must be idle before adding", "call wait() first")
        if added._list is not None:
            raise RuntimeError("Run object already associated with a runlist")
        _owner_of(added)
        added._list = self
        self._runs.append(added)

    @overloaded(())
    def execute(self) -> None:
        if self._executing:
            raise explained("bad command state, can't launch", "this runlist was executed before, and nobody waited for it")
        self._executing = True
        failed = False
        for started in self._runs:
            if failed:
                started._completion = Completion(ABORT, "an earlier run of the runlist failed")
            else:
                launch(started)
                failed = any(self._failures())

    @overloaded(())
    def wait(self) -> None:
        self._executing = False
        for started in self._runs:
            if started._completion is not None:
                started._completion.observed = True
        for failure in self._failures():
            raise explained("runlist failed execution", f"{failure.state}: {failure.explanation}")

    def _failures(self) -> Iterator[Completion]:
        completions = (started._completion for started in self._runs)
        return (completion for completion in completions if completion is not None and completion.state != COMPLETED)
