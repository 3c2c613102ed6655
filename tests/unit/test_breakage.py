"""What goes wrong around a build: each ends with one clear message, and with nothing lost."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from npubuild.errors import UserError
from npubuild.pipeline.manifest import require_intact
from npubuild.process import Step, TimeLimitError
from npubuild.process import run as run_program
from npubuild.toolchain.host import compile_library
from tests.building import PROJECT, doit, executed, make_project, replace

LIBRARY = "build/emulated/_objects/double/double.so"


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("breakage") / "project"
    make_project(root)
    assert doit(root, "build").returncode == 0
    return root


@pytest.fixture
def project(built: Path, tmp_path: Path) -> Path:
    shutil.copytree(built, tmp_path / "project")
    return tmp_path / "project"


@pytest.fixture
def small_disk(project: Path) -> Iterator[Path]:
    """The build folder on a file system of its own, with a little room."""
    build = project / "build"
    shutil.rmtree(build)
    build.mkdir()
    argv = ["/bin/mount", "-t", "tmpfs", "-o", "size=200k", "tmpfs", build]
    if not Path(argv[0]).exists() or subprocess.run(argv, capture_output=True, check=False).returncode:
        pytest.skip("no file system can be mounted here")
    yield project
    subprocess.run(["/bin/umount", "-l", build], check=True)


def words(done: subprocess.CompletedProcess[str]) -> str:
    return done.stdout + done.stderr


def leftovers(root: Path) -> list[Path]:
    return [path for path in root.glob("build/**/.npubuild-*") if not path.name.endswith("-idle")]


def test_a_full_disk(small_disk: Path) -> None:
    (small_disk / "build" / "ballast").write_bytes(b"x" * 180_000)
    done = doit(small_disk, "build")
    assert done.returncode == 2
    assert "no space left on device" in words(done)
    assert "Traceback" not in words(done)
    (small_disk / "build" / "ballast").unlink()
    subprocess.run(["/bin/mount", "-o", "remount,size=20m", small_disk / "build"], check=True)
    assert doit(small_disk, "build").returncode == 0
    assert executed(doit(small_disk, "build")) == set()
    assert not leftovers(small_disk)


def test_a_build_folder_that_is_none(project: Path) -> None:
    shutil.rmtree(project / "build")
    (project / "build").write_text("a file")
    done = doit(project, "build")
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")
    assert "build: cannot be made: file exists" in done.stderr
    assert "Traceback" not in words(done)


def test_a_build_folder_that_cannot_be_written_to(small_disk: Path) -> None:
    subprocess.run(["/bin/mount", "-o", "remount,ro", small_disk / "build"], check=True)
    done = doit(small_disk, "build")
    assert done.returncode == 2
    assert "read-only file system" in words(done)
    assert "Traceback" not in words(done)


@pytest.mark.parametrize("content", [b"", b"{", b'{"build:first": {"_values_:"', b"[]", b'{"a": 1}', bytes(range(256))])
def test_a_damaged_database_of_doit(project: Path, content: bytes) -> None:
    doit(project, "build")
    (project / "build" / ".doit.db").write_bytes(content)
    done = doit(project, "build:first")
    assert (done.returncode, executed(done)) == (0, set())
    assert "build/.doit.db is damaged: it is started anew, and no step is repeated for that" in done.stderr
    assert "Traceback" not in words(done)


@pytest.mark.parametrize("name", ["build/emulated/.idle", "build/.registry"])
@pytest.mark.parametrize("content", [b"", b"\0" * 40, b"junk" * 1000])
def test_damaged_notes_cost_time_only(project: Path, name: str, content: bytes) -> None:
    doit(project, "build")
    (project / name).write_bytes(content)
    done = doit(project, "build")
    assert (done.returncode, executed(done)) == (0, set()), words(done)
    assert "Traceback" not in words(done)


def test_a_damaged_manifest(project: Path) -> None:
    (project / "build/emulated/third/manifest.json").write_text("{")
    done = doit(project, "build")
    assert executed(done) == {"build:third"}
    assert "(build/emulated/third/manifest.json is damaged)" in done.stdout


def test_a_clock_that_was_set_back(project: Path) -> None:
    """Files from the future are looked at by contents, and an edit with an older time is an edit."""
    future = time.time() + 1e6
    os.utime(project / "double.cc", (future, future))
    assert executed(doit(project, "build")) == set()
    replace(project / "double.cc", "* 2", "* 3")
    os.utime(project / "double.cc", (0, 0))
    assert executed(doit(project, "build")) == {"object:double.o", "build:first", "build:second"}
    assert executed(doit(project, "build")) == set()


def test_a_tool_that_crashes_after_half_of_its_output(project: Path) -> None:
    compiler = project / "c++"
    compiler.write_text('#!/bin/sh\nfor word; do out=$word; done\ng++ "$@" && case "$*" in *-shared*) '
                        'head -c 100 "$4" > /dev/null; kill -SEGV $$;; esac\n')  # fmt: skip
    compiler.chmod(0o755)
    before = (project / LIBRARY).read_bytes()
    replace(project / "double.cc", "* 2", "* 3")
    done = doit(project, "build", CXX=str(compiler))
    assert done.returncode == 2
    assert "compiling double.o failed with signal SIGSEGV" in done.stdout
    assert (project / LIBRARY).read_bytes() == before
    require_intact(project / "build/emulated/_objects/double/manifest.json", project)
    assert not leftovers(project)
    assert "not tried because of that: build:" in done.stdout
    assert doit(project, "build").returncode == 0


def test_a_tool_that_hangs(tmp_path: Path) -> None:
    begin = time.monotonic()
    with pytest.raises(TimeLimitError, match=r"was still running after 0\.5 s and was killed[\s\S]*run it by hand: "):
        run_program(["sh", "-c", "sleep 60 & sleep 60"], Step("tool", tmp_path / "log"), time_limit=0.5)
    assert time.monotonic() - begin < 10


def test_a_compiler_that_hangs(project: Path) -> None:
    compiler = project / "c++"
    compiler.write_text('#!/bin/sh\ncase "$*" in *" -c "*) sleep 60 & sleep 60;; esac\nexec g++ "$@"\n')
    compiler.chmod(0o755)
    before = (project / LIBRARY).read_bytes()
    replace(project / "double.cc", "* 2", "* 3")
    done = doit(project, "build", CXX=str(compiler), NPUBUILD_TIME_LIMIT="0.5")
    assert done.returncode == 2
    assert "compiling double.o was still running after 0.5 s and was killed" in done.stdout
    assert "not tried because of that: build:" in done.stdout
    assert (project / LIBRARY).read_bytes() == before
    assert not leftovers(project)
    assert doit(project, "build").returncode == 0


@pytest.mark.parametrize("text", ["soon", "0", "-1", "nan", "1e300"])
def test_a_time_limit_that_is_none(tmp_path: Path, text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NPUBUILD_TIME_LIMIT", text)
    with pytest.raises(
        UserError, match=r"\$NPUBUILD_TIME_LIMIT: `.*` is no time\nhint: write a number of seconds, like 600"
    ):
        run_program(["true"], Step("tool", tmp_path / "log"))


def test_a_failing_compiler_leaves_the_library(tmp_path: Path) -> None:
    (tmp_path / "a.cc").write_text('extern "C" int one() { return 1; }\n')
    library = compile_library([tmp_path / "a.cc"], tmp_path / "a.so")
    before = library.read_bytes()
    (tmp_path / "a.cc").write_text("nonsense\n")
    with pytest.raises(UserError, match="failed with exit code 1"):
        compile_library([tmp_path / "a.cc"], tmp_path / "a.so")
    assert library.read_bytes() == before
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.cc", "a.log", "a.so"]


def test_a_mixture_of_builds_is_refused(project: Path, built: Path) -> None:
    replace(project / "double.cc", "* 2", "* 3")
    doit(project, "build")
    folder = project / "build/emulated/first"
    shutil.copy(built / "build/emulated/first/first.xclbin", folder / "first.xclbin")
    with pytest.raises(UserError, match=r"first\.xclbin: is not the one that this kernel's build made \[stale-artefact\]"):
        require_intact(folder / "manifest.json", project)


def test_a_killed_build_is_swept_up(project: Path) -> None:
    (project / "build/emulated/first/.npubuild-1-0-insts.bin").write_bytes(b"half")
    (project / "build/emulated/_objects/double/.npubuild-abc").mkdir()
    (project / "build" / ".lock").write_text("12345\n")
    replace(project / "double.cc", "* 2", "* 3")
    assert doit(project, "build").returncode == 0
    assert not leftovers(project)


def start(root: Path, *words: str, **variables: str) -> subprocess.Popen[str]:
    environment = {**os.environ, "PYTHONPATH": str(root), "NPUBUILD_CACHE": "off", **variables}
    argv = [sys.executable, "-m", "doit", *words]
    return subprocess.Popen(
        argv,
        cwd=root,
        env=environment,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
        # A shell that starts something with `&` has it ignore SIGINT, and so all that it starts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 (there are no threads)
    )


def wait_for(condition: Path) -> None:
    deadline = time.monotonic() + 60
    while not condition.exists():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.fixture
def slow_compiler(project: Path) -> str:
    """One that says when it has begun, and takes its time."""
    compiler = project / "c++"
    compiler.write_text('#!/bin/sh\ncase "$*" in *" -c "*) touch begun; sleep 2;; esac\nexec g++ "$@"\n')
    compiler.chmod(0o755)
    return str(compiler)


def test_a_second_build_waits(project: Path, slow_compiler: str) -> None:
    first = start(project, "build", CXX=slow_compiler)
    wait_for(project / "begun")
    second = doit(project, "build", CXX=slow_compiler)
    assert first.wait(60) == 0
    assert f"another build runs in this checkout (process {first.pid}): waiting for it" in second.stderr
    assert (second.returncode, executed(second)) == (0, set())


@pytest.mark.parametrize("processes", [(), ("-n", "2")])
def test_an_interrupted_build(project: Path, slow_compiler: str, processes: tuple[str, ...]) -> None:
    first = start(project, *processes, "build", CXX=slow_compiler)
    wait_for(project / "begun")
    os.killpg(first.pid, signal.SIGINT)  # as Ctrl-C does
    _, said = first.communicate(timeout=60)
    assert first.returncode != 0
    assert "interrupted: finished steps are kept, the others are made by the next build" in said
    assert "Traceback" not in said
    assert not leftovers(project)
    done = doit(project, "build", CXX=slow_compiler)
    assert done.returncode == 0
    assert executed(doit(project, "build", CXX=slow_compiler)) == set()


def test_workers_end_with_a_killed_build(project: Path, slow_compiler: str) -> None:
    first = start(project, "-n", "2", "build", CXX=slow_compiler)
    wait_for(project / "begun")
    first.kill()
    first.communicate(timeout=60)
    done = doit(project, "build", CXX=slow_compiler)
    assert done.returncode == 0
    assert "another build runs" not in done.stderr  # a worker that lived on would hold the lock
    assert not leftovers(project)


def test_processes_in_parallel_make_the_same(project: Path) -> None:
    def made() -> dict[str, bytes]:
        paths = [path for path in (project / "build/emulated").rglob("*") if path.is_file() and "logs" not in path.parts]
        return {str(path): path.read_bytes() for path in paths if path.parent.name not in {"emulated"}}

    before = made()
    shutil.rmtree(project / "build")
    done = doit(project, "-n", "3", "build")
    assert done.returncode == 0
    assert len(executed(done)) == 5
    assert made() == before
    assert executed(doit(project, "-n", "3", "build")) == set()


def test_builds_that_were_killed(tmp_path: Path) -> None:
    """The short form of scripts/kill_builds.py."""
    argv = [sys.executable, PROJECT / "scripts" / "kill_builds.py", "--kills", "4", "--kernels", "2"]
    done = subprocess.run(argv, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout.splitlines()[-1].endswith(": 0 problems")) == (0, True), done.stdout
