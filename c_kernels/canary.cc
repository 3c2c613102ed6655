// The canary: hands every byte through unchanged. When it fails, the fault lies outside the kernels.
#include <stdint.h>

// in, out: `bytes` bytes each, not overlapping.
extern "C" void canary_passthrough(const int8_t *__restrict in, int8_t *__restrict out, int32_t bytes) {
  for (int32_t i = 0; i < bytes; i++) out[i] = in[i];
}
