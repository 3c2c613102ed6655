// A table written into the core's memory by the sequence, part by blockwrite of a global and part by single words, a lock set
// to let the core begin, its state read back by a later run; raw addresses of a tile with column and row.
module {
  aie.device(npu1_2col) {
    memref.global "private" constant @low : memref<4xi32> = dense<[10, -20, 30, 0x7FFFFFFF]>
    %s = aie.tile(0, 0)
    %t = aie.tile(1, 3)
    %table = aie.buffer(%t) {address = 0x2000 : i32, sym_name = "table"} : memref<8xi32> = dense<0>
    %ready = aie.lock(%t, 11) {init = 0 : i32, sym_name = "ready"}
    aie.objectfifo @in(%s, {%t}, 2 : i32) : !aie.objectfifo<memref<8xi32>>
    aie.objectfifo @out(%t, {%s}, 2 : i32) : !aie.objectfifo<memref<8xi32>>
    aie.core(%t) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c8 = arith.constant 8 : index
      %max = arith.constant 9223372036854775807 : index
      aie.use_lock(%ready, AcquireGreaterEqual, 2)
      scf.for %n = %c0 to %max step %c1 {
        %0 = aie.objectfifo.acquire @in(Consume, 1) : !aie.objectfifosubview<memref<8xi32>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<8xi32>> -> memref<8xi32>
        %2 = aie.objectfifo.acquire @out(Produce, 1) : !aie.objectfifosubview<memref<8xi32>>
        %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<8xi32>> -> memref<8xi32>
        affine.for %i = 0 to 8 {
          %x = affine.load %1[%i] : memref<8xi32>
          %y = affine.load %table[%i] : memref<8xi32>
          %z = arith.xori %x, %y : i32
          affine.store %z, %3[%i] : memref<8xi32>
        }
        aie.objectfifo.release @in(Consume, 1)
        aie.objectfifo.release @out(Produce, 1)
      }
      aie.end
    }
    aie.runtime_sequence(%x: memref<32xi32>, %y: memref<32xi32>) {
      %words = memref.get_global @low : memref<4xi32>
      aiex.npu.blockwrite(%words) {address = 2 : ui32, buffer = @table} : memref<4xi32>
      aiex.npu.write32 {address = 7 : ui32, buffer = @table, value = 0xDEADBEEF : ui32}
      aiex.npu.rtp_write(@table, 6, -1)
      aiex.npu.maskwrite32 {address = 6 : ui32, buffer = @table, mask = 0xFF00 : ui32, value = 0 : ui32}
      aiex.set_lock(%ready, 2)
      aiex.npu.dma_memcpy_nd(%x[0, 0, 0, 0][1, 1, 1, 32][0, 0, 0, 1]) {id = 0 : i64, metadata = @in} : memref<32xi32>
      aiex.npu.dma_memcpy_nd(%y[0, 0, 0, 0][1, 1, 1, 32][0, 0, 0, 1]) {id = 1 : i64, metadata = @out} : memref<32xi32>
      aiex.npu.sync {channel = 0 : i32, column = 0 : i32, column_num = 1 : i32, direction = 0 : i32, row = 0 : i32, row_num = 1 : i32}
    }
  }
}
