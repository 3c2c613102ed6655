"""What a build says about the C++ of an object: the compiler's warnings, and what it refuses."""

import shutil
from pathlib import Path

import pytest

from npubuild.toolchain.host import own_warnings
from tests.building import doit, make_project, replace

COMPILERS = [
    pytest.param(name, marks=pytest.mark.skipif(not shutil.which(name), reason=name)) for name in ("g++", "clang++")
]


@pytest.fixture
def project(tmp_path: Path) -> Path:
    make_project(tmp_path / "project")
    return tmp_path / "project"


class TestWarnings:
    @pytest.mark.parametrize("compiler", COMPILERS)
    def test_they_are_shown_where_they_are_made_and_where_the_cache_has_the_object(
        self, project: Path, tmp_path: Path, compiler: str
    ) -> None:
        replace(project / "double.cc", 'extern "C"', 'static int unused = 3;\nextern "C"', 1)
        line = (project / "double.cc").read_text().splitlines().index("static int unused = 3;") + 1
        variables = {"CXX": compiler, "NPUBUILD_CACHE": str(tmp_path / "cache")}
        for cached in (False, True):
            done = doit(project, "object:double.o", **variables)
            assert done.returncode == 0, done.stdout
            assert ("[cache]" in done.stdout) == cached
            [warning] = [text for text in done.stdout.splitlines() if "warning:" in text]
            assert warning.startswith(f"double.cc:{line}:12: warning: ")
            assert warning.endswith("[-Wunused-variable]")
            shutil.rmtree(project / "build")

    def test_the_log_has_those_beyond_the_tenth(self, project: Path) -> None:
        unused = "".join(f"static int unused_{number} = 3;\n" for number in range(13))
        replace(project / "double.cc", 'extern "C"', f'{unused}extern "C"', 1)
        done = doit(project, "object:double.o", NPUBUILD_CACHE="off")
        assert done.stdout.count("warning: ") == 10
        assert "3 more warnings of the compiler: " in done.stdout
        log = project / "build/emulated/_objects/double/logs/compile.log"
        assert str(log) in done.stdout
        assert log.read_text().count("warning: ") == 13

    def test_those_about_the_system_s_files_are_not(self) -> None:
        log = (
            "$ g++ -c k.cc\nIn file included from k.cc:1:\n/usr/include/x.h:3:4: warning: old [-Wcpp]\n"
            "include/y.h:7: warning: unused [-Wunused]\n/project/k.cc:1:2: warning: [-Wall]\nk.cc:1:2: warning: [-Wall]\n"
            "    5 |  int a:1: warning: not one\ncc1plus: warning: neither\n"
        )
        assert own_warnings(log, Path("/project")) == [
            "include/y.h:7: warning: unused [-Wunused]",
            "k.cc:1:2: warning: [-Wall]",
        ]


class TestRefused:
    @pytest.mark.parametrize("compiler", COMPILERS)
    @pytest.mark.parametrize(
        "body",
        [
            "int acc; for (int i = 0; i < x; i++) acc += i; return acc;",
            "int acc; for (int i = 0; i < x; i++) acc = i; return acc;",
            "int acc; return acc + x;",
        ],
    )
    def test_values_that_may_not_be_set(self, project: Path, compiler: str, body: str) -> None:
        replace(project / "double.cc", 'extern "C"', f'int other(int x) {{ {body} }}\nextern "C"', 1)
        done = doit(project, "object:double.o", CXX=compiler, NPUBUILD_CACHE="off")
        assert done.returncode == 2
        assert "error: " in done.stdout
        assert "uninitialized]" in done.stdout
        assert "hint: give it a value: on a core it would hold whatever ran there before" in done.stdout

    @pytest.mark.parametrize("compiler", COMPILERS)
    def test_a_result_that_is_missing(self, project: Path, compiler: str) -> None:
        replace(project / "double.cc", 'extern "C"', 'int other(int x) { if (x) return 1; }\nextern "C"', 1)
        done = doit(project, "object:double.o", CXX=compiler, NPUBUILD_CACHE="off")
        assert done.returncode == 2
        assert "return-type]" in done.stdout

    @pytest.mark.parametrize("compiler", COMPILERS)
    def test_flags_of_the_object_have_the_last_word(self, project: Path, compiler: str) -> None:
        replace(
            project / "double.cc",
            'extern "C"',
            'int other(int x) { int a; for (int i = 0; i < x; i++) a = i; return a; }\nextern "C"',
            1,
        )
        kind = "maybe" if compiler == "g++" else "conditional"
        replace(project / "kernels.yaml", "[double.cc]", f"[double.cc]\n    flags: [-Wno-error={kind}-uninitialized]", 1)
        done = doit(project, "object:double.o", CXX=compiler, NPUBUILD_CACHE="off")
        assert done.returncode == 0, done.stdout
        assert f"[-W{kind}-uninitialized]" in done.stdout
