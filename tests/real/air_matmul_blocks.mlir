#loop_annotation = "none"
#map = affine_map<()[s0] -> (s0 * 8)>
#map1 = affine_map<(d0) -> (d0 * 4)>
// As AIR prints it: several names for channels, memory spaces on memrefs, a core of branches between blocks instead of loops,
// locks in the order of their creation, transfers of tiles by one descriptor each.
module attributes {torch.debug_module_name = "mmul"} {
  aie.device(npu1_1col) @segment_0 {
    %shim_noc_tile_0_0 = aie.tile(0, 0)
    %mem_tile_0_1 = aie.tile(0, 1)
    %tile_0_2 = aie.tile(0, 2)
    %lock_0_1 = aie.lock(%mem_tile_0_1, 5) {init = 1 : i32}
    %lock_0_1_0 = aie.lock(%mem_tile_0_1, 4) {init = 0 : i32}
    %lock_0_1_1 = aie.lock(%mem_tile_0_1, 3) {init = 1 : i32}
    %lock_0_1_2 = aie.lock(%mem_tile_0_1, 2) {init = 0 : i32}
    %lock_0_1_3 = aie.lock(%mem_tile_0_1, 1) {init = 1 : i32}
    %lock_0_1_4 = aie.lock(%mem_tile_0_1, 0) {init = 0 : i32}
    %lock_0_2 = aie.lock(%tile_0_2, 5) {init = 1 : i32}
    %lock_0_2_5 = aie.lock(%tile_0_2, 4) {init = 0 : i32}
    %lock_0_2_6 = aie.lock(%tile_0_2, 3) {init = 1 : i32}
    %lock_0_2_7 = aie.lock(%tile_0_2, 2) {init = 0 : i32}
    %lock_0_2_8 = aie.lock(%tile_0_2, 1) {init = 1 : i32}
    %lock_0_2_9 = aie.lock(%tile_0_2, 0) {init = 0 : i32}
    %buf5 = aie.buffer(%mem_tile_0_1) {sym_name = "buf5"} : memref<8x16xi32, 1> 
    %buf4 = aie.buffer(%mem_tile_0_1) {sym_name = "buf4"} : memref<16x8xi32, 1> 
    %buf3 = aie.buffer(%mem_tile_0_1) {sym_name = "buf3"} : memref<8x8xi32, 1> 
    %buf2 = aie.buffer(%tile_0_2) {sym_name = "buf2"} : memref<2x8x8xi32, 2> 
    %buf1 = aie.buffer(%tile_0_2) {sym_name = "buf1"} : memref<2x8x8xi32, 2> 
    %buf0 = aie.buffer(%tile_0_2) {sym_name = "buf0"} : memref<8x8xi32, 2> 
    %mem_0_2 = aie.mem(%tile_0_2) {
      %0 = aie.dma_start(MM2S, 0, ^bb1, ^bb2)
    ^bb1:  // 2 preds: ^bb0, ^bb1
      aie.use_lock(%lock_0_2_9, AcquireGreaterEqual, 1)
      aie.dma_bd(%buf0 : memref<8x8xi32, 2>, 0, 64) {task_id = 0 : i32}
      aie.use_lock(%lock_0_2_8, Release, 1)
      aie.next_bd ^bb1
    ^bb2:  // pred: ^bb0
      %1 = aie.dma_start(S2MM, 0, ^bb3, ^bb4)
    ^bb3:  // 2 preds: ^bb2, ^bb3
      aie.use_lock(%lock_0_2_6, AcquireGreaterEqual, 1)
      aie.dma_bd(%buf2 : memref<2x8x8xi32, 2>, 0, 128) {task_id = 0 : i32}
      aie.use_lock(%lock_0_2_7, Release, 1)
      aie.next_bd ^bb3
    ^bb4:  // pred: ^bb2
      %2 = aie.dma_start(S2MM, 1, ^bb5, ^bb6)
    ^bb5:  // 2 preds: ^bb4, ^bb5
      aie.use_lock(%lock_0_2, AcquireGreaterEqual, 1)
      aie.dma_bd(%buf1 : memref<2x8x8xi32, 2>, 0, 128) {task_id = 0 : i32}
      aie.use_lock(%lock_0_2_5, Release, 1)
      aie.next_bd ^bb5
    ^bb6:  // pred: ^bb4
      aie.end
    }
    %core_0_2 = aie.core(%tile_0_2) {
      %c0_i32 = arith.constant 0 : i32
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c2 = arith.constant 2 : index
      %c8 = arith.constant 8 : index
      cf.br ^bb1
    ^bb1:  // 2 preds: ^bb0, ^bb1
      aie.use_lock(%lock_0_2_8, AcquireGreaterEqual, 1)
      scf.for %arg0 = %c0 to %c8 step %c1 {
        scf.for %arg1 = %c0 to %c8 step %c1 {
          memref.store %c0_i32, %buf0[%arg0, %arg1] : memref<8x8xi32, 2>
        }
      }
      aie.use_lock(%lock_0_2_7, AcquireGreaterEqual, 1)
      aie.use_lock(%lock_0_2_5, AcquireGreaterEqual, 1)
      scf.for %arg0 = %c0 to %c2 step %c1 {
        scf.for %arg1 = %c0 to %c8 step %c1 {
          scf.for %arg2 = %c0 to %c8 step %c1 {
            scf.for %arg3 = %c0 to %c8 step %c1 {
              %0 = memref.load %buf2[%arg0, %arg1, %arg3] : memref<2x8x8xi32, 2>
              %1 = memref.load %buf1[%arg0, %arg3, %arg2] : memref<2x8x8xi32, 2>
              %2 = memref.load %buf0[%arg1, %arg2] : memref<8x8xi32, 2>
              %3 = arith.muli %0, %1 : i32
              %4 = arith.addi %2, %3 : i32
              memref.store %4, %buf0[%arg1, %arg2] : memref<8x8xi32, 2>
            }
          }
        }
      }
      aie.use_lock(%lock_0_2_6, Release, 1)
      aie.use_lock(%lock_0_2, Release, 1)
      aie.use_lock(%lock_0_2_9, Release, 1)
      cf.br ^bb1
    }
    aie.flow(%shim_noc_tile_0_0, DMA : 0, %mem_tile_0_1, DMA : 0)
    aie.flow(%shim_noc_tile_0_0, DMA : 1, %mem_tile_0_1, DMA : 1)
    aie.flow(%mem_tile_0_1, DMA : 0, %shim_noc_tile_0_0, DMA : 0)
    aie.flow(%mem_tile_0_1, DMA : 1, %tile_0_2, DMA : 0)
    aie.flow(%mem_tile_0_1, DMA : 2, %tile_0_2, DMA : 1)
    aie.flow(%tile_0_2, DMA : 0, %mem_tile_0_1, DMA : 2)
    %memtile_dma_0_1 = aie.memtile_dma(%mem_tile_0_1) {
      %0 = aie.dma_start(S2MM, 0, ^bb1, ^bb9)
    ^bb1:  // 2 preds: ^bb0, ^bb1
      aie.use_lock(%lock_0_1_1, AcquireGreaterEqual, 1)
      aie.dma_bd(%buf5 : memref<8x16xi32, 1>, 0, 128) {task_id = 0 : i32}
      aie.use_lock(%lock_0_1_2, Release, 1)
      aie.next_bd ^bb1
    ^bb2:  // pred: ^bb3
      aie.end
    ^bb3:  // pred: ^bb5
      %1 = aie.dma_start(S2MM, 2, ^bb4, ^bb2)
    ^bb4:  // 2 preds: ^bb3, ^bb4
      aie.use_lock(%lock_0_1_3, AcquireGreaterEqual, 1)
      aie.dma_bd(%buf3 : memref<8x8xi32, 1>, 0, 64) {task_id = 0 : i32}
      aie.use_lock(%lock_0_1_4, Release, 1)
      aie.next_bd ^bb4
    ^bb5:  // pred: ^bb7
      %2 = aie.dma_start(MM2S, 0, ^bb6, ^bb3)
    ^bb6:  // 2 preds: ^bb5, ^bb6
      aie.use_lock(%lock_0_1_4, AcquireGreaterEqual, 1)
      aie.dma_bd(%buf3 : memref<8x8xi32, 1>, 0, 64) {task_id = 0 : i32}
      aie.use_lock(%lock_0_1_3, Release, 1)
      aie.next_bd ^bb6
    ^bb7:  // pred: ^bb11
      %3 = aie.dma_start(MM2S, 1, ^bb8, ^bb5)
    ^bb8:  // 2 preds: ^bb7, ^bb8
      aie.use_lock(%lock_0_1_2, AcquireGreaterEqual, 1)
      aie.dma_bd(%buf5 : memref<8x16xi32, 1>, 0, 128, [<size = 2, stride = 8>, <size = 8, stride = 16>, <size = 8, stride = 1>]) {task_id = 0 : i32}
      aie.use_lock(%lock_0_1_1, Release, 1)
      aie.next_bd ^bb8
    ^bb9:  // pred: ^bb0
      %4 = aie.dma_start(S2MM, 1, ^bb10, ^bb11)
    ^bb10:  // 2 preds: ^bb9, ^bb10
      aie.use_lock(%lock_0_1, AcquireGreaterEqual, 1)
      aie.dma_bd(%buf4 : memref<16x8xi32, 1>, 0, 128) {task_id = 0 : i32}
      aie.use_lock(%lock_0_1_0, Release, 1)
      aie.next_bd ^bb10
    ^bb11:  // pred: ^bb9
      %5 = aie.dma_start(MM2S, 2, ^bb12, ^bb7)
    ^bb12:  // 2 preds: ^bb11, ^bb12
      aie.use_lock(%lock_0_1_0, AcquireGreaterEqual, 1)
      aie.dma_bd(%buf4 : memref<16x8xi32, 1>, 0, 128) {task_id = 0 : i32}
      aie.use_lock(%lock_0_1, Release, 1)
      aie.next_bd ^bb12
    }
    aie.shim_dma_allocation @airMemcpyId12(S2MM, 0, 0)
    memref.global "public" @airMemcpyId12 : memref<8x8xi32, 1>
    aie.shim_dma_allocation @airMemcpyId4(MM2S, 0, 0)
    memref.global "public" @airMemcpyId4 : memref<8x16xi32, 1>
    aie.shim_dma_allocation @airMemcpyId5(MM2S, 1, 0)
    memref.global "public" @airMemcpyId5 : memref<16x8xi32, 1>
    aiex.runtime_sequence @matmul(%arg0: memref<16x16xi32>, %arg1: memref<16x16xi32>, %arg2: memref<16x16xi32>) {
      aiex.npu.dma_memcpy_nd(%arg0[0, 0, 0, 0][2, 1, 8, 16][0, 0, 16, 1]) {id = 0 : i64, metadata = @airMemcpyId4} : memref<16x16xi32>
      aiex.npu.dma_memcpy_nd(%arg0[0, 0, 0, 128][2, 1, 8, 16][0, 0, 16, 1]) {id = 3 : i64, metadata = @airMemcpyId4} : memref<16x16xi32>
      aiex.npu.dma_memcpy_nd(%arg1[0, 0, 0, 0][2, 2, 16, 8][0, 8, 16, 1]) {id = 1 : i64, metadata = @airMemcpyId5} : memref<16x16xi32>
      aiex.npu.dma_memcpy_nd(%arg2[0, 0, 0, 0][2, 2, 8, 8][128, 8, 16, 1]) {id = 2 : i64, metadata = @airMemcpyId12} : memref<16x16xi32>
      aiex.npu.dma_wait {symbol = @airMemcpyId12}
    }
  } {dlti.note = "x"}
}
