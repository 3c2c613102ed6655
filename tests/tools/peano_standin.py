"""A stand-in for Peano's clang++: strict about its words, and writes an object for an AI Engine.

The host's compiler does the work; the machine number of its object is then set to that of AI Engines, unless STANDIN_MACHINE
names another. STANDIN_LOG gets the words, one JSON list a line.
"""

import json
import os
import re
import shutil
import struct
import subprocess
import sys
from pathlib import Path

KNOWN = re.compile(r"-O[0-3s]|-std=c\+\+\d\d|-D\w+(=.*)?|-W[\w-]+|-I.+|-f[\w=/.-]+|-MD|-c|--target=.*|--print-targets")
WITH_VALUE = {"-I", "-MF", "-o"}
TARGETS = ("aie2-none-unknown-elf", "aie2p-none-unknown-elf")


def refuse(message):
    print(f"clang++: error: {message}", file=sys.stderr)
    sys.exit(1)


def check(words):
    targets = [word.removeprefix("--target=") for word in words if word.startswith("--target=")]
    if len(targets) != 1 or targets[0] not in TARGETS:
        refuse(f"unknown target triple {targets}")
    position = 0
    while position < len(words):
        word = words[position]
        if word in WITH_VALUE:
            position += 1
        elif word.startswith("-") and not KNOWN.fullmatch(word):
            refuse(f"unknown argument: '{word}'")
        position += 1


def main(words):
    if words == ["--print-targets"]:
        print("  Registered Targets:\n    aie2   - AI Engine V2\n    aie2p  - AI Engine V2P")
        return
    if words == ["--version"]:
        print("clang version 20.0.0 (https://github.com/Xilinx/llvm-aie 1234567)\nTarget: x86_64-unknown-linux-gnu")
        return
    with Path(os.environ.get("STANDIN_LOG", os.devnull)).open("a") as log:
        print(json.dumps({"words": words}), file=log)
    check(words)
    host = [word for word in words if not word.startswith(("--target", "-Wno-missing", "-Wno-macro", "-Wno-empty"))]
    done = subprocess.run([shutil.which("g++"), *host], check=False)
    if done.returncode:
        sys.exit(done.returncode)
    output = Path(words[words.index("-o") + 1])
    data = bytearray(output.read_bytes())
    struct.pack_into("<H", data, 18, int(os.environ.get("STANDIN_MACHINE", "264")))
    output.write_bytes(data)


main(sys.argv[1:])
