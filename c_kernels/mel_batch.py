"""Reference model of `mel_batch`: the frames of mel.py, ten in a row, 10 ms apart as in Whisper."""

from __future__ import annotations

import mel
import numpy as np
import numpy.typing as npt

FRAMES = 10
HOP = 160  # samples: 10 ms at 16 kHz
SAMPLES = (FRAMES - 1) * HOP + mel.SAMPLES  # 1840

CASES = ("tone", "noise", "speech", "silent")


def scalars() -> dict[str, int]:
    """The last two arguments of `mel_batch`."""
    return {"frames": FRAMES, "hop": HOP}


def work() -> dict[str, int]:
    """Operations of one call: frames of mel.py."""
    return {kind: FRAMES * count for kind, count in mel.work().items()}


def draw(case: str, seed: int) -> tuple[npt.NDArray[np.int8], ...]:
    """The input of one call, 1840 little-endian int16 samples as bytes: int8, shape (3680,)."""
    if case not in CASES:
        raise ValueError(f"unknown case {case!r}, expected one of {', '.join(CASES)}")
    drawn = [mel.draw(case, 1000 * seed + part)[0] for part in range(-(-SAMPLES // mel.SAMPLES))]
    return (np.concatenate(drawn)[: 2 * SAMPLES],)


def reference(audio: npt.NDArray[np.int8], frames: int = FRAMES, hop: int = HOP) -> tuple[npt.NDArray[np.float64], ...]:
    """The output in int8 steps: float64, shape (frames, 80). `audio`: int8, 1840 int16 samples for ten frames."""
    starts = range(0, 2 * hop * frames, 2 * hop)
    return (np.stack([mel.reference(audio[start : start + 2 * mel.SAMPLES])[0] for start in starts]),)
