// Lists of descriptors that end: the memory tile takes two objects and sends the first three times and then the second twice,
// by repeat counts in dma_start and in the operation form; a core passes five objects on and stops.
module {
  aie.device(npu2_2col) {
    %s = aie.tile(1, 0)
    %m = aie.tile(1, 1)
    %t = aie.tile(1, 2)
    %one = aie.buffer(%m) {sym_name = "one"} : memref<8xi32>
    %two = aie.buffer(%m) {sym_name = "two"} : memref<8xi32>
    %l1 = aie.lock(%m, 0) {init = 0 : i32}
    %l2 = aie.lock(%m, 1) {init = 0 : i32}
    %i = aie.buffer(%t) {sym_name = "i"} : memref<8xi32>
    %ifree = aie.lock(%t, 0) {init = 1 : i32}
    %ifull = aie.lock(%t, 1) {init = 0 : i32}
    aie.flow(%s, DMA : 0, %m, DMA : 0)
    aie.flow(%m, DMA : 0, %t, DMA : 0)
    aie.flow(%t, DMA : 1, %s, DMA : 1)
    aie.memtile_dma(%m) {
      %0 = aie.dma(S2MM, 0) {loop = false} [{
        aie.dma_bd(%one : memref<8xi32>)
        aie.use_lock(%l1, Release, 3)
      }, {
        aie.dma_bd(%two : memref<8xi32>)
        aie.use_lock(%l2, Release, 1)
      }]
      %1 = aie.dma(MM2S, 0) {loop = false, repeat_count = 2 : i32} [{
        aie.use_lock(%l1, AcquireGreaterEqual, 1)
        aie.dma_bd(%one : memref<8xi32>, 0, 8)
      }]
      aie.end
    }
    aie.mem(%t) {
      %0 = aie.dma_start(S2MM, 0, ^in, ^rest)
    ^in:
      aie.use_lock(%ifree, AcquireGreaterEqual, 1)
      aie.dma_bd(%i : memref<8xi32>)
      aie.use_lock(%ifull, Release, 1)
      aie.next_bd ^in
    ^rest:
      %1 = aie.dma_start(MM2S, 1, ^out, ^end, repeat_count = 2)
    ^out:
      aie.use_lock(%ifull, AcquireGreaterEqual, 1)
      aie.dma_bd(%i : memref<8xi32>)
      aie.use_lock(%ifree, Release, 1)
      aie.next_bd ^end
    ^end:
      aie.end
    }
    aie.shim_dma_allocation @a(%s, MM2S, 0)
    aie.shim_dma_allocation @b(%s, S2MM, 1)
    aie.runtime_sequence(%x: memref<16xi32>, %y: memref<24xi32>) {
      aiex.npu.dma_memcpy_nd(%x[0, 0, 0, 0][1, 1, 1, 16][0, 0, 0, 1]) {id = 0 : i64, metadata = @a} : memref<16xi32>
      aiex.npu.dma_memcpy_nd(%y[0, 0, 0, 0][1, 1, 1, 24][0, 0, 0, 1]) {id = 1 : i64, metadata = @b} : memref<24xi32>
      aiex.npu.dma_wait {symbol = @b}
    }
  }
}
