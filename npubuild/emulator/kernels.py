"""Kernel functions: C functions in shared libraries, called the way a core's program calls them."""

from __future__ import annotations

import contextlib
import ctypes
import mmap
import shutil
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from xdsl.dialects.builtin import Float32Type, Float64Type, FunctionType, IndexType, IntegerType, MemRefType, Signedness
from xdsl.ir import Attribute

from npubuild.errors import Place, UserError

Foreign = Callable[..., Any]

_SIGNED = {8: ctypes.c_int8, 16: ctypes.c_int16, 32: ctypes.c_int32, 64: ctypes.c_int64}
_UNSIGNED = {1: ctypes.c_bool, 8: ctypes.c_uint8, 16: ctypes.c_uint16, 32: ctypes.c_uint32, 64: ctypes.c_uint64}


_NOTHING = ctypes.c_char * 0


class Pointer(ctypes.c_void_p):
    """A memref argument: the address of a numpy array's first byte."""

    @classmethod
    def from_param(cls, value: Any) -> Any:
        return ctypes.c_void_p(address(value))


def address(array: Any) -> int:
    """The address of a writable, contiguous array (`array.ctypes.data`, in a third of the time)."""
    return ctypes.addressof(_NOTHING.from_buffer(array))


class CFunction:
    """A C function. `arguments` and `result` are ctypes types, the latter None for a function without."""

    __slots__ = ("_function", "address", "arguments", "result")

    def __init__(self, address: int, arguments: tuple[Any, ...], result: Any) -> None:
        self.address = address
        self.arguments = arguments
        self.result = result
        self._function = ctypes.CFUNCTYPE(result, *arguments)(address)

    def __call__(self, *arguments: Any) -> Any:
        return self._function(*arguments)


def c_type(type_: Attribute) -> Any:
    """The C type of an argument or result: memrefs are bare pointers; None where C has no such type here."""
    if isinstance(type_, MemRefType):
        return Pointer
    if isinstance(type_, IndexType):
        return ctypes.c_int64
    if isinstance(type_, IntegerType):
        bits = type_.width.data
        return (_UNSIGNED if bits == 1 or type_.signedness.data is Signedness.UNSIGNED else _SIGNED).get(bits)
    if isinstance(type_, Float32Type):
        return ctypes.c_float
    return ctypes.c_double if isinstance(type_, Float64Type) else None


class Library:
    """One shared library; loaded `again`, it has static variables of its own. UserError when it cannot be loaded."""

    def __init__(self, path: Path, *, again: bool = False) -> None:
        self.path = path
        place = Place(str(path))
        if not path.is_file():
            raise UserError.at(
                place, "no such kernel library", hint="compile the kernel's sources into a shared library first"
            )
        try:
            with tempfile.TemporaryDirectory(prefix="npubuild-") if again else contextlib.nullcontext() as folder:
                self._file = Path(shutil.copy(path, folder) if folder else path).resolve()  # a file is loaded only once
                self._handle = ctypes.CDLL(str(self._file))
        except OSError as error:
            raise UserError.at(place, f"not a loadable kernel library: {error}") from error

    def address(self, name: str) -> int | None:
        """The address of a function that this library itself defines, not one of the libraries it is linked with."""
        try:
            address = ctypes.cast(self._handle[name], ctypes.c_void_p).value
        except AttributeError:
            return None
        return address if address is not None and _defined_in(address, self._file) else None

    def has_mangled(self, name: str) -> bool:
        """Whether the library has a C++ function of that name (its mangled name begins with _Z, length and name)."""
        with self.path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as contents:
            return contents.find(f"_Z{len(name)}{name}".encode()) >= 0


class _SymbolInfo(ctypes.Structure):
    """Dl_info of dladdr(3)."""

    _fields_ = (
        ("file", ctypes.c_char_p),
        ("base", ctypes.c_void_p),
        ("symbol", ctypes.c_char_p),
        ("address", ctypes.c_void_p),
    )


def _defined_in(address: int, file: Path) -> bool:
    """Whether an address belongs to the library loaded from that file; True where the system cannot tell."""
    dladdr = getattr(ctypes.CDLL(None), "dladdr", None)
    if dladdr is None:
        return True
    info = _SymbolInfo()
    if not dladdr(ctypes.c_void_p(address), ctypes.byref(info)) or info.file is None:
        return True
    return Path(info.file.decode()).resolve() == file


class Kernels:
    """The functions that cores can call: those of shared libraries, or Python functions under a name.

    A Python function gets numpy uint8 arrays for its memref arguments, each beginning at the element the memref begins
    at, and numbers for the others.
    """

    def __init__(self, functions: dict[str, Foreign] | None = None, libraries: Iterable[Library] = ()) -> None:
        self._functions = dict(functions or {})
        self._libraries = tuple(libraries)
        self._own: dict[Library, Library] | None = None  # what `apart` has loaded again

    @classmethod
    def load(cls, paths: Iterable[str | Path]) -> Kernels:
        """Load shared libraries; a path given twice counts once. UserError names the one that is missing or broken."""
        return cls(libraries=[Library(path) for path in dict.fromkeys(Path(path).resolve() for path in paths)])

    def apart(self) -> Kernels:
        """The same functions for one more core. Static variables of the libraries are its own, as they are on the device."""
        other = Kernels(self._functions, self._libraries)
        other._own = {}
        return other

    def bind(self, name: str, signature: FunctionType, place: Place | None) -> Foreign:
        """The function `name` as the design declares it: callable with numpy arrays for memrefs and numbers for scalars.

        Raises UserError, located at `place`, when no library has it, two have it, or C cannot take its types.
        """
        if name in self._functions:
            return self._functions[name]
        arguments = tuple(self._c_type(name, type_, place) for type_ in signature.inputs)
        outputs = list(signature.outputs)
        if len(outputs) > 1:
            raise UserError.at(place, f"kernel function @{name} has {len(outputs)} results, and a C function at most one")
        result = self._c_type(name, outputs[0], place) if outputs else None
        if result is Pointer:
            raise UserError.at(place, f"kernel function @{name} returns a memref, which is not modelled")
        return CFunction(self._address(name, place), arguments, result)

    @staticmethod
    def _c_type(name: str, type_: Attribute, place: Place | None) -> Any:
        found = c_type(type_)
        if found is None:
            hint = "pass it in memory, or as an integer of 8 to 64 bits or an f32"
            raise UserError.at(place, f"kernel function @{name} takes or returns {type_}, which C cannot pass here", hint)
        return found

    def _address(self, name: str, place: Place | None) -> int:
        found = [(library, address) for library in self._libraries if (address := library.address(name)) is not None]
        if len(found) > 1:
            where = " and ".join(library.path.name for library, _ in found)
            raise UserError.at(place, f"kernel function @{name} is defined twice, in {where}", hint="keep one of them")
        if found:
            return self._own_address(name, *found[0])
        mangled = [library.path.name for library in self._libraries if library.has_mangled(name)]
        if mangled:
            raise UserError.at(
                place,
                f"no kernel function @{name}; {mangled[0]} has a C++ function of that name under a mangled symbol",
                hint='declare it extern "C"',
            )
        searched = ", ".join(library.path.name for library in self._libraries) or "none given"
        raise UserError.at(
            place,
            f"no kernel function @{name}",
            hint=f"give the source or shared library that defines it (searched: {searched})",
        )

    def _own_address(self, name: str, library: Library, address: int) -> int:
        if self._own is None:
            return address
        if library not in self._own:
            self._own[library] = Library(library.path, again=True)
        own = self._own[library].address(name)
        assert own is not None  # the same file
        return own
