"""Makes mel_tables.h from the definitions in mel.py: `python c_kernels/mel_tables.py`."""

from __future__ import annotations

from pathlib import Path

import mel
import numpy as np
import numpy.typing as npt

HEADER = Path(__file__).with_suffix(".h")
RADICES = (5, 5, 2, 2, 2)  # of the stages of the complex FFT, whose product is 200
GUARD_BITS = 15 - sum(radix // 2 for radix in RADICES)  # fraction bits of a bin: those of a sample without what stages drop
LOG_BITS = 12  # fraction bits of a binary logarithm
LOG_TABLE = 32  # intervals of the mantissa


def fixed(values: npt.NDArray[np.float64], bits: int) -> npt.NDArray[np.int64]:
    """Numbers rounded to `bits` fraction bits."""
    return np.rint(np.ldexp(values, bits)).astype(np.int64)


def tables() -> dict[str, tuple[str, str, npt.NDArray[np.int64]]]:
    """Every table: name -> (element type, meaning, values)."""
    edges = mel.band_edges()
    bins = np.arange(mel.BINS - 1) * mel.SAMPLE_RATE / mel.SAMPLES  # the last corner, 8000 Hz, has no weight
    corner = np.searchsorted(edges, bins, side="right") - 1
    rise = (bins - edges[corner]) / np.diff(edges)[corner]
    angle = 2 * np.pi * np.arange(mel.SAMPLES * 5 // 4) / mel.SAMPLES
    order = np.arange(mel.SAMPLES // 2).reshape(RADICES).T.ravel()

    # Of a band's power: area normalisation, and full scale with its guard bits, squared.
    scale = 2 / (edges[2:] - edges[:-2]) / 2.0 ** (2 * (15 + GUARD_BITS))
    mantissa = 1 + np.arange(LOG_TABLE + 1) / LOG_TABLE
    return {
        "kSine": ("int32_t", "sin(2 pi k / 400) over five quarters, 30 fraction bits", fixed(np.sin(angle), 30)),
        "kOrder": ("uint8_t", "pair of samples that each point of the FFT starts from: digits reversed", order),
        "kRise": ("int32_t", "place of a bin between its two mel corners, 15 fraction bits", fixed(rise, 15)),
        "kFirstBin": ("int32_t", "first bin above a mel corner", np.searchsorted(bins, edges, side="right")),
        "kBandLog": ("int32_t", "log2 of the scale of a band, 12 fraction bits", fixed(np.log2(scale), LOG_BITS)),
        "kLog2": ("int32_t", "log2(1 + k / 32), 12 fraction bits", fixed(np.log2(mantissa), LOG_BITS)),
    }


def render() -> str:
    """The text of mel_tables.h."""
    steps_per_octave = round(mel.STEPS_PER_DECADE * np.log10(2) * 1024)
    lines = [
        "// Made by mel_tables.py from the definitions in mel.py: change those, not this.",
        "#ifndef MEL_TABLES_H",
        "#define MEL_TABLES_H",
        "",
        "#include <stdint.h>",
        "",
        f"constexpr int kSamples = {mel.SAMPLES};",
        f"constexpr int kBands = {mel.BANDS};",
        f"constexpr int kLogBits = {LOG_BITS};  // fraction bits of a binary logarithm",
        f"constexpr int kLogTable = {LOG_TABLE};  // intervals of kLog2",
        f"constexpr int32_t kStepsPerOctave = {steps_per_octave};  // of power, 10 fraction bits",
        f"constexpr int32_t kStepOfOne = {mel.STEP_OF_ONE};  // the output for a power of 1",
    ]
    for name, (element, meaning, values) in tables().items():
        lines += ["", f"// {meaning}", f"constexpr {element} {name}[{len(values)}] = {{", *wrapped(values), "};"]
    return "\n".join([*lines, "", "#endif", ""])


def wrapped(values: npt.NDArray[np.int64], per_line: int = 10) -> list[str]:
    """The initialiser of a table, some values a line."""
    rows = (values[start : start + per_line] for start in range(0, len(values), per_line))
    return ["    " + ", ".join(str(value) for value in row) + "," for row in rows]


if __name__ == "__main__":
    HEADER.write_text(render(), encoding="utf-8")
