"""What core code must not have: a core has no wide division, no libm, no heap, no exceptions, and a small stack."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from npubuild.errors import Diagnostic, Severity
from npubuild.resources.model import Analysis, Call, Function
from npubuild.resources.stack import cycles, reachable
from npubuild.toolchain.object_check import NO_LIBM, NO_WIDE_DIVISION

INTRINSIC = re.compile(r"llvm\.(\w+)\.\w+")
HEAP = re.compile(r"(m|c|re)alloc|free|aligned_alloc|posix_memalign|_Zn[aw]\w+|_Zd[al]P\w+|strdup")
EXCEPTIONS = re.compile(
    r"__cxa_(throw|rethrow|allocate_exception|begin_catch|bad_|throw_)\w*|_Unwind_\w+|_ZSt\d+__throw_\w+"
)

DIVISION_CURE = (
    "divide 32-bit numbers, or multiply and shift; `long` and `size_t` have 64 bits here and 32 on a core: write int32_t or"
    " uint32_t"
)


def check_constructs(analysis: Analysis, entries: Iterable[str]) -> Iterator[Diagnostic]:
    """Findings in all functions that run when a core calls `entries`, at their place in the source."""
    entries = tuple(entries)
    for cycle in cycles(analysis, entries):
        names = " -> ".join(f"`{function.shown}`" for function in (*cycle, cycle[0]))
        hint = "write a loop: on a core nothing notices a stack that overflows into the buffers"
        yield Diagnostic(f"recursion: {names}", cycle[0].place, "core-recursion", hint)
    for function in reachable(analysis, entries):
        yield from _divisions(function)
        if not function.bounded:
            message = f"`{function.shown}` allocates on the stack while it runs: how much it needs is not known"
            hint = "give arrays a constant size, and do not use alloca"
            yield Diagnostic(message, function.place, "stack-unbounded", hint, Severity.WARNING)
        for call in function.calls:
            if call.callee not in analysis.functions:
                yield from _outside(function, call)


def _divisions(function: Function) -> Iterator[Diagnostic]:
    for division in function.divisions:
        message = f"`{function.shown}` divides integers of {division.bits} bits, for which a core has no function"
        yield Diagnostic(message, division.place or function.place, "wide-division", DIVISION_CURE)


def _outside(function: Function, call: Call) -> Iterator[Diagnostic]:
    """A call of something that is not in the sources; what the compiler's own library has is fine."""
    place = call.place or function.place
    intrinsic = INTRINSIC.match(call.callee)
    name = intrinsic[1] if intrinsic else call.callee
    if not name:
        message = f"`{function.shown}` calls through a pointer: what that needs of the stack is not counted"
        hint = "call the function by its name, so that its need is known"
        yield Diagnostic(message, place, "indirect-call", hint, Severity.WARNING)
    elif NO_LIBM.fullmatch(name):
        yield Diagnostic(
            f"`{function.shown}` calls `{name}`: a core has no libm", place, "libm-call", "use integers or a table"
        )
    elif NO_WIDE_DIVISION.fullmatch(name):
        message = f"`{function.shown}` calls `{name}`, which a core does not have"
        yield Diagnostic(message, place, "wide-division", DIVISION_CURE)
    elif HEAP.fullmatch(name):
        message = f"`{function.shown}` calls `{name}`: a core has no heap"
        yield Diagnostic(message, place, "heap-allocation", "use arrays of constant size, or a buffer of the design")
    elif EXCEPTIONS.fullmatch(name):
        message = f"`{function.shown}` calls `{name}`: a core has no exceptions"
        yield Diagnostic(message, place, "core-exception", "return a value that says so, or leave the check to the host")
