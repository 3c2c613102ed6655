// Host buffers seen through casts, subviews and as unranked memrefs.
module {
  aie.device(npu1) {
    %s = aie.tile(2, 0)
    %m = aie.tile(2, 1)
    aie.objectfifo @in(%s, {%m}, 2 : i32) : !aie.objectfifo<memref<16xi32>>
    aie.objectfifo @out(%m, {%s}, 2 : i32) : !aie.objectfifo<memref<16xi32>>
    aie.objectfifo.link [@in] -> [@out]([] [])
    aie.runtime_sequence @sequence(%x: memref<8x16xi32>, %skip: memref<4xi8>, %y: memref<128xi32>) {
      %flat = memref.reinterpret_cast %x to offset: [0], sizes: [128], strides: [1] : memref<8x16xi32> to memref<128xi32>
      %tail = memref.subview %y[64] [64] [1] : memref<128xi32> to memref<64xi32, strided<[1], offset: 64>>
      %last = memref.subview %tail[32] [32] [1] : memref<64xi32, strided<[1], offset: 64>> to memref<32xi32, strided<[1], offset: 96>>
      %any = memref.cast %flat : memref<128xi32> to memref<*xi32>
      %0 = aiex.dma_configure_task_for @in {
        aie.dma_bd(%any : memref<*xi32>, 32, 64)
        aie.end
      }
      %1 = aiex.dma_configure_task_for @out {
        aie.dma_bd(%y : memref<128xi32>, 0, 32)
        aie.next_bd ^bb1
      ^bb1:  // pred: ^bb0
        aie.dma_bd(%last : memref<32xi32, strided<[1], offset: 96>>, 0, 32, [<size = 32, stride = 1>])
        aie.end
      } {issue_token = true}
      aiex.dma_start_task(%0)
      aiex.dma_start_task(%1)
      aiex.dma_await_task(%1)
      aiex.npu.dma_memcpy_nd(%flat[0, 0, 0, 0][1, 1, 2, 16][0, 0, 64, 1]) {id = 8 : i64, metadata = @in} : memref<128xi32>
      aiex.npu.dma_memcpy_nd(%tail[0, 0, 0, 0][1, 1, 1, 32][0, 0, 0, 1]) {id = 9 : i64, metadata = @out} : memref<64xi32, strided<[1], offset: 64>>
      aiex.npu.dma_wait {symbol = @out}
    }
  }
}
