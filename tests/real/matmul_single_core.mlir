// C = A B on one core: tiles of 8 by 8 through the memory tile, A and B cut into 4 by 4 blocks, C put together again;
// task API with repeats, two rounds in flight.
module {
  aie.device(npu1_1col) {
    func.func private @zero_i32(memref<8x8xi32>)
    func.func private @matmul_i16_i32(memref<8x8xi16>, memref<8x8xi16>, memref<8x8xi32>)
    %shim_noc_tile_0_0 = aie.tile(0, 0)
    %mem_tile_0_1 = aie.tile(0, 1)
    %tile_0_2 = aie.tile(0, 2)
    aie.objectfifo @A_L3L2_0(%shim_noc_tile_0_0, {%mem_tile_0_1}, 2 : i32) : !aie.objectfifo<memref<64xi16>> 
    aie.objectfifo @A_L2L1_0(%mem_tile_0_1 dimensionsToStream [<size = 2, stride = 32>, <size = 2, stride = 4>, <size = 4, stride = 8>, <size = 4, stride = 1>], {%tile_0_2}, 2 : i32) : !aie.objectfifo<memref<8x8xi16>> 
    aie.objectfifo.link [@A_L3L2_0] -> [@A_L2L1_0]([] [0])
    aie.objectfifo @B_L3L2_0(%shim_noc_tile_0_0, {%mem_tile_0_1}, 2 : i32) : !aie.objectfifo<memref<64xi16>> 
    aie.objectfifo @B_L2L1_0(%mem_tile_0_1 dimensionsToStream [<size = 2, stride = 32>, <size = 2, stride = 4>, <size = 4, stride = 8>, <size = 4, stride = 1>], {%tile_0_2}, 2 : i32) : !aie.objectfifo<memref<8x8xi16>> 
    aie.objectfifo.link [@B_L3L2_0] -> [@B_L2L1_0]([] [])
    aie.objectfifo @C_L1L2_0_0(%tile_0_2, {%mem_tile_0_1}, 2 : i32) : !aie.objectfifo<memref<8x8xi32>> 
    aie.objectfifo @C_L2L3_0(%mem_tile_0_1 dimensionsToStream [<size = 2, stride = 32>, <size = 4, stride = 4>, <size = 2, stride = 16>, <size = 4, stride = 1>], {%shim_noc_tile_0_0}, 2 : i32) : !aie.objectfifo<memref<64xi32>> 
    aie.objectfifo.link [@C_L1L2_0_0] -> [@C_L2L3_0]([0] [])
    %core_0_2 = aie.core(%tile_0_2) {
      %c0 = arith.constant 0 : index
      %c9223372036854775807 = arith.constant 9223372036854775807 : index
      %c1 = arith.constant 1 : index
      scf.for %arg0 = %c0 to %c9223372036854775807 step %c1 {
        %c0_0 = arith.constant 0 : index
        %c8 = arith.constant 8 : index
        %c1_1 = arith.constant 1 : index
        scf.for %arg1 = %c0_0 to %c8 step %c1_1 {
          %0 = aie.objectfifo.acquire @C_L1L2_0_0(Produce, 1) : !aie.objectfifosubview<memref<8x8xi32>>
          %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<8x8xi32>> -> memref<8x8xi32>
          func.call @zero_i32(%1) : (memref<8x8xi32>) -> ()
          %c0_2 = arith.constant 0 : index
          %ck = arith.constant 3 : index
          %c1_3 = arith.constant 1 : index
          scf.for %arg2 = %c0_2 to %ck step %c1_3 {
            %2 = aie.objectfifo.acquire @A_L2L1_0(Consume, 1) : !aie.objectfifosubview<memref<8x8xi16>>
            %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<8x8xi16>> -> memref<8x8xi16>
            %4 = aie.objectfifo.acquire @B_L2L1_0(Consume, 1) : !aie.objectfifosubview<memref<8x8xi16>>
            %5 = aie.objectfifo.subview.access %4[0] : !aie.objectfifosubview<memref<8x8xi16>> -> memref<8x8xi16>
            func.call @matmul_i16_i32(%3, %5, %1) : (memref<8x8xi16>, memref<8x8xi16>, memref<8x8xi32>) -> ()
            aie.objectfifo.release @A_L2L1_0(Consume, 1)
            aie.objectfifo.release @B_L2L1_0(Consume, 1)
          }
          aie.objectfifo.release @C_L1L2_0_0(Produce, 1)
        }
      }
      aie.end
    } {link_with = "mm_8x8x8.o", stack_size = 3328 : i32}
    aie.runtime_sequence(%arg0: memref<768xi16>, %arg1: memref<384xi16>, %arg2: memref<512xi32>) {
      %c0_0 = aiex.dma_configure_task_for @C_L2L3_0 {
        aie.dma_bd(%arg2 : memref<512xi32>, 0, 64, [<size = 2, stride = 8>, <size = 1, stride = 0>, <size = 8, stride = 16>, <size = 8, stride = 1>]) {burst_length = 0 : i32}
        aie.end
      } {issue_token = true, repeat_count = 1 : i32}
      aiex.dma_start_task(%c0_0)
      %a0_0 = aiex.dma_configure_task_for @A_L3L2_0 {
        aie.dma_bd(%arg0 : memref<768xi16>, 0, 192, [<size = 2, stride = 0>, <size = 3, stride = 8>, <size = 8, stride = 24>, <size = 8, stride = 1>]) {burst_length = 0 : i32}
        aie.end
      } {repeat_count = 1 : i32}
      aiex.dma_start_task(%a0_0)
      %b0_0 = aiex.dma_configure_task_for @B_L3L2_0 {
        aie.dma_bd(%arg1 : memref<384xi16>, 0, 192, [<size = 2, stride = 8>, <size = 3, stride = 128>, <size = 8, stride = 16>, <size = 8, stride = 1>]) {burst_length = 0 : i32}
        aie.end
      } {repeat_count = 1 : i32}
      aiex.dma_start_task(%b0_0)
      %c1_0 = aiex.dma_configure_task_for @C_L2L3_0 {
        aie.dma_bd(%arg2 : memref<512xi32>, 128, 64, [<size = 2, stride = 8>, <size = 1, stride = 0>, <size = 8, stride = 16>, <size = 8, stride = 1>]) {burst_length = 0 : i32}
        aie.end
      } {issue_token = true, repeat_count = 1 : i32}
      aiex.dma_start_task(%c1_0)
      %a1_0 = aiex.dma_configure_task_for @A_L3L2_0 {
        aie.dma_bd(%arg0 : memref<768xi16>, 192, 192, [<size = 2, stride = 0>, <size = 3, stride = 8>, <size = 8, stride = 24>, <size = 8, stride = 1>]) {burst_length = 0 : i32}
        aie.end
      } {repeat_count = 1 : i32}
      aiex.dma_start_task(%a1_0)
      %b1_0 = aiex.dma_configure_task_for @B_L3L2_0 {
        aie.dma_bd(%arg1 : memref<384xi16>, 0, 192, [<size = 2, stride = 8>, <size = 3, stride = 128>, <size = 8, stride = 16>, <size = 8, stride = 1>]) {burst_length = 0 : i32}
        aie.end
      } {repeat_count = 1 : i32}
      aiex.dma_start_task(%b1_0)
      aiex.dma_await_task(%c0_0)
      aiex.dma_free_task(%a0_0)
      aiex.dma_free_task(%b0_0)
      %c2_0 = aiex.dma_configure_task_for @C_L2L3_0 {
        aie.dma_bd(%arg2 : memref<512xi32>, 256, 64, [<size = 2, stride = 8>, <size = 1, stride = 0>, <size = 8, stride = 16>, <size = 8, stride = 1>]) {burst_length = 0 : i32}
        aie.end
      } {issue_token = true, repeat_count = 1 : i32}
      aiex.dma_start_task(%c2_0)
      %a2_0 = aiex.dma_configure_task_for @A_L3L2_0 {
        aie.dma_bd(%arg0 : memref<768xi16>, 384, 192, [<size = 2, stride = 0>, <size = 3, stride = 8>, <size = 8, stride = 24>, <size = 8, stride = 1>]) {burst_length = 0 : i32}
        aie.end
      } {repeat_count = 1 : i32}
      aiex.dma_start_task(%a2_0)
      %b2_0 = aiex.dma_configure_task_for @B_L3L2_0 {
        aie.dma_bd(%arg1 : memref<384xi16>, 0, 192, [<size = 2, stride = 8>, <size = 3, stride = 128>, <size = 8, stride = 16>, <size = 8, stride = 1>]) {burst_length = 0 : i32}
        aie.end
      } {repeat_count = 1 : i32}
      aiex.dma_start_task(%b2_0)
      aiex.dma_await_task(%c1_0)
      aiex.dma_free_task(%a1_0)
      aiex.dma_free_task(%b1_0)
      %c3_0 = aiex.dma_configure_task_for @C_L2L3_0 {
        aie.dma_bd(%arg2 : memref<512xi32>, 384, 64, [<size = 2, stride = 8>, <size = 1, stride = 0>, <size = 8, stride = 16>, <size = 8, stride = 1>]) {burst_length = 0 : i32}
        aie.end
      } {issue_token = true, repeat_count = 1 : i32}
      aiex.dma_start_task(%c3_0)
      %a3_0 = aiex.dma_configure_task_for @A_L3L2_0 {
        aie.dma_bd(%arg0 : memref<768xi16>, 576, 192, [<size = 2, stride = 0>, <size = 3, stride = 8>, <size = 8, stride = 24>, <size = 8, stride = 1>]) {burst_length = 0 : i32}
        aie.end
      } {repeat_count = 1 : i32}
      aiex.dma_start_task(%a3_0)
      %b3_0 = aiex.dma_configure_task_for @B_L3L2_0 {
        aie.dma_bd(%arg1 : memref<384xi16>, 0, 192, [<size = 2, stride = 8>, <size = 3, stride = 128>, <size = 8, stride = 16>, <size = 8, stride = 1>]) {burst_length = 0 : i32}
        aie.end
      } {repeat_count = 1 : i32}
      aiex.dma_start_task(%b3_0)
      aiex.dma_await_task(%c2_0)
      aiex.dma_free_task(%a2_0)
      aiex.dma_free_task(%b2_0)
      aiex.dma_await_task(%c3_0)
      aiex.dma_free_task(%a3_0)
      aiex.dma_free_task(%b3_0)
    }
  }
}
