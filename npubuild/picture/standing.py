"""The array with the places at which a run stands."""

from __future__ import annotations

import dataclasses
import os

from npubuild.emulator.outcome import Outcome
from npubuild.mlir.source import Design
from npubuild.picture.files import write_picture
from npubuild.picture.marks import standing_marks
from npubuild.picture.reading import read_scene
from npubuild.picture.scene import Scene
from npubuild.picture.svg import draw


def standing_scene(scene: Scene, outcome: Outcome) -> Scene:
    """The scene with a mark for everything that the outcome says cannot go on."""
    said = [(item.phrase, item.text) for item in outcome.explanations]
    marks, remarks = standing_marks(said, len(scene.remarks) + 1)
    return dataclasses.replace(scene, marks=(*scene.marks, *marks), remarks=(*scene.remarks, *remarks))


def draw_standing(
    path: str | os.PathLike[str], design: Design, device: str | None, sequence: str | None, outcome: Outcome
) -> None:
    """Write the picture of a run's end; UserError for a file name that is no picture's."""
    scene = standing_scene(read_scene(design, device, sequence), outcome)
    write_picture(path, draw(scene), scene.title)
