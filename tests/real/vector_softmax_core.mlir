// Vector operations in a core: f32 rows of 32 in two halves, maximum, difference, sum; a table of constants as hexadecimal text.
module {
  aie.device(npu2_1col) {
    memref.global "private" constant @scale : memref<4xf32> = dense<"0x0000803F0000004000004040000080C0"> {alignment = 32 : i64}
    %shim_noc_tile_0_0 = aie.tile(0, 0)
    %tile_0_2 = aie.tile(0, 2)
    aie.objectfifo @in(%shim_noc_tile_0_0, {%tile_0_2}, 2 : i32) : !aie.objectfifo<memref<32xf32>> 
    aie.objectfifo @out(%tile_0_2, {%shim_noc_tile_0_0}, 2 : i32) : !aie.objectfifo<memref<32xf32>> 
    %core_0_2 = aie.core(%tile_0_2) {
      %cst = arith.constant dense<0.000000e+00> : vector<16xf32>
      %cst_0 = arith.constant 0xFF800000 : f32
      %cst_1 = arith.constant 0.000000e+00 : f32
      %c3 = arith.constant 3 : index
      %c0 = arith.constant 0 : index
      %c9223372036854775807 = arith.constant 9223372036854775807 : index
      %c1 = arith.constant 1 : index
      %c16 = arith.constant 16 : index
      %c32 = arith.constant 32 : index
      scf.for %arg0 = %c0 to %c9223372036854775807 step %c1 {
        %0 = aie.objectfifo.acquire @in(Consume, 1) : !aie.objectfifosubview<memref<32xf32>>
        %1 = aie.objectfifo.subview.access %0[0] : !aie.objectfifosubview<memref<32xf32>> -> memref<32xf32>
        %2 = aie.objectfifo.acquire @out(Produce, 1) : !aie.objectfifosubview<memref<32xf32>>
        %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<32xf32>> -> memref<32xf32>
        %4 = scf.for %arg1 = %c0 to %c32 step %c16 iter_args(%arg2 = %cst_0) -> (f32) {
          %9 = vector.transfer_read %1[%arg1], %cst_1 {in_bounds = [true]} : memref<32xf32>, vector<16xf32>
          %10 = vector.reduction <maxnumf>, %9, %arg2 : vector<16xf32> into f32
          scf.yield %10 : f32
        }
        %table = memref.get_global @scale : memref<4xf32>
        %5 = memref.load %table[%c3] : memref<4xf32>
        %6 = vector.broadcast %4 : f32 to vector<16xf32>
        %7 = vector.broadcast %5 : f32 to vector<16xf32>
        scf.for %arg1 = %c0 to %c32 step %c16 {
          %9 = vector.load %1[%arg1] : memref<32xf32>, vector<16xf32>
          %10 = arith.subf %9, %6 : vector<16xf32>
          %11 = arith.mulf %10, %7 : vector<16xf32>
          %12 = arith.maximumf %11, %cst : vector<16xf32>
          vector.transfer_write %12, %3[%arg1] {in_bounds = [true]} : vector<16xf32>, memref<32xf32>
        }
        aie.objectfifo.release @in(Consume, 1)
        aie.objectfifo.release @out(Produce, 1)
      }
      aie.end
    }
    aie.runtime_sequence(%arg0: memref<4x32xf32>, %arg1: memref<4x32xf32>) {
      aiex.npu.dma_memcpy_nd(%arg0[0, 0, 0, 0][1, 1, 4, 32][0, 0, 32, 1]) {id = 0 : i64, metadata = @in} : memref<4x32xf32>
      aiex.npu.dma_memcpy_nd(%arg1[0, 0, 0, 0][1, 1, 4, 32][0, 0, 32, 1]) {id = 1 : i64, metadata = @out} : memref<4x32xf32>
      aiex.npu.dma_wait {symbol = @out}
    }
  }
}
