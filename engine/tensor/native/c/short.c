/*
 * Tensors of 16-bit integers from real numbers and back, and as bytes (../../kernels/short.ts; its frames of 16 bits are
 * as fast there).
 */
#include "activation.h"
#include "integer_end.h"
#include <string.h>

/* Elements of one unit of work. */
#define BLOCK 8192

/* Real numbers as integers: round(clamp(x / scale, low, high)), 0 for NaN; half-way by `ties`. */
typedef struct {
  floats scale, low, high;
  int32_t ties;
} format;

/* The format that begins at an argument. */
#define FORMAT(i) {v_splat(NUMBER(i)), v_splat(INTEGER((i) + 1)), v_splat(INTEGER((i) + 2)), INTEGER((i) + 3)}

INLINE integers quantized(floats x, const format *f) {
  x = v_div(x, f->scale);
  const lane_mask nan = v_is_nan(x);
  const floats value = v_pmin(v_pmax(x, f->low), f->high);
  integers whole;
  if (f->ties == EVEN) {
    whole = v_to_integers(value);
  } else if (f->ties == UP) {
    whole = nearest_up(value);
  } else {
    const integers sign = v_shift_right(v_bits(value), 31);
    whole = v_sub_integers(v_xor(nearest_up(v_absolute(value)), sign), sign);
  }
  return v_choose(nan, v_splat_integer(0), whole);
}

/* LANES integers of 16 bits as numbers of 32, and back, cut; of the last `left`. */
#if LANES == 16
INLINE floats reals_at(const int16_t *p, int32_t left) {
  return v_to_floats(_mm512_cvtepi16_epi32(s_load(p, left)));
}
INLINE void store_shorts(int16_t *p, int32_t left, integers v) { s_store(p, left, _mm512_cvtsepi32_epi16(v)); }
#else
INLINE floats reals_at(const int16_t *p, int32_t left) {
  if (left >= 8) return v_to_floats(_mm256_cvtepi16_epi32(_mm_loadu_si128((const __m128i *)p)));
  return v_to_floats(_mm256_cvtepi16_epi32(_mm256_castsi256_si128(s_load(p, left))));
}
INLINE void store_shorts(int16_t *p, int32_t left, integers v) {
  const __m128i cut = _mm_packs_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256(v, 1));
  if (left >= 8) _mm_storeu_si128((__m128i *)p, cut);
  else s_store(p, left, _mm256_castsi128_si256(cut));
}
#endif

/* Units: blocks. */
KERNEL(quantizeShorts) {
  ARGUMENTS;
  const float *x = (const float *)POINTER(0);
  int16_t *y = (int16_t *)POINTER(1);
  const format f = FORMAT(3);
  const int32_t last = least(end * BLOCK, INTEGER(2));
  for (int32_t i = begin * BLOCK; i < last; i += LANES) {
    store_shorts(y + i, last - i, quantized(v_load_masked(x + i, m_first(last - i)), &f));
  }
}

/* Units: blocks. */
KERNEL(addShorts) {
  ARGUMENTS;
  const int32_t code = INTEGER(0), last = least(end * BLOCK, INTEGER(4));
  const int16_t *a = (const int16_t *)POINTER(1), *b = (const int16_t *)POINTER(2);
  int16_t *y = (int16_t *)POINTER(3);
  const floats sa = v_splat(NUMBER(5)), sb = v_splat(NUMBER(6));
  const format f = FORMAT(7);
  for (int32_t i = begin * BLOCK; i < last; i += LANES) {
    const int32_t left = last - i;
    const floats sum = v_add(v_mul(reals_at(a + i, left), sa), v_mul(reals_at(b + i, left), sb));
    store_shorts(y + i, left, quantized(activated(code, sum), &f));
  }
}

/* Cells of a partial sum. */
#define RUN 32

/* Units: images. */
KERNEL(averageShorts) {
  ARGUMENTS;
  const int16_t *x = (const int16_t *)POINTER(0);
  int16_t *y = (int16_t *)POINTER(1);
  const int32_t cells = INTEGER(2), channels = INTEGER(3);
  const floats scale = v_splat(NUMBER(4)), divisor = v_splat(cells);
  const format f = FORMAT(5);
  for (int64_t image = begin; image < end; image++) {
    for (int32_t c = 0; c < channels; c += LANES) {
      const int16_t *p = x + image * cells * channels + c;
      floats total = v_splat(0);
      for (int32_t first = 0; first < cells; first += RUN) {
        floats part = v_splat(0);
        for (int32_t i = first; i < least(first + RUN, cells); i++, p += channels) {
          part = v_add(part, v_mul(reals_at(p, channels - c), scale));
        }
        total = v_add(total, part);
      }
      store_shorts(y + image * channels + c, channels - c, quantized(v_div(total, divisor), &f));
    }
  }
}

/* Units: blocks. */
KERNEL(realsOfShorts) {
  ARGUMENTS;
  const int16_t *x = (const int16_t *)POINTER(0);
  float *y = (float *)POINTER(1);
  const int32_t last = least(end * BLOCK, INTEGER(2));
  const floats scale = v_splat(NUMBER(3));
  for (int32_t i = begin * BLOCK; i < last; i += LANES) {
    v_store_masked(y + i, m_first(last - i), v_mul(reals_at(x + i, last - i), scale));
  }
}

/* Integers less `low` as bytes. */
INLINE void bytes_of(const int16_t *from, int64_t n, int32_t low, uint8_t *to) {
  const __m256i lowest = _mm256_set1_epi16(low);
  int64_t i = 0;
  for (; i + 32 <= n; i += 32) {
    const __m256i a = _mm256_sub_epi16(s_load(from + i, 16), lowest);
    const __m256i b = _mm256_sub_epi16(s_load(from + i + 16, 16), lowest);
    s_store(to + i, 16, _mm256_permute4x64_epi64(_mm256_packus_epi16(a, b), 0xd8));
  }
  for (; i < n; i++) to[i] = from[i] - low;
}

/* Units: rows of all images. */
KERNEL(frameBytes) {
  ARGUMENTS;
  const int32_t out_height = INTEGER(1), out_width = INTEGER(2), height = INTEGER(4), width = INTEGER(5);
  const int64_t pixel = INTEGER(6);
  const int32_t top = INTEGER(7), left = INTEGER(8), low = INTEGER(9);
  const int64_t line = pixel * out_width, before = pixel * left;
  const int64_t copied = pixel * most(least(width, out_width - left), 0);
  for (int64_t unit = begin; unit < end; unit++) {
    const int64_t image = unit / out_height, y = unit - image * out_height - top;
    uint8_t *to = POINTER(0) + unit * line;
    if (y < 0 || y >= height) {
      memset(to, -low, line);
      continue;
    }
    memset(to, -low, before);
    bytes_of((const int16_t *)POINTER(3) + (image * height + y) * width * pixel, copied, low, to + before);
    memset(to + before + copied, -low, line - before - copied);
  }
}
