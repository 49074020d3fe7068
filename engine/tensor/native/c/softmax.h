/* Softmax and its gradient along rows, for ../../kernels/normalization/softmax.ts and ../../kernels/attention.ts. */
#include "math.h"

/*
 * Sums along a row have four chains: element i goes to chain i % 4, and the chains are added as (0 + 1) + (2 + 3).
 * `four_at` loads what four chains take next, with `rest` behind the row's end.
 */
INLINE __m128 four_at(const float *p, int32_t left, float rest) {
  if (left >= 4) return _mm_loadu_ps(p);
  return _mm_setr_ps(p[0], left > 1 ? p[1] : rest, left > 2 ? p[2] : rest, rest);
}

INLINE float sum_of_four(__m128 v) { return (v[0] + v[1]) + (v[2] + v[3]); }

/* Adds the groups of four that begin within the first `left` lanes, in order. */
INLINE __m128 add_groups(__m128 sum, floats v, int32_t left) {
  float groups[LANES];
  v_store(groups, v);
  for (int32_t i = 0; i < least(left, LANES); i += 4) sum = _mm_add_ps(sum, _mm_loadu_ps(groups + i));
  return sum;
}

/* Division by one number; a power of two is multiplied by its reciprocal, which gives the same bits. */
typedef struct {
  floats by;
  int reciprocal;
} divisor;

INLINE divisor divisor_of(float x) {
  const union {
    float number;
    uint32_t bits;
  } of = {x};
  const uint32_t exponent = of.bits >> 23;
  const int reciprocal = (of.bits & 0x7fffff) == 0 && exponent > 1 && exponent < 253;
  return (divisor){v_splat(reciprocal ? 1 / x : x), reciprocal};
}

INLINE floats divided(floats v, divisor d) {
  return d.reciprocal ? v_mul(v, d.by) : v_div(v, d.by);
}

/* The larger number as WebAssembly's max has it. */
INLINE float larger(float a, float b) {
  if (a != a || b != b) return a + b;
  return a > b || (a == b && !__builtin_signbitf(a)) ? a : b;
}

/* The row's largest number, found as there: the sign of a zero depends on the order. */
INLINE float row_max(const float *z, int32_t n) {
  __m128 best = _mm_set1_ps(-__builtin_inff());
  int32_t k = 0;
  for (; k + 4 <= n; k += 4) best = _mm_max_ps(_mm_loadu_ps(z + k), best);
  if (k < n) best = _mm_max_ps(four_at(z + k, n - k, -__builtin_inff()), best);
  return larger(larger(best[0], best[1]), larger(best[2], best[3]));
}

/* exp((z - top) / temperature) for the vector at k, 0 or what -infinity gives behind the row's end. */
INLINE floats power_at(const float *z, int32_t left, floats top, divisor temperature) {
  const lane_mask inside = m_first(left);
  const floats value = v_select(inside, v_load_masked(z, inside), v_splat(-__builtin_inff()));
  return v_exp_negative(divided(v_sub(value, top), temperature));
}

INLINE void softmax_rows(const float *z, float *y, int32_t n, float temperature, int32_t rows) {
  const divisor t = divisor_of(temperature);
  for (int32_t row = 0; row < rows; row++, z += n, y += n) {
    const floats top = v_splat(row_max(z, n));
    __m128 total = _mm_setzero_ps();
    for (int32_t k = 0; k < n; k += LANES) {
      const floats power = power_at(z + k, n - k, top, t);
      total = add_groups(total, power, n - k);
      v_store_masked(y + k, m_first(n - k), power);
    }
    const floats sum = v_splat(sum_of_four(total));
    for (int32_t k = 0; k < n; k += LANES) {
      const lane_mask inside = m_first(n - k);
      v_store_masked(y + k, inside, v_div(v_load_masked(y + k, inside), sum));
    }
  }
}

/* dz = y (dy - sum of dy y) / temperature. */
INLINE void softmax_gradient_rows(const float *y, const float *dy, float *dz, int32_t n,
                                  float temperature, int32_t rows) {
  const divisor t = divisor_of(temperature);
  for (int32_t row = 0; row < rows; row++, y += n, dy += n, dz += n) {
    __m128 total = _mm_setzero_ps();
    for (int32_t k = 0; k < n; k += 4) {
      total = _mm_fmadd_ps(four_at(dy + k, n - k, 0), four_at(y + k, n - k, 0), total);
    }
    const floats sum = v_splat(sum_of_four(total));
    for (int32_t k = 0; k < n; k += LANES) {
      const lane_mask inside = m_first(n - k);
      const floats off = v_sub(v_load_masked(dy + k, inside), sum);
      v_store_masked(dz + k, inside, divided(v_mul(v_load_masked(y + k, inside), off), t));
    }
  }
}
