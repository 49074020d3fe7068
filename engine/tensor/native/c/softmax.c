/* Softmax, its logarithm and cross-entropy along rows, and their gradients (../../kernels/normalization/softmax.ts). Units: rows. */
#include "softmax.h"

/* The sum of exp((z - top) / temperature). */
static float row_sum(const float *z, int32_t n, floats top, divisor temperature) {
  __m128 total = _mm_setzero_ps();
  for (int32_t k = 0; k < n; k += LANES) {
    total = add_groups(total, power_at(z + k, n - k, top, temperature), n - k);
  }
  return sum_of_four(total);
}

static float row_total(const float *x, int32_t n) {
  __m128 total = _mm_setzero_ps();
  for (int32_t k = 0; k < n; k += 4) total = _mm_add_ps(total, four_at(x + k, n - k, 0));
  return sum_of_four(total);
}

KERNEL(softmax) {
  ARGUMENTS;
  const int64_t n = INTEGER(2), first = begin * n;
  softmax_rows((const float *)POINTER(0) + first, (float *)POINTER(1) + first, n, NUMBER(3), end - begin);
}

KERNEL(softmaxGradient) {
  ARGUMENTS;
  const int64_t n = INTEGER(3), first = begin * n;
  const float *y = (const float *)POINTER(0) + first, *dy = (const float *)POINTER(1) + first;
  softmax_gradient_rows(y, dy, (float *)POINTER(2) + first, n, NUMBER(4), end - begin);
}

KERNEL(logSoftmax) {
  ARGUMENTS;
  const int64_t n = INTEGER(2);
  const divisor t = divisor_of(NUMBER(3));
  for (int32_t row = begin; row < end; row++) {
    const float *z = (const float *)POINTER(0) + row * n;
    float *y = (float *)POINTER(1) + row * n;
    const floats top = v_splat(row_max(z, n)), log = v_log(v_splat(row_sum(z, n, top, t)));
    for (int32_t k = 0; k < n; k += LANES) {
      const lane_mask inside = m_first(n - k);
      const floats scaled = divided(v_sub(v_load_masked(z + k, inside), top), t);
      v_store_masked(y + k, inside, v_sub(scaled, log));
    }
  }
}

KERNEL(logSoftmaxGradient) {
  ARGUMENTS;
  const int64_t n = INTEGER(3);
  const divisor t = divisor_of(NUMBER(4));
  for (int32_t row = begin; row < end; row++) {
    const float *y = (const float *)POINTER(0) + row * n, *dy = (const float *)POINTER(1) + row * n;
    float *dz = (float *)POINTER(2) + row * n;
    const floats sum = v_splat(row_total(dy, n));
    for (int32_t k = 0; k < n; k += LANES) {
      const lane_mask inside = m_first(n - k);
      const floats power = v_exp_negative(v_load_masked(y + k, inside));
      const floats off = v_nfma(power, sum, v_load_masked(dy + k, inside));
      v_store_masked(dz + k, inside, divided(off, t));
    }
  }
}

KERNEL(crossEntropy) {
  ARGUMENTS;
  const int64_t n = INTEGER(3);
  const divisor t = divisor_of(NUMBER(4));
  const floats zero = v_splat(0);
  for (int32_t row = begin; row < end; row++) {
    const float *z = (const float *)POINTER(0) + row * n, *targets = (const float *)POINTER(1) + row * n;
    const floats top = v_splat(row_max(z, n)), log = v_log(v_splat(row_sum(z, n, top, t)));
    __m128 total = _mm_setzero_ps();
    for (int32_t k = 0; k < n; k += LANES) {
      const lane_mask inside = m_first(n - k);
      const floats target = v_load_masked(targets + k, inside);
      const floats scaled = divided(v_sub(v_load_masked(z + k, inside), top), t);
      const floats surprise = v_mul(target, v_sub(log, scaled));
      total = add_groups(total, v_select(v_equal(target, zero), zero, surprise), n - k);
    }
    ((float *)POINTER(2))[row] = sum_of_four(total);
  }
}

KERNEL(crossEntropyGradient) {
  ARGUMENTS;
  const int64_t n = INTEGER(4);
  const float temperature = NUMBER(5);
  const divisor t = divisor_of(temperature);
  for (int32_t row = begin; row < end; row++) {
    const float *z = (const float *)POINTER(0) + row * n, *targets = (const float *)POINTER(1) + row * n;
    float *dz = (float *)POINTER(3) + row * n;
    const floats top = v_splat(row_max(z, n));
    const floats share = v_splat(row_total(targets, n) / row_sum(z, n, top, t));
    const floats scale = v_splat(((const float *)POINTER(2))[row] / temperature);
    for (int32_t k = 0; k < n; k += LANES) {
      const lane_mask inside = m_first(n - k);
      const floats off = v_sub(v_mul(power_at(z + k, n - k, top, t), share),
                               v_load_masked(targets + k, inside));
      v_store_masked(dz + k, inside, v_mul(off, scale));
    }
  }
}
