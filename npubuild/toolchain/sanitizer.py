"""C++ with address and undefined-behaviour checks, as a program of its own; and what its reports say.

A program, not a library that Python loads: the checks then start first in their process, whatever Python was linked with.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from npubuild.errors import Diagnostic, Place
from npubuild.files import produce_atomically
from npubuild.process import Step, query, run
from npubuild.toolchain.cures import cure
from npubuild.toolchain.host import HostCompiler

# What `object-size` sees, the address checks see with the name of the variable.
CHECKS = ("-fsanitize=address,undefined,float-cast-overflow", "-fno-sanitize=object-size")
# As Peano compiles: the standard decides what is undefined. The rest keeps frames and calls as they are written.
FLAGS = ("-std=c++20", "-O1", "-g", "-ffp-contract=off", "-fno-omit-frame-pointer", "-fno-optimize-sibling-calls")
ENVIRONMENT = {"ASAN_OPTIONS": "detect_leaks=0:color=never:symbolize=1", "UBSAN_OPTIONS": "color=never"}

_NO_RUNTIME = re.compile(r"libclang_rt\.|lib(asan|ubsan)|-l(asan|ubsan)|unsupported option '-fsanitize")
_ADDRESS_ERROR = re.compile(r"ERROR: AddressSanitizer: ([\w-]+)")
_ACCESS = re.compile(r"^(READ|WRITE) of size (\d+)", re.MULTILINE)
_FRAME = re.compile(r"^ +#\d+ 0x[0-9a-f]+ in (\S+)(?:\([^)]*\))? (/?[^\s:()]+):(\d+)(?::(\d+))?", re.MULTILINE)
_ALLOCATED = re.compile(r"allocated by thread.*?\n((?: +#.*\n)+)")
_IN_ALLOCATION = re.compile(r" in (\w+)")
_BESIDE = re.compile(r"is located (-?\d+) bytes (to the right of|to the left of|after|before|inside of|inside) ")
_VARIABLE = re.compile(r"'([^']+)' (?:\(line \d+\) )?<== Memory access at offset|(?:of|in) global variable '([^']+)'")
_UNDEFINED = re.compile(r"^(.+?):(\d+):(\d+): runtime error: (.*)$", re.MULTILINE)


def compile_sanitized(
    sources: Sequence[Path], program: Path, *, flags: Sequence[str], compiler: HostCompiler, root: Path, step: Step
) -> None:
    """Compile C++ sources into a program with the checks. UserError says what to install when the compiler lacks them."""

    def link(temporary: Path) -> None:
        argv: list[str | Path] = [compiler.path, *compiler.arguments, *FLAGS, *flags, *CHECKS, *sources, "-o", temporary]
        run(argv, step, cwd=root, cure=_cure(compiler))

    produce_atomically(program, link)


def _cure(compiler: HostCompiler) -> Callable[[str], str]:
    def explain(output: str) -> str:
        if not _NO_RUNTIME.search(output):
            return cure(output)
        version = query([compiler.path, *compiler.arguments, "--version"])
        number = re.search(r" (\d+)\.\d+", version)
        major = number[1] if number else "N"
        package = f"libclang-rt-{major}-dev" if "clang" in version else f"libgcc-{major}-dev"
        return f"the compiler's sanitizers are not installed: apt-get install {package}, or name another compiler in CXX"

    return explain


def read_report(text: str, root: Path, names: Callable[[str], str]) -> Iterator[Diagnostic]:
    """The findings in what a program with the checks printed, each once.

    `names` gives the buffer that a function of the program allocates, "" for a function that allocates none.
    """
    seen = set()
    for file, line, column, message in _UNDEFINED.findall(text):
        found = Diagnostic(
            f"undefined behaviour: {message}",
            _place(file, line, column, root),
            "undefined-behaviour",
            "compilers for the host and for a core may do different things here",
        )
        if found.place not in seen:
            seen.add(found.place)
            yield found
    error = _ADDRESS_ERROR.search(text)
    if error:
        yield _address_error(error[1], text[error.start() :], root, names)


def _address_error(kind: str, report: str, root: Path, names: Callable[[str], str]) -> Diagnostic:
    access = _ACCESS.search(report)
    frame = _FRAME.search(report)
    verb = {"READ": "reads", "WRITE": "writes"}.get(access[1] if access else "", "fails")
    amount = f"{access[2]} bytes" if access and access[2] != "1" else "1 byte" if access else f"({kind})"
    where = _beside(report)
    function = f"`{frame[1]}`" if frame else "the kernel"
    return Diagnostic(
        f"{function} {verb} {amount}, {where}{_target(report, names)}",
        _place(frame[2], frame[3], frame[4] or "0", root) if frame else None,
        "access-outside-buffer",
        f"{kind}, found by the address sanitizer",
    )


def _beside(report: str) -> str:
    """Where the access lies, seen from what it missed."""
    beside = _BESIDE.search(report)
    if beside is None:
        return "outside "
    side = {"to the right of": "behind ", "after": "behind ", "inside of": "inside ", "inside": "inside "}
    distance = {"0": "right ", "1": "1 byte "}.get(beside[1], f"{beside[1]} bytes ")
    return distance + side.get(beside[2], "in front of ")


def _target(report: str, names: Callable[[str], str]) -> str:
    """What was missed: a buffer by its name, a variable, or nothing that is known."""
    allocated = _ALLOCATED.search(report)
    for function in _IN_ALLOCATION.findall(allocated[1]) if allocated else ():
        if name := names(function):
            return name
    variable = _VARIABLE.search(report)
    return f"`{variable[1] or variable[2]}`" if variable else "all memory that it was given"


def _place(file: str, line: str, column: str, root: Path) -> Place:
    path = Path(file)
    shown = path.relative_to(root).as_posix() if path.is_relative_to(root) else file
    return Place(shown, int(line), int(column))
