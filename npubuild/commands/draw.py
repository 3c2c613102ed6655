"""`npubuild draw DESIGN.mlir -o array.svg|png|html`: a picture of the array as the design uses it."""

from __future__ import annotations

import argparse

from npubuild.mlir.source import read_design
from npubuild.picture.files import require_known_suffix, write_picture
from npubuild.picture.reading import read_scene
from npubuild.picture.svg import draw


def run(arguments: argparse.Namespace) -> int:
    require_known_suffix(arguments.output)
    scene = read_scene(read_design(arguments.design), arguments.device, arguments.sequence)
    write_picture(arguments.output, draw(scene, arguments.theme), scene.title, arguments.theme)
    return 0
