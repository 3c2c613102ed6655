// The steps of a larger int8 matrix product, tile by tile: clear the sums, add the product of two tiles for each tile of the
// depth, requantise. The sums stay in the core's memory between the calls. mlir/matmul_i8_tiled.py makes the design.
#include <stdint.h>

#include "fixed_point.h"

namespace {

constexpr int kTile = 64;  // rows, depth and columns of a tile

}  // namespace

// sums: 64 x 64 int32.
extern "C" void matmul_i8_clear(int32_t *__restrict sums) {
  for (int i = 0; i < kTile * kTile; i++) sums[i] = 0;
}

// sums += A B. a, b: 64 x 64 int8, row-major. No overflow up to a depth of 2^16, nor does `matmul_i8_store` overflow then.
extern "C" void matmul_i8_add(const int8_t *__restrict a, const int8_t *__restrict b, int32_t *__restrict sums) {
  for (int row = 0; row < kTile; row++) {
    int32_t *const line = sums + row * kTile;
    for (int k = 0; k < kTile; k++) {
      const int32_t left = a[row * kTile + k];
      for (int j = 0; j < kTile; j++) line[j] += left * b[k * kTile + j];
    }
  }
}

// c: 64 x 64 int8; a sum becomes sum * multiplier / 2^(15 + shift), rounded and saturated.
extern "C" void matmul_i8_store(const int32_t *__restrict sums, int8_t *__restrict c, int32_t multiplier, int32_t shift) {
  for (int i = 0; i < kTile * kTile; i++) c[i] = saturated(requantised(sums[i], multiplier, shift));
}
