"""`npubuild disasm insts.bin`."""

from __future__ import annotations

import argparse
import sys

from npubuild.files import read_bytes
from npubuild.lowering.disassembly import disassemble
from npubuild.lowering.txn import decode


def run(arguments: argparse.Namespace) -> int:
    sys.stdout.write(disassemble(decode(read_bytes(arguments.stream), arguments.stream)))
    return 0
