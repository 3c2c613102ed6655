// Vectors of several types in one core: i8 widened, scaled by a table, shifted, clamped by comparison and choice, narrowed again;
// beside it the same values as floats, halved, and back as integers.
module {
  aie.device(npu1_1col) {
    memref.global "private" constant @factors : memref<16xi32> = dense<[1, -2, 3, -4, 5, -6, 7, -8, 9, -10, 11, -12, 13, -14, 15, -16]>
    %shim_noc_tile_0_0 = aie.tile(0, 0)
    %tile_0_2 = aie.tile(0, 2)
    aie.objectfifo @in(%shim_noc_tile_0_0, {%tile_0_2}, 2 : i32) : !aie.objectfifo<memref<32xi8>> 
    aie.objectfifo @out(%tile_0_2, {%shim_noc_tile_0_0}, 2 : i32) : !aie.objectfifo<memref<64xi8>> 
    %core_0_2 = aie.core(%tile_0_2) {
      %cst = arith.constant dense<2> : vector<16xi32>
      %cst_0 = arith.constant dense<100> : vector<16xi32>
      %cst_1 = arith.constant dense<-100> : vector<16xi32>
      %cst_2 = arith.constant dense<5.000000e-01> : vector<16xf32>
      %c0_i8 = arith.constant 0 : i8
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c16 = arith.constant 16 : index
      %c32 = arith.constant 32 : index
      %c9223372036854775807 = arith.constant 9223372036854775807 : index
      %0 = memref.get_global @factors : memref<16xi32>
      %1 = vector.load %0[%c0] : memref<16xi32>, vector<16xi32>
      scf.for %arg0 = %c0 to %c9223372036854775807 step %c1 {
        %2 = aie.objectfifo.acquire @in(Consume, 1) : !aie.objectfifosubview<memref<32xi8>>
        %3 = aie.objectfifo.subview.access %2[0] : !aie.objectfifosubview<memref<32xi8>> -> memref<32xi8>
        %4 = aie.objectfifo.acquire @out(Produce, 1) : !aie.objectfifosubview<memref<64xi8>>
        %5 = aie.objectfifo.subview.access %4[0] : !aie.objectfifosubview<memref<64xi8>> -> memref<64xi8>
        scf.for %arg1 = %c0 to %c32 step %c16 {
          %6 = vector.transfer_read %3[%arg1], %c0_i8 {in_bounds = [true]} : memref<32xi8>, vector<16xi8>
          %7 = arith.extsi %6 : vector<16xi8> to vector<16xi32>
          %8 = arith.muli %7, %1 : vector<16xi32>
          %9 = arith.shrsi %8, %cst : vector<16xi32>
          %10 = arith.cmpi sgt, %9, %cst_0 : vector<16xi32>
          %11 = arith.select %10, %cst_0, %9 : vector<16xi1>, vector<16xi32>
          %12 = arith.maxsi %11, %cst_1 : vector<16xi32>
          %13 = arith.trunci %12 : vector<16xi32> to vector<16xi8>
          vector.transfer_write %13, %5[%arg1] {in_bounds = [true]} : vector<16xi8>, memref<64xi8>
          %14 = arith.sitofp %7 : vector<16xi32> to vector<16xf32>
          %15 = arith.mulf %14, %cst_2 : vector<16xf32>
          %16 = arith.cmpf olt, %15, %14 : vector<16xf32>
          %17 = arith.select %16, %15, %14 : vector<16xi1>, vector<16xf32>
          %18 = arith.fptosi %17 : vector<16xf32> to vector<16xi32>
          %19 = arith.trunci %18 : vector<16xi32> to vector<16xi8>
          %20 = arith.addi %arg1, %c32 : index
          vector.store %19, %5[%20] : memref<64xi8>, vector<16xi8>
        }
        aie.objectfifo.release @in(Consume, 1)
        aie.objectfifo.release @out(Produce, 1)
      }
      aie.end
    }
    aie.runtime_sequence(%arg0: memref<96xi8>, %arg1: memref<192xi8>) {
      aiex.npu.dma_memcpy_nd(%arg0[0, 0, 0, 0][1, 1, 1, 96][0, 0, 0, 1]) {id = 0 : i64, metadata = @in} : memref<96xi8>
      aiex.npu.dma_memcpy_nd(%arg1[0, 0, 0, 0][1, 1, 1, 192][0, 0, 0, 1]) {id = 1 : i64, metadata = @out} : memref<192xi8>
      aiex.npu.dma_wait {symbol = @out}
    }
  }
}
