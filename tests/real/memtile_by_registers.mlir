// A memory tile that the sequence programs alone: descriptors by writebd with a pattern in four dimensions, locks by register,
// queues by push_queue; the shim by hand as well.
module {
  aie.device(npu2) {
    %s = aie.tile(0, 0)
    %m = aie.tile(0, 1)
    %b = aie.buffer(%m) {address = 4096 : i32, sym_name = "b"} : memref<32xi32>
    %l = aie.lock(%m, 5) {init = 1 : i32, sym_name = "l"}
    %k = aie.lock(%m, 6) {init = 0 : i32, sym_name = "k"}
    aie.flow(%s, DMA : 1, %m, DMA : 2)
    aie.flow(%m, DMA : 4, %s, DMA : 1)
    aie.shim_dma_allocation @in(%s, MM2S, 1)
    aie.shim_dma_allocation @out(%s, S2MM, 1)
    aie.runtime_sequence(%x: memref<32xi32>, %y: memref<32xi32>) {
      aiex.npu.writebd {bd_id = 3 : i32, buffer_length = 32 : i32, buffer_offset = 132128 : i32, burst_length = 0 : i32, column = 0 : i32, d0_size = 0 : i32, d0_stride = 0 : i32, d0_zero_after = 0 : i32, d0_zero_before = 0 : i32, d1_size = 0 : i32, d1_stride = 0 : i32, d1_zero_after = 0 : i32, d1_zero_before = 0 : i32, d2_size = 0 : i32, d2_stride = 0 : i32, d2_zero_after = 0 : i32, d2_zero_before = 0 : i32, enable_packet = 0 : i32, iteration_current = 0 : i32, iteration_size = 0 : i32, iteration_stride = 0 : i32, lock_acq_enable = 1 : i32, lock_acq_id = 69 : i32, lock_acq_val = 127 : i32, lock_rel_id = 70 : i32, lock_rel_val = 1 : i32, next_bd = 0 : i32, out_of_order_id = 0 : i32, packet_id = 0 : i32, packet_type = 0 : i32, row = 1 : i32, use_next_bd = 0 : i32, valid_bd = 1 : i32}
      aiex.npu.writebd {bd_id = 4 : i32, buffer_length = 32 : i32, buffer_offset = 132128 : i32, burst_length = 0 : i32, column = 0 : i32, d0_size = 4 : i32, d0_stride = 7 : i32, d0_zero_after = 0 : i32, d0_zero_before = 0 : i32, d1_size = 8 : i32, d1_stride = 0 : i32, d1_zero_after = 0 : i32, d1_zero_before = 0 : i32, d2_size = 0 : i32, d2_stride = 0 : i32, d2_zero_after = 0 : i32, d2_zero_before = 0 : i32, enable_packet = 0 : i32, iteration_current = 0 : i32, iteration_size = 0 : i32, iteration_stride = 0 : i32, lock_acq_enable = 1 : i32, lock_acq_id = 70 : i32, lock_acq_val = 127 : i32, lock_rel_id = 69 : i32, lock_rel_val = 1 : i32, next_bd = 0 : i32, out_of_order_id = 0 : i32, packet_id = 0 : i32, packet_type = 0 : i32, row = 1 : i32, use_next_bd = 0 : i32, valid_bd = 1 : i32}
      aiex.npu.push_queue(0, 1, S2MM : 2) {bd_id = 3 : i32, issue_token = false, repeat_count = 0 : i32}
      aiex.npu.push_queue(0, 1, MM2S : 4) {bd_id = 4 : i32, issue_token = false, repeat_count = 0 : i32}
      aiex.npu.dma_memcpy_nd(%y[0, 0, 0, 0][1, 1, 1, 32][0, 0, 0, 1]) {id = 1 : i64, metadata = @out} : memref<32xi32>
      aiex.npu.dma_memcpy_nd(%x[0, 0, 0, 0][1, 1, 1, 32][0, 0, 0, 1]) {id = 0 : i64, metadata = @in} : memref<32xi32>
      aiex.npu.dma_wait {symbol = @out}
    }
  }
}
