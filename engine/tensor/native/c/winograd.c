/* 3 x 3 convolutions at stride 1 by Winograd's F(4x4, 3x3) (../../kernels/convolution/winograd.ts), and the filter's transform. */
#include "winograd.h"

/* Six vectors to four, At * from. */
INLINE void output_line(const floats *from, int step, floats *to, int to_step) {
  const floats m0 = from[0], m1 = from[step], m2 = from[2 * step], m3 = from[3 * step];
  const floats m4 = from[4 * step], m5 = from[5 * step];
  const floats s = v_add(m1, m2), u = v_sub(m1, m2), v = v_add(m3, m4), w = v_sub(m3, m4);
  to[0] = v_add(v_add(m0, s), v);
  to[to_step] = v_fma(v_splat(2), w, u);
  to[2 * to_step] = v_fma(v_splat(4), v, s);
  to[3 * to_step] = v_fma(v_splat(8), w, v_add(u, m5));
}
/* Three vectors to six, G * from. */
INLINE void filter_line(const floats *from, int step, floats *to, int to_step) {
  const floats g0 = from[0], g1 = from[step], g2 = from[2 * step];
  const floats sixth = v_splat((float)(1.0 / 6.0)), s24 = v_splat((float)(1.0 / 24.0));
  to[0] = v_mul(g0, v_splat(0.25f));
  const floats even = v_mul(v_add(g0, g2), v_negate(sixth)), odd = v_mul(g1, sixth);
  to[to_step] = v_sub(even, odd);
  to[2 * to_step] = v_add(even, odd);
  const floats far = v_fma(s24, g0, v_mul(sixth, g2));
  const floats near = v_mul(v_splat((float)(1.0 / 12.0)), g1);
  to[3 * to_step] = v_add(far, near);
  to[4 * to_step] = v_sub(far, near);
  to[5 * to_step] = g2;
}
/* Units: blocks of `block` tiles. */
KERNEL(winograd) {
  ARGUMENTS;
  const int32_t images = INTEGER(1), c = INTEGER(4), n = INTEGER(8);
  const framed f = {POINTER(0), INTEGER(2), INTEGER(3), c};
  const tile_grid grid = {INTEGER(5), INTEGER(6)};
  const float *u = (const float *)POINTER(7);
  uint8_t *out = POINTER(9);
  const int64_t ob = INTEGER(10), oy = INTEGER(11);
  const int32_t height = INTEGER(12), width = INTEGER(13), code = INTEGER(15), block = INTEGER(16);
  const uint8_t *table = POINTER(14);
  const int32_t tiles = images * grid.y * grid.x;
  float *planes = (float *)(memory + scratch + PLANES);
  const int64_t panels = (int64_t)(n + PANEL - 1) / PANEL * PANEL * c;
  const int32_t zero = 0;
  for (int32_t unit = begin; unit < end; unit++) {
    const int32_t first = unit * block, count = least(block, tiles - first);
    input_block(&f, grid, first, count, planes);
    float *products = planes + (int64_t)36 * count * c;
    for (int i = 0; i < 36; i++) {
      const gather g = {
        .a = (const uint8_t *)(planes + (int64_t)i * count * c), .ax = c * 4, .ny = 1, .nx = count,
        .offsets = &zero, .segments = 1, .length = c, .panels = u + i * panels, .n = n,
        .out = (uint8_t *)(products + (int64_t)i * count * n), .ox = n * 4,
      };
      gather_rows(&g, 0, count);
    }
    const int64_t plane = (int64_t)count * n;
    for (int32_t at = 0; at < n; at += LANES) {
      const lane_mask mask = m_first(n - at);
      const epilogue e = epilogue_of(table, code, at, n - at);
      for (int32_t t = 0; t < count; t++) {
        const tile_place p = place_of(grid, first + t);
        const int32_t rows = least(4, height - 4 * p.y), columns = least(4, width - 4 * p.x);
        const float *from = products + (int64_t)t * n + at;
        floats lines[24];
        for (int j = 0; j < 6; j++) {
          floats column[6];
          UNROLL for (int i = 0; i < 6; i++) column[i] = v_load_masked(from + (6 * i + j) * plane, mask);
          output_line(column, 1, lines + j, 6);
        }
        uint8_t *to = out + p.b * ob + 4 * p.y * oy + (4 * (int64_t)p.x * n + at) * 4;
        for (int32_t i = 0; i < rows; i++) {
          floats row[4];
          output_line(lines + 6 * i, 1, row, 1);
          for (int32_t j = 0; j < columns; j++) {
            v_store_masked(to + i * oy + j * (int64_t)n * 4, mask, finish(row[j], &e));
          }
        }
      }
    }
  }
}
/* u = G w Gt in panels, see ../../kernels/convolution/winograd_filter.ts. Units: fours of outputs. */
KERNEL(winogradFilter) {
  ARGUMENTS;
  const uint8_t *w = POINTER(0);
  const int64_t sy = INTEGER(1), sx = INTEGER(2), sc = INTEGER(3), sn = INTEGER(4);
  const int32_t c = INTEGER(5), n = INTEGER(6);
  float *u = (float *)POINTER(7);
  const int64_t plane = (int64_t)(n + PANEL - 1) / PANEL * PANEL * c;
  for (int32_t column = begin * 4; column < end * 4;) {
    /* As many outputs as one vector of a panel holds. */
    const int32_t count = least(LANES - column % LANES, end * 4 - column);
    const lane_mask mask = m_first(count);
    float *to = u + (int64_t)(column / PANEL) * PANEL * c + column % PANEL;
    for (int32_t i = 0; i < c; i++) {
      const uint8_t *p = w + i * sc + column * sn;
      floats taps[9], lines[18];
      for (int k = 0; k < 9; k++) {
        const uint8_t *q = p + k / 3 * sy + k % 3 * sx;
        if (sn == 4) {
          taps[k] = v_load_masked(q, mask);
        } else {
          float picked[LANES];
          for (int32_t lane = 0; lane < LANES; lane++) {
            picked[lane] = lane < count ? *(const float *)(q + lane * sn) : 0;
          }
          taps[k] = v_load(picked);
        }
      }
      for (int kx = 0; kx < 3; kx++) filter_line(taps + kx, 3, lines + kx, 3);
      for (int ky = 0; ky < 6; ky++) {
        floats row[6];
        filter_line(lines + 3 * ky, 1, row, 1);
        for (int kx = 0; kx < 6; kx++) {
          v_store_masked(to + (6 * ky + kx) * plane + (int64_t)i * PANEL, mask, row[kx]);
        }
      }
    }
    column += count;
  }
}
