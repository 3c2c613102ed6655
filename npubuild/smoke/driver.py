"""The program that repeats recorded calls of C functions: its C++ source, and the stream that it reads."""

from __future__ import annotations

import re
import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from npubuild.errors import Diagnostic

FILLS = (0xA5, 0x5A)  # what outputs and the stack are filled with before each of the two runs of a call
PAINTED = 16384  # bytes of stack that are filled: more than a core has for it

_C_TYPES = {"i8": "int8_t", "i16": "int16_t", "i32": "int32_t", "i64": "int64_t", "f32": "float"}
_PACKED = {"i8": "<b", "i16": "<h", "i32": "<i", "i64": "<q", "f32": "<f"}
_FOUND = re.compile(r"^npubuild: call (\d+) buffer (\d+) (uninitialised|unwritten) byte (\d+) of (\d+)$", re.MULTILINE)
_SET_FIRST = "set local variables and arrays before they are read, and do not add to an output that is not set"
_WRITE_ALL = "the host gets what the core's memory held there"


@dataclass(frozen=True)
class Argument:
    """A buffer with its contents before the call, `written` if these mean nothing; or a constant of `dtype`."""

    name: str
    data: bytes | None = None
    written: bool = False
    dtype: str = ""
    value: int | float = 0

    @property
    def shape(self) -> Argument:
        """What the driver has to know at compile time."""
        return Argument(self.name, None if self.data is None else bytes(len(self.data)), self.written, self.dtype)


@dataclass(frozen=True)
class RecordedCall:
    function: str
    arguments: tuple[Argument, ...]

    @property
    def signature(self) -> RecordedCall:
        return RecordedCall(self.function, tuple(argument.shape for argument in self.arguments))


@dataclass(frozen=True)
class Signatures:
    """All kinds of calls, numbered. The function `buffer_1_2` of the driver allocates argument 2 of calls of kind 1."""

    kinds: tuple[RecordedCall, ...]

    def buffer(self, function: str) -> str:
        """What the driver's function allocates, "" when it is none that does."""
        match = re.fullmatch(r"buffer_(\d+)_(\d+)", function)
        return self._name(int(match[1]), int(match[2])) if match else ""

    def _name(self, kind: int, argument: int) -> str:
        found = self.kinds[kind].arguments[argument]
        size = len(found.data or b"")
        return f"`{found.name}` of `{self.kinds[kind].function}` ({size} bytes)"

    def unwritten(self, text: str) -> Iterator[Diagnostic]:
        """What the driver says of results that differ between its two runs of a call; each buffer once."""
        seen = set()
        for kind, argument, word, first, count in _FOUND.findall(text):
            if (kind, argument, word) in seen:
                continue
            seen.add((kind, argument, word))
            where = f"{count} bytes of {self._name(int(kind), int(argument))}, from byte {first} on,"
            if word == "unwritten":
                yield Diagnostic(f"{where} are never written", None, "output-unwritten", _WRITE_ALL)
            else:
                message = f"{where} depend on memory that was never written"
                yield Diagnostic(message, None, "uninitialised-read", _SET_FIRST)


def signatures(calls: Sequence[RecordedCall]) -> Signatures:
    return Signatures(tuple(dict.fromkeys(call.signature for call in calls)))


def stream(calls: Sequence[RecordedCall], known: Signatures) -> bytes:
    """For each call its kind (int32), then its arguments: contents of buffers, and constants, without padding."""
    numbers = {kind: number for number, kind in enumerate(known.kinds)}
    parts = []
    for call in calls:
        parts.append(struct.pack("<i", numbers[call.signature]))
        for argument in call.arguments:
            parts.append(
                argument.data if argument.data is not None else struct.pack(_PACKED[argument.dtype], argument.value)
            )
    return b"".join(parts)


def driver_source(known: Signatures) -> str:
    """C++ that reads the stream named by its first argument, and reports on standard error."""
    prototypes = {kind.function: _prototype(kind) for kind in known.kinds}
    kinds = "\n".join(_kind(number, kind) for number, kind in enumerate(known.kinds))
    cases = "\n".join(f"      case {number}: run_{number}(stream); break;" for number in range(len(known.kinds)))
    return _DRIVER.format(prototypes="\n".join(prototypes.values()), kinds=kinds, cases=cases, painted=PAINTED, fills=FILLS)


def _prototype(kind: RecordedCall) -> str:
    types = ("void *" if argument.data is not None else _C_TYPES[argument.dtype] for argument in kind.arguments)
    return f'extern "C" void {kind.function}({", ".join(types)});'


def _kind(number: int, kind: RecordedCall) -> str:
    """Functions that allocate the buffers of a call, and one that makes it twice."""
    allocate, read, fill, compare, release = [], [], [], [], []
    for place, argument in enumerate(kind.arguments):
        if argument.data is None:
            read.append(f"  {_C_TYPES[argument.dtype]} a{place}; take(stream, &a{place}, sizeof a{place});")
            continue
        size = len(argument.data)
        allocate.append(f"static void *buffer_{number}_{place}() {{ return allocate({size}); }}")
        read.append(f"  void *given{place} = malloc({size}); take(stream, given{place}, {size});")
        read += [f"  void *a{place} = buffer_{number}_{place}(), *first{place} = malloc({size});"]
        source = (
            f"memset(a{place}, fills[turn], {size});" if argument.written else f"memcpy(a{place}, given{place}, {size});"
        )
        fill.append(f"    {source}")
        filled = "true" if argument.written else "false"
        compare.append(f"    compare(turn, {number}, {place}, first{place}, a{place}, {size}, {filled});")
        release.append(f"  free(given{place}); free(a{place}); free(first{place});")
    call = f"    {kind.function}({', '.join(f'a{place}' for place in range(len(kind.arguments)))});"
    turns = ["  for (int turn = 0; turn < 2; turn++) {", *fill, "    paint(fills[turn]);", call, *compare, "  }"]
    return "\n".join([*allocate, f"static void run_{number}(FILE *stream) {{", *read, *turns, *release, "}"])


_DRIVER = """\
// Made by npubuild: repeats recorded calls, each one twice.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#ifdef __linux__
#include <signal.h>
#include <sys/prctl.h>
#endif

{prototypes}

static const int fills[2] = {{{fills[0]}, {fills[1]}}};

// The functions that call it are in the report of a wrong access: a buffer is known by the one that allocates it.
static void *allocate(size_t size) {{
  void *memory = nullptr;
  if (posix_memalign(&memory, 64, size)) abort();
  return memory;
}}

static void take(FILE *stream, void *memory, size_t size) {{
  if (fread(memory, 1, size, stream) != size) abort();
}}

// What the next call finds on its stack, if it reads what it has not written.
__attribute__((noinline, no_sanitize("address"))) static void paint(int fill) {{
  volatile unsigned char stack[{painted}];
  for (size_t i = 0; i < sizeof stack; i++) stack[i] = static_cast<unsigned char>(fill);
}}

static void compare(int turn, int kind, int argument, void *first, const void *now, size_t size, bool filled) {{
  if (turn == 0) {{
    memcpy(first, now, size);
    return;
  }}
  const unsigned char *a = static_cast<unsigned char *>(first), *b = static_cast<const unsigned char *>(now);
  size_t place = size, count = 0, kept = 0;
  for (size_t i = size; i-- > 0;) {{
    if (a[i] == b[i]) continue;
    place = i, count++;
    if (filled && a[i] == fills[0] && b[i] == fills[1]) kept++;
  }}
  const char *what = kept == count ? "unwritten" : "uninitialised";
  if (count) fprintf(stderr, "npubuild: call %d buffer %d %s byte %zu of %zu\\n", kind, argument, what, place, count);
}}

{kinds}

int main(int, char **words) {{
#ifdef __linux__
  prctl(PR_SET_PDEATHSIG, SIGKILL);  // a function that never returns ends with the test
#endif
  FILE *stream = fopen(words[1], "rb");
  if (!stream) return 2;
  int32_t kind;
  while (fread(&kind, sizeof kind, 1, stream) == 1) {{
    switch (kind) {{
{cases}
      default: abort();
    }}
  }}
  return 0;
}}
"""
