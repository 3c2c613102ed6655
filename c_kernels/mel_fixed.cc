// Log-mel features of one frame: 400 int16 samples to 80 int8, half a decibel a step (mel.py defines them in float64).
//
// The 512 real samples (400 and zeros) go through the FFT as 256 complex ones, in 32-bit integers that keep 6 fraction bits
// and never overflow: a bin of 400 windowed samples stays below 200 * 2^15 * 2^6 < 2^29. The stack holds these 2 KiB.
// Band powers get a common exponent per band, so quiet bands are as exact as loud ones.
#include <stdint.h>

#include "mel_tables.h"

namespace {

constexpr int kPoints = kFft / 2;  // of the complex FFT
constexpr int kHalfPointsLog = 7;  // log2(kPoints / 2)

struct Spectrum {
  int32_t re[kPoints];
  int32_t im[kPoints];
};

struct Complex {
  int32_t re, im;
};

// a * w / 2^30 for |a| < 2^30 and |w| <= 2^30, in 32 bits: without the product of the two low halves, so off by one at most.
int32_t scaled(int32_t a, int32_t w) {
  const int32_t high = (w + 0x4000) >> 15;
  const int32_t low = w - high * 0x8000;
  return (a >> 15) * high + (((a & 0x7fff) * high + 0x4000) >> 15) + (((a >> 15) * low + 0x4000) >> 15);
}

// z * e^(-2 pi i step / 512), step from 0 to 255.
Complex rotated(Complex z, int step) {
  const int32_t cosine = kSine[step + kFft / 4];
  const int32_t sine = kSine[step];
  return {scaled(z.re, cosine) + scaled(z.im, sine), scaled(z.im, cosine) - scaled(z.re, sine)};
}

int reversed_bits(int index) {
  int reversed = 0;
  for (int bit = 0; bit <= kHalfPointsLog; bit++) reversed |= ((index >> bit) & 1) << (kHalfPointsLog - bit);
  return reversed;
}

// Sample n times the window, with kGuardBits fraction bits; zero behind the frame.
int32_t windowed(const int8_t *in, int n) {
  if (n >= kSamples) return 0;
  const int32_t sample = static_cast<uint8_t>(in[2 * n]) + 256 * in[2 * n + 1];
  const int32_t weight = kWindow[n <= kSamples / 2 ? n : kSamples - n];
  return scaled(sample * (1 << kGuardBits), weight);
}

// Even samples as real, odd ones as imaginary parts, in the order that the FFT starts from.
void load(const int8_t *in, Spectrum &z) {
  for (int n = 0; n < kPoints; n++) {
    const int place = reversed_bits(n);
    z.re[place] = windowed(in, 2 * n);
    z.im[place] = windowed(in, 2 * n + 1);
  }
}

// Radix 2, decimation in time, in place, without scaling.
void transform(Spectrum &z) {
  for (int half = 1; half < kPoints; half *= 2) {
    for (int k = 0; k < half; k++) {
      for (int i = k; i < kPoints; i += 2 * half) {
        const Complex turned = rotated({z.re[i + half], z.im[i + half]}, k * (kPoints / half));
        z.re[i + half] = z.re[i] - turned.re;
        z.im[i + half] = z.im[i] - turned.im;
        z.re[i] += turned.re;
        z.im[i] += turned.im;
      }
    }
  }
}

// The first 256 bins of the real FFT, up to the sign of the imaginary part, from the complex FFT of its even and odd samples.
void split(Spectrum &z) {
  z.re[0] += z.im[0];
  z.im[0] = 0;
  for (int k = 1; k < kPoints / 2; k++) {
    const int mirror = kPoints - k;
    const Complex even = {(z.re[k] + z.re[mirror]) / 2, (z.im[k] - z.im[mirror]) / 2};
    const Complex odd = rotated({(z.im[k] + z.im[mirror]) / 2, (z.re[mirror] - z.re[k]) / 2}, k);
    z.re[k] = even.re + odd.re;
    z.im[k] = even.im + odd.im;
    z.re[mirror] = even.re - odd.re;
    z.im[mirror] = even.im - odd.im;
  }
}

int bit_length(uint32_t value) {
  int bits = 0;
  while (bits < 32 && (value >> bits) != 0) bits++;
  return bits;
}

// v / 2^shift, for |v| < 2^(15 + shift).
int32_t shifted(int32_t v, int shift) { return shift >= 0 ? v >> shift : v * (1 << -shift); }

// log2(value) with kLogBits fraction bits, value at least 1.
int32_t binary_log(uint32_t value) {
  const int whole = bit_length(value) - 1;
  const uint32_t mantissa = (value << (31 - whole)) & 0x7fffffff;
  const int index = static_cast<int>(mantissa >> 26);
  const int32_t fraction = (mantissa >> 10) & 0xffff;
  return whole * (1 << kLogBits) + kLog2[index] + (((kLog2[index + 1] - kLog2[index]) * fraction) >> 16);
}

// The bits that any part of the bins from `first` to before `last` uses.
uint32_t used_bits(const Spectrum &z, int first, int last) {
  uint32_t used = 0;
  for (int k = first; k < last; k++) {
    used |= static_cast<uint32_t>(z.re[k] < 0 ? -z.re[k] : z.re[k]);
    used |= static_cast<uint32_t>(z.im[k] < 0 ? -z.im[k] : z.im[k]);
  }
  return used;
}

int8_t band(const Spectrum &z, int b) {
  const int first = kFirstBin[b];
  const int centre = kFirstBin[b + 1];
  const int last = kFirstBin[b + 2];
  const uint32_t used = used_bits(z, first, last);
  if (used == 0) return -128;

  const int shift = bit_length(used) - 15;  // parts of 15 bits: powers of 31, weighted sums of 31 as well
  uint32_t sum = 0;
  for (int k = first; k < last; k++) {
    const int32_t re = shifted(z.re[k], shift);
    const int32_t im = shifted(z.im[k], shift);
    const uint32_t power = (static_cast<uint32_t>(re * re) + static_cast<uint32_t>(im * im)) >> 16;
    const int32_t weight = k < centre ? kRise[k] : (1 << 15) - kRise[k];
    sum += (power * static_cast<uint32_t>(weight)) >> 3;
  }
  if (sum == 0) return -128;

  const int exponent = 16 + 3 - 15 + 2 * shift;  // of `sum`: the two shifts above, the weight's fraction, the common shift
  const int32_t logarithm = binary_log(sum) + exponent * (1 << kLogBits) + kBandLog[b];
  const int32_t step = ((logarithm * kStepsPerOctave + (1 << (kLogBits + 9))) >> (kLogBits + 10)) + kStepOfOne;
  return static_cast<int8_t>(step > 127 ? 127 : step < -128 ? -128 : step);
}

}  // namespace

// in: 400 little-endian int16 samples at 16 kHz (800 bytes). out: 80 int8.
extern "C" void mel_kernel_simple(const int8_t *__restrict in, int8_t *__restrict out) {
  Spectrum z;
  load(in, z);
  transform(z);
  split(z);
  for (int b = 0; b < kBands; b++) out[b] = band(z, b);
}
