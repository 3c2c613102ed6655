// Two named sequences on one configuration: a warm-up that loads the bias, and one that uses it; state lives in the core.
module {
  aie.device(npu1_1col) {
    %shim = aie.tile(0, 0)
    %core = aie.tile(0, 2)
    %bias = aie.buffer(%core) {sym_name = "bias"} : memref<1xi32> = dense<100>
    %count = aie.buffer(%core) {sym_name = "count"} : memref<i32> = dense<0>
    aie.objectfifo @x(%shim, {%core}, 1 : i32) : !aie.objectfifo<memref<8xi32>>
    aie.objectfifo @y(%core, {%shim}, 1 : i32) : !aie.objectfifo<memref<8xi32>>
    aie.core(%core) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c8 = arith.constant 8 : index
      %one = arith.constant 1 : i32
      %max = arith.constant 9223372036854775806 : index
      scf.for %k = %c0 to %max step %c1 {
        %i = aie.objectfifo.acquire @x(Consume, 1) : !aie.objectfifosubview<memref<8xi32>>
        %in = aie.objectfifo.subview.access %i[0] : !aie.objectfifosubview<memref<8xi32>> -> memref<8xi32>
        %o = aie.objectfifo.acquire @y(Produce, 1) : !aie.objectfifosubview<memref<8xi32>>
        %out = aie.objectfifo.subview.access %o[0] : !aie.objectfifosubview<memref<8xi32>> -> memref<8xi32>
        %b = memref.load %bias[%c0] : memref<1xi32>
        %n = memref.load %count[] : memref<i32>
        scf.for %j = %c0 to %c8 step %c1 {
          %v = memref.load %in[%j] : memref<8xi32>
          %w = arith.addi %v, %b : i32
          %u = arith.addi %w, %n : i32
          memref.store %u, %out[%j] : memref<8xi32>
        }
        %n1 = arith.addi %n, %one : i32
        memref.store %n1, %count[] : memref<i32>
        aie.objectfifo.release @x(Consume, 1)
        aie.objectfifo.release @y(Produce, 1)
      }
      aie.end
    }
    aie.runtime_sequence @warm(%a: memref<16xi32>, %b: memref<16xi32>) {
      aiex.npu.write32 {address = 0 : ui32, buffer = @bias, value = 5 : ui32}
    }
    aie.runtime_sequence @run(%a: memref<16xi32>, %b: memref<16xi32>) {
      aiex.npu.dma_memcpy_nd(%a[0, 0, 0, 0][1, 1, 1, 16][0, 0, 0, 1]) {id = 0 : i64, metadata = @x} : memref<16xi32>
      aiex.npu.dma_memcpy_nd(%b[0, 0, 0, 0][1, 1, 1, 16][0, 0, 0, 1]) {id = 1 : i64, metadata = @y} : memref<16xi32>
      aiex.npu.dma_wait {symbol = @y}
    }
  }
}
