/* Batch normalisation and its gradients (../../kernels/normalization/norm.ts, ../../kernels/normalization/norm_gradient.ts). */
#include "activation.h"

/* Floats of a line of partial sums. */
INLINE int64_t padded(int32_t channels) { return (channels + 3) & ~3; }

/* Channels from c on as V vectors. */
#define MASKS(V) \
  lane_mask mask[V]; \
  UNROLL for (int v = 0; v < V; v++) mask[v] = m_first(channels - c - v * LANES)

/* Two rows at a time, each with a sum of its own. */
INLINE void moments(const int V, const float *x, float *out, int32_t c, int32_t channels, int32_t count) {
  MASKS(2);
  const floats zero = v_splat(0), reciprocal = v_splat(1.0f / (float)count);
  floats sum0[2] = {zero, zero}, sum1[2] = {zero, zero}, near[2];
  const float *p = x + c;
  for (int32_t i = 0; i + 1 < count; i += 2, p += 2 * (int64_t)channels) {
    UNROLL for (int v = 0; v < V; v++) {
      sum0[v] = v_add(sum0[v], v_load_masked(p + v * LANES, mask[v]));
      sum1[v] = v_add(sum1[v], v_load_masked(p + channels + v * LANES, mask[v]));
    }
  }
  UNROLL for (int v = 0; v < V; v++) {
    if (count & 1) sum0[v] = v_add(sum0[v], v_load_masked(p + v * LANES, mask[v]));
    near[v] = v_mul(v_add(sum0[v], sum1[v]), reciprocal);
  }
  /* What rounding left between `near` and the mean shows in the sum of x - near, and is taken off both moments. */
  floats rest0[2] = {zero, zero}, rest1[2] = {zero, zero}, square0[2] = {zero, zero}, square1[2] = {zero, zero};
  p = x + c;
  for (int32_t i = 0; i + 1 < count; i += 2, p += 2 * (int64_t)channels) {
    UNROLL for (int v = 0; v < V; v++) {
      const floats off0 = v_sub(v_load_masked(p + v * LANES, mask[v]), near[v]);
      const floats off1 = v_sub(v_load_masked(p + channels + v * LANES, mask[v]), near[v]);
      rest0[v] = v_add(rest0[v], off0);
      rest1[v] = v_add(rest1[v], off1);
      square0[v] = v_fma(off0, off0, square0[v]);
      square1[v] = v_fma(off1, off1, square1[v]);
    }
  }
  UNROLL for (int v = 0; v < V; v++) {
    if (count & 1) {
      const floats off = v_sub(v_load_masked(p + v * LANES, mask[v]), near[v]);
      rest0[v] = v_add(rest0[v], off);
      square0[v] = v_fma(off, off, square0[v]);
    }
    const floats rest = v_add(rest0[v], rest1[v]), share = v_mul(rest, reciprocal);
    float *to = out + c + v * LANES;
    v_store_masked(to, mask[v], v_add(near[v], share));
    v_store_masked(to + padded(channels), mask[v], v_nfma(rest, share, v_add(square0[v], square1[v])));
  }
}

/* Units: chunks of rows. */
KERNEL(momentsOfChunks) {
  ARGUMENTS;
  const float *x = (const float *)POINTER(0);
  float *partials = (float *)POINTER(1);
  const int32_t rows = INTEGER(2), channels = INTEGER(3), length = INTEGER(4);
  for (int64_t chunk = begin; chunk < end; chunk++) {
    const int32_t count = least(length, rows - chunk * length);
    const float *from = x + chunk * length * channels;
    float *out = partials + 2 * padded(channels) * chunk;
    int32_t c = 0;
    for (; c + LANES < channels; c += 2 * LANES) moments(2, from, out, c, channels, count);
    if (c < channels) moments(1, from, out, c, channels, count);
  }
}

/* What is normalised, and by what. */
typedef struct {
  const float *x, *dy, *mean, *scale, *beta;
  float *out;
  const float *takeoff;
  int32_t rows, channels, length;
} normalisation;

/* Activations of which each has a loop of its own. */
#define BY_CODE(code, call) \
  switch (code) { \
    case 0: call(0); break; \
    case RELU: call(RELU); break; \
    case RELU6: call(RELU6); break; \
    default: call(code); \
  }

/* Rows whose columns are walked one by one: they stay in the first-level cache. */
INLINE int32_t rows_of_block(int32_t channels) { return most(4, 1024 / channels); }

INLINE void normalize_rows(const int32_t code, const normalisation *n, int32_t begin, int32_t end) {
  const int32_t channels = n->channels, last = least(end * n->length, n->rows);
  const int32_t some = rows_of_block(channels);
  for (int32_t first = begin * n->length; first < last; first += some) {
    for (int32_t c = 0; c < channels; c += LANES) {
      const lane_mask mask = m_first(channels - c);
      const floats center = v_load_masked(n->mean + c, mask), factor = v_load_masked(n->scale + c, mask);
      const floats shift = v_load_masked(n->beta + c, mask);
      int64_t at = (int64_t)first * channels + c;
      for (int32_t i = least(some, last - first); i > 0; i--, at += channels) {
        const floats off = v_sub(v_load_masked(n->x + at, mask), center);
        v_store_masked(n->out + at, mask, activated(code, v_fma(off, factor, shift)));
      }
    }
  }
}

/* Units: chunks of rows. */
KERNEL(normalize) {
  ARGUMENTS;
  const normalisation n = {
    .x = (const float *)POINTER(1), .mean = (const float *)POINTER(2), .scale = (const float *)POINTER(3),
    .beta = (const float *)POINTER(4), .out = (float *)POINTER(5), .rows = INTEGER(6),
    .channels = INTEGER(7), .length = INTEGER(8),
  };
#define CALL(code) normalize_rows(code, &n, begin, end)
  BY_CODE(INTEGER(0), CALL)
#undef CALL
}

/* V vectors of channels of one chunk. */
INLINE void sums_of_chunk(const int V, const int32_t code, const normalisation *n, int64_t first,
                          int32_t count, float *out, int32_t c) {
  const int32_t channels = n->channels;
  MASKS(2);
  floats center[2], factor[2], shift[2], sum[2], product[2];
  UNROLL for (int v = 0; v < V; v++) {
    center[v] = v_load_masked(n->mean + c + v * LANES, mask[v]);
    factor[v] = v_load_masked(n->scale + c + v * LANES, mask[v]);
    shift[v] = v_load_masked(n->beta + c + v * LANES, mask[v]);
    sum[v] = product[v] = v_splat(0);
  }
  int64_t at = first * channels + c;
  for (; count > 0; count--, at += channels) {
    UNROLL for (int v = 0; v < V; v++) {
      const floats off = v_sub(v_load_masked(n->x + at + v * LANES, mask[v]), center[v]);
      const floats z = v_fma(off, factor[v], shift[v]);
      const floats dz = derived(code, z, v_load_masked(n->dy + at + v * LANES, mask[v]));
      sum[v] = v_add(sum[v], dz);
      product[v] = v_fma(dz, off, product[v]);
    }
  }
  UNROLL for (int v = 0; v < V; v++) {
    v_store_masked(out + c + v * LANES, mask[v], sum[v]);
    v_store_masked(out + padded(channels) + c + v * LANES, mask[v], product[v]);
  }
}

INLINE void sums_of_chunks(const int32_t code, const normalisation *n, int32_t begin, int32_t end) {
  const int32_t channels = n->channels;
  for (int64_t chunk = begin; chunk < end; chunk++) {
    const int64_t first = chunk * n->length;
    const int32_t count = least(n->length, n->rows - first);
    float *out = n->out + 2 * padded(channels) * chunk;
    int32_t c = 0;
    for (; c + LANES < channels; c += 2 * LANES) sums_of_chunk(2, code, n, first, count, out, c);
    if (c < channels) sums_of_chunk(1, code, n, first, count, out, c);
  }
}

/* Units: chunks of rows. */
KERNEL(normSumsOfChunks) {
  ARGUMENTS;
  const normalisation n = {
    .x = (const float *)POINTER(1), .dy = (const float *)POINTER(2), .mean = (const float *)POINTER(3),
    .scale = (const float *)POINTER(4), .beta = (const float *)POINTER(5), .out = (float *)POINTER(6),
    .rows = INTEGER(7), .channels = INTEGER(8), .length = INTEGER(9),
  };
#define CALL(code) sums_of_chunks(code, &n, begin, end)
  BY_CODE(INTEGER(0), CALL)
#undef CALL
}

INLINE void gradient_rows(const int32_t code, const normalisation *n, int32_t begin, int32_t end) {
  const int32_t channels = n->channels, last = least(end * n->length, n->rows);
  /* Four rows share their constants; more would lie a multiple of 4096 bytes apart, and be taken for each other. */
  for (int32_t first = begin * n->length; first < last; first += 4) {
    for (int32_t c = 0; c < channels; c += LANES) {
      const lane_mask mask = m_first(channels - c);
      const floats center = v_load_masked(n->mean + c, mask), factor = v_load_masked(n->scale + c, mask);
      const floats shift = v_load_masked(n->beta + c, mask), share = v_load_masked(n->takeoff + c, mask);
      const floats tilt = v_load_masked(n->takeoff + padded(channels) + c, mask);
      int64_t at = (int64_t)first * channels + c;
      for (int32_t i = least(4, last - first); i > 0; i--, at += channels) {
        const floats off = v_sub(v_load_masked(n->x + at, mask), center);
        const floats dz = derived(code, v_fma(off, factor, shift), v_load_masked(n->dy + at, mask));
        v_store_masked(n->out + at, mask, v_mul(v_nfma(off, tilt, v_sub(dz, share)), factor));
      }
    }
  }
}

/* Units: chunks of rows. */
KERNEL(normGradient) {
  ARGUMENTS;
  const normalisation n = {
    .x = (const float *)POINTER(1), .dy = (const float *)POINTER(2), .mean = (const float *)POINTER(3),
    .scale = (const float *)POINTER(4), .beta = (const float *)POINTER(5), .takeoff = (const float *)POINTER(6),
    .out = (float *)POINTER(7), .rows = INTEGER(8), .channels = INTEGER(9), .length = INTEGER(10),
  };
#define CALL(code) gradient_rows(code, &n, begin, end)
  BY_CODE(INTEGER(0), CALL)
#undef CALL
}
