/*
 * A step of long short-term memory and its gradient (../../kernels/recurrent.ts). Four gates lie side by side in a row:
 * input, forget, cell, output. Units: rows of the batch.
 */
#include "math.h"

/* A gate's function: what is kept of its sum, how far it is open, and its sum's gradient. */
INLINE floats gate_kept(const int hard, floats z) {
  return hard ? v_add(v_mul(z, v_splat(0.2)), v_splat(0.5)) : v_sigmoid(z);
}
INLINE floats gate_open(const int hard, floats kept) {
  return hard ? v_pmax(v_pmin(kept, v_splat(1)), v_splat(0)) : kept;
}
INLINE floats gate_back(const int hard, floats kept, floats d) {
  if (!hard) return v_mul(d, v_mul(kept, v_sub(v_splat(1), kept)));
  const lane_mask inside = m_and(v_less_equal(v_splat(0), kept), v_less_equal(kept, v_splat(1)));
  return v_mul(v_select(inside, d, v_splat(0)), v_splat(0.2));
}

/* The row of a tensor at an argument, NULL for none. */
#define ROW(i, stride) (POINTER(i) ? (float *)POINTER(i) + (int64_t)row * (stride) : 0)

/* z = what is kept of z, or of z + product. */
INLINE void keep(const int kind, float *z, const float *product, int32_t n) {
  for (int32_t i = 0; i < n; i += LANES) {
    const lane_mask inside = m_first(n - i);
    floats v = v_load_masked(z + i, inside);
    if (product) v = v_add(v, v_load_masked(product + i, inside));
    v_store_masked(z + i, inside, kind == 2 ? v_tanh(v) : gate_kept(kind, v));
  }
}

INLINE void step(const int hard, float *z, const float *product, const float *before, float *cell,
                 float *curve, float *state, int64_t units) {
  keep(hard, z, product, 2 * units);
  keep(2, z + 2 * units, product ? product + 2 * units : 0, units);
  keep(hard, z + 3 * units, product ? product + 3 * units : 0, units);
  for (int32_t u = 0; u < units; u += LANES) {
    const lane_mask inside = m_first(units - u);
    const float *i = z + u, *f = i + units, *g = f + units, *o = g + units;
    floats c = v_mul(gate_open(hard, v_load_masked(i, inside)), v_load_masked(g, inside));
    if (before) {
      const floats kept = gate_open(hard, v_load_masked(f, inside));
      c = v_add(v_mul(kept, v_load_masked(before + u, inside)), c);
    }
    const floats t = v_tanh(c);
    v_store_masked(cell + u, inside, c);
    if (curve) v_store_masked(curve + u, inside, t);
    v_store_masked(state + u, inside, v_mul(gate_open(hard, v_load_masked(o, inside)), t));
  }
}

KERNEL(recurrentStep) {
  ARGUMENTS;
  const int32_t hard = INTEGER(0), cell_row = INTEGER(7), units = INTEGER(10);
  for (int32_t row = begin; row < end; row++) {
    float *z = ROW(1, INTEGER(2)), *product = ROW(3, 4 * units), *before = ROW(4, cell_row);
    float *cell = ROW(5, cell_row), *curve = ROW(6, cell_row), *state = ROW(8, INTEGER(9));
    if (hard) step(1, z, product, before, cell, curve, state, units);
    else step(0, z, product, before, cell, curve, state, units);
  }
}

INLINE void step_back(const int hard, float *z, const float *before, const float *curve, const float *dy,
                      const float *product, float *carry, int64_t units) {
  const floats one = v_splat(1);
  for (int32_t u = 0; u < units; u += LANES) {
    const lane_mask inside = m_first(units - u);
    float *zi = z + u, *zf = zi + units, *zg = zf + units, *zo = zg + units;
    const floats i = v_load_masked(zi, inside), g = v_load_masked(zg, inside);
    const floats o = v_load_masked(zo, inside), t = v_load_masked(curve + u, inside);
    floats dh = v_load_masked((dy ? dy : product) + u, inside);
    if (dy && product) dh = v_add(dh, v_load_masked(product + u, inside));
    floats dc = v_mul(v_mul(dh, gate_open(hard, o)), v_nfma(t, t, one));
    if (product) dc = v_add(v_load_masked(carry + u, inside), dc);
    floats df = v_splat(0);
    if (before) {
      const floats kept = v_load_masked(zf, inside);
      df = gate_back(hard, kept, v_mul(dc, v_load_masked(before + u, inside)));
      v_store_masked(carry + u, inside, v_mul(dc, gate_open(hard, kept)));
    }
    v_store_masked(zi, inside, gate_back(hard, i, v_mul(dc, g)));
    v_store_masked(zf, inside, df);
    v_store_masked(zg, inside, v_mul(v_mul(dc, gate_open(hard, i)), v_nfma(g, g, one)));
    v_store_masked(zo, inside, gate_back(hard, o, v_mul(dh, t)));
  }
}

KERNEL(recurrentStepGradient) {
  ARGUMENTS;
  const int32_t hard = INTEGER(0), cell_row = INTEGER(5), units = INTEGER(10);
  for (int32_t row = begin; row < end; row++) {
    float *z = ROW(1, INTEGER(2)), *before = ROW(3, cell_row), *curve = ROW(4, cell_row);
    float *dy = ROW(6, INTEGER(7)), *product = ROW(8, units), *carry = ROW(9, units);
    if (hard) step_back(1, z, before, curve, dy, product, carry, units);
    else step_back(0, z, before, curve, dy, product, carry, units);
  }
}
