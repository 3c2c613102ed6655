// A window of two whose first step is another branch, in a loop lowered dynamically; sums of five go out by an outer loop.
module {
  aie.device(npu1_1col) {
    %tile_0_0 = aie.tile(0, 0)
    %tile_0_2 = aie.tile(0, 2)
    aie.objectfifo @input_fifo(%tile_0_0, {%tile_0_2}, 2 : i32) : !aie.objectfifo<memref<10xi32>>
    aie.objectfifo @output_fifo(%tile_0_2, {%tile_0_0}, 2 : i32) : !aie.objectfifo<memref<10xi32>>
    func.func @add_10_i32(%line_in1: memref<10xi32>, %line_in2: memref<10xi32>, %line_out: memref<10xi32>) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c10 = arith.constant 10 : index
      scf.for %arg3 = %c0 to %c10 step %c1 {
        %0 = memref.load %line_in1[%arg3] : memref<10xi32>
        %1 = memref.load %line_in2[%arg3] : memref<10xi32>
        %2 = arith.addi %0, %1 : i32
        memref.store %2, %line_out[%arg3] : memref<10xi32>
      }
      return
    }
    %core_0_2 = aie.core(%tile_0_2) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c10 = arith.constant 10 : index
      %c9223372036854775807 = arith.constant 9223372036854775807 : index
      scf.for %n = %c0 to %c9223372036854775807 step %c1 {
        scf.for %arg0 = %c0 to %c10 step %c1 {
          %0 = aie.objectfifo.acquire @output_fifo(Produce, 1) : !aie.objectfifosubview<memref<10xi32>>
          %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<10xi32>> -> memref<10xi32>
          %2 = arith.cmpi eq, %arg0, %c0 : index
          scf.if %2 {
            %3 = aie.objectfifo.acquire @input_fifo(Consume, 1) : !aie.objectfifosubview<memref<10xi32>>
            %4 = aie.objectfifo.subview.access %3[0] : !aie.objectfifosubview<memref<10xi32>> -> memref<10xi32>
            func.call @add_10_i32(%4, %4, %1) : (memref<10xi32>, memref<10xi32>, memref<10xi32>) -> ()
          } else {
            %3 = aie.objectfifo.acquire @input_fifo(Consume, 2) : !aie.objectfifosubview<memref<10xi32>>
            %4 = aie.objectfifo.subview.access %3[0] : !aie.objectfifosubview<memref<10xi32>> -> memref<10xi32>
            %5 = aie.objectfifo.subview.access %3[1] : !aie.objectfifosubview<memref<10xi32>> -> memref<10xi32>
            func.call @add_10_i32(%4, %5, %1) : (memref<10xi32>, memref<10xi32>, memref<10xi32>) -> ()
            aie.objectfifo.release @input_fifo(Consume, 1)
          }
          aie.objectfifo.release @output_fifo(Produce, 1)
        }
        aie.objectfifo.release @input_fifo(Consume, 1)
      }
      aie.end
    } {dynamic_objfifo_lowering = true}
    aie.runtime_sequence(%arg0: memref<20x10xi32>, %arg1: memref<20x10xi32>) {
      aiex.npu.dma_memcpy_nd(%arg1[0, 0, 0, 0][1, 1, 1, 200][0, 0, 0, 1]) {id = 1 : i64, issue_token = true, metadata = @output_fifo} : memref<20x10xi32>
      aiex.npu.dma_memcpy_nd(%arg0[0, 0, 0, 0][1, 1, 1, 200][0, 0, 0, 1]) {id = 0 : i64, metadata = @input_fifo} : memref<20x10xi32>
      aiex.npu.dma_wait {symbol = @output_fifo}
    }
  }
}
