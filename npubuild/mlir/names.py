"""The names that the printed form gives to values and blocks: the rules of MLIR's printer (npu-facts.md, section 2.2).

Regions are numbered outside in: all results of a region get their names before those of the regions inside it, and the
numbers of an inner region go on where the region around it stopped. A name lives in its region and all inside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from xdsl.dialects.builtin import IntegerAttr, IntegerType, ModuleOp
from xdsl.ir import Block, Operation, Region, SSAValue

from npubuild.hardware.devices import Tile, TileKind
from npubuild.mlir.dialect.aie import (
    BufferOp,
    CoreOp,
    ExternalBufferOp,
    LockOp,
    MemOp,
    MemTileDmaOp,
    ShimDmaOp,
    ShimMuxOp,
    SwitchboxOp,
    TileOp,
)

_TILE_NAMES = {TileKind.SHIM: "shim_noc_tile", TileKind.MEM: "mem_tile", TileKind.CORE: "tile"}
_NAMED_BY_TILE = (CoreOp, MemOp, MemTileDmaOp, ShimDmaOp, ShimMuxOp, SwitchboxOp)
_NAMED_RESULTS = {
    "func.constant": "f",
    "memref.alloc": "alloc",
    "memref.alloca": "alloca",
    "memref.cast": "cast",
    "memref.collapse_shape": "collapse_shape",
    "memref.dim": "dim",
    "memref.expand_shape": "expand_shape",
    "memref.memory_space_cast": "memspacecast",
    "memref.reinterpret_cast": "reinterpret_cast",
    "memref.subview": "subview",
    "memref.view": "view",
}


class Names:
    """Names of all values of a module, without `%`; blocks are numbered within their region."""

    def __init__(self, module: ModuleOp) -> None:
        self.values: dict[SSAValue, str] = {}
        self.blocks: dict[Block, str] = {}
        self._numbers = self._arguments = self._conflicts = 0
        self._number_all(module)

    def _number_all(self, module: ModuleOp) -> None:
        """Depth first over the regions, last one first, each with the counters of the region around it."""
        waiting = [(region, (0, 0, 0), frozenset[str]()) for region in module.regions]
        while waiting:
            region, (self._numbers, self._arguments, self._conflicts), outer = waiting.pop()
            names = set(outer)
            for index, block in enumerate(region.blocks):
                self._number_block(block, index, names)
            counters = (self._numbers, self._arguments, self._conflicts)
            inherited = frozenset(names)
            waiting += [(inner, counters, inherited) for inner in _inner_regions(region)]

    def _number_block(self, block: Block, index: int, names: set[str]) -> None:
        self.blocks[block] = f"bb{index}"
        for argument in block.args:
            if index == 0:
                self.values[argument] = self._unique(f"arg{self._arguments}", names)
                self._arguments += 1
            else:
                self.values[argument] = self._next_number()
        for op in block.ops:
            if op.results:
                name = suggested_name(op)
                first = self._unique(name, names) if name else self._next_number()
                self.values[op.results[0]] = first if len(op.results) == 1 else f"{first}#0"
                self.values.update({result: f"{first}#{result.index}" for result in op.results[1:]})

    def _next_number(self) -> str:
        self._numbers += 1
        return str(self._numbers - 1)

    def _unique(self, name: str, names: set[str]) -> str:
        unique = name
        while unique in names:
            unique = f"{name}_{self._conflicts}"
            self._conflicts += 1
        names.add(unique)
        return unique


def _inner_regions(region: Region) -> Iterator[Region]:
    for block in region.blocks:
        for op in block.ops:
            yield from op.regions


def suggested_name(op: Operation) -> str:
    """The name that an operation asks for its first result; empty for a plain number."""
    match op:
        case TileOp():
            return f"{_TILE_NAMES[op.tile.kind]}_{op.col}_{op.row}"
        case BufferOp() | LockOp():
            return identifier(op.symbol) if op.symbol else _by_tile(op, op.tile)
        case ExternalBufferOp():
            return identifier(op.symbol) if op.symbol else "external_buffer"
        case _ if isinstance(op, _NAMED_BY_TILE):
            return _by_tile(op, op.tile)
        case _ if op.name == "arith.constant":
            return _constant_name(op)
        case _:
            return _NAMED_RESULTS.get(op.name, "")


def _by_tile(op: Operation, tile: Tile) -> str:
    return f"{op.name.removeprefix('aie.')}_{tile.col}_{tile.row}"


def _constant_name(op: Operation) -> str:
    value = op.get_attr_or_prop("value")
    if not isinstance(value, IntegerAttr):
        return "cst"
    if value.type == IntegerType(1):
        return "true" if value.value.data else "false"
    suffix = f"_{value.type}" if isinstance(value.type, IntegerType) else ""
    return f"c{value.value.data}{suffix}"


def identifier(name: str) -> str:
    """`name` as a value name: blanks become underscores, other characters their code; never a leading digit."""
    clean = re.sub(r"[^A-Za-z0-9$._\- ]", lambda match: match.group().encode().hex().upper(), name).replace(" ", "_")
    return f"_{clean}" if clean[:1].isdigit() else clean
