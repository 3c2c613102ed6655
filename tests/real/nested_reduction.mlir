// One output object for five input objects, which are added by threes and twos in inner loops; dynamic lowering on one core,
// static unrolling on the other.
module {
  aie.device(npu2_1col) {
    %s = aie.tile(0, 0)
    %t = aie.tile(0, 2)
    %u = aie.tile(0, 5)
    aie.objectfifo @a(%s, {%t, %u}, 2 : i32) : !aie.objectfifo<memref<10xi32>>
    aie.objectfifo @b(%t, {%s}, 2 : i32) : !aie.objectfifo<memref<10xi32>>
    aie.objectfifo @c(%u, {%s}, 2 : i32) : !aie.objectfifo<memref<10xi32>>
    func.func private @add(%from: memref<10xi32>, %to: memref<10xi32>) {
      affine.for %i = 0 to 10 {
        %x = affine.load %from[%i] : memref<10xi32>
        %y = affine.load %to[%i] : memref<10xi32>
        %z = arith.addi %x, %y : i32
        affine.store %z, %to[%i] : memref<10xi32>
      }
      return
    }
    func.func private @zero(%to: memref<10xi32>) {
      %c0_i32 = arith.constant 0 : i32
      affine.for %i = 0 to 10 {
        affine.store %c0_i32, %to[%i] : memref<10xi32>
      }
      return
    }
    aie.core(%t) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c2 = arith.constant 2 : index
      %c3 = arith.constant 3 : index
      %max = arith.constant 9223372036854775807 : index
      scf.for %n = %c0 to %max step %c1 {
        %0 = aie.objectfifo.acquire @b(Produce, 1) : !aie.objectfifosubview<memref<10xi32>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<10xi32>> -> memref<10xi32>
        func.call @zero(%1) : (memref<10xi32>) -> ()
        scf.for %k = %c0 to %c3 step %c1 {
          %2 = aie.objectfifo.acquire @a(Consume, 1) : !aie.objectfifosubview<memref<10xi32>>
          %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<10xi32>> -> memref<10xi32>
          func.call @add(%3, %1) : (memref<10xi32>, memref<10xi32>) -> ()
          aie.objectfifo.release @a(Consume, 1)
        }
        scf.for %k = %c0 to %c2 step %c1 {
          %2 = aie.objectfifo.acquire @a(Consume, 1) : !aie.objectfifosubview<memref<10xi32>>
          %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<10xi32>> -> memref<10xi32>
          func.call @add(%3, %1) : (memref<10xi32>, memref<10xi32>) -> ()
          aie.objectfifo.release @a(Consume, 1)
        }
        aie.objectfifo.release @b(Produce, 1)
      }
      aie.end
    } {dynamic_objfifo_lowering = true}
    aie.core(%u) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c5 = arith.constant 5 : index
      %max = arith.constant 9223372036854775807 : index
      scf.for %n = %c0 to %max step %c1 {
        %0 = aie.objectfifo.acquire @c(Produce, 1) : !aie.objectfifosubview<memref<10xi32>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<10xi32>> -> memref<10xi32>
        func.call @zero(%1) : (memref<10xi32>) -> ()
        scf.for %k = %c0 to %c5 step %c1 {
          %2 = aie.objectfifo.acquire @a(Consume, 1) : !aie.objectfifosubview<memref<10xi32>>
          %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<10xi32>> -> memref<10xi32>
          func.call @add(%3, %1) : (memref<10xi32>, memref<10xi32>) -> ()
          func.call @add(%3, %1) : (memref<10xi32>, memref<10xi32>) -> ()
          aie.objectfifo.release @a(Consume, 1)
        }
        aie.objectfifo.release @c(Produce, 1)
      }
      aie.end
    }
    aie.runtime_sequence(%x: memref<40x10xi32>, %y: memref<8x10xi32>, %z: memref<8x10xi32>) {
      aiex.npu.dma_memcpy_nd(%x[0, 0, 0, 0][1, 1, 1, 400][0, 0, 0, 1]) {id = 0 : i64, metadata = @a} : memref<40x10xi32>
      aiex.npu.dma_memcpy_nd(%y[0, 0, 0, 0][1, 1, 1, 80][0, 0, 0, 1]) {id = 1 : i64, metadata = @b} : memref<8x10xi32>
      aiex.npu.dma_memcpy_nd(%z[0, 0, 0, 0][1, 1, 1, 80][0, 0, 0, 1]) {id = 2 : i64, metadata = @c} : memref<8x10xi32>
      aiex.npu.dma_wait {symbol = @b}
      aiex.npu.dma_wait {symbol = @c}
    }
  }
}
