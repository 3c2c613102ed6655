"""The array: every tile's memory, locks, descriptors and channels, the streams between them, and the cores' programs.

It is made from a placement, keeps its state from run to run, and is otherwise changed only by register writes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache, partial
from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from npubuild.emulator.core_process import CoreProcess
from npubuild.emulator.descriptor import Slot
from npubuild.emulator.dma import DmaChannel
from npubuild.emulator.findings import Findings
from npubuild.emulator.lock import Lock
from npubuild.emulator.memory import HostMemory
from npubuild.emulator.process import Bytes, CoreProgram
from npubuild.emulator.replay import Memo
from npubuild.emulator.scheduler import Scheduler
from npubuild.emulator.stream import Network
from npubuild.emulator.tile import RefusedError, TileState
from npubuild.hardware.descriptors import encode
from npubuild.hardware.devices import Channel, Device, Tile, TileKind
from npubuild.hardware.registers import Register, RegisterKind, identify
from npubuild.placement.model import Placement

if TYPE_CHECKING:
    from npubuild.emulator.sequencer import Sequencer
    from npubuild.emulator.tracing import Tracer

SETTLING = 100_000  # turns of processes while the configured array comes to rest; more only if something spins for ever


Load: TypeAlias = tuple[Placement, Mapping[Tile, CoreProgram]]
"""A placed design with the programs of its cores."""


class Array:
    """One configured device.

    `programs` maps the tiles with cores to their programs. `seed` permutes the order of events (0: first come, first
    served). `checked` looks for kernel writes outside the kernel's buffers, at the price of running kernels one by one.
    `loads` are the designs that the load_pdi operations of a sequence load, in order; what is missing loads this one.
    `scheduler` replaces the usual one, `observer` is told of every run.
    """

    def __init__(
        self,
        placement: Placement,
        programs: Mapping[Tile, CoreProgram],
        seed: int = 0,
        *,
        checked: bool = False,
        loads: Sequence[Load] = (),
        scheduler: Scheduler | None = None,
    ) -> None:
        self.checked = checked
        self.loads = loads
        self.loaded = 0
        self.ran = False
        self.sequencers: dict[int, Sequencer] = {}
        self.memo = Memo()
        self.scheduler = scheduler or Scheduler(seed, parallel=not checked)
        self.observer: Tracer | None = None
        self.findings = Findings()
        self.host = HostMemory()
        self.device: Device = placement.device
        self.tiles: dict[Tile, TileState] = {}
        self.channels: list[DmaChannel] = []
        self.cores: dict[Tile, CoreProcess] = {}
        self.locks: dict[str, Lock] = {}
        self.configure(placement, programs)

    def configure(self, placement: Placement, programs: Mapping[Tile, CoreProgram]) -> None:
        """Load a design: locks, descriptors, channels and cores start afresh; undefined buffers keep what lies there.

        Cores and channels have run to their first wait when this returns.
        """
        self.memo.current = None
        if self.scheduler.log is not None:
            self.scheduler.log.spoil()
        self.scheduler.clear()
        for state in self.tiles.values():
            state.reset()
        self.channels.clear()
        self.placement = placement
        self.programs = programs
        self.device = placement.device
        self._buffers: dict[str, Bytes] = {}
        self._load_memory()
        self._load_locks()
        self.network = Network(placement.flows, placement.packet_flows)
        self.network.connect(self.channel)
        for (tile, bd), descriptor in placement.descriptors.items():
            self.tile(tile).write_descriptor(bd, 0, encode(descriptor, tile.kind))
        for task in placement.tasks:
            self.channel(task.channel).push(task.first_bd, task.repeat, by_sequence=False)
        self.cores = {tile: CoreProcess(tile, program, self) for tile, program in programs.items()}
        self.settle(SETTLING)

    def begin_run(self, host: HostMemory) -> None:
        """Bind the host's buffers and forget what only concerned the previous run."""
        self.host = host
        self.loaded = 0
        if self.ran:
            self.findings.clear()
        self.ran = True
        for channel in self.channels:
            channel.tasks.clear()
            channel.dropped = channel.moved = 0

    def load_next(self) -> None:
        """What a load_pdi does: the next design takes the place of this one, memory keeps what nothing initialises."""
        number, self.loaded = self.loaded, self.loaded + 1
        self.configure(*(self.loads[number] if number < len(self.loads) else (self.placement, self.programs)))

    def settle(self, budget: int) -> int:
        """Let everything run until nothing can, or `budget` turns are used up; the part of it that is left."""
        self.memo.current = None
        while True:
            budget = self.scheduler.run(budget)
            if not self.scheduler.idle or not self.scheduler.finish_call():
                return budget

    def _load_memory(self) -> None:
        objects = {name for ring in self.placement.rings for name in ring.buffers}
        for buffer in self.placement.buffers:
            data = self.tile(buffer.tile).memory.bytes[buffer.address : buffer.address + buffer.nbytes]
            self._buffers[buffer.name] = data
            if buffer.initial is not None:
                data[...] = np.frombuffer(buffer.initial, np.uint8)
            elif buffer.tile.kind is TileKind.CORE and buffer.name not in objects:
                data[...] = 0  # part of the core's program, whose loader clears what has no contents

    def _load_locks(self) -> None:
        self.locks = {}
        for lock in self.placement.locks:
            state = self.tile(lock.tile).locks[lock.id]
            state.configure(lock.init)
            state.name = lock.name
            self.locks[lock.name] = state

    def memory(self, name: str) -> Bytes:
        """The live contents of a buffer of the placement."""
        return self._buffers[name]

    def tile(self, tile: Tile) -> TileState:
        state = self.tiles.get(tile)
        if state is None:
            state = self.tiles[tile] = TileState(tile, self)
        return state

    def channel(self, channel: Channel) -> DmaChannel:
        return self.tile(channel.tile).channel(channel)

    # Registers --------------------------------------------------------------------------------------------------------

    def prepare_write(self, address: int, value: int) -> Callable[[], None]:
        """`write_register` for later and for often: the register is looked up once."""
        register = _identify(address)
        if register.tile not in self.device:
            return partial(self.write_register, address, value)
        return partial(self.tile(register.tile).write, register, value)

    def prepare_block(self, address: int, words: Sequence[int]) -> Callable[[], None]:
        """`write_block` for later and for often."""
        register = _identify(address)
        if register.tile in self.device and register.kind is RegisterKind.BD:
            tile = self.tile(register.tile)
            if register.word + len(words) <= len(tile.slots[register.index].words):
                return partial(tile.write_descriptor, register.index, register.word, words)
        return partial(self.write_block, address, words)

    def write_register(self, address: int, value: int) -> None:
        """Write one 32-bit word. Raises RefusedError for an address at which nothing is modelled."""
        self.memo.current = None
        register = _identify(address)
        self._owner(register).write(register, value)

    def write_block(self, address: int, words: Sequence[int]) -> None:
        """Write consecutive words; a whole descriptor is written at once."""
        self.memo.current = None
        register = _identify(address)
        if register.kind is RegisterKind.BD and register.word + len(words) <= len(self._slot(register).words):
            self._owner(register).write_descriptor(register.index, register.word, words)
            return
        for number, word in enumerate(words):
            self.write_register(address + 4 * number, word)

    def write_masked(self, address: int, value: int, mask: int) -> None:
        """Replace the bits of `mask`."""
        self.memo.current = None
        register = _identify(address)
        owner = self._owner(register)
        owner.write(register, owner.read(register) & ~mask | value & mask)

    def prepare_patch(self, address: int, host_address: int) -> Callable[[], object]:
        """For later: put a 48-bit host address into the shim descriptor whose word 1 is at `address`.

        Raises RefusedError, when called, for any other address.
        """
        register = _identify(address)
        if register.tile not in self.device:
            return partial(self._owner, register)
        return partial(self.tile(register.tile).patch, register, host_address)

    def _owner(self, register: Register) -> TileState:
        if register.tile not in self.device:
            raise RefusedError(f"{self.device.name} has no tile {register.tile}")
        return self.tile(register.tile)

    def _slot(self, register: Register) -> Slot:
        return self._owner(register).slots[register.index]


@lru_cache(maxsize=1 << 16)
def _identify(address: int) -> Register:
    return identify(address)
