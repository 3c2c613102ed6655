"""The trace of a run as a file, with the names that the design gives to channels."""

from __future__ import annotations

import os
from collections.abc import Mapping

from npubuild.emulator.tracing import Trace
from npubuild.files import write_atomically
from npubuild.hardware.devices import Channel
from npubuild.mlir.dialect.aie import ObjectFifoOp
from npubuild.mlir.source import Design
from npubuild.picture.chrome_trace import chrome_trace
from npubuild.picture.ends import fifo_channels
from npubuild.placement.model import Placement


def write_trace(path: str | os.PathLike[str], trace: Trace, design: Design, placement: Placement) -> None:
    """Write Chrome trace events."""
    write_atomically(path, chrome_trace(trace, channel_names(design, placement)))


def channel_names(design: Design, placement: Placement) -> Mapping[Channel, str]:
    """The fifo that each channel serves."""
    fifos = design.device(placement.name).ops_of(ObjectFifoOp)
    return {channel: fifo for (fifo, _), channel in fifo_channels(fifos, placement).items()}
