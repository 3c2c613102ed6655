// Rounds of tasks with up to four in flight per channel: chains of two descriptors, repeats of the same data, frees before and
// after awaits, an await of an input with a token, descriptor numbers of its own choice for one task.
module {
  aie.device(npu2_3col) {
    %s = aie.tile(2, 0)
    %m = aie.tile(2, 1)
    aie.objectfifo @in(%s, {%m}, 4 : i32) : !aie.objectfifo<memref<64xi8>>
    aie.objectfifo @out(%m, {%s}, 4 : i32) : !aie.objectfifo<memref<64xi8>>
    aie.objectfifo.link [@in] -> [@out]([] [])
    aie.runtime_sequence @rounds(%x: memref<1024xi8>, %y: memref<1536xi8>) {
      %i0 = aiex.dma_configure_task_for @in {
        aie.dma_bd(%x : memref<1024xi8>, 0, 128) {bd_id = 9 : i32}
        aie.next_bd ^bb1
      ^bb1:  // pred: ^bb0
        aie.dma_bd(%x : memref<1024xi8>, 512, 128)
        aie.end
      }
      %o0 = aiex.dma_configure_task_for @out {
        aie.dma_bd(%y : memref<1536xi8>, 0, 256)
        aie.end
      } {issue_token = true}
      aiex.dma_start_task(%o0)
      aiex.dma_start_task(%i0)
      %i1 = aiex.dma_configure_task_for @in {
        aie.dma_bd(%x : memref<1024xi8>, 256, 64, [<size = 4, stride = 0>, <size = 1, stride = 0>, <size = 4, stride = 32>, <size = 16, stride = 1>])
        aie.end
      } {issue_token = true, repeat_count = 3 : i32}
      aiex.dma_start_task(%i1)
      %o1 = aiex.dma_configure_task_for @out {
        aie.dma_bd(%y : memref<1536xi8>, 256, 256)
        aie.end
      } {issue_token = true}
      aiex.dma_start_task(%o1)
      aiex.dma_await_task(%o0)
      %o2 = aiex.dma_configure_task_for @out {
        aie.dma_bd(%y : memref<1536xi8>, 512, 256, [<size = 4, stride = 256>, <size = 2, stride = 128>, <size = 2, stride = 64>, <size = 64, stride = 1>])
        aie.end
      } {issue_token = true, repeat_count = 3 : i32}
      aiex.dma_start_task(%o2)
      aiex.dma_await_task(%i1)
      aiex.dma_free_task(%i0)
      %i2 = aiex.dma_configure_task_for @in {
        aie.dma_bd(%x : memref<1024xi8>)
        aie.end
      }
      aiex.dma_start_task(%i2)
      aiex.dma_await_task(%o1)
      aiex.dma_await_task(%o2)
      aiex.dma_free_task(%i2)
      aiex.dma_free_task(%o0)
    }
  }
}
