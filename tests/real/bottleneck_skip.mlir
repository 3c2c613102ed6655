// A residual block: the input goes to a first core and, held back in the memory tile, to the one that adds it again; between
// them two cores share the middle layer, each half of the channels, one window of three lines each; depths in arrays.
module {
  aie.device(npu1_2col) {
    func.func private @conv1(memref<16xi8>, memref<16xi8>) attributes {link_with = "conv2dk1.o"}
    func.func private @conv3(memref<16xi8>, memref<16xi8>, memref<16xi8>, memref<8xi8>, i32, i32) attributes {link_with = "conv2dk3.o"}
    func.func private @skip(memref<8xi8>, memref<8xi8>, memref<16xi8>, memref<16xi8>) attributes {link_with = "conv2dk1_skip.o"}
    %ShimTile00 = aie.tile(0, 0)
    %ShimTile10 = aie.tile(1, 0)
    %MemTile01 = aie.tile(0, 1)
    %ComputeTile2 = aie.tile(0, 2)
    %ComputeTile3 = aie.tile(0, 3)
    %ComputeTile5 = aie.tile(0, 5)
    %ComputeTile4 = aie.tile(0, 4)
    aie.objectfifo @inOF_act_L3L2(%ShimTile00, {%ComputeTile2, %MemTile01}, [2, 2, 4]) : !aie.objectfifo<memref<16xi8>>
    aie.objectfifo @skip_buf(%MemTile01, {%ComputeTile4}, 2 : i32) : !aie.objectfifo<memref<16xi8>>
    aie.objectfifo.link [@inOF_act_L3L2] -> [@skip_buf] ()
    aie.objectfifo @act_2_3_5(%ComputeTile2, {%ComputeTile3, %ComputeTile5}, [2, 4, 4]) {via_DMA = true} : !aie.objectfifo<memref<16xi8>>
    aie.objectfifo @act_3_4(%ComputeTile3, {%ComputeTile4}, 2 : i32) : !aie.objectfifo<memref<8xi8>>
    aie.objectfifo @act_5_4(%ComputeTile5, {%ComputeTile4}, 2 : i32) : !aie.objectfifo<memref<8xi8>>
    aie.objectfifo @outOFL2L3(%ComputeTile4, {%ShimTile10}, 2 : i32) : !aie.objectfifo<memref<16xi8>>

    aie.core(%ComputeTile2) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %max = arith.constant 0x7FFFFFFFFFFFFFFF : index
      scf.for %n = %c0 to %max step %c1 {
        %si = aie.objectfifo.acquire @inOF_act_L3L2(Consume, 1) : !aie.objectfifosubview<memref<16xi8>>
        %i = aie.objectfifo.subview.access %si[0] : !aie.objectfifosubview<memref<16xi8>> -> memref<16xi8>
        %so = aie.objectfifo.acquire @act_2_3_5(Produce, 1) : !aie.objectfifosubview<memref<16xi8>>
        %o = aie.objectfifo.subview.access %so[0] : !aie.objectfifosubview<memref<16xi8>> -> memref<16xi8>
        func.call @conv1(%i, %o) : (memref<16xi8>, memref<16xi8>) -> ()
        aie.objectfifo.release @inOF_act_L3L2(Consume, 1)
        aie.objectfifo.release @act_2_3_5(Produce, 1)
      }
      aie.end
    }
    aie.core(%ComputeTile3) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c4 = arith.constant 4 : index
      %half = arith.constant 0 : i32
      %top = arith.constant 0 : i32
      %middle = arith.constant 1 : i32
      %bottom = arith.constant 2 : i32
      %max = arith.constant 0x7FFFFFFFFFFFFFFF : index
      scf.for %n = %c0 to %max step %c1 {
        %s0 = aie.objectfifo.acquire @act_2_3_5(Consume, 2) : !aie.objectfifosubview<memref<16xi8>>
        %a0 = aie.objectfifo.subview.access %s0[0] : !aie.objectfifosubview<memref<16xi8>> -> memref<16xi8>
        %a1 = aie.objectfifo.subview.access %s0[1] : !aie.objectfifosubview<memref<16xi8>> -> memref<16xi8>
        %so = aie.objectfifo.acquire @act_3_4(Produce, 1) : !aie.objectfifosubview<memref<8xi8>>
        %o = aie.objectfifo.subview.access %so[0] : !aie.objectfifosubview<memref<8xi8>> -> memref<8xi8>
        func.call @conv3(%a0, %a0, %a1, %o, %half, %top) : (memref<16xi8>, memref<16xi8>, memref<16xi8>, memref<8xi8>, i32, i32) -> ()
        aie.objectfifo.release @act_3_4(Produce, 1)
        scf.for %l = %c0 to %c4 step %c1 {
          %s1 = aie.objectfifo.acquire @act_2_3_5(Consume, 3) : !aie.objectfifosubview<memref<16xi8>>
          %b0 = aie.objectfifo.subview.access %s1[0] : !aie.objectfifosubview<memref<16xi8>> -> memref<16xi8>
          %b1 = aie.objectfifo.subview.access %s1[1] : !aie.objectfifosubview<memref<16xi8>> -> memref<16xi8>
          %b2 = aie.objectfifo.subview.access %s1[2] : !aie.objectfifosubview<memref<16xi8>> -> memref<16xi8>
          %so1 = aie.objectfifo.acquire @act_3_4(Produce, 1) : !aie.objectfifosubview<memref<8xi8>>
          %o1 = aie.objectfifo.subview.access %so1[0] : !aie.objectfifosubview<memref<8xi8>> -> memref<8xi8>
          func.call @conv3(%b0, %b1, %b2, %o1, %half, %middle) : (memref<16xi8>, memref<16xi8>, memref<16xi8>, memref<8xi8>, i32, i32) -> ()
          aie.objectfifo.release @act_2_3_5(Consume, 1)
          aie.objectfifo.release @act_3_4(Produce, 1)
        }
        %s2 = aie.objectfifo.acquire @act_2_3_5(Consume, 2) : !aie.objectfifosubview<memref<16xi8>>
        %d0 = aie.objectfifo.subview.access %s2[0] : !aie.objectfifosubview<memref<16xi8>> -> memref<16xi8>
        %d1 = aie.objectfifo.subview.access %s2[1] : !aie.objectfifosubview<memref<16xi8>> -> memref<16xi8>
        %so2 = aie.objectfifo.acquire @act_3_4(Produce, 1) : !aie.objectfifosubview<memref<8xi8>>
        %o2 = aie.objectfifo.subview.access %so2[0] : !aie.objectfifosubview<memref<8xi8>> -> memref<8xi8>
        func.call @conv3(%d0, %d1, %d1, %o2, %half, %bottom) : (memref<16xi8>, memref<16xi8>, memref<16xi8>, memref<8xi8>, i32, i32) -> ()
        aie.objectfifo.release @act_2_3_5(Consume, 2)
        aie.objectfifo.release @act_3_4(Produce, 1)
      }
      aie.end
    } { dynamic_objfifo_lowering = true }
    aie.core(%ComputeTile5) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c4 = arith.constant 4 : index
      %half = arith.constant 8 : i32
      %top = arith.constant 0 : i32
      %middle = arith.constant 1 : i32
      %bottom = arith.constant 2 : i32
      %max = arith.constant 0x7FFFFFFFFFFFFFFF : index
      scf.for %n = %c0 to %max step %c1 {
        %s0 = aie.objectfifo.acquire @act_2_3_5(Consume, 2) : !aie.objectfifosubview<memref<16xi8>>
        %a0 = aie.objectfifo.subview.access %s0[0] : !aie.objectfifosubview<memref<16xi8>> -> memref<16xi8>
        %a1 = aie.objectfifo.subview.access %s0[1] : !aie.objectfifosubview<memref<16xi8>> -> memref<16xi8>
        %so = aie.objectfifo.acquire @act_5_4(Produce, 1) : !aie.objectfifosubview<memref<8xi8>>
        %o = aie.objectfifo.subview.access %so[0] : !aie.objectfifosubview<memref<8xi8>> -> memref<8xi8>
        func.call @conv3(%a0, %a0, %a1, %o, %half, %top) : (memref<16xi8>, memref<16xi8>, memref<16xi8>, memref<8xi8>, i32, i32) -> ()
        aie.objectfifo.release @act_5_4(Produce, 1)
        scf.for %l = %c0 to %c4 step %c1 {
          %s1 = aie.objectfifo.acquire @act_2_3_5(Consume, 3) : !aie.objectfifosubview<memref<16xi8>>
          %b0 = aie.objectfifo.subview.access %s1[0] : !aie.objectfifosubview<memref<16xi8>> -> memref<16xi8>
          %b1 = aie.objectfifo.subview.access %s1[1] : !aie.objectfifosubview<memref<16xi8>> -> memref<16xi8>
          %b2 = aie.objectfifo.subview.access %s1[2] : !aie.objectfifosubview<memref<16xi8>> -> memref<16xi8>
          %so1 = aie.objectfifo.acquire @act_5_4(Produce, 1) : !aie.objectfifosubview<memref<8xi8>>
          %o1 = aie.objectfifo.subview.access %so1[0] : !aie.objectfifosubview<memref<8xi8>> -> memref<8xi8>
          func.call @conv3(%b0, %b1, %b2, %o1, %half, %middle) : (memref<16xi8>, memref<16xi8>, memref<16xi8>, memref<8xi8>, i32, i32) -> ()
          aie.objectfifo.release @act_2_3_5(Consume, 1)
          aie.objectfifo.release @act_5_4(Produce, 1)
        }
        %s2 = aie.objectfifo.acquire @act_2_3_5(Consume, 2) : !aie.objectfifosubview<memref<16xi8>>
        %d0 = aie.objectfifo.subview.access %s2[0] : !aie.objectfifosubview<memref<16xi8>> -> memref<16xi8>
        %d1 = aie.objectfifo.subview.access %s2[1] : !aie.objectfifosubview<memref<16xi8>> -> memref<16xi8>
        %so2 = aie.objectfifo.acquire @act_5_4(Produce, 1) : !aie.objectfifosubview<memref<8xi8>>
        %o2 = aie.objectfifo.subview.access %so2[0] : !aie.objectfifosubview<memref<8xi8>> -> memref<8xi8>
        func.call @conv3(%d0, %d1, %d1, %o2, %half, %bottom) : (memref<16xi8>, memref<16xi8>, memref<16xi8>, memref<8xi8>, i32, i32) -> ()
        aie.objectfifo.release @act_2_3_5(Consume, 2)
        aie.objectfifo.release @act_5_4(Produce, 1)
      }
      aie.end
    } { dynamic_objfifo_lowering = true }
    aie.core(%ComputeTile4) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %max = arith.constant 0x7FFFFFFFFFFFFFFF : index
      scf.for %n = %c0 to %max step %c1 {
        %s0 = aie.objectfifo.acquire @act_3_4(Consume, 1) : !aie.objectfifosubview<memref<8xi8>>
        %a = aie.objectfifo.subview.access %s0[0] : !aie.objectfifosubview<memref<8xi8>> -> memref<8xi8>
        %s1 = aie.objectfifo.acquire @act_5_4(Consume, 1) : !aie.objectfifosubview<memref<8xi8>>
        %b = aie.objectfifo.subview.access %s1[0] : !aie.objectfifosubview<memref<8xi8>> -> memref<8xi8>
        %s2 = aie.objectfifo.acquire @skip_buf(Consume, 1) : !aie.objectfifosubview<memref<16xi8>>
        %k = aie.objectfifo.subview.access %s2[0] : !aie.objectfifosubview<memref<16xi8>> -> memref<16xi8>
        %s3 = aie.objectfifo.acquire @outOFL2L3(Produce, 1) : !aie.objectfifosubview<memref<16xi8>>
        %o = aie.objectfifo.subview.access %s3[0] : !aie.objectfifosubview<memref<16xi8>> -> memref<16xi8>
        func.call @skip(%a, %b, %k, %o) : (memref<8xi8>, memref<8xi8>, memref<16xi8>, memref<16xi8>) -> ()
        aie.objectfifo.release @act_3_4(Consume, 1)
        aie.objectfifo.release @act_5_4(Consume, 1)
        aie.objectfifo.release @skip_buf(Consume, 1)
        aie.objectfifo.release @outOFL2L3(Produce, 1)
      }
      aie.end
    }
    aiex.runtime_sequence(%in: memref<24xi32>, %out: memref<24xi32>) {
      aiex.npu.dma_memcpy_nd (%in[0, 0, 0, 0][1, 1, 1, 24][0, 0, 0, 1]) {metadata = @inOF_act_L3L2, id = 0 : i64} : memref<24xi32>
      aiex.npu.dma_memcpy_nd (%out[0, 0, 0, 0][1, 1, 1, 24][0, 0, 0, 1]) {metadata = @outOFL2L3, id = 2 : i64} : memref<24xi32>
      aiex.npu.sync {column = 1 : i32, row = 0 : i32, direction = 0 : i32, channel = 0 : i32, column_num = 1 : i32, row_num = 1 : i32}
    }
  }
}
