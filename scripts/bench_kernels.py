"""How fast each kernel is on the host, and what it asks of the array (`python scripts/bench_kernels.py [KERNEL ...]`).

host: the median time of one run's calls, made directly, on this machine's processor.
in, out: bytes that a run moves through the shims, counted in the instruction stream that the design lowers to.
dma: cycles that the busiest shim channel needs for its share.
MACs: multiplications with addition that a run takes, by what the reference module's `work()` counts; -: it has none.
vector: cycles for the MACs if every core in use worked at the peak of its vector unit; the rest of the work is not in it.
scalar: cycles for all of the work as the C++ is written, on the scalar units of those cores.
bound: what takes longer, transfers or arithmetic, at the vector unit's peak and as written; even within 5 %: both.

The peaks are AMD's figures for AIE-ML, the cores of Phoenix and Hawk Point. Versal Adaptive SoC AIE-ML Architecture Manual
(AM020): 256 products of int8 with int8, 128 of int16 with int8 and 128 of bf16 in a cycle of a core; streams and DMA
channels of 32 bits. The 10 TOPS that AMD states for Phoenix are 20 cores x 256 MACs x 2 operations x 0.98 GHz, so a cycle is
about 1 ns.

Scalar cycles assume one operation in a cycle: a core has one scalar unit, with a multiplier of 32 bits (AM020), and loads,
stores and jumps are taken to go beside it for nothing, so this is a lower limit. They also assume that Peano vectorises none
of these loops. A MAC is two operations. The scalar unit has no floating point: an f32 operation counts as 40, which is an
assumption about the runtime library. None of this has been measured on a core.
"""

from __future__ import annotations

import argparse
import ctypes
import math
import statistics
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from npubuild.errors import Place, UserError
from npubuild.hardware.devices import Channel, Direction, TileKind
from npubuild.lowering.meaning import Push, meaning
from npubuild.lowering.patching import apply
from npubuild.lowering.sequence import lower
from npubuild.mlir.source import parse_design
from npubuild.pipeline.design_source import obtain_design
from npubuild.placement.place import place
from npubuild.registry import Kernel, read_registry
from npubuild.smoke.reference import load_module
from npubuild.toolchain.host import compile_library

ROOT = Path(__file__).resolve().parents[1]

PEAK = {"i8 x i8": 256, "i16 x i8": 128, "bf16 x bf16": 128}  # MACs in a cycle of a core (AM020)
CHANNEL_BYTES = 4  # in a cycle (AM020)
EVEN = 0.05

FLOAT_OPERATIONS = 40  # scalar operations of one in single precision, by the runtime library: assumed
SCALAR = {  # cycles of the scalar unit
    "i8 x i8": 2,
    "i16 x i8": 2,
    "bf16 x bf16": 2 * FLOAT_OPERATIONS,
    "i32 multiply": 1,
    "i32 operation": 1,
    "f32 operation": FLOAT_OPERATIONS,
    "table lookup": 1,
}


@dataclass(frozen=True)
class Demand:
    """What one run of a kernel asks of the array."""

    cores: int
    calls: int
    bytes_in: int
    bytes_out: int
    transfer_cycles: float
    work: Mapping[str, int]
    working: int  # cores that the work is divided among

    @property
    def macs(self) -> int:
        return sum(count for kind, count in self.work.items() if kind in PEAK)

    @property
    def vector_cycles(self) -> float:
        return sum(count / PEAK[kind] for kind, count in self.work.items() if kind in PEAK) / self.working

    @property
    def scalar_cycles(self) -> float:
        return sum(count * SCALAR[kind] for kind, count in self.work.items()) / self.working

    def bound(self, cycles: float) -> str:
        ratio = cycles / self.transfer_cycles
        return "both" if abs(ratio - 1) < EVEN else "compute" if ratio > 1 else "transfer"


def demand(kernel: Kernel, folder: Path) -> Demand:
    """Counted in the design that is built for `kernel`."""
    obtained = obtain_design(kernel, ROOT, folder / f"{kernel.name}.log")
    design, _ = apply(parse_design(obtained.text, obtained.origin), kernel.patches)
    device = design.device(None)
    moved = bytes_by_channel(meaning(lower(design)))
    cores = len(place(design, device).cores)
    sent = {side: sum(count for channel, count in moved.items() if channel.direction is side) for side in Direction}
    per_call = sum(buffer.nbytes for buffer in kernel.entry.outputs)
    calls = sent[Direction.S2MM] // per_call
    return Demand(
        cores=cores,
        calls=calls,
        bytes_in=sent[Direction.MM2S],
        bytes_out=sent[Direction.S2MM],
        transfer_cycles=max(moved.values()) / CHANNEL_BYTES,
        work={kind: count * calls for kind, count in work_of_call(kernel).items()},
        working=working_cores(kernel, cores),
    )


def work_of_call(kernel: Kernel) -> Mapping[str, int]:
    """What the reference module's `work()` counts; nothing where it has none. UserError for a kind that is not known."""
    module = load_module(ROOT / kernel.smoke.reference)
    work: Mapping[str, int] = module.work() if hasattr(module, "work") else {}
    for kind in work:
        if kind not in SCALAR:
            hint = f"known are {', '.join(f'`{name}`' for name in SCALAR)}"
            raise UserError.at(Place(kernel.smoke.reference), f"work() counts `{kind}`, which is no kind of operation", hint)
    return work


def working_cores(kernel: Kernel, cores: int) -> int:
    """Cores among which the work is divided: those of a chain of functions wait for each other."""
    return 1 if kernel.entry.functions else cores


def bytes_by_channel(events: Sequence[object]) -> Counter[Channel]:
    """What each shim channel moves in one run."""
    moved = Counter[Channel]()
    for push in events:
        if isinstance(push, Push) and push.channel.tile.kind is TileKind.SHIM:
            words = sum(transfer.descriptor.length for transfer in push.chain)
            moved[push.channel] += words * 4 * (push.repeat + 1)
    return moved


def host_seconds(kernel: Kernel, folder: Path, calls: int) -> float:
    """The median time of one run's calls on the host, from Python: a call of the C library costs it about a microsecond."""
    if kernel.object_file is None:
        return math.nan
    sources = [ROOT / source for source in kernel.object_file.sources]
    library = ctypes.CDLL(str(compile_library(sources, folder / f"{kernel.name}.so", flags=kernel.object_file.flags)))

    def call(name: str, *arguments: Any) -> None:
        whole = [np.ascontiguousarray(item) if isinstance(item, np.ndarray) else item for item in arguments]
        words = [
            ctypes.c_void_p(item.ctypes.data) if isinstance(item, np.ndarray) else ctypes.c_int32(item) for item in whole
        ]
        library[name](*words)

    module = load_module(ROOT / kernel.smoke.reference)
    inputs = module.draw(kernel.smoke.cases[0].name, 1)
    if kernel.entry.functions:
        return calls * median_time(lambda: module.compose(call, *inputs))
    outputs = [np.empty(buffer.nbytes, np.uint8) for buffer in kernel.entry.outputs]
    scalars = [scalar.value for scalar in kernel.entry.scalars]
    return calls * median_time(lambda: call(kernel.entry.function, *inputs, *outputs, *scalars))


def median_time(call: Callable[[], object], least: float = 0.2) -> float:
    """Of repeated calls, for at least `least` seconds and 5 calls, after one to warm up."""
    call()
    times: list[float] = []
    while sum(times) < least or len(times) < 5:
        start = time.perf_counter()
        call()
        times.append(time.perf_counter() - start)
    return statistics.median(times)


HEADER = ("kernel", "cores", "in", "out", "dma", "MACs", "vector", "scalar", "bound at peak", "bound as written")


def row(kernel: Kernel, folder: Path) -> tuple[str, ...]:
    """One line of the table: the same on any machine."""
    needs = demand(kernel, folder)
    return (
        kernel.name,
        str(needs.cores),
        str(needs.bytes_in),
        str(needs.bytes_out),
        f"{needs.transfer_cycles:.0f}",
        str(needs.macs) if needs.macs else "-",
        f"{needs.vector_cycles:.0f}" if needs.macs else "-",
        f"{needs.scalar_cycles:.0f}" if needs.work else "-",
        needs.bound(needs.vector_cycles) if needs.macs else "-",
        needs.bound(needs.scalar_cycles) if needs.work else "-",
    )


def timed_row(kernel: Kernel, folder: Path) -> tuple[str, ...]:
    """The same, with the time on this machine's processor."""
    seconds = host_seconds(kernel, folder, demand(kernel, folder).calls)
    return (*row(kernel, folder), "-" if math.isnan(seconds) else f"{seconds * 1e6:.1f}")


PAGE = """# What each kernel asks of the array

Made by `python scripts/bench_kernels.py --page > docs/demands.md`; without `--page` it prints times on the host, too. These
are counts and limits, no measurements: nothing of this has been timed on an NPU.

{explanation}
"""


def page(kernels: Sequence[Kernel], folder: Path) -> str:
    """docs/demands.md."""
    explanation = str(__doc__).partition("in, out:")
    lines = f"in, out:{explanation[2]}".rstrip().replace("\nThe peaks", "\n\nThe peaks", 1)
    columns, _, rest = lines.partition("\n\n")
    listed = "\n".join(f"- {line}" for line in columns.splitlines())
    rows = [HEADER, ("---",) * len(HEADER), *(row(kernel, folder) for kernel in kernels)]
    table = "\n".join(f"| {' | '.join(cells)} |" for cells in rows)
    return PAGE.format(explanation=f"{listed}\n\n{rest.strip()}") + f"\n{table}\n"


def aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """A table's lines: texts to the left, numbers to the right."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    last = len(widths) - 1
    for cells in rows:
        pairs = enumerate(zip(cells, widths, strict=True))
        yield "  ".join(cell.ljust(width) if n in {0, last} else cell.rjust(width) for n, (cell, width) in pairs).rstrip()


def main() -> int:
    """Print the table for the kernels that are named, or for all."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("kernels", nargs="*", metavar="KERNEL")
    parser.add_argument("--page", action="store_true", help="print docs/demands.md")
    arguments = parser.parse_args()
    names = arguments.kernels
    kernels = read_registry(ROOT / "kernels.yaml").kernels
    unknown = [name for name in names if name not in kernels]
    if unknown:
        parser.error(f"no kernel `{unknown[0]}`; known are {', '.join(kernels)}")
    chosen = [kernels[name] for name in names or kernels]
    try:
        with tempfile.TemporaryDirectory() as folder:
            if arguments.page:
                print(page(chosen, Path(folder)), end="")
                return 0
            rows = [(*HEADER, "host us"), *(timed_row(kernel, Path(folder)) for kernel in chosen)]
    except UserError as error:
        print(error, file=sys.stderr)
        return 2
    print("\n".join(aligned(rows)))
    print("\nin, out: bytes a run; dma, vector, scalar: cycles of the array (see --help)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
