// A pointwise convolution: lines of 8 pixels by 16 channels, weights sent once and kept, the shift as a runtime parameter that
// the core reads after a lock has been set; lines through the memory tile.
module {
  aie.device(npu1) {
    func.func private @conv2dk1_i8(memref<8x1x16xi8>, memref<256xi8>, memref<8x1x16xi8>, i32, i32, i32, i32)
    %shim_noc_tile_0_0 = aie.tile(0, 0)
    %mem_tile_0_1 = aie.tile(0, 1)
    %tile_0_2 = aie.tile(0, 2)
    aie.objectfifo @inOF_act_L3L2(%shim_noc_tile_0_0, {%mem_tile_0_1}, 2 : i32) : !aie.objectfifo<memref<8x4x16xi8>> 
    aie.objectfifo @act_L2_02(%mem_tile_0_1, {%tile_0_2}, 2 : i32) : !aie.objectfifo<memref<8x1x16xi8>> 
    aie.objectfifo.link [@inOF_act_L3L2] -> [@act_L2_02]([] [])
    aie.objectfifo @inOF_wts_0_L3L2(%shim_noc_tile_0_0, {%tile_0_2}, 1 : i32) : !aie.objectfifo<memref<256xi8>> 
    aie.objectfifo @out_02_L2(%tile_0_2, {%mem_tile_0_1}, 2 : i32) : !aie.objectfifo<memref<8x1x16xi8>> 
    aie.objectfifo @outOFL2L3(%mem_tile_0_1, {%shim_noc_tile_0_0}, 2 : i32) : !aie.objectfifo<memref<8x4x16xi8>> 
    aie.objectfifo.link [@out_02_L2] -> [@outOFL2L3]([] [])
    %rtp2 = aie.buffer(%tile_0_2) {sym_name = "rtp2"} : memref<16xi32> 
    %gate = aie.lock(%tile_0_2) {init = 0 : i32, sym_name = "gate"}
    %core_0_2 = aie.core(%tile_0_2) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c8 = arith.constant 8 : index
      %c8_i32 = arith.constant 8 : i32
      %c16_i32 = arith.constant 16 : i32
      %c4294967295 = arith.constant 4294967295 : index
      aie.use_lock(%gate, Acquire, 1)
      scf.for %arg0 = %c0 to %c4294967295 step %c1 {
        %0 = aie.objectfifo.acquire @inOF_wts_0_L3L2(Consume, 1) : !aie.objectfifosubview<memref<256xi8>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<256xi8>> -> memref<256xi8>
        %2 = memref.load %rtp2[%c0] : memref<16xi32>
        scf.for %arg1 = %c0 to %c8 step %c1 {
          %3 = aie.objectfifo.acquire @act_L2_02(Consume, 1) : !aie.objectfifosubview<memref<8x1x16xi8>>
          %4 = aie.objectfifo.subview.access %3[0] : !aie.objectfifosubview<memref<8x1x16xi8>> -> memref<8x1x16xi8>
          %5 = aie.objectfifo.acquire @out_02_L2(Produce, 1) : !aie.objectfifosubview<memref<8x1x16xi8>>
          %6 = aie.objectfifo.subview.access %5[0] : !aie.objectfifosubview<memref<8x1x16xi8>> -> memref<8x1x16xi8>
          func.call @conv2dk1_i8(%4, %1, %6, %c8_i32, %c16_i32, %c16_i32, %2) : (memref<8x1x16xi8>, memref<256xi8>, memref<8x1x16xi8>, i32, i32, i32, i32) -> ()
          aie.objectfifo.release @act_L2_02(Consume, 1)
          aie.objectfifo.release @out_02_L2(Produce, 1)
        }
        aie.objectfifo.release @inOF_wts_0_L3L2(Consume, 1)
      }
      aie.end
    } {link_with = "conv2dk1_i8.o"}
    aie.runtime_sequence(%arg0: memref<256xi32>, %arg1: memref<64xi32>, %arg2: memref<256xi32>) {
      aiex.npu.rtp_write(@rtp2, 0, 5)
      aiex.set_lock(%gate, 1)
      aiex.npu.dma_memcpy_nd(%arg0[0, 0, 0, 0][1, 1, 1, 256][0, 0, 0, 1]) {id = 0 : i64, metadata = @inOF_act_L3L2} : memref<256xi32>
      aiex.npu.dma_memcpy_nd(%arg2[0, 0, 0, 0][1, 1, 1, 256][0, 0, 0, 1]) {id = 2 : i64, metadata = @outOFL2L3} : memref<256xi32>
      aiex.npu.dma_memcpy_nd(%arg1[0, 0, 0, 0][1, 1, 1, 64][0, 0, 0, 1]) {id = 1 : i64, metadata = @inOF_wts_0_L3L2} : memref<64xi32>
      aiex.npu.dma_wait {symbol = @outOFL2L3}
    }
  }
}
