"""The registry as it was last read, as long as no file is different that it was read from: parsing YAML takes long."""

from __future__ import annotations

import contextlib
import os
import pickle
import sys
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from npubuild.errors import UserError
from npubuild.files import write_atomically
from npubuild.registry.model import Registry

Stamps = dict[str, Any]


def read_kept(file: Path, kept: Path, stamp: Callable[[Path], Any], read: Callable[[Path], Registry]) -> Registry:
    """`read(file)`, or what it gave before. `stamp` changes whenever a file does, None for none.

    Raises UserError as `read` does: a registry with errors is never kept.
    """
    found = _load(kept)
    # A copy of the project has the registry of the original.
    if found is not None and str(file) in found[0] and all(_look(path, stamp) == known for path, known in found[0].items()):
        return found[1]
    before = {str(path): stamp(path) for path in _code()}
    before[str(file)] = stamp(file)
    registry = read(file)
    stamps = before | {path: _look(path, stamp) for path in map(str, _named_files(registry))}
    data = pickle.dumps((sys.version, stamps, registry))
    with contextlib.suppress(UserError):  # it is read again next time
        write_atomically(kept, zlib.crc32(data).to_bytes(4, "little") + data)
    return registry


def _look(path: str, stamp: Callable[[Path], Any]) -> Any:
    """Of a source only whether it is there matters; kernels.yaml and Python have been read."""
    return stamp(Path(path)) if path.endswith((".py", ".yaml")) else os.path.isfile(path)  # noqa: PTH113 (thousands of them)


def _load(kept: Path) -> tuple[Stamps, Registry] | None:
    try:
        data = kept.read_bytes()
        if zlib.crc32(data[4:]).to_bytes(4, "little") != data[:4]:
            return None
        version, stamps, registry = pickle.loads(data[4:])  # noqa: S301 (its checksum is right, so this wrote it)
    except (OSError, ValueError, TypeError, EOFError, AttributeError, ImportError, pickle.UnpicklingError):
        return None
    return (stamps, registry) if version == sys.version else None


def _code() -> Iterator[Path]:
    """What checks kernels.yaml."""
    here = Path(__file__).parent
    yield from here.glob("*.py")
    yield from (here.parent / "mlir").glob("template*.py")
    yield from (here.parent / "hardware").glob("*.py")


def _named_files(registry: Registry) -> Iterator[Path]:
    """Every file that an entry names: whether it is there, and for a reference what it defines, has been checked."""
    for item in registry.objects.values():
        yield from (registry.root / source for source in item.sources)
    for kernel in registry.kernels.values():
        for text in _texts(kernel.recipe):
            for name in {text, text.rpartition(":")[0]} - {""}:  # `file.py:function` names a file, too
                if os.path.isfile(path := os.path.join(registry.root, name)):  # noqa: PTH113, PTH118 (any text will do)
                    yield Path(path)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _texts(item)
