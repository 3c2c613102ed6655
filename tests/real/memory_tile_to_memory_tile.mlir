// Padding on the way out of one memory tile, a detour over the neighbour's by the stream, and 4-D patterns.
module {
  aie.device(npu1) {
    %s0 = aie.tile(0, 0)
    %m0 = aie.tile(0, 1)
    %m3 = aie.tile(3, 1)
    %s3 = aie.tile(3, 0)
    aie.objectfifo @a(%s0, {%m0}, 2 : i32) : !aie.objectfifo<memref<2x2x2x2xi32>>
    aie.objectfifo @b(%m0 dimensionsToStream [<size = 2, stride = 1>, <size = 2, stride = 8>, <size = 2, stride = 4>, <size = 2, stride = 2>], {%m3 dimensionsFromStream [<size = 4, stride = 1>, <size = 2, stride = 8>, <size = 2, stride = 4>]}, [2, 3]) : !aie.objectfifo<memref<2x2x2x2xi32>>
    aie.objectfifo @c(%m3, {%s3}, 1 : i32) : !aie.objectfifo<memref<2x2x2x2xi32>>
    aie.objectfifo.link [@a] -> [@b]([] [])
    aie.objectfifo.link [@b] -> [@c]([] [])
    aie.runtime_sequence(%x: memref<7x16xi32>, %y: memref<7x16xi32>) {
      aiex.npu.dma_memcpy_nd(%x[0, 0, 0, 0][1, 1, 7, 16][0, 0, 16, 1]) {id = 0 : i64, metadata = @a} : memref<7x16xi32>
      aiex.npu.dma_memcpy_nd(%y[0, 0, 0, 0][1, 1, 7, 16][0, 0, 16, 1]) {burst_length = 64 : i64, id = 0 : i64, metadata = @c} : memref<7x16xi32>
      aiex.npu.dma_wait {symbol = @c}
    }
  }
}
