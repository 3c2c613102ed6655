"""`device` and `hw_context`: the emulated NPU, and a design that is loaded on its array (xrt-facts.md, 2.2 and 3.7)."""
# ruff: noqa: N801 (the names are the real module's)

from __future__ import annotations

import itertools
import weakref
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from npubuild.emulator.xrt.enums import xrt_info_device
from npubuild.emulator.xrt.mode import explained
from npubuild.emulator.xrt.signatures import STRING, UINT32, enumeration, instance, overloaded
from npubuild.emulator.xrt.xclbins import container_of, contents_of, make_uuid, uuid, xclbin
from npubuild.errors import UserError
from npubuild.hardware.devices import Architecture, devices
from npubuild.xclbin.build import emulation_image
from npubuild.xclbin.container import Container
from npubuild.xclbin.contents import Contents
from npubuild.xclbin.image import EmulationImage

if TYPE_CHECKING:
    from npubuild.emulator.load import LoadedDesign

BDF = "0000:c5:00.1"
NAMES = {Architecture.AIE2: "NPU Phoenix (emulated)", Architecture.AIE2P: "NPU Strix (emulated)"}
MOST_CONTEXTS = {Architecture.AIE2: 6, Architecture.AIE2P: 32}
SAFE_QUERIES = {xrt_info_device.bdf.value: BDF, xrt_info_device.kdma.value: "0", xrt_info_device.m2m.value: "0"}


@dataclass
class _Registered:
    container: Container
    contents: Contents


@dataclass
class _Npu:
    """The one emulated device, shared by all `device` objects. It takes the shape of the files registered with it."""

    files: dict[str, _Registered] = field(default_factory=dict)
    architecture: Architecture = Architecture.AIE2
    contexts: weakref.WeakSet[Context] = field(default_factory=weakref.WeakSet)
    slots: itertools.count[int] = field(default_factory=lambda: itertools.count(1))


@dataclass(eq=False)
class Context:
    """What a hardware context stands for: columns of the array with a design on them, whose state lasts between runs.

    `slot` is its number; `command` the recycled command buffer, in which arguments of earlier runs are still found.
    """

    image: EmulationImage
    contents: Contents
    architecture: Architecture
    slot: int
    command: bytes = b""
    loaded: LoadedDesign | None = None

    def design(self) -> LoadedDesign:
        """The loaded design; loaded again if the context was reset. RuntimeError where it cannot be loaded."""
        if self.loaded is None:
            from npubuild.emulator.load import load_image  # heavy: only for a script that runs something

            try:
                self.loaded = load_image(self.image)
            except UserError as error:
                text = "No valid DPU kernel found in xclbin (err=22): Invalid argument"
                raise explained(text, f"the design in the emulation image cannot be loaded:\n{error}") from error
        return self.loaded


_npu = _Npu()


def reset_contexts() -> None:
    """What the driver does after a time-out: every context of the device starts from its configuration again."""
    for context in _npu.contexts:
        context.loaded = None


class device:
    """The emulated NPU, device 0."""

    @overloaded((), (UINT32,), (STRING,))
    def __init__(self, which: int | str | None = None) -> None:
        if isinstance(which, int) and which != 0:
            raise RuntimeError(f" No such device with index '{which}'")
        if isinstance(which, str) and which != BDF:
            raise explained(f"No such device '{which}': Invalid argument", f"the emulated device is {BDF}")
        self._open = which is not None

    @overloaded((instance(xclbin, "pyxrt.xclbin"),), returns="pyxrt.uuid")
    def register_xclbin(self, file: xclbin) -> uuid:
        require_open(self)
        container = container_of(file)
        name = file.get_uuid()
        _npu.files[name.to_string()] = _Registered(container, contents_of(file))
        _npu.architecture = _architecture(container) or _npu.architecture
        return name

    @overloaded((STRING,), (instance(xclbin, "pyxrt.xclbin"),), returns="pyxrt.uuid")
    def load_xclbin(self, _: str | xclbin) -> uuid:
        hint = "an NPU has no such operation: uuid = device.register_xclbin(xclbin); hw_context(device, uuid)"
        raise explained("load_axlf: Operation not supported", hint)

    @overloaded((), returns="pyxrt.uuid")
    def get_xclbin_uuid(self) -> uuid:
        require_open(self)
        return make_uuid(bytes(16))

    @overloaded((enumeration(xrt_info_device),), returns="str")
    def get_info(self, query: xrt_info_device) -> str:
        require_open(self)
        if query == xrt_info_device.name:
            return NAMES[_npu.architecture]
        if query.value not in SAFE_QUERIES:
            raise RuntimeError(f"No such query request ({query.value})")
        return SAFE_QUERIES[query.value]


def require_open(opened: device) -> None:
    """RuntimeError for a default-constructed device, on which the real runtime crashes."""
    if not opened._open:
        raise explained("", "this device object is empty: the real runtime would crash here; use device(0)")


def _architecture(container: Container) -> Architecture | None:
    try:
        image = emulation_image(container)
    except UserError:
        return None
    found = devices().get(image.manifest.device)
    return found.architecture if found else None


class hw_context:
    """A context made of a registered file; the design is loaded at once, and its state lasts as long as the object."""

    @overloaded((), (instance(device, "pyxrt.device"), instance(uuid, "pyxrt.uuid")))
    def __init__(self, opened: device | None = None, name: uuid | None = None) -> None:
        self._context: Context | None = None
        if opened is not None and name is not None:
            require_open(opened)
            self._context = _make_context(name.to_string())


def context_of(context: hw_context) -> Context:
    """What an `hw_context` stands for; RuntimeError for a default-constructed one."""
    if context._context is None:
        raise explained("", "this hw_context is empty: the real runtime would crash here; use hw_context(device, uuid)")
    return context._context


def _make_context(name: str) -> Context:
    registered = _npu.files.get(name)
    if registered is None:
        hint = "register the file first: uuid = device.register_xclbin(pyxrt.xclbin(path))"
        raise explained(f"No xclbin with uuid '{name}': Invalid argument", hint)
    refused = "No valid DPU kernel found in xclbin (err=22): Invalid argument"
    try:
        image = emulation_image(registered.container)
    except UserError as error:
        raise explained(refused, str(error)) from error
    found = devices().get(image.manifest.device)
    if found is None:
        raise explained(refused, f"the emulation image is for `{image.manifest.device}`, which is no device")
    limit = MOST_CONTEXTS[found.architecture]
    if len(_npu.contexts) >= limit:
        hint = f"{limit} contexts are open already: make one, and keep it for all runs"
        raise explained("DRM_IOCTL_AMDXDNA_CREATE_HWCTX IOCTL failed (err=-2): No such file or directory", hint)
    context = Context(image, registered.contents, found.architecture, next(_npu.slots))
    context.design()
    _npu.contexts.add(context)
    return context
