// One fifo with three consumers, each of which lays the same stream out in its own way; three results joined in another order.
module {
  aie.device(npu1_2col) {
    %s = aie.tile(0, 0)
    %m = aie.tile(0, 1)
    %n = aie.tile(1, 1)
    %u = aie.tile(0, 3)
    %v = aie.tile(1, 2)
    %w = aie.tile(1, 4)
    aie.objectfifo @x(%s, {%m}, [2, 3]) : !aie.objectfifo<memref<4x8xi16>>
    aie.objectfifo @y(%m dimensionsToStream [<size = 2, stride = 4>, <size = 4, stride = 8>, <size = 4, stride = 1>], {%u, %v dimensionsFromStream [<size = 4, stride = 2>, <size = 4, stride = 8>, <size = 2, stride = 1>], %w dimensionsFromStream [<size = 16, stride = 2>, <size = 2, stride = 1>]}, [3, 2, 1, 4]) : !aie.objectfifo<memref<32xi16>>
    aie.objectfifo.link [@x] -> [@y]([] [])
    aie.objectfifo @p(%u, {%n}, 2 : i32) : !aie.objectfifo<memref<32xi16>>
    aie.objectfifo @q(%v, {%n}, 2 : i32) : !aie.objectfifo<memref<32xi16>>
    aie.objectfifo @r(%w, {%n}, 2 : i32) : !aie.objectfifo<memref<32xi16>>
    aie.objectfifo @z(%n, {%s}, 2 : i32) : !aie.objectfifo<memref<96xi16>>
    aie.objectfifo.link [@r, @p, @q] -> [@z]([0, 32, 64] [])
    func.func private @copy(%a: memref<32xi16>, %b: memref<32xi16>) {
      memref.copy %a, %b : memref<32xi16> to memref<32xi16>
      return
    }
    aie.core(%u) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %max = arith.constant 9223372036854775807 : index
      scf.for %i = %c0 to %max step %c1 {
        %0 = aie.objectfifo.acquire @y(Consume, 1) : !aie.objectfifosubview<memref<32xi16>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<32xi16>> -> memref<32xi16>
        %2 = aie.objectfifo.acquire @p(Produce, 1) : !aie.objectfifosubview<memref<32xi16>>
        %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<32xi16>> -> memref<32xi16>
        func.call @copy(%1, %3) : (memref<32xi16>, memref<32xi16>) -> ()
        aie.objectfifo.release @y(Consume, 1)
        aie.objectfifo.release @p(Produce, 1)
      }
      aie.end
    }
    aie.core(%v) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %max = arith.constant 9223372036854775807 : index
      scf.for %i = %c0 to %max step %c1 {
        %0 = aie.objectfifo.acquire @y(Consume, 1) : !aie.objectfifosubview<memref<32xi16>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<32xi16>> -> memref<32xi16>
        %2 = aie.objectfifo.acquire @q(Produce, 1) : !aie.objectfifosubview<memref<32xi16>>
        %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<32xi16>> -> memref<32xi16>
        func.call @copy(%1, %3) : (memref<32xi16>, memref<32xi16>) -> ()
        aie.objectfifo.release @y(Consume, 1)
        aie.objectfifo.release @q(Produce, 1)
      }
      aie.end
    }
    aie.core(%w) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %max = arith.constant 9223372036854775807 : index
      scf.for %i = %c0 to %max step %c1 {
        %0 = aie.objectfifo.acquire @y(Consume, 1) : !aie.objectfifosubview<memref<32xi16>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<32xi16>> -> memref<32xi16>
        %2 = aie.objectfifo.acquire @r(Produce, 1) : !aie.objectfifosubview<memref<32xi16>>
        %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<32xi16>> -> memref<32xi16>
        func.call @copy(%1, %3) : (memref<32xi16>, memref<32xi16>) -> ()
        aie.objectfifo.release @y(Consume, 1)
        aie.objectfifo.release @r(Produce, 1)
      }
      aie.end
    }
    aie.runtime_sequence(%a: memref<5x4x8xi16>, %b: memref<5x96xi16>) {
      aiex.npu.dma_memcpy_nd(%a[0, 0, 0, 0][1, 1, 1, 160][0, 0, 0, 1]) {id = 3 : i64, metadata = @x} : memref<5x4x8xi16>
      aiex.npu.dma_memcpy_nd(%b[0, 0, 0, 0][1, 1, 1, 480][0, 0, 0, 1]) {id = 4 : i64, metadata = @z} : memref<5x96xi16>
      aiex.npu.dma_wait {symbol = @z}
    }
  }
}
