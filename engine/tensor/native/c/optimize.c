/*
 * Optimizer updates (../../kernels/optimize.ts, which has the formulas). Where a mask is given and 0, the parameter and
 * the slots become 0.
 */
#include "lanes.h"

/* Elements of one unit of work. */
#define BLOCK 4096

typedef struct {
  const float *mask;
  int64_t at;
  lane_mask inside;
} place;

INLINE void put(float *p, const place *here, floats v) {
  if (here->mask) {
    v = v_select(v_equal(v_load(here->mask + here->at), v_splat(0)), v_splat(0), v);
  }
  v_store_masked(p + here->at, here->inside, v);
}

/* `here` goes over the vectors of the units begin <= u < end of n elements. */
#define EACH_PLACE(mask, n) \
  for (place here = {(const float *)(mask), (int64_t)begin * BLOCK, m_first((n) - begin * BLOCK)}; \
       here.at < least(end * BLOCK, n); \
       here.at += LANES, here.inside = m_first(least(end * BLOCK, n) - here.at))

KERNEL(updateMomentum) {
  ARGUMENTS;
  float *p = (float *)POINTER(0), *v = (float *)POINTER(2);
  const float *g = (const float *)POINTER(1);
  const uint8_t *mask = POINTER(3);
  const int32_t n = INTEGER(4), nesterov = INTEGER(8);
  const floats rate = v_splat(NUMBER(5)), momentum = v_splat(NUMBER(6)), decay = v_splat(NUMBER(7));
  EACH_PLACE(mask, n) {
    const floats w = v_load(p + here.at), gradient = v_fma(decay, w, v_load(g + here.at));
    const floats velocity = v_fma(momentum, v_load(v + here.at), gradient);
    const floats direction = nesterov ? v_fma(momentum, velocity, gradient) : velocity;
    put(p, &here, v_nfma(rate, direction, w));
    put(v, &here, velocity);
  }
}

KERNEL(updateAdam) {
  ARGUMENTS;
  float *p = (float *)POINTER(0), *m = (float *)POINTER(2), *v = (float *)POINTER(3);
  const float *g = (const float *)POINTER(1);
  const uint8_t *mask = POINTER(4);
  const int32_t n = INTEGER(5);
  const floats beta1 = v_splat(NUMBER(7)), rest1 = v_splat(NUMBER(8));
  const floats beta2 = v_splat(NUMBER(9)), rest2 = v_splat(NUMBER(10));
  const floats step = v_splat(NUMBER(6) / NUMBER(11));
  const floats root = v_div(v_splat(1), v_root(v_splat(NUMBER(12))));
  const floats epsilon = v_splat(NUMBER(13)), decay = v_splat(NUMBER(14)), keep = v_splat(NUMBER(15));
  EACH_PLACE(mask, n) {
    const floats w = v_load(p + here.at), gradient = v_fma(decay, w, v_load(g + here.at));
    const floats first = v_fma(beta1, v_load(m + here.at), v_mul(rest1, gradient));
    const floats square = v_mul(v_mul(rest2, gradient), gradient);
    const floats second = v_fma(beta2, v_load(v + here.at), square);
    const floats scale = v_fma(v_root(second), root, epsilon);
    put(p, &here, v_nfma(step, v_div(first, scale), v_mul(w, keep)));
    put(m, &here, first);
    put(v, &here, second);
  }
}

KERNEL(updateRmsprop) {
  ARGUMENTS;
  float *p = (float *)POINTER(0), *v = (float *)POINTER(2);
  const float *g = (const float *)POINTER(1);
  const uint8_t *mask = POINTER(3);
  const int32_t n = INTEGER(4);
  const floats rate = v_splat(NUMBER(5)), rho = v_splat(NUMBER(6)), rest = v_splat(NUMBER(7));
  const floats epsilon = v_splat(NUMBER(8)), decay = v_splat(NUMBER(9));
  EACH_PLACE(mask, n) {
    const floats w = v_load(p + here.at), gradient = v_fma(decay, w, v_load(g + here.at));
    const floats square = v_mul(v_mul(rest, gradient), gradient);
    const floats mean = v_fma(rho, v_load(v + here.at), square);
    const floats scale = v_add(v_root(mean), epsilon);
    put(p, &here, v_nfma(rate, v_div(gradient, scale), w));
    put(v, &here, mean);
  }
}
