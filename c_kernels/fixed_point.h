// Fixed-point arithmetic that the int8 kernels share: 32 bits wide, rounding to nearest, halves upwards.
#ifndef FIXED_POINT_H
#define FIXED_POINT_H

#include <stdint.h>

inline int8_t saturated(int32_t value) { return static_cast<int8_t>(value < -128 ? -128 : value > 127 ? 127 : value); }

// value / 2^shift, for a shift from -31 to 30 that keeps it within 31 bits.
inline int32_t rounded_shift(int32_t value, int32_t shift) {
  if (shift <= 0) return value * (1 << -shift);
  return (value + (1 << (shift - 1))) >> shift;
}

// value * multiplier / 2^(15 + shift), rounded once, for |value| < 2^30, 0 <= multiplier < 2^15 and a shift from 0 to 30.
// The product has up to 45 bits, so it is made of two: what the low 15 bits of `value` add is cut off exactly where the
// final shift would. quantise.py makes the two numbers of a scale.
inline int32_t requantised(int32_t value, int32_t multiplier, int32_t shift) {
  const int32_t product = (value >> 15) * multiplier + (((value & 0x7fff) * multiplier) >> 15);
  return rounded_shift(product, shift);
}

#endif
