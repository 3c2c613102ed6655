"""Core programs: the region of an `aie.core` compiled into a Python generator.

`compile_core` (program.py) walks the region with one function per operation (scalars, control, memory, fifos, calls,
vectors, affine), all writing Python through the translator (translator.py, emitter.py) and knowing ranges of integers
(values.py, integers.py). What acquires wait for is counted as the compiler counts (holding.py).
"""

from npubuild.emulator.core.program import CoreProgram, compile_core

__all__ = ["CoreProgram", "compile_core"]
