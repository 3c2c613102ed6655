"""Checks that only read the design: cores, fifos, transfers, routing, spelling."""

from __future__ import annotations

from npubuild.check import check_design
from npubuild.errors import Diagnostic, Severity
from npubuild.mlir.source import parse_design

TILES = """    %s = aie.tile(0, 0)
    %m = aie.tile(0, 1)
    %t = aie.tile(0, 2)
    %u = aie.tile(0, 3)
"""
FIFO = "!aie.objectfifo<memref<16xi32>>"
VIEW = "!aie.objectfifosubview<memref<16xi32>>"


def check(body: str, device: str = "npu1_1col", arguments: int = 5) -> list[Diagnostic]:
    text = f"module {{\n  aie.device({device}) {{\n{TILES}{body}\n  }}\n}}\n"
    return check_design(parse_design(text, "design.mlir"), xclbin_arguments=arguments)


def rules(body: str, **options: str) -> list[str]:
    return [finding.rule for finding in check(body, **options)]  # type: ignore[arg-type]


def core(body: str, passes: int = 9223372036854775807, attributes: str = "") -> str:
    return f"""    aie.core(%t) {{
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %passes = arith.constant {passes} : index
      {body}
      aie.end
    }}{attributes}
"""


def loop(*steps: str) -> str:
    return "\n".join(["scf.for %i = %c0 to %passes step %c1 {", *steps, "}"])


def acquire(fifo: str, port: str, count: int, name: str = "v") -> str:
    return f"%{name} = aie.objectfifo.acquire @{fifo}({port}, {count}) : {VIEW}"


def release(fifo: str, port: str, count: int) -> str:
    return f"aie.objectfifo.release @{fifo}({port}, {count})"


def host(*transfers: tuple[str, int]) -> str:
    """A sequence that takes or brings words of each fifo, and waits for those called @out."""
    lines = [
        f"aiex.npu.dma_memcpy_nd(%x[0, 0, 0, 0][1, 1, 1, {words}][0, 0, 0, 1]) {{id = {bd} : i64, metadata = @{fifo}}}"
        " : memref<4096xi32>"
        for bd, (fifo, words) in enumerate(transfers)
    ]
    lines += [f"aiex.npu.dma_wait {{symbol = @{fifo}}}" for fifo, _ in transfers if fifo == "out"]
    return "aie.runtime_sequence(%x: memref<4096xi32>) {\n" + "\n".join(lines) + "\n}\n"


WINDOW = f"aie.objectfifo @in(%s, {{%t}}, 4 : i32) : {FIFO}\n"
OUT = f"aie.objectfifo @out(%t, {{%s}}, 2 : i32) : {FIFO}\n"


# Cores ---------------------------------------------------------------------------------------------------------------------


def window(passes: int, attributes: str = "") -> str:
    body = acquire("in", "Consume", 1, "first") + "\n"
    body += loop(
        acquire("in", "Consume", 2),
        acquire("out", "Produce", 1, "w"),
        release("in", "Consume", 1),
        release("out", "Produce", 1),
    )
    return WINDOW + OUT + core(body, passes, attributes)


def test_a_sliding_window_that_leaves_passes_after_unrolling():
    # Rings of 3 and 2 objects unroll the loop six times: 14 passes leave 2, 13 leave 1, 12 none.
    assert "sliding-window-remainder" in rules(window(14))
    assert "sliding-window-remainder" not in rules(window(13))
    assert "sliding-window-remainder" not in rules(window(12))
    assert "sliding-window-remainder" not in rules(window(14, " {dynamic_objfifo_lowering = true}"))


def test_an_object_held_from_pass_to_pass_is_named_at_its_acquire():
    held = loop(acquire("in", "Consume", 2), release("in", "Consume", 1))
    found = [finding for finding in check(WINDOW + core(held)) if finding.rule == "held-across-loop"]
    assert [finding.severity for finding in found] == [Severity.ERROR]
    assert "holds 1 object of @in at the end of the loop and 0 at its start" in found[0].message


def test_an_object_taken_before_the_loop_evens_out():
    assert "held-across-loop" not in rules(window(12))


def test_an_inner_loop_that_gathers_objects_is_named_too():
    inner = "scf.for %j = %c0 to %passes step %c1 {\n" + acquire("in", "Consume", 1) + "\n}"
    found = rules(WINDOW + core(loop(inner, release("in", "Consume", 1))))
    assert found.count("held-across-loop") == 1


def test_a_finite_loop_is_a_warning_and_a_loop_of_one_pass_too():
    body = loop(acquire("in", "Consume", 1), release("in", "Consume", 1))
    found = [finding for finding in check(WINDOW + core(body, 1)) if finding.rule == "finite-core-loop"]
    assert [finding.severity for finding in found] == [Severity.WARNING]
    assert "after 1 pass:" in found[0].message
    assert "finite-core-loop" not in rules(WINDOW + core(body, 4294967295))


# Fifos ---------------------------------------------------------------------------------------------------------------------


def test_an_end_that_no_core_serves():
    consumer = rules(WINDOW + host(("in", 64)))
    assert consumer == ["fifo-end-unused"]
    producer = rules(OUT + host(("out", 64)))
    assert "fifo-end-unused" in producer


def test_a_fifo_that_nobody_uses_is_no_finding():
    assert rules(WINDOW + OUT) == []


def test_a_link_serves_the_ends_on_its_tile():
    linked = f"aie.objectfifo @in(%s, {{%m}}, 2 : i32) : {FIFO}\naie.objectfifo @out(%m, {{%s}}, 2 : i32) : {FIFO}\n"
    assert rules(linked + "aie.objectfifo.link [@in] -> [@out]([] [])\n" + host(("in", 64), ("out", 64))) == []


def test_sub_word_strides_in_both_directions_and_in_dma_programs():
    i8 = "!aie.objectfifo<memref<48xi8>>"
    dims = "[<size = 4, stride = 6>, <size = 12, stride = 1>]"
    to = f"aie.objectfifo @f(%t dimensionsToStream {dims}, {{%u}}, 2 : i32) : {i8}"
    back = f"aie.objectfifo @f(%t, {{%u dimensionsFromStream {dims}}}, 2 : i32) : {i8}"
    assert rules(to) == rules(back) == ["sub-word-stride"]
    assert rules(to.replace("stride = 6", "stride = 8")) == []
    program = f"""    %b = aie.buffer(%t) {{sym_name = "b"}} : memref<48xi8>
    aie.mem(%t) {{
      %0 = aie.dma_start(MM2S, 0, ^a, ^e)
    ^a:
      aie.dma_bd(%b : memref<48xi8>, 0, 48, {dims})
      aie.next_bd ^a
    ^e:
      aie.end
    }}"""
    assert rules(program) == ["sub-word-stride"]


def test_waiting_in_a_circle_of_two_cores():
    go = f"aie.objectfifo @go(%t, {{%u}}, 1 : i32) : {FIFO}\naie.objectfifo @back(%u, {{%t}}, 1 : i32) : {FIFO}\n"
    one = loop(
        acquire("back", "Consume", 1),
        acquire("go", "Produce", 1, "w"),
        acquire("out", "Produce", 1, "z"),
        release("back", "Consume", 1),
        release("go", "Produce", 1),
        release("out", "Produce", 1),
    )
    two = loop(
        acquire("go", "Consume", 1),
        acquire("back", "Produce", 1, "w"),
        release("go", "Consume", 1),
        release("back", "Produce", 1),
    )
    cores = core(one) + core(two).replace("%t", "%u")
    found = check(go + OUT + cores + host(("out", 64)))
    assert [finding.rule for finding in found] == ["cyclic-wait"]
    assert "waits for @back (Consume)" in found[0].message
    start = go.replace(f"1 : i32) : {FIFO}\n", f"1 : i32) : {FIFO} = [dense<0> : memref<16xi32>]\n")
    assert rules(start.replace("@go(%t, {%u}, 1 : i32) : " + FIFO + " = [dense<0> : memref<16xi32>]",
                               "@go(%t, {%u}, 1 : i32) : " + FIFO) + OUT + cores + host(("out", 64))) == []  # fmt: skip


# Transfers and host buffers ------------------------------------------------------------------------------------------------


RECEIVER = """aie.flow(%s, DMA : 0, %m, DMA : 0)
    aie.shim_dma_allocation @up(%s, MM2S, 0)
    %b = aie.buffer(%m) {sym_name = "b"} : memref<16xi32>
    aie.memtile_dma(%m) {
      %0 = aie.dma_start(S2MM, 0, ^a, ^e)
    ^a:
      aie.dma_bd(%b : memref<16xi32>, 0, 16)
      aie.next_bd ^a
    ^e:
      aie.end
    }"""


def task(dims: str, length: int, options: str = "", words: int = 4096) -> str:
    return f"""{RECEIVER}
    aie.runtime_sequence(%x: memref<{words}xi32>) {{
      %a = aiex.dma_configure_task_for @up {{
        aie.dma_bd(%x : memref<{words}xi32>, 0, {length}{dims})
        aie.end
      }}{options}
      aiex.dma_start_task(%a)
    }}"""


def test_repeat_count_follows_the_outer_size():
    dims = ", [<size = 4, stride = 16>, <size = 1, stride = 0>, <size = 1, stride = 0>, <size = 16, stride = 1>]"
    assert rules(task(dims, 16)) == ["repeat-count-mismatch"]
    assert rules(task(dims, 16, " {repeat_count = 3 : i32}")) == []
    assert rules(task(dims, 16, " {repeat_count = 7 : i32}")) == []  # twice all of it
    assert rules(task(dims, 16, " {repeat_count = 4 : i32}")) == ["repeat-count-mismatch"]


def test_a_stream_that_depends_on_the_generation_of_the_compiler():
    strided = ", [<size = 1, stride = 64>, <size = 1, stride = 64>, <size = 16, stride = 1>]"
    found = check(task(strided, 16))
    assert [(finding.rule, finding.severity) for finding in found] == [("generation-dependent", Severity.NOTE)]
    assert rules(task(strided.replace("64", "0"), 16)) == []


def test_extents_count_offset_dimensions_and_only_the_passes_that_run():
    dims = ", [<size = 4, stride = 16>, <size = 1, stride = 0>, <size = 1, stride = 0>, <size = 16, stride = 1>]"
    assert rules(task(dims, 16, " {repeat_count = 3 : i32}", words=64)) == []
    found = check(task(dims, 16, " {repeat_count = 3 : i32}", words=63))
    assert [finding.rule for finding in found] == ["transfer-outside-argument"]
    assert found[0].message == "reads bytes 0 to 255 of argument 0, which has 252"


def test_a_stride_one_word_too_large_wraps():
    stride = (1 << 20) + 1
    sequence = f"""{RECEIVER}
    aie.runtime_sequence(%x: memref<4194304xi32>) {{
      aiex.npu.dma_memcpy_nd(%x[0, 0, 0, 0][1, 1, 2, 16][0, 0, {stride}, 1]) {{id = 0 : i64, metadata = @up}}
        : memref<4194304xi32>
    }}"""
    assert rules(sequence) == ["dma-field-wraps"]
    assert rules(sequence.replace(str(stride), str(stride - 1))) == []


def test_the_number_of_arguments_is_that_of_the_xclbin():
    sequence = "aie.runtime_sequence(%a: memref<4xi32>, %b: memref<4xi32>, %c: memref<4xi32>) {\n}"
    assert [finding.rule for finding in check(sequence, arguments=2)] == ["too-many-arguments"]
    assert check(sequence, arguments=3) == []


# Routing -------------------------------------------------------------------------------------------------------------------


def test_an_allocation_on_the_channel_of_a_fifo_is_a_warning():
    body = WINDOW + core(loop(acquire("in", "Consume", 1), release("in", "Consume", 1)))
    found = check(body + "aie.shim_dma_allocation @again(%s, MM2S, 0)")
    assert [(finding.rule, finding.severity) for finding in found] == [("shared-channel", Severity.WARNING)]
    assert check(body + "aie.shim_dma_allocation @other(%s, MM2S, 1)") == []


def test_a_flow_on_the_channel_of_a_fifo_inside_the_array():
    body = f"aie.objectfifo @f(%t, {{%m}}, 2 : i32) : {FIFO}\naie.flow(%t, DMA : 0, %s, DMA : 1)"
    assert rules(body) == ["shared-channel"]


def test_a_write_to_the_declared_address_of_a_buffer_that_moves():
    buffer = '    %b = aie.buffer(%t) {address = 12544 : i32, sym_name = "b"} : memref<8xi32>\n'
    write = "aie.runtime_sequence() {{\n  aiex.npu.write32 {{{} value = 9 : ui32}}\n}}"
    absolute = write.format("address = 12544 : ui32, column = 0 : i32, row = 2 : i32,")
    assert rules(buffer + absolute) == ["moved-buffer-address"]
    assert rules(buffer + write.format("address = 0 : ui32, buffer = @b,")) == []


def test_a_task_of_a_memory_tile_needs_descriptors_that_its_channel_reaches():
    options = "bd_id = {} : i32, issue_token = false, repeat_count = 0 : i32"
    push = "aie.runtime_sequence() {{\n  aiex.npu.push_queue(0, 1, MM2S : {}) {{" + options + "}}\n}}"
    assert rules(push.format(2, 3)) == []
    assert rules(push.format(1, 3)) == ["memtile-task-channel"]
    assert rules(push.format(2, 20)) == ["memtile-task-channel"]


# Several sequences, spelling -----------------------------------------------------------------------------------------------


def test_a_sequence_that_needs_another_one_before_it_is_no_hang():
    body = loop(
        acquire("in", "Consume", 1),
        acquire("out", "Produce", 1, "w"),
        release("in", "Consume", 1),
        release("out", "Produce", 1),
    )
    load = host(("in", 64)).replace("runtime_sequence(", "runtime_sequence @load(")
    fetch = host(("out", 64)).replace("runtime_sequence(", "runtime_sequence @fetch(")
    assert rules(WINDOW + OUT + core(body) + load + fetch) == []


def test_spellings_of_different_dates():
    sequence = "{}.runtime_sequence(%x: memref<8xi32>) {{\n}}"
    flow = "aie.flow(%s, DMA : 0, %m, DMA : 0)\n"
    old = flow + "aie.shim_dma_allocation @up(MM2S, 0, 0)\n"
    new = flow + "aie.shim_dma_allocation @up(%s, MM2S, 0)\n"
    assert rules(new + sequence.format("aie")) == []
    assert rules(old + sequence.format("aiex")) == ["old-spelling", "old-spelling"]
    assert rules(old + sequence.format("aie")) == ["mixed-spellings"]
