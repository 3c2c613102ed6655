// Fifo accesses under conditions and in nested loops, lowered dynamically: every third line is dropped, others are summed in
// pairs; the sum of all goes out at the end of a block.
module {
  aie.device(npu1_1col) {
    %tile_0_0 = aie.tile(0, 0)
    %tile_0_2 = aie.tile(0, 2)
    aie.objectfifo @in(%tile_0_0, {%tile_0_2}, 3 : i32) : !aie.objectfifo<memref<4xi32>>
    aie.objectfifo @out(%tile_0_2, {%tile_0_0}, 2 : i32) : !aie.objectfifo<memref<4xi32>>
    %sum = aie.buffer(%tile_0_2) {sym_name = "sum"} : memref<4xi32>
    aie.core(%tile_0_2) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c2 = arith.constant 2 : index
      %c3 = arith.constant 3 : index
      %c4 = arith.constant 4 : index
      %zero = arith.constant 0 : i32
      %max = arith.constant 9223372036854775807 : index
      scf.for %round = %c0 to %max step %c1 {
        scf.for %k = %c0 to %c4 step %c1 {
          memref.store %zero, %sum[%k] : memref<4xi32>
        }
        scf.for %line = %c0 to %c3 step %c1 {
          %last = arith.cmpi eq, %line, %c2 : index
          scf.if %last {
            %drop = aie.objectfifo.acquire @in(Consume, 1) : !aie.objectfifosubview<memref<4xi32>>
            aie.objectfifo.release @in(Consume, 1)
          } else {
            scf.for %half = %c0 to %c2 step %c1 {
              %isv = aie.objectfifo.acquire @in(Consume, 2) : !aie.objectfifosubview<memref<4xi32>>
              %i0 = aie.objectfifo.subview.access %isv[0] : !aie.objectfifosubview<memref<4xi32>> -> memref<4xi32>
              %i1 = aie.objectfifo.subview.access %isv[1] : !aie.objectfifosubview<memref<4xi32>> -> memref<4xi32>
              %osv = aie.objectfifo.acquire @out(Produce, 1) : !aie.objectfifosubview<memref<4xi32>>
              %o = aie.objectfifo.subview.access %osv[0] : !aie.objectfifosubview<memref<4xi32>> -> memref<4xi32>
              scf.for %k = %c0 to %c4 step %c1 {
                %a = memref.load %i0[%k] : memref<4xi32>
                %b = memref.load %i1[%k] : memref<4xi32>
                %c = arith.addi %a, %b : i32
                memref.store %c, %o[%k] : memref<4xi32>
                %t = memref.load %sum[%k] : memref<4xi32>
                %u = arith.addi %t, %c : i32
                memref.store %u, %sum[%k] : memref<4xi32>
              }
              aie.objectfifo.release @in(Consume, 2)
              aie.objectfifo.release @out(Produce, 1)
            }
          }
        }
        %tsv = aie.objectfifo.acquire @out(Produce, 1) : !aie.objectfifosubview<memref<4xi32>>
        %total = aie.objectfifo.subview.access %tsv[0] : !aie.objectfifosubview<memref<4xi32>> -> memref<4xi32>
        memref.copy %sum, %total : memref<4xi32> to memref<4xi32>
        aie.objectfifo.release @out(Produce, 1)
      }
      aie.end
    } {dynamic_objfifo_lowering = true}
    aie.runtime_sequence(%x: memref<18x4xi32>, %y: memref<10x4xi32>) {
      aiex.npu.dma_memcpy_nd(%x[0, 0, 0, 0][1, 1, 18, 4][0, 0, 4, 1]) {id = 0 : i64, metadata = @in} : memref<18x4xi32>
      aiex.npu.dma_memcpy_nd(%y[0, 0, 0, 0][1, 1, 10, 4][0, 0, 4, 1]) {id = 1 : i64, metadata = @out} : memref<10x4xi32>
      aiex.npu.dma_wait {symbol = @out}
    }
  }
}
