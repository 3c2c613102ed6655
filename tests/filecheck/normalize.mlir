// Constants in transfer lists become numbers; the stream stays the same to the byte.
// RUN: npubuild patch %s --pass normalize -o %t | filecheck %s --check-prefix PROOF
// RUN: filecheck %s --input-file %t
// RUN: npubuild patch %s --pass normalize --spelling oct25 -o %t > /dev/null && filecheck %s --check-prefix OCT25 --input-file %t

// PROOF: normalize: @main @sequence: same meaning, proven on the instruction stream
// PROOF-NEXT: identical: 8 operations, 300 bytes

module {
  aie.device(npu1) {
    %s = aie.tile(0, 0)
    %t = aie.tile(0, 2)
    aie.objectfifo @of_in(%s, {%t}, 2 : i32) : !aie.objectfifo<memref<800xi8>>
    aie.objectfifo @of_out(%t, {%s}, 2 : i32) : !aie.objectfifo<memref<80xi8>>
    // OCT25: aiex.runtime_sequence(%arg0: memref<800xi8>, %arg1: memref<80xi8>) {
    // CHECK: aie.runtime_sequence(%arg0: memref<800xi8>, %arg1: memref<80xi8>) {
    aiex.runtime_sequence(%in: memref<800xi8>, %out: memref<80xi8>) {
      %c0 = arith.constant 0 : i64
      %c1 = arith.constant 1 : i64
      %c80 = arith.constant 80 : i64
      %c800 = arith.constant 800 : i64
      // CHECK-NEXT: aiex.npu.dma_memcpy_nd(%arg0[0, 0, 0, 0][1, 1, 1, 800][0, 0, 0, 1]) {id = 1 : i64, metadata = @of_in} : memref<800xi8>
      // CHECK-NEXT: aiex.npu.dma_memcpy_nd(%arg1[0, 0, 0, 0][1, 1, 1, 80][0, 0, 0, 1]) {id = 0 : i64, metadata = @of_out} : memref<80xi8>
      aiex.npu.dma_memcpy_nd(%in[%c0, %c0, %c0, %c0][%c1, %c1, %c1, %c800][%c0, %c0, %c0, %c1]) {id = 1 : i64, metadata = @of_in} : memref<800xi8>
      aiex.npu.dma_memcpy_nd(%out[%c0, %c0, %c0, %c0][%c1, %c1, %c1, %c80][%c0, %c0, %c0, %c1]) {id = 0 : i64, metadata = @of_out} : memref<80xi8>
      // CHECK-NEXT: aiex.npu.dma_wait {symbol = @of_out}
      // CHECK-NEXT: }
      aiex.npu.dma_wait {symbol = @of_out}
    }
  }
}
