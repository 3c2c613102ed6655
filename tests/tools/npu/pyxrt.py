"""The emulator in place of the NPU: pyxrt's names, on the emulated twin of each XCLBIN, with faults on demand.

STANDIN_FAULT=KERNEL:KIND is for the kernel whose file is KERNEL.xclbin: TIMEOUT, ERROR or ABORT is the state of its runs;
`die` ends the process; `hang` never comes back; `flip` changes the first byte of the last buffer. With STANDIN_WEDGE=FILE
the first run that does not complete leaves FILE behind, and from then on no run of any kernel completes.
"""

import os
import time
from pathlib import Path

from npubuild.emulator import xrt as emulated
from npubuild.emulator.xrt import *  # noqa: F403
from npubuild.emulator.xrt import ert_cmd_state
from npubuild.emulator.xrt import run as emulated_run
from npubuild.emulator.xrt import xclbin as emulated_xclbin

_loaded = []


class xclbin(emulated_xclbin):  # noqa: N801
    def __init__(self, path):
        _loaded.append(Path(path).stem)
        super().__init__(str(Path(path).with_suffix(".emulated.xclbin")))


class run:  # noqa: N801
    """Has no `outcome`: the real one says nothing of what happened on the array."""

    def __init__(self, kernel):
        self._run = emulated_run(kernel)
        self._buffers = []
        kernel_name, _, kind = os.environ.get("STANDIN_FAULT", "").partition(":")
        self._fault = kind if kernel_name == _loaded[-1] else ""
        self._wedge = Path(os.environ.get("STANDIN_WEDGE", os.devnull))
        if self._wedge.is_file():
            self._fault = "TIMEOUT"

    def set_arg(self, index, value):
        if isinstance(value, emulated.bo):
            self._buffers.append(value)
        self._run.set_arg(index, value)

    def start(self):
        self._run.start()

    def wait(self, limit=0):
        if self._fault == "die":
            os._exit(77)
        if self._fault == "hang":
            time.sleep(3600)
        state = self._run.wait(limit)
        if self._fault == "flip":
            self._buffers[-1]._storage.device[0] ^= 0xFF
        elif self._fault:
            if self._wedge != Path(os.devnull):
                self._wedge.touch()
            return self.state()
        return state

    def state(self):
        if self._fault in {"TIMEOUT", "ERROR", "ABORT"}:
            return ert_cmd_state.__members__[f"ERT_CMD_STATE_{self._fault}"]
        return self._run.state()
