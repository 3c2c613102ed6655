// One attention head on int8: softmax(Q K^T / sqrt(64)) V for Q, K and V of 64 rows of 64 elements.
//
// The work goes row by row: the stack holds one row of scores, one of weights and one of sums. All arithmetic is on 32-bit
// integers; the only division of a row makes the reciprocal of the sum of its weights. attention.py holds the same
// definition in float64 and derives the score shift.
#include <stdint.h>

namespace {

constexpr int kSize = 64;          // rows of Q, K and V, and elements of a row
constexpr int kProductBits = 8;    // fraction bits of q * k at the default scales of 1/16: 2 * log2(16)
constexpr int kDistanceBits = 11;  // fraction bits of the distance of a logit from the largest of its row
constexpr uint32_t kOne = 1u << 15;           // 1.0 as a weight
constexpr uint32_t kLog2E = 47274;            // log2(e), 15 fraction bits
constexpr int kExponentBits = kDistanceBits + 15;
constexpr uint32_t kFarthest = 24u << kDistanceBits;  // e^-24 is no weight, and 24 * log2(e) * 2^26 fits into 32 bits

// Sum of 64 products: at most 2^20.
int32_t dot(const int8_t *__restrict a, const int8_t *__restrict b) {
  int32_t sum = 0;
  for (int i = 0; i < kSize; i++) sum += a[i] * b[i];
  return sum;
}

// 2^-f, f and the result with 15 fraction bits: the best cubic that is 1 at 0 and 1/2 at 1, off by at most 4 steps.
uint32_t exp2_minus(uint32_t f) {
  uint32_t sum = 7579 - ((1298 * f) >> 15);
  sum = 22665 - ((sum * f) >> 15);
  return kOne - ((sum * f) >> 15);
}

// e^-distance as a weight, rounded to nearest; `distance` with kDistanceBits fraction bits.
uint32_t exp_minus(uint32_t distance) {
  if (distance >= kFarthest) return 0;
  const uint32_t exponent = distance * kLog2E;
  const uint32_t whole = exponent >> kExponentBits;
  if (whole > 16) return 0;
  const uint32_t mantissa = exp2_minus((exponent >> (kExponentBits - 15)) & (kOne - 1));
  return (2 * mantissa + (1u << whole)) >> (whole + 1);
}

// A distance with kDistanceBits + excess fraction bits, brought to kDistanceBits: rounded down, kFarthest at most.
uint32_t rescale(uint32_t distance, int32_t excess) {
  if (excess < 0) return distance > (kFarthest >> -excess) ? kFarthest : distance << -excess;
  distance >>= excess;
  return distance < kFarthest ? distance : kFarthest;
}

// Scores of one row (kDistanceBits + excess fraction bits) to weights (15 fraction bits) that add up to one but for rounding.
void softmax(const int32_t *__restrict scores, int16_t *__restrict weights, int32_t excess) {
  int32_t largest = scores[0];
  for (int j = 1; j < kSize; j++) largest = scores[j] > largest ? scores[j] : largest;

  uint32_t sum = 0;  // kOne to 64 * kOne
  uint32_t powers[kSize];
  for (int j = 0; j < kSize; j++) {
    powers[j] = exp_minus(rescale(static_cast<uint32_t>(largest - scores[j]), excess));
    sum += powers[j];
  }

  int exponent = 0;  // brings the sum to 16 bits, so that its reciprocal has 16 as well
  while ((sum >> exponent) >= 2 * kOne) exponent++;
  const uint32_t reciprocal = (1u << 31) / (sum >> exponent);
  const uint32_t half = 1u << (exponent + 15);
  for (int j = 0; j < kSize; j++) {
    const uint32_t weight = (powers[j] * reciprocal + half) >> (exponent + 16);
    weights[j] = static_cast<int16_t>(weight < kOne ? weight : kOne - 1);
  }
}

// sums[i] = sum over j of weights[j] * v[j][i]: 15 more fraction bits than v.
void weigh(const int16_t *__restrict weights, const int8_t *__restrict v, int32_t *__restrict sums) {
  for (int i = 0; i < kSize; i++) sums[i] = 0;
  for (int j = 0; j < kSize; j++) {
    if (weights[j] == 0) continue;
    for (int i = 0; i < kSize; i++) sums[i] += weights[j] * v[j * kSize + i];
  }
}

int32_t clamp(int32_t value, int32_t low, int32_t high) { return value < low ? low : value > high ? high : value; }

}  // namespace

// qkv: Q, K and V, 64 x 64 int8 each, row-major, one after the other (12288 bytes). out: 64 x 64 int8 on the scale of V (4096
// bytes). A logit is (q . k) / 2^(8 + score_shift): 3 divides by sqrt(64) at the default scales of 1/16 for Q and K.
extern "C" void attention_64x64(const int8_t *__restrict qkv, int8_t *__restrict out, int32_t score_shift) {
  const int8_t *const k = qkv + kSize * kSize;
  const int8_t *const v = k + kSize * kSize;
  // A distance has 21 bits at most: beyond these limits every distance but 0 is far, or every one is 0.
  const int32_t excess = clamp(score_shift, -28, 28) + kProductBits - kDistanceBits;
  for (int row = 0; row < kSize; row++) {
    int32_t scores[kSize];
    int16_t weights[kSize];
    int32_t sums[kSize];
    for (int j = 0; j < kSize; j++) scores[j] = dot(qkv + row * kSize, k + j * kSize);
    softmax(scores, weights, excess);
    weigh(weights, v, sums);
    for (int i = 0; i < kSize; i++) {
      out[row * kSize + i] = static_cast<int8_t>(clamp((sums[i] + (1 << 14)) >> 15, -128, 127));
    }
  }
}
