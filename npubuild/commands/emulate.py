"""`npubuild emulate DESIGN.mlir --arg SPEC ...`: run a design on the emulated array, files in and files out."""

from __future__ import annotations

import argparse
import io
import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from xdsl.dialects.builtin import MemRefType

from npubuild.emulator.load import LoadedDesign, load_design
from npubuild.emulator.memory import POISON
from npubuild.emulator.outcome import COMPLETED, FAULT, TIMEOUT, Outcome
from npubuild.emulator.tracing import Tracer, TracingScheduler
from npubuild.errors import Diagnostic, Place, UserError
from npubuild.files import read_bytes, write_atomically
from npubuild.lowering.sequence import lower
from npubuild.lowering.txn import encode
from npubuild.mlir.dialect.aie import RuntimeSequenceOp
from npubuild.mlir.elements import NUMPY_DTYPES
from npubuild.mlir.source import Design, read_design
from npubuild.picture.files import require_known_suffix
from npubuild.terminal import say

EXIT_CODES = {COMPLETED: 0, FAULT: 1, TIMEOUT: 3}


@dataclass(frozen=True)
class Argument:
    """One host buffer: where it is read from and written to, its contents as bytes, and its type for the output file."""

    source: str
    output: str
    shape: tuple[int, ...]
    dtype: np.dtype[Any]
    data: np.ndarray[Any, np.dtype[np.uint8]]


def run(arguments: argparse.Namespace) -> int:
    design = read_design(arguments.design)
    device = design.device(arguments.device)
    sequence = design.sequence(device, arguments.sequence)
    if arguments.picture:
        require_known_suffix(arguments.picture)
    buffers = _bind(arguments.arguments, design, sequence)
    stream = _stream(arguments, design)
    with tempfile.TemporaryDirectory(prefix="npubuild-") as scratch:
        libraries = _libraries(arguments.kernels, Path(scratch))
        scheduler = TracingScheduler(arguments.seed) if arguments.trace else None
        loaded = load_design(design, device=arguments.device, libraries=libraries, seed=arguments.seed, scheduler=scheduler)
        tracer = Tracer(loaded.array) if arguments.trace else None
        outcome = _repeat(loaded, stream, buffers, arguments.runs)
    if tracer is not None:
        from npubuild.picture.trace_file import write_trace

        write_trace(arguments.trace, tracer.finish(), design, loaded.placement)
    if arguments.picture:
        from npubuild.picture.standing import draw_standing

        draw_standing(arguments.picture, design, arguments.device, arguments.sequence, outcome)
    for buffer in buffers:
        if buffer.output:
            _write_array(buffer)
    return _report(outcome, as_json=arguments.json)


def _repeat(loaded: LoadedDesign, stream: bytes, buffers: list[Argument], runs: int) -> Outcome:
    outcome = loaded.run(stream, [buffer.data for buffer in buffers])
    for _ in range(runs - 1):
        if outcome.status != COMPLETED:
            break
        outcome = loaded.run(stream, [buffer.data for buffer in buffers])
    return outcome


def _stream(arguments: argparse.Namespace, design: Design) -> bytes:
    if arguments.insts:
        return read_bytes(arguments.insts)
    return encode(lower(design, arguments.device, arguments.sequence))


def _libraries(paths: list[str], scratch: Path) -> list[Path]:
    """Shared libraries as they are; C++ sources compiled with the host compiler."""
    from npubuild.toolchain.host import compile_library

    libraries = []
    for number, name in enumerate(paths):
        path = Path(name)
        read_bytes(path)
        if path.suffix != ".so":
            path = compile_library([path], scratch / f"kernel{number}.so")
        libraries.append(path)
    return libraries


def _bind(specs: list[str], design: Design, sequence: RuntimeSequenceOp) -> list[Argument]:
    types = [argument.type for argument in sequence.block.args]
    if len(specs) != len(types):
        listed = ", ".join(str(type_) for type_ in types)
        raise UserError.at(
            design.place(sequence),
            f"sequence @{sequence.symbol} takes {len(types)} arguments ({listed}); {len(specs)} given",
            hint="give one --arg for each, in order: in.npy, =out.npy or in.npy=out.npy",
        )
    bound: list[Argument] = []
    errors: list[Diagnostic] = []
    for position, (spec, type_) in enumerate(zip(specs, types, strict=True)):
        try:
            bound.append(_argument(spec, position, type_, design.place(sequence)))
        except UserError as error:
            errors += error.diagnostics
    if errors:
        raise UserError(errors)
    return bound


def _argument(spec: str, position: int, type_: object, place: Place) -> Argument:
    if not isinstance(type_, MemRefType) or str(type_.element_type) not in NUMPY_DTYPES or -1 in type_.get_shape():
        raise UserError.at(place, f"argument {position} has type {type_}, which no .npy file can hold")
    shape = tuple(type_.get_shape())
    dtype = np.dtype(NUMPY_DTYPES[str(type_.element_type)])
    nbytes = int(np.prod(shape, dtype=np.int64)) * dtype.itemsize
    source, _, output = spec.partition("=")
    if not source and not output:
        raise UserError.at(
            Place(f"--arg {spec}"), f"argument {position} names no file", hint="in.npy, =out.npy or in.npy=out.npy"
        )
    if not source:
        data = np.full(nbytes, POISON, np.uint8)
    else:
        data = _read_array(source)
        if data.nbytes != nbytes:
            raise UserError.at(Place(source), f"has {data.nbytes} bytes, but argument {position} is {type_}, {nbytes} bytes")
    return Argument(source, output, shape, dtype, data)


def _read_array(path: str) -> np.ndarray[Any, np.dtype[np.uint8]]:
    try:
        array = np.load(io.BytesIO(read_bytes(path)), allow_pickle=False)
    except (ValueError, EOFError, OSError) as error:
        raise UserError.at(Place(path), f"not a .npy array: {error}") from error
    if not isinstance(array, np.ndarray) or array.dtype.hasobject:
        raise UserError.at(Place(path), "not a .npy array of numbers")
    data: np.ndarray[Any, np.dtype[np.uint8]] = np.frombuffer(array.tobytes(), np.uint8).copy()
    return data


def _write_array(argument: Argument) -> None:
    file = io.BytesIO()
    np.save(file, argument.data.view(argument.dtype).reshape(argument.shape))
    write_atomically(argument.output, file.getvalue())


def _report(outcome: Outcome, *, as_json: bool) -> int:
    if as_json:
        print(json.dumps(outcome.as_dict(), indent=2))
    explanation = outcome.explanation()
    if explanation:
        say(explanation, sys.stderr)
    return EXIT_CODES[outcome.status]
