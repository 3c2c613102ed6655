// Thresholds per colour channel on four cores, each with runtime parameters for value, maximum and kind; distribute and join.
module {
  aie.device(npu1_1col) {
    func.func private @thresholdLine(memref<32xui8>, memref<32xui8>, i32, i16, i16, i8)
    %ShimTile = aie.tile(0, 0)
    %MemTile = aie.tile(0, 1)
    %ComputeTile2 = aie.tile(0, 2)
    %ComputeTile3 = aie.tile(0, 3)
    %ComputeTile4 = aie.tile(0, 4)
    %ComputeTile5 = aie.tile(0, 5)
    %rtpComputeTile2 = aie.buffer(%ComputeTile2) {sym_name = "rtpComputeTile2"} : memref<16xi32> = dense<[0, 0, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9]>
    %rtpComputeTile3 = aie.buffer(%ComputeTile3) {sym_name = "rtpComputeTile3"} : memref<16xi32> = dense<[0, 0, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9]>
    %rtpComputeTile4 = aie.buffer(%ComputeTile4) {sym_name = "rtpComputeTile4"} : memref<16xi32> = dense<[0, 0, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9]>
    %rtpComputeTile5 = aie.buffer(%ComputeTile5) {sym_name = "rtpComputeTile5"} : memref<16xi32> = dense<[0, 0, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9]>
    aie.objectfifo @inOOB_L3L2(%ShimTile, {%MemTile}, 2 : i32) : !aie.objectfifo<memref<128xui8>>
    aie.objectfifo @inOOB_L2L1_0(%MemTile, {%ComputeTile2}, 2 : i32) : !aie.objectfifo<memref<32xui8>>
    aie.objectfifo @inOOB_L2L1_1(%MemTile, {%ComputeTile3}, 2 : i32) : !aie.objectfifo<memref<32xui8>>
    aie.objectfifo @inOOB_L2L1_2(%MemTile, {%ComputeTile4}, 2 : i32) : !aie.objectfifo<memref<32xui8>>
    aie.objectfifo @inOOB_L2L1_3(%MemTile, {%ComputeTile5}, 2 : i32) : !aie.objectfifo<memref<32xui8>>
    aie.objectfifo.link [@inOOB_L3L2] -> [@inOOB_L2L1_0, @inOOB_L2L1_1, @inOOB_L2L1_2, @inOOB_L2L1_3]([] [0, 32, 64, 96])
    aie.objectfifo @outOOB_L2L3(%MemTile, {%ShimTile}, 2 : i32) : !aie.objectfifo<memref<128xui8>>
    aie.objectfifo @outOOB_L1L2_0(%ComputeTile2, {%MemTile}, 2 : i32) : !aie.objectfifo<memref<32xui8>>
    aie.objectfifo @outOOB_L1L2_1(%ComputeTile3, {%MemTile}, 2 : i32) : !aie.objectfifo<memref<32xui8>>
    aie.objectfifo @outOOB_L1L2_2(%ComputeTile4, {%MemTile}, 2 : i32) : !aie.objectfifo<memref<32xui8>>
    aie.objectfifo @outOOB_L1L2_3(%ComputeTile5, {%MemTile}, 2 : i32) : !aie.objectfifo<memref<32xui8>>
    aie.objectfifo.link [@outOOB_L1L2_0, @outOOB_L1L2_1, @outOOB_L1L2_2, @outOOB_L1L2_3] -> [@outOOB_L2L3]([0, 32, 64, 96] [])
    %core_0_2 = aie.core(%ComputeTile2) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c2 = arith.constant 2 : index
      %n = arith.constant 32 : i32
      %cmax = arith.constant 9223372036854775807 : index
      scf.for %k = %c0 to %cmax step %c1 {
        %0 = aie.objectfifo.acquire @inOOB_L2L1_0(Consume, 1) : !aie.objectfifosubview<memref<32xui8>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<32xui8>> -> memref<32xui8>
        %2 = aie.objectfifo.acquire @outOOB_L1L2_0(Produce, 1) : !aie.objectfifosubview<memref<32xui8>>
        %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<32xui8>> -> memref<32xui8>
        %t = memref.load %rtpComputeTile2[%c0] : memref<16xi32>
        %t16 = arith.trunci %t : i32 to i16
        %m = memref.load %rtpComputeTile2[%c1] : memref<16xi32>
        %m16 = arith.trunci %m : i32 to i16
        %y = memref.load %rtpComputeTile2[%c2] : memref<16xi32>
        %y8 = arith.trunci %y : i32 to i8
        func.call @thresholdLine(%1, %3, %n, %t16, %m16, %y8) : (memref<32xui8>, memref<32xui8>, i32, i16, i16, i8) -> ()
        aie.objectfifo.release @inOOB_L2L1_0(Consume, 1)
        aie.objectfifo.release @outOOB_L1L2_0(Produce, 1)
      }
      aie.end
    } {link_with = "threshold.cc.o"}
    %core_0_3 = aie.core(%ComputeTile3) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c2 = arith.constant 2 : index
      %n = arith.constant 32 : i32
      %cmax = arith.constant 9223372036854775807 : index
      scf.for %k = %c0 to %cmax step %c1 {
        %0 = aie.objectfifo.acquire @inOOB_L2L1_1(Consume, 1) : !aie.objectfifosubview<memref<32xui8>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<32xui8>> -> memref<32xui8>
        %2 = aie.objectfifo.acquire @outOOB_L1L2_1(Produce, 1) : !aie.objectfifosubview<memref<32xui8>>
        %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<32xui8>> -> memref<32xui8>
        %t = memref.load %rtpComputeTile3[%c0] : memref<16xi32>
        %t16 = arith.trunci %t : i32 to i16
        %m = memref.load %rtpComputeTile3[%c1] : memref<16xi32>
        %m16 = arith.trunci %m : i32 to i16
        %y = memref.load %rtpComputeTile3[%c2] : memref<16xi32>
        %y8 = arith.trunci %y : i32 to i8
        func.call @thresholdLine(%1, %3, %n, %t16, %m16, %y8) : (memref<32xui8>, memref<32xui8>, i32, i16, i16, i8) -> ()
        aie.objectfifo.release @inOOB_L2L1_1(Consume, 1)
        aie.objectfifo.release @outOOB_L1L2_1(Produce, 1)
      }
      aie.end
    } {link_with = "threshold.cc.o"}
    %core_0_4 = aie.core(%ComputeTile4) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c2 = arith.constant 2 : index
      %n = arith.constant 32 : i32
      %cmax = arith.constant 9223372036854775807 : index
      scf.for %k = %c0 to %cmax step %c1 {
        %0 = aie.objectfifo.acquire @inOOB_L2L1_2(Consume, 1) : !aie.objectfifosubview<memref<32xui8>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<32xui8>> -> memref<32xui8>
        %2 = aie.objectfifo.acquire @outOOB_L1L2_2(Produce, 1) : !aie.objectfifosubview<memref<32xui8>>
        %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<32xui8>> -> memref<32xui8>
        %t = memref.load %rtpComputeTile4[%c0] : memref<16xi32>
        %t16 = arith.trunci %t : i32 to i16
        %m = memref.load %rtpComputeTile4[%c1] : memref<16xi32>
        %m16 = arith.trunci %m : i32 to i16
        %y = memref.load %rtpComputeTile4[%c2] : memref<16xi32>
        %y8 = arith.trunci %y : i32 to i8
        func.call @thresholdLine(%1, %3, %n, %t16, %m16, %y8) : (memref<32xui8>, memref<32xui8>, i32, i16, i16, i8) -> ()
        aie.objectfifo.release @inOOB_L2L1_2(Consume, 1)
        aie.objectfifo.release @outOOB_L1L2_2(Produce, 1)
      }
      aie.end
    } {link_with = "threshold.cc.o"}
    %core_0_5 = aie.core(%ComputeTile5) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c2 = arith.constant 2 : index
      %n = arith.constant 32 : i32
      %cmax = arith.constant 9223372036854775807 : index
      scf.for %k = %c0 to %cmax step %c1 {
        %0 = aie.objectfifo.acquire @inOOB_L2L1_3(Consume, 1) : !aie.objectfifosubview<memref<32xui8>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<32xui8>> -> memref<32xui8>
        %2 = aie.objectfifo.acquire @outOOB_L1L2_3(Produce, 1) : !aie.objectfifosubview<memref<32xui8>>
        %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<32xui8>> -> memref<32xui8>
        %t = memref.load %rtpComputeTile5[%c0] : memref<16xi32>
        %t16 = arith.trunci %t : i32 to i16
        %m = memref.load %rtpComputeTile5[%c1] : memref<16xi32>
        %m16 = arith.trunci %m : i32 to i16
        %y = memref.load %rtpComputeTile5[%c2] : memref<16xi32>
        %y8 = arith.trunci %y : i32 to i8
        func.call @thresholdLine(%1, %3, %n, %t16, %m16, %y8) : (memref<32xui8>, memref<32xui8>, i32, i16, i16, i8) -> ()
        aie.objectfifo.release @inOOB_L2L1_3(Consume, 1)
        aie.objectfifo.release @outOOB_L1L2_3(Produce, 1)
      }
      aie.end
    } {link_with = "threshold.cc.o"}
    aie.runtime_sequence(%inTensor: memref<1024xui8>, %notUsed: memref<32xui8>, %outTensor: memref<1024xui8>) {
      aiex.npu.rtp_write(@rtpComputeTile2, 0, 50)
      aiex.npu.rtp_write(@rtpComputeTile2, 1, 255)
      aiex.npu.rtp_write(@rtpComputeTile2, 2, 0)
      aiex.npu.rtp_write(@rtpComputeTile3, 0, 70)
      aiex.npu.rtp_write(@rtpComputeTile3, 1, 255)
      aiex.npu.rtp_write(@rtpComputeTile3, 2, 0)
      aiex.npu.rtp_write(@rtpComputeTile4, 0, 90)
      aiex.npu.rtp_write(@rtpComputeTile4, 1, 255)
      aiex.npu.rtp_write(@rtpComputeTile4, 2, 0)
      aiex.npu.rtp_write(@rtpComputeTile5, 0, 110)
      aiex.npu.rtp_write(@rtpComputeTile5, 1, 255)
      aiex.npu.rtp_write(@rtpComputeTile5, 2, 1)
      aiex.npu.dma_memcpy_nd(%inTensor[0, 0, 0, 0][1, 1, 1, 1024][0, 0, 0, 1]) {id = 1 : i64, issue_token = true, metadata = @inOOB_L3L2} : memref<1024xui8>
      aiex.npu.dma_memcpy_nd(%outTensor[0, 0, 0, 0][1, 1, 1, 1024][0, 0, 0, 1]) {id = 0 : i64, metadata = @outOOB_L2L3} : memref<1024xui8>
      aiex.npu.dma_wait {symbol = @inOOB_L3L2}
      aiex.npu.dma_wait {symbol = @outOOB_L2L3}
    }
  }
}
