"""Element types by their names in MLIR: how wide they are, and as what NumPy holds them.

An i1 takes a whole byte in memory; a bf16 is held as its 16 bits, since NumPy has no such type.
"""

from __future__ import annotations

BITS = {
    "i1": 1, "i8": 8, "si8": 8, "ui8": 8, "i16": 16, "si16": 16, "ui16": 16, "i32": 32, "si32": 32, "ui32": 32,
    "i64": 64, "si64": 64, "ui64": 64, "index": 64, "bf16": 16, "f16": 16, "f32": 32, "f64": 64,
}  # fmt: skip
NUMPY_DTYPES = {
    "i1": "int8", "i8": "int8", "si8": "int8", "ui8": "uint8", "i16": "int16", "si16": "int16", "ui16": "uint16",
    "i32": "int32", "si32": "int32", "ui32": "uint32", "i64": "int64", "si64": "int64", "ui64": "uint64", "index": "int64",
    "bf16": "uint16", "f16": "float16", "f32": "float32", "f64": "float64",
}  # fmt: skip
