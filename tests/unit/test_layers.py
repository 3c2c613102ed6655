"""Who may import whom: each room of the package knows only what lies below it, and some modules have one door only."""

import ast
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "npubuild"

# The rooms that each room may import, besides itself.
ALLOWED = {
    "errors": set(),
    "files": {"errors"},
    "process": {"errors"},
    "hardware": {"errors"},
    "mlir": {"errors", "files", "process", "hardware"},
    "placement": {"errors", "hardware", "mlir"},
    "lowering": {"errors", "files", "hardware", "mlir", "placement"},
    "xclbin": {"errors", "files", "hardware"},
    "check": {"errors", "files", "hardware", "mlir", "placement", "lowering", "xclbin"},
    "compare": {"errors", "hardware", "mlir", "placement", "lowering", "check", "xclbin"},
    "emulator": {"errors", "files", "hardware", "mlir", "placement", "lowering", "xclbin", "toolchain", "cache"},
    "toolchain": {"errors", "files", "process"},
    "cache": {"errors", "files"},
    "crosscheck": {"errors", "lowering", "mlir", "process", "toolchain"},
    "resources": {"errors", "files", "process", "hardware", "placement", "toolchain"},
    "registry": {"errors", "files", "hardware", "mlir"},
    "device": {"errors", "toolchain", "emulator", "xclbin"},
    "smoke": {"errors", "files", "process", "device", "mlir", "pipeline", "registry", "toolchain", "xclbin"},
    "pipeline": {
        "errors", "files", "process", "hardware", "mlir", "placement", "lowering", "check", "xclbin", "toolchain",
        "registry", "pages", "report", "resources", "smoke", "crosscheck", "cache",
    },
    "report": {"errors", "files", "registry", "smoke", "terminal", "toolchain"},
    "terminal": set(),
    "picture": {"errors", "files", "hardware", "mlir", "placement", "lowering", "check", "emulator"},
    "pages": {
        "errors", "files", "mlir", "lowering", "check", "emulator", "picture", "pipeline", "registry", "report", "smoke",
    },
}  # fmt: skip

# Modules that only these rooms may import, whatever else they may do.
GUARDED = {
    "doit": {"pipeline", "report"},
    "pyxrt": {"device"},
    "yaml": {"registry"},
    "subprocess": {"process"},
    "jinja2": {"pages"},
    "cairosvg": {"picture"},
    "multiprocessing": {"pages"},
}

# What an up-to-date build imports: none of it may load xDSL or NumPy at its top level.
INSTANT = [
    "errors.py", "files.py", "process.py", "registry/*.py", "toolchain/*.py", "report/*.py", "smoke/result.py",
    "smoke/child.py", *(f"pipeline/{name}.py" for name in ("layout", "manifest", "recipes", "tasks")),
]  # fmt: skip


def rooms() -> dict[str, list[Path]]:
    """The modules of each room; `cli` and `commands` stand above all of them."""
    found: dict[str, list[Path]] = {}
    for path in sorted(PACKAGE.rglob("*.py")):
        name = path.relative_to(PACKAGE).parts[0].removesuffix(".py")
        if name not in {"__init__", "cli", "commands"}:
            found.setdefault(name, []).append(path)
    return found


def imports(path: Path, *, only_at_the_top: bool = False) -> set[str]:
    """Full names of all modules that a module imports."""
    tree = ast.parse(path.read_text(), str(path))
    names: set[str] = set()
    for node in tree.body if only_at_the_top else ast.walk(tree):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            names |= {node.module or "", *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def test_every_room_has_its_rule_and_every_rule_its_room() -> None:
    assert rooms().keys() == ALLOWED.keys()


@pytest.mark.parametrize("name", ALLOWED)
def test_a_room_imports_only_what_lies_below(name: str) -> None:
    for path in rooms()[name]:
        used = {module.split(".")[1] for module in imports(path) if module.startswith("npubuild.")}
        assert used - {name} <= ALLOWED[name], path


@pytest.mark.parametrize("name", ALLOWED)
def test_some_modules_have_one_door(name: str) -> None:
    for path in rooms()[name]:
        used = {module.split(".")[0] for module in imports(path)}
        assert {module for module in used & GUARDED.keys() if name not in GUARDED[module]} == set(), path
        assert not used & {"tests", "scripts"}, path


@pytest.mark.parametrize("name", INSTANT)
def test_start_up_is_instant(name: str) -> None:
    """Only imports at the top count: an action may load what it needs."""
    files = list(PACKAGE.glob(name))
    assert files
    for path in files:
        assert not {module.split(".")[0] for module in imports(path, only_at_the_top=True)} & {"xdsl", "numpy"}, path
