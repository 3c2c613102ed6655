#map = affine_map<(d0) -> (d0 * 4)>
#loc = loc("vsadd.py":10:0)
#loc3 = loc(callsite(#loc at "main.py":3:1))
// One is added to each element; every operation carries its location, as aie-opt prints with -mlir-print-debuginfo.
module {
  aie.device(npu1_1col) {
    %tile_0_0 = aie.tile(0, 0) loc(#loc1)
    %tile_0_2 = aie.tile(0, 2) loc(#loc1)
    aie.objectfifo @in0(%tile_0_0, {%tile_0_2}, 2 : i32) : !aie.objectfifo<memref<32xi32>>  loc(#loc2)
    aie.objectfifo @out0(%tile_0_2, {%tile_0_0}, 2 : i32) : !aie.objectfifo<memref<32xi32>>  loc(#loc2)
    %core_0_2 = aie.core(%tile_0_2) {
      %c0 = arith.constant 0 : index loc(#loc3)
      %c9223372036854775807 = arith.constant 9223372036854775807 : index loc(#loc3)
      %c1 = arith.constant 1 : index loc(unknown)
      scf.for %arg0 = %c0 to %c9223372036854775807 step %c1 {
        %0 = aie.objectfifo.acquire @in0(Consume, 1) : !aie.objectfifosubview<memref<32xi32>> loc("vsadd.py":21:8)
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<32xi32>> -> memref<32xi32> loc(#loc3)
        %2 = aie.objectfifo.acquire @out0(Produce, 1) : !aie.objectfifosubview<memref<32xi32>> loc(#loc3)
        %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<32xi32>> -> memref<32xi32> loc(fused["a.py":1:2, "b"("b.py":3:4)])
        %c0_0 = arith.constant 0 : index loc(#loc3)
        %c32 = arith.constant 32 : index loc(#loc3)
        %c1_1 = arith.constant 1 : index loc(#loc3)
        scf.for %arg1 = %c0_0 to %c32 step %c1_1 {
          %4 = memref.load %1[%arg1] : memref<32xi32> loc(#loc3)
          %c1_i32 = arith.constant 1 : i32 loc(#loc3)
          %5 = arith.addi %4, %c1_i32 : i32 loc(#loc3)
          memref.store %5, %3[%arg1] : memref<32xi32> loc(#loc3)
        } loc(#loc3)
        aie.objectfifo.release @in0(Consume, 1) loc(#loc3)
        aie.objectfifo.release @out0(Produce, 1) loc(#loc3)
      } loc(#loc3)
      aie.end loc(#loc3)
    } loc(#loc3)
    aie.runtime_sequence(%arg0: memref<1024xi32> loc("vsadd.py":30:4), %arg1: memref<1024xi32> loc("vsadd.py":30:4), %arg2: memref<1024xi32> loc(unknown)) {
      aiex.npu.dma_memcpy_nd(%arg0[0, 0, 0, 0][1, 1, 1, 1024][0, 0, 0, 1]) {id = 1 : i64, issue_token = true, metadata = @in0} : memref<1024xi32> loc(#loc3)
      aiex.npu.dma_memcpy_nd(%arg2[0, 0, 0, 0][1, 1, 1, 1024][0, 0, 0, 1]) {id = 0 : i64, metadata = @out0} : memref<1024xi32> loc(#loc3)
      aiex.npu.dma_wait {symbol = @in0} loc(#loc3)
      aiex.npu.dma_wait {symbol = @out0} loc(#loc3)
    } loc(#loc3)
  } loc(#loc1)
} loc(#loc)
#loc1 = loc("vsadd.py":11:0)
#loc2 = loc("of"(#loc1))
