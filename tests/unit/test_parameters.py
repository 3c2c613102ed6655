"""The parameters of C++ functions, read from debug information and held against kernels.yaml."""

import shutil
from pathlib import Path

import pytest

from npubuild.errors import Diagnostic, Place, Severity
from npubuild.pipeline.parameters import check_parameters
from npubuild.process import query
from npubuild.registry import Kernel, read_registry
from npubuild.resources.debug_info import parameters_of
from npubuild.resources.model import Function, Parameter
from npubuild.resources.sections import read_object
from tests.building import doit, make_project, replace

COMPILERS = [
    pytest.param(name, marks=pytest.mark.skipif(not shutil.which(name), reason=name)) for name in ("g++", "clang++")
]
HEAD = """\
#include <stdint.h>
using bf16 = uint16_t;
using bytes = const int8_t;
enum Mode : int32_t { OFF };
struct Method { void named(double) {} };
extern "C" void declared(int8_t);
"""


def parameters(tmp_path: Path, compiler: str, text: str, *flags: str) -> dict[str, tuple[Parameter, ...]]:
    (tmp_path / "k.cc").write_text(HEAD + text)
    argv = [compiler, "-std=c++20", "-O2", "-fPIC", "-g", *flags, "-c", tmp_path / "k.cc", "-o", tmp_path / "k.o"]
    query(argv)
    data = (tmp_path / "k.o").read_bytes()
    one = read_object(data, "k.o")
    return parameters_of(data, one, {name for name in one.defined if not name.startswith("_Z")})


@pytest.mark.parametrize("compiler", COMPILERS)
class TestDebugInformation:
    @pytest.mark.parametrize("flags", [("-gdwarf-5",), ("-gdwarf-4",), ("-gz",), ("-O0",), ("-ffunction-sections",)])
    @pytest.mark.parametrize(
        ("declared", "expected"),
        [
            ("const int8_t *__restrict x", Parameter("const int8_t*", "int", 8, True, True)),
            ("char *x", Parameter("char*", "int", 8, True, False)),
            ("bf16 *x", Parameter("bf16*", "unsigned", 16, True, False)),
            ("bytes *x", Parameter("bytes*", "int", 8, True, True)),
            ("const float *x", Parameter("const float*", "float", 32, True, True)),
            ("int16_t x[4]", Parameter("int16_t*", "int", 16, True, False)),
            ("const int8_t (*x)[64]", Parameter("const int8_t[]*", "int", 8, True, True)),
            ("int8_t (&x)[64]", Parameter("int8_t[]&", "int", 8, True, False)),
            ("void *x", Parameter("void*", "void", 0, True, False)),
            ("const void *x", Parameter("const void*", "void", 0, True, True)),
            ("const int32_t x", Parameter("const int32_t", "int", 32, False, False)),
            ("int64_t x", Parameter("int64_t", "int", 64, False, False)),
            ("Mode x", Parameter("Mode", "int", 32, False, False)),
            ("bool x", Parameter("bool", "bool", 8, False, False)),
        ],
    )
    def test_types(self, tmp_path: Path, compiler: str, flags: tuple[str, ...], declared: str, expected: Parameter) -> None:
        [found] = parameters(tmp_path, compiler, f'extern "C" void k({declared}) {{ (void)x; }}', *flags)["k"]
        assert found == expected

    def test_functions(self, tmp_path: Path, compiler: str) -> None:
        text = """
extern "C" void declared(int8_t x) { (void)x; }
extern "C" int8_t named() { Method().named(1); return 1; }
namespace inner { namespace { extern "C" void in_namespace(int16_t x) { (void)x; } } }
extern "C" int twice(int x) { return 2 * x; }
extern "C" int more(int x, float y) {
  struct Local { int named(int8_t z) { return z; } };
  return twice(x) + Local().named(y); }
extern "C" void variadic(int x, ...) { (void)x; }
"""
        found = parameters(tmp_path, compiler, text)
        shown = {name: [parameter.shown for parameter in found[name]] for name in found}
        assert shown == {
            "declared": ["int8_t"],
            "named": [],
            "in_namespace": ["int16_t"],
            "twice": ["int"],
            "more": ["int", "float"],
            "variadic": ["int", "..."],
        }

    def test_without_debug_information_nothing_is_known(self, tmp_path: Path, compiler: str) -> None:
        assert parameters(tmp_path, compiler, 'extern "C" void k(int) {}', "-g0") == {}

    def test_damaged_information_is_none(self, tmp_path: Path, compiler: str) -> None:
        parameters(tmp_path, compiler, 'extern "C" void k(int) {}')
        data = (tmp_path / "k.o").read_bytes()
        one = read_object(data, "k.o")
        [section] = [section for section in one.sections if section.name == ".debug_info"]
        for position in range(section.offset, section.offset + section.size):
            for byte in (0, 0x7F, 0xFF):
                damaged = data[:position] + bytes([byte]) + data[position + 1 :]
                assert set(parameters_of(damaged, one, {"k"})) <= {"k"}


@pytest.fixture(scope="module")
def kernel(tmp_path_factory: pytest.TempPathFactory) -> Kernel:
    """Two inputs, an output and a scalar."""
    root = tmp_path_factory.mktemp("registry")
    make_project(root)
    buffers = "[{name: x, shape: [64], dtype: i8}, {name: w, shape: [64], dtype: bf16}]"
    replace(root / "kernels.yaml", "[{name: x, shape: [64], dtype: i8}]", buffers, 1)
    scalars = "\n      scalars: [{name: n, dtype: i32, value: 3}]"
    replace(
        root / "kernels.yaml",
        "outputs: [{name: y, shape: [64], dtype: i8}]",
        f"outputs: [{{name: y, shape: [64], dtype: i8}}]{scalars}",
        1,
    )
    return read_registry(root / "kernels.yaml").kernels["first"]


X = Parameter("const int8_t*", "int", 8, True, True)
W = Parameter("const bf16*", "unsigned", 16, True, True)
Y = Parameter("int8_t*", "int", 8, True, False)
N = Parameter("int32_t", "int", 32, False, False)


def differences(kernel: Kernel, *takes: Parameter) -> list[Diagnostic]:
    return [*check_parameters(kernel, Function("twice", "twice", Place("double.cc", 2, 17), 8, parameters=takes))]


class TestEntries:
    @pytest.mark.parametrize(
        "takes",
        [
            (X, W, Y, N),
            (Y, W, Y, N),
            (X, Parameter("__bf16*", "other", 16, True, True), Y, N),
            (X, W, Y, Parameter("uint32_t", "unsigned", 32, False, False)),
            (Parameter("const void*", "void", 0, True, True), W, Parameter("void*", "void", 0, True, False), N),
        ],
    )
    def test_what_agrees(self, kernel: Kernel, takes: tuple[Parameter, ...]) -> None:
        assert differences(kernel, *takes) == []

    @pytest.mark.parametrize(
        ("number", "other", "passed"),
        [
            (1, Parameter("int16_t*", "int", 16, True, False), "`x`, memref<64xi8>"),
            (1, Parameter("uint8_t*", "unsigned", 8, True, False), "`x`, memref<64xi8>"),
            (1, Parameter("bool*", "bool", 8, True, False), "`x`, memref<64xi8>"),
            (2, X, "`w`, memref<64xbf16>"),
            (3, X, "`y`, memref<64xi8>, an output"),
            (3, N, "`y`, memref<64xi8>"),
            (4, Parameter("int64_t", "int", 64, False, False), "`n`, i32"),
            (4, Parameter("int16_t", "int", 16, False, False), "`n`, i32"),
            (4, Parameter("float", "float", 32, False, False), "`n`, i32"),
            (4, Parameter("int32_t*", "int", 32, True, False), "`n`, i32"),
        ],
    )
    def test_what_differs(self, kernel: Kernel, number: int, other: Parameter, passed: str) -> None:
        takes = [X, W, Y, N]
        takes[number - 1] = other
        [finding] = differences(kernel, *takes)
        assert finding.rule == "signature-differs"
        assert finding.place == kernel.place
        expected = f"`twice` takes {other.shown} as its parameter {number}, but kernel `first` passes {passed}"
        assert finding.message == expected
        assert finding.hint.startswith("double.cc:2:17: twice(")

    def test_bytes_of_another_sign_are_a_warning(self, kernel: Kernel) -> None:
        unsigned = Parameter("uint8_t*", "unsigned", 8, True, False)
        assert [finding.severity for finding in differences(kernel, unsigned, W, Y, N)] == [Severity.WARNING]
        assert [finding.severity for finding in differences(kernel, X, W, X, N)] == [Severity.ERROR]

    def test_the_number_of_parameters(self, kernel: Kernel) -> None:
        [finding] = differences(kernel, X, W, Y)
        assert finding.message == "`twice` takes 3 parameters, but kernel `first` passes 4: x, w, y, n"
        [finding] = differences(kernel, X)
        assert finding.message == "`twice` takes 1 parameter, but kernel `first` passes 4: x, w, y, n"

    def test_long_is_another_type_on_a_core(self, kernel: Kernel) -> None:
        [finding] = differences(kernel, X, W, Y, Parameter("long int", "int", 64, False, False))
        assert "64 bits here and 32 on a core: write int32_t" in finding.hint

    def test_what_is_not_known_is_not_judged(self, kernel: Kernel) -> None:
        assert [*check_parameters(kernel, None)] == []
        assert [*check_parameters(kernel, Function("twice", "twice", None, 8))] == []


@pytest.mark.parametrize("compiler", COMPILERS)
def test_a_build_is_refused(tmp_path: Path, compiler: str) -> None:
    make_project(tmp_path)
    replace(tmp_path / "double.cc", "const signed char *x", "const short *x", 1)
    done = doit(tmp_path, "build:first", CXX=compiler)
    assert done.returncode == 1
    short = "short" if compiler == "clang++" else "short int"
    message = (
        f"`twice` takes const {short}* as its parameter 1, but kernel `first` passes `x`, memref<64xi8> [signature-differs]"
    )
    assert f"kernels.yaml:7:3: {message}" in done.stdout
    assert f": twice(const {short}*, signed char*); a kernel passes its inputs, then its outputs" in done.stdout
    assert "hint: double.cc:2" in done.stdout
