"""The generations of the textual form (npu-facts.md, section 2.1): which words a tool of that time prints and reads."""

from __future__ import annotations

import enum


class Spelling(enum.Enum):
    """A printed form.

    `OCT25`: `aiex.runtime_sequence`, `shim_dma_allocation @s(DIR, channel, column)`.
    `MAR26`: `aie.runtime_sequence`, `shim_dma_allocation @s(%tile, DIR, channel)`.
    `AUG26`: as `MAR26`, and `aie.dma_bd(%b : type offset = 0 len = 8)`.
    """

    OCT25 = "oct25"
    MAR26 = "mar26"
    AUG26 = "aug26"
