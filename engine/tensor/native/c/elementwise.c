/*
 * Functions of each element of one tensor or two: ../../kernels/unary.ts, ../../kernels/activation.ts, ../../kernels/binary.ts,
 * and rectifyGradient of ../../kernels/rectify.ts.
 */
#include "activation.h"

/* Elements of one unit of work, and of rectifyGradient's. */
#define BLOCK 8192
#define RECTIFIED 1024

/* y[i] = value for the elements first <= i < last; `value` says what becomes of the vectors at i. */
#define EACH(y, value) \
  for (int64_t i = first; i < last; i += LANES) v_store_masked((y) + i, m_first(last - i), value)
#define AT(x) v_load((x) + i)

/* y = f(x) by code. */
KERNEL(unary) {
  ARGUMENTS;
  const float *x = (const float *)POINTER(1);
  float *y = (float *)POINTER(2);
  const int32_t first = begin * BLOCK, last = least(end * BLOCK, INTEGER(3));
  const floats zero = v_splat(0), one = v_splat(1);
  switch (INTEGER(0)) {
    case 0: EACH(y, v_negate(AT(x))); break;
    case 1: EACH(y, v_absolute(AT(x))); break;
    case 2: EACH(y, v_mul(AT(x), AT(x))); break;
    case 3: EACH(y, v_root(AT(x))); break;
    case 4: EACH(y, v_div(one, v_root(AT(x)))); break;
    case 5: EACH(y, v_div(one, AT(x))); break;
    case 6: EACH(y, v_floor(AT(x))); break;
    case 7: EACH(y, v_ceil(AT(x))); break;
    case 8: EACH(y, v_nearest(AT(x))); break;
    case 9: EACH(y, v_exp(AT(x))); break;
    case 10: EACH(y, v_expm1(AT(x))); break;
    case 11: EACH(y, v_log(AT(x))); break;
    case 12: EACH(y, v_erf(AT(x))); break;
    case 13: EACH(y, v_sigmoid(AT(x))); break;
    case 14: EACH(y, v_tanh(AT(x))); break;
    case 15: EACH(y, v_log1p(AT(x))); break;
    case 16: EACH(y, v_softplus(AT(x))); break;
    case 17: EACH(y, v_pmax(AT(x), zero)); break;
    case 18: EACH(y, v_pmin(v_pmax(AT(x), zero), v_splat(6))); break;
    case 19: EACH(y, v_elu(AT(x))); break;
    case 20: EACH(y, v_gelu(AT(x))); break;
    case 21: EACH(y, v_leaky_relu(AT(x))); break;
  }
}

/* y = activation(a + b). */
KERNEL(addActivate) {
  ARGUMENTS;
  const float *a = (const float *)POINTER(1), *b = (const float *)POINTER(2);
  float *y = (float *)POINTER(3);
  const int32_t first = begin * BLOCK, last = least(end * BLOCK, INTEGER(4));
  const floats zero = v_splat(0);
#define SUM v_add(AT(a), AT(b))
  switch (INTEGER(0)) {
    case RELU: EACH(y, v_pmax(SUM, zero)); break;
    case RELU6: EACH(y, v_pmin(v_pmax(SUM, zero), v_splat(6))); break;
    case SIGMOID: EACH(y, v_sigmoid(SUM)); break;
    case TANH: EACH(y, v_tanh(SUM)); break;
    case GELU: EACH(y, v_gelu(SUM)); break;
    case ELU: EACH(y, v_elu(SUM)); break;
    case LEAKY_RELU: EACH(y, v_leaky_relu(SUM)); break;
    default: EACH(y, SUM);
  }
#undef SUM
}

/* dx = dy * activation', from the activation's output y; for gelu from its input. */
KERNEL(activateGradient) {
  ARGUMENTS;
  const float *y = (const float *)POINTER(1), *dy = (const float *)POINTER(2);
  float *dx = (float *)POINTER(3);
  const int32_t first = begin * BLOCK, last = least(end * BLOCK, INTEGER(4));
  const floats zero = v_splat(0), one = v_splat(1);
#define SLOPE(value) EACH(dx, v_mul(AT(dy), value))
#define INSIDE m_and(v_less(zero, AT(y)), v_less(AT(y), v_splat(6)))
  switch (INTEGER(0)) {
    case RELU: EACH(dx, v_select(v_less(zero, AT(y)), AT(dy), zero)); break;
    case RELU6: SLOPE(v_select(INSIDE, one, zero)); break;
    case SIGMOID: SLOPE(v_mul(AT(y), v_sub(one, AT(y)))); break;
    case TANH: SLOPE(v_nfma(AT(y), AT(y), one)); break;
    case GELU: SLOPE(v_gelu_slope(AT(y))); break;
    case ELU: SLOPE(v_select(v_less(AT(y), zero), v_add(AT(y), one), one)); break;
    case LEAKY_RELU: SLOPE(v_select(v_less(zero, AT(y)), one, v_splat(0.2))); break;
    default: SLOPE(one);
  }
#undef SLOPE
#undef INSIDE
}

/* out = dy where y lies inside (0, limit), else 0. */
KERNEL(rectifyGradient) {
  ARGUMENTS;
  float *out = (float *)POINTER(0);
  const float *dy = (const float *)POINTER(1), *y = (const float *)POINTER(2);
  const floats zero = v_splat(0), limit = v_splat(NUMBER(3));
  const int32_t first = begin * RECTIFIED, last = least(end * RECTIFIED, INTEGER(4));
  EACH(out, v_select(m_and(v_less(zero, AT(y)), v_less(AT(y), limit)), AT(dy), zero));
}

INLINE floats of_two(const int code, floats a, floats b) {
  const floats difference = v_sub(a, b);
  return code == 0   ? v_add(a, b)
         : code == 1 ? difference
         : code == 2 ? v_mul(a, b)
         : code == 3 ? v_div(a, b)
         : code == 4 ? v_maximum(a, b)
         : code == 5 ? v_minimum(a, b)
                     : v_mul(difference, difference);
}

/* One run of elements; an operand with step 0 is one number for all of them. */
INLINE void run(const int code, const float *a, const float *b, float *y, int32_t last, int32_t a_step,
                int32_t b_step) {
  if (last <= 0) return;
  const floats one_a = v_broadcast(a), one_b = v_broadcast(b);
  int32_t i = 0;
#define WHOLE(v, w) \
  for (; i + LANES <= last; i += LANES) v_store(y + i, of_two(code, v, w))
  if (a_step && b_step) WHOLE(AT(a), AT(b));
  else if (a_step) WHOLE(AT(a), one_b);
  else WHOLE(one_a, AT(b));
#undef WHOLE
  if (i == last) return;
  const lane_mask mask = m_first(last - i);
  const floats v = a_step ? v_load_masked(a + i, mask) : one_a;
  const floats w = b_step ? v_load_masked(b + i, mask) : one_b;
  v_store_masked(y + i, mask, of_two(code, v, w));
}

static void run_of(int32_t code, const float *a, const float *b, float *y, int32_t n, int32_t a_step,
                   int32_t b_step) {
  switch (code) {
    case 0: run(0, a, b, y, n, a_step, b_step); break;
    case 1: run(1, a, b, y, n, a_step, b_step); break;
    case 2: run(2, a, b, y, n, a_step, b_step); break;
    case 3: run(3, a, b, y, n, a_step, b_step); break;
    case 4: run(4, a, b, y, n, a_step, b_step); break;
    case 5: run(5, a, b, y, n, a_step, b_step); break;
    default: run(6, a, b, y, n, a_step, b_step);
  }
}

/* y[i] = f(a[i * aStep], b[i * bStep]). */
KERNEL(binary) {
  ARGUMENTS;
  const int32_t a_step = INTEGER(5), b_step = INTEGER(6);
  const int64_t first = (int64_t)begin * BLOCK;
  const float *a = (const float *)POINTER(1) + first * a_step;
  const float *b = (const float *)POINTER(2) + first * b_step;
  float *y = (float *)POINTER(3) + first;
  run_of(INTEGER(0), a, b, y, least(end * BLOCK, INTEGER(4)) - first, a_step, b_step);
}

/* Broadcasting; units are runs of `inner` elements. */
KERNEL(binaryRuns) {
  ARGUMENTS;
  const float *a = (const float *)POINTER(1), *b = (const float *)POINTER(2);
  float *y = (float *)POINTER(3);
  const int32_t code = INTEGER(0), inner = INTEGER(4), a_step = INTEGER(5), b_step = INTEGER(6);
  const int32_t n1 = INTEGER(7), n2 = INTEGER(8);
  const int64_t a0 = INTEGER(9), a1 = INTEGER(10), a2 = INTEGER(11);
  const int64_t b0 = INTEGER(12), b1 = INTEGER(13), b2 = INTEGER(14);
  for (int32_t unit = begin; unit < end; unit++) {
    const int32_t i2 = unit % n2, i1 = unit / n2 % n1, i0 = unit / n2 / n1;
    run_of(code, a + i0 * a0 + i1 * a1 + i2 * a2, b + i0 * b0 + i1 * b1 + i2 * b2,
           y + (int64_t)unit * inner, inner, a_step, b_step);
  }
}
