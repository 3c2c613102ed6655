// Tasks become memcpys with the descriptor numbers that the compiler would give them, awaits become waits.
// RUN: npubuild patch %s --pass dma-task-to-memcpy -o %t | filecheck %s --check-prefix PROOF
// RUN: filecheck %s --input-file %t

// The writes of the descriptors move to their pushes, and the byte offset leaves word 1; nothing else changes.
// PROOF: dma-task-to-memcpy: @main @sequence: same meaning, proven on the instruction stream
// PROOF-NEXT: {{only the places at which descriptors are written|size|descriptor}}

module {
  aie.device(npu1) {
    %s = aie.tile(0, 0)
    %t = aie.tile(0, 2)
    aie.objectfifo @in(%s, {%t}, 2 : i32) : !aie.objectfifo<memref<64xi32>>
    aie.objectfifo @out(%t, {%s}, 2 : i32) : !aie.objectfifo<memref<64xi32>>
    // CHECK: aie.runtime_sequence
    aie.runtime_sequence(%a: memref<512xi32>, %b: memref<256xi32>) {
      %in = aiex.dma_configure_task_for @in {
        aie.dma_bd(%a : memref<512xi32>, 64, 64, [<size = 2, stride = 128>, <size = 1, stride = 0>, <size = 2, stride = 32>, <size = 32, stride = 1>]) {burst_length = 64 : i32}
        aie.end
      } {repeat_count = 1 : i32}
      %first = aiex.dma_configure_task_for @out {
        aie.dma_bd(%b : memref<256xi32>, 0, 64)
        aie.end
      }
      %second = aiex.dma_configure_task_for @out {
        aie.dma_bd(%b : memref<256xi32>, 64, 64) {bd_id = 9 : i32}
        aie.end
      } {issue_token = true}
      // CHECK-NEXT: aiex.npu.dma_memcpy_nd(%arg0[0, 0, 0, 64][2, 1, 2, 32][128, 0, 32, 1]) {burst_length = 64 : i64, id = 0 : i64, metadata = @in} : memref<512xi32>
      aiex.dma_start_task(%in)
      // CHECK-NEXT: aiex.npu.dma_memcpy_nd(%arg1[0, 0, 0, 0][1, 1, 1, 64][0, 0, 0, 1]) {id = 1 : i64, metadata = @out} : memref<256xi32>
      aiex.dma_start_task(%first)
      // CHECK-NEXT: aiex.npu.dma_memcpy_nd(%arg1[0, 0, 0, 64][1, 1, 1, 64][0, 0, 0, 1]) {id = 9 : i64, metadata = @out} : memref<256xi32>
      aiex.dma_start_task(%second)
      // As a memcpy the first output issues a token too, so two waits stand for the one await.
      // CHECK-NEXT: aiex.npu.dma_wait {symbol = @out}
      // CHECK-NEXT: aiex.npu.dma_wait {symbol = @out}
      // CHECK-NEXT: }
      aiex.dma_await_task(%second)
      aiex.dma_free_task(%in)
      aiex.dma_free_task(%first)
    }
  }
}
