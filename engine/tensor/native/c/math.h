/* Transcendental functions of vectors of floats (../../kernels/math.ts, which says how they were made). */
#include "lanes.h"

/* Horner's rule, highest coefficient first. */
#define POLYNOMIAL(coefficients, x) horner(coefficients, sizeof coefficients / sizeof *coefficients, x)

INLINE floats horner(const float *c, const int count, floats x) {
  floats q = v_splat(c[0]);
  UNROLL for (int i = 1; i < count; i++) q = v_fma(q, x, v_splat(c[i]));
  return q;
}

/* Added to a small number it leaves the nearest integer in the lowest bits. */
#define ROUNDER 12582912
#define LN2_HIGH 0.693147182
#define LN2_LOW -1.90465421e-9

/* (e^r - 1 - r) / r^2 */
static const float EXP[] = {0.0013814608, 0.008368711, 0.04166839, 0.16666521, 0.49999994};

/* x * log2(e) to the nearest integer, in the lowest bits. */
INLINE floats v_rounded(floats x) { return v_fma(x, v_splat(1.44269504), v_splat(ROUNDER)); }

/* e^r - 1 for what is left of x when that integer's ln 2 is taken off. */
INLINE floats v_rest(floats x, floats rounded) {
  const floats n = v_sub(rounded, v_splat(ROUNDER));
  floats r = v_nfma(n, v_splat(LN2_HIGH), x);
  r = v_nfma(n, v_splat(LN2_LOW), r);
  return v_fma(v_mul(r, r), POLYNOMIAL(EXP, r), r);
}

/* value * 2^k as bits of value plus shifted k. */
INLINE floats v_raised(integers k, float value) {
  return v_from_bits(v_add_integers(v_shift_left(k, 23), v_bits(v_splat(value))));
}
INLINE integers v_exponent(floats rounded) {
  return v_sub_integers(v_bits(rounded), v_bits(v_splat(ROUNDER)));
}

INLINE floats v_exp(floats x) {
  x = v_pmin(v_pmax(x, v_splat(-104)), v_splat(89));
  const floats rounded = v_rounded(x), value = v_add(v_rest(x, rounded), v_splat(1));
  const integers k = v_exponent(rounded), half = v_shift_right(k, 1);
  return v_mul(v_mul(value, v_raised(half, 1)), v_raised(v_sub_integers(k, half), 1));
}

/* For x <= 0; 0 below -87. */
INLINE floats v_exp_negative(floats x) {
  const floats kept = v_pmax(x, v_splat(-87)), rounded = v_rounded(kept);
  const floats value = v_add(v_rest(kept, rounded), v_splat(1));
  const floats scaled = v_mul(value, v_raised(v_exponent(rounded), 1));
  return v_select(v_less(x, v_splat(-87)), v_splat(0), scaled);
}

/* The bits of v_exp for x <= 0: 2^(n + 64) is never subnormal, so that the last factor alone rounds. */
INLINE floats v_exp_falling(floats x) {
  x = v_pmax(x, v_splat(-104));
  const floats rounded = v_rounded(x), value = v_add(v_rest(x, rounded), v_splat(1));
  return v_mul(v_mul(value, v_raised(v_bits(rounded), 0x1p64f)), v_splat(0x1p-64f));
}

/* The bits of v_exp for 0 <= x <= 88; beyond, something at least as large as 2^127. */
INLINE floats v_exp_rising(floats x) {
  x = v_pmin(x, v_splat(89));
  const floats rounded = v_rounded(x), value = v_add(v_rest(x, rounded), v_splat(1));
  return v_mul(value, v_raised(v_bits(rounded), 1));
}

INLINE floats v_expm1(floats x) {
  const floats kept = v_pmin(v_pmax(x, v_splat(-40)), v_splat(80)), rounded = v_rounded(kept);
  const floats scale = v_raised(v_exponent(rounded), 1);
  const floats value = v_fma(scale, v_rest(kept, rounded), v_sub(scale, v_splat(1)));
  return v_select(v_less(v_splat(80), x), v_exp(x), value);
}

static const float LOG[] = {0.23582155, 0.2853731, 0.40000334, 0.6666666};

INLINE floats v_log(floats x) {
  const floats zero = v_splat(0), infinity = v_splat(__builtin_inff());
  const lane_mask tiny = v_less(x, v_splat(1.17549435e-38));
  const integers scaled = v_bits(v_select(tiny, v_mul(x, v_splat(8388608)), x));
  const integers k = v_shift_right(v_sub_integers(scaled, v_bits(v_splat(0.70710678))), 23);
  const floats m = v_from_bits(v_sub_integers(scaled, v_shift_left(k, 23)));
  const integers less = v_bits(v_select(tiny, v_from_bits(v_splat_integer(23)), zero));
  const floats exponent = v_to_floats(v_sub_integers(k, less));
  const floats f = v_sub(m, v_splat(1)), s = v_div(f, v_add(f, v_splat(2))), w = v_mul(s, s);
  const floats bent = v_mul(s, v_nfma(w, POLYNOMIAL(LOG, w), f));
  const floats low = v_fma(exponent, v_splat(LN2_LOW), v_sub(f, bent));
  const floats value = v_fma(exponent, v_splat(LN2_HIGH), low);
  const lane_mask regular = m_and(v_less(zero, x), v_less(x, infinity));
  const floats beyond = v_select(v_less_equal(infinity, x), x, v_splat(__builtin_nanf("")));
  return v_select(regular, value, v_select(v_equal(x, zero), v_negate(infinity), beyond));
}

INLINE floats v_log1p(floats x) {
  const floats one = v_splat(1), u = v_add(x, one), lost = v_sub(x, v_sub(u, one));
  const floats whole = v_log(u), value = v_add(whole, v_div(lost, u));
  const lane_mask plain = m_or(v_equal(u, v_splat(__builtin_inff())), v_less_equal(u, v_splat(0)));
  return v_select(plain, whole, v_select(v_equal(u, one), x, value));
}

INLINE floats v_softplus(floats x) {
  return v_add(v_pmax(x, v_splat(0)), v_log1p(v_exp(v_negate(v_absolute(x)))));
}

/* The size of one number with the sign of another. */
INLINE floats v_signed(floats size, floats sign) {
  const integers bit = v_and(v_bits(sign), v_splat_integer(INT32_MIN));
  return v_from_bits(v_or(v_bits(v_absolute(size)), bit));
}

static const float TANH_NEAR[] = {-0.005717037, 0.020650579, -0.053743497, 0.13331491, -0.33333284};

INLINE floats v_tanh(floats x) {
  const floats one = v_splat(1), size = v_absolute(x), w = v_mul(x, x);
  const floats near = v_fma(v_mul(POLYNOMIAL(TANH_NEAR, w), w), x, x);
  const floats grown = v_add(v_exp_rising(v_add(size, size)), one);
  const floats far = v_sub(one, v_div(v_splat(2), grown));
  return v_select(v_less(size, v_splat(0.625)), near, v_signed(far, x));
}

INLINE floats v_sigmoid(floats x) {
  const floats e = v_exp_falling(v_negate(v_absolute(x)));
  const floats upper = v_div(v_splat(1), v_add(e, v_splat(1)));
  return v_select(v_less(x, v_splat(0)), v_mul(e, upper), upper);
}

static const float ERF_NEAR[] = {
  7.889119e-05, -0.0008020841, 0.005189535, -0.026854444, 0.112836, -0.37612626, 0.12837917,
};
static const float ERF_FAR[] = {
  1.3962444e-05, -0.00035059205, 0.0037574768, -0.02401007, 0.10653087, 0.63496953, 0.12869434,
};

INLINE floats v_erf(floats x) {
  const floats size = v_absolute(x), t = v_pmin(size, v_splat(4));
  const floats near = v_fma(POLYNOMIAL(ERF_NEAR, v_mul(x, x)), x, x);
  const floats g = v_fma(POLYNOMIAL(ERF_FAR, t), t, t);
  const floats far = v_sub(v_splat(1), v_exp(v_negate(g)));
  return v_select(v_less(size, v_splat(1)), near, v_signed(far, x));
}

static const float MILLS[] = {
  0.043689359, -0.21166457, 0.3135154, -0.070675611, 0.170119, 0.1228306, 0.13218585,
};

/* e^(-x^2 / 2) */
INLINE floats v_bell(floats x) { return v_exp_negative(v_mul(v_mul(x, x), v_splat(-0.5))); }

/* The normal distribution function. */
INLINE floats v_normal(floats x, floats bell) {
  const floats one = v_splat(1), t = v_div(one, v_fma(v_absolute(x), v_splat(0.33), one));
  const floats lower = v_mul(v_mul(POLYNOMIAL(MILLS, t), t), bell);
  return v_select(v_less(x, v_splat(0)), lower, v_sub(one, lower));
}

INLINE floats v_gelu(floats x) { return v_mul(x, v_normal(x, v_bell(x))); }

INLINE floats v_gelu_slope(floats x) {
  const floats bell = v_bell(x);
  return v_fma(x, v_mul(bell, v_splat(0.39894228)), v_normal(x, bell));
}

INLINE floats v_elu(floats x) { return v_select(v_less(x, v_splat(0)), v_expm1(x), x); }

INLINE floats v_leaky_relu(floats x) {
  return v_select(v_less(x, v_splat(0)), v_mul(x, v_splat(0.2)), x);
}
