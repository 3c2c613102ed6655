"""The cache of build steps: what is found, what is refused, what is thrown away, and that checkouts share it."""

import functools
import http.server
import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from npubuild.cache import Cache, Found, open_cache
from npubuild.cache.location import parse_size
from npubuild.cache.store import FolderStore, UrlStore
from npubuild.errors import UserError
from tests.building import PROJECT, doit, executed, make_project, replace

KEY = {"recipe": {"flags": ["-O2"]}, "sources": {"a.cc": "1"}}
FOUND = Found({"a.cc": "1", "a.h": "2"}, ["include/a.h"], {"a.so": "x"}, {"calls": 4}, {"a.so": b"library", "log": b""})


@pytest.fixture
def cache(tmp_path: Path) -> Cache:
    return Cache(FolderStore(tmp_path / "cache"), 1 << 20)


def always(*_: object) -> bool:
    return True


def files(cache: Cache, kind: str) -> list[Path]:
    assert isinstance(cache.store, FolderStore)
    return [path for path in (cache.store.folder / kind).rglob("*") if path.is_file()]


class TestEntries:
    def test_what_is_kept_is_found(self, cache: Cache) -> None:
        assert cache.find(KEY, always) is None
        cache.keep(KEY, FOUND)
        assert cache.find(KEY, always) == FOUND

    def test_another_recipe_or_source_is_another_step(self, cache: Cache) -> None:
        cache.keep(KEY, FOUND)
        assert cache.find({**KEY, "recipe": {"flags": ["-O1"]}}, always) is None
        assert cache.find({**KEY, "sources": {"a.cc": "2"}}, always) is None

    def test_alternatives_are_told_apart_by_what_was_read(self, cache: Cache) -> None:
        other = Found({"a.cc": "1", "a.h": "3"}, ["include/a.h"], {"a.so": "y"}, {}, {"a.so": b"other"})
        cache.keep(KEY, FOUND)
        cache.keep(KEY, other)
        assert cache.find(KEY, lambda inputs, _: inputs["a.h"] == "2") == FOUND
        assert cache.find(KEY, lambda inputs, _: inputs["a.h"] == "3") == other
        assert cache.find(KEY, lambda inputs, _: inputs["a.h"] == "4") is None

    def test_only_the_latest_alternatives_are_kept(self, cache: Cache) -> None:
        for number in range(20):
            cache.keep(KEY, Found({"a.h": str(number)}, [], {}, {}, {}))
        assert cache.find(KEY, lambda inputs, _: inputs["a.h"] == "19") is not None
        assert cache.find(KEY, lambda inputs, _: inputs["a.h"] == "3") is None

    @pytest.mark.parametrize("kind", ["steps", "blobs"])
    @pytest.mark.parametrize("content", [b"", b"junk", b"0" * 64 + b"\n[]"])
    def test_a_damaged_file_is_no_hit_and_is_removed(self, cache: Cache, kind: str, content: bytes) -> None:
        cache.keep(KEY, FOUND)
        for path in files(cache, kind):
            path.write_bytes(content)
        if kind == "blobs" and not content:
            return  # one of the outputs is empty, so this is what it was
        assert cache.find(KEY, always) is None
        cache.keep(KEY, FOUND)
        assert cache.find(KEY, always) == FOUND

    def test_verify_removes_what_is_damaged(self, cache: Cache) -> None:
        cache.keep(KEY, FOUND)
        assert list(cache.verify()) == []
        victim = files(cache, "steps")[0]
        victim.write_bytes(victim.read_bytes()[:-1])
        assert [Path(name).name for name in cache.verify()] == [victim.name]
        assert list(cache.verify()) == []

    def test_pruning_removes_what_was_not_used_for_longest(self, cache: Cache) -> None:
        keys = [{"recipe": number} for number in range(10)]
        for number, key in enumerate(keys):
            cache.keep(key, Found({}, [], {}, {}, {"out": bytes([number]) * 10_000}))
        for path in files(cache, ""):
            os.utime(path, (1, 1))
        assert cache.find(keys[3], always) is not None  # used now
        assert cache.prune(35_000) > 60_000
        assert cache.statistics().nbytes <= 35_000
        assert cache.find(keys[3], always) is not None

    def test_it_stays_within_its_limit_though_each_build_writes_little(self, tmp_path: Path) -> None:
        for number in range(600):
            cache = Cache(FolderStore(tmp_path / "cache"), 100_000)
            cache.keep({"recipe": number}, Found({}, [], {}, {}, {"out": number.to_bytes(2, "big") * 500}))
        assert 0 < cache.statistics().nbytes < 500_000

    def test_what_else_lies_in_its_folder_is_left_alone(self, cache: Cache) -> None:
        assert isinstance(cache.store, FolderStore)
        cache.keep(KEY, FOUND)
        (cache.store.folder / "tools.json").write_text("{}")
        assert list(cache.verify()) == []
        assert cache.prune(0) > 0
        assert [path.name for path in files(cache, "")] == ["tools.json"]

    def test_statistics(self, cache: Cache) -> None:
        cache.keep(KEY, FOUND)
        found = cache.statistics()
        assert (found.entries, found.blobs) == (1, 2)
        assert found.nbytes > len(b"library")

    def test_a_cache_that_cannot_be_written_to_says_so_and_goes_on(self, tmp_path: Path) -> None:
        (tmp_path / "cache").write_text("a file")
        cache = Cache(FolderStore(tmp_path / "cache"), 1 << 20)
        cache.keep(KEY, FOUND)
        assert "cannot be written" in cache.warning
        assert cache.find(KEY, always) is None


class TestLocation:
    def test_the_variable_chooses(self, tmp_path: Path) -> None:
        assert open_cache({"NPUBUILD_CACHE": "off"}) is None
        chosen = open_cache({"NPUBUILD_CACHE": str(tmp_path), "NPUBUILD_CACHE_SIZE": "3M"})
        assert chosen is not None
        assert (str(chosen.store), chosen.limit) == (str(tmp_path), 3 << 20)
        default = open_cache({"XDG_CACHE_HOME": "/somewhere"})
        assert default is not None
        assert str(default.store) == "/somewhere/npubuild"

    def test_sizes(self) -> None:
        assert [parse_size(text, "x") for text in ("10", "2K", "1G", "5mb")] == [10, 2048, 1 << 30, 5 << 20]
        with pytest.raises(UserError, match="`many` is no size"):
            parse_size("many", "$NPUBUILD_CACHE_SIZE")

    def test_a_url_without_fsspec_names_the_cure(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(sys.modules, "fsspec", None)
        cure = r"needs fsspec, which is not installed\nhint: pip install npubuild\[remote-cache\]"
        with pytest.raises(UserError, match=cure):
            open_cache({"NPUBUILD_CACHE": "s3://bucket/prefix"})


class TestUrls:
    def test_a_file_url(self, tmp_path: Path) -> None:
        pytest.importorskip("fsspec")
        cache = Cache(UrlStore((tmp_path / "cache").as_uri()), 1 << 20)
        cache.keep(KEY, FOUND)
        assert cache.warning == ""
        assert cache.find(KEY, always) == FOUND
        assert cache.statistics().blobs == 2

    def test_http_is_read_only(self, tmp_path: Path, cache: Cache) -> None:
        pytest.importorskip("fsspec")
        pytest.importorskip("aiohttp")
        cache.keep(KEY, FOUND)
        handler = functools.partial(http.server.SimpleHTTPRequestHandler, directory=str(tmp_path / "cache"))
        server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        remote = Cache(UrlStore(f"http://127.0.0.1:{server.server_address[1]}"), 1 << 20)
        assert remote.find(KEY, always) == FOUND
        assert not remote.store.writable
        remote.keep({"recipe": "other"}, FOUND)
        assert remote.find({"recipe": "other"}, always) is None
        server.shutdown()


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a built project and the cache that it filled."""
    folder = tmp_path_factory.mktemp("filled")
    make_project(folder / "project")
    assert doit(folder / "project", "build", NPUBUILD_CACHE=str(folder / "cache")).returncode == 0
    return folder


@pytest.fixture
def clone(filled: Path, tmp_path: Path) -> Path:
    """The project elsewhere, without its build folder, beside a copy of the cache."""
    shutil.copytree(filled / "project", tmp_path / "deep" / "clone", ignore=shutil.ignore_patterns("build"))
    shutil.copytree(filled / "cache", tmp_path / "cache")
    return tmp_path / "deep" / "clone"


def build(root: Path, *words: str, **variables: str) -> "subprocess.CompletedProcess[str]":
    return doit(root, "build", *words, NPUBUILD_CACHE=str(root.parents[1] / "cache"), **variables)


def artefacts(root: Path) -> dict[str, bytes]:
    paths = [path for path in (root / "build/emulated").glob("**/*") if path.is_file() and "logs" not in path.parts]
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths if path.parent.name != "emulated"}


class TestBuilds:
    def test_a_fresh_clone_compiles_nothing(self, clone: Path, filled: Path) -> None:
        done = build(clone)
        assert done.returncode == 0
        assert done.stdout.count("[cache]") == 5
        assert artefacts(clone) == artefacts(filled / "project")
        assert executed(build(clone)) == set()
        logs = list((clone / "build").rglob("compile.log"))
        assert logs == []  # no compiler has run

    def test_artefacts_know_nothing_of_where_they_were_made(self, filled: Path) -> None:
        place = str(filled).encode()
        assert [name for name, data in artefacts(filled / "project").items() if place in data] == []

    def test_what_was_edited_is_made(self, clone: Path) -> None:
        replace(clone / "size.h", "64", "32")
        done = build(clone)
        assert "   object:double.o  [cache]" not in done.stdout
        assert "   object:copy.o  [cache]" in done.stdout
        replace(clone / "size.h", "32", "64")
        assert "   object:double.o  [cache]" in build(clone).stdout

    def test_a_new_header_in_the_way_is_no_hit(self, clone: Path) -> None:
        replace(clone / "double.cc", '#include "size.h"', "#include <size.h>")
        replace(clone / "kernels.yaml", "[double.cc]", "[double.cc]\n    flags: [-Ifront, -I.]")
        build(clone)
        shutil.rmtree(clone / "build")
        (clone / "front").mkdir()
        (clone / "front" / "size.h").write_text("#define SIZE 16\n")
        assert "object:double.o  [cache]" not in build(clone).stdout

    def test_a_damaged_cache_costs_time_only(self, clone: Path, filled: Path) -> None:
        for path in (clone.parents[1] / "cache").rglob("*"):
            if path.is_file():
                path.write_bytes(path.read_bytes()[:-1] + b"?")
        done = build(clone)
        assert done.returncode == 0
        assert "[cache]" not in done.stdout
        assert artefacts(clone) == artefacts(filled / "project")
        shutil.rmtree(clone / "build")
        assert build(clone).stdout.count("[cache]") == 5

    def test_a_cache_that_is_no_folder_is_a_warning(self, clone: Path) -> None:
        shutil.rmtree(clone.parents[1] / "cache")
        (clone.parents[1] / "cache").write_text("a file")
        done = build(clone)
        assert done.returncode == 0
        assert "warning: the cache is not used: error: " in done.stdout

    def test_commands(self, filled: Path) -> None:
        environment = {**os.environ, "NPUBUILD_CACHE": str(filled / "cache")}

        def npubuild(*words: str) -> "subprocess.CompletedProcess[str]":
            argv = [sys.executable, "-m", "npubuild.cli", "cache", *words]
            return subprocess.run(argv, capture_output=True, text=True, env=environment, check=False)

        assert "cache: 5 steps, " in npubuild("stats").stdout
        assert npubuild("verify").stdout.endswith("everything is sound\n")
        assert npubuild("prune").stdout.endswith(": 0 bytes removed\n")
        environment["NPUBUILD_CACHE"] = "off"
        assert (npubuild("stats").returncode, "the cache is switched off" in npubuild("stats").stderr) == (2, True)


def test_checkouts_that_share_a_cache_under_concurrent_builds() -> None:
    """The short form of scripts/soak_cache.py."""
    argv = [sys.executable, PROJECT / "scripts" / "soak_cache.py", "--rounds", "4", "--kernels", "2"]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.splitlines()[-1].endswith(" steps from the cache: 0 wrong")
