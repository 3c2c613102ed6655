// Layer norm of rows of bf16: (x - mean) / sqrt(variance + 1e-5) * gain + bias.
#include <stdint.h>

#include "bf16.h"

namespace {

constexpr float kEpsilon = 1e-5f;

}  // namespace

// in, out: rows x columns bf16, row-major. parameters: `columns` gains, then as many biases. Sums go from left to right, in
// single precision, over distances from the first element of a row: an offset that all elements share costs no digits.
extern "C" void layernorm_bf16(const bf16 *__restrict in, const bf16 *__restrict parameters, bf16 *__restrict out,
                               int32_t rows, int32_t columns) {
  const bf16 *const biases = parameters + columns;
  const float share = reciprocal(static_cast<float>(columns));
  for (int32_t row = 0; row < rows; row++, in += columns, out += columns) {
    const float first = load(in[0]);
    float sum = 0.0f;
    for (int32_t i = 0; i < columns; i++) sum += load(in[i]) - first;
    const float mean = sum * share;  // as a distance from the first element
    float squares = 0.0f;
    for (int32_t i = 0; i < columns; i++) {
      const float distance = (load(in[i]) - first) - mean;
      squares += distance * distance;
    }
    const float scale = reciprocal_sqrt(squares * share + kEpsilon);
    for (int32_t i = 0; i < columns; i++) {
      const float normal = ((load(in[i]) - first) - mean) * scale;
      out[i] = store(normal * load(parameters[i]) + load(biases[i]));
    }
  }
}
