import json
from pathlib import Path
from typing import Any

import pytest

from npubuild.errors import UserError
from npubuild.pipeline.contents import digest
from npubuild.pipeline.manifest import Manifest, read_manifest, require_intact, why_stale

RECIPE: dict[str, Any] = {"flags": ("-O2",), "compiler": {"version": "g++ 12"}}


@pytest.fixture
def manifest(tmp_path: Path) -> Path:
    (tmp_path / "a.cc").write_text("a")
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "a.so").write_text("A")
    file = tmp_path / "build" / "manifest.json"
    inputs, outputs = ({name: digest(tmp_path / name)} for name in ("a.cc", "build/a.so"))
    Manifest(RECIPE, inputs, outputs, {"calls": 4}, ["include/b.h"]).save(file)
    return file


def test_what_was_recorded_is_current(manifest: Path, tmp_path: Path) -> None:
    assert why_stale(manifest, tmp_path, RECIPE) == ()
    assert read_manifest(manifest).facts == {"calls": 4}
    assert list(read_manifest(manifest).inputs) == ["a.cc"]


def test_a_new_timestamp_alone_changes_nothing(manifest: Path, tmp_path: Path) -> None:
    (tmp_path / "a.cc").write_text("a")
    (tmp_path / "build" / "a.so").touch()
    assert why_stale(manifest, tmp_path, RECIPE) == ()


def test_the_reasons_name_what_changed(manifest: Path, tmp_path: Path) -> None:
    assert why_stale(tmp_path / "none.json", tmp_path, RECIPE) == ("not built yet",)
    assert why_stale(manifest, tmp_path, {**RECIPE, "flags": ["-O3"]}) == ("flag -O2 -> -O3",)
    assert why_stale(manifest, tmp_path, {"flags": ["-O2"]}) == ("compiler changed",)
    (tmp_path / "build" / "a.so").write_text("edited")
    assert why_stale(manifest, tmp_path, RECIPE) == ("output build/a.so was edited",)
    (tmp_path / "a.cc").unlink()
    (tmp_path / "include").mkdir()
    (tmp_path / "include" / "b.h").touch()
    assert why_stale(manifest, tmp_path, RECIPE) == (
        "source a.cc is missing",
        "new header include/b.h would be read instead of another",
        "output build/a.so was edited",
    )


@pytest.mark.parametrize("content", ["", "{", "[]", "3", '{"format": 1}', '{"format": 0}', "[" * 100_000])
def test_a_damaged_manifest_is_stale_and_refused(tmp_path: Path, content: str) -> None:
    file = tmp_path / "manifest.json"
    file.write_text(content)
    assert why_stale(file, tmp_path, RECIPE) == ("manifest.json is damaged",)
    with pytest.raises(UserError, match="build the kernel again"):
        read_manifest(file)


def test_an_artefact_of_another_build_is_found(manifest: Path, tmp_path: Path) -> None:
    require_intact(manifest, tmp_path)
    (tmp_path / "build" / "a.so").write_text("other")
    with pytest.raises(UserError, match=r"build/a\.so: is not the one that this kernel's build made \[stale-artefact\]"):
        require_intact(manifest, tmp_path)
    (tmp_path / "build" / "a.so").unlink()
    with pytest.raises(UserError, match=r"build/a\.so: is missing"):
        require_intact(manifest, tmp_path)


def test_manifests_are_plain_json(manifest: Path) -> None:
    content = json.loads(manifest.read_text())
    assert set(content) == {"format", "recipe", "inputs", "outputs", "facts", "absent"}
