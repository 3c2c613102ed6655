"""Prints a design: C = A B on int8, streamed through a memory tile in tiles of 64 x 64 that one core multiplies.

    python mlir/matmul_i8_tiled.py --rows 128 --depth 256 --columns 128 --multiplier 20480 --shift 8

A comes as panels of 64 whole rows, read from memory in one stretch. The memory tile cuts a panel into its tiles and sends
it once for each panel of columns, so A crosses the shim once. B comes as panels of 64 whole columns, once for each panel of
rows. The tiles of C that lie side by side meet in the memory tile and leave as whole rows. The core adds up one tile of C at
a time, in 32 bits, in a buffer of its own.
"""

from __future__ import annotations

import argparse

TILE = 64
FOR_EVER = 2**63 - 1
MEMORY_TILE = 512 << 10  # bytes
DEPTH_LIMIT = 1 << 16  # 32-bit sums of int8 products cannot overflow

A_TILE = B_TILE = C_TILE = f"memref<{TILE}x{TILE}xi8>"
SUMS = f"memref<{TILE}x{TILE}xi32>"


def fifos(depth: int, columns: int) -> str:
    """The object fifos: panels between shim and memory tile, tiles between memory tile and core."""
    a_panel, b_panel, c_panel = f"memref<{TILE}x{depth}xi8>", f"memref<{depth}x{TILE}xi8>", f"memref<{TILE}x{columns}xi8>"
    row = f"<size = {TILE}, stride = 1>"
    cut = f"[<size = {depth // TILE}, stride = {TILE}>, <size = {TILE}, stride = {depth}>, {row}]"
    joined = f"[<size = {TILE}, stride = {TILE}>, <size = {columns // TILE}, stride = {TILE * TILE}>, {row}]"
    return f"""\
    aie.objectfifo @a(%shim, {{%memory}}, 2 : i32) : !aie.objectfifo<{a_panel}>
    aie.objectfifo @a_tile(%memory dimensionsToStream {cut}, {{%core}}, 2 : i32) \
{{repeat_count = {columns // TILE} : i32}} : !aie.objectfifo<{A_TILE}>
    aie.objectfifo.link [@a] -> [@a_tile]([] [])
    aie.objectfifo @b(%shim, {{%memory}}, 2 : i32) : !aie.objectfifo<{b_panel}>
    aie.objectfifo @b_tile(%memory, {{%core}}, 2 : i32) : !aie.objectfifo<{B_TILE}>
    aie.objectfifo.link [@b] -> [@b_tile]([] [])
    aie.objectfifo @c_tile(%core, {{%memory}}, 2 : i32) : !aie.objectfifo<{C_TILE}>
    aie.objectfifo @c(%memory dimensionsToStream {joined}, {{%shim}}, 2 : i32) : !aie.objectfifo<{c_panel}>
    aie.objectfifo.link [@c_tile] -> [@c]([] [])
"""


def acquire(fifo: str, role: str, type_: str, indent: str) -> str:
    """Take one object of a fifo as %FIFO."""
    subview = f"!aie.objectfifosubview<{type_}>"
    return f"""\
{indent}%{fifo}_view = aie.objectfifo.acquire @{fifo}({role}, 1) : {subview}
{indent}%{fifo} = aie.objectfifo.subview.access %{fifo}_view[0] : {subview} -> {type_}
"""


def core(depth: int, multiplier: int, shift: int, link_with: str, stack_size: int) -> str:
    """The core's program: for ever, one tile of C."""
    return f"""\
    func.func private @matmul_i8_clear({SUMS})
    func.func private @matmul_i8_add({A_TILE}, {B_TILE}, {SUMS})
    func.func private @matmul_i8_store({SUMS}, {C_TILE}, i32, i32)
    %sums = aie.buffer(%core) {{sym_name = "sums"}} : {SUMS}
    %program = aie.core(%core) {{
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %tiles = arith.constant {depth // TILE} : index
      %forever = arith.constant {FOR_EVER} : index
      %multiplier = arith.constant {multiplier} : i32
      %shift = arith.constant {shift} : i32
      scf.for %round = %c0 to %forever step %c1 {{
        func.call @matmul_i8_clear(%sums) : ({SUMS}) -> ()
        scf.for %k = %c0 to %tiles step %c1 {{
{acquire("a_tile", "Consume", A_TILE, "          ")}{acquire("b_tile", "Consume", B_TILE, "          ")}\
          func.call @matmul_i8_add(%a_tile, %b_tile, %sums) : ({A_TILE}, {B_TILE}, {SUMS}) -> ()
          aie.objectfifo.release @a_tile(Consume, 1)
          aie.objectfifo.release @b_tile(Consume, 1)
        }}
{acquire("c_tile", "Produce", C_TILE, "        ")}\
        func.call @matmul_i8_store(%sums, %c_tile, %multiplier, %shift) : ({SUMS}, {C_TILE}, i32, i32) -> ()
        aie.objectfifo.release @c_tile(Produce, 1)
      }}
      aie.end
    }} {{link_with = "{link_with}", stack_size = {stack_size} : i32}}
"""


def sequence(rows: int, depth: int, columns: int) -> str:
    """One run: A and C in one stretch each; B by panels of columns, all of them once for each panel of rows."""
    a, b, c = f"memref<{rows}x{depth}xi8>", f"memref<{depth}x{columns}xi8>", f"memref<{rows}x{columns}xi8>"
    panels = f"[{rows // TILE}, {columns // TILE}, {depth}, {TILE}][0, {TILE}, {columns}, 1]"
    return f"""\
    aie.runtime_sequence(%a: {a}, %b: {b}, %c: {c}) {{
      aiex.npu.dma_memcpy_nd(%c[0, 0, 0, 0][1, 1, 1, {rows * columns}][0, 0, 0, 1]) {{id = 0 : i64, metadata = @c}} : {c}
      aiex.npu.dma_memcpy_nd(%a[0, 0, 0, 0][1, 1, 1, {rows * depth}][0, 0, 0, 1]) {{id = 1 : i64, metadata = @a}} : {a}
      aiex.npu.dma_memcpy_nd(%b[0, 0, 0, 0]{panels}) {{id = 2 : i64, metadata = @b}} : {b}
      aiex.npu.dma_wait {{symbol = @c}}
    }}
"""


def design(options: argparse.Namespace) -> str:
    """The whole module."""
    extents = options.rows, options.depth, options.columns
    program = core(options.depth, options.multiplier, options.shift, options.link_with, options.stack_size)
    return f"""\
// C = A B on int8, {options.rows} x {options.depth} x {options.columns}, made by matmul_i8_tiled.py.
module {{
  aie.device({options.device}) {{
    %shim = aie.tile(0, 0)
    %memory = aie.tile(0, 1)
    %core = aie.tile(0, 2)
{fifos(*extents[1:])}{program}{sequence(*extents)}  }}
}}"""


def main() -> None:
    """Read the command line and print the design."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="npu1")
    for extent, default in (("rows", 128), ("depth", 256), ("columns", 128)):
        parser.add_argument(f"--{extent}", type=int, default=default, help=f"a multiple of {TILE}")
    parser.add_argument("--multiplier", type=int, required=True, help="of a sum, 15 fraction bits")
    parser.add_argument("--shift", type=int, required=True, help="of a sum, to the right, 0 to 30")
    parser.add_argument("--link-with", default="matmul_i8_tile.o")
    parser.add_argument("--stack-size", type=int, default=1024)
    options = parser.parse_args()
    extents = options.rows, options.depth, options.columns
    if min(extents) < TILE or any(extent % TILE for extent in extents) or options.depth > DEPTH_LIMIT:
        parser.error(f"extents must be positive multiples of {TILE}, and the depth at most {DEPTH_LIMIT}")
    if 2 * TILE * (2 * options.depth + options.columns) > MEMORY_TILE:
        parser.error(f"two panels each of A, B and C exceed the {MEMORY_TILE} bytes of the memory tile")
    if not 0 <= options.multiplier < 1 << 15 or not 0 <= options.shift <= 30:
        parser.error("--multiplier must be within 0 to 32767 and --shift within 0 to 30")
    print(design(options))


if __name__ == "__main__":
    main()
