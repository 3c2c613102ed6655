"""`npubuild inspect FILE`: an XCLBIN (of the NPU or emulated) or an instruction stream, told apart by the first bytes."""

from __future__ import annotations

import argparse
import sys

from npubuild.errors import Place, UserError
from npubuild.files import read_bytes

XCLBIN_MAGIC = b"xclbin2\0"


def run(arguments: argparse.Namespace) -> int:
    data = read_bytes(arguments.file)
    if not data:
        raise UserError.at(Place(arguments.file), "is empty: neither an XCLBIN nor an instruction stream")
    sys.stdout.write(
        _describe_xclbin(arguments.file) if data.startswith(XCLBIN_MAGIC[:7]) else _describe_stream(data, arguments.file)
    )
    return 0


def _describe_xclbin(file: str) -> str:
    from npubuild.xclbin.inspect import inspect

    return inspect(file)


def _describe_stream(data: bytes, file: str) -> str:
    from npubuild.lowering.disassembly import summarize
    from npubuild.lowering.txn import decode

    return summarize(decode(data, file))
