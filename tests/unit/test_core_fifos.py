"""Object fifos and locks in core programs: which object, how much of the lock, in every shape of loop."""

from __future__ import annotations

import numpy as np
import pytest

from npubuild.emulator.process import AcquireLock, ReleaseLock
from npubuild.errors import UserError
from tests.unit.core_bench import Bench, design

OBJECT = "memref<2xi32>"
SUBVIEW = f"!aie.objectfifosubview<{OBJECT}>"
ENDLESS = "scf.for %it = %c0 to %forever step %c1 {"


def fifos(depth_in: str = "2 : i32", depth_out: str = "2 : i32", attributes: str = "") -> str:
    return f"""
    aie.objectfifo @in(%s, {{%t}}, {depth_in}) : !aie.objectfifo<{OBJECT}>
    aie.objectfifo @out(%t, {{%s}}, {depth_out}) {attributes} : !aie.objectfifo<{OBJECT}>
    """


def acquire(fifo: str, count: int, name: str) -> str:
    port = "Consume" if fifo == "in" else "Produce"
    lines = [f"%{name}_sv = aie.objectfifo.acquire @{fifo}({port}, {count}) : {SUBVIEW}"]
    lines += [f"%{name}{i} = aie.objectfifo.subview.access %{name}_sv[{i}] : {SUBVIEW} -> {OBJECT}" for i in range(count)]
    return "\n".join(lines)


def release(fifo: str, count: int) -> str:
    return f"aie.objectfifo.release @{fifo}({'Consume' if fifo == 'in' else 'Produce'}, {count})"


def copy(source: str, target: str, name: str) -> str:
    return "\n".join(
        f"%{name}{i} = memref.load %{source}[%c{i}] : {OBJECT}\n memref.store %{name}{i}, %{target}[%c{i}] : {OBJECT}"
        for i in range(2)
    )


def objects(count: int) -> list[np.ndarray]:
    return [np.array([k, -k], np.int32) for k in range(1, count + 1)]


def amounts(bench: Bench, fifo: str) -> list[int]:
    """What the core's acquires of the fifo took, step by step."""
    return [-step.value for step in bench.steps if isinstance(step, AcquireLock) and f"@{fifo} " in step.why]


FOREVER = "%forever = arith.constant 9223372036854775807 : index\n"


@pytest.mark.parametrize("depth", ["1 : i32", "2 : i32", "5 : i32"])
def test_objects_pass_in_order_for_every_depth(depth: str) -> None:
    body = FOREVER + ENDLESS + acquire("in", 1, "a") + acquire("out", 1, "b") + copy("a0", "b0", "v")
    bench = Bench(design(body + release("in", 1) + release("out", 1) + "}", fifos(depth, depth)))
    out = bench.run({"in": objects(11)})
    np.testing.assert_array_equal(out["out"], objects(11))
    assert bench.blocked == ["@in Consume"]


def test_steps_carry_lock_reason_and_place() -> None:
    body = FOREVER + ENDLESS + acquire("in", 1, "a") + release("in", 1) + "}"
    bench = Bench(design(body, fifos()))
    bench.run({"in": objects(1)})
    taken, given = bench.steps[:2]
    assert taken == AcquireLock("in_cons_cons_lock_0", -1, "@in Consume", taken.place)  # type: ignore[union-attr]
    assert taken.place is not None  # type: ignore[union-attr]
    assert taken.place.line == 14  # type: ignore[union-attr]
    assert given == ReleaseLock("in_cons_prod_lock_0", 1)


def test_sliding_window_with_one_object_taken_before_the_loop() -> None:
    body = (
        FOREVER
        + acquire("in", 1, "first")
        + "\n"
        + ENDLESS
        + acquire("in", 2, "a")
        + acquire("out", 1, "b")
        + copy("a1", "b0", "v")
        + release("in", 1)
        + release("out", 1)
        + "}"
    )
    bench = Bench(design(body, fifos("3 : i32")))
    out = bench.run({"in": objects(8)})
    np.testing.assert_array_equal(out["out"], objects(8)[1:])
    assert set(amounts(bench, "in")) == {1}


@pytest.mark.parametrize(
    ("attributes", "passes"), [("", [2, 1, 1, 1, 1, 1, 2, 1]), ("{dynamic_objfifo_lowering = true}", [2] * 7)]
)
def test_a_loop_that_keeps_an_object_takes_too_much_once_per_unrolled_pass(attributes: str, passes: list[int]) -> None:
    """Held objects count in textual order: the second pass of the loop (unrolled 6 times, for rings of 3 and 2) acquires two
    again, and without unrolling every pass does."""
    body = FOREVER + ENDLESS + acquire("in", 2, "a") + acquire("out", 1, "b") + copy("a0", "b0", "v")
    bench = Bench(design(body + release("in", 1) + release("out", 1) + "}", fifos("4 : i32"), attributes))
    out = bench.run({"in": objects(14)})
    taken = amounts(bench, "in")
    assert taken[: len(passes)] == passes[: len(taken)]
    assert bench.blocked == ["@in Consume"]
    assert len(out["out"]) == (12 if not attributes else 2)


def test_the_remainder_of_a_loop_is_one_more_copy() -> None:
    """Seven passes over a ring of three: two unrolled ones, and one in the remainder loop, which counts on."""
    body = (
        "%n = arith.constant 7 : index\n scf.for %i = %c0 to %n step %c1 {" + acquire("in", 2, "a") + release("in", 1) + "}"
    )
    bench = Bench(design(body, fifos("2 : i32")))
    bench.run({"in": objects(20)})
    assert amounts(bench, "in") == [2, 1, 1, 2, 1, 1, 1]
    assert bench.blocked == []


def test_repeat_count_multiplies_what_locks_count_and_drops_acquires() -> None:
    body = FOREVER + ENDLESS + acquire("in", 1, "a") + acquire("out", 1, "b") + copy("a0", "b0", "v")
    text = design(body + release("in", 1) + release("out", 1) + "}", fifos(attributes="{repeat_count = 2 : i32}"))
    bench = Bench(text)
    bench.run({"in": objects(4)})
    assert amounts(bench, "out") == [2, 2]  # the second acquire of every pair is taken for already held
    assert {step.value for step in bench.steps if isinstance(step, ReleaseLock) and "out" in step.lock} == {2}


def test_repeat_count_with_rings_of_one_object_is_right() -> None:
    body = FOREVER + ENDLESS + acquire("in", 1, "a") + acquire("out", 1, "b") + copy("a0", "b0", "v")
    text = design(body + release("in", 1) + release("out", 1) + "}", fifos("1 : i32", "1 : i32", "{repeat_count = 3 : i32}"))
    bench = Bench(text)
    out = bench.run({"in": objects(3)})
    np.testing.assert_array_equal(out["out"], np.repeat(objects(3), 3, axis=0))


def test_objects_stay_those_of_their_acquire_after_a_release() -> None:
    body = acquire("in", 2, "a") + release("in", 1) + acquire("out", 1, "b") + copy("a1", "b0", "v") + release("out", 1)
    out = Bench(design(body, fifos("3 : i32"))).run({"in": objects(3)})
    np.testing.assert_array_equal(out["out"], objects(3)[1:2])


def test_acquires_in_nested_loops_count_on_their_own() -> None:
    body = (
        FOREVER
        + ENDLESS
        + acquire("out", 1, "b")
        + "%c3 = arith.constant 3 : index\n scf.for %k = %c0 to %c3 step %c1 {"
        + acquire("in", 1, "a")
        + copy("a0", "b0", "v")
        + release("in", 1)
        + "}"
        + release("out", 1)
        + "}"
    )
    out = Bench(design(body, fifos("2 : i32"))).run({"in": objects(12)})
    np.testing.assert_array_equal(out["out"], objects(12)[2::3])


def test_a_fifo_without_locks_has_no_steps() -> None:
    body = acquire("in", 1, "a") + release("in", 1)
    bench = Bench(
        design(body, fifos().replace("@in(%s, {%t}, 2 : i32)", "@in(%s, {%t}, 2 : i32) {disable_synchronization = true}"))
    )
    bench.run()
    assert bench.steps == []


def test_an_object_beyond_the_acquired_ones_is_refused() -> None:
    body = acquire("in", 1, "a") + f"%x = aie.objectfifo.subview.access %a_sv[1] : {SUBVIEW} -> {OBJECT}"
    with pytest.raises(UserError, match="object 1 of an acquire of 1"):
        Bench(design(body, fifos()))


@pytest.mark.parametrize(("action", "start", "left", "blocked"), [
    ("AcquireGreaterEqual", 3, 1, []), ("Acquire", 2, 0, []), ("Acquire", 3, 3, ["lock gate"]),
])  # fmt: skip
def test_locks_are_used_as_written(action: str, start: int, left: int, blocked: list[str]) -> None:
    lock = f'%gate = aie.lock(%t, 3) {{init = {start} : i32, sym_name = "gate"}}\n %other = aie.lock(%t) {{init = 0 : i32}}'
    bench = Bench(design(f"aie.use_lock(%gate, {action}, 2)\n aie.use_lock(%other, Release, 5)", lock))
    bench.run()
    assert bench.locks["gate"] == left
    assert bench.blocked == blocked
    assert bench.locks["lock_0_2_0"] == (0 if blocked else 5)
