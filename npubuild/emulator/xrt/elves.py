"""`elf`, `program`, `module` and `ext`: the flow without an XCLBIN, which the emulator does not model and refuses."""
# ruff: noqa: N801 (the names are the real module's)

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

from npubuild.emulator.xrt import buffers, kernels
from npubuild.emulator.xrt.enums import ext_access_mode
from npubuild.emulator.xrt.mode import explained
from npubuild.emulator.xrt.signatures import STRING, instance, overloaded

REFUSAL = "the emulator runs XCLBIN files with an instruction stream, not ELF files: device, xclbin, hw_context, kernel"


def _refuse(what: str) -> NoReturn:
    raise explained(f"{what}: Operation not supported", REFUSAL)


class elf:
    """A control-code ELF."""

    @overloaded((STRING,))
    def __init__(self, path: str) -> None:
        if not Path(path).exists():
            raise RuntimeError(f"No such file '{path}'")
        _refuse("elf")


class program:
    """A program made of an ELF."""

    @overloaded((instance(elf, "pyxrt.elf"),))
    def __init__(self, _: elf) -> None:
        _refuse("program")


class module:
    """A module made of an ELF."""

    @overloaded((instance(elf, "pyxrt.elf"),))
    def __init__(self, _: elf) -> None:
        _refuse("module")


class ext:
    """The extended API."""

    access_mode = ext_access_mode

    class bo(buffers.bo):
        """A buffer whose memory the context chooses."""

        def __init__(self, *_: object) -> None:
            _refuse("ext.bo")

    class kernel(kernels.kernel):
        """A kernel made of a module."""

        def __init__(self, *_: object) -> None:
            _refuse("ext.kernel")
