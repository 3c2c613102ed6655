"""What `npubuild new` writes: y = 0.75 x on 1024 elements, as C++, reference and entry, for each type of element."""

from __future__ import annotations

from dataclasses import dataclass

NARROW = """\
// y = x * multiplier / 2^shift, rounded to nearest and saturated to {what}.
#include <stdint.h>

// x, y: count {what} each. multiplier: 0 to 2^15, shift: 1 to 23, so that the product fits 32 bits.
extern "C" void {function}(const {type} *__restrict x, {type} *__restrict y, int32_t count, int32_t multiplier,
                         int32_t shift) {{
  const int32_t half = 1 << (shift - 1);
  for (int32_t i = 0; i < count; i++) {{
    const int32_t value = (x[i] * multiplier + half) >> shift;
    y[i] = static_cast<{type}>(value < {low} ? {low} : value > {high} ? {high} : value);
  }}
}}
"""

WIDE = """\
// y = x * multiplier / 2^shift, rounded to nearest, without a product of 64 bits: high and low parts of x by themselves.
#include <stdint.h>

// x, y: count int32 each. multiplier: 0 to 2^shift - 1, shift: 1 to 15, so that nothing overflows.
extern "C" void {function}(const int32_t *__restrict x, int32_t *__restrict y, int32_t count, int32_t multiplier,
                          int32_t shift) {{
  const int32_t half = 1 << (shift - 1);
  for (int32_t i = 0; i < count; i++) {{
    const int32_t high = x[i] >> shift;
    const int32_t low = x[i] & ((1 << shift) - 1);
    y[i] = high * multiplier + ((low * multiplier + half) >> shift);
  }}
}}
"""

SINGLE = """\
// y = x * factor in single precision.
#include <stdint.h>

// x, y: count f32 each. A core has no scalar floating-point unit: Peano makes the product a call of its runtime library.
extern "C" void {function}(const float *__restrict x, float *__restrict y, int32_t count, float factor) {{
  for (int32_t i = 0; i < count; i++) y[i] = x[i] * factor;
}}
"""

HALF = """\
// y = x * factor on bf16: in single precision, rounded once, to nearest, when it is stored.
#include <stdint.h>

#include "bf16.h"

// x, y: count bf16 each.
extern "C" void {function}(const bf16 *__restrict x, bf16 *__restrict y, int32_t count, float factor) {{
  for (int32_t i = 0; i < count; i++) y[i] = store(load(x[i]) * factor);
}}
"""

_HEAD = '''\
"""Reference model of `{function}`: y = 0.75 x in float64, and the one place that derives its constants."""

from __future__ import annotations

{imports}

COUNT = 1024
FACTOR = 0.75
'''

_DRAW = '''

def draw(case: str, seed: int) -> tuple[npt.NDArray[np.{drawn}], ...]:
    """The input of one call{as_bits}: {drawn}, shape (1024,)."""
    rng = np.random.default_rng(seed)
    if case == "gaussian":
        x = rng.normal(0, {deviation}, COUNT)
    elif case == "ramp":  # from another start for each seed
        x = {ramp}
    elif case == "silent":
        x = np.zeros(COUNT)
    else:
        raise ValueError(f"unknown case {{case!r}}, expected one of {{', '.join(CASES)}}")
    return ({made},)


def reference(x: npt.NDArray[np.{given}], **_: float) -> tuple[npt.NDArray[np.float64], ...]:
    """What the output should be, unrounded: float64, shape (1024,). The kernel's constants do not enter it."""
    return ({ideal},)
'''

FIXED_POINT = (
    _HEAD
    + '''\
SHIFT = 14  # fraction bits of the multiplier

CASES = ("gaussian", "ramp", "silent")


def scalars() -> dict[str, int]:
    """The constants of a call: FACTOR has SHIFT fraction bits."""
    return {{"count": COUNT, "multiplier": round(FACTOR * 2**SHIFT), "shift": SHIFT}}
'''
    + _DRAW
)

FLOATING_POINT = (
    _HEAD
    + '''
CASES = ("gaussian", "ramp", "silent")


def scalars() -> dict[str, float]:
    """The constants of a call."""
    return {{"count": COUNT, "factor": FACTOR}}
'''
    + _DRAW
)

OBJECT = """\
{object}:
  sources: [{folder}/{name}.cc]
"""

FIXED_SCALARS = {"multiplier": ("i32", "12288"), "shift": ("i32", "14")}
FLOAT_SCALARS = {"factor": ("f32", "0.75")}

KERNEL = """\
{name}:
  summary: y = 0.75 x on 1024 {dtype} (say what it computes)
  device: {device}
  object: {object}
  entry:
    function: {function}
    inputs: [{{name: x, shape: [1024], dtype: {dtype}}}]
    outputs: [{{name: y, shape: [1024], dtype: {dtype}}}]
    scalars:
{scalars}
  design:
    template: single_core
  smoke:
    reference: {folder}/{name}.py
    cases:
      - {{case: gaussian, seeds: [1, 2], tolerance: {{{bound}, correlation: 0.999}}}}
      - {{case: ramp, seeds: [1], tolerance: {{{bound}, correlation: 0.999}}}}
      - {{case: silent, seeds: [1], tolerance: {{{measure}: 0}}}}
"""

_NUMPY = "import numpy as np\nimport numpy.typing as npt"
_ROUND_TRIP = {"imports": _NUMPY, "as_bits": ""}


@dataclass(frozen=True)
class Scaffold:
    """The texts for one type of element; `words` are what is put into them besides a kernel's names."""

    source: str
    reference: str
    scalars: dict[str, tuple[str, str]]
    words: dict[str, str]
    needs: tuple[str, ...] = ()  # files that lie beside the source

    def entry_scalars(self, module: str) -> str:
        """The lines of `scalars`, indented as in KERNEL."""
        every = {"count": ("i32", "1024"), **self.scalars}
        return "\n".join(
            f"      - {{name: {name}, dtype: {dtype}, value: {value}, meaning: {module}:scalars}}"
            for name, (dtype, value) in every.items()
        )


def _fixed(dtype: str, source: str) -> Scaffold:
    bits = int(dtype[1:])
    low, high = -(2 ** (bits - 1)), 2 ** (bits - 1) - 1
    numpy = f"int{bits}"
    words = {
        **_ROUND_TRIP,
        "what": numpy,
        "type": f"{numpy}_t",
        "low": str(low),
        "high": str(high),
        "drawn": numpy,
        "given": numpy,
        "deviation": f"{2 ** (bits - 1) / 3:.0f}",
        "dtype": dtype,
        "ramp": f"(np.arange(COUNT) + seed) % 256 * 2.0**{bits - 8} - 2.0**{bits - 1}",
        "made": f"np.clip(np.rint(x), {low}, {high}).astype(np.{numpy})",
        "ideal": f"np.clip(x.astype(np.float64) * FACTOR, {low}, {high})",
        "measure": "max_error",
        "bound": "max_error: 0.5",
    }
    return Scaffold(source, FIXED_POINT, FIXED_SCALARS, words)


_FLOATS = {
    "deviation": "2",
    "ramp": "(np.arange(COUNT) + seed) % 256 - 128.0",
    "ideal": "x.astype(np.float64) * FACTOR",
    "measure": "max_ulp",
    "bound": "max_ulp: 0.51",
}

SCAFFOLDS = {
    "i8": _fixed("i8", NARROW),
    "i16": _fixed("i16", NARROW),
    "i32": _fixed("i32", WIDE),
    "bf16": Scaffold(
        HALF,
        FLOATING_POINT,
        FLOAT_SCALARS,
        {
            **_FLOATS,
            "imports": f"import bf16\n{_NUMPY}",
            "as_bits": " as bits of bf16",
            "dtype": "bf16",
            "drawn": "uint16",
            "given": "float64",
            "made": "bf16.bits(x)",
        },
        needs=("bf16.h", "bf16.py"),
    ),
    "f32": Scaffold(
        SINGLE,
        FLOATING_POINT,
        FLOAT_SCALARS,
        {**_FLOATS, **_ROUND_TRIP, "dtype": "f32", "drawn": "float32", "given": "float32", "made": "x.astype(np.float32)"},
    ),
}
"""By the dtype of kernels.yaml."""
