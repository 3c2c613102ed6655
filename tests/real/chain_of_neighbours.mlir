// Objects on a walk through seven cores in all directions that share memory or do not: up, east, up, west, down and round again.
module {
  aie.device(npu1_2col) {
    %s = aie.tile(1, 0)
    %a = aie.tile(0, 2)
    %b = aie.tile(1, 2)
    %c = aie.tile(1, 3)
    %d = aie.tile(0, 3)
    %e = aie.tile(0, 4)
    %f = aie.tile(1, 5)
    %g = aie.tile(1, 4)
    aie.objectfifo @sa(%s, {%a}, 2 : i32) : !aie.objectfifo<memref<4xi32>>
    aie.objectfifo @ab(%a, {%b}, 1 : i32) : !aie.objectfifo<memref<4xi32>>
    aie.objectfifo @bc(%b, {%c}, 2 : i32) : !aie.objectfifo<memref<4xi32>>
    aie.objectfifo @cd(%c, {%d}, 3 : i32) : !aie.objectfifo<memref<4xi32>>
    aie.objectfifo @de(%d, {%e}, [1, 1]) : !aie.objectfifo<memref<4xi32>>
    aie.objectfifo @ef(%e, {%f}, 2 : i32) : !aie.objectfifo<memref<4xi32>>
    aie.objectfifo @fg(%f, {%g}, 2 : i32) : !aie.objectfifo<memref<4xi32>>
    aie.objectfifo.allocate @fg(%g)
    aie.objectfifo @gs(%g, {%s}, 2 : i32) : !aie.objectfifo<memref<4xi32>>
    func.func private @step(%in: memref<4xi32>, %out: memref<4xi32>, %factor: i32) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c4 = arith.constant 4 : index
      scf.for %i = %c0 to %c4 step %c1 {
        %x = memref.load %in[%i] : memref<4xi32>
        %y = arith.muli %x, %factor : i32
        %k = arith.index_cast %i : index to i32
        %z = arith.addi %y, %k : i32
        memref.store %z, %out[%i] : memref<4xi32>
      }
      return
    }
    aie.core(%a) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %max = arith.constant 9223372036854775807 : index
      %factor = arith.constant 2 : i32
      scf.for %n = %c0 to %max step %c1 {
        %0 = aie.objectfifo.acquire @sa(Consume, 1) : !aie.objectfifosubview<memref<4xi32>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<4xi32>> -> memref<4xi32>
        %2 = aie.objectfifo.acquire @ab(Produce, 1) : !aie.objectfifosubview<memref<4xi32>>
        %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<4xi32>> -> memref<4xi32>
        func.call @step(%1, %3, %factor) : (memref<4xi32>, memref<4xi32>, i32) -> ()
        aie.objectfifo.release @sa(Consume, 1)
        aie.objectfifo.release @ab(Produce, 1)
      }
      aie.end
    }
    aie.core(%b) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %max = arith.constant 9223372036854775807 : index
      %factor = arith.constant 3 : i32
      scf.for %n = %c0 to %max step %c1 {
        %0 = aie.objectfifo.acquire @ab(Consume, 1) : !aie.objectfifosubview<memref<4xi32>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<4xi32>> -> memref<4xi32>
        %2 = aie.objectfifo.acquire @bc(Produce, 1) : !aie.objectfifosubview<memref<4xi32>>
        %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<4xi32>> -> memref<4xi32>
        func.call @step(%1, %3, %factor) : (memref<4xi32>, memref<4xi32>, i32) -> ()
        aie.objectfifo.release @ab(Consume, 1)
        aie.objectfifo.release @bc(Produce, 1)
      }
      aie.end
    }
    aie.core(%c) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %max = arith.constant 9223372036854775807 : index
      %factor = arith.constant 4 : i32
      scf.for %n = %c0 to %max step %c1 {
        %0 = aie.objectfifo.acquire @bc(Consume, 1) : !aie.objectfifosubview<memref<4xi32>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<4xi32>> -> memref<4xi32>
        %2 = aie.objectfifo.acquire @cd(Produce, 1) : !aie.objectfifosubview<memref<4xi32>>
        %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<4xi32>> -> memref<4xi32>
        func.call @step(%1, %3, %factor) : (memref<4xi32>, memref<4xi32>, i32) -> ()
        aie.objectfifo.release @bc(Consume, 1)
        aie.objectfifo.release @cd(Produce, 1)
      }
      aie.end
    }
    aie.core(%d) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %max = arith.constant 9223372036854775807 : index
      %factor = arith.constant 5 : i32
      scf.for %n = %c0 to %max step %c1 {
        %0 = aie.objectfifo.acquire @cd(Consume, 1) : !aie.objectfifosubview<memref<4xi32>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<4xi32>> -> memref<4xi32>
        %2 = aie.objectfifo.acquire @de(Produce, 1) : !aie.objectfifosubview<memref<4xi32>>
        %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<4xi32>> -> memref<4xi32>
        func.call @step(%1, %3, %factor) : (memref<4xi32>, memref<4xi32>, i32) -> ()
        aie.objectfifo.release @cd(Consume, 1)
        aie.objectfifo.release @de(Produce, 1)
      }
      aie.end
    }
    aie.core(%e) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %max = arith.constant 9223372036854775807 : index
      %factor = arith.constant 6 : i32
      scf.for %n = %c0 to %max step %c1 {
        %0 = aie.objectfifo.acquire @de(Consume, 1) : !aie.objectfifosubview<memref<4xi32>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<4xi32>> -> memref<4xi32>
        %2 = aie.objectfifo.acquire @ef(Produce, 1) : !aie.objectfifosubview<memref<4xi32>>
        %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<4xi32>> -> memref<4xi32>
        func.call @step(%1, %3, %factor) : (memref<4xi32>, memref<4xi32>, i32) -> ()
        aie.objectfifo.release @de(Consume, 1)
        aie.objectfifo.release @ef(Produce, 1)
      }
      aie.end
    }
    aie.core(%f) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %max = arith.constant 9223372036854775807 : index
      %factor = arith.constant 7 : i32
      scf.for %n = %c0 to %max step %c1 {
        %0 = aie.objectfifo.acquire @ef(Consume, 1) : !aie.objectfifosubview<memref<4xi32>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<4xi32>> -> memref<4xi32>
        %2 = aie.objectfifo.acquire @fg(Produce, 1) : !aie.objectfifosubview<memref<4xi32>>
        %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<4xi32>> -> memref<4xi32>
        func.call @step(%1, %3, %factor) : (memref<4xi32>, memref<4xi32>, i32) -> ()
        aie.objectfifo.release @ef(Consume, 1)
        aie.objectfifo.release @fg(Produce, 1)
      }
      aie.end
    }
    aie.core(%g) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %max = arith.constant 9223372036854775807 : index
      %factor = arith.constant 8 : i32
      scf.for %n = %c0 to %max step %c1 {
        %0 = aie.objectfifo.acquire @fg(Consume, 1) : !aie.objectfifosubview<memref<4xi32>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<4xi32>> -> memref<4xi32>
        %2 = aie.objectfifo.acquire @gs(Produce, 1) : !aie.objectfifosubview<memref<4xi32>>
        %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<4xi32>> -> memref<4xi32>
        func.call @step(%1, %3, %factor) : (memref<4xi32>, memref<4xi32>, i32) -> ()
        aie.objectfifo.release @fg(Consume, 1)
        aie.objectfifo.release @gs(Produce, 1)
      }
      aie.end
    }
    aie.runtime_sequence(%x: memref<24xi32>, %y: memref<24xi32>) {
      aiex.npu.dma_memcpy_nd(%x[0, 0, 0, 0][1, 1, 1, 24][0, 0, 0, 1]) {id = 0 : i64, metadata = @sa} : memref<24xi32>
      aiex.npu.dma_memcpy_nd(%y[0, 0, 0, 0][1, 1, 1, 24][0, 0, 0, 1]) {id = 1 : i64, metadata = @gs} : memref<24xi32>
      aiex.npu.dma_wait {symbol = @gs}
    }
  }
}
