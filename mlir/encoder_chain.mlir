// Three kernels in a row on three cores of one column: layer norm of Q, K and V, attention, GELU. What one core hands to the
// next stays in the memory that the two share; only Q, K, V, the parameters of layer norm and the result cross the shim.
// The scalars are those that c_kernels/encoder_chain.py derives from the kernels' scales.
module {
  aie.device(npu1) {
    %shim = aie.tile(0, 0)
    %norm_tile = aie.tile(0, 2)
    %attention_tile = aie.tile(0, 3)
    %gelu_tile = aie.tile(0, 4)
    aie.objectfifo @qkv(%shim, {%norm_tile}, 2 : i32) : !aie.objectfifo<memref<12288xi8>>
    aie.objectfifo @parameters(%shim, {%norm_tile}, 1 : i32) : !aie.objectfifo<memref<128xi8>>
    aie.objectfifo @normal(%norm_tile, {%attention_tile}, 2 : i32) : !aie.objectfifo<memref<12288xi8>>
    aie.objectfifo @mixed(%attention_tile, {%gelu_tile}, 2 : i32) : !aie.objectfifo<memref<4096xi8>>
    aie.objectfifo @out(%gelu_tile, {%shim}, 2 : i32) : !aie.objectfifo<memref<4096xi8>>
    func.func private @layernorm_i8(memref<12288xi8>, memref<128xi8>, memref<12288xi8>, i32, i32, i32, i32)
    func.func private @attention_64x64(memref<12288xi8>, memref<4096xi8>, i32)
    func.func private @gelu_i8(memref<4096xi8>, memref<4096xi8>, i32)
    %norm_core = aie.core(%norm_tile) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %forever = arith.constant 9223372036854775807 : index
      %rows = arith.constant 192 : i32
      %columns = arith.constant 64 : i32
      %epsilon = arith.constant 168 : i32
      %gain_shift = arith.constant 13 : i32
      scf.for %round = %c0 to %forever step %c1 {
        %in_view = aie.objectfifo.acquire @qkv(Consume, 1) : !aie.objectfifosubview<memref<12288xi8>>
        %in = aie.objectfifo.subview.access %in_view[0] : !aie.objectfifosubview<memref<12288xi8>> -> memref<12288xi8>
        %gains_view = aie.objectfifo.acquire @parameters(Consume, 1) : !aie.objectfifosubview<memref<128xi8>>
        %gains = aie.objectfifo.subview.access %gains_view[0] : !aie.objectfifosubview<memref<128xi8>> -> memref<128xi8>
        %out_view = aie.objectfifo.acquire @normal(Produce, 1) : !aie.objectfifosubview<memref<12288xi8>>
        %out = aie.objectfifo.subview.access %out_view[0] : !aie.objectfifosubview<memref<12288xi8>> -> memref<12288xi8>
        func.call @layernorm_i8(%in, %gains, %out, %rows, %columns, %epsilon, %gain_shift) : (memref<12288xi8>, memref<128xi8>, memref<12288xi8>, i32, i32, i32, i32) -> ()
        aie.objectfifo.release @qkv(Consume, 1)
        aie.objectfifo.release @parameters(Consume, 1)
        aie.objectfifo.release @normal(Produce, 1)
      }
      aie.end
    } {link_with = "encoder_chain.o", stack_size = 4096 : i32}
    %attention_core = aie.core(%attention_tile) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %forever = arith.constant 9223372036854775807 : index
      %score_shift = arith.constant 5 : i32
      scf.for %round = %c0 to %forever step %c1 {
        %in_view = aie.objectfifo.acquire @normal(Consume, 1) : !aie.objectfifosubview<memref<12288xi8>>
        %in = aie.objectfifo.subview.access %in_view[0] : !aie.objectfifosubview<memref<12288xi8>> -> memref<12288xi8>
        %out_view = aie.objectfifo.acquire @mixed(Produce, 1) : !aie.objectfifosubview<memref<4096xi8>>
        %out = aie.objectfifo.subview.access %out_view[0] : !aie.objectfifosubview<memref<4096xi8>> -> memref<4096xi8>
        func.call @attention_64x64(%in, %out, %score_shift) : (memref<12288xi8>, memref<4096xi8>, i32) -> ()
        aie.objectfifo.release @normal(Consume, 1)
        aie.objectfifo.release @mixed(Produce, 1)
      }
      aie.end
    } {link_with = "encoder_chain.o", stack_size = 4096 : i32}
    %gelu_core = aie.core(%gelu_tile) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %forever = arith.constant 9223372036854775807 : index
      %count = arith.constant 4096 : i32
      scf.for %round = %c0 to %forever step %c1 {
        %in_view = aie.objectfifo.acquire @mixed(Consume, 1) : !aie.objectfifosubview<memref<4096xi8>>
        %in = aie.objectfifo.subview.access %in_view[0] : !aie.objectfifosubview<memref<4096xi8>> -> memref<4096xi8>
        %out_view = aie.objectfifo.acquire @out(Produce, 1) : !aie.objectfifosubview<memref<4096xi8>>
        %out = aie.objectfifo.subview.access %out_view[0] : !aie.objectfifosubview<memref<4096xi8>> -> memref<4096xi8>
        func.call @gelu_i8(%in, %out, %count) : (memref<4096xi8>, memref<4096xi8>, i32) -> ()
        aie.objectfifo.release @mixed(Consume, 1)
        aie.objectfifo.release @out(Produce, 1)
      }
      aie.end
    } {link_with = "encoder_chain.o", stack_size = 4096 : i32}
    aie.runtime_sequence(%qkv: memref<12288xi8>, %parameters: memref<128xi8>, %out: memref<4096xi8>) {
      aiex.npu.dma_memcpy_nd(%out[0, 0, 0, 0][1, 1, 1, 4096][0, 0, 0, 1]) {id = 0 : i64, metadata = @out} : memref<4096xi8>
      aiex.npu.dma_memcpy_nd(%parameters[0, 0, 0, 0][1, 1, 1, 128][0, 0, 0, 1]) {id = 1 : i64, metadata = @parameters} : memref<128xi8>
      aiex.npu.dma_memcpy_nd(%qkv[0, 0, 0, 0][1, 1, 1, 12288][0, 0, 0, 1]) {id = 2 : i64, metadata = @qkv} : memref<12288xi8>
      aiex.npu.dma_wait {symbol = @out}
    }
  }
}
