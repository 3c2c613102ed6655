"""What running on the NPU needs: pyxrt for this Python, a device that this user may open, and memory that may be locked.

Nothing is imported or opened here; each cause has its own message, since the runtime's own say little
(toolchain-facts.md, 4; xrt-facts.md, 3).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from npubuild.toolchain.locations import XRT_FOLDER
from npubuild.toolchain.machine import Machine
from npubuild.toolchain.search import Search
from npubuild.toolchain.tool import Problem, Tool

INSTALL_XRT = "install XRT and the NPU driver (github.com/amd/xdna-driver); the user must be in the group `render`"
ACCELERATORS = "/dev/accel"
DRIVER = "amdxdna"
NPU_IDS = {("0x1022", "0x1502"): "npu1 (Phoenix, Hawk Point)", ("0x1022", "0x17f0"): "npu2 (Strix, Krackan)"}
# Inside a container /etc/group is the container's own: the number has to be asked for on the host.
CONTAINER_FLAGS = "--device=/dev/accel/accel0 --ulimit memlock=-1:-1 --group-add $(getent group render | cut -d: -f3)"
_ABI_TAG = re.compile(r"pyxrt\.cpython-(\d)(\d+)-")
MIB = 1 << 20


def find_pyxrt(machine: Machine) -> Tool:
    """Pyxrt is an extension module for one minor version of Python: one for another version is named, but not taken."""
    folders = list(machine.module_path)
    if "XILINX_XRT" in machine.environment:
        folders.append(Path(machine.environment["XILINX_XRT"]) / "python")
    folders += [machine.system(XRT_FOLDER) / "python", machine.system("/usr/lib/python3/dist-packages")]
    places: list[str] = []
    problems: list[Problem] = []
    name = f"pyxrt for Python {machine.python_version}"
    for folder in dict.fromkeys(folders):
        others = []
        for file in sorted(folder.glob("pyxrt*.so")):
            if file.name in {f"pyxrt{machine.extension_suffix}", "pyxrt.so"}:
                return _pyxrt(Search(name, file, str(folder), (str(folder),)), ())
            others.append(file.name)
            problems.append(_other_python(file, machine))
        places.append(f"{folder} (has {', '.join(others)})" if others else str(folder))
    return _pyxrt(Search(name, None, "", tuple(places)), tuple(problems))


def _pyxrt(search: Search, problems: tuple[Problem, ...]) -> Tool:
    return Tool("pyxrt", search, "device=npu", INSTALL_XRT, problems)


def _other_python(file: Path, machine: Machine) -> Problem:
    tag = _ABI_TAG.match(file.name)
    if not tag or f"{tag[1]}.{tag[2]}" == machine.python_version:
        message = f"{file} does not fit this Python, whose extension modules end in {machine.extension_suffix}"
        return Problem(message, "install the XRT of this Python's build and processor")
    version = f"{tag[1]}.{tag[2]}"
    message = f"{file} is for Python {version}, and this is Python {machine.python_version}"
    return Problem(message, f"run npubuild with that Python: PYTHON=python{version} scripts/bootstrap")


def find_npu(machine: Machine) -> Tool:
    """The first accelerator that the NPU's driver drives, and what keeps this user from running on it."""
    nodes = sorted(machine.system(ACCELERATORS).glob("accel*"))
    ours = [node for node in nodes if _driver(machine, node) in {"", DRIVER}]
    places = [f"{node} (driven by {_driver(machine, node)})" for node in nodes if node not in ours]
    search = Search("an NPU", ours[0] if ours else None, "driver" if ours else "", (*places, f"{ACCELERATORS}/accel*"))
    if not ours:
        return Tool("npu", search, "device=npu", INSTALL_XRT, tuple(_why_no_device(machine)))
    problems = (*_access_problems(machine, ours[0]), *_memlock_problems(machine))
    return Tool("npu", search, "device=npu", INSTALL_XRT, problems, _details(machine, ours[0]))


def _why_no_device(machine: Machine) -> Iterator[Problem]:
    driver_is_loaded = machine.system(f"/sys/module/{DRIVER}").is_dir()
    if machine.in_container and (driver_is_loaded or _pci_npu(machine)):
        message = "this machine has an NPU, but the container was started without its device"
        yield Problem(message, f"start it with {CONTAINER_FLAGS} (docs/dev-containers.md)")
    elif machine.in_container:
        yield Problem("this container sees no NPU", f"on a host that has one: {CONTAINER_FLAGS}")
    elif driver_is_loaded:
        yield Problem(
            f"the driver {DRIVER} is loaded, but drives no NPU", "see `sudo dmesg` for why, and the BIOS for `IPU`"
        )
    elif name := _pci_npu(machine):
        yield Problem(f"there is an {name}, but no driver for it", f"sudo modprobe {DRIVER}, or {INSTALL_XRT}")


def _access_problems(machine: Machine, node: Path) -> Iterator[Problem]:
    if machine.may_use(node):
        return
    message = f"this user may not open {node}"
    if machine.in_container:
        yield Problem(message, f"start the container with --group-add {node.stat().st_gid} (the group that owns the device)")
    else:
        yield Problem(message, "sudo usermod -aG render $USER, then log in again")


def _memlock_problems(machine: Machine) -> Iterator[Problem]:
    if machine.memlock is None:
        return
    size = f"{machine.memlock // MIB} MiB" if machine.memlock >= MIB else f"{machine.memlock // 1024} KiB"
    message = f"only {size} of memory may be locked; the NPU's buffers need `ulimit -l unlimited`"
    if machine.in_container:
        yield Problem(message, "start the container with --ulimit memlock=-1:-1")
    else:
        yield Problem(message, "put `* - memlock unlimited` into /etc/security/limits.d/99-npu.conf, then log in again")


def _details(machine: Machine, node: Path) -> dict[str, str]:
    """What the driver says of itself and the device in /sys."""
    found = {
        "name": machine.read(f"/sys/class/accel/{node.name}/device/vbnv"),
        "driver": f"{DRIVER} {machine.read(f'/sys/module/{DRIVER}/version')}".strip(),
        "firmware": machine.read(f"/sys/class/accel/{node.name}/device/fw_version"),
    }
    return {key: text for key, text in found.items() if text}


def _driver(machine: Machine, node: Path) -> str:
    """The name of the driver of an accelerator; "" when /sys does not say."""
    link = machine.system(f"/sys/class/accel/{node.name}/device/driver")
    return link.resolve().name if link.exists() else ""


def _pci_npu(machine: Machine) -> str:
    """The kind of an NPU on the PCI bus, "" without one."""
    for device in sorted(machine.system("/sys/bus/pci/devices").glob("*")):
        identity = tuple(machine.read(f"/sys/bus/pci/devices/{device.name}/{part}") for part in ("vendor", "device"))
        if identity in NPU_IDS:
            return NPU_IDS[identity]
    return ""
