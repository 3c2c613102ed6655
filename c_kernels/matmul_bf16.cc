// C = A B on bf16, 64 x 64 x 64: each element is summed in single precision, in the order of the depth, and rounded once.
#include <stdint.h>

#include "bf16.h"

namespace {

constexpr int kSize = 64;  // rows, depth and columns

}  // namespace

// a, b, c: 64 x 64 bf16 each, row-major. Products of bf16 are exact in single precision; sums start from 0.
extern "C" void matmul_bf16(const bf16 *__restrict a, const bf16 *__restrict b, bf16 *__restrict c) {
  for (int row = 0; row < kSize; row++) {
    float sums[kSize] = {};
    for (int k = 0; k < kSize; k++) {
      const float left = load(a[row * kSize + k]);
      for (int j = 0; j < kSize; j++) sums[j] += left * load(b[k * kSize + j]);
    }
    for (int j = 0; j < kSize; j++) c[row * kSize + j] = store(sums[j]);
  }
}
