"""A stand-in for aiecc: strict about flags, and writes what the real one writes.

    aiecc_standin.py GENERATION HELP_FILE STREAM_FILE words of the real command line

Flags are those of HELP_FILE, with or without a value as it says; any other word is refused as the real tool does. The
instruction stream is a copy of STREAM_FILE (`-`: none is written; `=`: the design as npubuild lowers it). Environment:

STANDIN_LOG       gets the words of every call, one JSON list a line
STANDIN_FAIL      is printed and ends the run with exit code 1
STANDIN_SKIP      an output that is left out
STANDIN_OLD       an output that gets an old time stamp
STANDIN_IN_WORK   puts the stream into the work folder
STANDIN_NAMES     device and sequence that {0} and {1} of the stream's name stand for
STANDIN_SHORTER   how many operations at the end of a lowered stream are left out
"""

import json
import os
import re
import sys
from pathlib import Path


def known_flags(text):
    """Written apart from npubuild's own parser, for LLVM's and argparse's form: name -> takes a value."""
    found = {}
    for line in text.splitlines():
        for name, value in re.findall(
            r"(?:^ {2,4}|, )(--?[A-Za-z][\w-]*)((?:=|  ?)<\w+>|[ =][A-Z_]+\b)?", line.split("   ")[0] + " "
        ):
            found[name] = bool(value) or found.get(name, False)
    return found


def refuse(generation, message):
    prefix = "usage: aiecc.py\naiecc.py: error: " if generation == "oct25" else "aiecc: "
    print(prefix + message, file=sys.stderr)
    sys.exit(2 if generation == "oct25" else 1)


def parse(generation, flags, words):
    values, files = {}, []
    for word in words:
        if not word.startswith("-"):
            files.append(word)
            continue
        name, equals, value = word.partition("=")
        if name not in flags:
            refuse(generation, f"Unknown command line argument '{word}'.  Try: 'aiecc --help'")
        if flags[name] != bool(equals):
            refuse(generation, f"for the {name} option: {'requires' if flags[name] else 'does not allow'} a value!")
        values[name] = value
    if len(files) != 1:
        refuse(generation, "Not exactly one input file")
    return values, files[0]


def write(path, data):
    if os.environ.get("STANDIN_SKIP") == path.name:
        return
    path.write_bytes(data)
    if os.environ.get("STANDIN_OLD") == path.name:
        os.utime(path, (1_000_000_000, 1_000_000_000))


def main(generation, help_file, stream_file, *words):
    text = Path(help_file).read_text()
    if words == ("--help",):
        print(text, end="")
        return
    if words == ("--version",):
        print("LLVM (http://llvm.org/):\n  LLVM version 23.0.0git")
        return
    flags = known_flags(text)
    with Path(os.environ.get("STANDIN_LOG", os.devnull)).open("a") as log:
        print(json.dumps({"words": words, "folder": str(Path.cwd())}), file=log)
    values, design = parse(generation, flags, words)
    if not Path(design).is_file():
        refuse(generation, f"{design}: No such file or directory")
    if "STANDIN_FAIL" in os.environ:
        print(os.environ["STANDIN_FAIL"], file=sys.stderr)
        sys.exit(1)
    if "--no-compile" not in values:
        compile_cores(generation, values, Path(design).read_text())
    make(values, design, stream_file)


def compile_cores(generation, values, text):
    if generation != "aug26" and not {"--no-xchesscc", "--no-xbridge"} <= values.keys():
        print("'<aietools not found>/tps/lnx64/target_aie_ml/bin/LNa64bin/chess-llvm-link' not found", file=sys.stderr)
        sys.exit(1)
    if not (Path(values.get("--peano", "/none")) / "bin" / "clang++").is_file():
        print("Error: Peano was not found", file=sys.stderr)
        sys.exit(1)
    for name in re.findall(r'link_with = "([^"]*)"', text):
        if not Path(name).is_file():
            print(f"ld.lld: error: cannot open {name}: No such file or directory", file=sys.stderr)
            sys.exit(1)


def make(values, design, stream_file):
    work = Path(values["--tmpdir"])
    if not work.resolve().parent.is_dir():
        sys.exit(f"cannot create {work}")
    work.mkdir(exist_ok=True)
    (work / "input_with_addresses.mlir").write_text(Path(design).read_text())
    if {"--aie-generate-npu-insts", "--get-npu-insts"} & values.keys() and stream_file != "-":
        name = values["--npu-insts-name"].format(*os.environ.get("STANDIN_NAMES", "main sequence").split())
        stream = lowered(design) if stream_file == "=" else Path(stream_file).read_bytes()
        write(work / name if "STANDIN_IN_WORK" in os.environ else Path(name), stream)
    if {"--aie-generate-xclbin", "--get-xclbin"} & values.keys():
        from npubuild.xclbin.build import write_npu_like

        image = write_npu_like(b"\0" * 64, columns=1, uuid=os.urandom(16), timestamp=0, pdi_uuid=os.urandom(16))
        write(Path(values["--xclbin-name"]), image)


def lowered(design):
    """The stream of the design as npubuild lowers it, without its last STANDIN_SHORTER operations."""
    from npubuild.lowering.disassembly import assemble, disassemble
    from npubuild.lowering.sequence import lower
    from npubuild.lowering.txn import encode
    from npubuild.mlir.source import read_design

    lines = disassemble(lower(read_design(design))).splitlines()
    return encode(assemble("\n".join(lines[: len(lines) - int(os.environ.get("STANDIN_SHORTER", "0"))]), "stand-in"))


sys.path.insert(0, os.environ.get("STANDIN_PROJECT", "."))
main(*sys.argv[1:])
