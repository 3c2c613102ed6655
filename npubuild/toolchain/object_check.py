"""Whether a core can link an object: its machine, its entry function, and what it wants that no core has.

A linker finds the same, but only after minutes of aiecc, and in words that name neither kernel nor cure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from npubuild.errors import Diagnostic, Place, UserError
from npubuild.files import read_bytes
from npubuild.toolchain.core_symbols import RUNTIME, family_of
from npubuild.toolchain.elf import AIE, ElfObject, read_objects


def check_object(file: Path, functions: Iterable[str], provided: frozenset[str]) -> None:
    """Check a compiled object or archive before it is linked.

    `functions` are the entry functions that designs call in it; `provided` the symbols of Peano's libraries, empty when
    these are not known. Raises UserError with everything that is wrong.
    """
    objects = read_objects(read_bytes(file), str(file))
    foreign = list(_foreign(objects))
    if not objects:
        foreign = [Diagnostic("the archive holds no object", Place(str(file)), "object-empty")]
    if foreign:
        raise UserError(foreign)  # its symbols mean nothing for a core
    defined = {symbol.name for one in objects for symbol in one.symbols if symbol.defined}
    wanted = {symbol.name for one in objects for symbol in one.symbols if not symbol.defined and symbol.name}
    findings = [*_entries(file, functions, defined), *_undefined(file, wanted - defined - provided, bool(provided))]
    if findings:
        raise UserError(findings)


def library_symbols(folder: Path, target: str) -> frozenset[str]:
    """Everything that Peano's libraries for a target define; empty when there are none where they are looked for."""
    found: set[str] = set()
    for archive in [*folder.glob(f"lib/{target}/**/*.a"), *folder.glob(f"lib/clang/*/lib/{target}/*.a")]:
        objects = read_objects(read_bytes(archive), str(archive))
        found |= {symbol.name for one in objects for symbol in one.symbols if symbol.defined}
    return frozenset(found)


def _foreign(objects: Iterable[ElfObject]) -> Iterator[Diagnostic]:
    for one in objects:
        if one.machine != AIE:
            message = f"is an object for {one.machine_name}, not for an AI Engine"
            hint = "compile it with Peano: an object of the host's compiler cannot be linked into a core"
            yield Diagnostic(message, Place(one.name), "object-machine", hint)


def _entries(file: Path, functions: Iterable[str], defined: set[str]) -> Iterator[Diagnostic]:
    for function in functions:
        if function in defined:
            continue
        mangled = next((name for name in sorted(defined) if name.startswith(f"_Z{len(function)}{function}")), "")
        if mangled:
            message = f"the entry function `{function}` is there under its C++ name `{mangled}`"
            yield Diagnostic(message, Place(str(file)), "entry-mangled", 'declare it `extern "C"`')
        else:
            names = ", ".join(sorted(defined)) or "none"
            yield Diagnostic(f"there is no function `{function}`; it has {names}", Place(str(file)), "entry-missing")


def _undefined(file: Path, names: set[str], libraries_known: bool) -> Iterator[Diagnostic]:
    for name in sorted(names):
        family = family_of(name)
        if family:
            hint = f"{family.reason}: {family.cure}"
        elif not libraries_known and RUNTIME.fullmatch(name):
            continue
        elif name.startswith("_Z"):
            hint = 'name its source in the same object, and mind `extern "C"` on both sides'
        else:
            hint = "name its source in the same object"
        yield Diagnostic(f"undefined symbol `{name}`", Place(str(file)), "symbol-undefined", hint)
