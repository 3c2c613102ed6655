// C = A B on int8, 64 x 64 x 64, with 32-bit sums that are requantised once. matmul_i8.py derives multiplier and shift.
#include <stdint.h>

#include "fixed_point.h"

namespace {

constexpr int kSize = 64;  // rows, depth and columns

}  // namespace

// a, b, c: 64 x 64 int8 each, row-major. A sum of products becomes sum * multiplier / 2^(15 + shift), rounded and saturated.
extern "C" void matmul_i8(const int8_t *__restrict a, const int8_t *__restrict b, int8_t *__restrict c, int32_t multiplier,
                          int32_t shift) {
  for (int row = 0; row < kSize; row++) {
    int32_t sums[kSize] = {};  // at most 2^20
    for (int k = 0; k < kSize; k++) {
      const int32_t left = a[row * kSize + k];
      for (int j = 0; j < kSize; j++) sums[j] += left * b[k * kSize + j];
    }
    for (int j = 0; j < kSize; j++) c[row * kSize + j] = saturated(requantised(sums[j], multiplier, shift));
  }
}
