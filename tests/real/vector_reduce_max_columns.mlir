// Maximum over four cores of a column: each passes its own on to the next, which takes the larger; loop values in iter_args.
module {
  aie.device(npu1_1col) {
    %shim = aie.tile(0, 0)
    %mem = aie.tile(0, 1)
    %t2 = aie.tile(0, 2)
    %t3 = aie.tile(0, 3)
    aie.objectfifo @of_in(%shim, {%mem}, 2 : i32) : !aie.objectfifo<memref<256xi32>>
    aie.objectfifo @of_in0(%mem, {%t2}, 2 : i32) : !aie.objectfifo<memref<128xi32>>
    aie.objectfifo @of_in1(%mem, {%t3}, 2 : i32) : !aie.objectfifo<memref<128xi32>>
    aie.objectfifo.link [@of_in] -> [@of_in0, @of_in1]([] [0, 128])
    aie.objectfifo @part(%t3, {%t2}, 2 : i32) : !aie.objectfifo<memref<1xi32>>
    aie.objectfifo @of_out(%t2, {%shim}, 2 : i32) : !aie.objectfifo<memref<1xi32>>
    func.func private @max_of(%v: memref<128xi32>) -> i32 {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c128 = arith.constant 128 : index
      %least = arith.constant -2147483648 : i32
      %m = scf.for %i = %c0 to %c128 step %c1 iter_args(%best = %least) -> (i32) {
        %x = memref.load %v[%i] : memref<128xi32>
        %n = arith.maxsi %x, %best : i32
        scf.yield %n : i32
      }
      return %m : i32
    }
    %core_0_3 = aie.core(%t3) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %cm = arith.constant 9223372036854775807 : index
      scf.for %r = %c0 to %cm step %c1 {
        %0 = aie.objectfifo.acquire @of_in1(Consume, 1) : !aie.objectfifosubview<memref<128xi32>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<128xi32>> -> memref<128xi32>
        %2 = aie.objectfifo.acquire @part(Produce, 1) : !aie.objectfifosubview<memref<1xi32>>
        %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<1xi32>> -> memref<1xi32>
        %m = func.call @max_of(%1) : (memref<128xi32>) -> i32
        memref.store %m, %3[%c0] : memref<1xi32>
        aie.objectfifo.release @of_in1(Consume, 1)
        aie.objectfifo.release @part(Produce, 1)
      }
      aie.end
    }
    %core_0_2 = aie.core(%t2) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %cm = arith.constant 9223372036854775807 : index
      scf.for %r = %c0 to %cm step %c1 {
        %0 = aie.objectfifo.acquire @of_in0(Consume, 1) : !aie.objectfifosubview<memref<128xi32>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<128xi32>> -> memref<128xi32>
        %m = func.call @max_of(%1) : (memref<128xi32>) -> i32
        %2 = aie.objectfifo.acquire @part(Consume, 1) : !aie.objectfifosubview<memref<1xi32>>
        %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<1xi32>> -> memref<1xi32>
        %other = memref.load %3[%c0] : memref<1xi32>
        %4 = aie.objectfifo.acquire @of_out(Produce, 1) : !aie.objectfifosubview<memref<1xi32>>
        %5 = aie.objectfifo.subview.access %4[0] : !aie.objectfifosubview<memref<1xi32>> -> memref<1xi32>
        %gt = arith.cmpi sgt, %m, %other : i32
        %best = arith.select %gt, %m, %other : i32
        memref.store %best, %5[%c0] : memref<1xi32>
        aie.objectfifo.release @of_in0(Consume, 1)
        aie.objectfifo.release @part(Consume, 1)
        aie.objectfifo.release @of_out(Produce, 1)
      }
      aie.end
    }
    aie.runtime_sequence(%a: memref<1024xi32>, %c: memref<4xi32>) {
      %in = aiex.dma_configure_task_for @of_in {
        aie.dma_bd(%a : memref<1024xi32>, 0, 1024, [<size = 1, stride = 0>, <size = 1, stride = 0>, <size = 1, stride = 0>, <size = 1024, stride = 1>]) {burst_length = 0 : i32}
        aie.end
      }
      %out = aiex.dma_configure_task_for @of_out {
        aie.dma_bd(%c : memref<4xi32>, 0, 4, [<size = 1, stride = 0>, <size = 1, stride = 0>, <size = 1, stride = 0>, <size = 4, stride = 1>]) {burst_length = 0 : i32}
        aie.end
      } {issue_token = true}
      aiex.dma_start_task(%in)
      aiex.dma_start_task(%out)
      aiex.dma_await_task(%out)
      aiex.dma_free_task(%in)
    }
  }
}
