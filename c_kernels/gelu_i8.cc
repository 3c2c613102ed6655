// GELU on int8: there are 256 values, so a table holds the rounded result of each.
#include <stdint.h>

#include "gelu_i8_table.h"

// in, out: `count` int8 each, on the scales that gelu_i8.py defines.
extern "C" void gelu_i8(const int8_t *__restrict in, int8_t *__restrict out, int32_t count) {
  for (int32_t i = 0; i < count; i++) out[i] = kGelu[in[i] + 128];
}
