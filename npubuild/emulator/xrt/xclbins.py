"""`uuid` and `xclbin`: what a script learns from a file before it loads it (xrt-facts.md, 2.2)."""
# ruff: noqa: N801 (the names are the real module's)

from __future__ import annotations

from pathlib import Path

from npubuild.emulator.xrt.mode import explained
from npubuild.emulator.xrt.signatures import STRING, overloaded
from npubuild.errors import UserError
from npubuild.files import read_bytes
from npubuild.xclbin.container import Container, format_uuid, parse_uuid, read
from npubuild.xclbin.contents import Contents, parse_contents
from npubuild.xclbin.metadata import Kernel
from npubuild.xclbin.sections import Memory

REAL_TEXTS = {
    "xclbin-length": "xclbin: m_length does not match buffer size",
    "xclbin-section": "xclbin: section header out of range",
}


class uuid:
    """16 bytes that name a file. As in the real binding two of them are never equal: compare their text."""

    __slots__ = ("_bytes",)
    _bytes: bytes

    @overloaded((STRING,))
    def __init__(self, text: str) -> None:
        try:
            self._bytes = parse_uuid(text) if text else bytes(16)
        except ValueError as error:
            raise explained("", f"{error}; the real runtime would go on with undefined bytes") from error

    @overloaded((), returns="str")
    def to_string(self) -> str:
        return format_uuid(self._bytes)


def make_uuid(data: bytes) -> uuid:
    """The object for 16 bytes."""
    return uuid(format_uuid(data))


class xclbin:
    """A file that was read; nothing is loaded yet."""

    class xclbinip:
        """A compute unit."""

        def __init__(self, name: str) -> None:
            self._name = name

        @overloaded((), returns="str")
        def get_name(self) -> str:
            return self._name

    class xclbinkernel:
        """A kernel of the metadata."""

        def __init__(self, kernel: Kernel) -> None:
            self._kernel = kernel

        @overloaded((), returns="str")
        def get_name(self) -> str:
            return self._kernel.name

        @overloaded((), returns="int")
        def get_num_args(self) -> int:
            return len(self._kernel.arguments)

    class xclbinmem:
        """A memory bank."""

        def __init__(self, index: int, memory: Memory) -> None:
            self._index = index
            self._memory = memory

        @overloaded((), returns="str")
        def get_tag(self) -> str:
            return self._memory.tag

        @overloaded((), returns="int")
        def get_base_address(self) -> int:
            return self._memory.base

        @overloaded((), returns="int")
        def get_size_kb(self) -> int:
            return self._memory.size_kib

        @overloaded((), returns="bool")
        def get_used(self) -> bool:
            return self._memory.used

        @overloaded((), returns="int")
        def get_index(self) -> int:
            return self._index

    @overloaded((), (STRING,))
    def __init__(self, path: str | None = None) -> None:
        self._container: Container | None = None
        self._contents: Contents | None = None
        if path is not None:
            self._container, self._contents = _read(path)

    @overloaded((), returns="pyxrt.uuid")
    def get_uuid(self) -> uuid:
        return make_uuid(container_of(self).uuid)

    @overloaded((), returns="str")
    def get_xsa_name(self) -> str:
        return container_of(self).platform

    @overloaded((), returns="pyxrt.xclbinkernel_vector")
    def get_kernels(self) -> xclbinkernel_vector:
        return xclbinkernel_vector(xclbin.xclbinkernel(kernel) for kernel in contents_of(self).kernels)

    @overloaded((), returns="pyxrt.xclbinmem_vector")
    def get_mems(self) -> xclbinmem_vector:
        return xclbinmem_vector(xclbin.xclbinmem(*numbered) for numbered in enumerate(contents_of(self).memories))

    def get_axlf(self) -> None:
        """Unusable in the real binding too: no converter for the result."""
        raise TypeError("Unable to convert function return value to a Python type!")


class xclbinip_vector(list[xclbin.xclbinip]):
    """A list of compute units."""


class xclbinkernel_vector(list[xclbin.xclbinkernel]):
    """A list of kernels."""


class xclbinmem_vector(list[xclbin.xclbinmem]):
    """A list of memory banks."""


def container_of(file: xclbin) -> Container:
    """The parsed file; a default-constructed `xclbin` has none."""
    if file._container is None:
        raise explained("", "this xclbin object is empty: the real runtime would crash here; give it a path")
    return file._container


def contents_of(file: xclbin) -> Contents:
    """What its sections say."""
    container_of(file)
    assert file._contents is not None  # set together with the container
    return file._contents


def _read(path: str) -> tuple[Container, Contents]:
    if not path:
        raise RuntimeError("No xclbin specified")
    if not Path(path).exists():
        raise RuntimeError(f"No such file '{path}'" if Path(path).is_absolute() else f"No such file or directory '{path}'")
    try:
        container = read(read_bytes(path), path)
        return container, parse_contents(container)
    except UserError as error:
        rule = error.diagnostics[0].rule
        raise explained(REAL_TEXTS.get(rule, "Invalid xclbin"), str(error)) from error
