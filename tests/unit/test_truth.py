from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from npubuild.errors import UserError
from npubuild.registry import Buffer, Entry, Kernel, Scalar, SmokeCase, Tolerance, read_registry
from npubuild.smoke.truth import Oracle
from npubuild.toolchain.host import compile_library

PROJECT = Path(__file__).parents[2]
CASE = SmokeCase("any", (1,), Tolerance(0, None))
SOURCE = """
extern "C" void f(const short *x, const signed char *y, int *sum, float *scaled, signed char offset, float factor) {
  for (int i = 0; i < 4; i++) { sum[i] = x[i] + y[i] + offset; scaled[i] = x[i] * factor; }
}
"""
REFERENCE = """
import numpy as np
CASES = ("any",)
def draw(case, seed):
    return np.arange(4, dtype=np.int16) * 1000 * seed, -np.ones(4, np.int8)
def reference(x, y, offset, factor):
    return x.astype(float) + y + offset, x * factor
"""


@pytest.fixture
def kernel(tmp_path: Path) -> Kernel:
    (tmp_path / "f.cc").write_text(SOURCE)
    (tmp_path / "f.py").write_text(REFERENCE)
    some = read_registry(PROJECT / "kernels.yaml").kernels["canary"]
    entry = Entry(
        "f",
        (Buffer("x", (4,), "i16"), Buffer("y", (4,), "i8")),
        (Buffer("sum", (4,), "i32"), Buffer("scaled", (4,), "f32")),
        (Scalar("offset", "i8", -3), Scalar("factor", "f32", 0.5)),
    )
    return replace(some, entry=entry, smoke=replace(some.smoke, reference="f.py"))


def oracle(kernel: Kernel, root: Path) -> Oracle:
    return Oracle(kernel, root, compile_library([root / "f.cc"], root / "f.so"))


def test_c_and_reference_get_the_same_inputs_and_scalars(kernel: Kernel, tmp_path: Path) -> None:
    truth = oracle(kernel, tmp_path).truth(CASE, 2)
    assert truth.inputs[0].view(np.int16).tolist() == [0, 2000, 4000, 6000]
    assert truth.exact is not None
    assert truth.exact[0].view(np.int32).tolist() == [-4, 1996, 3996, 5996]
    assert truth.exact[1].view(np.float32).tolist() == [0, 1000, 2000, 3000]
    assert [values.tolist() for values in truth.ideal] == [[-4, 1996, 3996, 5996], [0, 1000, 2000, 3000]]


def test_a_reference_module_may_have_dataclasses(kernel: Kernel, tmp_path: Path) -> None:
    head = (
        "from __future__ import annotations\nfrom dataclasses import dataclass\n@dataclass\nclass Scale:\n  factor: float\n"
    )
    (tmp_path / "f.py").write_text(head + REFERENCE.replace("x * factor", "x * Scale(factor).factor"))
    assert Oracle(kernel, tmp_path, None).truth(CASE, 1).ideal[1].tolist() == [0, 500, 1000, 1500]


def test_without_a_library_only_the_reference_speaks(kernel: Kernel, tmp_path: Path) -> None:
    truth = Oracle(kernel, tmp_path, None).truth(CASE, 1)
    assert truth.exact is None
    assert truth.ideal[1].tolist() == [0, 500, 1000, 1500]


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("np.arange(4, dtype=np.int16)", "np.arange(4)", r"draw gives 4 x int64 for `x`, which is memref<4xi16>"),
        ("-np.ones(4, np.int8)", "-np.ones(5, np.int8)", r"draw gives 5 x int8 for `y`, which is memref<4xi8>"),
        (", -np.ones(4, np.int8)", "", r"draw must return a tuple of 2 arrays"),
        ("x * factor", "x * np.array([1, 1, np.nan, 1])", r"f\.py: reference\(\) gives nan for element 2 of `scaled`"),
        ("+ offset", "+ np.array([0, -np.inf, 0, 0])", r"gives -inf for element 1 of `sum`"),
        (", x * factor", "", r"reference must return a tuple of 2 arrays"),
        ("x * factor", "x[:2] * factor", r"reference gives 2 numbers for `scaled`, which is memref<4xf32>"),
        ("x * factor", "x / nothing", r"error: f\.py:7: NameError: name 'nothing' is not defined"),
        ("import numpy as np", "import numpi", r"error: f\.py:2: ModuleNotFoundError"),
        ("    return x.", "    return return x.", r"error: f\.py:7: SyntaxError"),
        ("    return x.", "    x += 1\n    return x.", r"f\.py:7: ValueError: output array is read-only\nhint: inputs are"),
        ("offset, factor", "offset", r"error: f\.py: TypeError: reference\(\) got an unexpected keyword argument 'factor'"),
    ],
)  # fmt: skip
def test_a_reference_module_that_breaks_its_contract(
    kernel: Kernel, tmp_path: Path, old: str, new: str, message: str
) -> None:
    text = (tmp_path / "f.py").read_text()
    assert old in text
    (tmp_path / "f.py").write_text(text.replace(old, new))
    with pytest.raises(UserError, match=message):
        oracle(kernel, tmp_path).truth(CASE, 1)


def test_the_innermost_line_of_the_project_is_named(kernel: Kernel, tmp_path: Path) -> None:
    """It may be in a module beside the reference; lines of NumPy and of npubuild tell its author nothing."""
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "neighbour.py").write_text("import numpy\ndef scaled(x):\n    return numpy.stack([x, x[1:]])\n")
    text = REFERENCE.replace("x * factor", "neighbour.scaled(x)").replace("import", "import neighbour\nimport", 1)
    (tmp_path / "models" / "f.py").write_text(text)
    elsewhere = replace(kernel, smoke=replace(kernel.smoke, reference="models/f.py"))
    with pytest.raises(UserError) as caught:
        oracle(elsewhere, tmp_path).truth(CASE, 1)
    assert str(caught.value).startswith(
        "error: models/neighbour.py:3: ValueError: all input arrays must have the same shape"
    )


def test_the_kernel_gets_what_was_drawn_whatever_the_reference_module_does_with_it_later(
    kernel: Kernel, tmp_path: Path
) -> None:
    text = REFERENCE.replace("def draw", "DRAWN = np.zeros(4, np.int16)\ndef draw")
    text = text.replace("    return np.arange(4, dtype=np.int16) * 1000 * seed", "    DRAWN[:] = seed\n    return DRAWN")
    (tmp_path / "f.py").write_text(text)
    module = oracle(kernel, tmp_path)
    first, second = module.truth(CASE, 1), module.truth(CASE, 2)
    assert (first.inputs[0].view(np.int16)[0], second.inputs[0].view(np.int16)[0]) == (1, 2)
