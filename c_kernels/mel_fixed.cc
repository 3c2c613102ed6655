// Log-mel features of one frame as Whisper defines them: 400 int16 samples to 80 int8, half a decibel a step (mel.py defines
// them in float64).
//
// The 400 real samples go through the FFT as 200 complex ones, in 32-bit integers. They get 15 fraction bits, so full scale
// is 2^30; each stage of radix 5 drops two of these bits and each of radix 2 one, which leaves 8 in the bins.
//
// Nothing overflows. After a stage whose DFTs have n points, a value is a sum over n evenly spaced pairs of samples, rotated.
// The window at these 2n samples adds up to n, so the value is at most n * 2^30 over what was dropped: 5/4, 25/16, 50/32,
// 100/64 and 200/128 of 2^30. What a stage adds up on its way consists of the same samples, and a bin of all 400, so nothing
// is larger than 1.5625 * 2^30, which leaves a fifth of 2^31 for rounding.
//
// The stack holds the 1600 bytes of the complex numbers. Band powers get a common exponent per band, so quiet bands are as
// exact as loud ones.
#include <stdint.h>

#include "fixed_point.h"
#include "mel_tables.h"

namespace {

constexpr int kPoints = kSamples / 2;  // of the complex FFT

struct Complex {
  int32_t re, im;
};

Complex operator+(Complex a, Complex b) { return {a.re + b.re, a.im + b.im}; }
Complex operator-(Complex a, Complex b) { return {a.re - b.re, a.im - b.im}; }
Complex times_i(Complex z) { return {-z.im, z.re}; }
Complex shifted(Complex z, int shift) { return {rounded_shift(z.re, shift), rounded_shift(z.im, shift)}; }

int32_t cosine(int step) { return kSine[step + kSamples / 4]; }

// a * w / 2^30 for |a| < 1.9 * 2^30 and |w| <= 2^30, in 32 bits: without the product of the low halves, so off by 1.5 at most.
int32_t scaled(int32_t a, int32_t w) {
  const int32_t high = (w + 0x4000) >> 15;
  const int32_t low = w - high * 0x8000;
  return (a >> 15) * high + (((a & 0x7fff) * high + 0x4000) >> 15) + (((a >> 15) * low + 0x4000) >> 15);
}

// z * e^(-2 pi i step / 400), step from 0 to 399.
Complex rotated(Complex z, int step) {
  return {scaled(z.re, cosine(step)) + scaled(z.im, kSine[step]), scaled(z.im, cosine(step)) - scaled(z.re, kSine[step])};
}

// a * v + b * w for two factors v and w with 30 fraction bits.
Complex mixed(Complex a, int32_t v, Complex b, int32_t w) {
  return {scaled(a.re, v) + scaled(b.re, w), scaled(a.im, v) + scaled(b.im, w)};
}

// Sample n times the window, with 15 fraction bits.
int32_t windowed(const int8_t *in, int n) {
  const int32_t sample = static_cast<uint8_t>(in[2 * n]) + 256 * in[2 * n + 1];
  return scaled(sample * (1 << 15), (1 << 29) - cosine(n) / 2);
}

// Even samples as real, odd ones as imaginary parts, in the order that the FFT starts from.
void load(const int8_t *in, Complex *z) {
  for (int i = 0; i < kPoints; i++) {
    const int pair = kOrder[i];
    z[i] = {windowed(in, 2 * pair), windowed(in, 2 * pair + 1)};
  }
}

// The DFT of 2 points, `size` apart, in place.
void butterfly2(Complex *z, int size) {
  const Complex sum = z[0] + z[size];
  z[size] = z[0] - z[size];
  z[0] = sum;
}

// The DFT of 5 points, `size` apart, in place: outputs 1 and 4 are the sum and the difference of two parts, 2 and 3 as well.
void butterfly5(Complex *z, int size) {
  const int32_t cosine1 = cosine(kSamples / 5), cosine2 = cosine(2 * kSamples / 5);
  const int32_t sine1 = kSine[kSamples / 5], sine2 = kSine[2 * kSamples / 5];
  const Complex outer = z[size] + z[4 * size], outer_odd = z[size] - z[4 * size];
  const Complex inner = z[2 * size] + z[3 * size], inner_odd = z[2 * size] - z[3 * size];

  const Complex even1 = z[0] + mixed(outer, cosine1, inner, cosine2);
  const Complex even2 = z[0] + mixed(outer, cosine2, inner, cosine1);
  const Complex odd1 = times_i(mixed(outer_odd, sine1, inner_odd, sine2));
  const Complex odd2 = times_i(mixed(outer_odd, sine2, inner_odd, -sine1));
  z[0] = z[0] + outer + inner;
  z[size] = even1 - odd1;
  z[2 * size] = even2 - odd2;
  z[3 * size] = even2 + odd2;
  z[4 * size] = even1 + odd1;
}

// Decimation in time, in place: from DFTs of `size` points to DFTs of kRadix * size, whose roots are `step` of 400 apart.
template <int kRadix>
void stage(Complex *z, int size, int step) {
  constexpr int kDropped = kRadix / 2;  // fraction bits
  for (int k = 0; k < size; k++) {
    for (int i = k; i < kPoints; i += kRadix * size) {
      z[i] = shifted(z[i], kDropped);
      for (int j = 1; j < kRadix; j++) z[i + j * size] = shifted(rotated(z[i + j * size], j * k * step), kDropped);
      if constexpr (kRadix == 2) butterfly2(z + i, size);
      if constexpr (kRadix == 5) butterfly5(z + i, size);
    }
  }
}

void transform(Complex *z) {
  stage<5>(z, 1, 80);
  stage<5>(z, 5, 16);
  stage<2>(z, 25, 8);
  stage<2>(z, 50, 4);
  stage<2>(z, 100, 2);
}

// Bins 1 to 199 of the real FFT, up to the sign of the imaginary part, from the complex FFT of its even and odd samples.
// Bins 0 and 200 have no weight in any band.
void split(Complex *z) {
  for (int k = 1; k < kPoints / 2; k++) {
    const Complex mirror = {z[kPoints - k].re, -z[kPoints - k].im};
    const Complex even = shifted(z[k] + mirror, 1);
    const Complex odd = rotated(times_i(shifted(mirror - z[k], 1)), k);
    z[k] = even + odd;
    z[kPoints - k] = even - odd;
  }
}

int bit_length(uint32_t value) {
  int bits = 0;
  while (bits < 32 && (value >> bits) != 0) bits++;
  return bits;
}

// log2(value) with kLogBits fraction bits, value at least 1.
int32_t binary_log(uint32_t value) {
  const int whole = bit_length(value) - 1;
  const uint32_t mantissa = (value << (31 - whole)) & 0x7fffffff;
  const int index = static_cast<int>(mantissa >> 26);
  const int32_t fraction = (mantissa >> 10) & 0xffff;
  return whole * (1 << kLogBits) + kLog2[index] + (((kLog2[index + 1] - kLog2[index]) * fraction) >> 16);
}

// The bits that any part of the bins from `first` to before `last` uses.
uint32_t used_bits(const Complex *z, int first, int last) {
  uint32_t used = 0;
  for (int k = first; k < last; k++) {
    used |= static_cast<uint32_t>(z[k].re < 0 ? -z[k].re : z[k].re);
    used |= static_cast<uint32_t>(z[k].im < 0 ? -z[k].im : z[k].im);
  }
  return used;
}

// |z|^2 * weight / 2^19, for parts and a weight up to 2^15.
uint32_t weighted_power(Complex z, uint32_t weight) {
  const uint32_t power = static_cast<uint32_t>(z.re * z.re) + static_cast<uint32_t>(z.im * z.im);
  return ((power >> 16) * weight + (((power & 0xffff) * weight) >> 16)) >> 3;
}

int8_t band(const Complex *z, int b) {
  const int first = kFirstBin[b];
  const int centre = kFirstBin[b + 1];
  const int last = kFirstBin[b + 2];
  const uint32_t used = used_bits(z, first, last);
  if (used == 0) return -128;

  const int shift = bit_length(used) - 15;  // parts up to 2^15: powers up to 2^31, and at most 14 weighted ones up to 2^27
  uint32_t sum = 0;
  for (int k = first; k < last; k++) {
    const int32_t weight = k < centre ? kRise[k] : (1 << 15) - kRise[k];
    sum += weighted_power(shifted(z[k], shift), static_cast<uint32_t>(weight));
  }
  if (sum == 0) return -128;

  const int exponent = 19 - 15 + 2 * shift;  // of `sum`: that of weighted_power, the weight's fraction, the common shift
  const int32_t logarithm = binary_log(sum) + exponent * (1 << kLogBits) + kBandLog[b];
  return saturated(rounded_shift(logarithm * kStepsPerOctave, kLogBits + 10) + kStepOfOne);
}

}  // namespace

// in: 400 little-endian int16 samples at 16 kHz (800 bytes). out: 80 int8.
extern "C" void mel_kernel_simple(const int8_t *__restrict in, int8_t *__restrict out) {
  Complex z[kPoints];
  load(in, z);
  transform(z);
  split(z);
  for (int b = 0; b < kBands; b++) out[b] = band(z, b);
}
