"""Where outputs go: build/<toolchain>/<kernel>/ for a kernel, build/<toolchain>/_objects/<object>/ for an object.

No kernel's name begins with `_`, so the two cannot meet.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from npubuild.errors import Place, UserError


def make_build_folder(root: Path) -> None:
    """Make sure that there is a place for outputs; UserError when there can be none."""
    folder = root / "build"
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise UserError.at(Place(str(folder)), f"cannot be made: {(error.strerror or str(error)).lower()}") from error


@dataclass(frozen=True)
class ObjectOutputs:
    """What compiling one object leaves in its folder."""

    folder: Path
    library: Path

    @property
    def manifest(self) -> Path:
        return self.folder / "manifest.json"

    @property
    def log(self) -> Path:
        return self.folder / "logs" / "compile.log"

    def analysis_log(self, architecture: str) -> Path:
        return self.folder / "logs" / f"analysis-{architecture}.log"

    @property
    def analysis(self) -> Path:
        """What the compiler says about frames, calls and constants of the sources."""
        return self.folder / "analysis.json"

    def core_analysis(self, architecture: str) -> Path:
        """The same by the compiler for cores: only the `npu` toolchain asks it."""
        return self.folder / architecture / "analysis.json"

    def core(self, architecture: str) -> Path:
        """The object that cores of an architecture link: only the `npu` toolchain makes it."""
        return self.folder / architecture / f"{self.library.stem}.o"


@dataclass(frozen=True)
class KernelOutputs:
    """What building and testing one kernel leaves in its folder."""

    folder: Path
    library: Path | None
    xclbin: Path
    for_npu: bool = False

    @property
    def design(self) -> Path:
        """The design that was lowered: after all patches."""
        return self.folder / "design.mlir"

    @property
    def stages(self) -> Path:
        """The design as obtained, and after each patch: 0-template.mlir, 1-pack-arguments.mlir, ..."""
        return self.folder / "stages"

    @property
    def packaged(self) -> Path:
        """What aiecc made, for the step behind it."""
        return self.folder / "packaged"

    @property
    def instructions(self) -> Path:
        return self.folder / "insts.bin"

    @property
    def manifest(self) -> Path:
        return self.folder / "manifest.json"

    @property
    def logs(self) -> Path:
        return self.folder / "logs"

    @property
    def emulated_xclbin(self) -> Path:
        """What the emulator runs: the kernel's XCLBIN, or beside one for the NPU its emulated twin."""
        return self.xclbin.with_suffix(".emulated.xclbin") if self.for_npu else self.xclbin

    @property
    def smoke(self) -> Path:
        """The result of the last smoke test."""
        return self.folder / "smoke.json"

    @property
    def sample(self) -> Path:
        """Outputs of one of its runs beside what they should be."""
        return self.folder / "smoke.npz"

    @property
    def call_record(self) -> Path:
        """The C function that a test is calling on the host: only there while it does, or when that ended it."""
        return self.folder / "host-call.json"

    @property
    def sanitized(self) -> Path:
        """The result of the last run under the checks of `sanitize=1`."""
        return self.folder / "sanitize.json"

    def artefacts(self) -> tuple[Path, ...]:
        """What the manifest ties together, in the order in which it is made."""
        twin = (self.emulated_xclbin,) if self.for_npu else ()
        return tuple(path for path in (self.library, self.design, self.instructions, self.xclbin, *twin) if path)


@dataclass(frozen=True)
class Layout:
    """The output folder of one toolchain."""

    root: Path
    toolchain: str

    @property
    def folder(self) -> Path:
        return self.root / "build" / self.toolchain

    @property
    def junit(self) -> Path:
        return self.folder / "junit.xml"

    @property
    def idle(self) -> Path:
        """What the last build found current."""
        return self.folder / ".idle"

    @property
    def history(self) -> Path:
        """What smoke tests came to, of all toolchains."""
        return self.root / "build" / "history.sqlite"

    @property
    def steps(self) -> Path:
        """How long tasks took when they last ran."""
        return self.folder / "steps.json"

    @property
    def report(self) -> Path:
        """The report that one looks at in a browser."""
        return self.root / "build" / "report"

    def object(self, name: str) -> ObjectOutputs:
        """The outputs of an object by its name in kernels.yaml, like `attention.o`."""
        stem = name.removesuffix(".o")
        folder = self.folder / "_objects" / stem
        return ObjectOutputs(folder, folder / f"{stem}.so")

    def kernel(self, name: str, object_name: str) -> KernelOutputs:
        """The outputs of a kernel; `object_name` is "" when its design links no object."""
        folder = self.folder / name
        library = folder / f"{object_name.removesuffix('.o')}.so" if object_name else None
        return KernelOutputs(folder, library, folder / f"{name}.xclbin", self.toolchain == "npu")
