// Three lines at a time out of a fifo: two for the first line, a window that moves by one, two for the last line.
module {
  aie.device(npu1_1col) {
    func.func private @filter2dLine(memref<32xui8>, memref<32xui8>, memref<32xui8>, memref<32xui8>, i32, memref<3x3xi16>)
    %ShimTile = aie.tile(0, 0)
    %ComputeTile = aie.tile(0, 2)
    aie.objectfifo @in(%ShimTile, {%ComputeTile}, [2, 4]) : !aie.objectfifo<memref<32xui8>> 
    aie.objectfifo @out(%ComputeTile, {%ShimTile}, 2 : i32) : !aie.objectfifo<memref<32xui8>> 
    %kernel = aie.buffer(%ComputeTile) {sym_name = "kernel"} : memref<3x3xi16> = dense<[[0, 4096, 0], [4096, -16384, 4096], [0, 4096, 0]]>
    %core_0_2 = aie.core(%ComputeTile) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c6 = arith.constant 6 : index
      %c32_i32 = arith.constant 32 : i32
      %intmax = arith.constant 9223372036854775807 : index
      scf.for %arg0 = %c0 to %intmax step %c1 {
        %0 = aie.objectfifo.acquire @in(Consume, 2) : !aie.objectfifosubview<memref<32xui8>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<32xui8>> -> memref<32xui8>
        %2 = aie.objectfifo.subview.access %0[1] : !aie.objectfifosubview<memref<32xui8>> -> memref<32xui8>
        %3 = aie.objectfifo.acquire @out(Produce, 1) : !aie.objectfifosubview<memref<32xui8>>
        %4 = aie.objectfifo.subview.access %3[0] : !aie.objectfifosubview<memref<32xui8>> -> memref<32xui8>
        func.call @filter2dLine(%1, %1, %2, %4, %c32_i32, %kernel) : (memref<32xui8>, memref<32xui8>, memref<32xui8>, memref<32xui8>, i32, memref<3x3xi16>) -> ()
        aie.objectfifo.release @out(Produce, 1)
        scf.for %arg1 = %c0 to %c6 step %c1 {
          %10 = aie.objectfifo.acquire @in(Consume, 3) : !aie.objectfifosubview<memref<32xui8>>
          %11 = aie.objectfifo.subview.access %10[0] : !aie.objectfifosubview<memref<32xui8>> -> memref<32xui8>
          %12 = aie.objectfifo.subview.access %10[1] : !aie.objectfifosubview<memref<32xui8>> -> memref<32xui8>
          %13 = aie.objectfifo.subview.access %10[2] : !aie.objectfifosubview<memref<32xui8>> -> memref<32xui8>
          %14 = aie.objectfifo.acquire @out(Produce, 1) : !aie.objectfifosubview<memref<32xui8>>
          %15 = aie.objectfifo.subview.access %14[0] : !aie.objectfifosubview<memref<32xui8>> -> memref<32xui8>
          func.call @filter2dLine(%11, %12, %13, %15, %c32_i32, %kernel) : (memref<32xui8>, memref<32xui8>, memref<32xui8>, memref<32xui8>, i32, memref<3x3xi16>) -> ()
          aie.objectfifo.release @in(Consume, 1)
          aie.objectfifo.release @out(Produce, 1)
        }
        %5 = aie.objectfifo.acquire @in(Consume, 2) : !aie.objectfifosubview<memref<32xui8>>
        %6 = aie.objectfifo.subview.access %5[0] : !aie.objectfifosubview<memref<32xui8>> -> memref<32xui8>
        %7 = aie.objectfifo.subview.access %5[1] : !aie.objectfifosubview<memref<32xui8>> -> memref<32xui8>
        %8 = aie.objectfifo.acquire @out(Produce, 1) : !aie.objectfifosubview<memref<32xui8>>
        %9 = aie.objectfifo.subview.access %8[0] : !aie.objectfifosubview<memref<32xui8>> -> memref<32xui8>
        func.call @filter2dLine(%6, %7, %7, %9, %c32_i32, %kernel) : (memref<32xui8>, memref<32xui8>, memref<32xui8>, memref<32xui8>, i32, memref<3x3xi16>) -> ()
        aie.objectfifo.release @in(Consume, 2)
        aie.objectfifo.release @out(Produce, 1)
      }
      aie.end
    } {dynamic_objfifo_lowering = true, link_with = "filter2d.cc.o"}
    aie.runtime_sequence(%arg0: memref<16x32xui8>, %arg1: memref<16x32xui8>) {
      aiex.npu.dma_memcpy_nd(%arg0[0, 0, 0, 0][1, 1, 1, 512][0, 0, 0, 1]) {id = 0 : i64, metadata = @in} : memref<16x32xui8>
      aiex.npu.dma_memcpy_nd(%arg1[0, 0, 0, 0][1, 1, 1, 512][0, 0, 0, 1]) {id = 1 : i64, metadata = @out} : memref<16x32xui8>
      aiex.npu.dma_wait {symbol = @out}
    }
  }
}
