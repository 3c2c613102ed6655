import ctypes
import json
import os
import shutil
from pathlib import Path

import pytest

from npubuild.errors import UserError
from npubuild.process import Step
from npubuild.toolchain.cures import cure
from npubuild.toolchain.depfile import parse_depfile
from npubuild.toolchain.host import (
    compile_library,
    compile_objects,
    find_host_compiler,
    link_objects,
    search_host_compiler,
)
from npubuild.toolchain.identity import IdentityCache
from npubuild.toolchain.probe import missing, probe

EMPTY = {"PATH": "/nowhere"}
ADD = 'extern "C" int add(int a, int b) { return a + b; }\n'


def executable(path: Path, text: str = "#!/bin/sh\n") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


class TestHostCompiler:
    def test_cxx_comes_first_and_may_have_arguments(self, tmp_path: Path) -> None:
        compiler = executable(tmp_path / "my compiler")
        found = find_host_compiler({"CXX": f"'{compiler}' -m64", "PATH": os.environ["PATH"]})
        assert (found.path, found.arguments) == (compiler, ("-m64",))

    def test_a_wrong_cxx_is_not_replaced_silently(self) -> None:
        with pytest.raises(UserError, match=r"no host C\+\+ compiler: looked for in \$CXX \(/no/such\)"):
            find_host_compiler({"CXX": "/no/such", "PATH": os.environ["PATH"]})

    def test_path_is_searched_for_gpp_then_clangpp(self, tmp_path: Path) -> None:
        clang = executable(tmp_path / "clang++")
        assert search_host_compiler({"PATH": str(tmp_path)}).path == clang
        gcc = executable(tmp_path / "g++")
        assert search_host_compiler({"PATH": str(tmp_path)}).path == gcc

    def test_none_at_all_says_what_to_install(self) -> None:
        with pytest.raises(UserError) as caught:
            find_host_compiler(EMPTY)
        message = str(caught.value)
        assert "$CXX (not set), g++ on PATH (g++), clang++ on PATH (clang++)" in message
        assert "apt-get install g++" in message

    def test_unbalanced_quotes(self) -> None:
        with pytest.raises(UserError, match=r"\$CXX: cannot be split into words"):
            find_host_compiler({"CXX": "'g++"})


class TestCompileLibrary:
    def test_several_sources_become_one_library_and_headers_are_inputs(self, tmp_path: Path) -> None:
        (tmp_path / "one.cc").write_text('#include "size.h"\nextern "C" int size() { return SIZE; }\n')
        (tmp_path / "size.h").write_text("#define SIZE 42\n")
        (tmp_path / "two.cc").write_text(ADD)
        compiler, step = find_host_compiler(), Step("compiling", tmp_path / "log")
        (tmp_path / "out").mkdir()
        done = compile_objects(
            [Path("one.cc"), Path("two.cc")], tmp_path / "out", compiler=compiler, root=tmp_path, step=step
        )
        link_objects([*done.objects.values()], tmp_path / "k.so", compiler=compiler, root=tmp_path, step=step)
        library = ctypes.CDLL(str(tmp_path / "k.so"))
        assert (library.size(), library.add(2, 3)) == (42, 5)
        assert {tmp_path / "one.cc", tmp_path / "size.h", tmp_path / "two.cc"} <= set(done.inputs)

    def test_flags_reach_every_source(self, tmp_path: Path) -> None:
        (tmp_path / "a.cc").write_text('extern "C" int size() { return SIZE; }\n')
        library = compile_library([tmp_path / "a.cc"], tmp_path / "a.so", flags=["-DSIZE=7"])
        assert ctypes.CDLL(str(library)).size() == 7

    def test_the_same_bytes_wherever_the_project_lies(self, tmp_path: Path) -> None:
        contents = []
        for name in ("here", "there"):
            (tmp_path / name).mkdir()
            (tmp_path / name / "a.cc").write_text(ADD)
            root = tmp_path / name
            contents.append(compile_library([Path("a.cc")], root / "a.so", root=root).read_bytes())
        assert contents[0] == contents[1]

    def test_an_error_keeps_the_previous_library_and_shows_the_line(self, tmp_path: Path) -> None:
        source = tmp_path / "a.cc"
        source.write_text(ADD)
        library = compile_library([source], tmp_path / "a.so")
        before = library.read_bytes()
        source.write_text("int add(int a) { return missing; }\n")
        with pytest.raises(UserError, match=r"compiling a failed with exit code 1:[\s\S]*a\.cc:1:25: error"):
            compile_library([source], library)
        assert library.read_bytes() == before
        assert sorted(path.name for path in tmp_path.iterdir()) == ["a.cc", "a.log", "a.so"]

    def test_an_undefined_function_is_an_error_of_the_build(self, tmp_path: Path) -> None:
        (tmp_path / "a.cc").write_text('extern "C" int other(); extern "C" int f() { return other(); }\n')
        with pytest.raises(UserError, match="undefined reference to `other'"):
            compile_library([tmp_path / "a.cc"], tmp_path / "a.so")


@pytest.mark.parametrize(
    ("text", "files"),
    [
        ("k.o: k.cc k.h\n", ("k.cc", "k.h")),
        ("k.o: k.cc \\\n  /usr/include/stdint.h \\\n  k.cc\n", ("k.cc", "/usr/include/stdint.h")),
        ("k.o: with\\ blank.h price$$.h number\\#1.h\n", ("with blank.h", "price$.h", "number#1.h")),
        ("k.o: back\\slash.h\n", ("back\\slash.h",)),
        ("k.o:\n", ()),
    ],
)
def test_depfile(text: str, files: tuple[str, ...]) -> None:
    assert parse_depfile(text) == files


class TestIdentity:
    def test_a_changed_tool_has_another_identity(self, tmp_path: Path) -> None:
        tool = executable(tmp_path / "tool", "#!/bin/sh\necho tool 1\n")
        cache = tmp_path / "tools.json"
        first = IdentityCache(cache).identify(tool)
        assert (first.version, first.path) == ("tool 1", str(tool))
        assert IdentityCache(cache).identify(tool) == first
        executable(tool, "#!/bin/sh\necho tool 2\n")
        second = IdentityCache(cache).identify(tool)
        assert second.version == "tool 2"
        assert second.digest != first.digest

    def test_an_unchanged_tool_is_not_asked_again(self, tmp_path: Path) -> None:
        tool = executable(tmp_path / "tool", f"#!/bin/sh\necho x >> {tmp_path}/asked\necho tool 1\n")
        for _ in range(3):
            IdentityCache(tmp_path / "tools.json").identify(tool)
        assert (tmp_path / "asked").read_text() == "x\n"

    @pytest.mark.parametrize("content", ["", "[]", "{", '{"a": 3}', '{"a": {"tool": "/b"}}'])
    def test_a_damaged_cache_is_made_anew(self, tmp_path: Path, content: str) -> None:
        tool = executable(tmp_path / "tool", "#!/bin/sh\necho tool 1\n")
        cache = tmp_path / "tools.json"
        cache.write_text(content)
        assert IdentityCache(cache).identify(tool).version == "tool 1"
        [entry] = json.loads(cache.read_text()).values()
        assert (entry["tool"], entry["answer"][0]) == (str(tool), "tool 1")

    def test_what_is_known_of_tools_that_are_gone_is_dropped(self, tmp_path: Path) -> None:
        cache = tmp_path / "tools.json"
        for name in ("old", "new"):
            IdentityCache(cache).identify(executable(tmp_path / name))
            (tmp_path / "old").unlink(missing_ok=True)
        assert [entry["tool"] for entry in json.loads(cache.read_text()).values()] == [str(tmp_path / "new")]

    def test_a_program_that_comes_first_on_path_later_is_found(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        driver = executable(tmp_path / "driver", "#!/bin/sh\necho as\n")
        (tmp_path / "first").mkdir()
        as_there = executable(tmp_path / "second" / "as")
        monkeypatch.setenv("PATH", f"{tmp_path}/first:{tmp_path}/second:{os.environ['PATH']}")
        assert IdentityCache(tmp_path / "tools.json").programs(driver, ("as",)) == {"as": as_there}
        as_first = executable(tmp_path / "first" / "as")
        assert IdentityCache(tmp_path / "tools.json").programs(driver, ("as",)) == {"as": as_first}

    @pytest.mark.parametrize("file", [None, Path("/proc/no/such")])
    def test_without_a_place_to_keep_them_tools_are_asked(self, tmp_path: Path, file: Path | None) -> None:
        assert IdentityCache(file).identify(executable(tmp_path / "tool", "#!/bin/sh\necho 7\n")).version == "7"


class TestProbe:
    def test_environment_variables_come_first(self, tmp_path: Path) -> None:
        peano = executable(tmp_path / "peano/bin/clang++")
        aiecc = executable(tmp_path / "mlir_aie/bin/aiecc.py")
        xclbinutil = executable(tmp_path / "xrt/bin/xclbinutil")
        found = probe(
            {
                "PATH": "/nowhere",
                "PEANO_INSTALL_DIR": str(tmp_path / "peano"),
                "MLIR_AIE_INSTALL_DIR": str(tmp_path / "mlir_aie"),
                "XILINX_XRT": str(tmp_path / "xrt"),
            }
        )
        assert [tool.search.path for tool in found.npu_toolchain] == [peano, aiecc, xclbinutil]
        assert missing(found.npu_toolchain, "toolchain=npu") is None

    def test_what_is_missing_is_named_with_places_and_cure(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HOME", str(tmp_path))
        (tmp_path / "mlir-aie-2026").mkdir()
        found = probe({**EMPTY, "PEANO_INSTALL_DIR": "/dead"})
        error = missing((found.peano,), "toolchain=npu")
        assert error is not None
        message = str(error)
        assert "toolchain=npu needs Peano (clang++ for AIE), which was not found" in message
        assert "$PEANO_INSTALL_DIR (/dead/bin/clang++)" in message
        assert f"{tmp_path}/mlir-aie-2026/llvm-aie/bin/clang++" in message
        assert "hint: python -m pip install llvm-aie -f " in message

    def test_pyxrt_of_another_python_is_not_taken(self, tmp_path: Path) -> None:
        (tmp_path / "python").mkdir()
        (tmp_path / "python" / "pyxrt.cpython-27-x86_64-linux-gnu.so").touch()
        found = probe({**EMPTY, "XILINX_XRT": str(tmp_path)})
        assert not found.pyxrt.found
        assert f"{tmp_path}/python (has pyxrt.cpython-27-x86_64-linux-gnu.so)" in found.pyxrt.search.places


def test_cures_of_known_messages() -> None:
    assert "libm" in cure("ld.lld: error: undefined symbol: sqrtf")
    assert 'extern "C"' in cure("undefined symbol: f(short*, short*)")
    assert cure("all is well") == ""


@pytest.mark.skipif(not shutil.which("clang++"), reason="no clang++")
def test_clang_compiles_too(tmp_path: Path) -> None:
    (tmp_path / "a.cc").write_text(ADD)
    compiler = find_host_compiler({"CXX": "clang++", "PATH": os.environ["PATH"]})
    assert ctypes.CDLL(str(compile_library([tmp_path / "a.cc"], tmp_path / "a.so", compiler=compiler))).add(1, 2) == 3
