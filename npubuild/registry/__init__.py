"""kernels.yaml: the only list of kernels, read into frozen objects with every error located.

Reading it imports neither xDSL nor NumPy, so that `doit list` is instant.
"""

from npubuild.registry.model import (
    Buffer,
    DesignSource,
    Entry,
    FileDesign,
    Kernel,
    ObjectFile,
    ProgramDesign,
    Registry,
    Scalar,
    Smoke,
    SmokeCase,
    TemplateDesign,
    Tolerance,
)
from npubuild.registry.read import read_registry

__all__ = [
    "Buffer",
    "DesignSource",
    "Entry",
    "FileDesign",
    "Kernel",
    "ObjectFile",
    "ProgramDesign",
    "Registry",
    "Scalar",
    "Smoke",
    "SmokeCase",
    "TemplateDesign",
    "Tolerance",
    "read_registry",
]
