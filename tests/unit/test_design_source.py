from dataclasses import replace
from pathlib import Path

import pytest

from npubuild.errors import UserError
from npubuild.pipeline.design_source import obtain_design
from npubuild.registry import FileDesign, Kernel, ProgramDesign, read_registry

PROJECT = Path(__file__).parents[2]


@pytest.fixture
def kernel() -> Kernel:
    return read_registry(PROJECT / "kernels.yaml").kernels["attention_4col"]


def test_template(kernel: Kernel, tmp_path: Path) -> None:
    obtained = obtain_design(kernel, tmp_path, tmp_path / "log")
    assert (obtained.kind, obtained.origin, obtained.inputs) == ("template", "attention_4col.mlir", ())
    assert obtained.text.count("func.call @attention_64x64") == 4
    assert 'link_with = "attention_int8_64x64_tiled.o", stack_size = 4096 : i32' in obtained.text


def test_file(kernel: Kernel, tmp_path: Path) -> None:
    (tmp_path / "d.mlir").write_text("module {}\n")
    obtained = obtain_design(replace(kernel, design=FileDesign("d.mlir")), tmp_path, tmp_path / "log")
    assert (obtained.kind, obtained.text, obtained.inputs) == ("file", "module {}\n", (tmp_path / "d.mlir",))


def test_program_with_its_arguments_and_all_that_it_imports(kernel: Kernel, tmp_path: Path) -> None:
    folder = tmp_path / "mlir"
    (folder / "parts").mkdir(parents=True)
    (folder / "make.py").write_text("import sys, sizes\nfrom parts import core\nprint('module', sys.argv[1:], core.X)\n")
    (folder / "sizes.py").write_text("import more\n")
    (folder / "more.py").touch()
    (folder / "other.py").touch()
    (folder / "parts" / "__init__.py").touch()
    (folder / "parts" / "core.py").write_text("X = 1\n")
    source = ProgramDesign("mlir/make.py", ("--size", "a b"))
    obtained = obtain_design(replace(kernel, design=source), tmp_path, tmp_path / "log")
    assert (obtained.kind, obtained.text) == ("program", "module ['--size', 'a b'] 1\n")
    assert {str(path.relative_to(folder)) for path in obtained.inputs} == {
        "make.py", "sizes.py", "more.py", "parts/__init__.py", "parts/core.py",
    }  # fmt: skip


def test_a_program_that_fails_names_itself(kernel: Kernel, tmp_path: Path) -> None:
    (tmp_path / "make.py").write_text("raise SystemExit('no such size')\n")
    with pytest.raises(UserError, match=r"attention_4col: make\.py failed with exit code 1:\n  \| no such size"):
        obtain_design(replace(kernel, design=ProgramDesign("make.py", ())), tmp_path, tmp_path / "log")
