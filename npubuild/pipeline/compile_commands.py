"""build/compile_commands.json: how each source is compiled, for clangd and other tools that read C++."""

from __future__ import annotations

import json

from npubuild.files import write_if_different
from npubuild.registry import Registry
from npubuild.toolchain.host import COMPILE_FLAGS, find_host_compiler


def write_compile_commands(registry: Registry) -> None:
    """One entry for each source of each object, with the host's compiler. Raises UserError when there is none."""
    compiler = find_host_compiler()
    command = [str(compiler.path), *compiler.arguments, *COMPILE_FLAGS]
    entries = [
        {"directory": str(registry.root), "file": source, "arguments": [*command, *item.flags, "-c", source]}
        for item in registry.objects.values()
        for source in item.sources
    ]
    write_if_different(registry.root / "build" / "compile_commands.json", f"{json.dumps(entries, indent=1)}\n".encode())
