"""Messages of the tools that people stumble over, what they mean and what helps (toolchain-facts.md, sections 3 to 5).

A message is looked for in the output of compilers, of aiecc and of the runtime; the first that matches is explained.
"""

from __future__ import annotations

import re
from typing import NamedTuple


class Cure(NamedTuple):
    """`pattern` is searched for in a tool's output, line by line; `hint` is what the user reads beneath."""

    pattern: str
    hint: str


CURES = (
    Cure(
        r"-W(error=|error,-W)?(maybe-|sometimes-|conditional-)?uninitialized\]",
        "give it a value: on a core it would hold whatever ran there before",
    ),
    Cure(
        r"chess-llvm-link|xchesscc: command not found",
        "the driver defaulted to Chess: it needs --no-xchesscc --no-xbridge",
    ),
    Cure(
        r"No module named 'aie'|Unexpected target \. Exiting",
        "tools of one environment are run by the Python of another: put the environment's bin first on PATH",
    ),
    Cure(
        r"When `elf_file` attribute is specified, core body must be empty",
        "objects are given by `link_with`; `elf_file` is for finished cores",
    ),
    Cure(
        r"allocated buffers exceeded available memory",
        "object fifos and stack exceed the 64 KiB of a core tile: make objects smaller, or the fifos less deep",
    ),
    Cure(
        r"will not fit in region 'data'",
        "constants of the kernel exceed what the object fifos leave of the core's memory",
    ),
    Cure(
        r"is incompatible with .*main_input\.o",
        "an object compiled for the host was linked into a core: compile it with Peano",
    ),
    Cure(
        r"undefined symbol: sqrtf?\b|undefined reference to `sqrtf?'",
        "a core has no libm: use integer or table arithmetic",
    ),
    Cure(r"undefined symbol: \w+\(", 'the declaration of the entry function misses `extern "C"`'),
    Cure(
        r"can not represent value in the given immediate type range",
        "the stack frame is too large for Peano: use smaller local arrays",
    ),
    Cure(
        r"operand #\d+ does not dominate this use",
        "the design uses a value before its definition: move the definition up",
    ),
    Cure(
        r"expected .*\[npu1, npu1_1col",
        "the device's name is not one of this aiecc: take one of its list, like npu1 or npu2",
    ),
    Cure(
        r"No valid DPU kernel found in xclbin",
        "the container lacks its kernel metadata (EMBEDDED_METADATA), or a PDI for its kernel: build it again",
    ),
    Cure(
        r"There are no PDI nodes in the AIE Partition section",
        "bootgen did not run: look for its message above; it is part of the wheel of mlir-aie",
    ),
    Cure(
        r"load_axlf: Operation not supported",
        "an NPU has no `device.load_xclbin`: use register_xclbin, then hw_context",
    ),
    Cure(
        r"Bad BO flags|Bad BO type|unsupported buffer type: none flag",
        "an NPU takes `host_only` buffers for data and a `cacheable` one for instructions",
    ),
    Cure(
        r"CREATE_HWCTX IOCTL failed",
        "no columns or contexts are free: end other programs on the NPU (6 contexts on npu1, 32 on npu2)",
    ),
    Cure(
        r"global argument at index 0\b.*bank",
        "the kernel was called without the opcode (3) as first argument: buffers landed in scalar slots",
    ),
    Cure(
        r"EXEC_CMD IOCTL failed \(err=-5\)",
        "the NPU did not recover from a time-out: reload the driver (sudo modprobe -r amdxdna; sudo modprobe amdxdna)"
        " or restart the machine",
    ),
    Cure(r"xclbinutil.*(not found|No such file)", "xclbinutil is part of XRT: name its folder in XILINX_XRT"),
    Cure(r"fatal error: '?(aie_api/|adf\.h)", "there are no AIE headers here: install mlir-aie, or keep to portable C++20"),
    Cure(r"unknown target.*aie2|unknown target triple 'aie", "this clang++ is not Peano: name Peano's in PEANO_INSTALL_DIR"),
    Cure(r"cannot find -lstdc\+\+", "the C++ library is missing: apt-get install g++"),
)


def cure(output: str) -> str:
    """A hint for the first known message in a tool's output, or ""."""
    return next((hint for pattern, hint in CURES if re.search(pattern, output)), "")
