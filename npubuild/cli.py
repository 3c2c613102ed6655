"""The `npubuild` command: one sub-command a question, heavy modules loaded only by the sub-command that needs them.

Exit codes: 0 fine, 1 a check or test failed, 2 wrong usage, bad input or a missing tool, 3 a hang.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import traceback
from collections.abc import Callable, Sequence
from importlib import import_module

from npubuild.errors import InternalError, UserError
from npubuild.terminal import say

Command = Callable[[argparse.Namespace], int]


def main(argv: Sequence[str] | None = None) -> int:
    arguments = build_parser().parse_args(argv)
    try:
        return _command(arguments.module)(arguments)
    except UserError as error:
        for diagnostic in error.diagnostics:
            say(str(diagnostic), sys.stderr)
        return 2
    except BrokenPipeError:
        # The reader (`head`, a pager) has seen enough; keep the interpreter from flushing into the closed pipe.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return 130
    except InternalError:
        traceback.print_exc()
        print("error: this is a bug of npubuild, not of your input: please report it with the lines above", file=sys.stderr)
        return 2


def _command(module: str) -> Command:
    command: Command = import_module(f"npubuild.commands.{module}").run
    return command


def build_parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="npubuild", description="build pipeline for kernels on AMD Ryzen AI NPUs", allow_abbrev=False
    )
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")

    check = _add(commands, "check", "check a design without running it; exit 1 when a finding is an error")
    check.add_argument("design", metavar="DESIGN.mlir")
    check.add_argument(
        "--format", choices=["text", "json", "sarif"], default="text", help="how findings are printed (default: text)"
    )

    patch = _add(commands, "patch", "rewrite a design, and print what that changes in its instruction stream")
    patch.add_argument("design", metavar="DESIGN.mlir")
    patch.add_argument(
        "--pass", dest="passes", action="append", default=[], metavar="NAME", help="a patch; may be repeated, in order"
    )
    patch.add_argument(
        "--spelling",
        choices=["oct25", "mar26", "aug26"],
        default="mar26",
        help="print for this generation of aiecc (default: mar26)",
    )
    patch.add_argument("-o", dest="output", required=True, metavar="OUT.mlir")

    generate = _add(commands, "generate", "write the design of a kernel of kernels.yaml")
    generate.add_argument("kernel", metavar="KERNEL")
    generate.add_argument("-o", dest="output", required=True, metavar="OUT.mlir")

    new = _add(commands, "new", "add a kernel that builds and passes at once, to be made into another one")
    new.add_argument("name", metavar="NAME", help="small letters, digits and `_`")
    new.add_argument("--device", default="npu1", metavar="DEVICE", help="as in `aie.device` (default: npu1)")
    new.add_argument("--dtype", default="i8", metavar="DTYPE", help="i8, i16, i32, bf16 or f32 (default: i8)")

    lower = _add(commands, "lower", "lower a runtime sequence to its instruction stream")
    lower.add_argument("design", metavar="DESIGN.mlir")
    lower.add_argument("-o", dest="output", metavar="insts.bin")
    lower.add_argument(
        "--with",
        dest="tool",
        choices=["npubuild", "aiecc"],
        default="npubuild",
        help="aiecc: let the installed aiecc make the stream, compiling no core; exit 1 when ours differs",
    )
    _add_choice_of_sequence(lower)

    disasm = _add(commands, "disasm", "print an instruction stream as text")
    disasm.add_argument("stream", metavar="insts.bin")

    emulate = _add(commands, "emulate", "run a design on the emulated array; exit 3 when it hangs")
    emulate.add_argument("design", metavar="DESIGN.mlir")
    emulate.add_argument(
        "--arg",
        dest="arguments",
        action="append",
        default=[],
        metavar="SPEC",
        help="one for each sequence argument, in order: in.npy (input), =out.npy (output), in.npy=out.npy (both)",
    )
    emulate.add_argument(
        "--kernel",
        dest="kernels",
        action="append",
        default=[],
        metavar="FILE.cc|FILE.so",
        help="external kernel functions; may be repeated",
    )
    emulate.add_argument("--insts", metavar="insts.bin", help="run this instruction stream instead of lowering the sequence")
    _add_choice_of_sequence(emulate)
    emulate.add_argument(
        "--runs", type=_positive, default=1, metavar="N", help="run the sequence N times on one loaded array (default: 1)"
    )
    emulate.add_argument(
        "--seed", type=int, default=0, metavar="N", help="order in which ready cores and channels take turns (default: 0)"
    )
    emulate.add_argument("--json", action="store_true", help="print the outcome as JSON")
    emulate.add_argument("--trace", metavar="t.json", help="write a timeline for Perfetto or chrome://tracing")
    emulate.add_argument(
        "--picture", metavar="array.svg|png|html", help="draw the array, with the places at which a run that hangs stands"
    )

    _add_looking(commands)

    why = _add(commands, "why", "say why a build of a kernel would run, or did run")
    why.add_argument("kernel", metavar="KERNEL")
    why.add_argument("--toolchain", choices=["auto", "emulated", "npu"], default="auto", help="default: auto, as in doit")

    cache = _add(commands, "cache", "look at the cache of builds, check it, make it smaller")
    cache.add_argument("action", choices=["stats", "verify", "prune"])
    cache.add_argument(
        "--size", default="", metavar="SIZE", help="prune: to this size, like 500M (default: the cache's limit)"
    )

    doctor = _add(commands, "doctor", "which tools were found, where they were looked for, what to install")
    doctor.add_argument("--json", action="store_true", help="print the findings as JSON")

    toolchain = _add(commands, "toolchain", "lock or verify the versions of Peano, mlir-aie and XRT")
    toolchain.add_argument("action", choices=["lock", "verify"])
    toolchain.add_argument("--file", default="toolchain.lock", metavar="FILE", help="default: toolchain.lock")
    toolchain.add_argument("--strict", action="store_true", help="verify: exit 1 when something differs")
    return parser


def _add_looking(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    draw = _add(commands, "draw", "draw the array as a design uses it, with what the checks find")
    draw.add_argument("design", metavar="DESIGN.mlir")
    draw.add_argument("-o", dest="output", required=True, metavar="array.svg|png|html")
    draw.add_argument(
        "--theme", choices=["auto", "light", "dark"], default="auto", help="auto: as the reader prefers (default)"
    )
    _add_choice_of_sequence(draw)

    history = _add(commands, "history", "what the smoke tests of a kernel came to, run by run")
    history.add_argument("kernel", metavar="KERNEL", nargs="?", help="without one: the last run of every kernel")
    history.add_argument("--last", type=_positive, default=20, metavar="N", help="this many runs (default: 20)")

    completion = _add(commands, "completion", "print a script that completes commands and kernels in a shell")
    completion.add_argument("shell", choices=["bash", "zsh", "fish", "names"], help="names: the kernels of kernels.yaml")

    inspect = _add(commands, "inspect", "describe an XCLBIN or an instruction stream")
    inspect.add_argument("file", metavar="FILE.xclbin|insts.bin")

    compare = _add(commands, "compare", "hold a design that fails against one that works")
    compare.add_argument("working", metavar="WORKING.mlir")
    compare.add_argument("broken", metavar="BROKEN.mlir")


def command_names() -> list[str]:
    """All sub-commands, for shell completion."""
    (commands,) = (action for action in build_parser()._actions if isinstance(action, argparse._SubParsersAction))
    return list(commands.choices)


def _add(commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, summary: str) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=summary, description=summary, allow_abbrev=False)
    parser.set_defaults(module=name)
    return parser


def _add_choice_of_sequence(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--device", metavar="NAME", help="which aie.device of the module, by name (default: main, or the first)"
    )
    parser.add_argument("--sequence", metavar="NAME", help="which runtime sequence, by name (default: the first)")


def _positive(text: str) -> int:
    with contextlib.suppress(ValueError):
        if int(text) > 0:
            return int(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a whole number above 0")


if __name__ == "__main__":
    sys.exit(main())
