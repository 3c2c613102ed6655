// Memcpys become tasks that keep their descriptor numbers; each wait becomes the await of the task whose token it takes.
// RUN: npubuild patch %s --pass memcpy-to-dma-task -o %t | filecheck %s --check-prefix PROOF
// RUN: filecheck %s --input-file %t

// PROOF: memcpy-to-dma-task: @main @sequence: same meaning, proven on the instruction stream

module {
  aie.device(npu1) {
    %s = aie.tile(0, 0)
    %t = aie.tile(0, 2)
    aie.objectfifo @in(%s, {%t}, 2 : i32) : !aie.objectfifo<memref<64xi32>>
    aie.objectfifo @out(%t, {%s}, 2 : i32) : !aie.objectfifo<memref<64xi32>>
    // CHECK: aie.runtime_sequence
    aie.runtime_sequence(%a: memref<512xi32>, %b: memref<256xi32>) {
      // CHECK-NEXT: %0 = aiex.dma_configure_task_for @in {
      // CHECK-NEXT: aie.dma_bd(%arg0 : memref<512xi32>, 64, 64, [<size = 2, stride = 128>, <size = 1, stride = 0>, <size = 2, stride = 32>, <size = 32, stride = 1>]) {bd_id = 3 : i32, burst_length = 0 : i32}
      // CHECK-NEXT: aie.end
      // CHECK-NEXT: } {repeat_count = 1 : i32}
      // CHECK-NEXT: aiex.dma_start_task(%0)
      aiex.npu.dma_memcpy_nd(%a[0, 0, 0, 64][2, 1, 2, 32][128, 0, 32, 1]) {id = 3 : i64, metadata = @in} : memref<512xi32>
      // CHECK-NEXT: %1 = aiex.dma_configure_task_for @out {
      // CHECK-NEXT: aie.dma_bd(%arg1 : memref<256xi32>, 0, 128,
      // CHECK-NEXT: aie.end
      // CHECK-NEXT: } {issue_token = true}
      // CHECK-NEXT: aiex.dma_start_task(%1)
      aiex.npu.dma_memcpy_nd(%b[0, 0, 0, 0][1, 1, 1, 128][0, 0, 0, 1]) {id = 0 : i64, metadata = @out} : memref<256xi32>
      // CHECK-NEXT: aiex.dma_await_task(%1)
      aiex.npu.dma_wait {symbol = @out}
      // Number 3 was never waited for, so it is given back before it is used again.
      // CHECK-NEXT: aiex.dma_free_task(%0)
      // CHECK-NEXT: %2 = aiex.dma_configure_task_for @in {
      aiex.npu.dma_memcpy_nd(%a[0, 0, 0, 0][1, 1, 1, 128][0, 0, 0, 1]) {id = 3 : i64, metadata = @in} : memref<512xi32>
      aiex.npu.dma_memcpy_nd(%b[0, 0, 0, 128][1, 1, 1, 128][0, 0, 0, 1]) {id = 0 : i64, metadata = @out} : memref<256xi32>
      // CHECK: aiex.dma_await_task(%3)
      aiex.npu.dma_wait {symbol = @out}
    }
  }
}
