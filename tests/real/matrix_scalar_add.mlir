// One 16 by 8 tile of a 16 by 128 image, taken by a strided transfer, gets a constant added, and goes back to its place.
module {
  aie.device(npu1_1col) {
    %ShimTile = aie.tile(0, 0)
    %ComputeTile2 = aie.tile(0, 2)
    aie.objectfifo @in(%ShimTile, {%ComputeTile2}, 2 : i32) : !aie.objectfifo<memref<16x8xi32>>
    aie.objectfifo @out(%ComputeTile2, {%ShimTile}, 2 : i32) : !aie.objectfifo<memref<16x8xi32>>
    %core_0_2 = aie.core(%ComputeTile2) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %cmax = arith.constant 9223372036854775807 : index
      scf.for %n = %c0 to %cmax step %c1 {
        %0 = aie.objectfifo.acquire @in(Consume, 1) : !aie.objectfifosubview<memref<16x8xi32>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<16x8xi32>> -> memref<16x8xi32>
        %2 = aie.objectfifo.acquire @out(Produce, 1) : !aie.objectfifosubview<memref<16x8xi32>>
        %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<16x8xi32>> -> memref<16x8xi32>
        %c16 = arith.constant 16 : index
        %c8 = arith.constant 8 : index
        %k = arith.constant 7 : i32
        scf.for %i = %c0 to %c16 step %c1 {
          scf.for %j = %c0 to %c8 step %c1 {
            %x = memref.load %1[%i, %j] : memref<16x8xi32>
            %y = arith.addi %x, %k overflow<nsw> : i32
            memref.store %y, %3[%i, %j] : memref<16x8xi32>
          }
        }
        aie.objectfifo.release @in(Consume, 1)
        aie.objectfifo.release @out(Produce, 1)
      }
      aie.end
    }
    aiex.runtime_sequence(%arg0: memref<16x128xi32>, %arg1: memref<16x128xi32>, %arg2: memref<16x128xi32>) {
      aiex.npu.dma_memcpy_nd(%arg0[0, 0, 0, 0][1, 1, 16, 8][0, 0, 128, 1]) {id = 1 : i64, issue_token = true, metadata = @in} : memref<16x128xi32>
      aiex.npu.dma_memcpy_nd(%arg2[0, 0, 0, 0][1, 1, 16, 8][0, 0, 128, 1]) {id = 0 : i64, metadata = @out} : memref<16x128xi32>
      aiex.npu.dma_wait {symbol = @in}
      aiex.npu.dma_wait {symbol = @out}
    }
  }
}
