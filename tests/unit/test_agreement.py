from dataclasses import replace
from pathlib import Path

import pytest

from npubuild.errors import UserError
from npubuild.mlir.source import parse_design
from npubuild.mlir.template import render
from npubuild.pipeline.agreement import require_agreement
from npubuild.placement.place import place
from npubuild.registry import FileDesign, Kernel, Registry, read_registry
from npubuild.registry.instance import template_parameters

PROJECT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def registry() -> Registry:
    return read_registry(PROJECT / "kernels.yaml")


def disagreements(kernel: Kernel, text: str) -> list[str]:
    design = parse_design(text, "d.mlir")
    device = design.device(None)
    try:
        require_agreement(kernel, design, device, place(design, device))
    except UserError as error:
        return [str(found) for found in error.diagnostics]
    return []


@pytest.fixture
def text(registry: Registry) -> str:
    return render("single_core", template_parameters(registry.kernels["attention"]))


def test_a_template_agrees_with_its_kernel(registry: Registry, text: str) -> None:
    assert disagreements(registry.kernels["attention"], text) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("npu1", "npu2", "d.mlir:3:3: the design is for npu2, kernel `attention` for npu1 [device-differs]"),
        (
            "tiled.o",
            "tiled_v2.o",
            "links `attention_int8_64x64_tiled_v2.o`, but kernel `attention` makes `attention_int8_64x64_tiled.o`",
        ),
        ("stack_size = 4096", "stack_size = 1024", "core (0, 2) has a stack of 1024 bytes, kernel `attention` says 4096"),
        ("@attention_64x64", "@attention_v2", "does not declare `@attention_64x64`, which kernel `attention` names"),
        (
            "4096xi8",
            "2048xi8",
            "memref<2048xi8>, i32), kernel `attention` says (memref<12288xi8>, memref<4096xi8>, i32)",
        ),
    ],
)  # fmt: skip
def test_a_disagreement_is_located_in_the_design(registry: Registry, text: str, old: str, new: str, expected: str) -> None:
    kernel = replace(registry.kernels["attention"], design=FileDesign("d.mlir"))
    assert old in text
    found = disagreements(kernel, text.replace(old, new))
    assert len(found) == 1
    assert expected in found[0]
    assert found[0].endswith("hint: make kernels.yaml and the design agree")
