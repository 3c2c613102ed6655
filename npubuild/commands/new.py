"""`npubuild new NAME`: a kernel that builds and passes at once, to be turned into another one."""

from __future__ import annotations

import argparse
import os
import re
import sys
from pathlib import Path

from npubuild.commands.scaffold import KERNEL, OBJECT, SCAFFOLDS, Scaffold
from npubuild.errors import Place, UserError
from npubuild.files import read_bytes, write_atomically
from npubuild.hardware.devices import devices
from npubuild.registry import read_registry
from npubuild.registry.insertion import insert_entries
from npubuild.registry.schema import nearest
from npubuild.registry.table import NAME

FOLDER = "c_kernels"


def run(arguments: argparse.Namespace) -> int:
    _require_sound(arguments)
    root = _project()
    scaffold, name = SCAFFOLDS[arguments.dtype], arguments.name
    folder = Path(os.path.relpath(root)) / FOLDER
    file, source, reference = folder.parent / "kernels.yaml", folder / f"{name}.cc", folder / f"{name}.py"
    _require_free(name, file, (source, reference))
    _require_beside(scaffold, arguments.dtype, folder)
    words = {
        "name": name,
        "object": f"{name}.o",
        "function": f"{name}_{arguments.dtype}",  # no word of C++ and no function of its library ends like this
        "folder": FOLDER,
        "device": arguments.device,
        "scalars": scaffold.entry_scalars(f"{FOLDER}/{name}.py"),
        **scaffold.words,
    }
    entries = {"objects": OBJECT.format(**words), "kernels": KERNEL.format(**words)}
    text = insert_entries(read_bytes(file), str(file), entries)
    write_atomically(source, scaffold.source.format(**words))
    write_atomically(reference, scaffold.reference.format(**words))
    write_atomically(file, text)
    read_registry(file.absolute())
    print(f"made {source}, {reference} and the entry `{name}` of {file}")
    print(f"next: doit test:{name}")
    return 0


def _require_sound(arguments: argparse.Namespace) -> None:
    """UserError when a word of the command line is none that a kernel can be made of."""
    name = arguments.name
    if not re.fullmatch(NAME.pattern, name):
        raise UserError.at(None, f"`{name}` is not {NAME.what}", hint="take a name like `scale` or `mel_40`")
    if name in sys.stdlib_module_names or name == "numpy":
        message = f"`{name}` is a module of {'NumPy' if name == 'numpy' else 'Python'}, which {FOLDER}/{name}.py would hide"
        raise UserError.at(
            None, message, hint=f"take another name, like `{name}_kernel`: references import each other by name"
        )
    if arguments.device not in devices():
        raise UserError.at(None, f"unknown device `{arguments.device}`", hint=nearest(arguments.device, devices()))
    if arguments.dtype not in SCAFFOLDS:
        raise UserError.at(None, f"unknown dtype `{arguments.dtype}`", hint=nearest(arguments.dtype, SCAFFOLDS))


def _project() -> Path:
    """The nearest folder with a kernels.yaml, from the present one upwards; UserError when there is none."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / "kernels.yaml").is_file():
            return folder
    raise UserError.at(None, "there is no kernels.yaml here: run this in the project's folder")


def _require_free(name: str, file: Path, files: tuple[Path, ...]) -> None:
    """UserError when the registry is not sound, or has the name, or when a file is there already: nothing is overwritten."""
    registry = read_registry(file.absolute())
    known = registry.kernels.get(name)
    if known is not None:
        raise UserError.at(known.place, f"kernel `{name}` exists already", hint="choose another name")
    if f"{name}.o" in registry.objects:
        raise UserError.at(registry.objects[f"{name}.o"].place, f"object `{name}.o` exists already", "choose another name")
    for path in files:
        if path.exists():
            raise UserError.at(Place(str(path)), "exists already", hint="choose another name, or remove it")


def _require_beside(scaffold: Scaffold, dtype: str, folder: Path) -> None:
    """UserError when the project does not have what the texts include and import."""
    for name in scaffold.needs:
        if not (folder / name).is_file():
            hint = f"copy {' and '.join(scaffold.needs)} from the folder {FOLDER} of npubuild's repository"
            raise UserError.at(Place(str(folder / name)), f"is missing, and a kernel of {dtype} needs it", hint)
