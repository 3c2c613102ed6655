// Generic forms among custom ones, as test cases mix them; enumerations as numbers; names in quotes.
"builtin.module"() ({
  aie.device(npu1_1col) {
    %0 = "aie.tile"() <{col = 0 : i32, row = 0 : i32}> : () -> index
    %1 = "aie.tile"() {col = 0 : i32, row = 2 : i32} : () -> index
    aie.objectfifo @"in put"(%0, {%1}, 2 : i32) : !aie.objectfifo<memref<16xi32>>
    aie.objectfifo @"out"(%1, {%0}, 2 : i32) : !aie.objectfifo<memref<16xi32>>
    %2 = aie.core(%1) {
      %3 = "arith.constant"() <{value = 0 : index}> : () -> index
      %4 = "arith.constant"() {value = 1000000 : index} : () -> index
      %5 = "arith.constant"() <{value = 1 : index}> : () -> index
      "scf.for"(%3, %4, %5) ({
      ^bb0(%arg2: index):
        %6 = "aie.objectfifo.acquire"() <{objFifo_name = @"in put", port = 1 : i32, size = 1 : i32}> : () -> !aie.objectfifosubview<memref<16xi32>>
        %7 = "aie.objectfifo.subview.access"(%6) <{index = 0 : i32}> : (!aie.objectfifosubview<memref<16xi32>>) -> memref<16xi32>
        %8 = "aie.objectfifo.acquire"() <{objFifo_name = @out, port = 0 : i32, size = 1 : i32}> : () -> !aie.objectfifosubview<memref<16xi32>>
        %9 = "aie.objectfifo.subview.access"(%8) <{index = 0 : i32}> : (!aie.objectfifosubview<memref<16xi32>>) -> memref<16xi32>
        %10 = "arith.constant"() <{value = 16 : index}> : () -> index
        "scf.for"(%3, %10, %5) ({
        ^bb0(%arg3: index):
          %11 = "memref.load"(%7, %arg3) <{nontemporal = false}> : (memref<16xi32>, index) -> i32
          %12 = "arith.muli"(%11, %11) <{overflowFlags = #arith.overflow<none>}> : (i32, i32) -> i32
          "memref.store"(%12, %9, %arg3) <{nontemporal = false}> : (i32, memref<16xi32>, index) -> ()
          "scf.yield"() : () -> ()
        }) : (index, index, index) -> ()
        "aie.objectfifo.release"() <{objFifo_name = @"in put", port = 1 : i32, size = 1 : i32}> : () -> ()
        "aie.objectfifo.release"() <{objFifo_name = @out, port = 0 : i32, size = 1 : i32}> : () -> ()
        "scf.yield"() : () -> ()
      }) : (index, index, index) -> ()
      "aie.end"() : () -> ()
    }
    aie.runtime_sequence(%arg0: memref<64xi32>, %arg1: memref<64xi32>) {
      "aiex.npu.dma_memcpy_nd"(%arg0) <{burst_length = 0 : i64, d0_zero_after = 0 : i64, d0_zero_before = 0 : i64, d1_zero_after = 0 : i64, d1_zero_before = 0 : i64, d2_zero_after = 0 : i64, d2_zero_before = 0 : i64, id = 1 : i64, issue_token = false, metadata = @"in put", operandSegmentSizes = array<i32: 1, 0, 0, 0>, static_offsets = array<i64: 0, 0, 0, 0>, static_sizes = array<i64: 1, 1, 1, 64>, static_strides = array<i64: 0, 0, 0, 1>}> : (memref<64xi32>) -> ()
      aiex.npu.dma_memcpy_nd(%arg1[0, 0, 0, 0][1, 1, 1, 64][0, 0, 0, 1]) {id = 0 : i64, metadata = @out} : memref<64xi32>
      "aiex.npu.dma_wait"() <{symbol = @out}> : () -> ()
    }
    "aie.end"() : () -> ()
  }
}) : () -> ()
