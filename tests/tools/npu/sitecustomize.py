"""Gives every Python that finds this on its path another machine to look at: the folder STANDIN_NPU_ROOT stands for `/`.

Its user may do everything and lock all memory, so that only what is missing in the folder is missing.
"""

import dataclasses
import os
from pathlib import Path

if "STANDIN_NPU_ROOT" in os.environ:
    from npubuild.toolchain.machine import Machine

    _this = Machine.this

    def this(environment=None):
        return dataclasses.replace(_this(environment), root=Path(os.environ["STANDIN_NPU_ROOT"]), memlock=None, user=0)

    Machine.this = staticmethod(this)
