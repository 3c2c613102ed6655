// Log-mel features of several frames of one stretch of audio, each `hop` samples behind the one before it.
#include <stdint.h>

extern "C" void mel_kernel_simple(const int8_t *__restrict in, int8_t *__restrict out);

// in: (frames - 1) * hop + 400 little-endian int16 samples at 16 kHz. out: frames x 80 int8.
extern "C" void mel_batch(const int8_t *__restrict in, int8_t *__restrict out, int32_t frames, int32_t hop) {
  for (int32_t frame = 0; frame < frames; frame++) mel_kernel_simple(in + frame * 2 * hop, out + frame * 80);
}
