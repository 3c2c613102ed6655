// Two cores, each half of the rows: A is tiled on its way through the memory tile, b is broadcast, c comes back per core.
module {
  aie.device(npu1_2col) {
    func.func private @zero_scalar_i32(memref<8xi32>)
    func.func private @matvec_scalar_i16_i32(memref<8x16xi16>, memref<16xi16>, memref<8xi32>)
    %shim_noc_tile_0_0 = aie.tile(0, 0)
    %shim_noc_tile_1_0 = aie.tile(1, 0)
    %mem_tile_0_1 = aie.tile(0, 1)
    %mem_tile_1_1 = aie.tile(1, 1)
    %tile_0_2 = aie.tile(0, 2)
    %tile_1_2 = aie.tile(1, 2)
    aie.objectfifo @memA0(%shim_noc_tile_0_0, {%mem_tile_0_1}, 2 : i32) : !aie.objectfifo<memref<8x16xi16>> 
    aie.objectfifo @inA0(%mem_tile_0_1 dimensionsToStream [<size = 4, stride = 4>, <size = 8, stride = 16>, <size = 4, stride = 1>], {%tile_0_2}, 2 : i32) : !aie.objectfifo<memref<8x16xi16>> 
    aie.objectfifo.link [@memA0] -> [@inA0]([] [])
    aie.objectfifo @memA1(%shim_noc_tile_1_0, {%mem_tile_1_1}, 2 : i32) : !aie.objectfifo<memref<8x16xi16>> 
    aie.objectfifo @inA1(%mem_tile_1_1 dimensionsToStream [<size = 4, stride = 4>, <size = 8, stride = 16>, <size = 4, stride = 1>], {%tile_1_2}, 2 : i32) : !aie.objectfifo<memref<8x16xi16>> 
    aie.objectfifo.link [@memA1] -> [@inA1]([] [])
    aie.objectfifo @outC0(%tile_0_2, {%shim_noc_tile_0_0}, 2 : i32) : !aie.objectfifo<memref<8xi32>> 
    aie.objectfifo @outC1(%tile_1_2, {%shim_noc_tile_1_0}, 2 : i32) : !aie.objectfifo<memref<8xi32>> 
    aie.objectfifo @inB(%shim_noc_tile_0_0, {%tile_0_2, %tile_1_2}, 2 : i32) : !aie.objectfifo<memref<16xi16>> 
    %core_0_2 = aie.core(%tile_0_2) {
      %c0 = arith.constant 0 : index
      %c4294967295 = arith.constant 4294967295 : index
      %c1 = arith.constant 1 : index
      scf.for %arg0 = %c0 to %c4294967295 step %c1 {
        %0 = aie.objectfifo.acquire @outC0(Produce, 1) : !aie.objectfifosubview<memref<8xi32>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<8xi32>> -> memref<8xi32>
        func.call @zero_scalar_i32(%1) : (memref<8xi32>) -> ()
        %c0_0 = arith.constant 0 : index
        %c2 = arith.constant 2 : index
        %c1_1 = arith.constant 1 : index
        scf.for %arg1 = %c0_0 to %c2 step %c1_1 {
          %2 = aie.objectfifo.acquire @inA0(Consume, 1) : !aie.objectfifosubview<memref<8x16xi16>>
          %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<8x16xi16>> -> memref<8x16xi16>
          %4 = aie.objectfifo.acquire @inB(Consume, 1) : !aie.objectfifosubview<memref<16xi16>>
          %5 = aie.objectfifo.subview.access %4[0] : !aie.objectfifosubview<memref<16xi16>> -> memref<16xi16>
          func.call @matvec_scalar_i16_i32(%3, %5, %1) : (memref<8x16xi16>, memref<16xi16>, memref<8xi32>) -> ()
          aie.objectfifo.release @inA0(Consume, 1)
          aie.objectfifo.release @inB(Consume, 1)
        }
        aie.objectfifo.release @outC0(Produce, 1)
      }
      aie.end
    } {link_with = "mv.o"}
    %core_1_2 = aie.core(%tile_1_2) {
      %c0 = arith.constant 0 : index
      %c4294967295 = arith.constant 4294967295 : index
      %c1 = arith.constant 1 : index
      scf.for %arg0 = %c0 to %c4294967295 step %c1 {
        %0 = aie.objectfifo.acquire @outC1(Produce, 1) : !aie.objectfifosubview<memref<8xi32>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<8xi32>> -> memref<8xi32>
        func.call @zero_scalar_i32(%1) : (memref<8xi32>) -> ()
        %c0_0 = arith.constant 0 : index
        %c2 = arith.constant 2 : index
        %c1_1 = arith.constant 1 : index
        scf.for %arg1 = %c0_0 to %c2 step %c1_1 {
          %2 = aie.objectfifo.acquire @inA1(Consume, 1) : !aie.objectfifosubview<memref<8x16xi16>>
          %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<8x16xi16>> -> memref<8x16xi16>
          %4 = aie.objectfifo.acquire @inB(Consume, 1) : !aie.objectfifosubview<memref<16xi16>>
          %5 = aie.objectfifo.subview.access %4[0] : !aie.objectfifosubview<memref<16xi16>> -> memref<16xi16>
          func.call @matvec_scalar_i16_i32(%3, %5, %1) : (memref<8x16xi16>, memref<16xi16>, memref<8xi32>) -> ()
          aie.objectfifo.release @inA1(Consume, 1)
          aie.objectfifo.release @inB(Consume, 1)
        }
        aie.objectfifo.release @outC1(Produce, 1)
      }
      aie.end
    } {link_with = "mv.o"}
    aie.runtime_sequence(%arg0: memref<32x32xi16>, %arg1: memref<1x32xi16>, %arg2: memref<1x32xi32>) {
      aiex.npu.dma_memcpy_nd(%arg1[0, 0, 0, 0][2, 1, 1, 32][0, 0, 0, 1]) {id = 2 : i64, metadata = @inB} : memref<1x32xi16>
      aiex.npu.dma_memcpy_nd(%arg0[0, 0, 0, 0][2, 2, 8, 16][256, 16, 32, 1]) {id = 1 : i64, metadata = @memA0} : memref<32x32xi16>
      aiex.npu.dma_memcpy_nd(%arg2[0, 0, 0, 0][1, 1, 1, 16][0, 0, 0, 1]) {id = 0 : i64, metadata = @outC0} : memref<1x32xi32>
      aiex.npu.dma_memcpy_nd(%arg0[0, 0, 0, 512][2, 2, 8, 16][256, 16, 32, 1]) {id = 1 : i64, metadata = @memA1} : memref<32x32xi16>
      aiex.npu.dma_memcpy_nd(%arg2[0, 0, 0, 16][1, 1, 1, 16][0, 0, 0, 1]) {id = 0 : i64, metadata = @outC1} : memref<1x32xi32>
      aiex.npu.dma_wait {symbol = @outC0}
      aiex.npu.dma_wait {symbol = @outC1}
    }
  }
}
