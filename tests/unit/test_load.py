"""Designs and emulation images loaded on the array."""

import dataclasses
import struct
import sysconfig

import numpy as np
import pytest

from npubuild.emulator.load import load_design, load_image
from npubuild.errors import UserError
from npubuild.lowering.sequence import lower
from npubuild.lowering.txn import LoadPdi, Stream, decode, encode
from npubuild.mlir.source import parse_design, read_design
from npubuild.toolchain.host import compile_library
from npubuild.xclbin.image import make_image
from tests.oracle_files import ORACLE

COUNTING = """
module {
  aie.device(npu1_1col) {
    %s = aie.tile(0, 0)
    %t = aie.tile(0, 2)
    aie.objectfifo @a(%s, {%t}, 1 : i32) : !aie.objectfifo<memref<4xi32>>
    aie.objectfifo @b(%t, {%s}, 1 : i32) : !aie.objectfifo<memref<4xi32>>
    func.func private @count(memref<4xi32>, memref<4xi32>)
    aie.core(%t) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %forever = arith.constant 9223372036854775807 : index
      scf.for %it = %c0 to %forever step %c1 {
        %av = aie.objectfifo.acquire @a(Consume, 1) : !aie.objectfifosubview<memref<4xi32>>
        %in = aie.objectfifo.subview.access %av[0] : !aie.objectfifosubview<memref<4xi32>> -> memref<4xi32>
        %bv = aie.objectfifo.acquire @b(Produce, 1) : !aie.objectfifosubview<memref<4xi32>>
        %out = aie.objectfifo.subview.access %bv[0] : !aie.objectfifosubview<memref<4xi32>> -> memref<4xi32>
        func.call @count(%in, %out) : (memref<4xi32>, memref<4xi32>) -> ()
        aie.objectfifo.release @a(Consume, 1)
        aie.objectfifo.release @b(Produce, 1)
      }
      aie.end
    } {link_with = "count.o"}
    aie.runtime_sequence(%x: memref<4xi32>, %y: memref<4xi32>) {
      aiex.npu.dma_memcpy_nd(%x[0, 0, 0, 0][1, 1, 1, 4][0, 0, 0, 1]) {id = 0 : i64, metadata = @a} : memref<4xi32>
      aiex.npu.dma_memcpy_nd(%y[0, 0, 0, 0][1, 1, 1, 4][0, 0, 0, 1]) {id = 1 : i64, metadata = @b} : memref<4xi32>
      aiex.npu.dma_wait {symbol = @b}
    }
  }
}
"""
SOURCE = """
#include <cstdint>
static int32_t calls = 0;
extern "C" void count(int32_t *in, int32_t *out) {
  calls++;
  for (int i = 0; i < 4; i++) out[i] = in[i] + calls;
  if (in[0] == 77) out[64] = 1;
}
"""


@pytest.fixture(scope="module")
def image(tmp_path_factory):
    folder = tmp_path_factory.mktemp("count")
    (folder / "count.cc").write_text(SOURCE)
    library = compile_library([folder / "count.cc"], folder / "count.so").read_bytes()
    return make_image(
        COUNTING,
        name="counting",
        device="npu1_1col",
        sequences=(),
        libraries={"count.so": library},
        host=sysconfig.get_platform(),
    )


INSTRUCTIONS = encode(lower(parse_design(COUNTING, "counting.mlir")))


def run(loaded, first=10):
    x, y = np.array([first, 20, 30, 40], np.int32), np.zeros(4, np.int32)
    outcome = loaded.run(INSTRUCTIONS, [x.view(np.uint8), y.view(np.uint8)])
    return outcome, y


def test_every_load_has_its_own_static_variables(image):
    first, second = load_image(image), load_image(image)
    assert [run(loaded)[1].tolist() for loaded in (first, first, second)] == [
        [11, 21, 31, 41],
        [12, 22, 32, 42],
        [11, 21, 31, 41],
    ]


def test_the_first_runs_look_for_writes_outside_a_kernels_buffers(image):
    outcome, _ = run(load_image(image), first=77)
    assert outcome.status == "fault"
    assert "kernel count tile 0 2" in outcome.faults[0]
    loaded = load_image(image, checked_runs=0)
    assert run(loaded, first=77)[0].status == "completed"
    assert loaded.array.scheduler.parallel


def test_libraries_of_another_platform_are_refused(image):
    manifest = dataclasses.replace(image.manifest, host="plan9-vax")
    with pytest.raises(UserError, match=r"compiled for plan9-vax, this machine is .*\n.*build the kernel again"):
        load_image(dataclasses.replace(image, manifest=manifest))


def test_a_missing_kernel_function_is_named(image):
    with pytest.raises(UserError, match="no kernel function @count"):
        load_design(parse_design(COUNTING, "counting.mlir"))


def test_configure_loads_the_device_that_the_sequence_names():
    design = read_design(ORACLE / "designs" / "configure_run_inline.mlir")
    loaded = load_design(design)
    x, y = np.arange(42, dtype=np.int32), np.zeros(42, np.int32)
    for _ in range(2):
        y[:] = 0
        outcome = loaded.run(encode(lower(design)), [y.view(np.uint8), x.view(np.uint8)])
        assert outcome.status == "completed"
        assert np.array_equal(y, x)


def test_a_foreign_stream_that_loads_something_is_refused():
    design = read_design(ORACLE / "designs" / "configure_run_inline.mlir")
    stream = lower(design)
    foreign = encode(Stream(stream.header, (*stream.operations, LoadPdi(7, 0, 0))))
    with pytest.raises(UserError, match="loads 2 configurations, but is not that of a sequence of this device"):
        load_design(design).run(foreign, [np.zeros(168, np.uint8)] * 2)


def test_junk_instead_of_instructions_is_refused(image):
    with pytest.raises(UserError, match="instruction stream: byte 0x0"):
        load_image(image).run(b"\0\1", [])
    assert decode(INSTRUCTIONS, "insts.bin").header.columns == 1
    with pytest.raises(UserError, match="the header says"):
        load_image(image).run(INSTRUCTIONS + struct.pack("<I", 0), [])
