"""Tasks of `doit`: build and smoke-test the kernels of kernels.yaml (see README.md)."""

import sys
from pathlib import Path

from doit import get_var

from npubuild.errors import UserError
from npubuild.pipeline.opening import at_exit, open_build


def _tasks(root, state, groups):
    """The tasks of a build that may have something to do."""
    from npubuild.pipeline.contents import stamp
    from npubuild.pipeline.layout import Layout
    from npubuild.pipeline.ledger import Ledger
    from npubuild.pipeline.tasks import Tasks, reject_unknown_tasks, reject_unknown_variables, resolve_settings
    from npubuild.registry import read_registry
    from npubuild.registry.kept import read_kept

    reject_unknown_variables(sys.argv[1:])
    toolchain = "emulated" if state is not None and state.current() else get_var("toolchain", "auto")
    settings = resolve_settings(toolchain, get_var("device", "auto"), get_var("sanitize", "0"))
    ledger = Ledger(Layout(root, settings.toolchain), state)
    registry = read_kept(root / "kernels.yaml", root / "build" / ".registry", stamp, read_registry)
    reject_unknown_tasks(sys.argv[1:], registry)
    tasks = Tasks(registry, settings, ledger, groups)
    if state is not None:
        at_exit(tasks.close)
    return tasks


def _open():
    try:
        return open_build(Path(__file__).resolve().parent, sys.argv[1:], _tasks)
    except UserError as error:
        # Not doit's InvalidDodoFile: its exit code 3 stands for a hang here, and bad input is 2.
        print(error, file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        sys.exit(130)


TASKS = _open()
DOIT_CONFIG = {
    "default_tasks": ["build", "test"],
    "continue": True,  # one kernel's failure does not keep the others from being tested
    "subtasks": True,  # `doit list` shows every kernel
    "sort": "definition",
    "verbosity": 2,
    "backend": "json",
    **TASKS.configuration(),
}


def task_object():
    return TASKS.objects()


def task_build():
    return TASKS.builds()


def task_test():
    return TASKS.tests()


def task_report():
    return TASKS.report()


def task_doctor():
    return TASKS.doctor()
