"""What core code must not have: a core has a small stack, and of libraries only what a compiler itself calls.

Everything that the functions of a core reach and that the sources do not define is an error unless it is known to be there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from npubuild.errors import Diagnostic, Place, Severity
from npubuild.resources.model import Analysis, Call, Function
from npubuild.resources.stack import cycles, reachable
from npubuild.toolchain.core_symbols import DIVISION_CURE, RUNTIME, family_of

# What only a host's compiler asks for: tables of its linker, its checks of the stack and of buffers, its names for memcmp.
HOST_ONLY = re.compile(r"_GLOBAL_OFFSET_TABLE_|__stack_chk_\w+|__mem(cpy|set|move)_chk|bcmp")

UNKNOWN_CURE = (
    "write it in a source of the object: of libraries, a core has memcpy, memmove, memset, memcmp, and what compilers call"
    " for arithmetic"
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
        yield from _outside(analysis, function)
    yield from _variables(reachable(analysis, entries))
    for name in analysis.startup:
        started = analysis.functions.get(name)
        message = (
            "a static variable is initialised at run time, before anything calls the kernel: on a core nothing does that"
        )
        hint = "make it constexpr, or a table; <iostream> has such a variable as well"
        yield Diagnostic(message, started.place if started else None, "static-constructor", hint)


def _variables(functions: Iterable[Function]) -> Iterator[Diagnostic]:
    """Each variable once. Some kernels add up in one on purpose, so this is no error."""
    found: set[str] = set()
    for function in functions:
        for variable in function.variables:
            if variable.name not in found:
                message = (
                    f"`{function.shown}` uses the static variable `{variable.name}`: each core has its own, which keeps its"
                    " value from run to run"
                )
                hint = "use a local variable or a buffer; declare it const if nothing writes it"
                yield Diagnostic(message, variable.place or function.place, "mutable-static", hint, Severity.WARNING)
                found.add(variable.name)


def _divisions(function: Function) -> Iterator[Diagnostic]:
    for division in function.divisions:
        message = f"`{function.shown}` divides integers of {division.bits} bits, for which a core has no function"
        yield Diagnostic(message, division.place or function.place, "wide-division", DIVISION_CURE)


def _outside(analysis: Analysis, function: Function) -> Iterator[Diagnostic]:
    """What is not in the sources, called or otherwise used; what a core's own library has is fine."""
    found: dict[tuple[str, Place | None], Diagnostic] = {}  # of calls at one place, the first of a rule is enough
    for call in function.calls:
        if call.callee not in analysis.functions:
            finding = _missing(function, call, "calls", analysis.estimated) if call.callee else _indirect(function, call)
            if finding is not None:
                found.setdefault((finding.rule, finding.place), finding)
    yield from found.values()
    rules = {"wide-division"} if function.divisions else set()
    rules |= {finding.rule for finding in found.values()}
    called = {call.callee for call in function.calls}
    for name in function.wants:
        used = None if name in called else _missing(function, Call(name, None), "uses", analysis.estimated)
        # What a call wants besides is no finding of its own.
        if used is not None and used.rule not in rules and not (rules and used.rule == "unknown-symbol"):
            rules.add(used.rule)
            yield used


def _indirect(function: Function, call: Call) -> Diagnostic:
    message = f"`{function.shown}` calls through a pointer: what that needs of the stack is not counted"
    hint = "call the function by its name, so that its need is known"
    return Diagnostic(message, call.place or function.place, "indirect-call", hint, Severity.WARNING)


def _missing(function: Function, call: Call, verb: str, estimated: bool) -> Diagnostic | None:
    """Of an object for the cores, what belongs to no family was looked for in Peano's libraries: see `object_check`."""
    name, place = call.callee, call.place or function.place
    if family := family_of(name):
        return Diagnostic(f"`{function.shown}` {verb} `{name}`: {family.reason}", place, family.rule, family.cure)
    if not estimated or RUNTIME.fullmatch(name) or HOST_ONLY.fullmatch(name):
        return None
    message = f"`{function.shown}` {verb} `{name}`, which no core library has"
    return Diagnostic(message, place, "unknown-symbol", UNKNOWN_CURE)
