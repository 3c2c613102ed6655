"""doit's own database, written whole: doit writes it in place, and a full disk would end in a traceback and half a file.

Nothing depends on it but `doit forget`: whether a step is current, its manifest says.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from doit.dependency import JsonDB

from npubuild.errors import UserError
from npubuild.files import write_atomically

FILE = Path("build", ".doit.db")


def write_whole() -> None:
    """Have doit write all its JSON databases so. There is no door for it in doit 0.36 and 0.37 but its class."""
    JsonDB.dump = _dump


def _dump(self: Any) -> None:
    try:
        write_atomically(self.name, self.codec.encode(self._db))
    except UserError as error:
        print(error, file=sys.stderr)


def heal(file: Path) -> bool:
    """Start the database anew when it is damaged; whether it is empty now."""
    try:
        content = json.loads(file.read_bytes())
    except FileNotFoundError:
        return True
    except (OSError, ValueError, RecursionError):
        content = None
    if isinstance(content, dict) and all(isinstance(entry, dict) for entry in content.values()):
        return False
    print(f"{file} is damaged: it is started anew, and no step is repeated for that", file=sys.stderr)
    file.unlink(missing_ok=True)
    return True
