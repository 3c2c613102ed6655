"""What compilers say about kernels, and how that is held against a core: frames, calls, divisions, constants."""

import os
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from npubuild.errors import Diagnostic, Place, Severity, UserError
from npubuild.process import Step
from npubuild.resources.analyse import analyse
from npubuild.resources.check import Resources, check_resources
from npubuild.resources.compiler import core_compiler, host_compiler
from npubuild.resources.core import CoreUse, Range
from npubuild.resources.gcc import read_functions as read_gcc
from npubuild.resources.model import Analysis, Call, Function, Kept, plain_name, read_analysis
from npubuild.resources.sections import kept_by_function, read_object
from npubuild.resources.stack import CORE_FRAME, cycles, stack_need
from npubuild.toolchain.host import find_host_compiler
from npubuild.toolchain.identity import IdentityCache
from npubuild.toolchain.peano import Peano

COMPILERS = [
    pytest.param(name, marks=pytest.mark.skipif(not shutil.which(name), reason=name)) for name in ("g++", "clang++")
]
KERNEL = Place("kernels.yaml", 5, 3)

SOURCE = """\
#include <assert.h>
#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmath>
#include <ostream>
namespace std { extern ostream cerr; }
static thread_local int own[8];
static int32_t history[8];
struct State { int32_t last, counts; };
State state;
namespace spaced { int32_t sum = 3; }
static int32_t never_written[2] = {4, 5};
extern const char *const addresses[2] = {"a", "b"};
extern "C" int compare(const void *x, const void *y) { return *(const int *)x - *(const int *)y; }
typedef int64_t Wide;
const int16_t table[100] = {1, 2, 3};
extern const int16_t unused[5000] = {1};
__attribute__((noinline)) static int deep(const int8_t *x, int n) {
  volatile int t[500];
  for (int i = 0; i < 500; i++) t[i] = x[i % n];
  return t[n] * table[n];
}
__attribute__((noinline)) static int shallow(const int8_t *x, int n) { volatile int t[5] = {n}; return t[x[0]]; }
extern "C" void chain(const int8_t *x, int8_t *y) { y[0] = deep(x, y[1]) + shallow(x, y[2]); }
extern "C" void variable(int64_t *x, const int64_t *y) { x[0] = x[1] / y[0]; }
extern "C" void constant(int64_t *x) { x[0] = x[1] / 10; }
extern "C" void named(Wide *x) { Wide a = x[0]; a %= 7; x[0] = a; }
extern "C" void power(int64_t *x) { x[0] = x[1] / 8 + (uint64_t)x[2] % 16; }
extern "C" void narrow(int32_t *x, const uint16_t *y) { x[0] = x[1] / x[2] + x[3] % 10 + y[0] / y[1]; }
extern "C" int32_t fibonacci(int32_t n) { return n < 2 ? n : fibonacci(n - 1) + fibonacci(n - 2); }
extern "C" int even(int n);
extern "C" __attribute__((noinline)) int odd(int n) { return n ? even(n - 1) + 1 : 0; }
extern "C" __attribute__((noinline)) int even(int n) { return n ? odd(n - 1) * 2 : 1; }
extern "C" float root(float x) { return expf(x); }
extern "C" void heap(int *x, int n) { int *p = new int[n]; p[n / 2] = x[0]; x[1] = p[x[2]]; delete[] p; }
extern "C" void thrown(int n) { if (n) throw n; }
extern "C" int pointer(int (*f)(int), int n) { return f(n) + 1; }
extern "C" void floored(const float *x, int32_t *y) { y[0] = (int32_t)floorf(x[0] * 0.75f); }
extern "C" void smallest(float *x) { x[0] = fminf(x[1], x[2]); }
extern "C" void rounded(float *x) { x[0] = x[1] + lrintf(x[2]); }
extern "C" void squared(const float *x, float *y) {
  y[0] = std::sqrt(x[0]); }
extern "C" void sorted(int32_t *x, int n) { qsort(x, n, 4, compare); }
extern "C" void printed(int n) { printf("%d", n); }
extern "C" void asserted(int n) { assert(n > 3); }
extern "C" void stopped(int n) { if (n) abort(); }
extern "C" void streamed(int n) { std::cerr << n; }
extern "C" int guarded(int n) { static const int first = n * 3; return first + n; }
extern "C" int threaded(int n) { return own[n & 7]++; }
extern "C" void copied(int8_t *x, const int8_t *y) {
  memcpy(x, y, 1000); memmove(x + 1000, x + 999, y[0]); memset(x + 3000, 1, 200); x[0] += memcmp(x, y, 300) == 0; }
extern "C" float inline_everywhere(const float *x) { return fabsf(x[0]) + copysignf(x[1], x[2]); }
struct Scale { int by; __attribute__((noinline)) Scale(int n) : by(n * deep(nullptr, n)) {} };
extern "C" int constructed(int n) { return Scale(n).by; }
extern "C" void counting(int32_t *x, int n) {
  static int32_t calls;
  calls += n;
  history[n & 7] = calls;
  state.last = history[x[0] & 7];
  x[0] = state.last + spaced::sum + addresses[n & 1][0]; spaced::sum++; }
extern "C" int shadowed(int sum) { return sum + never_written[sum & 1]; }
extern "C" void dynamic(int8_t *x, int n) { volatile int8_t t[n]; for (int i = 0; i < n; i++) t[i] = x[i]; x[0] = t[x[1]]; }
"""


def lines_of(function: str) -> int:
    return next(number for number, line in enumerate(SOURCE.splitlines(), 1) if f" {function}(" in line and "{" in line)


@pytest.fixture(scope="module", params=COMPILERS)
def analysis(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Analysis:
    return analysis_of(request.param, SOURCE, tmp_path_factory.mktemp("sources"))


def analysis_of(name: str, text: str, root: Path) -> Analysis:
    (root / "k.cc").write_text(text)
    found = find_host_compiler({"CXX": name, "PATH": os.environ["PATH"]})
    assert found.search.path is not None
    compiler = host_compiler(found, IdentityCache(None).identify(found.search.path).version)
    assert compiler is not None
    return analyse(["k.cc"], ["-ffunction-sections", "-fdata-sections"], compiler, root, Step("analysing", root / "log"))


def core(*functions: str, stack: int = 4096, buffers: int = 0, memory: int = 65536) -> CoreUse:
    ranges = [Range(0, stack, "stack")] + ([Range(stack, stack + buffers, "buffer x")] if buffers else [])
    return CoreUse("(0, 2)", memory, stack, functions, tuple(ranges))


def check(analysis: Analysis, *cores: CoreUse) -> Resources:
    return check_resources(cores, analysis, "k", KERNEL)


def found(analysis: Analysis, function: str) -> list[tuple[str, int]]:
    """Rule and line of every finding in a function, but for those about its stack."""
    return [
        (finding.rule, finding.place.line if finding.place else 0)
        for finding in check(analysis, core(function)).findings
        if finding.rule != "stack-too-small"
    ]


class TestConstructs:
    @pytest.mark.parametrize("function", ["variable", "constant", "named"])
    def test_wide_divisions_are_found_at_their_line(self, analysis: Analysis, function: str) -> None:
        assert found(analysis, function) == [("wide-division", lines_of(function))]

    @pytest.mark.parametrize("function", ["power", "narrow", "chain"])
    def test_what_a_core_can_do_is_not(self, analysis: Analysis, function: str) -> None:
        assert found(analysis, function) == []

    def test_libm(self, analysis: Analysis) -> None:
        assert found(analysis, "root") == [("libm-call", lines_of("root"))]
        assert "`root` calls `expf`: a core has no libm" in check(analysis, core("root")).findings[0].message

    @pytest.mark.parametrize(
        ("function", "called", "rule"),
        [
            ("floored", "floorf", "libm-call"),
            ("smallest", "fminf", "libm-call"),
            ("rounded", "lrintf", "libm-call"),
            ("sorted", "qsort", "unknown-symbol"),
            ("printed", "printf", "core-output"),
            ("asserted", "__assert_fail", "core-assert"),
            ("stopped", "abort", "core-assert"),
            ("guarded", "__cxa_guard_acquire", "static-guard"),
        ],
    )
    def test_what_no_library_of_a_core_has(self, analysis: Analysis, function: str, called: str, rule: str) -> None:
        assert found(analysis, function) == [(rule, lines_of(function))]
        assert check(analysis, core(function)).findings[0].message.startswith(f"`{function}` calls `{called}`")

    def test_a_library_function_inside_of_a_header_is_found_where_the_project_calls_that(self, analysis: Analysis) -> None:
        assert found(analysis, "squared") == [("libm-call", lines_of("squared") + 1)]

    def test_data_of_a_library(self, analysis: Analysis) -> None:
        assert found(analysis, "streamed") == [("core-output", lines_of("streamed"))]
        assert found(analysis, "threaded") == [("thread-local", lines_of("threaded"))]

    def test_the_general_rule(self, analysis: Analysis) -> None:
        [finding] = check(analysis, core("sorted")).findings
        assert finding.message == "`sorted` calls `qsort`, which no core library has"
        assert "write it in a source of the object" in finding.hint
        # With Peano's own libraries at hand, `object_check` has judged it by them.
        assert check(replace(analysis, estimated=False), core("sorted")).findings == ()

    @pytest.mark.parametrize("function", ["copied", "inline_everywhere"])
    def test_what_compilers_call_by_themselves_is_there(self, analysis: Analysis, function: str) -> None:
        assert found(analysis, function) == []

    def test_calls_by_another_name_are_followed(self, analysis: Analysis) -> None:
        """A constructor has two names, of which compilers list one."""
        assert found(analysis, "constructed") == []
        assert [function.shown for function in stack_need(analysis, ["constructed"]).chain][-1] == "deep"

    @pytest.mark.parametrize("compiler", COMPILERS)
    def test_statics_that_are_made_at_run_time(self, tmp_path: Path, compiler: str) -> None:
        text = 'extern "C" int first();\nextern "C" int f(int n) { return n; }\n\nint start = first() * 2;\n'
        analysed = analysis_of(compiler, text, tmp_path)
        [finding] = check(analysed, core("f")).findings
        assert (finding.rule, finding.place and finding.place.line) == ("static-constructor", 4)
        assert check(analysis_of(compiler, text.replace("first() *", "3 *"), tmp_path), core("f")).findings == ()

    def test_variables_that_keep_their_value(self, analysis: Analysis) -> None:
        findings = check(analysis, core("counting"), core("counting")).findings
        assert {(finding.rule, finding.severity) for finding in findings} == {("mutable-static", Severity.WARNING)}
        names = {finding.message.split("`")[3]: finding.place and finding.place.line for finding in findings}
        first = lines_of("counting")
        assert names.pop("history") in {first + 3, first + 4}
        assert names.pop("state") in {first + 4, first + 5}
        assert names == {"calls": first + 2, "sum": first + 5}
        assert findings[0].message.endswith("each core has its own, which keeps its value from run to run")

    def test_a_variable_that_nothing_writes_or_another_of_its_name_is_none(self, analysis: Analysis) -> None:
        assert found(analysis, "shadowed") == []

    def test_recursion_through_one_function_or_two(self, analysis: Analysis) -> None:
        assert found(analysis, "fibonacci") == [("core-recursion", lines_of("fibonacci"))]
        message = check(analysis, core("even")).findings[0].message
        assert message == "recursion: `even` -> `odd` -> `even`"

    def test_heap_and_exceptions(self, analysis: Analysis) -> None:
        assert {rule for rule, _ in found(analysis, "heap")} == {"heap-allocation"} | (
            {"core-exception"} if "gcc" in analysis.origin or "g++" in analysis.origin else set()
        )
        assert set(found(analysis, "thrown")) == {("core-exception", lines_of("thrown"))}

    def test_an_unknown_need_is_a_warning(self, analysis: Analysis) -> None:
        for function, rule in (("pointer", "indirect-call"), ("dynamic", "stack-unbounded")):
            finding = check(analysis, core(function)).findings[0]
            assert (finding.rule, finding.severity) == (rule, Severity.WARNING)

    def test_only_what_a_core_calls_is_looked_at(self, analysis: Analysis) -> None:
        assert check(analysis, core("narrow"), core("chain")).findings == ()


class TestStack:
    def test_the_deepest_chain_counts(self, analysis: Analysis) -> None:
        need = stack_need(analysis, ["chain"])
        assert [function.shown for function in need.chain] == ["chain", "deep"]
        assert 2000 < need.frames < 2200
        assert need.with_core == need.frames + CORE_FRAME
        assert need.at_most == need.with_core + need.frames // 4 + 256

    @pytest.mark.parametrize(("stack", "severity"), [(1024, Severity.ERROR), (2560, Severity.WARNING), (4096, None)])
    def test_it_is_held_against_the_stack(self, analysis: Analysis, stack: int, severity: Severity | None) -> None:
        findings = check(analysis, core("chain", stack=stack)).findings
        assert [finding.severity for finding in findings] == ([] if severity is None else [severity])
        for finding in findings:
            assert finding.rule == "stack-too-small"
            assert f"has {stack} (stack_size)" in finding.message
            assert f"calls deep (k.cc:{lines_of('deep')}" in finding.hint
            assert "kernel `k` (kernels.yaml:5:3)" in finding.hint

    def test_the_proposed_size_is_enough(self, analysis: Analysis) -> None:
        [finding] = check(analysis, core("chain", stack=1024)).findings
        size = int(finding.hint.partition("`stack_size: ")[2].partition("`")[0])
        assert check(analysis, core("chain", stack=size)).findings == ()

    @pytest.mark.parametrize(("frame", "buffers"), [(200000, 0), (8000, 60000)])
    def test_a_size_that_does_not_fit_is_not_proposed(self, frame: int, buffers: int) -> None:
        exact = Analysis("Peano", False, {"f": Function("f", "f", None, frame)}, {"f": Kept({}, {"k:.rodata": 100})})
        [finding] = check(exact, core("f", stack=1024, buffers=buffers)).findings
        assert finding.rule == "stack-too-small"
        assert "stack_size:" not in finding.hint
        enough = -(-(frame + CORE_FRAME) // 32) * 32
        assert finding.hint.startswith(
            f"make local arrays smaller, or have less in them at a time: a stack of {enough} bytes does not fit the"
            f" 65536 bytes of a core, of which buffers and constants take {buffers + 100}; frames by Peano:"
        )

    def test_cores_that_are_alike_are_one_finding(self, analysis: Analysis) -> None:
        alike = core("chain", stack=1024)
        [finding] = check(analysis, alike, replace(alike, tile="(1, 2)"), replace(alike, tile="(2, 2)")).findings
        assert "core (0, 2) and 2 more has 1024" in finding.message

    def test_frames_of_the_core_s_own_compiler_are_exact(self) -> None:
        exact = Analysis("Peano", False, {"f": Function("f", "f", None, 1000)}, {"f": Kept({"k:.text": 100}, {})})
        assert check(exact, core("f", stack=1000 + CORE_FRAME)).findings == ()
        [finding] = check(exact, core("f", stack=1000 + CORE_FRAME - 4)).findings
        assert (finding.rule, finding.severity) == ("stack-too-small", Severity.ERROR)


def graph(**calls: str) -> Analysis:
    """Functions that call those named by their letters, with a frame of 10 bytes each."""
    functions = {name: Function(name, name, None, 10, calls=tuple(Call(to, None) for to in calls[name])) for name in calls}
    return Analysis("test", False, functions, {name: Kept() for name in calls})


def test_cycles_are_found_once_each() -> None:
    found = cycles(graph(a="bc", b="d", c="d", d="b", e="e"), ["a"])
    assert [[function.name for function in cycle] for cycle in found] == [["b", "d"]]
    assert stack_need(graph(a="bc", b="d", c="d", d="b", e="e"), ["a"]).frames == 30


def test_a_wide_graph_takes_no_time() -> None:
    """Two ways at each of 40 levels: 2^40 paths."""
    names = [f"f{level}{side}" for level in range(40) for side in "ab"]
    functions = {}
    for position, name in enumerate(names):
        following = names[(position // 2 + 1) * 2 : (position // 2 + 1) * 2 + 2]
        functions[name] = Function(name, name, None, 1, calls=tuple(Call(to, None) for to in following))
    assert stack_need(Analysis("test", False, functions, {}), [names[0]]).frames == 40


class TestMemory:
    def test_60000_bytes_of_buffers_and_a_table_of_8_kib_do_not_fit(self) -> None:
        table = Analysis(
            "g++", True, {"f": Function("f", "f", Place("k.cc", 9), 8)}, {"f": Kept({}, {"k.cc:.rodata": 8192})}
        )
        [finding] = check(table, core("f", stack=1024, buffers=60000)).findings
        assert (finding.rule, finding.place) == ("constants-exceed-memory", Place("k.cc", 9))
        assert finding.message == "the constants need 8192 bytes; stack and buffers of core (0, 2) leave 4512 of 65536"
        assert "61024 to   69216    8192 bytes: constants, k.cc:.rodata  <- beyond the end" in finding.hint
        assert check(table, core("f", stack=1024, buffers=56000)).findings == ()

    def test_only_constants_that_the_linker_keeps_count(self, analysis: Analysis) -> None:
        [used] = check(analysis, core("chain")).cores
        assert used.memory.needed == 200
        [used] = check(analysis, core("narrow")).cores
        assert used.memory.needed == 0

    def test_variables_are_no_constants(self) -> None:
        sections = {"k.cc:.rodata": 8, "k.cc:.bss": 400, "k.cc:.data.x": 4, "k.cc:.data.rel.ro": 16}
        table = Analysis("g++", True, {"f": Function("f", "f", None, 8)}, {"f": Kept({}, sections)})
        resources = check(table, core("f", stack=1024))
        for section, kind in zip(sections, ["constants", "variables", "variables", "constants"], strict=True):
            assert f" bytes: {kind}, {section}\n" in resources.text()
        [finding] = check(table, core("f", stack=1024, buffers=64500)).findings
        assert finding.message.startswith("the constants and variables need 428 bytes")

    def test_program_memory_is_judged_where_it_is_known(self) -> None:
        large = Analysis("Peano", False, {"f": Function("f", "f", None, 8)}, {"f": Kept({"k.cc:.text": 17000}, {})})
        [finding] = check(large, core("f")).findings
        assert finding.rule == "program-too-large"
        assert "17000 bytes of code; a core has 16384" in finding.message
        assert check(replace(large, estimated=True), core("f")).findings == ()

    def test_the_report_shows_what_lies_where(self, analysis: Analysis) -> None:
        text = check(
            analysis, replace(core("chain", stack=1024), ranges=(Range(0, 1024, "stack"), Range(2048, 4096, "x")))
        ).text()
        assert "an estimate: figures are those of the host's compiler" in text
        assert "     1024 to    2048    1024 bytes: free\n" in text
        assert "     4296 to   65536   61240 bytes: free\n" in text
        assert "program memory: not known" in text


class TestObjects:
    def test_a_file_that_is_no_object_is_refused(self) -> None:
        for data in (b"", b"\x7fELF", b"junk" * 100, b"\x7fELF\2\1" + bytes(58)):
            with pytest.raises(UserError, match=r"k\.o: is damaged, or no object file"):
                read_object(data, "k.o")

    @pytest.mark.parametrize("bits", [64, 32])
    def test_references_go_from_section_to_section_and_over_objects(self, bits: int) -> None:
        first = elf(
            bits, [(".text.f", 6, 10), (".rodata.t", 2, 40), (".rodata.u", 2, 80)], {1: [".rodata.t", "g"]}, ["f"], ["g"]
        )
        other = elf(bits, [(".text.g", 6, 20), (".bss.v", 3, 7)], {1: [".bss.v"]}, ["g"], [])
        kept = kept_by_function({"a": read_object(first, "a"), "b": read_object(other, "b")}, estimated=False)
        assert kept["f"] == Kept({"a:.text.f": 10, "b:.text.g": 20}, {"a:.rodata.t": 40, "b:.bss.v": 7})
        assert kept["g"] == Kept({"b:.text.g": 20}, {"b:.bss.v": 7})

    def test_an_analysis_survives_its_file(self, analysis: Analysis) -> None:
        assert read_analysis(analysis.as_json().encode(), "analysis.json") == analysis
        with pytest.raises(UserError, match=r"analysis\.json: is no analysis of an object"):
            read_analysis(b'{"origin": "x"}', "analysis.json")


def elf(
    bits: int, sections: list[tuple[str, int, int]], refers: dict[int, list[str]], functions: list[str], wanted: list[str]
) -> bytes:
    """A relocatable object: sections (name, flags, size) from number 1 on, functions at the start of section 1."""
    import struct

    wide = bits == 64
    names = [name for name, _, _ in sections]
    strings = b"\0" + b"".join(f"{name}\0".encode() for name in (*functions, *wanted))
    symbol = struct.Struct("<IBBHQQ" if wide else "<IIIBBH")

    def entry(name: int, info: int, section: int) -> bytes:
        return symbol.pack(*((name, info, 0, section, 0, 0) if wide else (name, 0, 0, info, 0, section)))

    symbols = [bytes(symbol.size)] + [entry(0, 3, number) for number in range(1, len(sections) + 1)]
    numbers = {name: number for number, name in enumerate(names, 1)}
    for name in (*functions, *wanted):
        numbers[name] = len(symbols)
        symbols.append(
            entry(
                strings.index(f"\0{name}\0".encode()) + 1, 0x12 if name in functions else 0x10, 1 if name in functions else 0
            )
        )
    bodies = [(4 if flags == 2 else 1, flags, bytes(size), 0, 0) for _, flags, size in sections]
    bodies = [(1, flags, body, link, info) for _, flags, body, link, info in bodies]
    for section, targets in refers.items():
        pack = (
            (lambda number: struct.pack("<QQq", 0, number << 32, 0))
            if wide
            else (lambda number: struct.pack("<IIi", 0, number << 8, 0))
        )
        bodies.append((4, 0, b"".join(pack(numbers[name]) for name in targets), len(sections) + len(refers) + 1, section))
    bodies += [(2, 0, b"".join(symbols), len(bodies) + 2, 0), (3, 0, strings, 0, 0)]
    titles = b"\0" + b"".join(f"{name}\0".encode() for name in names)
    bodies.append((3, 0, titles, 0, 0))
    header = 64 if wide else 52
    table = struct.Struct("<IIQQQQIIQQ" if wide else "<IIIIIIIIII")
    offset, data, rows = header, b"", [bytes(table.size)]
    for number, (kind, flags, body, link, info) in enumerate(bodies, 1):
        name = titles.index(f"\0{names[number - 1]}\0".encode()) + 1 if number <= len(names) else 0
        rows.append(table.pack(name, kind, flags, 0, offset + len(data), len(body), link, info, 0, 0))
        data += body
    ident = b"\x7fELF" + bytes([2 if wide else 1, 1, 1]) + bytes(9)
    layout = "<HHIQQQIHHHHHH" if wide else "<HHIIIIIHHHHHH"
    count = len(rows)
    head = struct.pack(layout, 1, 264, 1, 0, 0, header + len(data), 0, header, 0, 0, table.size, count, count - 1)
    return ident + head + data + b"".join(rows)


@pytest.mark.parametrize(
    ("symbol", "name"),
    [
        ("count", "count"),
        ("count.0", "count"),
        ("_ZL5count", "count"),
        ("_ZZ1fE5count_0", "count"),
        ("_ZN5outer5count3sumE", "sum"),
        ("_ZZN5outer1fEiE8table_64", "table_64"),
    ],
)
def test_names_of_variables(symbol: str, name: str) -> None:
    assert plain_name(symbol) == name


class TestCompilers:
    @pytest.mark.parametrize(
        ("version", "family"),
        [
            ("g++ (GCC) 9.4.0", ""),
            ("g++ (GCC) 10.2.0", "gcc"),
            ("g++ (Debian 12.2.0-14+deb12u1) 12.2.0", "gcc"),
            ("x86_64-linux-gnu-g++-13 (Ubuntu 13.2.0-23ubuntu4) 13.2.0", "gcc"),
            ("Debian clang version 14.0.6", "llvm"),
            ("nvc++ 24.1", ""),
            ("icpc (ICC) 2021.10.0 20230609", ""),
            ("", ""),
        ],
    )
    def test_one_that_tells_nothing_is_not_asked(self, version: str, family: str) -> None:
        found = host_compiler(find_host_compiler(), version)
        assert (found.family if found else "") == family

    def test_peano_is_asked_for_the_core_s_own_figures(self) -> None:
        compiler = core_compiler(Peano(Path("/peano")), "aie2")
        assert (compiler.family, compiler.estimated) == ("llvm", False)
        assert compiler.argv[:2] == ("/peano/bin/clang++", "--target=aie2-none-unknown-elf")

    def test_types_in_gcc_s_dump_decide(self) -> None:
        dump = """
;; Function f (f, funcdef_no=1, decl_uid=1, cgraph_uid=1, symbol_order=1)

void f (int64_t * x, unsigned int n)
{
  long long int _1;
  unsigned int _2;
  __int128 big;

  <bb 2> [local count: 1]:
  [k.cc:3:5] _1 = _1 / 3;
  [k.cc:4:5] _2 = n_3(D) / 3;
  [k.cc:5:5] big_7 = big_6 % big_5;
  return;

}
"""
        node = 'node: { title: "f" label: "void f(int64_t*, unsigned int)\\nk.cc:2:6\\n16 bytes (static)" }\n'
        [function] = read_gcc(node, dump, "").values()
        assert [(division.bits, str(division.place)) for division in function.divisions] == [
            (64, "k.cc:3:5"),
            (128, "k.cc:5:5"),
        ]


def test_findings_are_diagnostics_with_known_rules(analysis: Analysis) -> None:
    from npubuild.check.rules import RULES

    everything = check(analysis, *(core(name, stack=1024) for name in analysis.kept)).findings
    assert len({finding.rule for finding in everything}) >= 7
    assert all(isinstance(finding, Diagnostic) and finding.rule in RULES and finding.hint for finding in everything)
