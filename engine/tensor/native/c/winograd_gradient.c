/* The gradient for the filter by Winograd's transforms (../../kernels/convolution/winograd_gradient.ts). */
#include "winograd.h"

/* Four vectors to six, A * from. */
INLINE void spread_line(const floats *from, int step, floats *to, int to_step) {
  const floats d0 = from[0], d1 = from[step], d2 = from[2 * step], d3 = from[3 * step];
  to[0] = d0;
  const floats even = v_add(d0, d2), odd = v_add(d1, d3);
  to[to_step] = v_add(even, odd);
  to[2 * to_step] = v_sub(even, odd);
  const floats far = v_fma(v_splat(4), d2, d0);
  const floats near = v_mul(v_splat(2), v_fma(v_splat(4), d3, d1));
  to[3 * to_step] = v_add(far, near);
  to[4 * to_step] = v_sub(far, near);
  to[5 * to_step] = d3;
}
/* Six vectors to three, Gt * from. */
INLINE void fold_line(const floats *from, int step, floats *to, int to_step) {
  const floats u0 = from[0], u1 = from[step], u2 = from[2 * step], u3 = from[3 * step];
  const floats u4 = from[4 * step], u5 = from[5 * step];
  const floats sixth = v_splat((float)(1.0 / 6.0)), s24 = v_splat((float)(1.0 / 24.0));
  const floats near = v_mul(v_add(u1, u2), sixth), far = v_add(u3, u4);
  const floats first = v_fma(v_splat(0.25f), u0, v_mul(s24, far));
  to[0] = v_sub(first, near);
  const floats middle = v_mul(v_sub(u2, u1), sixth);
  to[to_step] = v_fma(v_splat((float)(1.0 / 12.0)), v_sub(u3, u4), middle);
  to[2 * to_step] = v_add(v_fma(sixth, far, u5), v_negate(near));
}
/* A dy Aᵀ of tiles of dy [height, width, n] into planes [36][count][n]; zeros behind the image. */
static void spread_block(const float *dy, int32_t n, int32_t height, int32_t width, tile_grid grid,
                         int32_t first, int32_t count, float *planes) {
  const int64_t plane = (int64_t)count * n, line = (int64_t)width * n;
  for (int32_t at = 0; at < n; at += LANES) {
    const lane_mask mask = m_first(n - at);
    for (int32_t t = 0; t < count; t++) {
      const tile_place p = place_of(grid, first + t);
      const int32_t rows = least(4, height - 4 * p.y), columns = least(4, width - 4 * p.x);
      const float *from = dy + ((int64_t)p.b * height + 4 * p.y) * line + 4 * (int64_t)p.x * n + at;
      floats lines[24];
      for (int j = 0; j < 4; j++) {
        floats column[4];
        UNROLL for (int i = 0; i < 4; i++) {
          column[i] = i < rows && j < columns ? v_load_masked(from + i * line + j * (int64_t)n, mask)
                                              : v_splat(0);
        }
        spread_line(column, 1, lines + j, 4);
      }
      float *to = planes + (int64_t)t * n + at;
      for (int i = 0; i < 6; i++) {
        floats row[6];
        spread_line(lines + 4 * i, 1, row, 1);
        UNROLL for (int j = 0; j < 6; j++) v_store_masked(to + (6 * i + j) * plane, mask, row[j]);
      }
    }
  }
}

/* Units: chunks of `chunk` blocks. */
KERNEL(winogradFilterGradient) {
  ARGUMENTS;
  const int32_t images = INTEGER(1), c = INTEGER(4), n = INTEGER(8);
  const framed f = {POINTER(0), INTEGER(2), INTEGER(3), c};
  const tile_grid grid = {INTEGER(5), INTEGER(6)};
  const float *dy = (const float *)POINTER(7);
  const int32_t height = INTEGER(9), width = INTEGER(10), block = INTEGER(11), size = INTEGER(12);
  float *du = (float *)POINTER(13);
  const int32_t tiles = images * grid.y * grid.x;
  float *planes = (float *)(memory + scratch + PLANES);
  int32_t *table = (int32_t *)(memory + scratch + TABLE);
  for (int32_t i = 0; i < c; i++) table[i] = i * 4;
  const int32_t units = (c + TILE_ROWS - 1) / TILE_ROWS * ((n + UNIT_COLUMNS - 1) / UNIT_COLUMNS);
  for (int32_t unit = begin; unit < end; unit++) {
    float *sums = du + (int64_t)unit * 36 * c * n;
    const int32_t start = unit * size * block, stop = least(start + size * block, tiles);
    for (int32_t first = start; first < stop; first += block) {
      const int32_t count = least(block, stop - first);
      input_block(&f, grid, first, count, planes);
      float *spread = planes + (int64_t)36 * count * c;
      spread_block(dy, n, height, width, grid, first, count, spread);
      for (int i = 0; i < 36; i++) {
        const patches g = {
          .a = (const uint8_t *)(planes + (int64_t)i * count * c), .xx = c * 4, .xy = c * 4,
          .d = (const uint8_t *)(spread + (int64_t)i * count * n), .panel = PANEL * 4, .row = n * 4,
          .images = 1, .ny = count, .nx = 1, .chunk_rows = count, .offsets = table, .m = c, .n = n,
          .out = sums + (int64_t)i * c * n, .accumulate = first > start,
          .packed = (float *)(memory + scratch),
        };
        patch_units(&g, 0, units);
      }
    }
  }
}

/* dw [3, 3, c, n] of the chunks' sums, added in order. Units: rows of c. */
KERNEL(winogradFold) {
  ARGUMENTS;
  const float *du = (const float *)POINTER(0);
  const int32_t chunks = INTEGER(1), c = INTEGER(2), n = INTEGER(3);
  float *dw = (float *)POINTER(4);
  const int64_t plane = (int64_t)c * n;
  for (int32_t unit = begin; unit < end; unit++) {
    for (int32_t j = 0; j < n; j += LANES) {
      const lane_mask mask = m_first(n - j);
      const int64_t at = (int64_t)unit * n + j;
      floats sums[36], lines[18];
      for (int i = 0; i < 36; i++) {
        const float *p = du + i * plane + at;
        floats sum = v_load_masked(p, mask);
        for (int32_t k = 1; k < chunks; k++) {
          p += 36 * plane;
          sum = v_add(sum, v_load_masked(p, mask));
        }
        sums[i] = sum;
      }
      for (int i = 0; i < 6; i++) fold_line(sums + i, 6, lines + i, 6);
      for (int ky = 0; ky < 3; ky++) {
        floats row[3];
        fold_line(lines + 6 * ky, 1, row, 1);
        for (int kx = 0; kx < 3; kx++) v_store_masked(dw + (3 * ky + kx) * plane + at, mask, row[kx]);
      }
    }
  }
}
