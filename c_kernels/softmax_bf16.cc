// Softmax of rows of bf16: e^(x - largest) over the sum of these, which is added up in single precision, from left to right.
#include <stdint.h>

#include "bf16.h"

// in, out: rows x columns bf16, row-major. An element of -infinity gets the weight 0; a row needs one that is finite, and none
// that is +infinity or NaN. Each power is made twice, so that no row has to be kept in single precision.
extern "C" void softmax_bf16(const bf16 *__restrict in, bf16 *__restrict out, int32_t rows, int32_t columns) {
  for (int32_t row = 0; row < rows; row++, in += columns, out += columns) {
    float largest = load(in[0]);
    for (int32_t i = 1; i < columns; i++) {
      const float value = load(in[i]);
      largest = value > largest ? value : largest;
    }
    float sum = 0.0f;  // at least 1: the largest gives e^0
    for (int32_t i = 0; i < columns; i++) sum += exp_of_negative(load(in[i]) - largest);
    const float scale = reciprocal(sum);
    for (int32_t i = 0; i < columns; i++) out[i] = store(exp_of_negative(load(in[i]) - largest) * scale);
  }
}
