"""One tile of the array: memory, locks, descriptors, channels, and the registers through which all of it is written."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from npubuild.emulator.descriptor import Plan, Slot
from npubuild.emulator.dma import DmaChannel
from npubuild.emulator.lock import Lock
from npubuild.emulator.memory import TileMemory
from npubuild.hardware.descriptors import FIELDS
from npubuild.hardware.devices import RESOURCES, Architecture, Channel, Tile, TileKind
from npubuild.hardware.limits import LOCK_WINDOW, MEMORY_WINDOW
from npubuild.hardware.registers import Register, RegisterKind, decode_push

if TYPE_CHECKING:
    from npubuild.emulator.array import Array

OWN = 1
LOCK_MASK = 0x3F
CHANNEL_RESET = 1 << 1  # memory and core tiles; on a shim the bit pauses the memory side
S2MM_MODES = 1 << 3 | 3 << 16  # out of order, finish on TLAST
PAUSES = 1 << 1 | 1 << 2  # shim
CORE_ENABLE = 1 << 0
CORE_RESET = 1 << 1
PLANS = 4096  # decoded descriptors remembered per tile


class RefusedError(Exception):
    """A register write that the emulator does not model."""


class TileState:
    """Everything that one tile holds. Memory is made when it is first needed."""

    __slots__ = ("_memory", "_plans", "array", "channels", "controls", "core_control", "kind", "locks", "slots", "tile")

    def __init__(self, tile: Tile, array: Array) -> None:
        resources = RESOURCES[tile.kind]
        self.tile = tile
        self.kind = tile.kind
        self.array = array
        self.locks = [Lock(tile, number, array.scheduler, array.findings) for number in range(resources.locks)]
        self.slots = [Slot(resources.descriptor_words) for _ in range(resources.descriptors)]
        self.channels: dict[Channel, DmaChannel] = {}
        self.controls: dict[Channel, int] = {}
        self.core_control = CORE_ENABLE
        self._memory: TileMemory | None = None
        self._plans: dict[tuple[int, ...], Plan] = {}

    def reset(self) -> None:
        """Locks, descriptors and channels as after configuration without any contents; memory stays."""
        for lock in self.locks:
            lock.configure(0)
        for slot in self.slots:
            slot.words = [0] * len(slot.words)
            slot.plan = None
            slot.iteration = 0
        self.channels.clear()
        self.controls.clear()
        self.core_control = CORE_ENABLE
        self._plans.clear()

    @property
    def memory(self) -> TileMemory:
        if self._memory is None:
            self._memory = TileMemory(self.tile)
        return self._memory

    def channel(self, channel: Channel) -> DmaChannel:
        found = self.channels.get(channel)
        if found is None:
            found = self.channels[channel] = DmaChannel(channel, self, self.array)
            self.array.channels.append(found)
        return found

    # What the tile's DMA reaches --------------------------------------------------------------------------------------

    def window(self, address: int) -> tuple[TileState | None, int]:
        """The tile in whose memory a DMA address lies, and the offset there in bytes."""
        if self.kind is TileKind.CORE:
            return self, address
        number, offset = divmod(address, MEMORY_WINDOW)
        return self._neighbour(number), offset

    def lock_window(self, number: int) -> tuple[TileState | None, int]:
        """The tile whose lock a descriptor names, and its number there."""
        if self.kind is not TileKind.MEM:
            return self, number
        window, local = divmod(number, LOCK_WINDOW)
        return self._neighbour(window), local

    def _neighbour(self, window: int) -> TileState | None:
        """Window 0 is west, 1 the tile itself, 2 east.

        In column 0 of an npu1 window 0 is the tile itself: that is how the compiler writes descriptors at run time
        (npu-facts.md, 3.9 and 10).
        """
        if window == 0 and self.tile.col == 0 and self.array.device.architecture is Architecture.AIE2:
            return self
        tile = Tile(self.tile.col + window - OWN, self.tile.row)
        return self.array.tile(tile) if window <= OWN + 1 and tile in self.array.device else None

    # Descriptors ------------------------------------------------------------------------------------------------------

    def plan(self, bd: int) -> Plan:
        """The descriptor decoded from its registers."""
        slot = self.slots[bd]
        if slot.plan is None:
            key = tuple(slot.words)
            plan = self._plans.get(key)
            if plan is None:
                if len(self._plans) >= PLANS:
                    self._plans.clear()
                plan = self._plans[key] = Plan(self, key)
            slot.plan = plan
        return slot.plan

    def write_descriptor(self, bd: int, first: int, words: Sequence[int]) -> None:
        """Write words `first` and following of a descriptor."""
        if bd in self.busy_descriptors():
            self.array.findings.hazard(self.tile, bd)
        slot = self.slots[bd]
        slot.words[first : first + len(words)] = words
        slot.plan = None
        field = FIELDS[self.kind]["iteration_current"]
        slot.iteration = slot.words[field.word] >> field.low & field.mask

    def patch(self, register: Register, host_address: int) -> None:
        """The address bits of words 1 and 2 of a shim descriptor; the rest of word 2 stays."""
        if register.kind is not RegisterKind.BD or register.word != 1 or self.kind is not TileKind.SHIM:
            raise RefusedError("an address patch is only modelled for word 1 of a shim's buffer descriptor")
        high = self.slots[register.index].words[2] & 0xFFFF0000 | host_address >> 32 & 0xFFFF
        self.write_descriptor(register.index, 1, (host_address & 0xFFFFFFFF, high))

    def busy_descriptors(self) -> set[int]:
        """The descriptors that a running or waiting task still needs."""
        busy: set[int] = set()
        for channel in self.channels.values():
            if channel.queue:
                busy |= channel.needed_descriptors()
        return busy

    # Registers --------------------------------------------------------------------------------------------------------

    def write(self, register: Register, value: int) -> None:
        """A register write. Raises RefusedError for what is not modelled."""
        kind = register.kind
        if kind is RegisterKind.BD:
            self.write_descriptor(register.index, register.word, (value,))
        elif kind is RegisterKind.QUEUE and register.channel is not None:
            push = decode_push(value, self.kind)
            self.channel(register.channel).push(push.bd, push.repeat, token=push.token)
        elif kind is RegisterKind.LOCK:
            self.locks[register.index].write(value & LOCK_MASK)
        elif kind is RegisterKind.MEMORY and register.index % 4 == 0:
            log = self.array.scheduler.log
            if log is None:
                self.memory.words[register.index // 4] = value
            else:
                log.write(self.memory.words, register.index // 4, value)
        elif kind is RegisterKind.CONTROL and register.channel is not None:
            self._write_control(register.channel, value)
        elif kind is RegisterKind.CORE_CONTROL:
            self._write_core_control(value)
        else:
            raise RefusedError(_refusal(register))

    def read(self, register: Register) -> int:
        """What a masked write finds at a register. Raises RefusedError for what is not modelled."""
        kind = register.kind
        if kind is RegisterKind.BD:
            return self.slots[register.index].words[register.word]
        if kind is RegisterKind.LOCK:
            return self.locks[register.index].value & LOCK_MASK
        if kind is RegisterKind.MEMORY and register.index % 4 == 0:
            return int(self.memory.words[register.index // 4])
        if kind is RegisterKind.CONTROL and register.channel is not None:
            return self.controls.get(register.channel, 0)
        if kind is RegisterKind.CORE_CONTROL:
            return self.core_control
        raise RefusedError(_refusal(register))

    def _write_control(self, channel: Channel, value: int) -> None:
        if self.kind is TileKind.SHIM:
            if value & PAUSES:
                raise RefusedError(f"pausing DMA channel {channel} is not modelled")
        elif value & CHANNEL_RESET:
            self.channel(channel).reset()
        if channel.direction == 0 and value & S2MM_MODES:
            raise RefusedError(f"out-of-order and finish-on-TLAST modes of DMA channel {channel} are not modelled")
        self.controls[channel] = value

    def _write_core_control(self, value: int) -> None:
        if self.array.scheduler.log is not None:
            self.array.scheduler.log.spoil()
        core = self.array.cores.get(self.tile)
        if core is not None:
            core.control(enabled=bool(value & CORE_ENABLE), reset=bool(value & CORE_RESET))
        self.core_control = value


_WORDS = {
    RegisterKind.PROGRAM: "program memory cannot be written at run time: the programs of the cores are not modelled as code",
    RegisterKind.STATUS: "a channel's status register cannot be written",
    RegisterKind.MEMORY: "data memory is written in whole words at multiples of 4",
    RegisterKind.QUEUE: "a masked write to a task queue is not modelled",
}


def _refusal(register: Register) -> str:
    nothing = f"no register that is modelled lies at offset {register.offset:#x} of a {register.tile.kind.value} tile"
    return _WORDS.get(register.kind, nothing)
