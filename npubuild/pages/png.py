"""PNG files from arrays of numbers: heat maps of outputs, without a library for images."""

from __future__ import annotations

import struct
import zlib

import numpy as np
import numpy.typing as npt

Values = npt.NDArray[np.float64]
Colours = npt.NDArray[np.uint8]

LARGEST_SIDE = 128  # px; smaller maps are enlarged up to this, by whole factors
NO_NUMBER = (255, 0, 255)

_VALUES = ((68, 1, 84), (59, 82, 139), (33, 145, 140), (94, 201, 98), (253, 231, 37))  # dark to light, as viridis
_ERRORS = ((246, 248, 250), (255, 214, 102), (240, 120, 50), (180, 20, 40), (60, 0, 20))  # none to the greatest


def heat_map(values: Values, low: float, high: float, *, errors: bool = False) -> bytes:
    """A PNG of a matrix: `low` and what is below it in the first colour, `high` in the last, no numbers in magenta."""
    stops = np.array(_ERRORS if errors else _VALUES, np.float64)
    numbers = np.isfinite(values)
    span = high - low or 1.0
    places = np.clip((np.where(numbers, values, low) - low) / span, 0, 1) * (len(stops) - 1)
    left = np.minimum(places.astype(np.int64), len(stops) - 2)
    part = (places - left)[..., None]
    colours: Colours = (stops[left] * (1 - part) + stops[left + 1] * part).round().astype(np.uint8)
    colours[~numbers] = NO_NUMBER
    factor = max(1, LARGEST_SIDE // max(values.shape))
    return _png(colours.repeat(factor, 0).repeat(factor, 1))


def _png(colours: Colours) -> bytes:
    height, width, _ = colours.shape
    rows = np.zeros((height, 1 + 3 * width), np.uint8)  # each begins with the number of its filter: none
    rows[:, 1:] = colours.reshape(height, 3 * width)
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(rows.tobytes(), 6)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
