"""Numbers that values of designs and streams are held against (npu-facts.md, sections 1.1 to 1.5, 3.4 and 4.6)."""

from __future__ import annotations

from npubuild.hardware.devices import Architecture, Tile

WORD_BYTES = 4  # all that DMAs and streams move are words
WORD_BITS = 32

LOWEST_LOCK, HIGHEST_LOCK = -64, 63  # values of a lock, and of the locks in a descriptor
MOST_PACKET_ID, MOST_PACKET_TYPE = 31, 7
MOST_REPEAT = 255  # of a task, which then runs once more often
BURSTS = {Architecture.AIE2: (64, 128, 256), Architecture.AIE2P: (64, 128, 256, 512)}
"""Burst lengths of a shim descriptor in bytes; the position is the code in the register, the last one the default."""

# Memory tiles.
ODD_CHANNELS_FROM = 24  # odd channels run the descriptors from here on, even ones those below
LOCAL_CHANNELS_FROM = 4  # these channels reach the memory and the locks of their own tile only
MEMORY_WINDOW = 0x80000  # bytes: a DMA has its western neighbour's memory first, then its own, then the eastern one's
LOCK_WINDOW = 64  # and so the locks

DECLARED_BUFFERS = 5  # host buffers that aiecc declared in an XCLBIN until July 2026, whatever the design takes


def window(tile: Tile, owner: Tile) -> int:
    """In which window the DMA of a memory tile has `owner`: 0 west, 1 its own, 2 east; others it does not reach."""
    return 1 + owner.col - tile.col
