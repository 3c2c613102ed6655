// Patterns in four dimensions out of a memory tile and three into a core of another column, and out of that core again.
module {
  aie.device(npu1) {
    %s0 = aie.tile(0, 0)
    %m0 = aie.tile(0, 1)
    %t = aie.tile(3, 2)
    %s3 = aie.tile(3, 0)
    aie.objectfifo @a(%s0, {%m0}, 2 : i32) : !aie.objectfifo<memref<2x2x2x2xi32>>
    aie.objectfifo @b(%m0 dimensionsToStream [<size = 2, stride = 1>, <size = 2, stride = 8>, <size = 2, stride = 4>, <size = 2, stride = 2>], {%t dimensionsFromStream [<size = 4, stride = 1>, <size = 2, stride = 8>, <size = 2, stride = 4>]}, [2, 3]) : !aie.objectfifo<memref<2x2x2x2xi32>>
    aie.objectfifo @c(%t dimensionsToStream [<size = 16, stride = 1>], {%s3}, 1 : i32) : !aie.objectfifo<memref<2x2x2x2xi32>>
    aie.objectfifo.link [@a] -> [@b]([] [])
    aie.core(%t) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %max = arith.constant 9223372036854775807 : index
      scf.for %n = %c0 to %max step %c1 {
        %0 = aie.objectfifo.acquire @b(Consume, 1) : !aie.objectfifosubview<memref<2x2x2x2xi32>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<2x2x2x2xi32>> -> memref<2x2x2x2xi32>
        %2 = aie.objectfifo.acquire @c(Produce, 1) : !aie.objectfifosubview<memref<2x2x2x2xi32>>
        %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<2x2x2x2xi32>> -> memref<2x2x2x2xi32>
        memref.copy %1, %3 : memref<2x2x2x2xi32> to memref<2x2x2x2xi32>
        aie.objectfifo.release @b(Consume, 1)
        aie.objectfifo.release @c(Produce, 1)
      }
      aie.end
    }
    aie.runtime_sequence(%x: memref<7x16xi32>, %y: memref<7x16xi32>) {
      aiex.npu.dma_memcpy_nd(%x[0, 0, 0, 0][1, 1, 7, 16][0, 0, 16, 1]) {id = 0 : i64, metadata = @a} : memref<7x16xi32>
      aiex.npu.dma_memcpy_nd(%y[0, 0, 0, 0][1, 1, 7, 16][0, 0, 16, 1]) {burst_length = 64 : i64, id = 0 : i64, metadata = @c} : memref<7x16xi32>
      aiex.npu.dma_wait {symbol = @c}
    }
  }
}
