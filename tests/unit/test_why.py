"""Each kind of input changed alone: exactly its dependents run again, and `npubuild why` names the cause."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from npubuild.pipeline.reasons import recipe_changes
from tests.building import doit, executed, make_project, replace

ALL = {"build:first", "build:second", "build:third"}
OF_DOUBLE = {"object:double.o", "build:first", "build:second"}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Headers two levels deep and on a search path, a patch, and a compiler behind a script."""
    root = tmp_path_factory.mktemp("why") / "project"
    make_project(root)
    (root / "size.h").write_text('#include "deep/size.h"\n#include <limit.h>\n')
    for name, text in (("deep/size.h", '#include "size_of_all.h"\n'), ("deep/size_of_all.h", "#define SIZE 64\n")):
        (root / name).parent.mkdir(exist_ok=True)
        (root / name).write_text(text)
    for name in ("front", "back"):
        (root / name).mkdir()
    (root / "back" / "limit.h").write_text("// no limit\n")
    replace(root / "kernels.yaml", "[double.cc]", "[double.cc]\n    flags: [-Ifront, -Iback, -DLEVEL=1]")
    text = (root / "kernels.yaml").read_text()
    head, third = text.split("  third:")
    (root / "kernels.yaml").write_text(
        f"{head}  third:{third.replace('single_core}', 'single_core, patches: [memcpy-to-dma-task]}')}"
    )
    compiler = root / "c++"
    compiler.write_text('#!/bin/sh\n# 1\nexec g++ "$@"\n')
    compiler.chmod(0o755)
    done = doit(root, "build", CXX=str(compiler))
    assert done.returncode == 0, done.stdout + done.stderr
    return root


@pytest.fixture
def project(built: Path, tmp_path: Path) -> Path:
    """A copy that knows itself to be current."""
    root = tmp_path / "project"
    shutil.copytree(built, root, symlinks=True)
    doit(root, "build", CXX=str(built / "c++"))
    return root


def edited(name: str, old: str, new: str) -> Callable[[Path], None]:
    return lambda root: replace(root / name, old, new, 1)


def tool_replaced(root: Path) -> None:
    """Another program of the same size, with the time of the old one."""
    tool = root / "c++"
    times = tool.stat()
    tool.write_text(tool.read_text().replace("# 1", "# 2"))
    os.utime(tool, ns=(times.st_atime_ns, times.st_mtime_ns))


def new_header(root: Path) -> None:
    (root / "front" / "limit.h").write_text("#undef SIZE\n#define SIZE 32\n")


MATRIX = {
    "source": (edited("double.cc", "* 2", "* 3"), OF_DOUBLE, "source double.cc changed"),
    "header two levels down": (edited("deep/size_of_all.h", "64", "32"), OF_DOUBLE, "header deep/size_of_all.h changed"),
    "new header that shadows another": (
        new_header, OF_DOUBLE, "new header front/limit.h would be read instead of another",
    ),
    "flag": (edited("kernels.yaml", "LEVEL=1", "LEVEL=2"), {"object:double.o"}, "flag -DLEVEL=1 -> -DLEVEL=2"),
    "tool": (
        tool_replaced, {"object:double.o", "object:copy.o"},
        r"compiler .*/c\+\+ was replaced by another one of the same version",
    ),
    "patch code": (
        edited("npubuild/mlir/patch/memcpy_to_dma_task.py", '"""', '"""Now: '), {"build:third"},
        "patch: mlir/patch/memcpy_to_dma_task changed",
    ),
    "template": (edited("npubuild/mlir/template.py", '"""', '"""Now: '), ALL, "template: mlir/template changed"),
    "entry": (
        edited("kernels.yaml", "    object: copy.o", "    stack_size: 2048\n    object: copy.o"), {"build:third"},
        "kernels.yaml: stack_size is now 2048",
    ),
    "reference": (edited("double_reference.py", "x * 2.0", "2.0 * x"), set(), ""),
    "target edited": (
        lambda root: (root / "build/emulated/third/insts.bin").write_bytes(b"other"), {"build:third"},
        "output build/emulated/third/insts.bin was edited",
    ),
    "target truncated": (
        lambda root: os.truncate(root / "build/emulated/first/first.xclbin", 100), {"build:first"},
        "output build/emulated/first/first.xclbin was edited",
    ),
    "object deleted": (
        lambda root: (root / "build/emulated/_objects/double/double.so").unlink(), {"object:double.o"},
        "output build/emulated/_objects/double/double.so is missing",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", MATRIX)
def test_exactly_the_dependents_run_again(project: Path, built: Path, kind: str) -> None:
    change, expected, reason = MATRIX[kind]
    shutil.copy2(built / "c++", project / "c++")
    compiler = {"CXX": str(project / "c++")}
    assert doit(project, "build", **compiler).returncode == 0
    assert executed(doit(project, "build", **compiler)) == set()
    change(project)
    said = "".join(why(project, kernel, **compiler) for kernel in ("first", "second", "third"))
    done = doit(project, "build", **compiler)
    assert (done.returncode, executed(done)) == (0, expected), done.stdout
    assert re.search(reason, said), said
    assert re.search(rf"\(.*{reason}", done.stdout) or not expected
    assert executed(doit(project, "build", **compiler)) == set()


def why(root: Path, kernel: str, **variables: str) -> str:
    environment = {**os.environ, "PYTHONPATH": str(root), **variables}
    argv = [sys.executable, "-m", "npubuild.cli", "why", kernel]
    done = subprocess.run(argv, capture_output=True, text=True, cwd=root, env=environment, check=True)
    return done.stdout


def test_what_was_not_asked_for_is_not_taken_for_current(project: Path, built: Path) -> None:
    """A header of two objects: after the build of one, the other is as old as before."""
    compiler = {"CXX": str(built / "c++")}
    replace(project / "copy.cc", "extern", '#include "deep/size_of_all.h"\nextern')
    assert executed(doit(project, "build", **compiler)) == {"object:copy.o", "build:third"}
    replace(project / "deep/size_of_all.h", "64", "32")
    assert executed(doit(project, "build:third", **compiler)) == {"object:copy.o"}
    assert executed(doit(project, "build", **compiler)) == OF_DOUBLE
    assert executed(doit(project, "build", **compiler)) == set()


@pytest.mark.parametrize(
    ("file", "edit", "expected"),
    [
        ("kernels.yaml", "s/summary: a test/summary: another/", ALL),
        ("copy.cc", "s/x.i./x[i] + 1/", {"object:copy.o", "build:third"}),
        ("build/emulated/third/insts.bin", "s/^/x/", {"build:third"}),
        ("npubuild/mlir/template.py", "s/^from __future__/# edited\\n&/", ALL),
    ],
)
def test_what_is_edited_while_something_else_is_built(
    project: Path, built: Path, file: str, edit: str, expected: set[str]
) -> None:
    """An edit behind the back of a running build is seen by the next one."""
    compiler = project / "c++"
    compiler.write_text(f"#!/bin/sh\ng++ \"$@\" || exit\n[ -e edited ] || {{ touch edited; sed -i '{edit}' {file}; }}\n")
    replace(project / "double.cc", "* 2", "* 3")
    (project / "edited").touch()
    assert doit(project, "build", CXX=str(compiler)).returncode == 0
    replace(project / "double.cc", "* 3", "* 4")
    (project / "edited").unlink()
    doit(project, "object:double.o", CXX=str(compiler))
    assert (project / "edited").exists()
    assert executed(doit(project, "build", CXX=str(compiler))) >= expected
    assert executed(doit(project, "build", CXX=str(compiler))) == set()


def test_why_tells_what_follows_and_what_was_last(project: Path, built: Path) -> None:
    compiler = {"CXX": str(built / "c++")}
    replace(project / "double.cc", "* 2", "* 3")
    assert why(project, "first", **compiler).splitlines()[:2] == ["object:double.o will run:", "  source double.cc changed"]
    assert "build:first will run:\n  if object:double.o comes out different\n" in why(project, "first", **compiler)
    doit(project, "build", **compiler)
    said = why(project, "first", **compiler).splitlines()
    assert said[:2] == ["object:double.o is current", "  it last ran because: source double.cc changed"]


def test_a_source_that_is_edited_while_it_is_compiled(project: Path, built: Path) -> None:
    """The compiler reads the old text; an edit behind its back must not be recorded as what was compiled."""
    compiler = project / "c++"
    compiler.write_text('#!/bin/sh\ng++ "$@" || exit\n[ -e edited ] || { touch edited; echo "// edited" >> double.cc; }\n')
    replace(project / "double.cc", "* 2", "* 3")
    done = doit(project, "object:double.o", CXX=str(compiler))
    assert done.returncode == 0, done.stdout
    assert (project / "build/emulated/_objects/double/logs/compile.log").read_text().count("double.cc") > 0
    assert executed(doit(project, "object:double.o", CXX=str(compiler))) == set()  # it was compiled once more right away


def test_a_source_that_never_stays_the_same(project: Path) -> None:
    compiler = project / "c++"
    compiler.write_text('#!/bin/sh\ng++ "$@" || exit\necho "// edited" >> double.cc\n')
    done = doit(project, "object:double.o", CXX=str(compiler))
    assert done.returncode == 2
    assert "error: double.cc: changes while it is read by a build step" in done.stdout


@pytest.mark.parametrize(
    ("before", "now", "said"),
    [
        ({"flags": ["-O2", "-g"]}, {"flags": ["-O1", "-g"]}, ["flag -O2 -> -O1"]),
        ({"flags": ["-a", "-b"]}, {"flags": ["-b", "-a"]}, ["order of the flags changed"]),
        ({"flags": ["-a", "-a"]}, {"flags": ["-a"]}, ["a flag's repetition changed"]),
        (
            {"peano": {"path": "/p", "version": "20.0.0", "digest": "1"}},
            {"peano": {"path": "/p", "version": "22.0.0", "digest": "2"}},
            ["peano 20.0.0 -> 22.0.0"],
        ),
        ({"environment": {}}, {"environment": {"CPATH": "/x"}}, ["environment: CPATH is now /x"]),
        ({"kernels.yaml": {"a": {"b": 1}}}, {"kernels.yaml": {"a": {"b": 2}}}, ["kernels.yaml: a: b 1 -> 2"]),
        ({"xdsl": "0.73"}, {"xdsl": "0.74"}, ["xdsl 0.73 -> 0.74"]),
    ],
)
def test_words(before: dict[str, object], now: dict[str, object], said: list[str]) -> None:
    assert list(recipe_changes(before, now)) == said


DECIDES_NOTHING = {
    # Errors, files and processes; what describes inputs, or only says when and where something is made.
    *("", "errors", "files", "process", "cache", "cache.entries", "cache.location", "cache.store", "pipeline", "toolchain"),
    *(f"pipeline.{name}" for name in ("contents", "execution", "layout", "manifest", "problems", "reasons", "recipes")),
    *("registry", "registry.model", "resources"),
    # Where tools are; and what belongs to the real toolchain, which this build does not use.
    *(f"toolchain.{name}" for name in ("cures", "identity", "locations", "machine", "probe", "runtime", "search", "tool")),
    *(f"toolchain.{name}" for name in ("elf", "peano")),
}


def test_every_module_that_makes_a_kernel_is_part_of_its_recipe(project: Path) -> None:
    """A module that takes part, and that no recipe names, would be a stale artefact some day."""
    program = """
import sys
from pathlib import Path
from npubuild.pipeline.layout import Layout
from npubuild.registry import read_registry
registry = read_registry(Path.cwd() / "kernels.yaml")
before = set(sys.modules)
from npubuild.pipeline.kernel_step import build_kernel
from npubuild.pipeline.object_step import compile_object
layout = Layout(registry.root, "emulated")
compile_object(registry.objects["copy.o"], layout)
build_kernel(registry.kernels["third"], layout)
from npubuild.pipeline import recipes
parts = [*recipes.object_recipe(registry.objects["copy.o"], layout)["npubuild"]]
for topic, value in recipes.kernel_recipe(registry.kernels["third"], layout).items():
    parts += value if isinstance(value, dict) and topic != "kernels.yaml" else []
for name in sorted(set(sys.modules) - before):
    module = name.partition("npubuild.")[2].replace(".", "/")
    if name.startswith("npubuild.") and not any(module == part or module.startswith(part + "/") for part in parts):
        print(module.replace("/", "."))
"""
    shutil.rmtree(project / "build")
    environment = {**os.environ, "PYTHONPATH": str(project), "NPUBUILD_CACHE": "off"}
    argv = [sys.executable, "-c", program]
    done = subprocess.run(argv, capture_output=True, text=True, cwd=project, env=environment, check=True)
    assert sorted(set(done.stdout.splitlines()) - DECIDES_NOTHING) == []
