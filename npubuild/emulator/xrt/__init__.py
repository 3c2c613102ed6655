"""pyxrt's API on the emulator: `import npubuild.emulator.xrt as pyxrt` (xrt-facts.md, sections 2 and 3).

Names, argument rules and errors are those of XRT 2.20. Where the real stack swallows a host mistake or crashes, an exception
explains it, behind the real text if there is one; `set_lenient(True)` or NPUBUILD_XRT=lenient swallows what it swallows.
"""

from npubuild.emulator.xrt.buffers import bo
from npubuild.emulator.xrt.devices import device, hw_context
from npubuild.emulator.xrt.elves import elf, ext, module, program
from npubuild.emulator.xrt.enums import ert_cmd_state, xclBOSyncDirection, xrt_info_device, xrt_msg_level
from npubuild.emulator.xrt.kernels import kernel, run, runlist
from npubuild.emulator.xrt.mode import is_lenient, log, set_lenient
from npubuild.emulator.xrt.signatures import STRING, enumeration, overloaded
from npubuild.emulator.xrt.xclbins import uuid, xclbin, xclbinip_vector, xclbinkernel_vector, xclbinmem_vector

XCL_BO_FLAGS_NONE = 0
emergency = xrt_msg_level.emergency
alert = xrt_msg_level.alert
critical = xrt_msg_level.critical
error = xrt_msg_level.error
warning = xrt_msg_level.warning
notice = xrt_msg_level.notice
info = xrt_msg_level.info
debug = xrt_msg_level.debug


@overloaded((), returns="int")
def enumerate_devices() -> int:
    """How many NPUs there are: the emulated one."""
    return 1


@overloaded((enumeration(xrt_msg_level), STRING, STRING))
def log_message(level: xrt_msg_level, tag: str, text: str) -> None:
    """Write a message to stderr in the form of XRT's own."""
    log(level.name.upper(), f"{tag}: {text}")


__all__ = [
    "XCL_BO_FLAGS_NONE",
    "alert",
    "bo",
    "critical",
    "debug",
    "device",
    "elf",
    "emergency",
    "enumerate_devices",
    "error",
    "ert_cmd_state",
    "ext",
    "hw_context",
    "info",
    "is_lenient",
    "kernel",
    "log_message",
    "module",
    "notice",
    "program",
    "run",
    "runlist",
    "set_lenient",
    "uuid",
    "warning",
    "xclBOSyncDirection",
    "xclbin",
    "xclbinip_vector",
    "xclbinkernel_vector",
    "xclbinmem_vector",
    "xrt_info_device",
    "xrt_msg_level",
]  # fmt: skip
