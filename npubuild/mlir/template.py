"""Designs from templates: one function of one object, called for ever by one core per column.

`single_core` is the plain form: one core in column 0, each buffer of the function an argument of the runtime sequence. The
design that turns 800 bytes of audio into 80 mel coefficients is an instance of it, and so is whatever else has another
function, other names, sizes and objects. `data_parallel` repeats it over columns that work side by side, each on its share
of the data. All transfers are linear `dma_memcpy_nd`; all columns are started before the first is waited for.

The text is in the spelling of March 2026, ready for `npubuild.mlir.source.parse_design`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from npubuild.errors import Place, UserError
from npubuild.mlir.template_parameters import Parameters, Port, Scalar, check

__all__ = ["TEMPLATES", "Parameters", "Port", "Scalar", "render"]

FOR_EVER = 2**63 - 1


def render(template: str, parameters: Parameters, place: Place | None = None) -> str:
    """The MLIR text of a template's instance.

    Raises UserError, located at `place`, with everything that keeps the instance from being built or run: an unknown
    template or device, more ports than channels, more sequence arguments than an XCLBIN declares, objects that are not a
    multiple of 4 bytes, buffers that do not fit beside the stack, names that clash.
    """
    if template not in TEMPLATES:
        raise UserError.at(place, f"unknown template `{template}`", hint=f"known are {', '.join(TEMPLATES)}")
    return TEMPLATES[template](parameters, place)


def _single_core(parameters: Parameters, place: Place | None) -> str:
    if parameters.columns != 1:
        message = f"template `single_core` has one column, not {parameters.columns}"
        raise UserError.at(place, message, hint="use `data_parallel`")
    return _text("single_core", parameters, place)


def _data_parallel(parameters: Parameters, place: Place | None) -> str:
    return _text("data_parallel", parameters, place)


TEMPLATES: dict[str, Callable[[Parameters, Place | None], str]] = {
    "single_core": _single_core,
    "data_parallel": _data_parallel,
}


def _text(template: str, parameters: Parameters, place: Place | None) -> str:
    check(parameters, place)
    lines = _module(_with_descriptors(parameters), template)
    return "\n".join(lines) + "\n"


def _with_descriptors(parameters: Parameters) -> Parameters:
    """Give each port without a buffer descriptor the lowest one that no other port of its column uses."""
    taken = {port.bd for port in parameters.ports}
    free = (number for number in range(16) if number not in taken)
    outputs = tuple(port if port.bd is not None else replace(port, bd=next(free)) for port in parameters.outputs)
    inputs = tuple(port if port.bd is not None else replace(port, bd=next(free)) for port in parameters.inputs)
    return replace(parameters, inputs=inputs, outputs=outputs)


def _module(p: Parameters, template: str) -> Iterator[str]:
    columns = "column 0" if p.columns == 1 else f"columns 0 to {p.columns - 1}"
    origin = f"template `{template}`: @{p.function} of {p.link_with} on {columns}"
    yield f"// From the {origin}; {p.objects} object(s) a fifo and run."
    yield "module {"
    yield f"  aie.device({p.device}) {{"
    for column in range(p.columns):
        yield f"    %shim_noc_tile_{column}_0 = aie.tile({column}, 0)"
        yield f"    %tile_{column}_{p.row} = aie.tile({column}, {p.row})"
    for column in range(p.columns):
        yield from _fifos(p, column)
    types = [*(port.type for port in p.ports), *(scalar.dtype for scalar in p.scalars)]
    yield f"    func.func private @{p.function}({', '.join(types)})"
    for column in range(p.columns):
        yield from _core(p, column, types)
    yield from _sequence(p)
    yield "  }"
    yield "}"


def _fifos(p: Parameters, column: int) -> Iterator[str]:
    shim, core = f"%shim_noc_tile_{column}_0", f"%tile_{column}_{p.row}"
    ends = [(port, shim, core) for port in p.inputs] + [(port, core, shim) for port in p.outputs]
    for port, producer, consumer in ends:
        fifo = f"@{p.fifo(port, column)}({producer}, {{{consumer}}}, {p.depth} : i32)"
        yield f"    aie.objectfifo {fifo} : !aie.objectfifo<{port.type}>"


def _core(p: Parameters, column: int, types: list[str]) -> Iterator[str]:
    """One core: acquire an object of each fifo, call the function, release them, for ever.

    User-given names carry a suffix behind a dot, so that they cannot clash with the constants of the loop.
    """
    roles = [(port, "Consume") for port in p.inputs] + [(port, "Produce") for port in p.outputs]
    yield f"    %core_{column}_{p.row} = aie.core(%tile_{column}_{p.row}) {{"
    yield "      %c0 = arith.constant 0 : index"
    yield "      %c1 = arith.constant 1 : index"
    yield f"      %forever = arith.constant {FOR_EVER} : index"
    for scalar in p.scalars:
        yield f"      %{scalar.name}.value = arith.constant {_literal(scalar)} : {scalar.dtype}"
    yield "      scf.for %round = %c0 to %forever step %c1 {"
    for port, role in roles:
        view, subview = f"%{port.name}.view", f"!aie.objectfifosubview<{port.type}>"
        yield f"        {view} = aie.objectfifo.acquire @{p.fifo(port, column)}({role}, 1) : {subview}"
        yield f"        %{port.name}.object = aie.objectfifo.subview.access {view}[0] : {subview} -> {port.type}"
    operands = [*(f"%{port.name}.object" for port in p.ports), *(f"%{scalar.name}.value" for scalar in p.scalars)]
    yield f"        func.call @{p.function}({', '.join(operands)}) : ({', '.join(types)}) -> ()"
    for port, role in roles:
        yield f"        aie.objectfifo.release @{p.fifo(port, column)}({role}, 1)"
    yield "      }"
    yield "      aie.end"
    yield f'    }} {{link_with = "{p.link_with}", stack_size = {p.stack_size} : i32}}'


def _literal(scalar: Scalar) -> str:
    """A number as MLIR reads it: a float needs its point."""
    if scalar.dtype != "f32":
        return str(scalar.value)
    mantissa, exponent, power = repr(float(scalar.value)).partition("e")
    return (mantissa if "." in mantissa else mantissa + ".0") + exponent + power


def _sequence(p: Parameters) -> Iterator[str]:
    arguments = p.arguments()
    yield f"    aie.runtime_sequence({', '.join(f'%{name}: {kind}' for name, kind in arguments.items())}) {{"
    for column in range(p.columns):
        for port in p.ports:
            name, length = p.argument(port, column), p.objects * port.elements
            offset = column * length if p.packed else 0
            access = f"%{name}[0, 0, 0, {offset}][1, 1, 1, {length}][0, 0, 0, 1]"
            attributes = f"{{id = {port.bd} : i64, metadata = @{p.fifo(port, column)}}}"
            yield f"      aiex.npu.dma_memcpy_nd({access}) {attributes} : {arguments[name]}"
    for column in range(p.columns):
        for port in p.outputs:
            yield f"      aiex.npu.dma_wait {{symbol = @{p.fifo(port, column)}}}"
    yield "    }"
