"""Cores: what they are linked with, how much stack they take, and what they may do with object fifos."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from xdsl.dialects.builtin import ArrayAttr, StringAttr
from xdsl.dialects.func import CallOp, FuncOp

from npubuild.mlir.dialect.aie import (
    CoreOp,
    DeviceOp,
    ObjectFifoAcquireOp,
    ObjectFifoOp,
    ObjectFifoReleaseOp,
    ObjectFifoSubviewAccessOp,
)
from npubuild.placement.findings import Findings
from npubuild.placement.links import Link
from npubuild.placement.model import Core

AccessOp = ObjectFifoAcquireOp | ObjectFifoReleaseOp
PRODUCE, CONSUME = "Produce", "Consume"


def read_cores(device: DeviceOp, findings: Findings) -> tuple[Core, ...]:
    """The cores in program order; an object file named by a called function's declaration is linked too."""
    declared = {op.sym_name.data: _link_files(op) for op in device.ops_of(FuncOp)}
    cores: list[Core] = []
    for op in device.ops_of(CoreOp):
        if any(core.tile == op.tile for core in cores):
            findings.error(op, "duplicate-core", f"a second core on tile {op.tile}", "a tile has one core")
        called = (file for call in op.walk() if isinstance(call, CallOp) for file in declared.get(_callee(call), ()))
        links = tuple(dict.fromkeys((*op.links, *op.link_files, *called)))
        cores.append(Core(op.tile, op, op.stack, links))
    return tuple(cores)


def _callee(call: CallOp) -> str:
    return call.callee.root_reference.data


def _link_files(function: FuncOp) -> tuple[str, ...]:
    """The `link_with` of a function declaration: one file or a list."""
    attribute = function.attributes.get("link_with")
    names = attribute.data if isinstance(attribute, ArrayAttr) else (attribute,)
    return tuple(name.data for name in names if isinstance(name, StringAttr))


def accesses_of(core: CoreOp) -> Iterator[AccessOp]:
    """The acquires and releases of a core, in textual order."""
    return (op for op in core.walk() if isinstance(op, (ObjectFifoAcquireOp, ObjectFifoReleaseOp)))


def check_accesses(
    device: DeviceOp, fifos: Mapping[str, ObjectFifoOp], links: Mapping[str, Link], findings: Findings
) -> None:
    """Report uses of object fifos that the compiler refuses, once for each core, fifo and port."""
    for core in device.ops_of(CoreOp):
        reported: set[tuple[str, str]] = set()
        for op in accesses_of(core):
            if (op.fifo, op.port) not in reported and not _allowed(core, op, fifos, links, findings):
                reported.add((op.fifo, op.port))
        for access in core.walk():
            if isinstance(access, ObjectFifoSubviewAccessOp):
                _check_index(access, findings)


def _allowed(
    core: CoreOp,
    op: AccessOp,
    fifos: Mapping[str, ObjectFifoOp],
    links: Mapping[str, Link],
    findings: Findings,
) -> bool:
    fifo = fifos.get(op.fifo)
    if fifo is None:
        findings.error(op, "unknown-fifo", f"@{op.fifo} is no object fifo of this device")
        return False
    ends = (fifo.producer,) if op.port == PRODUCE else fifo.consumers
    if core.tile not in ends:
        role = "producer" if op.port == PRODUCE else "consumer"
        findings.error(
            op,
            "fifo-access-from-foreign-tile",
            f"the core on tile {core.tile} accesses @{op.fifo} as {role}, but is not its {role}",
            f"the {role} of @{op.fifo} is {' and '.join(map(str, ends))}: move the core, or name its tile in the fifo",
        )
        return False
    if op.count < 0:
        findings.error(op, "fifo-access-count", f"{op.count} objects of @{op.fifo}", "a number of objects is not negative")
        return False
    link = links.get(op.fifo)
    if link is not None and link.tile == core.tile:
        findings.error(
            op,
            "linked-fifo-accessed",
            f"the core on tile {core.tile} accesses @{op.fifo}, which is linked on the same tile",
            "the link's DMA owns these objects: put the link on a memory tile, or copy in the core instead of linking",
        )
        return False
    return True


def _check_index(op: ObjectFifoSubviewAccessOp, findings: Findings) -> None:
    acquire = op.subview.owner
    if isinstance(acquire, ObjectFifoAcquireOp) and not 0 <= op.index < acquire.count:
        findings.error(
            op,
            "fifo-access-index",
            f"object {op.index} of an acquire of {acquire.count}",
            f"indices go from 0 to {acquire.count - 1}: acquire more objects at once, or use a smaller index",
        )
