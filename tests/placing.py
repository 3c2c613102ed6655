"""Small designs for tests of the placement: a device around a few operations, and what placing it gives."""

from __future__ import annotations

from npubuild.errors import UserError
from npubuild.mlir.source import parse_design
from npubuild.placement.model import Placement
from npubuild.placement.place import place

TILES = """
    %s0 = aie.tile(0, 0)
    %s1 = aie.tile(1, 0)
    %m0 = aie.tile(0, 1)
    %m1 = aie.tile(1, 1)
    %a = aie.tile(0, 2)
    %b = aie.tile(0, 3)
    %far = aie.tile(1, 5)
"""
FIRST_LINE = TILES.count("\n") + 3
"""The line of a test's own first operation."""


def device(body: str, name: str = "npu1_2col") -> str:
    """A module with one device of some tiles (%s0 %s1 shims, %m0 %m1 memory tiles, %a above %m0, %b above %a, %far)."""
    return f"module {{\n  aie.device({name}) {{{TILES}\n{body}\n  }}\n}}\n"


def placed(body: str, name: str = "npu1_2col") -> Placement:
    design = parse_design(device(body, name), "test.mlir")
    return place(design, design.device())


def refused(body: str, name: str = "npu1_2col") -> list[tuple[str, int]]:
    """(rule, line of the test's body, from 1) of every finding."""
    design = parse_design(device(body, name), "test.mlir")
    try:
        place(design, design.device())
    except UserError as error:
        for found in error.diagnostics:
            assert found.place is not None
            assert found.message
        return [(found.rule, found.place.line - FIRST_LINE + 1) for found in error.diagnostics if found.place]
    return []


def core(tile: str, *lines: str, attributes: str = "") -> str:
    """A core that runs `lines` for ever."""
    body = "\n".join(lines)
    return f"""aie.core(%{tile}) {{
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %max = arith.constant 9223372036854775807 : index
      scf.for %i = %c0 to %max step %c1 {{
{body}
      }}
      aie.end
    }} {attributes}"""


def acquire(name: str, fifo: str, port: str, count: int, memref: str) -> str:
    return f"%{name} = aie.objectfifo.acquire @{fifo}({port}, {count}) : !aie.objectfifosubview<{memref}>"


def release(fifo: str, port: str, count: int) -> str:
    return f"aie.objectfifo.release @{fifo}({port}, {count})"
