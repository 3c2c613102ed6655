"""What a build remembers to be current: files by their stamps, young ones by their contents as well."""

import time
from pathlib import Path

import pytest

from npubuild.pipeline.contents import digest, fingerprint
from npubuild.pipeline.idle import COMMON, Idle, load

OLD = 1_000_000_000


@pytest.fixture
def file(tmp_path: Path) -> str:
    (tmp_path / "a").write_text("1")
    return str(tmp_path / "a")


def remembered(folder: Path, **tasks: dict[str, str]) -> Idle:
    """What is loaded after these tasks were remembered and saved."""
    idle = Idle("here")
    idle.remember(COMMON, {})
    for task, digests in tasks.items():
        idle.remember(task, digests)
    idle.save(folder / ".idle")
    return load(folder / ".idle", "here")


def test_a_task_is_current_as_long_as_its_files_are(tmp_path: Path, file: str) -> None:
    found = remembered(tmp_path, first={file: digest(file)}, second={"/": ""})
    assert found.current() == {"first", "second"}
    Path(file).write_text("22")
    assert load(tmp_path / ".idle", "here").current() == {"second"}
    assert load(tmp_path / ".idle", "elsewhere").current() == set()


@pytest.mark.parametrize("attempt", range(20))
def test_a_change_of_the_same_size_in_the_same_tick_is_seen(tmp_path: Path, file: str, attempt: int) -> None:
    Path(file).write_text("1")
    found = remembered(tmp_path, first={file: digest(file)})
    Path(file).write_text("2")
    assert found.current() == set()


def test_what_a_task_was_current_by_counts_and_not_what_is_there_when_it_is_remembered(tmp_path: Path, file: str) -> None:
    known = digest(file)
    Path(file).write_text("2")
    assert remembered(tmp_path, first={file: known}).current() == set()


def test_a_file_from_the_future_is_looked_at_each_time(tmp_path: Path, file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time_ns", lambda: OLD)
    idle = remembered(tmp_path, first={file: digest(file)})
    assert (idle.current(), list(idle.young)) == ({"first"}, [file])
    idle.settle(tmp_path / ".idle")
    assert list(load(tmp_path / ".idle", "here").young) == [file]


def test_what_is_at_rest_later_is_no_longer_read(tmp_path: Path, file: str) -> None:
    idle = remembered(tmp_path, first={file: digest(file)})
    assert idle.young == {file: digest(file)}
    time.sleep(0.02)
    idle.complete = True
    assert idle.nothing_changed
    idle.settle(tmp_path / ".idle")
    assert load(tmp_path / ".idle", "here").young == {}


def test_two_tasks_that_know_a_file_as_something_else_are_not_both_current(tmp_path: Path, file: str) -> None:
    idle = Idle("here")
    idle.remember("first", {file: digest(file)})
    Path(file).write_text("22")
    idle.remember("second", {file: digest(file)})
    assert list(idle.tasks) == ["second"]


def test_a_task_with_a_file_that_is_gone_is_not_remembered(tmp_path: Path, file: str) -> None:
    assert remembered(tmp_path, first={file: digest(file), str(tmp_path / "b"): "1"}).current() == set()


def test_folders_are_known_by_the_names_in_them(tmp_path: Path, file: str) -> None:
    before = fingerprint(str(tmp_path))
    Path(file).write_text("2")
    assert fingerprint(str(tmp_path)) == before
    Path(file).rename(f"{file}b")
    assert fingerprint(str(tmp_path)) != before
    assert fingerprint(str(tmp_path / "none")) == ""
