"""Designs printed by Python programs."""

import sys
from pathlib import Path

import pytest

from npubuild.errors import UserError
from npubuild.mlir.program import run_program
from npubuild.mlir.source import parse_design

EXAMPLE = Path(__file__).resolve().parents[2] / "mlir" / "scale_offset.py"


def program(tmp_path, text):
    path = tmp_path / "generate.py"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_example_prints_a_design(tmp_path):
    text = run_program(EXAMPLE, ["--scale", "-5", "--elements", "64"], log=tmp_path / "log")
    assert "%scale = arith.constant -5 : i32" in text
    design = parse_design(text, str(EXAMPLE))
    assert len(design.devices()) == 1


def test_arguments_and_folder_reach_the_program(tmp_path):
    generator = program(tmp_path, "import os, sys\nprint(sys.argv[1:], os.getcwd())\nprint('warning', file=sys.stderr)")
    text = run_program(generator, ["--name", "a b"], log=tmp_path / "logs" / "program.log")
    assert text == f"['--name', 'a b'] {tmp_path}\n"
    assert "warning" in (tmp_path / "logs" / "program.log").read_text()


def refusal(generator, tmp_path, **options):
    with pytest.raises(UserError) as caught:
        run_program(generator, log=tmp_path / "log", kernel="demo", **options)
    return str(caught.value)


def test_a_failing_program_shows_its_standard_error(tmp_path):
    message = refusal(program(tmp_path, "print('module {')\nraise SystemExit('no such tile: (9, 9)')"), tmp_path)
    assert "demo: generate.py failed with exit code 1" in message
    assert "no such tile: (9, 9)" in message


def test_a_program_that_hangs_is_killed(tmp_path):
    message = refusal(program(tmp_path, "import time\ntime.sleep(60)"), tmp_path, time_limit=0.3)
    assert "was still running after 0.3 s and was killed" in message


@pytest.mark.parametrize(
    ("text", "complaint"),
    [("", "printed nothing"), ("import sys; sys.stdout.buffer.write(b'ab\\xff')", "printed no text: byte 2")],
)
def test_output_that_is_no_text_is_refused(tmp_path, text, complaint):
    assert complaint in refusal(program(tmp_path, text), tmp_path)


def test_a_missing_program_and_a_missing_interpreter_are_named(tmp_path):
    assert "there is no such program" in refusal(tmp_path / "none.py", tmp_path)
    message = refusal(program(tmp_path, "print(1)"), tmp_path, python=str(tmp_path / "python"))
    assert "cannot be started" in message
    assert Path(sys.executable).is_file()
