"""kernels.yaml: what is read from it, and every way in which it can be wrong."""

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from npubuild.errors import UserError
from npubuild.registry import FileDesign, ProgramDesign, TemplateDesign, read_registry
from npubuild.registry.document import read_document
from npubuild.registry.json_schema import schema_text

PROJECT = Path(__file__).parents[2]

GOOD = """\
objects:
  scale.o:
    sources: [scale.cc, table.cc]
    flags: [-DSIZE=64]
kernels:
  scale:
    summary: multiplies
    device: npu1
    object: scale.o
    entry:
      function: scale
      inputs: [{name: x, shape: [16, 4], dtype: i8}]
      outputs: [{name: y, shape: [64], dtype: i16}]
      scalars: [{name: factor, dtype: i32, value: -3, meaning: none}]
    design:
      template: single_core
      depth: 3
    stack_size: 2048
    smoke:
      reference: scale.py
      cases:
        - {case: ramp, seeds: [1, 2], tolerance: {max_error: 0.5, correlation: 0.99}}
"""

Write = Callable[[str], Path]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """A project with all files that GOOD names; gives the path of its kernels.yaml with the given text."""
    monkeypatch.chdir(tmp_path)
    for name in ("scale.cc", "table.cc", "design.mlir", "make.py"):
        (tmp_path / name).touch()
    (tmp_path / "scale.py").write_text('CASES = ("ramp", "noise")\n')

    def write_text(text: str) -> Path:
        (tmp_path / "kernels.yaml").write_text(text)
        return tmp_path / "kernels.yaml"

    return write_text


def errors(path: Path) -> list[str]:
    with pytest.raises(UserError) as caught:
        read_registry(path)
    return [str(found) for found in caught.value.diagnostics]


def edited(*replacements: tuple[str, str]) -> str:
    text = GOOD
    for old, new in replacements:
        assert old in text
        text = text.replace(old, new)
    return text


class TestReading:
    def test_everything_has_its_place(self, write: Write, tmp_path: Path) -> None:
        registry = read_registry(write(GOOD))
        kernel = registry.kernels["scale"]
        assert registry.root == tmp_path
        assert kernel.object_file is registry.objects["scale.o"]
        assert (kernel.object_file.sources, kernel.object_file.flags) == (("scale.cc", "table.cc"), ("-DSIZE=64",))
        assert (kernel.summary, kernel.device, kernel.stack_size) == ("multiplies", "npu1", 2048)
        assert [str(buffer) for buffer in (*kernel.entry.inputs, *kernel.entry.outputs)] == [
            "memref<16x4xi8>",
            "memref<64xi16>",
        ]
        assert kernel.entry.outputs[0].nbytes == 128
        assert [(s.name, s.dtype, s.value) for s in kernel.entry.scalars] == [("factor", "i32", -3)]
        assert kernel.design == TemplateDesign("single_core", columns=1, depth=3, objects=1, packed=True, row=2)
        assert [(case.name, case.seeds) for case in kernel.smoke.cases] == [("ramp", (1, 2))]
        assert kernel.smoke.cases[0].tolerance.correlation == 0.99
        assert kernel.smoke.runs == 2
        assert str(kernel.place) == "kernels.yaml:6:3"

    def test_file_with_patches(self, write: Write) -> None:
        text = edited(("template: single_core\n      depth: 3", "file: ./design.mlir\n      patches: [pack-arguments]"))
        kernel = read_registry(write(text)).kernels["scale"]
        assert kernel.design == FileDesign("design.mlir")
        assert kernel.patches == ("pack-arguments",)

    def test_program_without_an_object(self, write: Write) -> None:
        _, _, kernels = GOOD.partition("kernels:\n")
        other = (
            kernels.replace("scale:", "made:").replace("    object: scale.o\n", "").replace("      function: scale\n", "")
        )
        other = other.replace("template: single_core\n      depth: 3", "program: make.py\n      arguments: [--size, '4']")
        kernel = read_registry(write(GOOD + other)).kernels["made"]
        assert kernel.design == ProgramDesign("make.py", ("--size", "4"))
        assert kernel.object_file is None

    def test_the_project_s_own_file(self) -> None:
        registry = read_registry(PROJECT / "kernels.yaml")
        assert {"canary", "mel", "attention", "attention_4col", "attention_iron"} <= registry.kernels.keys()

    def test_it_loads_neither_xdsl_nor_numpy(self) -> None:
        code = (
            "import sys; from pathlib import Path; from npubuild.registry import read_registry;"
            f"read_registry(Path({str(PROJECT / 'kernels.yaml')!r}));"
            "print([module for module in ('xdsl', 'numpy') if module in sys.modules])"
        )
        answer = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=PROJECT)
        assert answer.stdout == "[]\n"

    def test_the_schema_for_editors_is_current(self) -> None:
        assert (PROJECT / "kernels.schema.json").read_text() == schema_text(), (
            "run: python -m npubuild.registry.json_schema > kernels.schema.json"
        )


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("summary:", "sumary:", "kernels.yaml:7:5: unknown key `sumary`\nhint: did you mean `summary`?"),
        ("    summary: multiplies\n", "", "kernels.yaml:7:5: key `summary` is missing"),
        ("summary: multiplies", "summary: 3", "kernels.yaml:7:14: expected a text, found the number 3"),
        ("summary: multiplies", "summary:", "kernels.yaml:7:13: expected a text, found nothing"),
        ("device: npu1", "device: npu", "kernels.yaml:8:13: unknown device `npu`\nhint: did you mean `npu1`?"),
        ("device: npu1", "device: [npu1]", "kernels.yaml:8:13: expected device, found a list"),
        ("object: scale.o", "object: scal.o", "kernels.yaml:9:13: unknown object `scal.o`\nhint: did you mean `scale.o`?"),
        ("function: scale\n", "function: 2scale\n", "kernels.yaml:11:17: `2scale` is not a C identifier"),
        ("[16, 4]", "[16, 4.5]", "kernels.yaml:12:38: expected a whole number, found the number 4.5"),
        ("[16, 4]", "[16, yes]", "kernels.yaml:12:38: expected a whole number, found the text `yes`"),
        ("[16, 4]", "[16, true]", "kernels.yaml:12:38: expected a whole number, found the truth value true"),
        ("[16, 4]", "[]", "kernels.yaml:12:33: needs at least 1 item"),
        ("[16, 4]", "[0]", "kernels.yaml:12:34: 0 is not within 1 to 65536"),
        (
            "[16, 4]",
            "[3]",
            "kernels.yaml:12:33: memref<3xi8> has 3 bytes; an object fifo moves multiples of 4",
        ),
        (
            "[16, 4]",
            "[256, 512]",
            "kernels.yaml:12:33: memref<256x512xi8> has 131072 bytes; a core has 65536\nhint: let the kernel work on",
        ),
        ("dtype: i8", "dtype: int8", "kernels.yaml:12:49: unknown dtype `int8`\nhint: did you mean `i8`?"),
        ("name: y", "name: x", "kernels.yaml:13:24: argument `x` is repeated\nhint: see line 12"),
        ("value: -3", "value: 1.5", "kernels.yaml:14:51: 1.5 is not a whole number, as i32 needs"),
        (
            "value: -3",
            "value: 2147483648",
            "kernels.yaml:14:51: 2147483648 does not fit i32\nhint: -2147483648 to 2147483647",
        ),
        ("single_core", "single-core", "kernels.yaml:16:17: unknown template `single-core`\nhint: did you mean `single_co"),
        ("template: single_core", "columns: 4", "kernels.yaml:16:7: give one of `template` or `file` or `program`"),
        (
            "depth: 3",
            "file: design.mlir",
            "kernels.yaml:17:7: `file` and `template` exclude each other: give one of `template` or `file` or `program`",
        ),
        (
            "depth: 3",
            "arguments: [a]",
            "kernels.yaml:17:7: `arguments` belongs to `program`, which this design is not made by",
        ),
        (
            "depth: 3",
            "patches: [pack-argument]",
            "kernels.yaml:17:17: unknown patch `pack-argument`\nhint: did you mean `pack-arguments`?",
        ),
        ("template: single_core", "file: desgin.mlir", "kernels.yaml:16:13: design `desgin.mlir` is missing"),
        ("stack_size: 2048", "stack_size: 2050", "kernels.yaml:18:17: 2050 is not a multiple of 4"),
        ("stack_size: 2048", "stack_size: 1e3", "kernels.yaml:18:17: expected a whole number, found the number 1000.0"),
        ("reference: scale.py", "reference: scala.py", "kernels.yaml:20:18: reference `scala.py` is missing"),
        ("case: ramp", "case: rump", "kernels.yaml:22:18: unknown case `rump` of `scale.py`\nhint: did you mean `ramp`?"),
        ("seeds: [1, 2]", "seeds: 1", "kernels.yaml:22:31: expected a list, found the number 1"),
        ("correlation: 0.99", "correlation: 2", "kernels.yaml:22:80: 2 is not within -1 to 1"),
        ("correlation: 0.99", "correlation: .nan", "kernels.yaml:22:80: expected a number, found the text `.nan`"),
        ("[scale.cc, table.cc]", "[scale.cc, gone.cc]", "kernels.yaml:3:25: source `gone.cc` is missing"),
        ("[scale.cc, table.cc]", "[scale.cc, scale.cc]", "kernels.yaml:3:25: source `scale.cc` is listed twice"),
        (
            "[scale.cc, table.cc]",
            "[../scale.cc]",
            "kernels.yaml:3:15: source `../scale.cc` is outside the project\nhint: copy it into the project",
        ),
        (
            "[scale.cc, table.cc]",
            "[/usr/include/x.cc]",
            "kernels.yaml:3:15: source `/usr/include/x.cc` is outside the project\nhint: copy it into the project",
        ),
        ("[scale.cc, table.cc]", "[scale.f90]", "kernels.yaml:3:15: `scale.f90` is not a C++ source (.cc, .cpp or .cxx)"),
        ("-DSIZE=64", "-o other", "kernels.yaml:4:13: `-o other` is not one compiler flag of -D -U -I -O -W -f -g -m -std="),
        (
            "  scale:\n",
            "  Scale:\n",
            "kernels.yaml:6:3: `Scale` is not a name (small letters, digits and `_`)",
        ),
    ],
)  # fmt: skip
def test_a_mistake_is_located_and_explained(write: Write, old: str, new: str, expected: str) -> None:
    found = errors(write(edited((old, new))))
    assert any(error.startswith(f"error: {expected}") for error in found), "\n".join(found)


def test_a_missing_file_is_told_beside_a_wrong_key_or_type_of_the_same_kernel(write: Write) -> None:
    text = edited(("dtype: i16", "dtype: i17"), ("reference: scale.py", "reference: gone.py"))
    found = "\n".join(errors(write(text)))
    assert "unknown dtype `i17`" in found
    assert "reference `gone.py` is missing" in found


def test_all_mistakes_of_a_file_are_reported_together_in_its_order(write: Write) -> None:
    text = edited(("table.cc", "gone.cc"), ("summary:", "sumary:"), ("dtype: i16", "dtype: i17"), ("seeds:", "sedes:"))
    places = [error.split(" ")[1] for error in errors(write(text))]
    assert places == ["kernels.yaml:3:25:", "kernels.yaml:7:5:", "kernels.yaml:13:47:", "kernels.yaml:22:24:"]


def test_a_repeated_key_names_the_first(write: Write) -> None:
    text = edited(("    device: npu1\n", "    device: npu1\n    device: npu2\n"))
    assert errors(write(text)) == ["error: kernels.yaml:9:5: key `device` is repeated\nhint: it is first given in line 8"]


def test_an_object_that_no_kernel_uses(write: Write) -> None:
    text = edited(("kernels:\n", "  lost.o:\n    sources: [table.cc]\nkernels:\n"))
    assert errors(write(text)) == [
        "error: kernels.yaml:5:3: object `lost.o` is used by no kernel\nhint: name it as a kernel's `object`, or remove it"
    ]


def test_an_object_of_a_faulty_kernel_counts_as_used(write: Write) -> None:
    assert len(errors(write(edited(("summary:", "sumary:"))))) == 1


def test_an_instance_that_does_not_fit_the_array(write: Write) -> None:
    text = edited(("template: single_core\n      depth: 3", "template: data_parallel\n      columns: 5"))
    assert errors(write(text)) == ["error: kernels.yaml:16:7: 5 columns do not fit npu1, which has 4"]


def test_a_source_behind_a_symbolic_link_is_outside(
    write: Write, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    outside = tmp_path_factory.mktemp("outside") / "secret.cc"
    outside.touch()
    (tmp_path / "link.cc").symlink_to(outside)
    assert "source `link.cc` is outside the project" in errors(write(edited(("table.cc", "link.cc"))))[0]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "kernels.yaml:1:1: the file is empty"),
        (b"# only a comment\n", "kernels.yaml:1:1: the file is empty"),
        (
            b"objects: !!python/object:os.system {}\n",
            "kernels.yaml:1:10: tags (`tag:yaml.org,2002:python/object:os.system`)",
        ),
        (b"a: &a [x]\nb: *a\n", "kernels.yaml:1:4: anchors (`&a`) are not allowed"),
        (b"a: *a\n", "kernels.yaml:1:4: aliases (`*a`) are not allowed"),
        (b"objects: {}\n---\nkernels: {}\n", "kernels.yaml:2:1: a second document starts here"),
        (b"objects: {}\n\0\n", "kernels.yaml:2:1: not a text file: it contains a NUL byte"),
        (b"objects: \xff\n", "kernels.yaml:1:10: not a text file: byte 0xff is not UTF-8"),
        (b"objects: \x07\n", "kernels.yaml:1:10: not YAML: character U+0007 is not allowed"),
        (b"objects: {\n", "kernels.yaml:2:1: not YAML: while parsing a flow node"),
        (b"objects:\n\t- x\n", "kernels.yaml:2:1: not YAML: while scanning for the next token"),
        (b"[" * 500_000, "kernels.yaml:1:26: nested more than 24 levels deep"),
        (
            b"a:\n" + b"".join(b" " * n + b"a:\n" for n in range(1, 500)),
            "kernels.yaml:26:26: nested more than 24 levels deep",
        ),
        (b"? [a]\n: b\n", "kernels.yaml:1:3: a key must be a plain name"),
        (b"x" * (1 << 21), "kernels.yaml: has 2097152 bytes; a list of kernels has at most 1048576"),
        (b"- a\n", "kernels.yaml:1:1: expected a mapping with `objects`, `kernels`, found a list"),
        (b"\x7fELF" + bytes(100), "kernels.yaml:1:5: not a text file: it contains a NUL byte"),
    ],
)
def test_what_is_no_list_of_kernels_ends_with_one_located_message(
    write: Write, tmp_path: Path, content: bytes, expected: str
) -> None:
    (tmp_path / "kernels.yaml").write_bytes(content)
    found = errors(tmp_path / "kernels.yaml")
    assert len(found) == 1
    assert found[0].startswith(f"error: {expected}")


@pytest.mark.parametrize("flag", ["-ffast-math", "-Ofast", "-ffp-contract=fast"])
def test_flags_that_make_floating_point_inexact(write: Write, flag: str) -> None:
    [error] = errors(write(GOOD.replace("-DSIZE=64", f"-DSIZE=64, {flag}")))
    message, hint = error.split("\n")
    assert message.startswith(f"error: kernels.yaml:4:24: `{flag}` lets the compiler reorder or fuse floating point: a core")
    assert hint == "hint: leave it out; c_kernels/README.md says how floating point stays exact"


def test_a_reference_without_cases(write: Write, tmp_path: Path) -> None:
    path = write(GOOD)
    (tmp_path / "scale.py").write_text("CASE = ()\n")
    assert "kernels.yaml:20:18: reference `scale.py` does not define CASES" in errors(path)[0]
    (tmp_path / "scale.py").write_text("def\n")
    assert "kernels.yaml:20:18: reference `scale.py` is not Python: line 1" in errors(path)[0]


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read: no such file or directory"):
        read_registry(tmp_path / "kernels.yaml")


@pytest.mark.parametrize(
    "text",
    [
        (PROJECT / "kernels.yaml").read_text(),
        "a: [1, 0x1F, 0o17, +3, 1.5e3, .5, ~, null, true, yes, on, 1_000, '1', \"2\", 3 4]\nb: {c: z, d: x y}\n",
        "e: |\n  1\n\n  2\nf:\ng: >-\n  a\n  b\nh: ''\n",
        "\u00e4: \u00fc\n'b': \u20ac x\n? c\n: 1\n",
        "a: 1\na: 2\nb:\n- c: 1\n  c: 2\n",
    ],
)
def test_both_parsers_read_the_same(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    fast = read_document(text.encode(), "kernels.yaml")
    monkeypatch.delattr(yaml, "CSafeLoader")
    assert fast == read_document(text.encode(), "kernels.yaml")
