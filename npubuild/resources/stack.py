"""The stack that a function needs: the frames along the deepest chain of calls.

Figures of the host's compiler are an estimate. Local arrays, which make frames large, have the same size on a core; what
differs is what a compiler adds. A core has pointers of 4 bytes for the host's 8, but saves vector registers of 32 and 64
bytes aligned to their size, and Peano decides by itself what to inline. No measurement on a core stands behind the
allowance: it is a quarter of the chain and 256 bytes, room for four saved vector registers. So a chain that alone exceeds
the stack is an error, one that exceeds it with the allowance a warning.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from npubuild.resources.model import Analysis, Function

CORE_FRAME = 64  # bytes for the core's own program, which calls the functions: assumed, as aiecc does not tell
ALLOWANCE = 256  # bytes, and
ALLOWANCE_SHARE = 4  # the part of a chain that is added to it


@dataclass(frozen=True)
class StackNeed:
    """The deepest chain of calls, outermost first. `uncounted` are functions it may call whose frames nobody knows."""

    chain: tuple[Function, ...]
    uncounted: tuple[str, ...]
    estimated: bool

    @property
    def frames(self) -> int:
        return sum(function.frame for function in self.chain)

    @property
    def with_core(self) -> int:
        """Bytes with the frame of the core's own program."""
        return self.frames + CORE_FRAME

    @property
    def at_most(self) -> int:
        """Bytes with what an estimate may be off by."""
        return self.with_core + (self.frames // ALLOWANCE_SHARE + ALLOWANCE if self.estimated else 0)

    def lines(self) -> Iterator[str]:
        """One line for each function of the chain."""
        for depth, function in enumerate(self.chain):
            arrow = "calls " if depth else ""
            yield f"{function.frame:>8} bytes: {arrow}{function.shown} ({function.place})"
        yield f"{CORE_FRAME:>8} bytes: the core's own program (assumed)"


def stack_need(analysis: Analysis, entries: Iterable[str]) -> StackNeed:
    """The need of a core that calls `entries`. Calls that lead back are not followed: see `cycles`."""
    chains = [_deepest(analysis, name, (), {}) for name in entries if name in analysis.functions]
    chain = max(chains, key=lambda functions: sum(function.frame for function in functions), default=())
    called = {call.callee for function in reachable(analysis, entries) for call in function.calls if call.callee}
    return StackNeed(chain, tuple(sorted(called - analysis.functions.keys())), analysis.estimated)


def reachable(analysis: Analysis, entries: Iterable[str]) -> list[Function]:
    """All functions of the object that run when `entries` are called, in the order in which they are found."""
    found: dict[str, Function] = {}
    waiting = [name for name in entries if name in analysis.functions][::-1]
    while waiting:
        name = waiting.pop()
        if name in found:
            continue
        function = found[name] = analysis.functions[name]
        waiting += [call.callee for call in reversed(function.calls) if call.callee in analysis.functions]
    return list(found.values())


def cycles(analysis: Analysis, entries: Iterable[str]) -> list[tuple[Function, ...]]:
    """Functions that call themselves, directly or through others: each cycle once, from where it is entered first."""
    found: dict[frozenset[str], tuple[Function, ...]] = {}
    done: set[str] = set()

    def visit(name: str, path: tuple[str, ...]) -> None:
        if name in path:
            cycle = path[path.index(name) :]
            found.setdefault(frozenset(cycle), tuple(analysis.functions[one] for one in cycle))
            return
        if name in done:
            return
        for call in analysis.functions[name].calls:
            if call.callee in analysis.functions:
                visit(call.callee, (*path, name))
        done.add(name)

    for entry in entries:
        if entry in analysis.functions:
            visit(entry, ())
    return list(found.values())


def _deepest(
    analysis: Analysis, name: str, path: tuple[str, ...], known: dict[str, tuple[Function, ...]]
) -> tuple[Function, ...]:
    if name in known:
        return known[name]
    function = analysis.functions[name]
    below = [
        _deepest(analysis, call.callee, (*path, name), known)
        for call in function.calls
        if call.callee in analysis.functions and call.callee not in (*path, name)
    ]
    deepest = max(below, key=lambda functions: sum(one.frame for one in functions), default=())
    known[name] = (function, *deepest)
    return known[name]
