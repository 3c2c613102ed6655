// Two columns that ran one after the other are started together; a second round on a channel stays behind the first.
// RUN: npubuild patch %s --pass overlap-transfers -o %t | filecheck %s --check-prefix PROOF
// RUN: filecheck %s --input-file %t

// PROOF: overlap-transfers: @main @sequence: same meaning, proven on the instruction stream
// PROOF: wait for column 0 row 0 S2MM 0: after push 2 -> after push 4

module {
  aie.device(npu1_2col) {
    %s0 = aie.tile(0, 0)
    %t0 = aie.tile(0, 2)
    %s1 = aie.tile(1, 0)
    %t1 = aie.tile(1, 2)
    aie.objectfifo @in0(%s0, {%t0}, 2 : i32) : !aie.objectfifo<memref<64xi8>>
    aie.objectfifo @out0(%t0, {%s0}, 2 : i32) : !aie.objectfifo<memref<64xi8>>
    aie.objectfifo @in1(%s1, {%t1}, 2 : i32) : !aie.objectfifo<memref<64xi8>>
    aie.objectfifo @out1(%t1, {%s1}, 2 : i32) : !aie.objectfifo<memref<64xi8>>
    aie.runtime_sequence(%a: memref<192xi8>, %b: memref<192xi8>) {
      // CHECK: metadata = @in0
      aiex.npu.dma_memcpy_nd(%a[0, 0, 0, 0][1, 1, 1, 64][0, 0, 0, 1]) {id = 0 : i64, metadata = @in0} : memref<192xi8>
      // CHECK-NEXT: metadata = @out0
      aiex.npu.dma_memcpy_nd(%b[0, 0, 0, 0][1, 1, 1, 64][0, 0, 0, 1]) {id = 1 : i64, metadata = @out0} : memref<192xi8>
      aiex.npu.dma_wait {symbol = @out0}
      // CHECK-NEXT: metadata = @in1
      aiex.npu.dma_memcpy_nd(%a[0, 0, 0, 64][1, 1, 1, 64][0, 0, 0, 1]) {id = 0 : i64, metadata = @in1} : memref<192xi8>
      // CHECK-NEXT: metadata = @out1
      aiex.npu.dma_memcpy_nd(%b[0, 0, 0, 64][1, 1, 1, 64][0, 0, 0, 1]) {id = 1 : i64, metadata = @out1} : memref<192xi8>
      // CHECK-NEXT: aiex.npu.dma_wait {symbol = @out0}
      // CHECK-NEXT: aiex.npu.dma_wait {symbol = @out1}
      aiex.npu.dma_wait {symbol = @out1}
      // CHECK-NEXT: [0, 0, 0, 128]{{.*}} metadata = @in0
      aiex.npu.dma_memcpy_nd(%a[0, 0, 0, 128][1, 1, 1, 64][0, 0, 0, 1]) {id = 0 : i64, metadata = @in0} : memref<192xi8>
      // CHECK-NEXT: [0, 0, 0, 128]{{.*}} metadata = @out0
      aiex.npu.dma_memcpy_nd(%b[0, 0, 0, 128][1, 1, 1, 64][0, 0, 0, 1]) {id = 1 : i64, metadata = @out0} : memref<192xi8>
      // CHECK-NEXT: aiex.npu.dma_wait {symbol = @out0}
      aiex.npu.dma_wait {symbol = @out0}
    }
  }
}
