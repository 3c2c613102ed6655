"""The documentation against the code: commands that parse, links that lead somewhere, every key of kernels.yaml."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from npubuild.cli import build_parser
from npubuild.registry import read_registry
from npubuild.registry.table import registry_record

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted([ROOT / "README.md", ROOT / "c_kernels" / "README.md", *(ROOT / "docs").glob("*.md")])
REFERENCE = (ROOT / "docs" / "kernels-yaml.md").read_text()


def commands(page: Path) -> list[list[str]]:
    """The calls of npubuild in a page's code blocks: their words, without comments and redirections."""
    blocks = re.findall(r"^```\w*\n(.*?)^```", page.read_text(), re.DOTALL | re.MULTILINE)
    calls = [call.strip() for block in blocks for line in block.splitlines() for call in line.split("&&")]
    return [shlex.split(call.partition(" > ")[0], comments=True) for call in calls if call.startswith("npubuild ")]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_commands_parse(page: Path):
    for command in commands(page):
        assert build_parser().parse_args(command[1:]).module


def test_the_readme_shows_commands():
    assert len(commands(ROOT / "README.md")) > 5


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_links_lead_to_files(page: Path):
    targets = re.findall(r"\]\(([^)#\s]+)", page.read_text())
    assert [target for target in targets if "://" not in target and not (page.parent / target).exists()] == []


def keys(schema: dict[str, Any]) -> Iterator[str]:
    """All keys and closed choices that a JSON Schema names."""
    yield from schema.get("properties", {})
    yield from schema.get("enum", ())
    nested = (*schema.get("properties", {}).values(), schema.get("items"), schema.get("additionalProperties"))
    for inner in nested:
        if isinstance(inner, dict):
            yield from keys(inner)


def test_every_key_of_the_registry_is_explained():
    devices = re.compile(r"npu[12]")
    names = {name for name in keys(registry_record().schema()) if not devices.match(name)}
    assert {"objects", "patches", "max_ulp", "bf16", "pack-arguments"} <= names
    assert sorted(name for name in names if f"`{name}`" not in REFERENCE and f"`{name}:" not in REFERENCE) == []


def test_the_example_of_the_registry_is_one(tmp_path: Path):
    example = re.search(r"^```yaml\n(.*?)^```", REFERENCE, re.DOTALL | re.MULTILINE)
    assert example is not None
    (tmp_path / "kernels.yaml").write_text(example[1])
    shutil.copytree(ROOT / "c_kernels", tmp_path / "c_kernels")
    assert list(read_registry(tmp_path / "kernels.yaml").kernels) == ["attention_heads"]
