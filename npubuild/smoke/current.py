"""Whether a result that lies among the outputs is that of what is there now: what reports tell must not be older."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from npubuild.errors import Place, UserError
from npubuild.pipeline.contents import digest
from npubuild.pipeline.layout import Layout
from npubuild.pipeline.manifest import Manifest, input_changes, name_of, read_manifest, require_intact
from npubuild.pipeline.reasons import recipe_changes
from npubuild.registry import Kernel
from npubuild.smoke.result import Result, Status, load_result


def passed_result(kernel: Kernel, root: Path, toolchain: str) -> Result:
    """The result of the last smoke test of `kernel`.

    UserError where there is none, where it is no PASS, and where its entry of kernels.yaml, what it is built from or its
    artefacts are others now.
    """
    outputs = Layout(root, toolchain).kernel(kernel.name, "")
    place, hint = Place(name_of(outputs.smoke, root)), f"run `doit test:{kernel.name}`"
    if not outputs.smoke.is_file():
        raise UserError.at(place, f"there is no result of a smoke test of kernel `{kernel.name}`", hint)
    result = load_result(outputs.smoke)
    if result.status is not Status.PASS:
        raise UserError.at(place, f"kernel `{kernel.name}` is {result.verdict}, not PASS", hint)
    require_intact(outputs.manifest, root)
    if changes := list(_changes(kernel, read_manifest(outputs.manifest), root)):
        raise UserError.at(kernel.place, f"kernel `{kernel.name}` was tested before this: {'; '.join(changes)}", hint)
    if result.manifest != digest(outputs.manifest):
        raise UserError.at(place, f"is the result of another build of kernel `{kernel.name}`", hint)
    return result


def _changes(kernel: Kernel, manifest: Manifest, root: Path) -> Iterator[str]:
    topic, entry = "kernels.yaml", json.loads(json.dumps(kernel.recipe))
    yield from recipe_changes({topic: manifest.recipe.get(topic)}, {topic: entry})
    yield from input_changes(manifest, root)
