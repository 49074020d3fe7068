/* Depthwise windows (../../kernels/convolution/depthwise.ts, ../../kernels/convolution/depthwise_grid.ts, ../../kernels/convolution/depthwise_gradient.ts). */
#include "panel.h"

/* A tap as the tables hold it: its shift on the image, the byte offset of its row of the weights. */
typedef struct {
  int32_t y, x, row;
} tap;

/* LANES columns of a tensor by channel from column j on: where their channels lie in a pixel of the image. */
typedef struct {
  int32_t j, left, m;
  lane_mask mask;
  integers channels;
} columns;

INLINE columns columns_from(int32_t j, int32_t n, int32_t m) {
  columns c = {.j = j, .left = n - j, .m = m, .mask = m_first(n - j)};
  if (m > 1) {
    int32_t channel[LANES];
    for (int32_t i = 0; i < LANES; i++) channel[i] = least(j + i, n - 1) / m;
    c.channels = v_load_integers(channel);
  }
  return c;
}

/* The columns' values of the image's pixel at p. */
INLINE floats pixel_of(const float *p, const columns *c) {
  return c->m == 1 ? v_load_masked(p + c->j, c->mask) : v_gather(p, c->channels);
}

/* One row of outputs. */
typedef struct {
  /* The image's pixel (y * sy, 0), which row of the image that is, and the image's size; strides in floats. */
  const float *image;
  int32_t y, height, width;
  int64_t pixel, line;
  const tap *taps;
  int32_t count, sx;
  const uint8_t *w;
  uint8_t *out;
  int64_t ox;
} output_row;

/* X columns from x on, all of whose taps lie inside the image on the left and right; with `careful` perhaps not. */
INLINE void window_block(const int X, const int careful, const output_row *o, int32_t x, const columns *c,
                         const epilogue *e) {
  floats sum[4];
  UNROLL for (int i = 0; i < X; i++) sum[i] = v_splat(0);
  for (int32_t t = 0; t < o->count; t++) {
    const tap at = o->taps[t];
    if ((uint32_t)(o->y + at.y) >= (uint32_t)o->height) continue;
    const int32_t ix = x * o->sx + at.x;
    if (careful && (uint32_t)ix >= (uint32_t)o->width) continue;
    const float *p = o->image + at.y * o->line + ix * o->pixel;
    const floats w = v_load_masked(o->w + at.row + c->j * 4, c->mask);
    UNROLL for (int i = 0; i < X; i++) {
      sum[i] = v_fma(pixel_of(p + i * o->sx * o->pixel, c), w, sum[i]);
    }
  }
  uint8_t *to = o->out + x * o->ox + c->j * 4;
  UNROLL for (int i = 0; i < X; i++) v_store_masked(to + i * o->ox, c->mask, finish(sum[i], e));
}

/* The same of 3 x 3 neighbours, whose weights are given: the outputs share what they load. */
INLINE void grid_block(const int X, const int SX, const output_row *o, int32_t x, const floats *w,
                       const columns *c, const epilogue *e) {
  floats sum[4];
  UNROLL for (int i = 0; i < X; i++) sum[i] = v_splat(0);
  UNROLL for (int ky = 0; ky < 3; ky++) {
    const int32_t y = o->taps[0].y + ky;
    if ((uint32_t)(o->y + y) >= (uint32_t)o->height) continue;
    const float *p = o->image + y * o->line + (x * SX + o->taps[0].x) * o->pixel + c->j;
    UNROLL for (int at = 0; at < (X - 1) * SX + 3; at++) {
      const floats v = v_load_masked(p + at * o->pixel, c->mask);
      UNROLL for (int kx = 0; kx < 3; kx++) {
        const int i = (at - kx) / SX;
        if (i * SX + kx == at && i >= 0 && i < X) sum[i] = v_fma(v, w[3 * ky + kx], sum[i]);
      }
    }
  }
  uint8_t *to = o->out + x * o->ox + c->j * 4;
  UNROLL for (int i = 0; i < X; i++) v_store_masked(to + i * o->ox, c->mask, finish(sum[i], e));
}

INLINE void grid_columns(const int SX, const output_row *o, int32_t x, int32_t after, const columns *c,
                         const epilogue *e) {
  floats w[9];
  UNROLL for (int t = 0; t < 9; t++) w[t] = v_load_masked(o->w + o->taps[t].row + c->j * 4, c->mask);
  for (; x + 4 <= after; x += 4) grid_block(4, SX, o, x, w, c, e);
  if (x + 2 <= after) grid_block(2, SX, o, x, w, c, e), x += 2;
  if (x < after) grid_block(1, SX, o, x, w, c, e);
}

/* Whether the taps are 3 x 3 neighbours, from the upper left to the lower right. */
static int is_grid(const tap *taps, int32_t count) {
  if (count != 9) return 0;
  for (int t = 0; t < 9; t++) {
    if (taps[t].y != taps[0].y + t / 3 || taps[t].x != taps[0].x + t % 3) return 0;
  }
  return 1;
}

/* Units: output rows (b, y). */
KERNEL(depthwiseGather) {
  ARGUMENTS;
  const float *image = (const float *)POINTER(0);
  const int32_t height = INTEGER(1), width = INTEGER(2), channels = INTEGER(3), m = INTEGER(4);
  const tap *taps = (const tap *)POINTER(5);
  const int32_t count = INTEGER(6), code = INTEGER(9), sy = INTEGER(10), sx = INTEGER(11);
  const uint8_t *table = POINTER(8);
  uint8_t *out = POINTER(12);
  const int64_t ob = INTEGER(13), oy = INTEGER(14);
  const int32_t ny = INTEGER(16), nx = INTEGER(17), n = channels * m;
  output_row o = {.height = height, .width = width, .pixel = channels, .line = (int64_t)width * channels,
                  .taps = taps, .count = count, .sx = sx, .w = POINTER(7), .ox = INTEGER(15)};
  int32_t leftmost = 0, rightmost = 0;
  for (int32_t t = 0; t < count; t++) {
    leftmost = least(leftmost, taps[t].x);
    rightmost = most(rightmost, taps[t].x);
  }
  /* Columns whose taps all lie inside. */
  const int32_t inner = least(nx, (sx - 1 - leftmost) / sx);
  const int32_t after = width > rightmost ? most(inner, least(nx, (width - 1 - rightmost) / sx + 1)) : inner;
  const int grid = m == 1 && sx <= 2 && is_grid(taps, count);
  for (int32_t unit = begin; unit < end; unit++) {
    const int32_t b = unit / ny, y = unit - b * ny;
    o.y = y * sy;
    o.image = image + ((int64_t)b * height + o.y) * o.line;
    o.out = out + b * ob + y * oy;
    for (int32_t j = 0; j < n; j += LANES) {
      const columns c = columns_from(j, n, m);
      const epilogue e = epilogue_of(table, code, j, c.left);
      int32_t x = 0;
      for (; x < inner; x++) window_block(1, 1, &o, x, &c, &e);
      if (grid && sx == 1) grid_columns(1, &o, x, after, &c, &e), x = after;
      if (grid && sx == 2) grid_columns(2, &o, x, after, &c, &e), x = after;
      for (; x + 4 <= after; x += 4) window_block(4, 0, &o, x, &c, &e);
      for (; x < nx; x++) window_block(1, 1, &o, x, &c, &e);
    }
  }
}

/* out(b, y, x, c): the sum of wide(b, y, x, c * m + q) over q. Units: pixels. */
KERNEL(foldChannels) {
  ARGUMENTS;
  float *out = (float *)POINTER(0);
  const float *wide = (const float *)POINTER(1);
  const int32_t channels = INTEGER(2), m = INTEGER(3);
  int64_t at = (int64_t)begin * channels;
  const int64_t after = (int64_t)end * channels;
  int32_t step[LANES];
  for (int32_t i = 0; i < LANES; i++) step[i] = i * m;
  const integers steps = v_load_integers(step);
  for (; at + LANES <= after; at += LANES) {
    floats sum = v_splat(0);
    for (int32_t q = 0; q < m; q++) sum = v_add(sum, v_gather(wide + at * m + q, steps));
    v_store(out + at, sum);
  }
  for (; at < after; at++) {
    float sum = 0;
    for (int32_t q = 0; q < m; q++) sum += wide[at * m + q];
    out[at] = sum;
  }
}

/* Taps whose sums are in registers. */
#define GROUP 9

/* A tap of the filter's gradient: the x for which it lies inside, its row of `out`, and the pixel for x = 0. */
typedef struct {
  tap at;
  int32_t first, after;
  float *out;
  const float *image;
} row_tap;

INLINE row_tap row_tap_of(tap at, int32_t width, int32_t nx, int32_t sx, uint8_t *out) {
  const int32_t first = at.x < 0 ? (sx - 1 - at.x) / sx : 0;
  const int32_t after = least(nx, width - 1 < at.x ? 0 : (width - 1 - at.x) / sx + 1);
  return (row_tap){at, first, after, (float *)(out + at.row), 0};
}

/* Adds to G taps' sums their chains over a row of d. */
INLINE void row_sums(const int G, const row_tap *taps, const float *d, int64_t step, int64_t n,
                     const columns *c) {
  floats sum[GROUP];
  int32_t first = 0, after = INT32_MAX;
  UNROLL for (int g = 0; g < G; g++) {
    first = most(first, taps[g].first);
    after = least(after, taps[g].after);
  }
  after = most(first, after);
  UNROLL for (int g = 0; g < G; g++) {
    sum[g] = v_splat(0);
    for (int64_t x = taps[g].first; x < least(first, taps[g].after); x++) {
      sum[g] = v_fma(pixel_of(taps[g].image + x * step, c), v_load_masked(d + x * n, c->mask), sum[g]);
    }
  }
  const float *q = d + first * n;
  int64_t at = first * step;
  for (int32_t x = first; x < after; x++, q += n, at += step) {
    const floats right = v_load_masked(q, c->mask);
    UNROLL for (int g = 0; g < G; g++) sum[g] = v_fma(pixel_of(taps[g].image + at, c), right, sum[g]);
  }
  UNROLL for (int g = 0; g < G; g++) {
    for (int64_t x = most(after, taps[g].first); x < taps[g].after; x++) {
      sum[g] = v_fma(pixel_of(taps[g].image + x * step, c), v_load_masked(d + x * n, c->mask), sum[g]);
    }
    v_store_masked(taps[g].out, c->mask, v_add(v_load_masked(taps[g].out, c->mask), sum[g]));
  }
}

/* Units: blocks of 16 j. */
KERNEL(depthwiseFilterGradient) {
  ARGUMENTS;
  const float *image = (const float *)POINTER(0), *d = (const float *)POINTER(8);
  const int32_t images = INTEGER(1), height = INTEGER(2), width = INTEGER(3), channels = INTEGER(4);
  const int32_t m = INTEGER(5), count = INTEGER(7), ny = INTEGER(9), nx = INTEGER(10);
  const tap *taps = (const tap *)POINTER(6);
  const int32_t sy = INTEGER(11), sx = INTEGER(12), n = channels * m;
  const int64_t step = (int64_t)sx * channels;
  uint8_t *out = POINTER(13);
  for (int32_t j = begin * 16; j < least(end * 16, n); j += LANES) {
    const columns c = columns_from(j, n, m);
    for (int32_t t = 0; t < count && images > 0; t++) {
      v_store_masked(out + taps[t].row + j * 4, c.mask, v_splat(0));
    }
    for (int64_t b = 0; b < images; b++) {
      for (int32_t t = 0; t < count; t += GROUP) {
        const int size = least(GROUP, count - t);
        row_tap group[GROUP], some[GROUP];
        for (int g = 0; g < size; g++) group[g] = row_tap_of(taps[t + g], width, nx, sx, out + j * 4);
        for (int32_t y = 0; y < ny; y++) {
          int found = 0, at = 0;
          for (int g = 0; g < size; g++) {
            const int32_t iy = y * sy + group[g].at.y;
            if ((uint32_t)iy >= (uint32_t)height) continue;
            some[found] = group[g];
            some[found++].image = image + ((b * height + iy) * width + group[g].at.x) * channels;
          }
          const float *row = d + (b * ny + y) * nx * n + j;
          if (found == 9) row_sums(9, some, row, step, n, &c), at = 9;
          if (found - at >= 6) row_sums(6, some, row, step, n, &c), at = 6;
          if (found - at >= 3) row_sums(3, some + at, row, step, n, &c), at += 3;
          for (; at < found; at++) row_sums(1, some + at, row, step, n, &c);
        }
      }
    }
  }
}
