"""From an `aie.core` of a placed design to the generator that the array runs."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

from xdsl.ir import Operation

from npubuild.emulator.core import affine, calls, control, fifos, floats, holding, memory, scalars, vectors
from npubuild.emulator.core.emitter import Line
from npubuild.emulator.core.memory_access import float_cell
from npubuild.emulator.core.translator import Handler, Translator
from npubuild.emulator.kernels import Kernels
from npubuild.emulator.process import CoreFault, Memory, Step
from npubuild.errors import Diagnostic, Place, UserError
from npubuild.hardware.devices import Tile
from npubuild.mlir.dialect.aie import ObjectFifoAcquireOp, ObjectFifoReleaseOp
from npubuild.placement.model import Core, Placement, Ring

HANDLERS: dict[str, Handler] = {
    **scalars.HANDLERS,
    **control.HANDLERS,
    **memory.HANDLERS,
    **fifos.HANDLERS,
    **calls.HANDLERS,
    **vectors.HANDLERS,
    **affine.HANDLERS,
}

Steps = Generator[Step, Any, None]


@dataclass(frozen=True)
class CoreProgram:
    """A compiled core. `source` is its Python; calling it with a memory starts it anew.

    Running it raises nothing but CoreFault, for an access outside the memory it belongs to.
    """

    tile: Tile
    source: str
    _lines: list[Line] = field(repr=False)
    _function: Callable[[Memory], Steps] = field(repr=False)
    _place_of: Callable[[Operation], Place | None] = field(repr=False)

    def __call__(self, memory: Memory) -> Steps:
        try:
            yield from self._function(memory)
        except IndexError as error:
            finding = self._explain(error.__traceback__)
            if finding is None:
                raise
            raise CoreFault(finding) from None

    def _explain(self, traceback: TracebackType | None) -> Diagnostic | None:
        """Which operation of the design failed, seen from the line of the program that did."""
        while traceback is not None and traceback.tb_frame.f_code is not self._function.__code__:
            traceback = traceback.tb_next
        if traceback is None:
            return None
        line = self._lines[traceback.tb_lineno - 1]
        if line.op is None:
            return None
        frame = traceback.tb_frame
        where = ""
        if line.position:
            where = f" at element {eval(line.position, frame.f_globals, frame.f_locals)}"  # noqa: S307 (its own text)
        message = f"core {self.tile.col} {self.tile.row}: `{line.op.name}` outside of {line.subject or 'its memory'}{where}"
        return Diagnostic(message, self._place_of(line.op), rule="access-outside-buffer")


def compile_core(
    core: Core, placement: Placement, kernels: Kernels, place_of: Callable[[Operation], Place | None] | None = None
) -> CoreProgram:
    """Compile the region of `core.op`.

    `place_of` locates an operation in the design's text (`Design.place`). Raises UserError for what is not modelled and
    for kernel functions that no library has.
    """
    place_of = place_of or (lambda _: None)
    names = {**calls.NAMES, **vectors.NAMES, "BF16": floats.bf16_table(), "float_cell": float_cell}
    t = Translator(core, placement, kernels, place_of, HANDLERS, names)
    if core.op.elf is not None:
        t.refuse(core.op, f"the core's program is in the ELF file {core.op.elf}, which cannot be emulated")
    t.emitter.start("tick = 0")
    t.emitter.start("cell, bits = float_cell()")
    t.holding = _count(t)
    for loop in _loops_whose_copies_differ(t):
        t.copy_names[loop] = t.emitter.fresh("copy")
    t.emitter.current = core.op
    control.blocks(t, core.op, core.op.body, [], lambda _: t.line("return"))
    return _assemble(t)


def _count(t: Translator) -> holding.Holding:
    def ring_of(op: Operation) -> Ring:
        assert isinstance(op, ObjectFifoAcquireOp | ObjectFifoReleaseOp)
        return t.ring(op, op.fifo, op.port)

    return holding.count_held(t.core.op.body, ring_of, dynamic=bool(t.core.op.dynamic))


def _loops_whose_copies_differ(t: Translator) -> set[Operation]:
    """The unrolled loops around acquires that take different amounts in different copies of the loop body."""
    found: set[Operation] = set()
    for acquire, amounts in t.holding.amounts.items():
        if len(set(amounts.values())) > 1:
            around = acquire.parent_op()
            while around is not None:
                if around in t.holding.loops:
                    found.add(around)
                around = around.parent_op()
    return found


def _assemble(t: Translator) -> CoreProgram:
    lines = t.emitter.lines()
    source = "\n".join(line.text for line in lines) + "\n"
    file = f"<{t.name}>"
    namespace = dict(t.emitter.constants)
    try:
        exec(compile(source, file, "exec"), namespace)  # noqa: S102 (the text is made here, out of names and numbers)
    except (SyntaxError, RecursionError, MemoryError) as error:
        message = f"{t.name}: the program is nested too deeply to be compiled ({error})"
        raise UserError.at(t.place_of(t.core.op), message, hint="move inner loops into functions") from error
    function: Callable[[Memory], Steps] = namespace["program"]  # type: ignore[assignment]
    return CoreProgram(t.core.tile, source, lines, function, t.place_of)
