"""`npubuild new NAME`: a kernel that builds and passes at once, to be turned into another one."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

from npubuild.errors import Place, UserError
from npubuild.files import read_bytes, write_atomically
from npubuild.hardware.devices import devices
from npubuild.registry import read_registry
from npubuild.registry.insertion import insert_entries
from npubuild.registry.schema import nearest
from npubuild.registry.table import NAME

FOLDER = "c_kernels"

SOURCE = """\
// y = x * multiplier / 2^shift, rounded to nearest and saturated to int8.
#include <stdint.h>

// x, y: count int8 each. multiplier: 0 to 2^16, shift: 1 to 23, so that the product fits 32 bits.
extern "C" void {function}(const int8_t *__restrict x, int8_t *__restrict y, int32_t count, int32_t multiplier,
                         int32_t shift) {{
  const int32_t half = 1 << (shift - 1);
  for (int32_t i = 0; i < count; i++) {{
    const int32_t value = (x[i] * multiplier + half) >> shift;
    y[i] = static_cast<int8_t>(value < -128 ? -128 : value > 127 ? 127 : value);
  }}
}}
"""

REFERENCE = '''\
"""Reference model of `{function}`: y = 0.75 x in float64, and the one place that derives the constants of that factor."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

COUNT = 1024
FACTOR = 0.75
SHIFT = 14  # fraction bits of the multiplier

CASES = ("gaussian", "ramp", "silent")


def count() -> int:
    return COUNT


def multiplier() -> int:
    """FACTOR with SHIFT fraction bits."""
    return round(FACTOR * 2**SHIFT)


def shift() -> int:
    return SHIFT


def draw(case: str, seed: int) -> tuple[npt.NDArray[np.int8], ...]:
    """The input of one call: int8, shape (1024,)."""
    rng = np.random.default_rng(seed)
    if case == "gaussian":
        x = rng.normal(0, 40, COUNT)
    elif case == "ramp":  # every value, from another start for each seed
        x = (np.arange(COUNT) + seed) % 256 - 128.0
    elif case == "silent":
        x = np.zeros(COUNT)
    else:
        raise ValueError(f"unknown case {{case!r}}, expected one of {{', '.join(CASES)}}")
    return (np.clip(np.rint(x), -128, 127).astype(np.int8),)


def reference(x: npt.NDArray[np.int8], **_: int) -> tuple[npt.NDArray[np.float64], ...]:
    """What the output should be, unrounded: float64, shape (1024,). The kernel's constants do not enter it."""
    return (np.clip(x.astype(np.float64) * FACTOR, -128, 127),)
'''

OBJECT = """\
{object}:
  sources: [{folder}/{name}.cc]
"""

KERNEL = """\
{name}:
  summary: y = 0.75 x on 1024 int8 (say what it computes)
  device: {device}
  object: {object}
  entry:
    function: {function}
    inputs: [{{name: x, shape: [1024], dtype: i8}}]
    outputs: [{{name: y, shape: [1024], dtype: i8}}]
    scalars:
      - {{name: count, dtype: i32, value: 1024, meaning: {folder}/{name}.py:count}}
      - {{name: multiplier, dtype: i32, value: 12288, meaning: {folder}/{name}.py:multiplier}}
      - {{name: shift, dtype: i32, value: 14, meaning: {folder}/{name}.py:shift}}
  design:
    template: single_core
  smoke:
    reference: {folder}/{name}.py
    cases:
      - {{case: gaussian, seeds: [1, 2], tolerance: {{max_error: 0.5, correlation: 0.999}}}}
      - {{case: ramp, seeds: [1], tolerance: {{max_error: 0.5, correlation: 0.999}}}}
      - {{case: silent, seeds: [1], tolerance: {{max_error: 0}}}}
"""


def run(arguments: argparse.Namespace) -> int:
    file = Path("kernels.yaml")
    if not re.fullmatch(NAME.pattern, arguments.name):
        raise UserError.at(None, f"`{arguments.name}` is not {NAME.what}", hint="take a name like `scale` or `mel_40`")
    if arguments.device not in devices():
        raise UserError.at(None, f"unknown device `{arguments.device}`", hint=nearest(arguments.device, devices()))
    source, reference = Path(FOLDER) / f"{arguments.name}.cc", Path(FOLDER) / f"{arguments.name}.py"
    _require_free(arguments.name, file, (source, reference))
    words = {
        "name": arguments.name,
        "object": f"{arguments.name}.o",
        "function": f"{arguments.name}_i8",  # no word of C++ and no function of its library ends like this
        "folder": FOLDER,
        "device": arguments.device,
    }
    entries = {"objects": OBJECT.format(**words), "kernels": KERNEL.format(**words)}
    text = insert_entries(read_bytes(file), str(file), entries)
    write_atomically(source, SOURCE.format(**words))
    write_atomically(reference, REFERENCE.format(**words))
    write_atomically(file, text)
    read_registry(file.absolute())
    print(f"made {source}, {reference} and the entry `{arguments.name}` of {file}")
    print(f"next: doit test:{arguments.name}")
    return 0


def _require_free(name: str, file: Path, files: tuple[Path, ...]) -> None:
    """UserError when the registry is not sound, or has the name, or when a file is there already: nothing is overwritten."""
    registry = read_registry(file.absolute())
    known = registry.kernels.get(name)
    if known is not None:
        raise UserError.at(known.place, f"kernel `{name}` exists already", hint="choose another name")
    if f"{name}.o" in registry.objects:
        raise UserError.at(registry.objects[f"{name}.o"].place, f"object `{name}.o` exists already", "choose another name")
    for path in files:
        if path.exists():
            raise UserError.at(Place(str(path)), "exists already", hint="choose another name, or remove it")
