"""Kernels x toolchain -> doit task dictionaries.

The dictionaries are made from the registry alone: nothing here imports xDSL, NumPy or the emulator before an action runs.
Whether a task has to run is decided by the contents of what it depends on and of its targets, never by timestamps.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from doit.exceptions import TaskError, TaskFailed

from npubuild.errors import Place, UserError
from npubuild.hardware.devices import devices
from npubuild.pipeline.layout import Layout
from npubuild.pipeline.manifest import why_stale
from npubuild.pipeline.recipes import Needs, kernel_recipe, object_recipe
from npubuild.registry import Kernel, ObjectFile, Registry
from npubuild.registry.schema import nearest
from npubuild.report.console import SmokeTask
from npubuild.smoke.result import Status
from npubuild.toolchain.probe import can_build_for_npu, missing, probe

if TYPE_CHECKING:
    from npubuild.smoke.watch import Watch

TOOLCHAINS = ("auto", "emulated", "npu")
CANARY = "canary"  # the kernel by which a wedged NPU is known
DEVICES = ("auto", "emulator", "npu", "both")

TaskDict = dict[str, Any]


@dataclass(frozen=True)
class Settings:
    """The resolved variables of the command line."""

    toolchain: str
    device: str


def resolve_settings(toolchain: str, device: str) -> Settings:
    """What `auto` stands for: the toolchain that can build here, and the device that it builds for.

    Raises UserError for unknown values, and for the `npu` toolchain, naming what it lacks.
    """
    for variable, value, known in (("toolchain", toolchain, TOOLCHAINS), ("device", device, DEVICES)):
        if value not in known:
            raise UserError.at(None, f"{variable}={value} is unknown", hint=f"{variable} is one of {', '.join(known)}")
    if toolchain == "auto":
        toolchain = "npu" if can_build_for_npu() or device == "both" else "emulated"
    if toolchain == "npu" and (lacking := missing(probe().npu_toolchain, "toolchain=npu")):
        raise lacking
    if toolchain == "emulated" and device == "both":
        raise UserError.at(None, "device=both needs artefacts for both", hint="toolchain=npu makes an emulated twin, too")
    if device == "auto":
        device = "npu" if toolchain == "npu" else "emulator"
    return Settings(toolchain, device)


def reject_unknown_variables(words: Sequence[str]) -> None:
    """UserError for a `name=value` of the command line that is no variable: doit would ignore it silently."""
    for word in words:
        name, equals, _ = word.partition("=")
        if equals and not name.startswith("-") and name not in {"toolchain", "device"}:
            raise UserError.at(None, f"unknown variable `{name}`", hint=nearest(name, ("toolchain", "device")))


def reject_unknown_kernels(words: Sequence[str], registry: Registry) -> None:
    """UserError for a `build:NAME` or `test:NAME` of the command line without such a kernel: doit's exit code would be 3."""
    for word in words:
        task, colon, kernel = word.partition(":")
        if colon and task in {"build", "test"} and kernel not in registry.kernels and not set("*?[") & set(kernel):
            raise UserError.at(None, f"unknown kernel `{kernel}`", hint=nearest(kernel, registry.kernels))


class Tasks:
    """The tasks of one registry, for one toolchain and device."""

    def __init__(self, registry: Registry, settings: Settings) -> None:
        self.registry = registry
        self.settings = settings
        self.layout = Layout(registry.root, settings.toolchain)

    def objects(self) -> Iterator[TaskDict]:
        yield {"name": None, "doc": "compile the C++ of one object"}
        for item in self.registry.objects.values():
            outputs = self.layout.object(item.name)
            needs = self._needs(item)
            cores = needs if self.settings.toolchain == "npu" else ()
            yield {
                "name": item.name,
                "doc": f"compile {', '.join(item.sources)}",
                "actions": [(_compile, [item, self.layout, needs])],
                "uptodate": [(_object_is_current, [item, self.layout, needs])],
                "targets": [str(path) for path in (outputs.library, *map(outputs.core, cores), outputs.manifest)],
                "meta": {},
                "clean": True,
            }

    def _needs(self, item: ObjectFile) -> Needs:
        """The entry functions that kernels call in an object, by architecture of their device."""
        needs: dict[str, dict[str, None]] = {}
        for kernel in self.registry.kernels.values():
            if kernel.object_file is not None and kernel.object_file.name == item.name:
                architecture = devices()[kernel.device].architecture.value
                needs.setdefault(architecture, {}).update(dict.fromkeys(kernel.entry.called))
        return {architecture: tuple(functions) for architecture, functions in needs.items()}

    def builds(self) -> Iterator[TaskDict]:
        yield {"name": None, "doc": f"build every kernel ({self.settings.toolchain} toolchain)"}
        for kernel in self.registry.kernels.values():
            outputs = self.layout.kernel(kernel.name, kernel.object_file.name if kernel.object_file else "")
            yield {
                "name": kernel.name,
                "doc": kernel.summary,
                "actions": [(_build, [kernel, self.layout])],
                "uptodate": [(_kernel_is_current, [kernel, self.layout])],
                "task_dep": [f"object:{kernel.object_file.name}"] if kernel.object_file else [],
                "targets": [str(path) for path in (*outputs.artefacts(), outputs.manifest)],
                "meta": {},
                "clean": True,
            }

    def tests(self) -> Iterator[TaskDict]:
        yield {"name": None, "doc": f"smoke-test every kernel (device {self.settings.device})"}
        for kernel in self.registry.kernels.values():
            yield {
                "name": kernel.name,
                "doc": f"smoke-test {kernel.name} (device {self.settings.device})",
                "actions": [(_test, [kernel, self.registry, self.settings])],
                "task_dep": [f"build:{kernel.name}", *self._canary(kernel)],
                "meta": {"smoke": SmokeTask(kernel.name, self.settings.device, self._smoke(kernel), self.layout.junit)},
            }

    def _canary(self, kernel: Kernel) -> list[str]:
        """What has to be built so that a failure on the NPU can be told from a wedged NPU."""
        wanted = self.settings.device != "emulator" and CANARY in self.registry.kernels and kernel.name != CANARY
        return [f"build:{CANARY}"] if wanted else []

    def _smoke(self, kernel: Kernel) -> Path:
        return self.layout.kernel(kernel.name, "").smoke

    def doctor(self) -> TaskDict:
        return {"doc": "what was found, where it was looked for, what to install", "actions": [_doctor], "verbosity": 2}


def _object_is_current(task: Any, values: dict[str, Any], item: ObjectFile, layout: Layout, needs: Needs) -> bool:
    try:
        recipe = object_recipe(item, layout, needs)
    except UserError:
        return False  # there is no compiler, which the action will say
    return _is_current(task, values, layout.object(item.name).manifest, layout, recipe)


def _kernel_is_current(task: Any, values: dict[str, Any], kernel: Kernel, layout: Layout) -> bool:
    return _is_current(task, values, layout.kernel(kernel.name, "").manifest, layout, kernel_recipe(kernel, layout))


def _is_current(task: Any, values: dict[str, Any], manifest: Path, layout: Layout, recipe: dict[str, Any]) -> bool:
    """Whether the manifest's step needs no run; the reason why it does is left for the report.

    `values` remembers that doit itself has seen the task succeed: `doit forget` makes it run again.
    """
    task.value_savers.append(lambda: {"done": True})
    reason = why_stale(manifest, layout.root, recipe)
    if not reason and not values.get("done"):
        reason = "not known to doit"
    task.meta["reason"] = reason
    return not reason


def _compile(item: ObjectFile, layout: Layout, needs: Needs) -> TaskError | None:
    from npubuild.pipeline.steps import compile_object

    try:
        compile_object(item, layout, needs)
    except (UserError, OSError) as error:
        return TaskError(_message(error))
    return None


def _build(kernel: Kernel, layout: Layout) -> TaskError | TaskFailed | None:
    from npubuild.pipeline.steps import CheckError, build_kernel

    try:
        build_kernel(kernel, layout)
    except CheckError as error:
        return TaskFailed(_message(error))
    except (UserError, OSError) as error:
        return TaskError(_message(error))
    return None


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


def _doctor() -> TaskError | TaskFailed | None:
    from npubuild.report.doctor import describe
    from npubuild.toolchain.diagnosis import diagnose

    diagnosis = diagnose()
    print(describe(diagnosis))
    # The exit code says what is possible on an NPU, as that of `npubuild doctor` does.
    kinds = {1: TaskFailed("NPU runs are not possible"), 2: TaskError("NPU builds are not possible")}
    return kinds.get(diagnosis.exit_code)
