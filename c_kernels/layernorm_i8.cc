// Layer norm of rows of int8 on 32-bit integers: (x - mean) / sqrt(variance + epsilon) * gain + bias.
//
// Distances from the mean get as many fraction bits as the range of their row leaves room for, so a row of few steps is
// normalised as exactly as one that uses them all. layernorm_i8.py defines the scales and derives the last two scalars.
#include <stdint.h>

#include "fixed_point.h"

namespace {

constexpr int kNormalBits = 12;   // fraction bits of a normalised element; its whole part is below 32
constexpr int kEpsilonBits = 16;  // fraction bits of epsilon
constexpr int kMostBits = 11;     // fraction bits of a distance, at most
constexpr int32_t kWidest = 4095;  // range of a row in distances: the squares of 1024 of them add up to less than 2^32

// The whole part of sqrt(value), bit by bit.
uint32_t square_root(uint32_t value) {
  uint32_t root = 0;
  for (uint32_t bit = 1u << 30; bit != 0; bit >>= 2) {
    const uint32_t trial = root + bit;
    root >>= 1;
    if (value < trial) continue;
    value -= trial;
    root += bit;
  }
  return root;
}

// Shifts `value`, which is not 0, by pairs of bits to at least 2^30, and counts the pairs.
uint32_t widened(uint32_t value, int32_t &pairs) {
  for (; value < 1u << 30; value <<= 2) pairs++;
  return value;
}

// How to make a distance from the mean a normalised element.
struct Norm {
  int32_t bits;        // fraction bits of a distance
  int32_t mean;        // with `bits` fraction bits
  int32_t reciprocal;  // of the deviation: 16 bits, with this many more bits than a normalised element:
  int32_t shift;
};

// The sum of squared distances from the mean, of at least 1 (then all distances are 0), with 2 * bits fraction bits.
uint32_t squares(const int8_t *__restrict row, int32_t columns, int32_t epsilon, const Norm &norm) {
  uint32_t sum = 0;
  for (int32_t i = 0; i < columns; i++) {
    const int32_t distance = row[i] * (1 << norm.bits) - norm.mean;
    sum += static_cast<uint32_t>(distance * distance);
  }
  const int32_t excess = kEpsilonBits - 2 * norm.bits;
  const uint32_t share = static_cast<uint32_t>(columns * epsilon);
  sum += excess > 0 ? share >> excess : share << -excess;
  return sum != 0 ? sum : 1;
}

Norm norm_of(const int8_t *__restrict row, int32_t columns, int32_t epsilon) {
  int32_t sum = 0;
  int32_t least = row[0];
  int32_t most = row[0];
  for (int32_t i = 0; i < columns; i++) {
    sum += row[i];
    least = row[i] < least ? row[i] : least;
    most = row[i] > most ? row[i] : most;
  }
  Norm norm = {kMostBits, 0, 0, 0};
  while ((most - least) << norm.bits > kWidest) norm.bits--;
  const int32_t scaled = sum * (1 << norm.bits);
  norm.mean = (2 * scaled + (scaled < 0 ? -columns : columns)) / (2 * columns);  // rounded to nearest

  // The variance with 20 significant bits at least, and its root with 16; each pair of bits doubles the root.
  int32_t pairs = 0;
  const uint32_t wide = widened(squares(row, columns, epsilon, norm), pairs);
  const uint32_t variance = widened(wide / static_cast<uint32_t>(columns), pairs);
  norm.reciprocal = static_cast<int32_t>((1u << 31) / square_root(variance));
  norm.shift = 31 - kNormalBits - pairs;
  return norm;
}

}  // namespace

// in, out: rows x columns int8, row-major, with 1 to 1024 columns. parameters: `columns` gains, then as many biases on the
// scale of the output. epsilon: in squared steps of the input, 16 fraction bits, up to 2^13. A normalised element times its gain
// is divided by 2^(gain_shift - 12), with a gain_shift from 1 to 24.
extern "C" void layernorm_i8(const int8_t *__restrict in, const int8_t *__restrict parameters, int8_t *__restrict out,
                             int32_t rows, int32_t columns, int32_t epsilon, int32_t gain_shift) {
  const int8_t *const biases = parameters + columns;
  for (int32_t row = 0; row < rows; row++, in += columns, out += columns) {
    const Norm norm = norm_of(in, columns, epsilon);
    for (int32_t i = 0; i < columns; i++) {
      const int32_t distance = in[i] * (1 << norm.bits) - norm.mean;
      const int32_t normal = rounded_shift(distance * norm.reciprocal, norm.shift);
      out[i] = saturated(rounded_shift(normal * parameters[i], gain_shift) + biases[i]);
    }
  }
}
