// Everything by hand, as in test cases of 2024: buffers and locks with numbers, descriptors in blocks, globals as names of the
// shim's channels, SSA constants of two widths in the lists.
module {
  aie.device(npu1_1col) {
    memref.global "public" @objFifo_in0 : memref<64xi32>
    memref.global "public" @objFifo_out0 : memref<64xi32>
    %t00 = aie.tile(0, 0)
    %t01 = aie.tile(0, 1)
    %t02 = aie.tile(0, 2)

    %mem_buf_0 = aie.buffer(%t01) {sym_name = "objFifo_in0_cons_buff_0"} : memref<16xi32>
    %mem_buf_1 = aie.buffer(%t01) {sym_name = "objFifo_in0_cons_buff_1"} : memref<16xi32>
    %out_buf_0 = aie.buffer(%t01) {sym_name = "objFifo_out0_buff_0"} : memref<16xi32>
    %out_buf_1 = aie.buffer(%t01) {sym_name = "objFifo_out0_buff_1"} : memref<16xi32>
    %in_prod = aie.lock(%t01, 0) {init = 2 : i32, sym_name = "objFifo_in0_cons_prod_lock"}
    %in_cons = aie.lock(%t01, 1) {init = 0 : i32, sym_name = "objFifo_in0_cons_cons_lock"}
    %out_prod = aie.lock(%t01, 2) {init = 2 : i32, sym_name = "objFifo_out0_prod_lock"}
    %out_cons = aie.lock(%t01, 3) {init = 0 : i32, sym_name = "objFifo_out0_cons_lock"}

    %a0 = aie.buffer(%t02) {sym_name = "in1_cons_buff_0"} : memref<8xi32>
    %a1 = aie.buffer(%t02) {sym_name = "in1_cons_buff_1"} : memref<8xi32>
    %b0 = aie.buffer(%t02) {sym_name = "out1_buff_0"} : memref<8xi32>
    %b1 = aie.buffer(%t02) {sym_name = "out1_buff_1"} : memref<8xi32>
    %l0 = aie.lock(%t02, 0) {init = 2 : i32, sym_name = "in1_cons_prod_lock"}
    %l1 = aie.lock(%t02, 1) {init = 0 : i32, sym_name = "in1_cons_cons_lock"}
    %l2 = aie.lock(%t02, 2) {init = 2 : i32, sym_name = "out1_prod_lock"}
    %l3 = aie.lock(%t02, 3) {init = 0 : i32, sym_name = "out1_cons_lock"}

    aie.flow(%t00, DMA : 0, %t01, DMA : 0)
    aie.flow(%t01, DMA : 0, %t02, DMA : 0)
    aie.flow(%t01, DMA : 1, %t00, DMA : 0)
    aie.flow(%t02, DMA : 0, %t01, DMA : 1)

    %core02 = aie.core(%t02) {
      %c8 = arith.constant 8 : index
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c1_i32 = arith.constant 1 : i32
      %c2 = arith.constant 2 : index
      %max = arith.constant 9223372036854775807 : index
      scf.for %n = %c0 to %max step %c2 {
        aie.use_lock(%l1, AcquireGreaterEqual, 1)
        aie.use_lock(%l2, AcquireGreaterEqual, 1)
        scf.for %i = %c0 to %c8 step %c1 {
          %0 = memref.load %a0[%i] : memref<8xi32>
          %1 = arith.addi %0, %c1_i32 : i32
          memref.store %1, %b0[%i] : memref<8xi32>
        }
        aie.use_lock(%l0, Release, 1)
        aie.use_lock(%l3, Release, 1)
        aie.use_lock(%l1, AcquireGreaterEqual, 1)
        aie.use_lock(%l2, AcquireGreaterEqual, 1)
        scf.for %i = %c0 to %c8 step %c1 {
          %0 = memref.load %a1[%i] : memref<8xi32>
          %1 = arith.addi %0, %c1_i32 : i32
          memref.store %1, %b1[%i] : memref<8xi32>
        }
        aie.use_lock(%l0, Release, 1)
        aie.use_lock(%l3, Release, 1)
      }
      aie.end
    }

    aie.shim_dma_allocation @objFifo_in0(MM2S, 0, 0)

    %memtile_dma_0_1 = aie.memtile_dma(%t01) {
      %0 = aie.dma_start(S2MM, 0, ^bb1, ^bb3)
    ^bb1:  // 2 preds: ^bb0, ^bb2
      aie.use_lock(%in_prod, AcquireGreaterEqual, 1)
      aie.dma_bd(%mem_buf_0 : memref<16xi32>, 0, 16)
      aie.use_lock(%in_cons, Release, 1)
      aie.next_bd ^bb2
    ^bb2:  // pred: ^bb1
      aie.use_lock(%in_prod, AcquireGreaterEqual, 1)
      aie.dma_bd(%mem_buf_1 : memref<16xi32>, 0, 16)
      aie.use_lock(%in_cons, Release, 1)
      aie.next_bd ^bb1
    ^bb3:  // pred: ^bb0
      %1 = aie.dma_start(MM2S, 0, ^bb4, ^bb6)
    ^bb4:  // 2 preds: ^bb3, ^bb5
      aie.use_lock(%in_cons, AcquireGreaterEqual, 1)
      aie.dma_bd(%mem_buf_0 : memref<16xi32>, 0, 16)
      aie.use_lock(%in_prod, Release, 1)
      aie.next_bd ^bb5
    ^bb5:  // pred: ^bb4
      aie.use_lock(%in_cons, AcquireGreaterEqual, 1)
      aie.dma_bd(%mem_buf_1 : memref<16xi32>, 0, 16)
      aie.use_lock(%in_prod, Release, 1)
      aie.next_bd ^bb4
    ^bb6:  // pred: ^bb3
      %2 = aie.dma_start(MM2S, 1, ^bb7, ^bb9)
    ^bb7:  // 2 preds: ^bb6, ^bb8
      aie.use_lock(%out_cons, AcquireGreaterEqual, 1)
      aie.dma_bd(%out_buf_0 : memref<16xi32>, 0, 16)
      aie.use_lock(%out_prod, Release, 1)
      aie.next_bd ^bb8
    ^bb8:  // pred: ^bb7
      aie.use_lock(%out_cons, AcquireGreaterEqual, 1)
      aie.dma_bd(%out_buf_1 : memref<16xi32>, 0, 16)
      aie.use_lock(%out_prod, Release, 1)
      aie.next_bd ^bb7
    ^bb9:  // pred: ^bb6
      %3 = aie.dma_start(S2MM, 1, ^bb10, ^bb12)
    ^bb10:  // 2 preds: ^bb9, ^bb11
      aie.use_lock(%out_prod, AcquireGreaterEqual, 1)
      aie.dma_bd(%out_buf_0 : memref<16xi32>, 0, 16)
      aie.use_lock(%out_cons, Release, 1)
      aie.next_bd ^bb11
    ^bb11:  // pred: ^bb10
      aie.use_lock(%out_prod, AcquireGreaterEqual, 1)
      aie.dma_bd(%out_buf_1 : memref<16xi32>, 0, 16)
      aie.use_lock(%out_cons, Release, 1)
      aie.next_bd ^bb10
    ^bb12:  // pred: ^bb9
      aie.end
    }

    aie.shim_dma_allocation @objFifo_out0(S2MM, 0, 0)

    %mem_0_2 = aie.mem(%t02) {
      %0 = aie.dma_start("S2MM", 0, ^bd0, ^out)
    ^bd0:
      aie.use_lock(%l0, AcquireGreaterEqual, 1)
      aie.dma_bd(%a0 : memref<8xi32>)
      aie.use_lock(%l1, Release)
      aie.next_bd ^bd1
    ^bd1:
      aie.use_lock(%l0, AcquireGreaterEqual)
      aie.dma_bd(%a1 : memref<8xi32>, 0)
      aie.use_lock(%l1, "Release", 1)
      aie.next_bd ^bd0
    ^out:
      %1 = aie.dma_start(MM2S, 0, ^bd2, ^end)
    ^bd2:
      aie.use_lock(%l3, AcquireGreaterEqual, 1)
      aie.dma_bd(%b0 : memref<8xi32>, 0, 8)
      aie.use_lock(%l2, Release, 1)
      aie.next_bd ^bd3
    ^bd3:
      aie.use_lock(%l3, AcquireGreaterEqual, 1)
      aie.dma_bd(%b1 : memref<8xi32>) {len = 8 : i32}
      aie.use_lock(%l2, Release, 1)
      aie.next_bd ^bd2
    ^end:
      aie.end
    }

    aiex.runtime_sequence @sequence(%arg0: memref<64xi32>, %arg1: memref<32xi32>, %arg2: memref<64xi32>) {
      %c0_i64 = arith.constant 0 : i64
      %c1_i64 = arith.constant 1 : i64
      %c64_i64 = arith.constant 64 : i64
      aiex.npu.dma_memcpy_nd (0, 0, %arg2[%c0_i64, %c0_i64, %c0_i64, %c0_i64][%c1_i64, %c1_i64, %c1_i64, %c64_i64][%c0_i64, %c0_i64, %c0_i64, %c1_i64]) {id = 1 : i64, metadata = @objFifo_out0} : memref<64xi32>
      aiex.npu.dma_memcpy_nd (%arg0[%c0_i64, %c0_i64, %c0_i64, %c0_i64][%c1_i64, %c1_i64, %c1_i64, %c64_i64][%c0_i64, %c0_i64, %c0_i64, %c1_i64]) {id = 0 : i64, metadata = @objFifo_in0} : memref<64xi32>
      aiex.npu.dma_wait { symbol = @objFifo_out0 }
    }
  }
}
