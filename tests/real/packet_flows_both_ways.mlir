// One shim channel feeds two cores by packet ids, and both send back on one channel, their packets told apart on arrival by
// turn: the first core starts the second by a lock between neighbours.
module {
  aie.device(npu1_1col) {
    %tile_0_0 = aie.tile(0, 0)
    %tile_0_2 = aie.tile(0, 2)
    %tile_0_3 = aie.tile(0, 3)
    aie.packet_flow(0x1) {
      aie.packet_source<%tile_0_0, DMA : 0>
      aie.packet_dest<%tile_0_2, DMA : 0>
    }
    aie.packet_flow(2) {
      aie.packet_source<%tile_0_0, DMA : 0>
      aie.packet_dest<%tile_0_3, DMA : 0>
    }
    aie.packet_flow(0x3) {
      aie.packet_source<%tile_0_2, DMA : 0>
      aie.packet_dest<%tile_0_0, DMA : 0>
    }
    aie.packet_flow(4) {
      aie.packet_source<%tile_0_3, DMA : 0>
      aie.packet_dest<%tile_0_0, DMA : 0>
    }
    %b2 = aie.buffer(%tile_0_2) {sym_name = "b2"} : memref<16xi32>
    %b3 = aie.buffer(%tile_0_3) {sym_name = "b3"} : memref<16xi32>
    %f2 = aie.lock(%tile_0_2, 0) {init = 1 : i32, sym_name = "f2"}
    %g2 = aie.lock(%tile_0_2, 1) {init = 0 : i32, sym_name = "g2"}
    %h2 = aie.lock(%tile_0_2, 2) {init = 0 : i32, sym_name = "h2"}
    %f3 = aie.lock(%tile_0_3, 0) {init = 1 : i32, sym_name = "f3"}
    %g3 = aie.lock(%tile_0_3, 1) {init = 0 : i32, sym_name = "g3"}
    %h3 = aie.lock(%tile_0_3, 2) {init = 0 : i32, sym_name = "h3"}
    %mem_0_2 = aie.mem(%tile_0_2) {
      %0 = aie.dma_start(S2MM, 0, ^in, ^next)
    ^in:
      aie.use_lock(%f2, AcquireGreaterEqual, 1)
      aie.dma_bd(%b2 : memref<16xi32>, 0, 16)
      aie.use_lock(%g2, Release, 1)
      aie.next_bd ^in
    ^next:
      %1 = aie.dma_start(MM2S, 0, ^out, ^end)
    ^out:
      aie.use_lock(%h2, AcquireGreaterEqual, 1)
      aie.dma_bd_packet(0, 3)
      aie.dma_bd(%b2 : memref<16xi32>, 0, 16)
      aie.use_lock(%f2, Release, 1)
      aie.next_bd ^out
    ^end:
      aie.end
    }
    %mem_0_3 = aie.mem(%tile_0_3) {
      %0 = aie.dma_start(S2MM, 0, ^in, ^next)
    ^in:
      aie.use_lock(%f3, AcquireGreaterEqual, 1)
      aie.dma_bd(%b3 : memref<16xi32>, 0, 16)
      aie.use_lock(%g3, Release, 1)
      aie.next_bd ^in
    ^next:
      %1 = aie.dma_start(MM2S, 0, ^out, ^end)
    ^out:
      aie.use_lock(%h3, AcquireGreaterEqual, 1)
      aie.dma_bd(%b3 : memref<16xi32>, 0, 16) {packet = #aie.packet_info<pkt_type = 0, pkt_id = 4>}
      aie.use_lock(%f3, Release, 1)
      aie.next_bd ^out
    ^end:
      aie.end
    }
    aie.core(%tile_0_2) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c16 = arith.constant 16 : index
      %k = arith.constant 3 : i32
      %max = arith.constant 4294967295 : index
      scf.for %n = %c0 to %max step %c1 {
        aie.use_lock(%g2, AcquireGreaterEqual, 1)
        scf.for %i = %c0 to %c16 step %c1 {
          %x = memref.load %b2[%i] : memref<16xi32>
          %y = arith.muli %x, %k : i32
          memref.store %y, %b2[%i] : memref<16xi32>
        }
        aie.use_lock(%h2, Release, 1)
      }
      aie.end
    }
    aie.core(%tile_0_3) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c16 = arith.constant 16 : index
      %k = arith.constant 5 : i32
      %max = arith.constant 4294967295 : index
      scf.for %n = %c0 to %max step %c1 {
        aie.use_lock(%g3, AcquireGreaterEqual, 1)
        scf.for %i = %c0 to %c16 step %c1 {
          %x = memref.load %b3[%i] : memref<16xi32>
          %y = arith.subi %x, %k : i32
          memref.store %y, %b3[%i] : memref<16xi32>
        }
        aie.use_lock(%h3, Release, 1)
      }
      aie.end
    }
    aie.shim_dma_allocation @to_cores(MM2S, 0, 0)
    aie.shim_dma_allocation @from_cores(S2MM, 0, 0)
    aiex.runtime_sequence(%a: memref<32xi32>, %b: memref<32xi32>) {
      aiex.npu.dma_memcpy_nd(%b[0, 0, 0, 0][1, 1, 1, 16][0, 0, 0, 1]) {id = 0 : i64, metadata = @from_cores} : memref<32xi32>
      aiex.npu.dma_memcpy_nd(%a[0, 0, 0, 0][1, 1, 1, 16][0, 0, 0, 1], packet = <pkt_id = 1, pkt_type = 0>) {id = 1 : i64, metadata = @to_cores} : memref<32xi32>
      aiex.npu.dma_wait {symbol = @from_cores}
      aiex.npu.dma_memcpy_nd(%b[0, 0, 0, 16][1, 1, 1, 16][0, 0, 0, 1]) {id = 2 : i64, metadata = @from_cores} : memref<32xi32>
      aiex.npu.dma_memcpy_nd(%a[0, 0, 0, 16][1, 1, 1, 16][0, 0, 0, 1], packet = <pkt_type = 0, pkt_id = 2>) {id = 3 : i64, metadata = @to_cores} : memref<32xi32>
      aiex.npu.dma_wait {symbol = @from_cores}
    }
  }
}
