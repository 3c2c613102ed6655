"""Placement against what the real compiler made of every oracle design."""

from __future__ import annotations

import json

import pytest

from npubuild.errors import UserError
from npubuild.mlir.source import Design, read_design
from npubuild.placement.model import Placement, Port
from npubuild.placement.place import place
from tests.oracle_files import DESIGNS, INVALID, OCT25_DESIGNS, ORACLE, golden

ALL = [f"{name}.mlir" for name in DESIGNS] + [f"oct25/{name}.mlir" for name in OCT25_DESIGNS]


def read(file: str) -> Design:
    return read_design(ORACLE / "designs" / file)


def expected_of(file: str) -> dict:
    return golden(file.removeprefix("oct25/").removesuffix(".mlir"))


def circuit(source: Port, destination: Port) -> list[int]:
    return [*source.tile, source.channel, *destination.tile, destination.channel]


@pytest.mark.parametrize("file", ALL)
def test_buffers_locks_and_flows_are_those_of_the_real_compiler(file: str) -> None:
    design = read(file)
    expected = expected_of(file)["placement"]
    assert set(expected) == {device.symbol for device in design.devices()}
    for device in design.devices():
        placement = place(design, device)
        golden = expected[device.symbol]
        assert [[b.name, *b.tile, b.address, str(b.type)] for b in placement.buffers] == golden["buffers"]
        names = [name or f"lock_{col}_{row}_{number}" for name, col, row, number, _ in golden["locks"]]
        assert [lock.name for lock in placement.locks] == names
        assert [[*lock.tile, lock.id, lock.init] for lock in placement.locks] == [lock[1:] for lock in golden["locks"]]
        assert [circuit(*flow) for flow in ((f.source, f.destination) for f in placement.flows)] == golden["flows"]


@pytest.mark.parametrize("file", ALL)
def test_shim_channels_are_those_of_the_real_compiler(file: str) -> None:
    design = read(file)
    placements = [place(design, device) for device in design.devices()]
    for stream in expected_of(file)["streams"]:
        # A sequence that runs one of another device uses the channels of that one.
        own = [p for p in placements if p.name == stream["device_name"] and p.allocations] or placements
        assert allocations(own[0]) == stream["allocations"]


def allocations(placement: Placement) -> list[list[object]]:
    return [
        [symbol, allocation.channel.tile.col, allocation.channel.direction.name, allocation.channel.index]
        for symbol, allocation in placement.allocations.items()
        if not symbol.endswith("_shim_alloc")
    ]


@pytest.mark.parametrize("file", ALL)
def test_every_reference_inside_a_placement_resolves(file: str) -> None:
    design = read(file)
    for device in design.devices():
        placement = place(design, device)
        for ring in placement.rings:
            assert all(placement.buffer(name) for name in ring.buffers)
            assert all(placement.lock(name) for name in (ring.free, ring.full) if name)
        for (tile, _), descriptor in placement.descriptors.items():
            assert descriptor.next_bd is None or (tile, descriptor.next_bd) in placement.descriptors
        assert all((task.channel.tile, task.first_bd) in placement.descriptors for task in placement.tasks)
        assert len({task.channel for task in placement.tasks}) == len(placement.tasks)
        assert set(placement.controller_ids) >= {lock.tile for lock in placement.locks}


PLACEMENT_RULES = {
    "r13_three_inputs_on_one_column": "channels-exhausted",
    "r13_three_outputs_of_one_core": "channels-exhausted",
    "r19_fifo_object_10_bytes": "transfer-not-in-words",
    "r25_buffers_over_64_KiB": "memory-exceeded",
    "r30_acquire_on_foreign_tile": "fifo-access-from-foreign-tile",
    "r31_release_more_than_held": "released-more-than-held",
    "r34_two_shim_consumers": "fifo-two-shim-ends",
    "r37_seventeen_locks": "locks-exhausted",
    "x_core_accesses_linked_fifo": "linked-fifo-accessed",
    "x_depth_array_length": "fifo-depth-count",
    "x_dims_inner_stride_i8": "dims-inner-stride",
    "x_dims_on_shim_end": "fifo-dims-on-shim",
    "x_distribute_on_core_tile": "link-needs-memory-tile",
    "x_fifo_in_two_links": "fifo-in-two-links",
    "x_init_values_count": "fifo-initial-count",
}


@pytest.mark.parametrize("name", PLACEMENT_RULES)
def test_invalid_designs_are_refused_at_their_line(name: str) -> None:
    design = read_design(ORACLE / "invalid" / f"{name}.mlir")
    line = expectation(name)["line"]
    with pytest.raises(UserError) as caught:
        place(design, design.device())
    first = caught.value.diagnostics[0]
    assert first.place is not None
    assert (first.rule, first.place.line) == (PLACEMENT_RULES[name], line)
    assert first.hint


def expectation(name: str) -> dict:
    return json.loads((ORACLE / "invalid" / f"{name}.json").read_text())


ELSEWHERE = [name for name in INVALID if name not in PLACEMENT_RULES and expectation(name)["caught_by"] != "verifier"]


@pytest.mark.parametrize("name", ELSEWHERE)
def test_what_is_wrong_elsewhere_does_not_hinder_placing(name: str) -> None:
    design = read_design(ORACLE / "invalid" / f"{name}.mlir")
    assert [place(design, device).name for device in design.devices()] == [device.symbol for device in design.devices()]
