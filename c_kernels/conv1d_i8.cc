// One-dimensional convolution with kernel 3 on int8, for the stem of Whisper's encoder.
#include <stdint.h>

#include "fixed_point.h"

namespace {

constexpr int kKernel = 3;

constexpr int32_t kLargestBias = 1 << 29;  // leaves room for the products of 10000 inputs

// A little-endian int32 from bytes, as parameters are one buffer of int8 whatever its alignment, limited to kLargestBias.
int32_t bias(const int8_t *bytes) {
  uint32_t bits = 0;
  for (int i = 3; i >= 0; i--) bits = bits << 8 | static_cast<uint8_t>(bytes[i]);
  const int32_t value = static_cast<int32_t>(bits);
  return value < -kLargestBias ? -kLargestBias : value > kLargestBias ? kLargestBias : value;
}

}  // namespace

// in: (frames - 1) * stride + 3 rows of `inputs` int8, one row a frame: the caller puts the padding before and behind.
// parameters: `outputs` int32 biases on the scale of the sums, then `outputs` x 3 x `inputs` int8 weights.
// out: frames x outputs int8. A sum with its bias becomes sum * multiplier / 2^(15 + shift), rounded and saturated.
extern "C" void conv1d_i8(const int8_t *__restrict in, const int8_t *__restrict parameters, int8_t *__restrict out,
                          int32_t frames, int32_t stride, int32_t inputs, int32_t outputs, int32_t multiplier,
                          int32_t shift) {
  const int32_t window = kKernel * inputs;  // three frames lie one behind the other, as do the weights of an output
  const int8_t *const weights = parameters + 4 * outputs;
  for (int32_t frame = 0; frame < frames; frame++) {
    const int8_t *const first = in + frame * stride * inputs;
    for (int32_t o = 0; o < outputs; o++) {
      const int8_t *const weight = weights + o * window;
      int32_t sum = bias(parameters + 4 * o);
      for (int32_t i = 0; i < window; i++) sum += first[i] * weight[i];
      out[frame * outputs + o] = saturated(requantised(sum, multiplier, shift));
    }
  }
}
