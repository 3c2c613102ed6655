"""The result of placing one `aie.device`: what its configuration puts into every tile.

The lowering reads channels, addresses, lock ids and controller ids from it; the emulator loads all of it. Names follow the
real compiler (`of_cons_buff_0`, `of_prod_lock_0`), so that a message, a golden file and a tool's output agree.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from npubuild.hardware.descriptors import BufferDescriptor, Packet
from npubuild.hardware.devices import Channel, Device, Tile

if TYPE_CHECKING:
    from xdsl.dialects.builtin import MemRefType
    from xdsl.ir import SSAValue

    from npubuild.mlir.dialect.aie import CoreOp


@dataclass(frozen=True)
class Buffer:
    """A piece of data memory: `address` and `nbytes` in bytes, `initial` its contents at configuration (None: undefined)."""

    name: str
    tile: Tile
    address: int
    nbytes: int
    type: MemRefType
    initial: bytes | None = None


@dataclass(frozen=True)
class Lock:
    """A counting semaphore of `tile`; `id` is the tile's own number, `init` its value at configuration."""

    name: str
    tile: Tile
    id: int
    init: int


class Port(NamedTuple):
    """An end of a stream: `bundle` is DMA, Core, TileControl, ... as in `aie.flow`."""

    tile: Tile
    bundle: str
    channel: int


@dataclass(frozen=True)
class Flow:
    """A circuit-switched connection. Several flows from one source are a multicast."""

    source: Port
    destination: Port


@dataclass(frozen=True)
class PacketFlow:
    """A packet-switched connection: packets of `id` from any source go to every destination."""

    id: int
    sources: tuple[Port, ...]
    destinations: tuple[Port, ...]
    keep_header: bool = False


@dataclass(frozen=True)
class Task:
    """A task pushed when the array is configured: the chain from `first_bd` runs `repeat` + 1 times."""

    channel: Channel
    first_bd: int
    repeat: int = 0


@dataclass(frozen=True)
class Ring:
    """One end of an object fifo: the objects on `tile` and the pair of locks that counts them.

    `fifo` is the name in the design, `consumer` the position in its consumer list (None: the producer's end). `buffers`
    in ring order. `free` and `full` are lock names (empty with `disable_synchronization`, and on a shim). Rings of a link
    are shared: `shares` names the fifos that use the same buffers. `repeat` multiplies both lock counts.
    """

    fifo: str
    consumer: int | None
    tile: Tile
    buffers: tuple[str, ...]
    free: str = ""
    full: str = ""
    repeat: int = 1
    shares: tuple[str, ...] = ()


class Access(NamedTuple):
    """The key under which a core finds its ring: core tile, fifo, and `Produce` or `Consume`."""

    tile: Tile
    fifo: str
    port: str


@dataclass(frozen=True)
class Allocation:
    """The shim (or other) DMA channel behind a symbol of the runtime sequence, with its packet header if it has one."""

    symbol: str
    channel: Channel
    packet: Packet | None = None


@dataclass(frozen=True)
class Core:
    """A core with its program. `links` are the objects it is linked with, `stack_size` is in bytes."""

    tile: Tile
    op: CoreOp
    stack_size: int
    links: tuple[str, ...] = ()


@dataclass(frozen=True)
class Placement:
    """Everything that the configuration of one device sets up. Sequences keep the real compiler's order of creation.

    `names` gives the buffer or lock behind the result of an `aie.buffer` or `aie.lock` (those without a symbol get one
    of the compiler's own kind). `allocations` holds a fifo's shim channel under its generated name and under the fifo's own.
    """

    device: Device
    name: str
    buffers: tuple[Buffer, ...] = ()
    locks: tuple[Lock, ...] = ()
    descriptors: Mapping[tuple[Tile, int], BufferDescriptor] = field(default_factory=dict)
    tasks: tuple[Task, ...] = ()
    flows: tuple[Flow, ...] = ()
    packet_flows: tuple[PacketFlow, ...] = ()
    rings: tuple[Ring, ...] = ()
    accesses: Mapping[Access, Ring] = field(default_factory=dict)
    allocations: Mapping[str, Allocation] = field(default_factory=dict)
    controller_ids: Mapping[Tile, int] = field(default_factory=dict)
    cores: tuple[Core, ...] = ()
    names: Mapping[SSAValue, str] = field(default_factory=dict)
    cascades: tuple[tuple[Tile, Tile], ...] = ()

    def buffer(self, name: str) -> Buffer:
        return next(buffer for buffer in self.buffers if buffer.name == name)

    def lock(self, name: str) -> Lock:
        return next(lock for lock in self.locks if lock.name == name)
