// A core that runs once: four objects taken at once, given back one by one, two made at once; a scalar of rank zero.
module {
  aie.device(npu1_1col) {
    %s = aie.tile(0, 0)
    %t = aie.tile(0, 4)
    aie.objectfifo @in(%s, {%t}, [2, 5]) : !aie.objectfifo<memref<4xi16>>
    aie.objectfifo @out(%t, {%s}, [4, 1]) : !aie.objectfifo<memref<4xi16>>
    aie.core(%t) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c4 = arith.constant 4 : index
      %i = aie.objectfifo.acquire @in(Consume, 4) : !aie.objectfifosubview<memref<4xi16>>
      %i0 = aie.objectfifo.subview.access %i[0] : !aie.objectfifosubview<memref<4xi16>> -> memref<4xi16>
      %i1 = aie.objectfifo.subview.access %i[1] : !aie.objectfifosubview<memref<4xi16>> -> memref<4xi16>
      %i2 = aie.objectfifo.subview.access %i[2] : !aie.objectfifosubview<memref<4xi16>> -> memref<4xi16>
      %i3 = aie.objectfifo.subview.access %i[3] : !aie.objectfifosubview<memref<4xi16>> -> memref<4xi16>
      %o = aie.objectfifo.acquire @out(Produce, 2) : !aie.objectfifosubview<memref<4xi16>>
      %o0 = aie.objectfifo.subview.access %o[0] : !aie.objectfifosubview<memref<4xi16>> -> memref<4xi16>
      %o1 = aie.objectfifo.subview.access %o[1] : !aie.objectfifosubview<memref<4xi16>> -> memref<4xi16>
      scf.for %k = %c0 to %c4 step %c1 {
        %a = memref.load %i0[%k] : memref<4xi16>
        %b = memref.load %i3[%k] : memref<4xi16>
        %c = arith.minsi %a, %b : i16
        memref.store %c, %o0[%k] : memref<4xi16>
        %d = memref.load %i1[%k] : memref<4xi16>
        %e = memref.load %i2[%k] : memref<4xi16>
        %f = arith.maxui %d, %e : i16
        memref.store %f, %o1[%k] : memref<4xi16>
      }
      aie.objectfifo.release @out(Produce, 1)
      aie.objectfifo.release @in(Consume, 1)
      aie.objectfifo.release @in(Consume, 3)
      aie.objectfifo.release @out(Produce, 1)
      %last = aie.objectfifo.acquire @in(Consume, 1) : !aie.objectfifosubview<memref<4xi16>>
      %l = aie.objectfifo.subview.access %last[0] : !aie.objectfifosubview<memref<4xi16>> -> memref<4xi16>
      %o2 = aie.objectfifo.acquire @out(Produce, 1) : !aie.objectfifosubview<memref<4xi16>>
      %o3 = aie.objectfifo.subview.access %o2[0] : !aie.objectfifosubview<memref<4xi16>> -> memref<4xi16>
      memref.copy %l, %o3 : memref<4xi16> to memref<4xi16>
      aie.objectfifo.release @in(Consume, 1)
      aie.objectfifo.release @out(Produce, 1)
      aie.end
    }
    aie.runtime_sequence(%x: memref<20xi16>, %y: memref<12xi16>) {
      aiex.npu.dma_memcpy_nd(%x[0, 0, 0, 0][1, 1, 1, 20][0, 0, 0, 1]) {id = 0 : i64, metadata = @in} : memref<20xi16>
      aiex.npu.dma_memcpy_nd(%y[0, 0, 0, 0][1, 1, 1, 12][0, 0, 0, 1]) {id = 1 : i64, metadata = @out} : memref<12xi16>
      aiex.npu.dma_wait {symbol = @out}
    }
  }
}
