// Two inputs and two outputs become one of each; offsets count elements of the packed buffer.
// RUN: npubuild patch %s --pass pack-arguments -o %t | filecheck %s --check-prefix PROOF
// RUN: filecheck %s --input-file %t

// PROOF: pack-arguments: @main @sequence: same meaning, proven on the instruction stream
// PROOF: argument 1 -> argument 0, byte offset 128
// PROOF: argument 2 -> argument 1, byte offset 0
// PROOF: argument 3 -> argument 1, byte offset 64

module {
  aie.device(npu1_2col) {
    %s0 = aie.tile(0, 0)
    %t0 = aie.tile(0, 2)
    %s1 = aie.tile(1, 0)
    %t1 = aie.tile(1, 2)
    aie.objectfifo @in0(%s0, {%t0}, 2 : i32) : !aie.objectfifo<memref<64xi16>>
    aie.objectfifo @out0(%t0, {%s0}, 2 : i32) : !aie.objectfifo<memref<64xi8>>
    aie.objectfifo @in1(%s1, {%t1}, 2 : i32) : !aie.objectfifo<memref<64xi16>>
    aie.objectfifo @out1(%t1, {%s1}, 2 : i32) : !aie.objectfifo<memref<64xi8>>
    // CHECK: aie.runtime_sequence(%arg0: memref<128xi16>, %arg1: memref<128xi8>) {
    aie.runtime_sequence(%a0: memref<64xi16>, %a1: memref<64xi16>, %b0: memref<64xi8>, %b1: memref<64xi8>) {
      // CHECK-NEXT: aiex.npu.dma_memcpy_nd(%arg0[0, 0, 0, 0][1, 1, 1, 64][0, 0, 0, 1]) {id = 0 : i64, metadata = @in0} : memref<128xi16>
      aiex.npu.dma_memcpy_nd(%a0[0, 0, 0, 0][1, 1, 1, 64][0, 0, 0, 1]) {id = 0 : i64, metadata = @in0} : memref<64xi16>
      // CHECK-NEXT: aiex.npu.dma_memcpy_nd(%arg0[0, 0, 0, 64][1, 1, 1, 64][0, 0, 0, 1]) {id = 0 : i64, metadata = @in1} : memref<128xi16>
      aiex.npu.dma_memcpy_nd(%a1[0, 0, 0, 0][1, 1, 1, 64][0, 0, 0, 1]) {id = 0 : i64, metadata = @in1} : memref<64xi16>
      %out0 = aiex.dma_configure_task_for @out0 {
        // CHECK: aie.dma_bd(%arg1 : memref<128xi8>, 0, 64) {bd_id = 1 : i32}
        aie.dma_bd(%b0 : memref<64xi8>) {bd_id = 1 : i32}
        aie.end
      } {issue_token = true}
      aiex.dma_start_task(%out0)
      // CHECK: aiex.npu.dma_memcpy_nd(%arg1[0, 0, 0, 64][1, 1, 1, 64][0, 0, 0, 1]) {id = 1 : i64, metadata = @out1} : memref<128xi8>
      aiex.npu.dma_memcpy_nd(%b1[0, 0, 0, 0][1, 1, 1, 64][0, 0, 0, 1]) {id = 1 : i64, metadata = @out1} : memref<64xi8>
      aiex.dma_await_task(%out0)
      aiex.npu.dma_wait {symbol = @out1}
    }
  }
}
