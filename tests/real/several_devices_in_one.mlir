// A module of three devices: one only names the others and runs their sequences one after the other on its own arguments.
module {
  aie.device(npu2) @double {
    %s = aie.tile(0, 0)
    %t = aie.tile(0, 2)
    aie.objectfifo @i(%s, {%t}, 1 : i32) : !aie.objectfifo<memref<8xi32>>
    aie.objectfifo @o(%t, {%s}, 1 : i32) : !aie.objectfifo<memref<8xi32>>
    aie.core(%t) {
      %one = arith.constant 1 : i32
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c8 = arith.constant 8 : index
      %max = arith.constant 9223372036854775807 : index
      scf.for %n = %c0 to %max step %c1 {
        %0 = aie.objectfifo.acquire @i(Consume, 1) : !aie.objectfifosubview<memref<8xi32>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<8xi32>> -> memref<8xi32>
        %2 = aie.objectfifo.acquire @o(Produce, 1) : !aie.objectfifosubview<memref<8xi32>>
        %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<8xi32>> -> memref<8xi32>
        scf.for %k = %c0 to %c8 step %c1 {
          %x = memref.load %1[%k] : memref<8xi32>
          %y = arith.shli %x, %one : i32
          memref.store %y, %3[%k] : memref<8xi32>
        }
        aie.objectfifo.release @i(Consume, 1)
        aie.objectfifo.release @o(Produce, 1)
      }
      aie.end
    }
    aie.runtime_sequence @go(%a: memref<16xi32>, %b: memref<16xi32>) {
      aiex.npu.dma_memcpy_nd(%a[0, 0, 0, 0][1, 1, 1, 16][0, 0, 0, 1]) {id = 0 : i64, metadata = @i} : memref<16xi32>
      aiex.npu.dma_memcpy_nd(%b[0, 0, 0, 0][1, 1, 1, 16][0, 0, 0, 1]) {id = 1 : i64, metadata = @o} : memref<16xi32>
      aiex.npu.dma_wait {symbol = @o}
    }
  }
  aie.device(npu2) @reverse {
    %s = aie.tile(5, 0)
    %m = aie.tile(5, 1)
    aie.objectfifo @i(%s, {%m}, 2 : i32) : !aie.objectfifo<memref<16xi32>>
    aie.objectfifo @o(%m dimensionsToStream [<size = 4, stride = 1>, <size = 4, stride = 4>], {%s}, 2 : i32) : !aie.objectfifo<memref<16xi32>>
    aie.objectfifo.link [@i] -> [@o]([] [])
    aie.runtime_sequence @go(%a: memref<16xi32>, %b: memref<16xi32>) {
      aiex.npu.dma_memcpy_nd(%a[0, 0, 0, 0][1, 1, 1, 16][0, 0, 0, 1]) {id = 0 : i64, metadata = @i} : memref<16xi32>
      aiex.npu.dma_memcpy_nd(%b[0, 0, 0, 0][1, 1, 1, 16][0, 0, 0, 1]) {id = 1 : i64, metadata = @o} : memref<16xi32>
      aiex.npu.dma_wait {symbol = @o}
    }
  }
  aie.device(npu2) {
    aie.runtime_sequence(%in: memref<16xi32>, %between: memref<16xi32>, %out: memref<16xi32>) {
      aiex.configure @double {
        aiex.run @go(%in, %between) : (memref<16xi32>, memref<16xi32>)
      }
      aiex.configure @reverse {
        aiex.run @go(%between, %out) : (memref<16xi32>, memref<16xi32>)
      }
    }
  }
}
