"""The generations of aiecc, and how one is recognised by its `--help` (toolchain-facts.md, section 1).

Two of them (October 2025 and March 2026) are checked against real tools or texts; the later three follow the facts sheet.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from npubuild.errors import Place, UserError
from npubuild.toolchain.flags import Help

OLD_PACKAGE, OLD_STREAM = "--aie-generate-xclbin", "--aie-generate-npu-insts"
NEW_PACKAGE, NEW_STREAM = "--get-xclbin", "--get-npu-insts"
CHESS_SWITCHES = ("--no-xchesscc", "--no-xbridge")
COMMON = ("--peano", "--tmpdir", "--xclbin-name", "--npu-insts-name")


@dataclass(frozen=True)
class Generation:
    """What one generation understands.

    `spelling`: the textual form of designs that it reads (npu-facts.md, 2.1), by the name of `npubuild.mlir.spelling`.
    `package`, `stream`: the flags that ask for an XCLBIN and for an instruction stream. `needs_switches`: its default core
    compiler is Chess, so that Peano has to be asked for. `marks`: how its help is told from the others', in words.
    """

    name: str
    title: str
    spelling: str
    package: str
    stream: str
    needs_switches: bool
    marks: str
    matches: Callable[[Help], bool]

    @property
    def required(self) -> tuple[str, ...]:
        """The flags without which no design could be compiled."""
        return (self.package, self.stream, *COMMON, *(CHESS_SWITCHES if self.needs_switches else ()))


def _is_python(found: Help) -> bool:
    return found.overview.startswith("usage:")


def _is_llvm(found: Help) -> bool:
    return found.overview.startswith("OVERVIEW:")


def _all_cores_by_default(found: Help) -> bool:
    return "default: 0" in found.text("-j")


def _switches_work(found: Help) -> bool:
    """Whether Peano has to be asked for: the switches are there, and not kept as words without meaning."""
    text = found.text("--no-xchesscc").lower()
    return "--no-xchesscc" in found and not any(word in text for word in ("ignored", "deprecated", "no-op"))


GENERATIONS = (
    Generation(
        "oct25", "October 2025 (v1.1)", "oct25", OLD_PACKAGE, OLD_STREAM, True,
        f"usage of a Python program, {OLD_PACKAGE}",
        lambda found: _is_python(found) and OLD_PACKAGE in found,
    ),
    Generation(
        "mar26", "March 2026", "mar26", OLD_PACKAGE, OLD_STREAM, True,
        f"overview of an LLVM tool, {OLD_PACKAGE}, no -j or one with default 1",
        lambda found: _is_llvm(found) and OLD_PACKAGE in found and not _all_cores_by_default(found),
    ),
    Generation(
        "mid-jul26", "middle of July 2026", "mar26", OLD_PACKAGE, OLD_STREAM, True,
        f"overview of an LLVM tool, {OLD_PACKAGE}, -j with default 0",
        lambda found: _is_llvm(found) and OLD_PACKAGE in found and _all_cores_by_default(found),
    ),
    Generation(
        "jul-aug26", "July to August 2026", "mar26", NEW_PACKAGE, NEW_STREAM, True,
        f"overview of an LLVM tool, {NEW_PACKAGE}, --no-xchesscc",
        lambda found: _is_llvm(found) and NEW_PACKAGE in found and _switches_work(found),
    ),
    Generation(
        "aug26", "August 2026 and later", "aug26", NEW_PACKAGE, NEW_STREAM, False,
        f"overview of an LLVM tool, {NEW_PACKAGE}, --no-xchesscc absent or without meaning",
        lambda found: _is_llvm(found) and NEW_PACKAGE in found and not _switches_work(found),
    ),
)  # fmt: skip


def recognise(found: Help) -> Generation | None:
    """The only generation whose marks a help has and whose flags are all there; None for any other tool."""
    matching = [generation for generation in GENERATIONS if generation.matches(found)]
    complete = [one for one in matching if all(flag in found for flag in one.required)]
    return complete[0] if len(matching) == 1 and complete else None


def require_generation(found: Help, tool: str) -> Generation:
    """The generation of a help; UserError says what was expected and what was seen."""
    generation = recognise(found)
    if generation is not None:
        return generation
    expected = "\n".join(f"  expected: {one.name} ({one.title}): {one.marks}" for one in GENERATIONS)
    lacking = [
        f"  {one.name} would have {', '.join(flag for flag in one.required if flag not in found)}"
        for one in GENERATIONS
        if one.matches(found)
    ]
    seen = [flag for flag in (OLD_PACKAGE, OLD_STREAM, NEW_PACKAGE, NEW_STREAM, *CHESS_SWITCHES, *COMMON) if flag in found]
    summary = f"  seen: `{found.overview or 'no help at all'}`, {', '.join(seen) or 'none of their flags'}"
    raise UserError.at(
        Place(tool),
        "\n".join(["is an aiecc of no known generation", expected, summary, *lacking]),
        hint="name another one in MLIR_AIE_INSTALL_DIR; command lines are never guessed",
        rule="unknown-generation",
    )
