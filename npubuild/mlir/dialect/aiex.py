"""The `aiex` dialect: the operations of the runtime sequence (npu-facts.md, section 2.5)."""

from __future__ import annotations

from xdsl.ir import Dialect

from npubuild.mlir.dialect.memcpy import NpuDmaMemcpyNdOp, NpuDmaWaitOp, constant_value
from npubuild.mlir.dialect.registers import (
    NpuAddressPatchOp,
    NpuBlockWriteOp,
    NpuLoadPdiOp,
    NpuMaskWrite32Op,
    NpuPreemptOp,
    NpuPushQueueOp,
    NpuSyncOp,
    NpuWrite32Op,
    NpuWriteBdOp,
    RtpWriteOp,
    SetLockOp,
)
from npubuild.mlir.dialect.sequence import ConfigureOp, RunOp
from npubuild.mlir.dialect.tasks import (
    DmaAwaitTaskOp,
    DmaConfigureTaskForOp,
    DmaConfigureTaskOp,
    DmaFreeTaskOp,
    DmaStartBdChainForOp,
    DmaStartBdChainOp,
    DmaStartTaskOp,
)

AIEX = Dialect(
    "aiex",
    [
        ConfigureOp,
        DmaAwaitTaskOp,
        DmaConfigureTaskForOp,
        DmaConfigureTaskOp,
        DmaFreeTaskOp,
        DmaStartBdChainForOp,
        DmaStartBdChainOp,
        DmaStartTaskOp,
        NpuAddressPatchOp,
        NpuBlockWriteOp,
        NpuDmaMemcpyNdOp,
        NpuDmaWaitOp,
        NpuLoadPdiOp,
        NpuMaskWrite32Op,
        NpuPreemptOp,
        NpuPushQueueOp,
        NpuSyncOp,
        NpuWrite32Op,
        NpuWriteBdOp,
        RtpWriteOp,
        RunOp,
        SetLockOp,
    ],
    [],
)

__all__ = [
    "AIEX",
    "ConfigureOp",
    "DmaAwaitTaskOp",
    "DmaConfigureTaskForOp",
    "DmaConfigureTaskOp",
    "DmaFreeTaskOp",
    "DmaStartBdChainForOp",
    "DmaStartBdChainOp",
    "DmaStartTaskOp",
    "NpuAddressPatchOp",
    "NpuBlockWriteOp",
    "NpuDmaMemcpyNdOp",
    "NpuDmaWaitOp",
    "NpuLoadPdiOp",
    "NpuMaskWrite32Op",
    "NpuPreemptOp",
    "NpuPushQueueOp",
    "NpuSyncOp",
    "NpuWrite32Op",
    "NpuWriteBdOp",
    "RtpWriteOp",
    "RunOp",
    "SetLockOp",
    "constant_value",
]
