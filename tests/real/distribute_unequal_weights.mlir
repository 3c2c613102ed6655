// Weights of three layers in one object, cut by a link into parts of different sizes for three cores that add what they have.
module {
  aie.device(npu2_1col) {
    func.func private @accumulate(memref<?xi32>, memref<4xi32>, memref<4xi32>, i32)
    %shim_noc_tile_0_0 = aie.tile(0, 0)
    %mem_tile_0_1 = aie.tile(0, 1)
    %tile_0_2 = aie.tile(0, 2)
    %tile_0_3 = aie.tile(0, 3)
    %tile_0_4 = aie.tile(0, 4)
    aie.objectfifo @wts_L3L2(%shim_noc_tile_0_0, {%mem_tile_0_1}, 1 : i32) : !aie.objectfifo<memref<56xi32>> 
    aie.objectfifo @wts_0(%mem_tile_0_1, {%tile_0_2}, 1 : i32) : !aie.objectfifo<memref<8xi32>> 
    aie.objectfifo @wts_1(%mem_tile_0_1, {%tile_0_3}, 1 : i32) : !aie.objectfifo<memref<32xi32>> 
    aie.objectfifo @wts_2(%mem_tile_0_1, {%tile_0_4}, 1 : i32) : !aie.objectfifo<memref<4x4xi32>> 
    aie.objectfifo.link [@wts_L3L2] -> [@wts_0, @wts_1, @wts_2]([] [0, 8, 40])
    aie.objectfifo @act(%shim_noc_tile_0_0, {%tile_0_2}, 2 : i32) : !aie.objectfifo<memref<4xi32>> 
    aie.objectfifo @act_2_3(%tile_0_2, {%tile_0_3}, 2 : i32) : !aie.objectfifo<memref<4xi32>> 
    aie.objectfifo @act_3_4(%tile_0_3, {%tile_0_4}, 2 : i32) {via_DMA = true} : !aie.objectfifo<memref<4xi32>> 
    aie.objectfifo @result(%tile_0_4, {%shim_noc_tile_0_0}, 2 : i32) : !aie.objectfifo<memref<4xi32>> 
    %core_0_2 = aie.core(%tile_0_2) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c3 = arith.constant 3 : index
      %c8_i32 = arith.constant 8 : i32
      %c9223372036854775807 = arith.constant 9223372036854775807 : index
      scf.for %arg0 = %c0 to %c9223372036854775807 step %c1 {
        %0 = aie.objectfifo.acquire @wts_0(Consume, 1) : !aie.objectfifosubview<memref<8xi32>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<8xi32>> -> memref<8xi32>
        %cast = memref.cast %1 : memref<8xi32> to memref<?xi32>
        scf.for %arg1 = %c0 to %c3 step %c1 {
          %2 = aie.objectfifo.acquire @act(Consume, 1) : !aie.objectfifosubview<memref<4xi32>>
          %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<4xi32>> -> memref<4xi32>
          %4 = aie.objectfifo.acquire @act_2_3(Produce, 1) : !aie.objectfifosubview<memref<4xi32>>
          %5 = aie.objectfifo.subview.access %4[0] : !aie.objectfifosubview<memref<4xi32>> -> memref<4xi32>
          func.call @accumulate(%cast, %3, %5, %c8_i32) : (memref<?xi32>, memref<4xi32>, memref<4xi32>, i32) -> ()
          aie.objectfifo.release @act(Consume, 1)
          aie.objectfifo.release @act_2_3(Produce, 1)
        }
        aie.objectfifo.release @wts_0(Consume, 1)
      }
      aie.end
    } {link_with = "acc.o"}
    %core_0_3 = aie.core(%tile_0_3) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c3 = arith.constant 3 : index
      %c32_i32 = arith.constant 32 : i32
      %c9223372036854775807 = arith.constant 9223372036854775807 : index
      scf.for %arg0 = %c0 to %c9223372036854775807 step %c1 {
        %0 = aie.objectfifo.acquire @wts_1(Consume, 1) : !aie.objectfifosubview<memref<32xi32>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<32xi32>> -> memref<32xi32>
        %cast = memref.cast %1 : memref<32xi32> to memref<?xi32>
        scf.for %arg1 = %c0 to %c3 step %c1 {
          %2 = aie.objectfifo.acquire @act_2_3(Consume, 1) : !aie.objectfifosubview<memref<4xi32>>
          %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<4xi32>> -> memref<4xi32>
          %4 = aie.objectfifo.acquire @act_3_4(Produce, 1) : !aie.objectfifosubview<memref<4xi32>>
          %5 = aie.objectfifo.subview.access %4[0] : !aie.objectfifosubview<memref<4xi32>> -> memref<4xi32>
          func.call @accumulate(%cast, %3, %5, %c32_i32) : (memref<?xi32>, memref<4xi32>, memref<4xi32>, i32) -> ()
          aie.objectfifo.release @act_2_3(Consume, 1)
          aie.objectfifo.release @act_3_4(Produce, 1)
        }
        aie.objectfifo.release @wts_1(Consume, 1)
      }
      aie.end
    } {link_with = "acc.o"}
    %core_0_4 = aie.core(%tile_0_4) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c3 = arith.constant 3 : index
      %c16_i32 = arith.constant 16 : i32
      %c9223372036854775807 = arith.constant 9223372036854775807 : index
      scf.for %arg0 = %c0 to %c9223372036854775807 step %c1 {
        %0 = aie.objectfifo.acquire @wts_2(Consume, 1) : !aie.objectfifosubview<memref<4x4xi32>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<4x4xi32>> -> memref<4x4xi32>
        %flat = memref.collapse_shape %1 [[0, 1]] : memref<4x4xi32> into memref<16xi32>
        %cast = memref.cast %flat : memref<16xi32> to memref<?xi32>
        scf.for %arg1 = %c0 to %c3 step %c1 {
          %2 = aie.objectfifo.acquire @act_3_4(Consume, 1) : !aie.objectfifosubview<memref<4xi32>>
          %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<4xi32>> -> memref<4xi32>
          %4 = aie.objectfifo.acquire @result(Produce, 1) : !aie.objectfifosubview<memref<4xi32>>
          %5 = aie.objectfifo.subview.access %4[0] : !aie.objectfifosubview<memref<4xi32>> -> memref<4xi32>
          func.call @accumulate(%cast, %3, %5, %c16_i32) : (memref<?xi32>, memref<4xi32>, memref<4xi32>, i32) -> ()
          aie.objectfifo.release @act_3_4(Consume, 1)
          aie.objectfifo.release @result(Produce, 1)
        }
        aie.objectfifo.release @wts_2(Consume, 1)
      }
      aie.end
    } {link_with = "acc.o"}
    aie.runtime_sequence(%arg0: memref<2x12xi32>, %arg1: memref<112xi32>, %arg2: memref<24xi32>) {
      %0 = aiex.dma_configure_task_for @wts_L3L2 {
        aie.dma_bd(%arg1 : memref<112xi32> offset = 0 len = 112 sizes = [1, 1, 1, 112] strides = [0, 0, 0, 1]) {burst_length = 0 : i32}
        aie.end
      }
      %1 = aiex.dma_configure_task_for @act {
        aie.dma_bd(%arg0 : memref<2x12xi32> offset = 0 len = 24 sizes = [1, 1, 1, 24] strides = [0, 0, 0, 1]) {burst_length = 0 : i32}
        aie.end
      }
      %2 = aiex.dma_configure_task_for @result {
        aie.dma_bd(%arg2 : memref<24xi32> offset = 0 len = 24 sizes = [1, 1, 1, 24] strides = [0, 0, 0, 1]) {burst_length = 0 : i32}
        aie.end
      } {issue_token = true}
      aiex.dma_start_task(%0)
      aiex.dma_start_task(%1)
      aiex.dma_start_task(%2)
      aiex.dma_await_task(%2)
      aiex.dma_free_task(%0)
      aiex.dma_free_task(%1)
    }
  }
}
