/*
 * Layer normalisation of each row of [rows, n] and its gradients (../../kernels/normalization/layer_norm.ts), and columnSums of
 * ../../kernels/rectify.ts.
 */
#include "softmax.h"

/* Rows whose sums, each a slow chain, are made side by side; behind the last one it is taken again. */
#define ROWS 4
#define EACH_ROW UNROLL for (int r = 0; r < ROWS; r++)

/* y = (x - mean) / root(variance + epsilon) * gamma + beta; `moments` keeps mean and 1 / root. Units: rows. */
KERNEL(layerNorm) {
  ARGUMENTS;
  const float *gamma = (const float *)POINTER(1), *beta = (const float *)POINTER(2);
  float *moments = (float *)POINTER(4);
  const int64_t n = INTEGER(5);
  const float epsilon = NUMBER(6);
  for (int32_t row = begin; row < end; row += ROWS) {
    const float *x[ROWS];
    __m128 sum[ROWS], squares[ROWS];
    float mean[ROWS], scale[ROWS];
    EACH_ROW {
      x[r] = (const float *)POINTER(0) + least(row + r, end - 1) * n;
      sum[r] = squares[r] = _mm_setzero_ps();
    }
    for (int32_t i = 0; i < n; i += 4) {
      EACH_ROW sum[r] = _mm_add_ps(sum[r], four_at(x[r] + i, n - i, 0));
    }
    EACH_ROW mean[r] = sum_of_four(sum[r]) / (float)n;
    for (int32_t i = 0; i < n; i += 4) {
      EACH_ROW {
        const __m128 off = _mm_sub_ps(four_at(x[r] + i, n - i, mean[r]), _mm_set1_ps(mean[r]));
        squares[r] = _mm_fmadd_ps(off, off, squares[r]);
      }
    }
    EACH_ROW {
      const __m128 deviation = _mm_sqrt_ps(_mm_set1_ps(sum_of_four(squares[r]) / (float)n + epsilon));
      scale[r] = 1 / deviation[0];
    }
    for (int r = 0; r < least(ROWS, end - row); r++) {
      float *y = (float *)POINTER(3) + (row + r) * n;
      const floats center = v_splat(mean[r]), factor = v_splat(scale[r]);
      for (int32_t i = 0; i < n; i += LANES) {
        const lane_mask inside = m_first(n - i);
        const floats off = v_mul(v_sub(v_load_masked(x[r] + i, inside), center), factor);
        v_store_masked(y + i, inside, v_fma(off, v_load(gamma + i), v_load(beta + i)));
      }
      moments[2 * (row + r)] = mean[r];
      moments[2 * (row + r) + 1] = scale[r];
    }
  }
}

/* dx = scale (g - mean(g) - normed * mean(g * normed)), g = dy * gamma. Units: rows. */
KERNEL(layerNormGradient) {
  ARGUMENTS;
  const float *gamma = (const float *)POINTER(1);
  const int64_t n = INTEGER(5);
  for (int32_t row = begin; row < end; row += ROWS) {
    const float *x[ROWS], *dy[ROWS], *moments[ROWS];
    __m128 sum[ROWS], product[ROWS];
    EACH_ROW {
      const int64_t at = least(row + r, end - 1);
      x[r] = (const float *)POINTER(0) + at * n;
      dy[r] = (const float *)POINTER(2) + at * n;
      moments[r] = (const float *)POINTER(4) + 2 * at;
      sum[r] = product[r] = _mm_setzero_ps();
    }
    for (int32_t i = 0; i < n; i += 4) {
      const __m128 weight = four_at(gamma + i, n - i, 0);
      EACH_ROW {
        const __m128 center = _mm_set1_ps(moments[r][0]), factor = _mm_set1_ps(moments[r][1]);
        const __m128 g = _mm_mul_ps(four_at(dy[r] + i, n - i, 0), weight);
        const __m128 off = _mm_sub_ps(four_at(x[r] + i, n - i, moments[r][0]), center);
        sum[r] = _mm_add_ps(sum[r], g);
        product[r] = _mm_fmadd_ps(g, _mm_mul_ps(off, factor), product[r]);
      }
    }
    for (int r = 0; r < least(ROWS, end - row); r++) {
      float *dx = (float *)POINTER(3) + (row + r) * n;
      const floats center = v_splat(moments[r][0]), factor = v_splat(moments[r][1]);
      const floats share = v_splat(sum_of_four(sum[r]) / (float)n);
      const floats tilt = v_splat(sum_of_four(product[r]) / (float)n);
      for (int32_t i = 0; i < n; i += LANES) {
        const lane_mask inside = m_first(n - i);
        const floats g = v_mul(v_load_masked(dy[r] + i, inside), v_load(gamma + i));
        const floats off = v_mul(v_sub(v_load_masked(x[r] + i, inside), center), factor);
        v_store_masked(dx + i, inside, v_mul(v_nfma(off, tilt, v_sub(g, share)), factor));
      }
    }
  }
}

/* Vectors of columns whose sums are made side by side. */
#define VECTORS 4
#define EACH_VECTOR UNROLL for (int v = 0; v < VECTORS; v++)

/* Per chunk of `length` rows the sums of dy and of dy * normed of each column. Units: chunks. */
KERNEL(layerNormSums) {
  ARGUMENTS;
  const float *x = (const float *)POINTER(0), *dy = (const float *)POINTER(1);
  const float *moments = (const float *)POINTER(2);
  float *sums = (float *)POINTER(3), *products = (float *)POINTER(4);
  const int32_t rows = INTEGER(5), length = INTEGER(7);
  const int64_t n = INTEGER(6);
  for (int32_t chunk = begin; chunk < end; chunk++) {
    const int32_t first = chunk * length, last = least(first + length, rows);
    for (int32_t i = 0; i < n; i += VECTORS * LANES) {
      lane_mask inside[VECTORS];
      floats sum[VECTORS], product[VECTORS];
      EACH_VECTOR {
        inside[v] = m_first(n - i - v * LANES);
        sum[v] = product[v] = v_splat(0);
      }
      for (int32_t row = first; row < last; row++) {
        const floats center = v_broadcast(moments + 2 * row), factor = v_broadcast(moments + 2 * row + 1);
        EACH_VECTOR {
          const int64_t at = row * n + i + v * LANES;
          const floats off = v_sub(v_load_masked(x + at, inside[v]), center);
          const floats g = v_load_masked(dy + at, inside[v]);
          sum[v] = v_add(sum[v], g);
          product[v] = v_fma(g, v_mul(off, factor), product[v]);
        }
      }
      EACH_VECTOR {
        v_store_masked(sums + chunk * n + i + v * LANES, inside[v], sum[v]);
        v_store_masked(products + chunk * n + i + v * LANES, inside[v], product[v]);
      }
    }
  }
}

/* out[j] = the sum of column j, for V vectors of columns from `i` on. */
INLINE void sums_of_columns(const int V, const float *x, int32_t rows, int64_t n, float *out, int32_t left) {
  floats sum[VECTORS];
  UNROLL for (int v = 0; v < V; v++) sum[v] = v_splat(0);
  for (int32_t top = 0; top < rows; top += 256) {
    floats part[VECTORS];
    UNROLL for (int v = 0; v < V; v++) part[v] = v_splat(0);
    for (int32_t row = least(256, rows - top); row > 0; row--, x += n) {
      UNROLL for (int v = 0; v < V; v++) {
        const floats next = left < V * LANES ? v_load_masked(x + v * LANES, m_first(left - v * LANES))
                                             : v_load(x + v * LANES);
        part[v] = v_add(part[v], next);
      }
    }
    UNROLL for (int v = 0; v < V; v++) sum[v] = v_add(sum[v], part[v]);
  }
  UNROLL for (int v = 0; v < V; v++) v_store_masked(out + v * LANES, m_first(left - v * LANES), sum[v]);
}

/* out[j] = the sum of column j: chunks of 256 rows from zero, added in order. Units: blocks of 16 columns. */
KERNEL(columnSums) {
  ARGUMENTS;
  float *out = (float *)POINTER(0);
  const float *x = (const float *)POINTER(1);
  const int32_t rows = INTEGER(2), n = INTEGER(3), after = least(end * 16, n);
  int32_t i = begin * 16;
#define COLUMNS(V) \
  for (; after - i > (V / 2) * LANES; i += V * LANES) { \
    sums_of_columns(V, x + i, rows, n, out + i, after - i); \
  }
  COLUMNS(VECTORS)
  COLUMNS(2)
  COLUMNS(1)
#undef COLUMNS
}
