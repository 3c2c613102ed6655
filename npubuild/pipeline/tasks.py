"""Kernels x toolchain -> doit task dictionaries.

The dictionaries are made from the registry alone: nothing here imports xDSL, NumPy or the emulator before an action runs.
Whether a task has to run is decided by the contents of what it depends on and of its targets, never by timestamps.
"""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from doit.exceptions import TaskError, TaskFailed

from npubuild.errors import Place, UserError
from npubuild.pipeline.database import FILE as DATABASE
from npubuild.pipeline.layout import Layout
from npubuild.pipeline.ledger import Check, Ledger
from npubuild.pipeline.opening import GROUPS
from npubuild.pipeline.recipes import Needs
from npubuild.registry import Kernel, ObjectFile, Registry
from npubuild.report.console import Reporter, SmokeTask

if TYPE_CHECKING:
    from npubuild.smoke.watch import Watch

TOOLCHAINS = ("auto", "emulated", "npu")
CANARY = "canary"  # the kernel by which a wedged NPU is known
DEVICES = ("auto", "emulator", "npu", "both")
SWITCH = ("0", "1")
VARIABLES = ("toolchain", "device", "sanitize")

TaskDict = dict[str, Any]


@dataclass(frozen=True)
class Settings:
    """The resolved variables of the command line."""

    toolchain: str
    device: str
    sanitize: bool = False


def resolve_settings(toolchain: str, device: str, sanitize: str = "0") -> Settings:
    """What `auto` stands for: the toolchain that can build here, and the device that it builds for.

    Raises UserError for unknown values, and for the `npu` toolchain, naming what it lacks.
    """
    for variable, value, known in (("toolchain", toolchain, TOOLCHAINS), ("device", device, DEVICES)):
        if value not in known:
            raise UserError.at(None, f"{variable}={value} is unknown", hint=f"{variable} is one of {', '.join(known)}")
    if sanitize not in SWITCH:
        raise UserError.at(None, f"sanitize={sanitize} is unknown", hint=f"sanitize is one of {', '.join(SWITCH)}")
    if toolchain != "emulated":
        toolchain = _complete_toolchain(wanted=toolchain == "npu" or device == "both")
    if toolchain == "emulated" and device == "both":
        raise UserError.at(None, "device=both needs artefacts for both", hint="toolchain=npu makes an emulated twin, too")
    if device == "auto":
        device = "npu" if toolchain == "npu" else "emulator"
    return Settings(toolchain, device, sanitize == "1")


def _complete_toolchain(wanted: bool) -> str:
    """`npu` where all its tools are; else `emulated`, or a UserError when it is `wanted`."""
    from npubuild.toolchain.probe import can_build_for_npu, missing, probe

    if not wanted and not can_build_for_npu():
        return "emulated"
    if lacking := missing(probe().npu_toolchain, "toolchain=npu"):
        raise lacking
    return "npu"


def reject_unknown_variables(words: Sequence[str]) -> None:
    """UserError for a `name=value` of the command line that is no variable: doit would ignore it silently."""
    for word in words:
        name, equals, _ = word.partition("=")
        if equals and not name.startswith("-") and name not in VARIABLES:
            raise UserError.at(None, f"unknown variable `{name}`", hint=_nearest(name, VARIABLES))


def reject_unknown_tasks(words: Sequence[str], registry: Registry) -> None:
    """UserError for a word of the command line that is no task: doit's exit code would be 3, that of a hang."""
    for word in words:
        group, colon, name = word.partition(":")
        if "=" in word or word.startswith("-") or set("/*?[") & set(word):
            continue
        if not colon and word in registry.kernels:
            raise UserError.at(None, f"unknown task `{word}`", hint=f"did you mean `build:{word}`?")
        if colon and group not in GROUPS:
            raise UserError.at(None, f"unknown task `{word}`", hint=_nearest(group, GROUPS))
        kind, known = ("object", registry.objects) if group == "object" else ("kernel", registry.kernels)
        if colon and name not in known:
            raise UserError.at(None, f"unknown {kind} `{name}`", hint=_nearest(name, known))


def _nearest(name: str, known: Iterable[str]) -> str:
    from npubuild.registry.schema import nearest  # loads the YAML reader, which a run without errors may not need

    return nearest(name, known)


class Tasks:
    """The tasks of one registry, for one toolchain and device.

    Where only `groups` of tasks are asked for, other ones are left out, and those that are known to be current.
    """

    def __init__(
        self,
        registry: Registry,
        settings: Settings,
        ledger: Ledger | None = None,
        groups: Collection[str] | None = None,
    ) -> None:
        self.registry = registry
        self.settings = settings
        self.layout = Layout(registry.root, settings.toolchain)
        self.ledger = ledger or Ledger(self.layout)
        self._needs = needs_of_objects(registry) if settings.toolchain == "npu" else {}
        self._current = self._known_current()
        self._left_out = frozenset() if groups is None else self._current
        self._has_tests = groups is None or "test" in groups
        if self._left_out:
            print(f"{len(self._left_out)} of {len(self.names())} steps are current")

    def _known_current(self) -> frozenset[str]:
        """Tasks whose contents need not be looked at: that of a kernel only where that of its object need not, either."""
        known = frozenset(filter(self.ledger.is_known, self.names()))
        return known - {
            f"build:{kernel.name}" for kernel in self.registry.kernels.values() if not known.issuperset(_compiled(kernel))
        }

    def configuration(self) -> dict[str, Any]:
        """For DOIT_CONFIG."""
        return {"dep_file": str(DATABASE), "reporter": Reporter}

    def close(self) -> None:
        """At the end of a run: what is current is remembered, and what was compiled how is told to clangd."""
        self.ledger.close(self.names())
        if self.ledger.has_looked:
            from npubuild.pipeline.compile_commands import write_compile_commands

            with contextlib.suppress(UserError):  # without a compiler nothing was compiled, which has been said
                write_compile_commands(self.registry)

    def names(self) -> list[str]:
        """The tasks whose state is remembered."""
        return [*(f"object:{name}" for name in self.registry.objects), *(f"build:{name}" for name in self.registry.kernels)]

    def objects(self) -> Iterator[TaskDict]:
        yield {"name": None, "doc": "compile the C++ of one object"}
        for item in self.registry.objects.values():
            if f"object:{item.name}" in self._left_out:
                continue
            needs = self._needs.get(item.name, {})
            task: TaskDict = {
                "name": item.name,
                "doc": f"compile {', '.join(item.sources)}",
                "actions": [(_compile, [item, self.layout, needs])],
            }
            if f"object:{item.name}" in self._current:
                yield task | {"uptodate": [True]}
                continue
            outputs = self.layout.object(item.name)
            yield task | {
                "uptodate": [(_object_is_current, [item, self.ledger, needs])],
                "targets": [str(path) for path in (outputs.library, *map(outputs.core, needs), outputs.manifest)],
                "meta": {},
                "clean": True,
            }

    def builds(self) -> Iterator[TaskDict]:
        yield {"name": None, "doc": f"build every kernel ({self.settings.toolchain} toolchain)"}
        for kernel in self.registry.kernels.values():
            if f"build:{kernel.name}" in self._left_out:
                continue
            task: TaskDict = {
                "name": kernel.name,
                "doc": kernel.summary,
                "actions": [(_build, [kernel, self.layout])],
                "task_dep": self._offered(_compiled(kernel)),
            }
            if f"build:{kernel.name}" in self._current:
                yield task | {"uptodate": [True]}
                continue
            outputs = self.layout.kernel(kernel.name, kernel.object_file.name if kernel.object_file else "")
            yield task | {
                "uptodate": [(_kernel_is_current, [kernel, self.ledger])],
                "targets": [str(path) for path in (*outputs.artefacts(), outputs.manifest)],
                "meta": {},
                "clean": True,
            }

    def tests(self) -> Iterator[TaskDict]:
        yield {"name": None, "doc": f"smoke-test every kernel (device {self.settings.device})"}
        for kernel in self.registry.kernels.values() if self._has_tests else ():
            yield {
                "name": kernel.name,
                "doc": f"smoke-test {kernel.name} (device {self.settings.device})",
                "actions": [(_test, [kernel, self.registry, self.settings])],
                "task_dep": self._offered([f"build:{kernel.name}", *self._canary(kernel)]),
                "meta": {"smoke": SmokeTask(kernel.name, self.settings.device, self._smoke(kernel), self.layout.junit)},
            }

    def _offered(self, tasks: Iterable[str]) -> list[str]:
        return [task for task in tasks if task not in self._left_out]

    def _canary(self, kernel: Kernel) -> list[str]:
        """What has to be built so that a failure on the NPU can be told from a wedged NPU."""
        wanted = self.settings.device != "emulator" and CANARY in self.registry.kernels and kernel.name != CANARY
        return [f"build:{CANARY}"] if wanted else []

    def _smoke(self, kernel: Kernel) -> Path:
        return self.layout.kernel(kernel.name, "").smoke

    def report(self) -> TaskDict:
        return {
            "doc": "what has been built and tested, as pages: build/report/index.html",
            "actions": [(_report, [self.registry, self.layout])],
            "verbosity": 2,
        }

    def doctor(self) -> TaskDict:
        return {
            "doc": "what was found, where it was looked for, what to install",
            "actions": [_doctor],
            "params": [{"name": "as_json", "long": "json", "type": bool, "default": False, "help": "print JSON"}],
            "meta": {"silent": True},
            "verbosity": 2,
        }


def _compiled(kernel: Kernel) -> list[str]:
    """The task that compiles a kernel's object, if it has one."""
    return [f"object:{kernel.object_file.name}"] if kernel.object_file else []


def needs_of_objects(registry: Registry) -> dict[str, Needs]:
    """For each object, the entry functions that kernels call in it, by architecture of their device."""
    from npubuild.hardware.devices import devices

    needs: dict[str, dict[str, dict[str, None]]] = {name: {} for name in registry.objects}
    for kernel in registry.kernels.values():
        if kernel.object_file is not None:
            architecture = devices()[kernel.device].architecture.value
            functions = needs.setdefault(kernel.object_file.name, {}).setdefault(architecture, {})
            functions.update(dict.fromkeys(kernel.entry.called))
    return {name: {key: tuple(functions) for key, functions in of_one.items()} for name, of_one in needs.items()}


def _object_is_current(task: Any, values: dict[str, Any], item: ObjectFile, ledger: Ledger, needs: Needs) -> bool:
    return _is_current(task, values, ledger, ledger.object_check(item, needs))


def _kernel_is_current(task: Any, values: dict[str, Any], kernel: Kernel, ledger: Ledger) -> bool:
    return _is_current(task, values, ledger, ledger.kernel_check(kernel))


def _is_current(task: Any, values: dict[str, Any], ledger: Ledger, check: Check) -> bool:
    """Whether the step needs no run; the reasons why it does are left for the report.

    `values` remembers that doit itself has seen the task succeed: `doit forget` makes it run again.
    """

    def has_succeeded() -> dict[str, bool]:
        ledger.has_succeeded(task.name)
        return {"done": True}

    task.value_savers.append(has_succeeded)
    try:
        reasons = ledger.why_stale(task.name, check, forgotten=not values.get("done"))
    except UserError:
        return False  # there is no compiler, which the action will say
    task.meta["reason"] = "; ".join(reasons)
    return not reasons


def _compile(item: ObjectFile, layout: Layout, needs: Needs) -> dict[str, bool] | TaskError:
    """What an action tells doit: whether the cache had its outcome, or why there is none."""
    from npubuild.pipeline.object_step import compile_object

    try:
        return {"cached": compile_object(item, layout, needs)}
    except (UserError, OSError) as error:
        return TaskError(_message(error))


def _build(kernel: Kernel, layout: Layout) -> dict[str, bool] | TaskError | TaskFailed:
    from npubuild.pipeline.kernel_step import build_kernel
    from npubuild.pipeline.problems import CheckError

    try:
        return {"cached": build_kernel(kernel, layout)}
    except CheckError as error:
        return TaskFailed(_message(error))
    except (UserError, OSError) as error:
        return TaskError(_message(error))


def _message(error: UserError | OSError) -> str:
    """The whole message for doit: of an exception it would print the traceback."""
    if isinstance(error, UserError):
        return str(error)
    return str(UserError.at(Place(str(error.filename or "build")), (error.strerror or str(error)).lower()))


def _test(kernel: Kernel, registry: Registry, settings: Settings) -> TaskError | TaskFailed | None:
    if settings.device == "emulator":
        from npubuild.smoke.child import run_smoke_test

        result = run_smoke_test(kernel, registry.file, settings.toolchain, settings.device)
    else:
        result = _watch(registry.file, settings, registry.kernels.get(CANARY)).test(kernel)
    if settings.sanitize:
        from npubuild.smoke.child import add_sanitized_run

        result = add_sanitized_run(result, kernel, registry.file, settings.toolchain)
    from npubuild.smoke.result import Status

    if result.status is Status.PASS:
        return None
    # A missing device is a missing tool (exit code 2); everything else is a test that failed (1).
    kind = TaskError if result.status is Status.UNSUPPORTED else TaskFailed
    return kind(f"{kernel.name}: {result.verdict}")


@cache
def _watch(registry: Path, settings: Settings, canary: Kernel | None) -> Watch:
    """The one of this process: what it has learnt of the NPU holds for all tests that follow."""
    from npubuild.smoke.watch import Watch

    return Watch(registry, settings.toolchain, settings.device, canary)


def _report(registry: Registry, layout: Layout) -> TaskError | None:
    from npubuild.pages.build import build_report

    try:
        print(f"report: {build_report(registry, layout)}")
    except (UserError, OSError) as error:
        return TaskError(_message(error))
    return None


def _doctor(as_json: bool) -> TaskError | TaskFailed | None:
    import json

    from npubuild.report.doctor import describe
    from npubuild.toolchain.diagnosis import diagnose

    diagnosis = diagnose()
    print(json.dumps(diagnosis.as_json(), indent=2) if as_json else describe(diagnosis))
    # The exit code says what is possible on an NPU, as that of `npubuild doctor` does.
    kinds = {1: TaskFailed("NPU runs are not possible"), 2: TaskError("NPU builds are not possible")}
    return kinds.get(diagnosis.exit_code)
