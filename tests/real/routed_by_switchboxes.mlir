// No flow at all: the connections of the switches say where the words go; two copies of them for the way back.
module {
  aie.device(npu1_1col) {
    %s = aie.tile(0, 0)
    %m = aie.tile(0, 1)
    %t = aie.tile(0, 2)
    %switchbox_0_0 = aie.switchbox(%s) {
      aie.connect<South : 3, North : 1>
      aie.connect<North : 2, South : 2>
    }
    %shim_mux_0_0 = aie.shim_mux(%s) {
      aie.connect<DMA : 0, North : 3>
      aie.connect<North : 2, DMA : 0>
    }
    %switchbox_0_1 = aie.switchbox(%m) {
      aie.connect<South : 1, North : 4>
      aie.connect<North : 0, South : 2>
    }
    %switchbox_0_2 = aie.switchbox(%t) {
      aie.connect<South : 4, DMA : 1>
      aie.connect<DMA : 0, South : 0>
    }
    aie.wire(%shim_mux_0_0 : North, %switchbox_0_0 : South)
    aie.wire(%switchbox_0_0 : North, %switchbox_0_1 : South)
    aie.wire(%switchbox_0_1 : North, %switchbox_0_2 : South)
    aie.wire(%t : DMA, %switchbox_0_2 : DMA)
    %b = aie.buffer(%t) {sym_name = "b"} : memref<32xi16>
    %free = aie.lock(%t, 7) {init = 1 : i32}
    %full = aie.lock(%t, 9) {init = 0 : i32}
    aie.mem(%t) {
      %0 = aie.dma(S2MM, 1) [{
        aie.use_lock(%free, AcquireGreaterEqual)
        aie.dma_bd(%b : memref<32xi16>, 0, 32, [<size = 16, stride = 2>, <size = 2, stride = 1>])
        aie.use_lock(%full, Release)
      }]
      %1 = aie.dma(MM2S, 0) {sym_name = "out"} [{
        aie.use_lock(%full, AcquireGreaterEqual)
        aie.dma_bd(%b : memref<32xi16>)
        aie.use_lock(%free, Release)
        aie.end
      }]
      aie.end
    }
    aie.shim_dma_allocation @in(%s, MM2S, 0)
    aie.shim_dma_allocation @out_of_it(%s, S2MM, 0)
    aie.runtime_sequence(%x: memref<128xi16>, %y: memref<128xi16>) {
      %0 = aiex.dma_configure_task_for @in {
        aie.dma_bd(%x : memref<128xi16>)
        aie.end
      }
      %1 = aiex.dma_configure_task_for @out_of_it {
        aie.dma_bd(%y : memref<128xi16>)
        aie.end
      } {issue_token = true}
      aiex.dma_start_task(%0)
      aiex.dma_start_task(%1)
      aiex.dma_await_task(%1)
      aiex.dma_free_task(%1)
      aiex.dma_free_task(%0)
    }
  }
}
