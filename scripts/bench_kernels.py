"""How fast each kernel is on the host, and what it asks of the array (`python scripts/bench_kernels.py [KERNEL ...]`).

host: the median time of one run's calls, made directly, on this machine's processor.
in, out: bytes that a run moves through the shims, counted in the instruction stream that the design lowers to.
dma: cycles that the busiest shim channel needs for its share.
MACs, math: multiplications with addition that a run takes, and cycles for them if every core in use worked at its peak.
bound: `compute` when the math takes longer than the transfers even at that peak, `transfer` when it takes less, `both` when
they are even. A kernel that is no sum of products has no such peak: `transfer above N/cycle` says how many outputs each
core must make in a cycle before the transfers are what limits it.

The peaks are AMD's figures for AIE-ML, the cores of Phoenix and Hawk Point. Versal Adaptive SoC AIE-ML Architecture Manual
(AM020): 256 products of int8 with int8, 128 of int16 with int8 and 128 of bf16 in a cycle of a core; streams and DMA
channels of 32 bits. The 10 TOPS that AMD states for Phoenix are 20 cores x 256 MACs x 2 operations x 0.98 GHz, so a cycle is
about 1 ns. They are limits of the hardware: the portable C++ of these kernels is not vectorised for it, and reaches them
nowhere near.
"""

from __future__ import annotations

import argparse
import ctypes
import importlib
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

from npubuild.hardware.devices import Channel, Direction, TileKind
from npubuild.lowering.meaning import Push, meaning
from npubuild.lowering.patching import apply
from npubuild.lowering.sequence import lower
from npubuild.mlir.source import parse_design
from npubuild.pipeline.design_source import obtain_design
from npubuild.placement.place import place
from npubuild.registry import Kernel, read_registry
from npubuild.toolchain.host import compile_library

ROOT = Path(__file__).resolve().parents[1]

PEAK = {"i8 x i8": 256, "i16 x i8": 128, "bf16 x bf16": 128}  # MACs in a cycle of a core (AM020)
CHANNEL_BYTES = 4  # in a cycle (AM020)
EVEN = 0.05

MACS: dict[str, Mapping[str, int]] = {  # of one call
    "attention_64x64": {"i8 x i8": 64**3, "i16 x i8": 64**3},  # scores; weights of 16 bits with V
    "matmul_i8": {"i8 x i8": 64**3},
    "matmul_i8_add": {"i8 x i8": 64**3},
    "matmul_bf16": {"bf16 x bf16": 64**3},
    "conv1d_i8": {"i8 x i8": 32 * 32 * 3 * 80},
}
CALLS = {"matmul_i8_add": 2 * 4 * 2}  # in a run of a design whose cores call several functions; else once


@dataclass(frozen=True)
class Demand:
    """What one run of a kernel asks of the array."""

    cores: int
    calls: int
    bytes_in: int
    bytes_out: int
    transfer_cycles: float
    macs: int
    math_cycles: float
    outputs: int

    @property
    def bound(self) -> str:
        if not self.macs:
            return f"transfer above {self.outputs / self.cores / self.transfer_cycles:.2g}/cycle"
        ratio = self.math_cycles / self.transfer_cycles
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
    work = Counter[str]()
    for function in kernel.entry.called:
        for kind, count in MACS.get(function, {}).items():
            work[kind] += count * calls * CALLS.get(function, 1)
    outputs = calls * sum(buffer.nbytes // (2 if buffer.dtype == "bf16" else 1) for buffer in kernel.entry.outputs)
    return Demand(
        cores=cores,
        calls=calls,
        bytes_in=sent[Direction.MM2S],
        bytes_out=sent[Direction.S2MM],
        transfer_cycles=max(moved.values()) / CHANNEL_BYTES,
        macs=work.total(),
        math_cycles=sum(count / PEAK[kind] for kind, count in work.items()) / working_cores(kernel, cores),
        outputs=outputs,
    )


def working_cores(kernel: Kernel, cores: int) -> int:
    """Cores among which the sums of products are divided: of a chain of functions, the one that has them."""
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

    module = importlib.import_module(Path(kernel.smoke.reference).stem)
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


HEADER = ("kernel", "cores", "host us", "in", "out", "dma", "MACs", "math", "bound")


def row(kernel: Kernel, folder: Path) -> tuple[str, ...]:
    """One line of the table."""
    needs = demand(kernel, folder)
    seconds = host_seconds(kernel, folder, needs.calls)
    return (
        kernel.name,
        str(needs.cores),
        "-" if math.isnan(seconds) else f"{seconds * 1e6:.1f}",
        str(needs.bytes_in),
        str(needs.bytes_out),
        f"{needs.transfer_cycles:.0f}",
        str(needs.macs) if needs.macs else "-",
        f"{needs.math_cycles:.0f}" if needs.macs else "-",
        needs.bound,
    )


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
    names = parser.parse_args().kernels
    kernels = read_registry(ROOT / "kernels.yaml").kernels
    unknown = [name for name in names if name not in kernels]
    if unknown:
        parser.error(f"no kernel `{unknown[0]}`; known are {', '.join(kernels)}")
    sys.path[:0] = [str(ROOT / "c_kernels"), str(ROOT / "mlir")]  # of reference modules
    with tempfile.TemporaryDirectory() as folder:
        rows = [HEADER, *(row(kernels[name], Path(folder)) for name in names or kernels)]
    print("\n".join(aligned(rows)))
    print("\nin, out: bytes a run; dma, math: cycles of the array at its peak (see --help)")
    return 0


if __name__ == "__main__":
    sys.exit(main())
