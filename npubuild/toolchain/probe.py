"""What is installed: every tool, where it was looked for, and which toolchain and device that allows.

Looking costs a few calls of stat; only a clang++ that merely lies on PATH is asked whether it is Peano's. `versions` in this
package asks the tools for their versions where those are wanted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from npubuild.toolchain.host import INSTALL as INSTALL_HOST
from npubuild.toolchain.host import search_host_compiler
from npubuild.toolchain.locations import search_aiecc, search_peano, search_xclbinutil
from npubuild.toolchain.machine import Machine
from npubuild.toolchain.runtime import INSTALL_XRT, find_npu, find_pyxrt
from npubuild.toolchain.tool import Tool, missing

__all__ = ["Probe", "Tool", "can_build_for_npu", "missing", "probe"]

WHEELS = "https://github.com/Xilinx"
INSTALL_PEANO = f"python -m pip install llvm-aie -f {WHEELS}/llvm-aie/releases/expanded_assets/nightly"
INSTALL_AIECC = f"python -m pip install mlir_aie -f {WHEELS}/mlir-aie/releases/expanded_assets/latest-wheels-4"


@dataclass(frozen=True)
class Probe:
    """Every tool that a build or a test can need."""

    host: Tool
    peano: Tool
    aiecc: Tool
    xclbinutil: Tool
    pyxrt: Tool
    npu: Tool

    def tools(self) -> tuple[Tool, ...]:
        return (self.host, self.peano, self.aiecc, self.xclbinutil, self.pyxrt, self.npu)

    @property
    def npu_toolchain(self) -> tuple[Tool, ...]:
        """What the `npu` toolchain cannot do without."""
        return (self.peano, self.aiecc, self.xclbinutil)

    @property
    def npu_device(self) -> tuple[Tool, ...]:
        """What running on the NPU cannot do without."""
        return (self.pyxrt, self.npu)


def probe(environment: Mapping[str, str] | None = None, machine: Machine | None = None) -> Probe:
    """Look for everything, in the environment's variables first (toolchain-facts.md, sections 1, 2 and 4)."""
    machine = machine or Machine.this(environment)
    aiecc = search_aiecc(machine)
    return Probe(
        host=Tool("host", search_host_compiler(machine.environment), "toolchain=emulated", INSTALL_HOST),
        peano=Tool("peano", search_peano(machine, aiecc.path), "toolchain=npu", INSTALL_PEANO),
        aiecc=Tool("aiecc", aiecc, "toolchain=npu", INSTALL_AIECC),
        xclbinutil=Tool("xclbinutil", search_xclbinutil(machine), "toolchain=npu", INSTALL_XRT),
        pyxrt=find_pyxrt(machine),
        npu=find_npu(machine),
    )


def can_build_for_npu(machine: Machine | None = None) -> bool:
    """Whether the `npu` toolchain is complete. Without an aiecc nothing else is looked for."""
    machine = machine or Machine.this()
    if search_aiecc(machine).path is None:
        return False
    return all(tool.usable for tool in probe(machine=machine).npu_toolchain)
