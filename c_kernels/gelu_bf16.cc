// GELU on bf16, x * Phi(x) with the normal distribution's Phi, as exact as bf16 can tell for every one of its values.
#include <stdint.h>

#include "bf16.h"

namespace {

constexpr float kFarthest = 14.0f;  // at -14, GELU is below the least bf16; at 14, x - GELU(x) is

// e^(t * t / 2) * Phi(-t) for t from 0 to 14 as a polynomial in 1 / (1 + t / 2), the highest power first: fitted to the least
// relative error, 1.3e-6.
constexpr float kTail[] = {
    -0.057796065f, 0.27516997f, -0.47619609f, 0.26312088f, 0.087148458f,
    0.20998988f, 0.19852903f, 3.4533626e-05f,
};

float scaled_tail(float t) {
  const float s = reciprocal(1.0f + 0.5f * t);
  float sum = 0.0f;
  for (const float coefficient : kTail) sum = sum * s + coefficient;
  return sum;
}

float gelu(float x) {
  const float t = x < 0.0f ? -x : x;
  if (!(t < kFarthest)) return x < 0.0f ? -0.0f : x;  // a NaN stays one
  const float tail = t * (exp_of_negative(-0.5f * (t * t)) * scaled_tail(t));  // t * t is exact: t has 8 bits
  return x < 0.0f ? -tail : x - tail;
}

}  // namespace

// in, out: `count` bf16 each.
extern "C" void gelu_bf16(const bf16 *__restrict in, bf16 *__restrict out, int32_t count) {
  for (int32_t i = 0; i < count; i++) out[i] = store(gelu(load(in[i])));
}
