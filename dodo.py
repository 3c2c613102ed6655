"""Tasks of `doit`: build and smoke-test the kernels of kernels.yaml (see README.md)."""

import sys
from pathlib import Path

from doit import get_var

from npubuild.errors import UserError
from npubuild.pipeline.layout import make_build_folder
from npubuild.pipeline.tasks import Tasks, reject_unknown_kernels, reject_unknown_variables, resolve_settings
from npubuild.registry import read_registry
from npubuild.report.console import Reporter

DOIT_CONFIG = {
    "default_tasks": ["build", "test"],
    "continue": True,  # one kernel's failure does not keep the others from being tested
    "reporter": Reporter,
    "dep_file": "build/.doit.db",
    "subtasks": True,  # `doit list` shows every kernel
    "sort": "definition",
    "verbosity": 2,
}


ROOT = Path(__file__).resolve().parent


def _tasks():
    try:
        make_build_folder(ROOT)  # doit's database lies in it
        reject_unknown_variables(sys.argv[1:])
        settings = resolve_settings(get_var("toolchain", "auto"), get_var("device", "auto"))
        registry = read_registry(ROOT / "kernels.yaml")
        reject_unknown_kernels(sys.argv[1:], registry)
        return Tasks(registry, settings)
    except UserError as error:
        # Not doit's InvalidDodoFile: its exit code 3 stands for a hang here, and bad input is 2.
        print(error, file=sys.stderr)
        sys.exit(2)


TASKS = _tasks()


def task_object():
    yield from TASKS.objects()


def task_build():
    yield from TASKS.builds()


def task_test():
    yield from TASKS.tests()


def task_doctor():
    return TASKS.doctor()
