"""Where the compiled pool lies: in the user's cache folder, under a name that follows from its source."""

from __future__ import annotations

import ctypes
import hashlib
import os
import sysconfig
from pathlib import Path

from npubuild.errors import UserError
from npubuild.files import read_bytes, user_cache
from npubuild.toolchain.host import compile_library

SOURCE = Path(__file__).with_name("pool.cc")
FLAGS = ("-pthread",)


def load_library() -> ctypes.PyDLL | None:
    """The pool's library, compiled if need be; None where there is no compiler, no room for it, or it cannot be loaded.

    Processes that come first together each compile it; the file is whole whoever wins.
    """
    try:
        path = library_path()
        if not path.is_file():
            compile_library([SOURCE], path, flags=FLAGS)
        return ctypes.PyDLL(str(path))
    except (UserError, OSError, RuntimeError):  # RuntimeError: no home directory
        return None


def library_path() -> Path:
    digest = hashlib.sha256(read_bytes(SOURCE))
    digest.update(f"{FLAGS} {sysconfig.get_platform()}".encode())
    return user_cache(os.environ).absolute() / "native" / f"pool-{digest.hexdigest()[:32]}.so"
