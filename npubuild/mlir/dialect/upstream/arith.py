"""`arith`: the operations that xDSL lacks."""

from __future__ import annotations

from xdsl.dialects import arith
from xdsl.irdl import IRDLOperation, irdl_op_definition, operand_def, result_def

from npubuild.mlir.dialect.upstream import extended


@irdl_op_definition
class IndexCastUIOp(IRDLOperation):
    """`arith.index_castui %a : i32 to index`: without sign extension."""

    name = "arith.index_castui"
    input = operand_def()
    result = result_def()
    assembly_format = "$input attr-dict `:` type($input) `to` type($result)"


@irdl_op_definition
class RemfOp(arith.FloatingPointLikeBinaryOperation):
    """`arith.remf %a, %b : f32`."""

    name = "arith.remf"


DIALECT = extended(arith.Arith, [IndexCastUIOp, RemfOp])
