"""kernels.yaml: the only list of kernels, read into frozen objects with every error located.

Reading it imports neither xDSL nor NumPy, so that `doit list` is instant.
"""

from pathlib import Path

from npubuild.registry.model import (
    Buffer,
    DesignSource,
    Entry,
    FileDesign,
    Kernel,
    ObjectFile,
    ProgramDesign,
    ProgramOption,
    Registry,
    Scalar,
    Smoke,
    SmokeCase,
    TemplateDesign,
    Tolerance,
)

__all__ = [
    "Buffer",
    "DesignSource",
    "Entry",
    "FileDesign",
    "Kernel",
    "ObjectFile",
    "ProgramDesign",
    "ProgramOption",
    "Registry",
    "Scalar",
    "Smoke",
    "SmokeCase",
    "TemplateDesign",
    "Tolerance",
    "read_registry",
]


def read_registry(file: Path) -> Registry:
    """Read and check kernels.yaml; see `npubuild.registry.read`, which is loaded for that only."""
    from npubuild.registry.read import read_registry as read

    return read(file)
