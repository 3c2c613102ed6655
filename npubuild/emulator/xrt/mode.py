"""Whether host mistakes are explained, or swallowed as the real binding swallows them; and XRT's log lines."""

from __future__ import annotations

import os
import sys


class _Mode:
    lenient: bool | None = None


def set_lenient(lenient: bool | None) -> None:
    """True: mistakes that the real binding swallows are swallowed too. None: as the environment says, the default.

    The environment variable NPUBUILD_XRT with the value `lenient` does the same for a whole process.
    """
    _Mode.lenient = lenient


def is_lenient() -> bool:
    """Whether mistakes are swallowed."""
    return os.environ.get("NPUBUILD_XRT", "") == "lenient" if _Mode.lenient is None else _Mode.lenient


def explained(text: str, explanation: str) -> RuntimeError:
    """The real stack's error with npubuild's explanation behind it, so that scripts which match the real text still do."""
    return RuntimeError(_joined(text, explanation))


def out_of_range(index: int, size: int, explanation: str) -> IndexError:
    """The error of C++'s `vector::at`, explained."""
    return IndexError(
        _joined(f"vector::_M_range_check: __n (which is {index}) >= this->size() (which is {size})", explanation)
    )


def _joined(text: str, explanation: str) -> str:
    return f"{text}\n{explanation}" if text and explanation else text or explanation


def log(level: str, text: str) -> None:
    """One message on stderr, in the form of XRT's own."""
    print(f"[XRT] {level}: {text}", file=sys.stderr)
