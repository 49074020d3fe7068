/*
 * Panels of native kernels: 16 columns each, so that a row of a panel is one vector of AVX-512 or two of AVX2; and what
 * products do to their sums on the way out (../../kernels/products/epilogue.ts).
 */
#include "lanes.h"

#define PANEL 16

/* Added to an activation (0 linear, 1 relu, 2 relu6): the table holds normalisations. */
#define NORM 4

/* The table's four vectors or the bias for LANES columns, and the code. */
typedef struct {
  floats bias, mean, scale, beta, low, high;
  int32_t code;
  int has_bias;
} epilogue;

/* Four groups of four floats, each `step` floats behind the one before, side by side. */
INLINE floats load_groups(const float *p, int64_t step, int32_t left) {
#if LANES == 16
  __m512 v = _mm512_zextps128_ps512(_mm_loadu_ps(p));
  if (left > 4) v = _mm512_insertf32x4(v, _mm_loadu_ps(p + step), 1);
  if (left > 8) v = _mm512_insertf32x4(v, _mm_loadu_ps(p + 2 * step), 2);
  if (left > 12) v = _mm512_insertf32x4(v, _mm_loadu_ps(p + 3 * step), 3);
  return v;
#else
  __m256 v = _mm256_zextps128_ps256(_mm_loadu_ps(p));
  if (left > 4) v = _mm256_insertf128_ps(v, _mm_loadu_ps(p + step), 1);
  return v;
#endif
}

/* For the LANES columns that begin at `column`, of which `left` > 0 are left. */
INLINE epilogue epilogue_of(const uint8_t *table, int32_t code, int64_t column, int32_t left) {
  epilogue e;
  e.code = code;
  e.has_bias = table != 0;
  if (code & NORM) {
    const float *four = (const float *)table + column * 4;
    e.bias = load_groups(four, 16, left);
    e.mean = load_groups(four + 4, 16, left);
    e.scale = load_groups(four + 8, 16, left);
    e.beta = load_groups(four + 12, 16, left);
    e.low = v_splat(code == NORM ? -__builtin_inff() : 0);
    e.high = v_splat(code == NORM + 2 ? 6 : __builtin_inff());
  } else if (table) {
    e.bias = v_load_masked((const float *)table + column, m_first(left));
  }
  return e;
}

INLINE floats finish(floats v, const epilogue *e) {
  if (e->code & NORM) {
    v = v_sub(v_add(v, e->bias), e->mean);
    return v_pmin(v_pmax(v_fma(v, e->scale, e->beta), e->low), e->high);
  }
  if (e->has_bias) v = v_add(v, e->bias);
  if (e->code == 0) return v;
  v = v_maximum(v, v_splat(0));
  return e->code == 2 ? v_minimum(v, v_splat(6)) : v;
}
