"""Kernel functions from shared libraries: what is passed, and what is said when they are missing."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from npubuild.emulator.kernels import Kernels
from npubuild.emulator.process import CallKernel
from npubuild.errors import UserError
from tests.unit.core_bench import Bench, design, scratch

needs_compiler = pytest.mark.skipif(shutil.which("g++") is None, reason="no host C++ compiler")


def library(folder: Path, source: str, name: str = "kernel") -> Path:
    """A shared library compiled from C++."""
    file, target = folder / f"{name}.cc", folder / f"lib{name}.so"
    file.write_text(source)
    subprocess.run([shutil.which("g++") or "g++", "-shared", "-fPIC", "-o", str(target), str(file)], check=True)
    return target


SCALE = """
#include <cstdint>
extern "C" void scale(int16_t *data, int32_t count, int8_t by) { for (int i = 0; i < count; i++) data[i] *= by; }
"""


@needs_compiler
def test_memrefs_are_bare_pointers_and_scalars_have_their_types(tmp_path: Path) -> None:
    source = (
        SCALE
        + """
    extern "C" float mix(float a, int64_t b, bool c, uint8_t *p) { return c ? a + b + p[1] : 0; }
    extern "C" int8_t low(int64_t x) { return static_cast<int8_t>(x); }
    """
    )
    body = """
        %n = arith.constant 3 : i32
        %by = arith.constant -2 : i8
        %tail = memref.subview %data[2] [4] [1] : memref<6xi16> to memref<4xi16, strided<[1], offset: 2>>
        func.call @scale(%tail, %n, %by) : (memref<4xi16, strided<[1], offset: 2>>, i32, i8) -> ()
        %a = arith.constant 1.500000e+00 : f32
        %b = arith.constant -4 : index
        %yes = arith.constant true
        %r = func.call @mix(%a, %b, %yes, %bytes) : (f32, index, i1, memref<4xi8>) -> f32
        memref.store %r, %out[%c0] : memref<2xf32>
        %x = arith.constant 511 : i64
        %l = func.call @low(%x) : (i64) -> i8
        %f = arith.sitofp %l : i8 to f32
        memref.store %f, %out[%c1] : memref<2xf32>"""
    declarations = (
        scratch("data", "memref<6xi16>", "dense<5>")
        + scratch("bytes", "memref<4xi8>", "dense<[0, -1, 0, 0]>")
        + scratch("out", "memref<2xf32>")
        + """
        func.func private @scale(memref<4xi16, strided<[1], offset: 2>>, i32, i8)
        func.func private @mix(f32, index, i1, memref<4xi8>) -> f32
        func.func private @low(i64) -> i8
        """
    )
    bench = Bench(design(body, declarations), Kernels.load([library(tmp_path, source)]))
    bench.run()
    assert bench.memory["data"].view(np.int16).tolist() == [5, 5, -10, -10, -10, 5]
    assert bench.memory["out"].view(np.float32).tolist() == [1.5 - 4 + 255, -1.0]
    assert [step.name for step in bench.steps if isinstance(step, CallKernel)] == ["scale", "mix", "low"]


DECLARED = scratch("data", "memref<6xi16>") + "func.func private @scale(memref<6xi16>, i32, i8)\n"
CALL = """
        %n = arith.constant 3 : i32
        %by = arith.constant 2 : i8
        func.call @scale(%data, %n, %by) : (memref<6xi16>, i32, i8) -> ()"""


def message(kernels: Kernels, declarations: str = DECLARED, body: str = CALL) -> str:
    """The error of compiling a core that calls @scale."""
    with pytest.raises(UserError) as caught:
        Bench(design(body, declarations), kernels)
    place = caught.value.diagnostics[0].place
    assert place is not None
    assert place.file == "design.mlir"
    return str(caught.value)


def test_a_missing_function_is_named_with_the_searched_libraries() -> None:
    text = message(Kernels())
    assert "no kernel function @scale" in text
    assert "(searched: none given)" in text


@needs_compiler
def test_a_mangled_function_says_that_extern_c_is_missing(tmp_path: Path) -> None:
    kernels = Kernels.load([library(tmp_path, SCALE.replace('extern "C" ', ""))])
    assert 'hint: declare it extern "C"' in message(kernels)


@needs_compiler
def test_a_function_defined_twice_is_refused(tmp_path: Path) -> None:
    paths = [library(tmp_path, SCALE, name) for name in ("one", "two")]
    assert "@scale is defined twice, in libone.so and libtwo.so" in message(Kernels.load(paths))
    Bench(design(CALL, DECLARED), Kernels.load([paths[0], paths[0]]))


@needs_compiler
def test_functions_of_the_c_library_are_no_kernels(tmp_path: Path) -> None:
    declarations = "func.func private @abs(i32) -> i32\n"
    body = "%n = arith.constant -3 : i32\n %r = func.call @abs(%n) : (i32) -> i32"
    assert "no kernel function @abs" in message(Kernels.load([library(tmp_path, SCALE)]), declarations, body)


def test_an_undeclared_function_has_unknown_types() -> None:
    with pytest.raises(UserError, match="@scale"):
        Bench(design(CALL, scratch("data", "memref<6xi16>")))


def test_types_that_c_cannot_pass_are_refused() -> None:
    declarations = "func.func private @half(bf16)\n"
    body = "%h = arith.constant 1.0 : bf16\n func.call @half(%h) : (bf16) -> ()"
    assert "takes or returns bf16" in message(Kernels(), declarations, body)


def test_a_missing_or_broken_library_is_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"absent\.so: no such kernel library"):
        Kernels.load([tmp_path / "absent.so"])
    (tmp_path / "junk.so").write_bytes(b"not an object")
    with pytest.raises(UserError, match=r"junk\.so: not a loadable kernel library"):
        Kernels.load([tmp_path / "junk.so"])


def test_python_functions_stand_in_for_kernels() -> None:
    def scale(data: np.ndarray, count: int, by: int) -> None:
        data.view(np.int16)[:count] *= by

    bench = Bench(design(CALL, DECLARED), Kernels({"scale": scale}))
    bench.memory["data"].view(np.int16)[:] = 7
    bench.run()
    assert bench.memory["data"].view(np.int16).tolist() == [14, 14, 14, 7, 7, 7]
