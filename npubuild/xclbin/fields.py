"""Reads packed fields out of a part of a file, and knows at which byte of the file it stands when they are wrong."""

from __future__ import annotations

import struct
from typing import Any, NoReturn

from npubuild.errors import Place, UserError


class Fields:
    """A window on `file`: `data` begins at byte `base` of the file, and `what` names it in messages."""

    def __init__(self, data: bytes, file: str, base: int = 0, what: str = "the file") -> None:
        self.data = data
        self.file = file
        self.base = base
        self.what = what

    def fail(self, offset: int, message: str, hint: str = "", rule: str = "xclbin-section") -> NoReturn:
        """Raise a UserError that names the file and the byte in it; `offset` counts from the start of the window."""
        raise UserError.at(Place(self.file), f"byte {self.base + offset:#x}: {message}", hint, rule)

    def take(self, offset: int, nbytes: int) -> bytes:
        """`nbytes` bytes at `offset` of the window."""
        if offset < 0 or nbytes < 0 or offset + nbytes > len(self.data):
            end = offset + nbytes
            self.fail(min(offset, len(self.data)), f"{self.what} ends at {len(self.data)} bytes, a field needs {end}")
        return self.data[offset : offset + nbytes]

    def unpack(self, layout: str, offset: int) -> tuple[Any, ...]:
        """`struct.unpack` of the little-endian `layout` at `offset`."""
        return struct.unpack(f"<{layout}", self.take(offset, struct.calcsize(f"<{layout}")))

    def string(self, offset: int, nbytes: int | None = None) -> str:
        """NUL-terminated text at `offset`: in a field of `nbytes` bytes (which it may fill), or to the next NUL."""
        field = self.take(offset, nbytes if nbytes is not None else max(0, len(self.data) - offset))
        text, terminator, _ = field.partition(b"\0")
        if nbytes is None and not terminator:
            self.fail(offset, f"a string in {self.what} has no end")
        try:
            return text.decode("utf-8")
        except UnicodeDecodeError as error:
            self.fail(offset + error.start, f"a string in {self.what} is not UTF-8")

    def count(self, number: int, offset: int, header: int, entry: int) -> int:
        """Check that `number` entries of `entry` bytes after a header of `header` bytes fill the window exactly."""
        if number < 0 or header + number * entry != len(self.data):
            self.fail(offset, f"{self.what} has {len(self.data)} bytes, which does not fit its count of {number} entries")
        return number
