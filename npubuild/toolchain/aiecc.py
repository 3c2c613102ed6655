"""Running aiecc: command lines of its generation, a private working directory, and outputs that must be there and new.

A command line holds only flags that the tool's own `--help` lists: some builds swallow unknown ones silently.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from npubuild.errors import Diagnostic, InternalError, Place, Severity, UserError
from npubuild.process import Step, query, run
from npubuild.toolchain.cures import cure
from npubuild.toolchain.flags import Help, parse_help
from npubuild.toolchain.generations import CHESS_SWITCHES, Generation, require_generation

DESIGN, XCLBIN, STREAM, WORK = "design.mlir", "final.xclbin", "insts.bin", "design.prj"
# With several sequences a plain name is overwritten: {0} stands for the device, {1} for the sequence.
NAMED_STREAM = "insts.{0}.{1}.bin"
TIME_LIMIT = 1800.0  # seconds
CLOCK_STEP_NS = 2_000_000_000  # the coarsest time stamp of a file system


@dataclass(frozen=True)
class Aiecc:
    """A driver that was found, its generation and its flags. `tools` are folders that its PATH must begin with."""

    path: Path
    generation: Generation
    help: Help
    tools: tuple[Path, ...] = ()

    def package_argv(self, peano: Path) -> list[str]:
        """Compile the cores with Peano, and make XCLBIN and instruction stream."""
        words = _CommandLine(self)
        words.add_if_known("--no-compile-host")
        words.peano_switches()
        words.add("--peano", str(peano))
        words.add(self.generation.package)
        words.add("--xclbin-name", XCLBIN)
        return words.stream(STREAM)

    def stream_argv(self, name: str = STREAM, peano: Path | None = None) -> list[str]:
        """Make the instruction stream alone: no core is compiled or linked, and neither Peano nor objects are needed."""
        words = _CommandLine(self)
        for flag in ("--no-compile", "--no-link", "--no-compile-host"):
            words.add_if_known(flag)
        words.peano_switches()
        if peano is not None:
            words.add("--peano", str(peano))
        return words.stream(name)


class _CommandLine:
    """Words for one generation of the tool."""

    def __init__(self, aiecc: Aiecc) -> None:
        self._aiecc = aiecc
        self._words = [str(aiecc.path)]

    def add(self, name: str, value: str = "") -> None:
        flag = self._aiecc.help.flags.get(name)
        if flag is None or flag.takes_value != bool(value):
            raise InternalError(f"{self._aiecc.path} ({self._aiecc.generation.name}) has no `{name}` of this form")
        self._words.append(f"{name}={value}" if value else name)

    def add_if_known(self, name: str) -> None:
        if name in self._aiecc.help:
            self.add(name)

    def peano_switches(self) -> None:
        """Both are passed where Chess is the default: alone, either one looks for a linker that nobody has."""
        for name in CHESS_SWITCHES if self._aiecc.generation.needs_switches else ():
            self.add(name)

    def stream(self, name: str) -> list[str]:
        self.add(self._aiecc.generation.stream)
        self.add("--npu-insts-name", name)
        self.add("--tmpdir", WORK)
        return [*self._words, DESIGN]


def open_aiecc(path: Path, tools: tuple[Path, ...] = ()) -> Aiecc:
    """Ask an aiecc for its flags; UserError when it does not answer, or when its generation is not known."""
    text = query([path, "--help"], environment=_environment(path, tools))
    found = parse_help(text)
    return Aiecc(path, require_generation(found, str(path)), found, tools)


def compile_design(text: str, folder: Path, aiecc: Aiecc, peano: Path, step: Step) -> tuple[bytes, bytes]:
    """XCLBIN and instruction stream of a design in the spelling of the tool's generation; objects are linked by full path.

    `folder` is made for this run alone. It is removed when all went well, and kept, with the tool's intermediate files,
    when something did not: UserError names it.
    """
    found = _run(aiecc, aiecc.package_argv(peano), text, folder, step=step, wanted=(XCLBIN, STREAM), peano=peano)
    return found[XCLBIN], found[STREAM]


def lower_design(
    text: str, folder: Path, aiecc: Aiecc, step: Step, *, named: tuple[str, str] | None = None, peano: Path | None = None
) -> bytes:
    """The instruction stream of a design; see `compile_design`.

    `named` are device and sequence of the wanted stream, for a module that has several.
    """
    asked = NAMED_STREAM if named else STREAM
    written = asked.format(*named) if named else asked
    return _run(aiecc, aiecc.stream_argv(asked, peano), text, folder, step=step, wanted=(written,), peano=peano)[written]


def _run(
    aiecc: Aiecc, argv: list[str], text: str, folder: Path, *, step: Step, wanted: tuple[str, ...], peano: Path | None
) -> Mapping[str, bytes]:
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    (folder / DESIGN).write_text(text)
    begin = time.time_ns()
    environment = _environment(aiecc.path, aiecc.tools)
    if peano is not None:
        environment["PEANO_INSTALL_DIR"] = str(peano)  # a dead `--peano` would fall through to somebody else's
    try:
        run(argv, step, cwd=folder, environment=environment, time_limit=TIME_LIMIT, cure=cure)
        found = {name: _output(folder, name, begin, step) for name in wanted}
    except UserError as error:
        kept = Diagnostic(f"the tool's working directory was kept: {folder}", severity=Severity.NOTE)
        raise UserError([*error.diagnostics, kept]) from error
    shutil.rmtree(folder, ignore_errors=True)
    return found


def _output(folder: Path, name: str, begin: int, step: Step) -> bytes:
    """An output of this very run. Some generations put it into the current directory, others into the work folder."""
    file = next((place for place in (folder / name, folder / WORK / name) if place.is_file()), None)
    if file is None:
        written = sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())
        message = f"{step} ended with exit code 0, but did not write {name}; its folder has {', '.join(written)}"
        raise UserError.at(Place(str(step.log)), message, rule="output-missing")
    if file.stat().st_mtime_ns < begin - CLOCK_STEP_NS:
        message = f"{step} ended with exit code 0, but {name} is older than this run"
        raise UserError.at(Place(str(file)), message, rule="output-stale")
    if file.stat().st_size == 0:
        raise UserError.at(Place(str(file)), f"{step} ended with exit code 0, but {name} is empty", rule="output-empty")
    return file.read_bytes()


def _environment(aiecc: Path, tools: tuple[Path, ...]) -> dict[str, str]:
    """The tool's own environment first on PATH: tools of one run by the Python of another fail in strange ways."""
    folders = dict.fromkeys([str(aiecc.parent), *(str(tool) for tool in tools), os.environ.get("PATH", os.defpath)])
    return {"PATH": os.pathsep.join(folders)}
