"""Where the NPU's tools are installed: variables first, then wheels, source builds and PATH (toolchain-facts.md, 2)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from npubuild.process import query
from npubuild.toolchain.machine import Machine
from npubuild.toolchain.search import Candidate, Search, below, first_program, on_path

COMPILER = "bin/clang++"
XRT_FOLDER = "/opt/xilinx/xrt"


def search_aiecc(machine: Machine) -> Search:
    """The C++ driver `aiecc`, and where there is none, the Python driver `aiecc.py`."""
    candidates: list[Candidate] = []
    for name in ("aiecc", "aiecc.py"):
        candidates.append(below("MLIR_AIE_INSTALL_DIR", f"bin/{name}", machine.environment))
        candidates += [Candidate("Python packages", folder / "mlir_aie" / "bin" / name) for folder in machine.packages]
        candidates.append(on_path(name, machine.environment))
        candidates += [*_source_builds(machine, f"install/bin/{name}"), *_source_builds(machine, f"build/bin/{name}")]
    return first_program("aiecc (mlir-aie)", candidates)


def search_peano(machine: Machine, aiecc: Path | None) -> Search:
    """Peano's clang++; `aiecc` is the driver that was found, since people install both into one environment."""
    candidates = [below("PEANO_INSTALL_DIR", COMPILER, machine.environment)]
    candidates += [Candidate("Python packages", folder / "llvm-aie" / COMPILER) for folder in machine.packages]
    candidates += [
        *_source_builds(machine, f"llvm-aie/{COMPILER}"),
        *_source_builds(machine, f"my_install/llvm-aie/{COMPILER}"),
    ]
    candidates += _beside(aiecc) if aiecc else ()
    candidates.append(on_path("clang++", machine.environment, _objection_to_compiler))
    return first_program("Peano (clang++ for AIE)", candidates)


def search_xclbinutil(machine: Machine) -> Search:
    candidates = [below("XILINX_XRT", "bin/xclbinutil", machine.environment), on_path("xclbinutil", machine.environment)]
    default = Candidate("default folder", machine.system(XRT_FOLDER) / "bin" / "xclbinutil")
    return first_program("xclbinutil (XRT)", [*candidates, default])


def _source_builds(machine: Machine, relative: str) -> Iterator[Candidate]:
    """~/mlir-aie*, where people build from source."""
    for folder in sorted(machine.home.glob("mlir-aie*")) or [machine.home / "mlir-aie"]:
        yield Candidate(str(folder), folder / relative)


def _beside(aiecc: Path) -> Iterator[Candidate]:
    """Peano in the environment of an aiecc: its wheel beside that of mlir-aie, or a compiler in the very same `bin`."""
    prefix = aiecc.parent.parent  # site-packages/mlir_aie for a wheel, the environment for a script in its `bin`
    packages = [prefix.parent, *sorted(prefix.glob("lib/python3.*/site-packages"))]
    for folder in packages:
        yield Candidate("beside aiecc", folder / "llvm-aie" / COMPILER)
    yield Candidate("beside aiecc", aiecc.parent / "clang++", _objection_to_compiler)


def _objection_to_compiler(compiler: Path) -> str:
    """A clang++ on PATH is the host's as a rule; Peano's knows the target aie2."""
    return "" if "aie2" in query([compiler, "--print-targets"]) else "has no target aie2"
