"""kernels.yaml -> Registry. Every error of the file is found in one reading, and located."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from npubuild.errors import Diagnostic, Place, UserError
from npubuild.files import read_bytes
from npubuild.hardware.devices import FIRST_CORE_ROW
from npubuild.hardware.limits import WORD_BYTES
from npubuild.mlir.template_parameters import F32_MAX, SCALAR_BITS
from npubuild.mlir.template_parameters import check as check_parameters
from npubuild.registry import model
from npubuild.registry.cases import case_names, function_names
from npubuild.registry.document import Mapping as MappingNode
from npubuild.registry.document import Node, Scalar, read_document
from npubuild.registry.instance import template_parameters
from npubuild.registry.schema import Located, nearest
from npubuild.registry.table import CORE_MEMORY, registry_record

DEFAULT_STACK_SIZE = 1024
DEFAULT_DEPTH = 2
DEFAULT_RUNS = 2


def read_registry(file: Path) -> model.Registry:
    """Read and check kernels.yaml; paths in it are relative to its folder.

    Raises UserError with all errors of the file, in the order of its lines.
    """
    name = os.path.relpath(file) if file.is_relative_to(Path.cwd()) else str(file)
    document, errors = read_document(read_bytes(file), name)
    checked = registry_record().check(document, errors.append)
    reader = _Reader(file.resolve().parent, document, errors)
    registry = reader.registry(checked, file) if checked is not None else None
    if errors or registry is None:
        raise UserError(sorted(errors, key=lambda error: error.place or Place("")))
    return registry


# What gives other bits than the order of additions in the source: the host's would not be those of a core.
INEXACT_FLAGS = frozenset(
    [
        *("-Ofast", "-ffast-math", "-funsafe-math-optimizations", "-fassociative-math", "-freciprocal-math"),
        *("-ffinite-math-only", "-fno-signed-zeros", "-ffp-contract=fast", "-ffp-contract=on", "-ffp-model=fast"),
    ]
)

_OWNERS = {
    **dict.fromkeys(("columns", "depth", "objects", "packed", "row"), "template"),
    **dict.fromkeys(("arguments", "meanings"), "program"),
}


_FILES = (("smoke", "reference", "reference"), ("design", "file", "design"), ("design", "program", "program"))


class _Reader:
    """Turns entries whose keys and types are right into objects, and reports what is wrong between them."""

    def __init__(self, root: Path, document: Node, errors: list[Diagnostic]) -> None:
        self.root = root
        self.document = document
        self.errors = errors
        self.functions: dict[str, tuple[str, ...]] = {}  # of modules that constants name, each read once

    def registry(self, root: Located, file: Path) -> model.Registry:
        entries = root["objects"]
        objects = {name: self._object(name, entry, entries.keys[name]) for name, entry in entries.value.items()}
        named = root["kernels"]
        kernels = {
            name: self._kernel(name, entry, self._linked_object(entry, objects, entries), named.keys[name])
            for name, entry in named.value.items()
        }
        self._report_unused(entries)
        self._check_files_of_refused(kernels)
        return model.Registry(self.root, file, objects, kernels)

    def _error(self, place: Place, message: str, hint: str = "") -> None:
        self.errors.append(Diagnostic(message, place, hint=hint))

    def _object(self, name: str, entry: Located, place: Place) -> model.ObjectFile:
        sources = tuple(self._file(source, "source") for source in entry["sources"].value)
        for number, source in enumerate(sources):
            if source in sources[:number]:
                self._error(entry["sources"].value[number].place, f"source `{source}` is listed twice")
        for flag in entry["flags"].value if "flags" in entry else ():
            if flag.value in INEXACT_FLAGS:
                message = (
                    f"`{flag.value}` lets the compiler reorder or fuse floating point: a core and the host would differ"
                )
                self._error(flag.place, message, "leave it out; c_kernels/README.md says how floating point stays exact")
        return model.ObjectFile(name, sources, _texts(entry, "flags"), place)

    def _linked_object(
        self, kernel: Located, objects: Mapping[str, model.ObjectFile], entries: Located
    ) -> model.ObjectFile | None:
        """The object that a kernel names: one that is declared with errors is stood in for, one that is not is reported."""
        function = kernel["entry"]
        named = [key for key in ("function", "functions") if key in function]
        if "object" not in kernel:
            if named:
                self._error(function.keys[named[0]], "a function without its object", "name the kernel's `object`")
            elif "template" in kernel["design"]:
                self._error(
                    kernel["design"].keys["template"], "a template needs an `object` and an `entry` with a `function`"
                )
            return None
        name = kernel["object"]
        if "functions" in function:
            self._check_functions(kernel)
        elif not named:
            self._error(function.place, f"key `function` is missing: which function of `{name.value}` is called?")
        if name.value not in entries.keys:
            self._error(name.place, f"unknown object `{name.value}`", nearest(name.value, entries.keys))
        return objects.get(name.value, model.ObjectFile(name.value, (), (), name.place))

    def _check_functions(self, kernel: Located) -> None:
        """Several functions need a design that says which core calls which, and a reference that says what they make."""
        entry = kernel["entry"]
        for key in ("function", "scalars"):
            if key in entry:
                self._error(entry.keys[key], f"`{key}` and `functions` exclude each other")
        if "template" in kernel["design"]:
            message = "a template calls one function, which `entry` names as `function`"
            self._error(kernel["design"].keys["template"], message, "give the design as a `file` or `program`")

    def _check_files_of_refused(self, kernels: Mapping[str, model.Kernel]) -> None:
        """Missing files of the kernels whose keys or types are wrong, so that these are told at once, too."""
        for name, kernel in _items(_items(self.document).get("kernels")).items():
            for section, key, what in _FILES if name not in kernels else ():
                file = _items(_items(kernel).get(section)).get(key)
                if isinstance(file, Scalar) and isinstance(file.value, str):
                    self._file(Located(file.value, file.place), what)

    def _report_unused(self, objects: Located) -> None:
        """Looks at every kernel of the file, so that an error in one does not make its object look unused."""
        used = set()
        kernels = self.document.items.get("kernels") if isinstance(self.document, MappingNode) else None
        for kernel in kernels.items.values() if isinstance(kernels, MappingNode) else ():
            linked = kernel.items.get("object") if isinstance(kernel, MappingNode) else None
            used |= {linked.value} if isinstance(linked, Scalar) else set()
        for name, place in objects.keys.items():
            if name not in used:
                self._error(place, f"object `{name}` is used by no kernel", "name it as a kernel's `object`, or remove it")

    def _kernel(self, name: str, entry: Located, linked: model.ObjectFile | None, place: Place) -> model.Kernel:
        design = entry["design"]
        errors_before = len(self.errors)
        kernel = model.Kernel(
            name=name,
            summary=entry["summary"].value,
            device=entry["device"].value,
            object_file=linked,
            entry=self._entry(entry["entry"]),
            design=self._design(design),
            patches=_texts(design, "patches"),
            stack_size=_value(entry, "stack_size", DEFAULT_STACK_SIZE),
            smoke=self._smoke(entry["smoke"]),
            place=place,
            recipe=entry.plain(),
            stream_difference=_value(entry, "stream_difference", ""),
        )
        if len(self.errors) == errors_before:
            self._check_instance(kernel, design)
        return kernel

    def _check_instance(self, kernel: model.Kernel, design: Located) -> None:
        """Whether the template's instance fits the array: what can be known before the design is generated."""
        if isinstance(kernel.design, model.TemplateDesign):
            try:
                check_parameters(template_parameters(kernel), design.place)
            except UserError as error:
                self.errors += error.diagnostics

    def _entry(self, entry: Located) -> model.Entry:
        inputs = tuple(self._buffer(buffer) for buffer in entry["inputs"].value)
        outputs = tuple(self._buffer(buffer) for buffer in entry["outputs"].value)
        scalars = entry["scalars"].value if "scalars" in entry else ()
        names: dict[str, Place] = {}
        for argument in (*entry["inputs"].value, *entry["outputs"].value, *scalars):
            name = argument["name"]
            if name.value in names:
                self._error(name.place, f"argument `{name.value}` is repeated", f"see line {names[name.value].line}")
            names[name.value] = name.place
        function, constants = _value(entry, "function", ""), tuple(self._scalar(scalar) for scalar in scalars)
        return model.Entry(function, inputs, outputs, constants, _texts(entry, "functions"))

    def _buffer(self, entry: Located) -> model.Buffer:
        shape = tuple(extent.value for extent in entry["shape"].value)
        buffer = model.Buffer(entry["name"].value, shape, entry["dtype"].value)
        if buffer.nbytes > CORE_MEMORY:
            message = f"{buffer} has {buffer.nbytes} bytes; a core has {CORE_MEMORY}"
            self._error(entry["shape"].place, message, "let the kernel work on a smaller block, and run it more often")
        elif buffer.nbytes % WORD_BYTES:  # rule 19 of npu-facts.md, section 6
            message = f"{buffer} has {buffer.nbytes} bytes; an object fifo moves multiples of {WORD_BYTES}"
            self._error(entry["shape"].place, message, "pad the innermost extent")
        return buffer

    def _scalar(self, entry: Located) -> model.Scalar:
        dtype, value = entry["dtype"].value, entry["value"].value
        bits = SCALAR_BITS.get(dtype)
        place = entry["value"].place
        if bits is None and abs(value) > F32_MAX:
            self._error(place, f"{value} does not fit f32")
        if bits is not None and not isinstance(value, int):
            self._error(place, f"{value} is not a whole number, as {dtype} needs")
        elif bits is not None and not -(1 << bits - 1) <= value < 1 << bits - 1:
            self._error(place, f"{value} does not fit {dtype}", f"{-(1 << bits - 1)} to {(1 << bits - 1) - 1}")
        meaning = None
        if "meaning" in entry:
            text = entry["meaning"]
            meaning = "" if text.value == model.NO_MEANING else self._meaning(text)
        return model.Scalar(entry["name"].value, dtype, value, meaning, place)

    def _meaning(self, text: Located) -> str:
        """`file:function`, the file's path normalized."""
        file, _, function = text.value.rpartition(":")
        errors_before = len(self.errors)
        path = self._file(Located(file, text.place), "module")
        if len(self.errors) == errors_before:
            self._check_function(path, function, text.place)
        return f"{path}:{function}"

    def _check_function(self, path: str, function: str, place: Place) -> None:
        try:
            if path not in self.functions:
                self.functions[path] = function_names(self.root / path)
        except (ValueError, OSError) as error:
            self._error(place, f"module `{path}` {error}")
            return
        if function not in (known := self.functions[path]):
            self._error(place, f"`{path}` has no function `{function}`", nearest(function, known))

    def _design(self, entry: Located) -> model.DesignSource:
        self._refuse_foreign_keys(entry)
        if "template" in entry:
            return model.TemplateDesign(
                template=entry["template"].value,
                columns=_value(entry, "columns", 1),
                depth=_value(entry, "depth", DEFAULT_DEPTH),
                objects=_value(entry, "objects", 1),
                packed=_value(entry, "packed", True),
                row=_value(entry, "row", FIRST_CORE_ROW),
            )
        if "file" in entry:
            return model.FileDesign(self._file(entry["file"], "design"))
        program = self._file(entry["program"], "program")
        return model.ProgramDesign(program, _texts(entry, "arguments"), tuple(self._options(entry)))

    def _options(self, entry: Located) -> Iterator[model.ProgramOption]:
        """The numbers behind the options that have a meaning: `--shift 8` are two words of `arguments`."""
        words = entry["arguments"].value if "arguments" in entry else ()
        following = dict(zip((word.value for word in words), words[1:], strict=False))
        for name, text in (entry["meanings"].value if "meanings" in entry else {}).items():
            place = entry["meanings"].keys[name]
            if name not in following:
                hint = nearest(name, [word for word in following if word.startswith("-")])
                self._error(place, f"`arguments` has no option `{name}` with a value", hint)
            elif (value := _number(following[name].value)) is None:
                self._error(following[name].place, f"`{following[name].value}` is no number, but `{name}` has a meaning")
            else:
                yield model.ProgramOption(name, value, self._meaning(text), following[name].place)

    def _refuse_foreign_keys(self, entry: Located) -> None:
        for key, owner in _OWNERS.items():
            if key in entry and owner not in entry:
                self._error(entry.keys[key], f"`{key}` belongs to `{owner}`, which this design is not made by")

    def _smoke(self, entry: Located) -> model.Smoke:
        reference = self._file(entry["reference"], "reference")
        cases = []
        for case in entry["cases"].value:
            seeds = tuple(seed.value for seed in case["seeds"].value)
            tolerance = case["tolerance"]
            bounds = model.Tolerance(
                max_error=float(_value(tolerance, "max_error", math.inf)),
                correlation=_value(tolerance, "correlation", None),
                max_ulp=_value(tolerance, "max_ulp", None),
            )
            cases.append(model.SmokeCase(case["case"].value, seeds, bounds))
        self._check_cases(reference, entry)
        return model.Smoke(reference, tuple(cases), _value(entry, "runs", DEFAULT_RUNS))

    def _check_cases(self, reference: str, entry: Located) -> None:
        if not (self.root / reference).is_file():
            return  # already reported
        try:
            known = case_names(self.root / reference)
        except (ValueError, OSError) as error:
            self._error(entry["reference"].place, f"reference `{reference}` {error}", "see c_kernels/README.md")
            return
        for case in entry["cases"].value:
            name = case["case"]
            if name.value not in known:
                self._error(name.place, f"unknown case `{name.value}` of `{reference}`", nearest(name.value, known))

    def _file(self, path: Located, what: str) -> str:
        """A file of the project, as a normalized path relative to it."""
        name: str = path.value
        try:
            resolved = (self.root / name).resolve()
            if not resolved.is_relative_to(self.root):
                hint = "copy it into the project, so that a clone can build it"
                self._error(path.place, f"{what} `{name}` is outside the project", hint)
            elif not resolved.is_file():
                self._error(
                    path.place, f"{what} `{name}` is {'no file' if resolved.exists() else 'missing'}", _similar(resolved)
                )
        except (OSError, ValueError, RuntimeError) as error:
            self._error(path.place, f"{what} `{name}` is not a usable path: {error}")
        return os.path.normpath(name)


def _number(word: str) -> int | float | None:
    """A word of a command line as a number."""
    for read in (int, float):
        try:
            return read(word)
        except ValueError:
            continue
    return None


def _items(node: Node | None) -> Mapping[str, Node]:
    """What a mapping of the document contains; nothing for any other node."""
    return node.items if isinstance(node, MappingNode) else {}


def _similar(path: Path) -> str:
    try:
        names = [entry.name for entry in path.parent.iterdir()]
    except OSError:
        return f"the folder `{path.parent.name}` is missing, too"
    close = nearest(path.name, names)
    return close if close.startswith("did you") else ""


def _value(entry: Located, key: str, default: Any) -> Any:
    return entry[key].value if key in entry else default


def _texts(entry: Located, key: str) -> tuple[str, ...]:
    return tuple(item.value for item in entry[key].value) if key in entry else ()
