"""What keeps the kernels of the library within a core: their sources, frames and symbols, and what the sanitizers see."""

import importlib
import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pytest

from npubuild.registry import read_registry
from npubuild.toolchain.host import COMPILE_FLAGS

PROJECT = Path(__file__).resolve().parents[2]
FOLDER = PROJECT / "c_kernels"
KERNELS = read_registry(PROJECT / "kernels.yaml").kernels
LIBRARY = (
    "mel_batch", "attention_heads", "matmul_i8", "matmul_i8_tiled", "matmul_bf16", "softmax_bf16", "gelu_i8", "gelu_bf16",
    "layernorm_i8", "layernorm_bf16", "conv1d", "encoder_chain",
)  # fmt: skip
COMPILER = shutil.which("g++") or shutil.which("clang++")
pytestmark = pytest.mark.skipif(COMPILER is None, reason="neither g++ nor clang++ is installed")

SOURCES = sorted({source for name in LIBRARY for source in KERNELS[name].object_file.sources})


@pytest.mark.parametrize("source", [*SOURCES, "c_kernels/bf16.h", "c_kernels/fixed_point.h"])
def test_sources_keep_to_what_a_core_can_do(source):
    code = re.sub(r"//.*", "", (PROJECT / source).read_text(encoding="utf-8"))
    assert not re.findall(r"\b(u?int64_t|long|double|static|new|malloc|throw)\b|<c?math|\bstd::", code)
    if "bf16" not in source:
        assert not re.findall(r"\bfloat\b", code)


@pytest.mark.parametrize("name", LIBRARY)
def test_objects_have_small_frames_and_need_no_library(tmp_path, name):
    kernel, nm = KERNELS[name], shutil.which("nm")
    frames, missing, defined = [], set(), set()
    for source in kernel.object_file.sources:
        argv = [COMPILER, *COMPILE_FLAGS, "-fstack-usage", "-c", PROJECT / source, "-o", tmp_path / "kernel.o"]
        subprocess.run(argv, check=True, capture_output=True)
        frames += [int(line.split("\t")[1]) for line in (tmp_path / "kernel.su").read_text().splitlines()]
        if nm:
            symbols = subprocess.run([nm, tmp_path / "kernel.o"], capture_output=True, text=True, check=True).stdout
            assert not re.findall(r" [BbDdC] ", symbols), symbols
            missing |= set(re.findall(r" U (\w+)", symbols))
            defined |= set(re.findall(r" T (\w+)", symbols))
    assert sum(frames) <= 0.75 * kernel.stack_size  # as if every function called the next; the rest is for Peano's frames
    assert missing - defined <= {"memcpy", "memmove", "memset"}


# --- sanitizers


def driver() -> str:
    """A program that calls every kernel on buffers of exactly its sizes, as often as its input lasts: driver NAME."""
    lines = ["#include <cstdint>", "#include <cstdio>", "#include <cstdlib>", "#include <cstring>"]
    branches = []
    for name in LIBRARY:
        entry = KERNELS[name].entry
        if not entry.function:
            continue  # its functions are those of other kernels, but for the tiles below
        buffers = (*entry.inputs, *entry.outputs)
        lines.append(
            f'extern "C" void {entry.function}({", ".join(["void *"] * len(buffers) + ["int"] * len(entry.scalars))});'
        )
        branches += [f'  if (!strcmp(argv[1], "{name}")) {{']
        branches += [f"    void *p{i} = malloc({buffer.nbytes});" for i, buffer in enumerate(buffers)]
        reads = " && ".join(
            f"fread(p{i}, 1, {buffer.nbytes}, stdin) == {buffer.nbytes}" for i, buffer in enumerate(entry.inputs)
        )
        arguments = [f"p{i}" for i in range(len(buffers))] + [str(scalar.value) for scalar in entry.scalars]
        branches += [f"    while ({reads}) {{ {entry.function}({', '.join(arguments)}); calls++; }}"]
        branches += [*(f"    free(p{i});" for i in range(len(buffers))), "  }"]
    tiles = {"clear": "void *", "add": "void *, void *, void *", "store": "void *, void *, int, int"}
    lines += [f'extern "C" void matmul_i8_{name}({types});' for name, types in tiles.items()]
    lines += ["int main(int, char **argv) {", "  int calls = 0;", *branches]
    lines += [
        '  if (!strcmp(argv[1], "tiles")) {',
        "    void *a = malloc(4096), *b = malloc(4096), *c = malloc(4096), *sums = malloc(16384);",
        "    matmul_i8_clear(sums);",
        "    while (fread(a, 1, 4096, stdin) == 4096 && fread(b, 1, 4096, stdin) == 4096) {",
        "      matmul_i8_add(a, b, sums); matmul_i8_store(sums, c, 20480, 8); calls++;",
        "    }",
        "    free(a); free(b); free(c); free(sums);",
        "  }",
    ]
    return "\n".join([*lines, '  printf("%d", calls);', "}"]) + "\n"


@pytest.fixture(scope="session")
def sanitized(tmp_path_factory):
    """The driver with all kernels, compiled with address and undefined-behaviour checks."""
    folder = tmp_path_factory.mktemp("sanitized")
    checks = ["-fsanitize=address,undefined,float-cast-overflow", "-fno-sanitize-recover=all"]
    (folder / "trivial.cc").write_text("int main() {}")
    trivial = [COMPILER, *checks, folder / "trivial.cc", "-o", folder / "trivial"]
    if subprocess.run(trivial, capture_output=True, check=False).returncode:
        pytest.skip("the compiler has no sanitizers")
    (folder / "driver.cc").write_text(driver())
    sources = [folder / "driver.cc", *(PROJECT / source for source in SOURCES)]
    argv = [COMPILER, "-std=c++20", "-O1", "-g", *checks, *sources, "-o", folder / "driver"]
    built = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert built.returncode == 0, built.stderr
    return folder / "driver"


@pytest.mark.parametrize("name", [*(name for name in LIBRARY if KERNELS[name].entry.function), "tiles"])
def test_sanitizers_find_nothing(sanitized, monkeypatch, name):
    """On all cases, and on bytes drawn at random: for bf16 these are NaNs, infinities and subnormals, too."""
    monkeypatch.syspath_prepend(FOLDER)
    module = importlib.import_module("matmul_i8" if name == "tiles" else Path(KERNELS[name].smoke.reference).stem)
    calls = [b"".join(array.tobytes() for array in module.draw(case, 1)) for case in module.CASES]
    calls += [np.random.default_rng(seed).bytes(len(calls[0])) for seed in range(3)]
    done = subprocess.run([sanitized, name], input=b"".join(calls), capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert int(done.stdout) == len(calls)
