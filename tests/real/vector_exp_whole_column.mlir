// bf16 through four cores of a column: distribute and join in the memory tile, external kernel with link_files.
module {
  aie.device(npu2) {
    func.func private @exp_bf16_1024(memref<64xbf16>, memref<64xbf16>) attributes {link_with = "kernels.a"}
    %shim_noc_tile_0_0 = aie.tile(0, 0)
    %mem_tile_0_1 = aie.tile(0, 1)
    %tile_0_2 = aie.tile(0, 2)
    %tile_0_3 = aie.tile(0, 3)
    %tile_0_4 = aie.tile(0, 4)
    %tile_0_5 = aie.tile(0, 5)
    aie.objectfifo @inA(%shim_noc_tile_0_0, {%mem_tile_0_1}, 2 : i32) : !aie.objectfifo<memref<256xbf16>> 
    aie.objectfifo @memA0(%mem_tile_0_1, {%tile_0_2}, 2 : i32) : !aie.objectfifo<memref<64xbf16>> 
    aie.objectfifo @memA1(%mem_tile_0_1, {%tile_0_3}, 2 : i32) : !aie.objectfifo<memref<64xbf16>> 
    aie.objectfifo @memA2(%mem_tile_0_1, {%tile_0_4}, 2 : i32) : !aie.objectfifo<memref<64xbf16>> 
    aie.objectfifo @memA3(%mem_tile_0_1, {%tile_0_5}, 2 : i32) : !aie.objectfifo<memref<64xbf16>> 
    aie.objectfifo.link [@inA] -> [@memA0, @memA1, @memA2, @memA3]([] [0, 64, 128, 192])
    aie.objectfifo @memC0(%tile_0_2, {%mem_tile_0_1}, 2 : i32) : !aie.objectfifo<memref<64xbf16>> 
    aie.objectfifo @memC1(%tile_0_3, {%mem_tile_0_1}, 2 : i32) : !aie.objectfifo<memref<64xbf16>> 
    aie.objectfifo @memC2(%tile_0_4, {%mem_tile_0_1}, 2 : i32) : !aie.objectfifo<memref<64xbf16>> 
    aie.objectfifo @memC3(%tile_0_5, {%mem_tile_0_1}, 2 : i32) : !aie.objectfifo<memref<64xbf16>> 
    aie.objectfifo @outC(%mem_tile_0_1, {%shim_noc_tile_0_0}, 2 : i32) : !aie.objectfifo<memref<256xbf16>> 
    aie.objectfifo.link [@memC0, @memC1, @memC2, @memC3] -> [@outC]([0, 64, 128, 192] [])
    %core_0_2 = aie.core(%tile_0_2) {
      %c0 = arith.constant 0 : index
      %c4294967295 = arith.constant 4294967295 : index
      %c1 = arith.constant 1 : index
      scf.for %arg0 = %c0 to %c4294967295 step %c1 {
        %0 = aie.objectfifo.acquire @memA0(Consume, 1) : !aie.objectfifosubview<memref<64xbf16>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<64xbf16>> -> memref<64xbf16>
        %2 = aie.objectfifo.acquire @memC0(Produce, 1) : !aie.objectfifosubview<memref<64xbf16>>
        %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<64xbf16>> -> memref<64xbf16>
        func.call @exp_bf16_1024(%1, %3) : (memref<64xbf16>, memref<64xbf16>) -> ()
        aie.objectfifo.release @memA0(Consume, 1)
        aie.objectfifo.release @memC0(Produce, 1)
      }
      aie.end
    } {link_files = ["kernels.a"]}
    %core_0_3 = aie.core(%tile_0_3) {
      %c0 = arith.constant 0 : index
      %c4294967295 = arith.constant 4294967295 : index
      %c1 = arith.constant 1 : index
      scf.for %arg0 = %c0 to %c4294967295 step %c1 {
        %0 = aie.objectfifo.acquire @memA1(Consume, 1) : !aie.objectfifosubview<memref<64xbf16>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<64xbf16>> -> memref<64xbf16>
        %2 = aie.objectfifo.acquire @memC1(Produce, 1) : !aie.objectfifosubview<memref<64xbf16>>
        %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<64xbf16>> -> memref<64xbf16>
        func.call @exp_bf16_1024(%1, %3) : (memref<64xbf16>, memref<64xbf16>) -> ()
        aie.objectfifo.release @memA1(Consume, 1)
        aie.objectfifo.release @memC1(Produce, 1)
      }
      aie.end
    } {link_files = ["kernels.a"]}
    %core_0_4 = aie.core(%tile_0_4) {
      %c0 = arith.constant 0 : index
      %c4294967295 = arith.constant 4294967295 : index
      %c1 = arith.constant 1 : index
      scf.for %arg0 = %c0 to %c4294967295 step %c1 {
        %0 = aie.objectfifo.acquire @memA2(Consume, 1) : !aie.objectfifosubview<memref<64xbf16>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<64xbf16>> -> memref<64xbf16>
        %2 = aie.objectfifo.acquire @memC2(Produce, 1) : !aie.objectfifosubview<memref<64xbf16>>
        %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<64xbf16>> -> memref<64xbf16>
        func.call @exp_bf16_1024(%1, %3) : (memref<64xbf16>, memref<64xbf16>) -> ()
        aie.objectfifo.release @memA2(Consume, 1)
        aie.objectfifo.release @memC2(Produce, 1)
      }
      aie.end
    } {link_with = "kernels.a", stack_size = 2048 : i32}
    %core_0_5 = aie.core(%tile_0_5) {
      %c0 = arith.constant 0 : index
      %c4294967295 = arith.constant 4294967295 : index
      %c1 = arith.constant 1 : index
      scf.for %arg0 = %c0 to %c4294967295 step %c1 {
        %0 = aie.objectfifo.acquire @memA3(Consume, 1) : !aie.objectfifosubview<memref<64xbf16>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<64xbf16>> -> memref<64xbf16>
        %2 = aie.objectfifo.acquire @memC3(Produce, 1) : !aie.objectfifosubview<memref<64xbf16>>
        %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<64xbf16>> -> memref<64xbf16>
        func.call @exp_bf16_1024(%1, %3) : (memref<64xbf16>, memref<64xbf16>) -> ()
        aie.objectfifo.release @memA3(Consume, 1)
        aie.objectfifo.release @memC3(Produce, 1)
      }
      aie.end
    }
    aie.runtime_sequence(%arg0: memref<2048xbf16>, %arg1: memref<2048xbf16>) {
      %0 = aiex.dma_configure_task_for @inA {
        aie.dma_bd(%arg0 : memref<2048xbf16>, 0, 2048, [<size = 1, stride = 0>, <size = 1, stride = 0>, <size = 1, stride = 0>, <size = 2048, stride = 1>]) {burst_length = 0 : i32}
        aie.end
      }
      aiex.dma_start_task(%0)
      %1 = aiex.dma_configure_task_for @outC {
        aie.dma_bd(%arg1 : memref<2048xbf16>, 0, 2048, [<size = 1, stride = 0>, <size = 1, stride = 0>, <size = 1, stride = 0>, <size = 2048, stride = 1>]) {burst_length = 0 : i32}
        aie.end
      } {issue_token = true}
      aiex.dma_start_task(%1)
      aiex.dma_await_task(%1)
      aiex.dma_free_task(%0)
    }
  }
}
