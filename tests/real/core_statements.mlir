// All sorts of statements in one core: while, if without else, switch, affine loops, subviews and casts of a bigger object, a
// recursive-looking chain of functions, unsigned division, shifts, selects, i1 logic, i64 and index arithmetic, float rounding.
#half = affine_map<(d0) -> (d0 floordiv 2)>
#even = affine_set<(d0) : (d0 mod 2 == 0)>
module {
  aie.device(npu1_1col) {
    %s = aie.tile(0, 0)
    %t = aie.tile(0, 2)
    aie.objectfifo @a(%s, {%t}, 2 : i32) : !aie.objectfifo<memref<4x8xi32>>
    aie.objectfifo @b(%t, {%s}, 2 : i32) : !aie.objectfifo<memref<64xi32>>
    memref.global "private" constant @primes : memref<2x4xi16> = dense<[[2, 3, 5, 7], [11, 13, 17, 19]]>
    func.func private @digits(%n: i32) -> i32 {
      %c0_i32 = arith.constant 0 : i32
      %c10_i32 = arith.constant 10 : i32
      %c1_i32 = arith.constant 1 : i32
      %r:2 = scf.while (%rest = %n, %count = %c0_i32) : (i32, i32) -> (i32, i32) {
        %go = arith.cmpi ugt, %rest, %c0_i32 : i32
        scf.condition(%go) %rest, %count : i32, i32
      } do {
      ^bb0(%rest: i32, %count: i32):
        %q = arith.divui %rest, %c10_i32 : i32
        %more = arith.addi %count, %c1_i32 : i32
        scf.yield %q, %more : i32, i32
      }
      return %r#1 : i32
    }
    func.func private @describe(%v: i32, %i: index) -> (i32, i64) {
      %d = func.call @digits(%v) : (i32) -> i32
      %w = arith.extui %v : i32 to i64
      %c3 = arith.constant 3 : i64
      %x = arith.muli %w, %c3 : i64
      %k = arith.index_cast %i : index to i64
      %y = arith.addi %x, %k : i64
      func.return %d, %y : i32, i64
    }
    aie.core(%t) {
      %c0 = arith.constant 0 : index
      %c1 = arith.constant 1 : index
      %c2 = arith.constant 2 : index
      %c8 = arith.constant 8 : index
      %c4 = arith.constant 4 : index
      %c16 = arith.constant 16 : index
      %c24 = arith.constant 24 : index
      %c48 = arith.constant 48 : index
      %cmax = arith.constant 9223372036854775807 : index
      scf.for %round = %c0 to %cmax step %c1 {
        %isv = aie.objectfifo.acquire @a(Consume, 1) : !aie.objectfifosubview<memref<4x8xi32>>
        %in = aie.objectfifo.subview.access %isv[0] : !aie.objectfifosubview<memref<4x8xi32>> -> memref<4x8xi32>
        %osv = aie.objectfifo.acquire @b(Produce, 1) : !aie.objectfifosubview<memref<64xi32>>
        %out = aie.objectfifo.subview.access %osv[0] : !aie.objectfifosubview<memref<64xi32>> -> memref<64xi32>
        // digits and the high word of 3 x + i
        %row0 = memref.subview %in[0, 0] [1, 8] [1, 1] : memref<4x8xi32> to memref<8xi32, strided<[1]>>
        %square = memref.reinterpret_cast %out to offset: [0], sizes: [8, 2], strides: [2, 1] : memref<64xi32> to memref<8x2xi32>
        scf.for %i = %c0 to %c8 step %c1 {
          %v = memref.load %row0[%i] : memref<8xi32, strided<[1]>>
          %d, %y = func.call @describe(%v, %i) : (i32, index) -> (i32, i64)
          %c32 = arith.constant 32 : i64
          %high = arith.shrui %y, %c32 : i64
          %h = arith.trunci %high : i64 to i32
          memref.store %d, %square[%i, %c0] : memref<8x2xi32>
          memref.store %h, %square[%i, %c1] : memref<8x2xi32>
        }
        // the second row: even places doubled, odd ones divided, towards zero and down
        affine.for %i = 0 to 8 {
          %v = affine.load %in[1, %i] : memref<4x8xi32>
          %h = affine.apply #half(%i)
          %k = arith.index_cast %h : index to i32
          %seven = arith.constant 7 : i32
          affine.if #even(%i) {
            %w = arith.shli %v, %k : i32
            affine.store %w, %out[%i + 16] : memref<64xi32>
          } else {
            %q = arith.divsi %v, %seven : i32
            %f = arith.floordivsi %v, %seven : i32
            %r = arith.remsi %v, %seven : i32
            %qf = arith.subi %q, %f : i32
            %e = arith.muli %r, %qf : i32
            affine.store %e, %out[%i + 16] : memref<64xi32>
          }
        }
        // the third row through floats
        scf.for %i = %c0 to %c8 step %c1 {
          %v = memref.load %in[%c2, %i] : memref<4x8xi32>
          %f = arith.sitofp %v : i32 to f32
          %third = arith.constant 0.333333343 : f32
          %g = arith.mulf %f, %third fastmath<contract> : f32
          %b16 = arith.truncf %g : f32 to bf16
          %wide = arith.extf %b16 : bf16 to f32
          %bits = arith.bitcast %wide : f32 to i32
          %at = arith.addi %i, %c24 : index
          memref.store %bits, %out[%at] : memref<64xi32>
        }
        // the table by a switch on the fourth row's low bits
        %primes = memref.get_global @primes : memref<2x4xi16>
        %line = memref.collapse_shape %primes [[0, 1]] : memref<2x4xi16> into memref<8xi16>
        %four = arith.constant 4 : index
        %mask = arith.constant 3 : i32
        %row3 = memref.subview %in[3, 0] [1, 8] [1, 1] : memref<4x8xi32> to memref<1x8xi32, strided<[8, 1], offset: 24>>
        scf.for %i = %c0 to %c8 step %c1 {
          %v = memref.load %row3[%c0, %i] : memref<1x8xi32, strided<[8, 1], offset: 24>>
          %low = arith.andi %v, %mask : i32
          %case = arith.index_cast %low : i32 to index
          %p = memref.load %line[%i] : memref<8xi16>
          %p32 = arith.extsi %p : i16 to i32
          %r = scf.index_switch %case -> i32
          case 0 {
            scf.yield %p32 : i32
          }
          case 1 {
            %n = arith.subi %mask, %p32 : i32
            scf.yield %n : i32
          }
          default {
            %neg = arith.cmpi slt, %v, %mask : i32
            %small = arith.cmpi ult, %case, %c2 : index
            %both = arith.xori %neg, %small : i1
            %t32 = arith.extui %both : i1 to i32
            scf.yield %t32 : i32
          }
          %c32 = arith.constant 32 : index
          %at = arith.addi %i, %c32 : index
          memref.store %r, %out[%at] : memref<64xi32>
        }
        // the rest: a copy of a quarter, and zeros
        %tail = memref.subview %out[40] [16] [1] : memref<64xi32> to memref<16xi32, strided<[1], offset: 40>>
        %flat = memref.collapse_shape %in [[0, 1]] : memref<4x8xi32> into memref<32xi32>
        %quarter = memref.subview %flat[16] [16] [1] : memref<32xi32> to memref<16xi32, strided<[1], offset: 16>>
        memref.copy %quarter, %tail : memref<16xi32, strided<[1], offset: 16>> to memref<16xi32, strided<[1], offset: 40>>
        %zero = arith.constant 0 : i32
        scf.for %i = %c0 to %c8 step %c1 {
          %c56 = arith.constant 56 : index
          %at = arith.addi %i, %c56 : index
          memref.store %zero, %out[%at] : memref<64xi32>
          %last = arith.cmpi eq, %at, %c56 : index
          scf.if %last {
            %m = arith.maxui %zero, %mask : i32
            memref.store %m, %out[%at] : memref<64xi32>
          }
        }
        aie.objectfifo.release @a(Consume, 1)
        aie.objectfifo.release @b(Produce, 1)
      }
      aie.end
    }
    aie.runtime_sequence(%x: memref<3x32xi32>, %y: memref<3x64xi32>) {
      aiex.npu.dma_memcpy_nd(%x[0, 0, 0, 0][1, 1, 1, 96][0, 0, 0, 1]) {id = 0 : i64, metadata = @a} : memref<3x32xi32>
      aiex.npu.dma_memcpy_nd(%y[0, 0, 0, 0][1, 1, 1, 192][0, 0, 0, 1]) {id = 1 : i64, metadata = @b} : memref<3x64xi32>
      aiex.npu.dma_wait {symbol = @b}
    }
  }
}
