"""What the reports of sanitizers say, and the program that repeats recorded calls."""

import struct
from pathlib import Path

import pytest

from npubuild.errors import Diagnostic, UserError
from npubuild.process import Step
from npubuild.smoke.driver import Argument, RecordedCall, driver_source, signatures, stream
from npubuild.smoke.result import Result, Sanitized, Status, load_sanitized, with_sanitized_run
from npubuild.toolchain.host import HostCompiler, find_host_compiler
from npubuild.toolchain.sanitizer import compile_sanitized, read_report

ROOT = Path("/project")
CALL = RecordedCall(
    "f",
    (
        Argument("x", b"abcd"),
        Argument("y", bytes(8), written=True),
        Argument("n", dtype="i32", value=-2),
        Argument("factor", dtype="f32", value=0.5),
    ),
)

GCC = """\
=================================================================
==7==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x606000000060 at pc 0x55 bp 0x7f sp 0x7f
WRITE of size 1 at 0x606000000060 thread T0
    #0 0x5555 in scaled /project/c_kernels/scaled.cc:3
    #1 0x5556 in run_0 build/emulated/first/sanitize/driver.cc:53

0x606000000060 is located 0 bytes to the right of 64-byte region [0x606000000020,0x606000000060)
allocated by thread T0 here:
    #0 0x7ffff in __interceptor_posix_memalign ../../../../src/libsanitizer/asan/asan_malloc_linux.cpp:226
    #1 0x5557 in allocate build/emulated/first/sanitize/driver.cc:14
    #2 0x5558 in buffer_0_1 build/emulated/first/sanitize/driver.cc:43
"""
CLANG = """\
==7==ERROR: AddressSanitizer: heap-buffer-overflow on address 0x602000000054 at pc 0x4c bp 0x7f sp 0x7f
READ of size 4 at 0x602000000054 thread T0
    #0 0x4c in helper(signed char const*, int) c_kernels/scaled.cc:9:20
    #1 0x4d in f c_kernels/scaled.cc:12:3

0x602000000054 is located 12 bytes after 4-byte region [0x602000000050,0x602000000054)
allocated by thread T0 here:
    #0 0x49 in posix_memalign (/tmp/driver+0x49)
    #1 0x4e in allocate() driver.cc:14:7
    #2 0x4f in buffer_0_0() driver.cc:43:31
"""
STACK = """\
==7==ERROR: AddressSanitizer: stack-buffer-overflow on address 0x7f at pc 0x55 bp 0x7f sp 0x7f
WRITE of size 4 at 0x7f thread T0
    #0 0x55 in f k.cc:3

Address 0x7f is located in stack of thread T0 at offset 64 in frame
    #0 0x55 in f k.cc:2

  This frame has 1 object(s):
    [32, 64) 'sums' (line 3) <== Memory access at offset 64 overflows this variable
"""
UNDEFINED = """\
c_kernels/k.cc:7:20: runtime error: signed integer overflow: 2147483647 + 1 cannot be represented in type 'int'
c_kernels/k.cc:7:20: runtime error: signed integer overflow: 2147483647 + 2 cannot be represented in type 'int'
"""


def report(text: str) -> list[Diagnostic]:
    return list(read_report(text, ROOT, signatures([CALL]).buffer))


@pytest.mark.parametrize(
    ("text", "place", "message"),
    [
        (GCC, "c_kernels/scaled.cc:3", "`scaled` writes 1 byte, right behind `y` of `f` (8 bytes)"),
        (CLANG, "c_kernels/scaled.cc:9:20", "`helper` reads 4 bytes, 12 bytes behind `x` of `f` (4 bytes)"),
        (STACK, "k.cc:3", "`f` writes 4 bytes, outside `sums`"),
        (
            UNDEFINED,
            "c_kernels/k.cc:7:20",
            "undefined behaviour: signed integer overflow: 2147483647 + 1 cannot be represented in type 'int'",
        ),
    ],
    ids=["g++", "clang++", "stack", "undefined"],
)
def test_a_finding_names_line_and_buffer(text: str, place: str, message: str) -> None:
    [finding] = report(text)
    assert (str(finding.place), finding.message) == (place, message)


def test_a_clean_run_has_no_finding() -> None:
    assert report("") == []


def test_the_stream_holds_kind_and_arguments_of_each_call() -> None:
    assert stream([CALL, CALL], signatures([CALL, CALL])) == 2 * (
        struct.pack("<i", 0) + b"abcd" + bytes(8) + struct.pack("<i", -2) + struct.pack("<f", 0.5)
    )


def test_calls_that_differ_in_contents_only_are_one_kind() -> None:
    other = RecordedCall("f", (Argument("x", b"wxyz"), *CALL.arguments[1:3], Argument("factor", dtype="f32", value=2.0)))
    longer = RecordedCall("f", (Argument("x", b"vwxyz"), *CALL.arguments[1:]))
    assert len(signatures([CALL, other]).kinds) == 1
    assert len(signatures([CALL, other, longer]).kinds) == 2
    assert driver_source(signatures([CALL, longer])).count('extern "C" void f(void *, void *, int32_t, float);') == 1


def test_results_that_depend_on_nothing_written() -> None:
    line = "npubuild: call 0 buffer 1 uninitialised byte"
    text = f"{line} 3 of 5\n{line} 0 of 8\n"
    [finding] = signatures([CALL]).unwritten(text)
    assert finding.message == "5 bytes of `y` of `f` (8 bytes), from byte 3 on, depend on memory that was never written"


def test_an_output_that_is_left_unwritten() -> None:
    [finding] = signatures([CALL]).unwritten("npubuild: call 0 buffer 1 unwritten byte 7 of 1\n")
    assert finding.message == "1 bytes of `y` of `f` (8 bytes), from byte 7 on, are never written"
    assert finding.rule == "output-unwritten"


@pytest.mark.parametrize(
    ("version", "complaint", "package"),
    [
        ("Debian clang version 14.0.6", "ld: cannot find /usr/lib/clang/14/libclang_rt.asan-x86_64.a", "libclang-rt-14-dev"),
        ("g++ (Debian 12.2.0-14) 12.2.0", "/usr/bin/ld: cannot find libasan_preinit.o", "libgcc-12-dev"),
    ],
)
def test_a_compiler_without_sanitizers_says_what_to_install(
    tmp_path: Path, version: str, complaint: str, package: str
) -> None:
    tool = tmp_path / "c++"
    tool.write_text(f'#!/bin/sh\n[ "$1" = --version ] && echo "{version}" && exit 0\necho "{complaint}" >&2\nexit 1\n')
    tool.chmod(0o755)
    compiler = HostCompiler(tool, (), find_host_compiler().search)
    step = Step("compiling with checks", tmp_path / "log", "k")
    with pytest.raises(UserError, match=f"the compiler's sanitizers are not installed: apt-get install {package}"):
        compile_sanitized([Path("k.cc")], tmp_path / "k", flags=(), compiler=compiler, root=tmp_path, step=step)


def test_the_verdict_is_over_both(tmp_path: Path) -> None:
    passed = Result("k", Status.PASS, "emulated")
    assert with_sanitized_run(passed, Sanitized(3, ())).verdict == "PASS (emulated)"
    both = with_sanitized_run(passed, Sanitized(3, ("k.cc:3: wrong",)))
    assert (both.verdict, both.problems) == ("FAIL (emulated)", ("k.cc:3: wrong",))
    Sanitized(3, ("x",)).save(tmp_path / "s.json")
    assert load_sanitized(tmp_path / "s.json") == Sanitized(3, ("x",))
    (tmp_path / "s.json").write_text("[]")
    with pytest.raises(UserError, match="is no result of a sanitized run"):
        load_sanitized(tmp_path / "s.json")
