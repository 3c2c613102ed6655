// A pipeline of five cores over a line of pixels, with the original held back for the last: fifos of different depths.
module {
  aie.device(npu1_1col) {
    func.func private @rgba2grayLine(memref<64xui8>, memref<16xui8>, i32)
    func.func private @thresholdLine(memref<16xui8>, memref<16xui8>, i32, i16, i16, i8)
    func.func private @gray2rgbaLine(memref<16xui8>, memref<64xui8>, i32)
    func.func private @addWeightedLine(memref<64xui8>, memref<64xui8>, memref<64xui8>, i32, i16, i16, i8)
    %shim_noc_tile_0_0 = aie.tile(0, 0)
    %mem_tile_0_1 = aie.tile(0, 1)
    %tile_0_2 = aie.tile(0, 2)
    %tile_0_3 = aie.tile(0, 3)
    %tile_0_5 = aie.tile(0, 5)
    aie.objectfifo @inOF_L3L2(%shim_noc_tile_0_0, {%tile_0_2, %mem_tile_0_1}, [2, 2, 7]) : !aie.objectfifo<memref<64xui8>> 
    aie.objectfifo @inOF_L2L1(%mem_tile_0_1, {%tile_0_5}, 7 : i32) : !aie.objectfifo<memref<64xui8>> 
    aie.objectfifo.link [@inOF_L3L2] -> [@inOF_L2L1]([] [])
    aie.objectfifo @outOF_L2L3(%mem_tile_0_1, {%shim_noc_tile_0_0}, 2 : i32) : !aie.objectfifo<memref<64xui8>> 
    aie.objectfifo @outOF_L1L2(%tile_0_5, {%mem_tile_0_1}, 2 : i32) : !aie.objectfifo<memref<64xui8>> 
    aie.objectfifo.link [@outOF_L1L2] -> [@outOF_L2L3]([] [])
    aie.objectfifo @OF_2to3(%tile_0_2, {%tile_0_3}, 4 : i32) : !aie.objectfifo<memref<16xui8>> 
    aie.objectfifo @OF_3to5(%tile_0_3, {%tile_0_5}, 2 : i32) : !aie.objectfifo<memref<16xui8>> 
    aie.objectfifo @OF_5to5(%tile_0_5, {%tile_0_5}, 1 : i32) : !aie.objectfifo<memref<64xui8>> 
    %core_0_2 = aie.core(%tile_0_2) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c4294967295 = arith.constant 4294967295 : index
      scf.for %arg0 = %c0 to %c4294967295 step %c1 {
        %0 = aie.objectfifo.acquire @inOF_L3L2(Consume, 1) : !aie.objectfifosubview<memref<64xui8>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<64xui8>> -> memref<64xui8>
        %2 = aie.objectfifo.acquire @OF_2to3(Produce, 1) : !aie.objectfifosubview<memref<16xui8>>
        %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<16xui8>> -> memref<16xui8>
        %c16_i32 = arith.constant 16 : i32
        func.call @rgba2grayLine(%1, %3, %c16_i32) : (memref<64xui8>, memref<16xui8>, i32) -> ()
        aie.objectfifo.release @inOF_L3L2(Consume, 1)
        aie.objectfifo.release @OF_2to3(Produce, 1)
      }
      aie.end
    } {link_with = "rgba2gray.cc.o"}
    %core_0_3 = aie.core(%tile_0_3) {
      %v_thr = arith.constant 100 : i16
      %v_max = arith.constant 255 : i16
      %v_typ = arith.constant 0 : i8
      %c16_i32 = arith.constant 16 : i32
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c4294967295 = arith.constant 4294967295 : index
      scf.for %arg0 = %c0 to %c4294967295 step %c1 {
        %0 = aie.objectfifo.acquire @OF_2to3(Consume, 1) : !aie.objectfifosubview<memref<16xui8>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<16xui8>> -> memref<16xui8>
        %2 = aie.objectfifo.acquire @OF_3to5(Produce, 1) : !aie.objectfifosubview<memref<16xui8>>
        %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<16xui8>> -> memref<16xui8>
        func.call @thresholdLine(%1, %3, %c16_i32, %v_thr, %v_max, %v_typ) : (memref<16xui8>, memref<16xui8>, i32, i16, i16, i8) -> ()
        aie.objectfifo.release @OF_2to3(Consume, 1)
        aie.objectfifo.release @OF_3to5(Produce, 1)
      }
      aie.end
    } {link_with = "threshold.cc.o"}
    %core_0_5 = aie.core(%tile_0_5) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c4294967295 = arith.constant 4294967295 : index
      scf.for %arg0 = %c0 to %c4294967295 step %c1 {
        %0 = aie.objectfifo.acquire @OF_3to5(Consume, 1) : !aie.objectfifosubview<memref<16xui8>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<16xui8>> -> memref<16xui8>
        %2 = aie.objectfifo.acquire @OF_5to5(Produce, 1) : !aie.objectfifosubview<memref<64xui8>>
        %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<64xui8>> -> memref<64xui8>
        %c16_i32 = arith.constant 16 : i32
        func.call @gray2rgbaLine(%1, %3, %c16_i32) : (memref<16xui8>, memref<64xui8>, i32) -> ()
        aie.objectfifo.release @OF_3to5(Consume, 1)
        aie.objectfifo.release @OF_5to5(Produce, 1)
        %4 = aie.objectfifo.acquire @OF_5to5(Consume, 1) : !aie.objectfifosubview<memref<64xui8>>
        %5 = aie.objectfifo.subview.access %4[0] : !aie.objectfifosubview<memref<64xui8>> -> memref<64xui8>
        %6 = aie.objectfifo.acquire @inOF_L2L1(Consume, 1) : !aie.objectfifosubview<memref<64xui8>>
        %7 = aie.objectfifo.subview.access %6[0] : !aie.objectfifosubview<memref<64xui8>> -> memref<64xui8>
        %8 = aie.objectfifo.acquire @outOF_L1L2(Produce, 1) : !aie.objectfifosubview<memref<64xui8>>
        %9 = aie.objectfifo.subview.access %8[0] : !aie.objectfifosubview<memref<64xui8>> -> memref<64xui8>
        %alpha = arith.constant 16384 : i16
        %beta = arith.constant 8192 : i16
        %gamma = arith.constant -3 : i8
        %c64_i32 = arith.constant 64 : i32
        func.call @addWeightedLine(%5, %7, %9, %c64_i32, %alpha, %beta, %gamma) : (memref<64xui8>, memref<64xui8>, memref<64xui8>, i32, i16, i16, i8) -> ()
        aie.objectfifo.release @OF_5to5(Consume, 1)
        aie.objectfifo.release @inOF_L2L1(Consume, 1)
        aie.objectfifo.release @outOF_L1L2(Produce, 1)
      }
      aie.end
    } {link_with = "combined_gray2rgba_addWeighted.a"}
    aie.runtime_sequence(%arg0: memref<640xui8>, %arg1: memref<16x16xi32>, %arg2: memref<640xui8>) {
      aiex.npu.dma_memcpy_nd(%arg2[0, 0, 0, 0][1, 1, 1, 640][0, 0, 0, 1]) {id = 0 : i64, metadata = @outOF_L2L3} : memref<640xui8>
      aiex.npu.dma_memcpy_nd(%arg0[0, 0, 0, 0][1, 1, 1, 640][0, 0, 0, 1]) {id = 1 : i64, metadata = @inOF_L3L2} : memref<640xui8>
      aiex.npu.dma_wait {symbol = @outOF_L2L3}
    }
  }
}
