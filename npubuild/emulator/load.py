"""Loads a design, or the image in an emulated XCLBIN, on an emulated array, and runs instruction streams on it."""

from __future__ import annotations

import contextlib
import sysconfig
import tempfile
import weakref
from collections.abc import Iterable, Sequence
from pathlib import Path

from npubuild.emulator.array import Array, Load
from npubuild.emulator.core import compile_core
from npubuild.emulator.kernels import Kernels
from npubuild.emulator.outcome import Outcome
from npubuild.emulator.process import Bytes
from npubuild.emulator.run import run
from npubuild.emulator.scheduler import Scheduler
from npubuild.errors import Place, UserError
from npubuild.lowering.sequence import lower_with_origins
from npubuild.lowering.txn import LoadPdi, Stream, decode, encode
from npubuild.mlir.dialect.aie import DeviceOp
from npubuild.mlir.dialect.aiex import ConfigureOp, NpuLoadPdiOp
from npubuild.mlir.source import Design, parse_design
from npubuild.placement.place import place
from npubuild.xclbin.image import EmulationImage


class LoadedDesign:
    """A configured array. Its state (memories, locks, descriptors, where the cores stand) lasts from run to run.

    The first `checked_runs` runs look for kernel writes outside the kernel's buffers, for which kernels have to run one by
    one; in later runs the kernels of different cores run at the same time.
    """

    def __init__(
        self,
        design: Design,
        device: DeviceOp,
        kernels: Kernels,
        seed: int = 0,
        checked_runs: int = 1,
        *,
        scheduler: Scheduler | None = None,
    ) -> None:
        self._design = design
        self._device = device
        self._kernels = kernels
        self._unchecked_after = checked_runs
        self._runs = 0
        self._streams: dict[bytes, tuple[Stream, tuple[Load, ...]]] = {}
        self.array = Array(*self._load(device), seed=seed, checked=checked_runs > 0, scheduler=scheduler)
        self.placement = self.array.placement

    def run(self, instructions: bytes, buffers: Sequence[Bytes]) -> Outcome:
        """Run an instruction stream with `buffers`, contiguous uint8 arrays, bound to the sequence's arguments in order.

        Raises UserError where the bytes are no instruction stream, or load a configuration that cannot be told.
        """
        found = self._streams.get(instructions)
        if found is None:
            stream = decode(instructions, "instruction stream")
            found = self._streams[instructions] = stream, self._loads(stream)
        stream, self.array.loads = found
        self.array.checked = self._runs < self._unchecked_after
        self.array.scheduler.parallel = not self.array.checked
        self._runs += 1
        return run(self.array, stream, buffers)

    def _load(self, device: DeviceOp) -> Load:
        """The device's placement and the compiled programs of its cores; UserError where it does not fit the hardware."""
        placement = place(self._design, device)
        programs = {}
        for number, core in enumerate(placement.cores):
            kernels = self._kernels.apart() if number else self._kernels
            programs[core.tile] = compile_core(core, placement, kernels, self._design.place)
        return placement, programs

    def _loads(self, stream: Stream) -> tuple[Load, ...]:
        """What the load_pdi operations of the stream load, in order.

        The binary does not say (npu-facts.md, 3.1), so the sequence that it was made from is looked for. A stream of
        unknown origin loads the only device that there is.
        """
        count = sum(isinstance(operation, LoadPdi) for operation in stream.operations)
        if not count or len(self._design.devices()) == 1:
            return ()
        binary = encode(stream)
        for sequence in self._design.sequences(self._device):
            lowered = lower_with_origins(self._design, self._device.symbol, sequence.symbol)
            if encode(lowered.stream) == binary:
                origins = zip(lowered.stream.operations, lowered.origins, strict=True)
                named = [_device_of(origin) for operation, origin in origins if isinstance(operation, LoadPdi)]
                return tuple(self._load(self._design.device(name) if name else self._device) for name in named)
        raise UserError.at(
            self._design.place(self._device),
            f"the instruction stream loads {count} configurations, but is not that of a sequence of this device",
            hint="which of the design's devices they are is only known for the streams lowered from this design",
        )


def _device_of(origin: object) -> str | None:
    """The name of the device that the source of a load_pdi operation loads; None for the one that is loaded already."""
    return origin.device_ref if isinstance(origin, ConfigureOp | NpuLoadPdiOp) else None


def load_design(
    design: Design,
    *,
    device: str | None = None,
    libraries: Iterable[str | Path] = (),
    seed: int = 0,
    checked_runs: int = 1,
    scheduler: Scheduler | None = None,
) -> LoadedDesign:
    """Load the device called `device` (by default `main` or the only one) with kernels from shared `libraries`.

    `seed` permutes the order of events; a `scheduler` of one's own (see tracing.py) brings its seed. Raises UserError for a
    design that does not fit the device or is not modelled, and for a library or kernel function that is missing.
    """
    kernels = Kernels.load(libraries)
    return LoadedDesign(design, design.device(device), kernels, seed, checked_runs, scheduler=scheduler)


def load_image(image: EmulationImage, *, seed: int = 0, checked_runs: int = 1) -> LoadedDesign:
    """Load an emulation image. Every load has its own copy of the kernel libraries, static variables included."""
    manifest = image.manifest
    design = parse_design(image.design, f"{manifest.design}.mlir")
    if image.libraries and manifest.host and manifest.host != sysconfig.get_platform():
        raise UserError.at(
            Place(manifest.design),
            f"its kernel libraries were compiled for {manifest.host}, this machine is {sysconfig.get_platform()}",
            hint="build the kernel again on this machine",
        )
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="npubuild-")))
        for name, data in image.libraries.items():
            (folder / name).write_bytes(data)
        paths = [folder / name for name in image.libraries]
        symbol = manifest.device_symbol or None
        loaded = load_design(design, device=symbol, libraries=paths, seed=seed, checked_runs=checked_runs)
        weakref.finalize(loaded, stack.pop_all().close)  # a load_pdi may look functions up later
    return loaded
