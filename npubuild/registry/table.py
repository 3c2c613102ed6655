"""The definition of kernels.yaml: which keys there are, what they hold, and what an editor says about them."""

from __future__ import annotations

from functools import cache

from npubuild.hardware.devices import FIRST_CORE_ROW, RESOURCES, ROWS, TileKind, devices
from npubuild.mlir import patch
from npubuild.mlir.template import TEMPLATES
from npubuild.mlir.template_parameters import ELEMENT_BITS, SCALAR_BITS
from npubuild.registry.model import NO_MEANING
from npubuild.registry.schema import Choice, Field, Flag, Integer, ListOf, MapOf, Number, Record, Text

CORE_MEMORY = RESOURCES[TileKind.CORE].data_memory

NAME = Text("a name (small letters, digits and `_`)", "[a-z][a-z0-9_]{0,62}")
IDENTIFIER = Text("a C identifier", "[A-Za-z_][A-Za-z0-9_]{0,126}")
OBJECT_NAME = Text("an object's name (like `attention.o`)", r"[A-Za-z_][A-Za-z0-9_.-]{0,120}\.o")
CXX_SOURCE = Text("a C++ source (.cc, .cpp or .cxx)", r"[^\s].*\.(cc|cpp|cxx)")
FLAG = Text("one compiler flag of -D -U -I -O -W -f -g -m -std=", r"-([DUIOWfm][^\s]+|g[^\s]*|std=[^\s]+)")
PYTHON_FILE = Text("a Python file (.py)", r"[^\s].*\.py")
MEANING = Text("a Python file and its function (like `attention.py:score_shift`)", r"[^\s].*\.py:[A-Za-z_][A-Za-z0-9_]*")
MEANING_OR_NONE = Text(f"{MEANING.what}, nor `{NO_MEANING}`", f"{NO_MEANING}|{MEANING.pattern}")
OPTION = Text("an option of the command line (like `--shift`)", r"--?[A-Za-z][A-Za-z0-9_-]*")

EXTENT = Integer(1, CORE_MEMORY)
SEED = Integer(0, 2**32 - 1)

BUFFER = Record(
    (
        Field("name", IDENTIFIER, "the argument's name: it names the object fifo and the host buffer"),
        Field("shape", ListOf(EXTENT, least=1), "extents of one object, outermost first"),
        Field("dtype", Choice(tuple(ELEMENT_BITS), "dtype"), "element type, as in MLIR"),
    )
)
SCALAR = Record(
    (
        Field("name", IDENTIFIER, "the argument's name, also of the reference's keyword"),
        Field("dtype", Choice((*SCALAR_BITS, "f32"), "dtype"), "type, as in MLIR"),
        Field("value", Number(-(2.0**63), 2.0**63), "the constant that the core passes"),
        Field(
            "meaning",
            MEANING_OR_NONE,
            f"the function that derives the value, which a build compares; `{NO_MEANING}`: any value would do",
            required=False,
        ),
    )
)
ENTRY = Record(
    (
        Field("function", IDENTIFIER, 'the `extern "C"` function of `object`: inputs, outputs, scalars', required=False),
        Field(
            "functions",
            ListOf(IDENTIFIER, least=1),
            "in place of `function`: all that the cores of a design call, which the reference's compose() puts together",
            required=False,
        ),
        Field("inputs", ListOf(BUFFER, least=1), "buffers that it reads, in the order of its parameters"),
        Field("outputs", ListOf(BUFFER, least=1), "buffers that it writes, in the order of its parameters"),
        Field("scalars", ListOf(SCALAR), "constants that follow the buffers", required=False),
    )
)
TOLERANCE = Record(
    (
        Field("max_error", Number(0, 2.0**63), "largest distance from the float reference, in steps", required=False),
        Field("max_ulp", Number(0, 2.0**63), "the same in units in the last place of a bf16 or f32", required=False),
        Field("correlation", Number(-1, 1), "least correlation with the reference (default: not judged)", required=False),
    ),
    one_of=("max_error", "max_ulp"),
)
SMOKE_CASE = Record(
    (
        Field("case", Text("a case's name"), "one of the reference module's CASES"),
        Field("seeds", ListOf(SEED, least=1), "seeds that inputs are drawn from"),
        Field("tolerance", TOLERANCE, "how far the result may be from the float reference"),
    )
)
SMOKE = Record(
    (
        Field("reference", PYTHON_FILE, "module with CASES, draw(case, seed) and reference(*inputs, **scalars)"),
        Field("cases", ListOf(SMOKE_CASE, least=1), "what is drawn and how close the result must be"),
        Field("runs", Integer(2, 1000), "runs of each case on one loaded array (default: 2)", required=False),
    )
)
OBJECT = Record(
    (
        Field("sources", ListOf(CXX_SOURCE, least=1), "C++ sources, relative to this file; they make one object"),
        Field("flags", ListOf(FLAG), "compiler flags, one a list item, for every source", required=False),
    )
)


def design_record() -> Record:
    """Where the MLIR design comes from; the names of templates and patches are those that the code has."""
    return Record(
        (
            Field("template", Choice(tuple(TEMPLATES), "template"), "generate it from a template", required=False),
            Field("file", Text("an MLIR file (.mlir)", r"[^\s].*\.mlir"), "take a hand-written file", required=False),
            Field("program", PYTHON_FILE, "run a Python program that prints it", required=False),
            Field("columns", Integer(1, 8), "template: columns that work side by side (default: 1)", required=False),
            Field("depth", Integer(1, 16), "template: objects that each fifo holds (default: 2)", required=False),
            Field("objects", Integer(1, 1 << 20), "template: objects per run and column (default: 1)", required=False),
            Field("packed", Flag(), "template: one argument for all columns (default: true)", required=False),
            Field("row", Integer(FIRST_CORE_ROW, ROWS - 1), "template: row of the cores (default: 2)", required=False),
            Field("arguments", ListOf(Text()), "program: its command-line arguments", required=False),
            Field("meanings", MapOf(OPTION, MEANING), "program: the functions that derive its options", required=False),
            Field("patches", ListOf(Choice(patch.names(), "patch")), "rewrites, in order", required=False),
        ),
        one_of=("template", "file", "program"),
    )


def kernel_record() -> Record:
    return Record(
        (
            Field("summary", Text(), "one line for lists"),
            Field("device", Choice(tuple(devices()), "device"), "the array, as in `aie.device`"),
            Field("object", OBJECT_NAME, "the object of `objects` that the cores link, if they call one", required=False),
            Field("entry", ENTRY, "what a core computes: its function, buffers and constants"),
            Field("design", design_record(), "where the MLIR design comes from"),
            Field("stack_size", Integer(256, CORE_MEMORY, 4), "bytes of stack of each core (default: 1024)", required=False),
            Field("smoke", SMOKE, "how the built kernel is tested"),
            Field("stream_difference", Text("a reason"), "why aiecc may make another instruction stream", required=False),
        )
    )


@cache
def registry_record() -> Record:
    """The whole file."""
    return Record(
        (
            Field("objects", MapOf(OBJECT_NAME, OBJECT), "objects to compile, by name"),
            Field("kernels", MapOf(NAME, kernel_record()), "kernels to build and test, by name"),
        )
    )
