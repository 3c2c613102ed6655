"""`npubuild why KERNEL`: what a build of a kernel would do now, and why; and why it did what it did last."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path

from npubuild.errors import Place, UserError
from npubuild.pipeline.layout import Layout
from npubuild.pipeline.ledger import Check, Ledger
from npubuild.pipeline.manifest import why_stale
from npubuild.pipeline.tasks import needs_of_objects, resolve_settings
from npubuild.registry import Kernel, Registry, read_registry
from npubuild.registry.schema import nearest
from npubuild.report.steps import NAME as STEPS
from npubuild.report.steps import read_steps


def run(arguments: argparse.Namespace) -> int:
    registry = read_registry(Path.cwd() / "kernels.yaml")
    kernel = registry.kernels.get(arguments.kernel)
    if kernel is None:
        hint = nearest(arguments.kernel, registry.kernels)
        raise UserError.at(Place("kernels.yaml"), f"has no kernel `{arguments.kernel}`", hint=hint)
    layout = Layout(registry.root, resolve_settings(arguments.toolchain, "auto").toolchain)
    ran = read_steps(layout.folder / STEPS)
    waiting = ""
    for task, check in _checks(kernel, registry, layout):
        reasons = list(why_stale(check.manifest, registry.root, check.recipe()))
        if waiting and not reasons:
            reasons = [f"if {waiting} comes out different"]
        waiting = task if reasons else ""
        print(f"{task} {'will run:' if reasons else 'is current'}")
        for reason in reasons:
            print(f"  {reason}")
        if task in ran and ran[task].reason:
            print(f"  it last ran because: {ran[task].reason}")
    return 0


def _checks(kernel: Kernel, registry: Registry, layout: Layout) -> Iterator[tuple[str, Check]]:
    """The steps of a kernel's build, in their order."""
    ledger = Ledger(layout)
    if kernel.object_file is not None:
        needs = needs_of_objects(registry)[kernel.object_file.name] if layout.toolchain == "npu" else {}
        yield f"object:{kernel.object_file.name}", ledger.object_check(kernel.object_file, needs)
    yield f"build:{kernel.name}", ledger.kernel_check(kernel)
