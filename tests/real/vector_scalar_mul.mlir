// A vector times a scalar that comes as a fifo of one element; the kernel is in a library, the stack is given in hexadecimal.
module {
  aie.device(npu1_1col) {
    func.func private @vector_scalar_mul_int16_vector(memref<512xi16>, memref<512xi16>, memref<2xi16>, i32) -> ()
    %ShimTile = aie.tile(0, 0)
    %ComputeTile2 = aie.tile(0, 2)
    aie.objectfifo @in(%ShimTile, {%ComputeTile2}, 2 : i32) : !aie.objectfifo<memref<512xi16>>
    aie.objectfifo @infactor( %ShimTile , { %ComputeTile2 } , 2 : i32 ) : !aie.objectfifo<memref<2xi16>>
    aie.objectfifo @out (%ComputeTile2, {%ShimTile}, 2:i32):!aie.objectfifo<memref<512xi16>>

    aie.core(%ComputeTile2) {
      %c0 = arith.constant 0 : index
      %cmax = arith.constant 0xFFFFFFFF : index
      %c1 = arith.constant 1 : index
      scf.for %arg0 = %c0 to %cmax step %c1 {
        %c4 = arith.constant 4 : index
        %fsv = aie.objectfifo.acquire @infactor (Consume, 1) : !aie.objectfifosubview<memref<2xi16>>
        %f = aie.objectfifo.subview.access %fsv[0] : !aie.objectfifosubview<memref<2xi16>> -> memref<2xi16>
        %c0_0 = arith.constant 0 : index
        scf.for %arg1 = %c0_0 to %c4 step %c1 {
          %osv = aie.objectfifo.acquire @out(Produce, 1) : !aie.objectfifosubview<memref<512xi16>>
          %o = aie.objectfifo.subview.access %osv[0] : !aie.objectfifosubview<memref<512xi16>> -> memref<512xi16>
          %isv = aie.objectfifo.acquire @in(Consume, 1) : !aie.objectfifosubview<memref<512xi16>>
          %i = aie.objectfifo.subview.access %isv[0] : !aie.objectfifosubview<memref<512xi16>> -> memref<512xi16>
          %n = arith.constant 512 : i32
          func.call @vector_scalar_mul_int16_vector(%i, %o, %f, %n) : (memref<512xi16>, memref<512xi16>, memref<2xi16>, i32) -> ()
          aie.objectfifo.release @in(Consume, 1)
          aie.objectfifo.release @out(Produce, 1)
        }
        aie.objectfifo.release @infactor(Consume, 1)
      }
      aie.end
    } { link_with="scale.o", stack_size = 0xD00 : i32 }

    aiex.runtime_sequence(%A: memref<2048xi16>, %F: memref<2xi16>, %C: memref<2048xi16>) {
      %c0 = arith.constant 0 : i64
      %c1 = arith.constant 1 : i64
      %c2 = arith.constant 2 : i64
      %c2048 = arith.constant 2048 : i64
      aiex.npu.dma_memcpy_nd (%C[%c0, %c0, %c0, %c0][%c1, %c1, %c1, %c2048][%c0, %c0, %c0, %c1]) { metadata = @out, id = 0 : i64 } : memref<2048xi16>
      aiex.npu.dma_memcpy_nd (%A[%c0, %c0, %c0, %c0][%c1, %c1, %c1, %c2048][%c0, %c0, %c0, %c1]) { metadata = @in, id = 1 : i64 } : memref<2048xi16>
      aiex.npu.dma_memcpy_nd (%F[%c0, %c0, %c0, %c0][%c1, %c1, %c1, %c2][%c0, %c0, %c0, %c1]) { metadata = @infactor, id = 2 : i64 } : memref<2xi16>
      aiex.npu.dma_wait { symbol = @out }
    }
  }
}
