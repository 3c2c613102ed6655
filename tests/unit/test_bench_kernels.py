"""scripts/bench_kernels.py: what kernels ask of the array, and the page that tells of it."""

import importlib
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import pytest

from npubuild.errors import UserError
from npubuild.registry import read_registry

PROJECT = Path(__file__).resolve().parents[2]
KERNELS = read_registry(PROJECT / "kernels.yaml").kernels


@pytest.fixture(scope="module")
def bench() -> Iterator[ModuleType]:
    sys.path.insert(0, str(PROJECT / "scripts"))
    yield importlib.import_module("bench_kernels")
    sys.path.remove(str(PROJECT / "scripts"))


def test_the_page_is_current(bench: ModuleType, tmp_path: Path) -> None:
    page = bench.page(list(KERNELS.values()), tmp_path)
    assert page == (PROJECT / "docs" / "demands.md").read_text(), "python scripts/bench_kernels.py --page > docs/demands.md"


@pytest.mark.parametrize("name", KERNELS)
def test_every_kernel_says_what_it_computes(bench: ModuleType, name: str) -> None:
    work = bench.work_of_call(KERNELS[name])
    assert work
    assert min(work.values()) > 0


def test_a_kernel_of_its_own_needs_no_entry_in_the_script(
    bench: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its module may be called like one of Python's."""
    monkeypatch.setattr(bench, "ROOT", tmp_path)
    kernel = replace(KERNELS["canary"], smoke=replace(KERNELS["canary"].smoke, reference="types.py"))
    (tmp_path / "types.py").write_text("def work():\n    return {'i8 x i8': 512}\n")
    assert bench.work_of_call(kernel) == {"i8 x i8": 512}
    (tmp_path / "types.py").write_text("CASES = ()\n")
    assert bench.work_of_call(kernel) == {}
    (tmp_path / "types.py").write_text("def work():\n    return {'i9 x i9': 512}\n")
    with pytest.raises(UserError, match=r"types\.py: work\(\) counts `i9 x i9`, which is no kind of operation"):
        bench.work_of_call(kernel)


def test_arithmetic_and_transfers_are_weighed(bench: ModuleType) -> None:
    needs = bench.Demand(2, 2, 1024, 1024, 512.0, {"i8 x i8": 256 * 1024, "table lookup": 100}, 2)
    assert (needs.macs, needs.vector_cycles, needs.scalar_cycles) == (256 * 1024, 512, 256 * 1024 + 50)
    assert [needs.bound(cycles) for cycles in (512, 600, 400)] == ["both", "compute", "transfer"]
