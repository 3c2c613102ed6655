"""Whether a host may call the kernel of a container as it means to: asked of the metadata, before anything is called.

The runtime checks little of this: too many buffers crash it, too few leave stale addresses, a buffer in a scalar slot is
dropped (xrt-facts.md, 2.3 and 4).
"""

from __future__ import annotations

from collections.abc import Iterator

from npubuild.errors import Diagnostic, Place, UserError
from npubuild.xclbin.container import Container
from npubuild.xclbin.contents import Contents, parse_contents
from npubuild.xclbin.metadata import FIRST_BUFFER, KERNEL_NAME, Kernel, Qualifier

LEADING = (Qualifier.SCALAR, Qualifier.GLOBAL, Qualifier.SCALAR)  # opcode, instructions, their count
RULE = "run-contract"


def require_callable(container: Container, buffers: int, name: str = KERNEL_NAME) -> None:
    """UserError when the kernel `name` cannot be called with opcode, instructions, their count and `buffers` buffers."""
    contents = parse_contents(container)
    place = Place(container.file)
    kernel = next((kernel for kernel in contents.kernels if kernel.name == name), None)
    if kernel is None:
        known = ", ".join(kernel.name for kernel in contents.kernels) or "none"
        raise UserError.at(place, f"there is no kernel {name}; it has {known}", rule=RULE)
    problems = [*contents.inconsistencies(), *_problems(contents, kernel, buffers)]
    if problems:
        raise UserError(Diagnostic(problem, place, RULE) for problem in problems)


def _problems(contents: Contents, kernel: Kernel, buffers: int) -> Iterator[str]:
    if tuple(argument.qualifier for argument in kernel.arguments[:FIRST_BUFFER]) != LEADING:
        names = ", ".join(argument.name for argument in kernel.arguments[:FIRST_BUFFER]) or "none"
        yield f"kernel {kernel.name} begins with ({names}), and not with opcode, instructions and their count"
        return
    if buffers > kernel.buffers:
        yield f"the design has {buffers} runtime-sequence arguments, kernel {kernel.name} declares {kernel.buffers} buffers"
        return
    unit = next((number for number, unit in enumerate(contents.units) if unit.name.startswith(f"{kernel.name}:")), None)
    if unit is None:
        yield f"kernel {kernel.name} has no compute unit"
        return
    for number in (1, *range(FIRST_BUFFER, FIRST_BUFFER + buffers)):
        if contents.bank(unit, number) is None:
            yield f"argument {number} ({kernel.arguments[number].name}) of kernel {kernel.name} is connected to no memory"
