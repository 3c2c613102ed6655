"""Random designs that must work: objects on a walk from the host over memory tiles and cores, and what comes back."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from math import prod

import numpy as np

ELEMENTS = {"i8": np.int8, "i16": np.int16, "i32": np.int32}
DEVICES = {"npu1": 4, "npu1_1col": 1, "npu1_2col": 2, "npu2": 8, "npu2_3col": 3}

Tile = tuple[int, int]


@dataclass
class Pipelines:
    """A design with several walks; `inputs` and `outputs` are the contents of its arguments, input and output in turn."""

    chance: random.Random
    device: str = ""
    element: str = ""
    tiles: dict[Tile, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    sequence: list[str] = field(default_factory=list)
    waits: list[str] = field(default_factory=list)
    arguments: list[str] = field(default_factory=list)
    inputs: list[np.ndarray] = field(default_factory=list)
    outputs: list[np.ndarray] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.device = self.chance.choice(list(DEVICES))
        self.element = self.chance.choice(list(ELEMENTS))
        columns = range(DEVICES[self.device])
        self.free_cores = [(column, row) for column in columns for row in range(2, 6)]
        self.chance.shuffle(self.free_cores)
        for number in range(self.chance.randint(1, 3)):
            _Walk(self, number, list(columns)).write()
        self.chance.shuffle(self.waits)

    def tile(self, tile: Tile) -> str:
        return self.tiles.setdefault(tile, f"%t{tile[0]}{tile[1]}")

    @property
    def text(self) -> str:
        tiles = [f"{name} = aie.tile{tile}" for tile, name in self.tiles.items()]
        head = f"module {{\naie.device({self.device}) {{"
        sequence = f"aie.runtime_sequence({', '.join(self.arguments)}) {{"
        return "\n".join([head, *tiles, *self.lines, sequence, *self.sequence, *self.waits, "}\n}\n}"])


class _Walk:
    """The way of one stream of objects: shim tile, perhaps a memory tile, cores, perhaps a memory tile, shim tile."""

    def __init__(self, design: Pipelines, number: int, columns: list[int]) -> None:
        self.design, self.number, self.chance = design, number, design.chance
        self.shape = [self.chance.choice([2, 3, 4]) for _ in range(self.chance.randint(0, 2))] + [self.chance.choice([4, 8])]
        self.memref = f"memref<{'x'.join(map(str, self.shape))}x{design.element}>"
        count = self.chance.randint(1, 9)
        values = np.arange(count * prod(self.shape)) * 7 + number
        self.objects = values.astype(ELEMENTS[design.element]).reshape([count, *self.shape])
        self.stages = self._stages(columns)

    def _stages(self, columns: list[int]) -> list[Tile]:
        stages = [(self.chance.choice(columns), 0)]
        cores = [self.design.free_cores.pop() for _ in range(self.chance.randint(0, min(3, len(self.design.free_cores))))]
        if not cores or self.chance.random() < 0.5:
            stages.append((self.chance.choice(columns), 1))
        stages += cores
        if cores and self.chance.random() < 0.5:
            stages.append((self.chance.choice(columns), 1))
        return [*stages, (self.chance.choice(columns), 0)]

    def fifo(self, position: int) -> str:
        return f"f{self.number}_{position}"

    def write(self) -> None:
        self.design.inputs.append(self.objects)
        for position, (tile, following) in enumerate(zip(self.stages, self.stages[1:], strict=False)):
            if tile[1] > 1:
                self._core(tile, position)
            self._fifo(tile, following, position)
            if tile[1] == 1:
                link = f"[@{self.fifo(position - 1)}] -> [@{self.fifo(position)}]"
                self.design.lines.append(f"aie.objectfifo.link {link}([] [])")
        self.design.outputs.append(self.objects)
        self._transfers()

    def _fifo(self, tile: Tile, following: Tile, position: int) -> None:
        to = self._pattern("dimensionsToStream", reading=True) if tile[1] and self.chance.random() < 0.4 else ""
        back = self._pattern("dimensionsFromStream", reading=False) if following[1] and self.chance.random() < 0.3 else ""
        depth = self.chance.choice(
            [f"{self.chance.randint(1, 4)} : i32", str([self.chance.randint(1, 3) for _ in range(2)])]
        )
        ends = f"{self.design.tile(tile)}{to}, {{{self.design.tile(following)}{back}}}, {depth}"
        self.design.lines.append(f"aie.objectfifo @{self.fifo(position)}({ends}) : !aie.objectfifo<{self.memref}>")

    def _pattern(self, keyword: str, *, reading: bool) -> str:
        """A walk over the object with its dimensions in another order; the innermost stays where elements share a word."""
        order = list(range(len(self.shape)))
        movable = order if self.design.element == "i32" else order[:-1]
        order = self.chance.sample(movable, len(movable)) + order[len(movable) :]
        strides = [prod(self.shape[place + 1 :]) for place in order]
        sizes = [self.shape[place] for place in order]
        count = len(self.objects)
        if reading:
            moved = self.objects.transpose([0, *(place + 1 for place in order)])
        else:
            moved = self.objects.reshape([count, *sizes]).transpose(
                [0, *(order.index(place) + 1 for place in sorted(order))]
            )
        self.objects = moved.reshape([count, *self.shape])
        pattern = ", ".join(f"<size = {size}, stride = {stride}>" for size, stride in zip(sizes, strides, strict=True))
        return f" {keyword} [{pattern}]"

    def _core(self, tile: Tile, position: int) -> None:
        """A core that adds a constant to every element."""
        addend = self.chance.randint(1, 100)
        self.objects = (self.objects + self.objects.dtype.type(addend)).astype(self.objects.dtype)
        view = f"!aie.objectfifosubview<{self.memref}>"
        loops = [f"scf.for %j{d} = %c0 to %n{d} step %c1 {{" for d in range(len(self.shape))]
        indices = ", ".join(f"%j{d}" for d in range(len(self.shape)))
        ends = [("Consume", self.fifo(position - 1), "in"), ("Produce", self.fifo(position), "out")]
        accesses = [
            f"%{name}s = aie.objectfifo.acquire @{fifo}({port}, 1) : {view}\n"
            f"%{name} = aie.objectfifo.subview.access %{name}s[0] : {view} -> {self.memref}"
            for port, fifo, name in ends
        ]
        self.design.lines += [
            f"aie.core({self.design.tile(tile)}) {{",
            "%c0 = arith.constant 0 : index\n%c1 = arith.constant 1 : index",
            "%max = arith.constant 9223372036854775807 : index",
            f"%k = arith.constant {addend} : {self.design.element}",
            *[f"%n{d} = arith.constant {size} : index" for d, size in enumerate(self.shape)],
            "scf.for %it = %c0 to %max step %c1 {",
            *accesses,
            *loops,
            f"%x = memref.load %in[{indices}] : {self.memref}",
            f"%y = arith.addi %x, %k : {self.design.element}",
            f"memref.store %y, %out[{indices}] : {self.memref}",
            *["}"] * len(loops),
            *[f"aie.objectfifo.release @{fifo}({port}, 1)" for port, fifo, _ in ends],
            "}\naie.end\n}" + self.chance.choice(["", " {dynamic_objfifo_lowering = true}"]),
        ]

    def _transfers(self) -> None:
        length = self.objects.size
        host = f"memref<{length}x{self.design.element}>"
        for name, position in ((f"%i{self.number}", 0), (f"%o{self.number}", len(self.stages) - 2)):
            self.design.arguments.append(f"{name}: {host}")
            transfer = f"{name}[0, 0, 0, 0][1, 1, 1, {length}][0, 0, 0, 1]"
            attributes = f"{{id = {len(self.design.sequence)} : i64, metadata = @{self.fifo(position)}}}"
            self.design.sequence.append(f"aiex.npu.dma_memcpy_nd({transfer}) {attributes} : {host}")
        self.design.waits.append(f"aiex.npu.dma_wait {{symbol = @{self.fifo(len(self.stages) - 2)}}}")
