"""Whether the C++ of a kernel takes what its entry in kernels.yaml passes.

Neither C nor a linker looks: a function that takes int16 for int8 reads beyond its buffer, and one parameter less shifts the
others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from npubuild.errors import Diagnostic, Severity
from npubuild.mlir.elements import BITS
from npubuild.registry import Kernel
from npubuild.registry.model import Buffer, Scalar
from npubuild.resources.model import Function, Parameter

RULE = "signature-differs"
ANY_OF_ITS_SIZE = {"bf16", "f16"}  # what C++ has for them differs from compiler to compiler


def check_parameters(kernel: Kernel, function: Function | None) -> Iterator[Diagnostic]:
    """Everything in which the parameters of the kernel's one `function` differ from its entry; nothing if not known."""
    if function is None or function.parameters is None:
        return
    takes, entry = function.parameters, kernel.entry
    passed: tuple[Buffer | Scalar, ...] = (*entry.inputs, *entry.outputs, *entry.scalars)
    hint = _hint(function, takes)
    if len(takes) != len(passed):
        message = f"`{function.shown}` takes {_count(takes)}, but kernel `{kernel.name}` passes {len(passed)}"
        yield Diagnostic(f"{message}: {', '.join(one.name for one in passed)}", kernel.place, RULE, hint)
        return
    for number, (parameter, given) in enumerate(zip(takes, passed, strict=True)):
        is_output = 0 <= number - len(entry.inputs) < len(entry.outputs)
        severity = Severity.ERROR if is_output and parameter.constant else _difference(parameter, given)
        if severity is not None:
            message = f"`{function.shown}` takes {parameter.shown} as its parameter {number + 1}"
            type_ = str(given) if isinstance(given, Buffer) else given.dtype
            kind = ", an output" if is_output and parameter.constant else ""
            message += f", but kernel `{kernel.name}` passes `{given.name}`, {type_}{kind}"
            yield Diagnostic(message, kernel.place, RULE, hint, severity)


def _hint(function: Function, takes: Sequence[Parameter]) -> str:
    types = ", ".join(parameter.shown for parameter in takes)
    hint = f"{function.place}: {function.shown}({types}); a kernel passes its inputs, then its outputs, then its scalars"
    wide = any("long" in parameter.shown or "size_t" in parameter.shown for parameter in takes)
    return f"{hint}; `long` and `size_t` have 64 bits here and 32 on a core: write int32_t" if wide else hint


def _count(takes: Sequence[Parameter]) -> str:
    return f"{len(takes)} parameter{'' if len(takes) == 1 else 's'}"


def _difference(parameter: Parameter, given: Buffer | Scalar) -> Severity | None:
    """How bad it is that these differ; None where they are alike, or a `void *` does not tell."""
    if parameter.pointer != isinstance(given, Buffer):
        return Severity.ERROR
    if parameter.pointer and parameter.kind == "void":
        return None
    if parameter.bits != BITS[given.dtype]:
        return Severity.ERROR
    if given.dtype in ANY_OF_ITS_SIZE:
        return None
    kind = "float" if given.dtype.startswith("f") else "unsigned" if given.dtype.startswith("u") else "int"
    if parameter.kind == kind or (isinstance(given, Scalar) and parameter.kind == "unsigned" and given.value >= 0):
        return None
    # MLIR's i8 has no sign of its own: bytes may be taken as uint8_t, numbers rather not.
    return Severity.WARNING if {parameter.kind, kind} == {"int", "unsigned"} and parameter.pointer else Severity.ERROR
