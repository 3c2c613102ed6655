"""Prints a design: y = saturate(x * scale + offset) on int8, computed by the core itself, without a kernel object.

A generator like this is plugged in by naming it in kernels.yaml; one that is written with IRON ends in
`print(module)` just as well:

    python mlir/scale_offset.py --scale 3 --offset -7 --elements 1024
"""

from __future__ import annotations

import argparse
import textwrap

WORD = 4  # bytes that DMA moves at once


def core(scale: int, offset: int, elements: int) -> str:
    """The body of the core: acquire one object of each fifo, compute, release, for ever."""
    view, memref = f"!aie.objectfifosubview<memref<{elements}xi8>>", f"memref<{elements}xi8>"
    return f"""\
        %c0 = arith.constant 0 : index
        %c1 = arith.constant 1 : index
        %elements = arith.constant {elements} : index
        %forever = arith.constant {2**63 - 1} : index
        %scale = arith.constant {scale} : i32
        %offset = arith.constant {offset} : i32
        %lowest = arith.constant -128 : i32
        %highest = arith.constant 127 : i32
        scf.for %round = %c0 to %forever step %c1 {{
          %x_view = aie.objectfifo.acquire @x(Consume, 1) : {view}
          %x = aie.objectfifo.subview.access %x_view[0] : {view} -> {memref}
          %y_view = aie.objectfifo.acquire @y(Produce, 1) : {view}
          %y = aie.objectfifo.subview.access %y_view[0] : {view} -> {memref}
          scf.for %i = %c0 to %elements step %c1 {{
            %narrow = memref.load %x[%i] : {memref}
            %wide = arith.extsi %narrow : i8 to i32
            %product = arith.muli %wide, %scale : i32
            %sum = arith.addi %product, %offset : i32
            %raised = arith.maxsi %sum, %lowest : i32
            %clamped = arith.minsi %raised, %highest : i32
            %result = arith.trunci %clamped : i32 to i8
            memref.store %result, %y[%i] : {memref}
          }}
          aie.objectfifo.release @x(Consume, 1)
          aie.objectfifo.release @y(Produce, 1)
        }}
        aie.end
"""


def design(device: str, scale: int, offset: int, elements: int) -> str:
    """The whole module."""
    memref = f"memref<{elements}xi8>"
    whole = f"[0, 0, 0, 0][1, 1, 1, {elements}][0, 0, 0, 1]"
    return f"""\
// y = saturate({scale} * x + {offset}) on {elements} int8, made by scale_offset.py.
module {{
  aie.device({device}) {{
    %shim = aie.tile(0, 0)
    %tile = aie.tile(0, 2)
    aie.objectfifo @x(%shim, {{%tile}}, 2 : i32) : !aie.objectfifo<{memref}>
    aie.objectfifo @y(%tile, {{%shim}}, 2 : i32) : !aie.objectfifo<{memref}>
    aie.core(%tile) {{
{textwrap.indent(textwrap.dedent(core(scale, offset, elements)), " " * 6)}    }}
    aie.runtime_sequence(%x: {memref}, %y: {memref}) {{
      aiex.npu.dma_memcpy_nd(%x{whole}) {{id = 1 : i64, metadata = @x}} : {memref}
      aiex.npu.dma_memcpy_nd(%y{whole}) {{id = 0 : i64, metadata = @y}} : {memref}
      aiex.npu.dma_wait {{symbol = @y}}
    }}
  }}
}}"""


def main() -> None:
    """Read the command line and print the design."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--device", default="npu1")
    parser.add_argument("--scale", type=int, default=3)
    parser.add_argument("--offset", type=int, default=-7)
    parser.add_argument("--elements", type=int, default=1024)
    options = parser.parse_args()
    if options.elements < WORD or options.elements % WORD:
        parser.error(f"--elements must be a positive multiple of {WORD}")
    print(design(options.device, options.scale, options.offset, options.elements))


if __name__ == "__main__":
    main()
