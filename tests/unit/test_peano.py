"""Compiling for cores: Peano's command lines, several sources as one object, and what no core could link."""

import shutil
import subprocess
from pathlib import Path

import pytest

from npubuild.errors import UserError
from npubuild.process import Step
from npubuild.toolchain.elf import AIE, read_objects
from npubuild.toolchain.object_check import check_object, library_symbols
from npubuild.toolchain.peano import (
    COMPILE_FLAGS,
    CoreObject,
    Peano,
    archive_argv,
    compile_argv,
    compile_for_cores,
    find_peano,
)
from tests import standins

ADD = 'extern "C" int add(int a, int b) { return a + b; }\n'


def host(tool: str, *words: str, folder: Path) -> None:
    """Run one of the host's own tools."""
    subprocess.run([shutil.which(tool) or tool, *words], cwd=folder, check=True)


@pytest.fixture
def work(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("STANDIN_LOG", str(tmp_path / "calls"))
    standins.peano(tmp_path / "peano")
    return tmp_path


def compiled(work: Path, text: str, *functions: str, flags: tuple[str, ...] = (), architecture: str = "aie2") -> CoreObject:
    """One source through the stand-in."""
    (work / "k.cc").write_text(text)
    return compile_for_cores(
        [Path("k.cc")],
        work / "out" / "k.o",
        peano=Peano(work / "peano"),
        architecture=architecture,
        functions=functions,
        flags=flags,
        root=work,
        step=Step("compiling k.o", work / "k.log"),
    )


class TestCommandLine:
    def test_every_word(self) -> None:
        argv = compile_argv(
            Peano(Path("/peano")), "aie2p", Path("c/k.cc"), Path("/t/k.o"), flags=["-DN=4"], remap="/project"
        )
        assert argv == [
            "/peano/bin/clang++",
            "--target=aie2p-none-unknown-elf",
            "-O2",
            "-std=c++20",
            "-DNDEBUG",
            "-Wno-parentheses",
            "-Wno-attributes",
            "-Wno-macro-redefined",
            "-Wno-empty-body",
            "-Wno-missing-template-arg-list-after-template-kw",
            "-ffile-prefix-map=/project=.",
            "-DN=4",
            "-MD",
            "-MF",
            "/t/k.d",
            "-c",
            "c/k.cc",
            "-o",
            "/t/k.o",
        ]

    def test_headers_of_mlir_aie_for_the_architecture(self, tmp_path: Path) -> None:
        for name in ("include/aie_api", "aie_runtime_lib/AIE2", "aie_runtime_lib/AIE2P", "bin"):
            (tmp_path / name).mkdir(parents=True)
        peano = find_peano(Path("/peano/bin/clang++"), tmp_path / "bin" / "aiecc")
        for architecture, folder in (("aie2", "AIE2"), ("aie2p", "AIE2P")):
            argv = compile_argv(peano, architecture, Path("k.cc"), Path("k.o"))
            wanted = ["-I", f"{tmp_path}/include", "-I", f"{tmp_path}/aie_runtime_lib/{folder}"]
            assert argv[len(COMPILE_FLAGS) + 2 :][:4] == wanted

    def test_headers_of_the_host_are_never_taken(self, tmp_path: Path) -> None:
        (tmp_path / "include").mkdir()
        assert find_peano(Path("/peano/bin/clang++"), tmp_path / "bin" / "aiecc").mlir_aie is None

    def test_an_archive_named_like_an_object(self) -> None:
        words = archive_argv(Peano(Path("/peano")), Path("k.o"), [Path("0-a.o"), Path("1-b.o")])
        assert words == ["/peano/bin/llvm-ar", "rcs", "k.o", "0-a.o", "1-b.o"]


class TestCompile:
    @pytest.mark.parametrize("architecture", ["aie2", "aie2p"])
    def test_one_source_with_its_headers_and_flags(self, work: Path, architecture: str) -> None:
        (work / "size.h").write_text("#define SIZE 4\n")
        text = '#include "size.h"\nextern "C" int size() { return SIZE + MORE; }\n'
        done = compiled(work, text, "size", flags=("-DMORE=1",), architecture=architecture)
        assert {work / "k.cc", work / "size.h"} <= set(done.inputs)
        (found,) = read_objects(done.file.read_bytes(), "k.o")
        assert (found.machine, [symbol.name for symbol in found.symbols]) == (AIE, ["size"])
        assert f"--target={architecture}-none-unknown-elf" in standins.calls(work / "calls")[0]

    def test_several_sources_are_one_archive_and_may_call_each_other(self, work: Path) -> None:
        (work / "a.cc").write_text('extern "C" int helper(int); extern "C" int entry(int a) { return helper(a); }\n')
        (work / "b.cc").write_text('extern "C" int helper(int a) { return a; }\n')
        done = compile_for_cores(
            [Path("a.cc"), Path("b.cc")],
            work / "both.o",
            peano=Peano(work / "peano"),
            architecture="aie2",
            functions=["entry"],
            root=work,
            step=Step("compiling both.o", work / "k.log"),
        )
        assert [one.name for one in read_objects(done.file.read_bytes(), "both.o")] == ["both.o(0-a.o)", "both.o(1-b.o)"]
        assert {work / "a.cc", work / "b.cc"} <= set(done.inputs)

    def test_a_source_that_peano_refuses_names_its_line(self, work: Path) -> None:
        with pytest.raises(UserError, match=r"compiling k\.o failed with exit code 1:[\s\S]*k\.cc:1:\d+: error"):
            compiled(work, "int add(int a) { return missing; }\n")

    def test_a_flag_that_peano_does_not_know_is_refused_by_the_stand_in(self, work: Path) -> None:
        with pytest.raises(UserError, match="unknown argument: '-march=native'"):
            compiled(work, ADD, flags=("-march=native",))

    def test_an_unsound_object_leaves_the_previous_one(self, work: Path) -> None:
        before = compiled(work, ADD, "add").file.read_bytes()
        with pytest.raises(UserError, match=f"{work}/out/k.o: there is no function `sub`; it has add"):
            compiled(work, ADD, "sub")
        assert (work / "out" / "k.o").read_bytes() == before
        assert [path.name for path in (work / "out").iterdir()] == ["k.o"]


class TestObjectCheck:
    def test_an_object_of_the_host(self, work: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("STANDIN_MACHINE", "62")
        with pytest.raises(
            UserError, match=r"is an object for x86-64, not for an AI Engine \[object-machine\]\nhint: compile it"
        ):
            compiled(work, ADD, "add")

    def test_an_entry_function_under_its_c_plus_plus_name(self, work: Path) -> None:
        text = "void kernel(short *a, short *b) { *a = *b; }\n"
        with pytest.raises(
            UserError, match=r"`kernel` is there under its C\+\+ name `_Z6kernelPsS_` \[entry-mangled\]\nhint: declare it"
        ):
            compiled(work, text, "kernel")

    @pytest.mark.parametrize(
        ("text", "symbol", "cure"),
        [
            ('extern "C" float sqrtf(float); extern "C" float f(float x) { return sqrtf(x); }', "sqrtf", "no libm"),
            (
                'extern "C" long __divdi3(long, long); extern "C" long f(long x) { return __divdi3(x, 3); }',
                "__divdi3",
                "64-bit",
            ),
            ('extern "C" int other(); extern "C" int f() { return other(); }', "other", "name its source"),
            ('int other(short *); extern "C" int f() { return other(0); }', "_Z5otherPs", 'mind `extern "C"`'),
        ],
    )
    def test_what_no_core_has(self, work: Path, text: str, symbol: str, cure: str) -> None:
        with pytest.raises(UserError) as caught:
            compiled(work, text, "f")
        (found,) = caught.value.diagnostics
        assert found.message == f"undefined symbol `{symbol}`"
        assert cure in found.hint

    def test_what_the_compiler_calls_by_itself_is_no_error(self, work: Path) -> None:
        text = 'extern "C" int memcpy(); extern "C" int f() { return memcpy() + N; }'
        assert compiled(work, text, "f", flags=("-DN=100", "-fno-builtin")).file.is_file()

    def test_libraries_of_peano_decide_where_they_are_found(self, work: Path) -> None:
        """`memcpy` is in the library of this installation, `memset` is not."""
        (work / "lib.cc").write_text('extern "C" int memcpy() { return 0; }\n')
        host("g++", "-c", "-fno-builtin", "lib.cc", "-o", "lib.o", folder=work)
        host("ar", "rcs", "lib.a", "lib.o", folder=work)
        standins.peano(work / "other", work / "lib.a")
        assert library_symbols(work / "other", "aie2-none-unknown-elf") == {"memcpy"}
        body = 'extern "C" int memcpy(); extern "C" int memset(); extern "C" int f() { return memcpy() + memset(); }'
        wanting = compiled(work, body, "f", flags=("-fno-builtin",)).file
        with pytest.raises(UserError) as caught:
            check_object(wanting, ["f"], library_symbols(work / "other", "aie2-none-unknown-elf"))
        assert [found.message for found in caught.value.diagnostics] == ["undefined symbol `memset`"]


class TestElf:
    @pytest.mark.parametrize("bits", ["-m32", "-m64"])
    def test_both_widths(self, tmp_path: Path, bits: str) -> None:
        (tmp_path / "a.cc").write_text(
            'static int hidden = 3; extern "C" int far(int); extern "C" int f() { return far(hidden++); }'
        )
        host("g++", bits, "-c", "-fno-pic", "-ffreestanding", "a.cc", "-o", "a.o", folder=tmp_path)
        (found,) = read_objects((tmp_path / "a.o").read_bytes(), "a.o")
        assert found.machine_name == {"-m32": "x86", "-m64": "x86-64"}[bits]
        assert {(symbol.name, symbol.defined) for symbol in found.symbols} == {("f", True), ("far", False)}

    def test_long_member_names(self, tmp_path: Path) -> None:
        names = [f"{number}_a_name_that_is_longer_than_fifteen.o" for number in range(3)]
        for name in names:
            (tmp_path / "a.cc").write_text(f'extern "C" int f{name[0]}() {{ return 0; }}')
            host("g++", "-c", "a.cc", "-o", name, folder=tmp_path)
        host("ar", "rcs", "all.a", *names, folder=tmp_path)
        found = read_objects((tmp_path / "all.a").read_bytes(), "all.a")
        assert [one.name for one in found] == [f"all.a({name})" for name in names]
        assert [symbol.name for one in found for symbol in one.symbols] == ["f0", "f1", "f2"]

    @pytest.mark.parametrize("cut", [0, 1, 4, 17, 60, 200, -1])
    def test_a_truncated_file_is_one_located_message(self, tmp_path: Path, cut: int) -> None:
        (tmp_path / "a.cc").write_text(ADD)
        host("g++", "-c", "a.cc", "-o", "a.o", folder=tmp_path)
        with pytest.raises(UserError, match=r"^error: a\.o: is damaged, or no object file: "):
            read_objects((tmp_path / "a.o").read_bytes()[:cut], "a.o")

    def test_junk_in_an_archive(self) -> None:
        with pytest.raises(UserError, match="byte 0x8 begins no archive member"):
            read_objects(b"!<arch>\n" + b"x" * 100, "k.o")

    def test_a_linked_file_is_no_object(self) -> None:
        with pytest.raises(UserError, match="it is linked already"):
            read_objects(Path("/proc/self/exe").read_bytes(), "k.o")
