// bf16 on any processor: stored as the upper half of an IEEE single, computed with as single, the same bits everywhere.
//
// Kernels load bf16 exactly, add and multiply in single precision in the order that their comments state, and round once, to
// nearest and ties to even, when they store. That is well defined as long as the compiler neither fuses nor reorders: the
// host toolchain compiles with -ffp-contract=off, the pragma below says the same to Peano (a clang), and neither is given
// -ffast-math. Nothing here divides or calls libm. A core has no scalar floating-point unit: Peano turns each addition,
// multiplication and conversion of singles into a call of its runtime library, which is IEEE arithmetic with subnormals.
#ifndef BF16_H
#define BF16_H

#include <stdint.h>

#ifdef __clang__
#pragma STDC FP_CONTRACT OFF
#endif

using bf16 = uint16_t;

inline uint32_t bits_of(float value) {
  uint32_t bits;
  __builtin_memcpy(&bits, &value, sizeof bits);
  return bits;
}

inline float float_of(uint32_t bits) {
  float value;
  __builtin_memcpy(&value, &bits, sizeof value);
  return value;
}

inline float load(bf16 value) { return float_of(static_cast<uint32_t>(value) << 16); }

// To nearest, ties to even; beyond the largest bf16 to infinity. A NaN stays one, and becomes quiet.
inline bf16 store(float value) {
  const uint32_t bits = bits_of(value);
  if ((bits & 0x7fffffff) > 0x7f800000) return static_cast<bf16>((bits >> 16) | 0x40);
  return static_cast<bf16>((bits + 0x7fff + ((bits >> 16) & 1)) >> 16);
}

// 2^exponent for an exponent from -126 to 127.
inline float power_of_two(int32_t exponent) { return float_of(static_cast<uint32_t>(exponent + 127) << 23); }

// e^x for x up to 0, within 3e-7 of it (relatively, while it is no subnormal); 0 below -104, and for a NaN.
inline float exp_of_negative(float x) {
  constexpr float kLog2E = 1.44269502f;
  constexpr float kLn2High = 0.693145752f;  // 16 bits, so its product with a whole number below 256 is exact
  constexpr float kLn2Low = 1.42860677e-6f;
  if (!(x >= -104.0f)) return 0.0f;
  const int32_t whole = static_cast<int32_t>(x * kLog2E - 0.5f);  // towards 0, so to the nearest
  const float rest = (x - static_cast<float>(whole) * kLn2High) - static_cast<float>(whole) * kLn2Low;
  // Taylor's polynomial: |rest| <= ln(2) / 2, so the first term left out is below 1.3e-7.
  float sum = 1.38888889e-3f;
  sum = sum * rest + 8.33333377e-3f;
  sum = sum * rest + 4.16666679e-2f;
  sum = sum * rest + 1.66666672e-1f;
  sum = sum * rest + 0.5f;
  sum = sum * rest + 1.0f;
  sum = sum * rest + 1.0f;
  const int32_t half = whole / 2;  // in two steps: 2^whole itself may be below the least normal number
  return sum * power_of_two(half) * power_of_two(whole - half);
}

// 1 / x for a normal x from 2^-125 to 2^125, within 2e-7 (relatively): three steps of Newton's method, each squaring the
// error of the first guess (12 %), which a subtraction from the exponent gives.
inline float reciprocal(float x) {
  float guess = float_of(0x7ef311c7u - bits_of(x));
  for (int step = 0; step < 3; step++) guess = guess * (2.0f - x * guess);
  return guess;
}

// 1 / sqrt(x) for a normal x > 0, within 3e-7 (relatively): as above, from a guess that is off by 3.5 %.
inline float reciprocal_sqrt(float x) {
  float guess = float_of(0x5f3759dfu - (bits_of(x) >> 1));
  for (int step = 0; step < 3; step++) guess = guess * (1.5f - (0.5f * x) * guess * guess);
  return guess;
}

#endif
