/* 3 x 3 convolutions at stride 1 by Winograd's F(4x4, 3x3), and the filter's gradient (../kernels/winograd.ts). */
#include "patch_product.h"

/* Scratch memory behind the packed tile: offsets of channels, then the planes. */
#define TABLE 1048576
#define PLANES (TABLE + 32768)

/* Six vectors to six, Bt * from. */
INLINE void input_line(const floats *from, int step, floats *to, int to_step) {
  const floats d0 = from[0], d1 = from[step], d2 = from[2 * step], d3 = from[3 * step];
  const floats d4 = from[4 * step], d5 = from[5 * step];
  const floats four = v_splat(4), five = v_splat(5), two = v_splat(2);
  to[0] = v_fma(four, d0, v_nfma(five, d2, d4));
  const floats a = v_nfma(four, d2, d4), b = v_nfma(four, d1, d3);
  to[to_step] = v_add(a, b);
  to[2 * to_step] = v_sub(a, b);
  const floats c = v_sub(d4, d2), e = v_sub(d3, d1);
  to[3 * to_step] = v_fma(two, e, c);
  to[4 * to_step] = v_nfma(two, e, c);
  to[5 * to_step] = v_fma(four, d1, v_nfma(five, d3, d5));
}

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

/* Where tiles of 4 x 4 outputs lie on the images. */
typedef struct {
  int32_t y, x;
} tile_grid;

typedef struct {
  int32_t b, y, x;
} tile_place;

INLINE tile_place place_of(tile_grid grid, int32_t tile) {
  const int32_t row = tile / grid.x, b = row / grid.y;
  return (tile_place){b, row - b * grid.y, tile - row * grid.x};
}

/* Framed images of c channels, `image` and `line` bytes apart. */
typedef struct {
  const uint8_t *at;
  int64_t image, line;
  int32_t c;
} framed;

/* Tiles first ... first + count - 1 of the images into planes [36][count][c]. */
static void input_block(const framed *f, tile_grid grid, int32_t first, int32_t count, float *planes) {
  const int32_t c = f->c;
  const int64_t plane = (int64_t)count * c;
  for (int32_t at = 0; at < c; at += LANES) {
    const lane_mask mask = m_first(c - at);
    for (int32_t t = 0; t < count; t++) {
      const tile_place p = place_of(grid, first + t);
      const uint8_t *from = f->at + p.b * f->image + 4 * p.y * f->line + (4 * (int64_t)p.x * c + at) * 4;
      floats lines[36];
      UNROLL for (int j = 0; j < 6; j++) {
        floats column[6];
        UNROLL for (int i = 0; i < 6; i++) {
          column[i] = v_load_masked(from + i * f->line + j * (int64_t)c * 4, mask);
        }
        input_line(column, 1, lines + j, 6);
      }
      float *to = planes + (int64_t)t * c + at;
      for (int i = 0; i < 6; i++) {
        floats row[6];
        input_line(lines + 6 * i, 1, row, 1);
        UNROLL for (int j = 0; j < 6; j++) v_store_masked(to + (6 * i + j) * plane, mask, row[j]);
      }
    }
  }
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

/* u = G w Gt in panels, see ../kernels/winograd_filter.ts. Units: fours of outputs. */
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
