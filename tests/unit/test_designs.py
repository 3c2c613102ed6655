"""The hand-written designs in mlir/."""

from pathlib import Path

from npubuild.lowering.sequence import lower
from npubuild.lowering.txn import encode
from npubuild.mlir.source import read_design
from tests.oracle_files import golden_bytes

DESIGNS = Path(__file__).resolve().parents[2] / "mlir"


def test_attention_iron_lowers_to_the_stream_of_the_real_file():
    design = read_design(DESIGNS / "attention_iron.mlir")
    assert encode(lower(design)) == golden_bytes("attention_like_task_4col_serial.insts.hex")


def test_attention_iron_has_eight_sequence_arguments():
    design = read_design(DESIGNS / "attention_iron.mlir")
    sequence = design.sequence(design.device(None), None)
    types = [str(argument.type) for argument in sequence.body.block.args]
    assert types == ["memref<12288xi8>"] * 4 + ["memref<4096xi8>"] * 4
