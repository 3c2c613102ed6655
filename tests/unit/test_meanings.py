"""Constants of kernels.yaml and the functions that derive them."""

import re
from pathlib import Path

import pytest

from npubuild.errors import Severity, UserError
from npubuild.pipeline.meanings import Meanings, check_meanings
from npubuild.registry import read_registry

TEXT = """\
objects:
  k.o:
    sources: [k.cc]
kernels:
  k:
    summary: a test
    device: npu1
    object: k.o
    entry:
      function: k
      inputs: [{name: x, shape: [64], dtype: i8}]
      outputs: [{name: y, shape: [64], dtype: i8}]
      scalars:
        - {name: shift, dtype: i32, value: 3, meaning: model.py:shift}
        - {name: gain, dtype: i32, value: 7, meaning: model.py:scalars}
        - {name: ratio, dtype: f32, value: 0.1, meaning: model.py:scalars}
        - {name: count, dtype: i32, value: 64, meaning: none}
    design: {template: single_core}
    smoke:
      reference: model.py
      cases: [{case: any, seeds: [1], tolerance: {max_error: 1}}]
"""
MODEL = """\
from scales import SCALE
CASES = ("any",)
def shift():
    return SCALE + 1
def scalars():
    return {"gain": 7, "ratio": 0.1, "other": 1}
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in (("kernels.yaml", TEXT), ("model.py", MODEL), ("scales.py", "SCALE = 2\n"), ("k.cc", "")):
        (tmp_path / name).write_text(text)
    return tmp_path


def check(project: Path, text: str = TEXT, model: str = MODEL) -> Meanings:
    (project / "kernels.yaml").write_text(text)
    (project / "model.py").write_text(model)
    return check_meanings(read_registry(project / "kernels.yaml").kernels["k"], project)


def test_constants_that_are_what_they_mean(project: Path) -> None:
    """The files that they depend on are inputs of the build, also those that a module imports."""
    found = check(project)
    assert found.findings == ()
    assert {path.name for path in found.inputs} == {"model.py", "scales.py"}


def test_a_difference_names_both_at_the_constant(project: Path) -> None:
    [first, second] = check(project, TEXT.replace("value: 3", "value: 4").replace("value: 7", "value: 8")).findings
    assert str(first.place).endswith("kernels.yaml:14:44")
    assert first.message == "`shift` of kernel `k` is 4, but model.py:shift gives 3"
    assert second.message == "`gain` of kernel `k` is 8, but model.py:scalars gives 7"
    assert first.rule == "constant-differs"


def test_a_constant_without_a_meaning_is_a_warning(project: Path) -> None:
    [finding] = check(project, TEXT.replace(", meaning: model.py:shift", "")).findings
    assert (finding.rule, finding.severity) == ("constant-unexplained", Severity.WARNING)
    assert str(finding.place).endswith("kernels.yaml:14:44")
    assert finding.message == "nothing derives `shift` of kernel `k`: a wrong value may go unseen"
    assert "`meaning: none`" in finding.hint


@pytest.mark.parametrize("number", ["numpy.int64(3)", "numpy.uint8(3)", "numpy.float32(3)", "3.0", "Fraction(6, 2)"])
def test_any_kind_of_real_number_will_do(project: Path, number: str) -> None:
    imports = "import numpy\nfrom fractions import Fraction\n"
    assert check(project, model=imports + MODEL.replace("SCALE + 1", number)).findings == ()
    [found] = check(project, TEXT.replace("value: 3", "value: 4"), imports + MODEL.replace("SCALE + 1", number)).findings
    assert found.message.startswith("`shift` of kernel `k` is 4, but model.py:shift gives 3")


def test_single_precision_is_compared_as_such(project: Path) -> None:
    """The nearest f32 to 0.1, in single and in double precision, is what the core gets."""
    single = MODEL.replace('"ratio": 0.1', '"ratio": numpy.float32(0.1)')
    assert check(project, model="import numpy\n" + single).findings == ()
    assert check(project, model="import numpy\n" + single.replace("(0.1)", "(0.1).astype(float)")).findings == ()
    [found] = check(project, model=MODEL.replace('"ratio": 0.1', '"ratio": 0.1000001')).findings
    assert found.message == "`ratio` of kernel `k` is 0.1, but model.py:scalars gives 0.1000001"


PROGRAM = TEXT.replace(
    "{template: single_core}",
    '{program: make.py, arguments: [--fast, --gain-shift, "7", --ratio, "0.5"], meanings: {--gain-shift: model.py:scalars}}',
)
OPTIONS = MODEL.replace('"other": 1', '"gain_shift": 7')


def test_options_of_a_program_are_compared_too(project: Path) -> None:
    (project / "make.py").touch()
    assert check(project, PROGRAM, OPTIONS).findings == ()
    [found] = check(project, PROGRAM.replace('"7"', '"8"'), OPTIONS).findings
    assert str(found.place).endswith("kernels.yaml:18:66")
    assert found.message == "`--gain-shift` of kernel `k` is 8, but model.py:scalars gives 7"


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("{--gain-shift:", "{--gain-shfit:", "`arguments` has no option `--gain-shfit` with a value\nhint: did you mean"),
        ("{--gain-shift:", "{--fast:", "`--gain-shift` is no number, but `--fast` has a meaning"),
        ("{--gain-shift:", "{gain_shift:", "`gain_shift` is not an option of the command line (like `--shift`)"),
        ("{program: make.py", "{template: single_core", "`meanings` belongs to `program`"),
    ],
)
def test_options_that_are_not_there(project: Path, old: str, new: str, message: str) -> None:
    (project / "make.py").touch()
    with pytest.raises(UserError, match=re.escape(message)):
        check(project, PROGRAM.replace(old, new), OPTIONS)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("SCALE + 1", "True", r"model\.py: shift\(\) gives True, which is no number"),
        ("SCALE + 1", "SCALE + nothing", r"model\.py:4: shift\(\): NameError: name 'nothing' is not defined"),
        ("SCALE + 1", "'three'", r"model\.py: shift\(\) gives 'three', which is no number"),
        ('"gain": 7, ', "", r"model\.py: scalars\(\): KeyError: 'gain'"),
    ],
)
def test_a_function_that_gives_no_number(project: Path, old: str, new: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        check(project, model=MODEL.replace(old, new))


@pytest.mark.parametrize(
    ("meaning", "message"),
    [
        ("model.py:shfit", r"kernels\.yaml:14:56: `model\.py` has no function `shfit`\nhint: did you mean `shift`\?"),
        ("modle.py:shift", r"kernels\.yaml:14:56: module `modle\.py` is missing\nhint: did you mean `model\.py`\?"),
        ("../model.py:shift", r"module `\.\./model\.py` is outside the project"),
        ("model.py", r"`model\.py` is not a Python file and its function"),
    ],
)
def test_a_meaning_that_is_not_there_is_an_error_of_the_list(project: Path, meaning: str, message: str) -> None:
    with pytest.raises(UserError, match=message):
        check(project, TEXT.replace("model.py:shift", meaning))
