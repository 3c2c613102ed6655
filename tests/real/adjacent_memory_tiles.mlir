// A memory tile's DMA that works on buffers and locks of its western and eastern neighbours, there and back.
module {
  aie.device(npu1_3col) {
    %tile_1_0 = aie.tile(1, 0)
    %tile_0_1 = aie.tile(0, 1)
    %tile_1_1 = aie.tile(1, 1)
    %tile_2_1 = aie.tile(2, 1)
    %west = aie.buffer(%tile_0_1) {sym_name = "west"} : memref<24xi32>
    %east = aie.buffer(%tile_2_1) {sym_name = "east"} : memref<24xi32>
    %west_free = aie.lock(%tile_0_1, 1) {init = 1 : i32, sym_name = "west_free"}
    %west_full = aie.lock(%tile_0_1, 2) {init = 0 : i32, sym_name = "west_full"}
    %east_free = aie.lock(%tile_2_1, 63) {init = 1 : i32, sym_name = "east_free"}
    %east_full = aie.lock(%tile_2_1, 0) {init = 0 : i32, sym_name = "east_full"}
    aie.flow(%tile_1_0, DMA : 0, %tile_1_1, DMA : 0)
    aie.flow(%tile_1_1, DMA : 0, %tile_1_1, DMA : 1)
    aie.flow(%tile_1_1, DMA : 1, %tile_1_0, DMA : 0)
    %memtile_dma_1_1 = aie.memtile_dma(%tile_1_1) {
      %0 = aie.dma_start(S2MM, 0, ^in, ^two)
    ^in:
      aie.use_lock(%west_free, AcquireGreaterEqual, 1)
      aie.dma_bd(%west : memref<24xi32>, 0, 24)
      aie.use_lock(%west_full, Release, 1)
      aie.next_bd ^in
    ^two:
      %1 = aie.dma_start(MM2S, 0, ^across, ^three)
    ^across:
      aie.use_lock(%west_full, AcquireGreaterEqual, 1)
      aie.dma_bd(%west : memref<24xi32>, 0, 24, [<size = 6, stride = 1>, <size = 4, stride = 6>])
      aie.use_lock(%west_free, Release, 1)
      aie.next_bd ^across
    ^three:
      %2 = aie.dma_start(S2MM, 1, ^there, ^four)
    ^there:
      aie.use_lock(%east_free, AcquireGreaterEqual, 1)
      aie.dma_bd(%east : memref<24xi32>, 0, 24)
      aie.use_lock(%east_full, Release, 1)
      aie.next_bd ^there
    ^four:
      %3 = aie.dma_start(MM2S, 1, ^out, ^end)
    ^out:
      aie.use_lock(%east_full, AcquireGreaterEqual, 1)
      aie.dma_bd(%east : memref<24xi32>, 4, 16)
      aie.use_lock(%east_free, Release, 1)
      aie.next_bd ^out
    ^end:
      aie.end
    }
    aie.shim_dma_allocation @in(%tile_1_0, MM2S, 0)
    aie.shim_dma_allocation @out(%tile_1_0, S2MM, 0)
    aie.runtime_sequence(%x: memref<3x24xi32>, %y: memref<3x16xi32>) {
      aiex.npu.dma_memcpy_nd(%x[0, 0, 0, 0][1, 1, 3, 24][0, 0, 24, 1]) {id = 0 : i64, metadata = @in} : memref<3x24xi32>
      aiex.npu.dma_memcpy_nd(%y[0, 0, 0, 0][1, 1, 1, 48][0, 0, 0, 1]) {id = 15 : i64, metadata = @out} : memref<3x16xi32>
      aiex.npu.dma_wait {symbol = @out}
    }
  }
}
