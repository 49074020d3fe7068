/* Layers on 16-bit integers (../../kernels/integer_product.ts, ../../kernels/integer_depthwise.ts). */
#include "integer_end.h"

/* Rows and panels of a tile: with 24 sums of AVX-512 or 12 of AVX2 three quarters of the registers are full. */
#if LANES == 16
#define TILE_ROWS 12
#define TILE_PANELS 2
#else
#define TILE_ROWS 6
#define TILE_PANELS 1
#endif
#define TILE_VECTORS (TILE_PANELS * PARTS)

/* Rows that are multiplied by panels of pairs: a row is `segments` runs of so many pairs at these byte offsets. */
typedef struct {
  const int32_t *offsets;
  int32_t segments, pairs;
} runs;

/* The sums of R rows and P panels, the second panel `step` integers behind the first. */
INLINE void tile_sums(const int R, const int P, const int dot, const uint8_t *const *a, const runs *k,
                      const int32_t *q, int64_t step, integers *sums) {
  integers sum[TILE_ROWS][TILE_VECTORS];
  UNROLL for (int r = 0; r < R; r++) {
    UNROLL for (int v = 0; v < P * PARTS; v++) sum[r][v] = v_splat_integer(0);
  }
  const int64_t pairs = k->pairs;
  for (int32_t s = 0; s < k->segments && pairs > 0; s++) {
    const int32_t *p[TILE_ROWS];
    UNROLL for (int r = 0; r < R; r++) p[r] = (const int32_t *)(a[r] + k->offsets[s]);
    for (int64_t i = 0; i < pairs; i++, q += PANEL) {
      integers b[TILE_VECTORS];
      UNROLL for (int v = 0; v < P * PARTS; v++) {
        b[v] = v_load_integers(q + v / PARTS * step + v % PARTS * LANES);
      }
      UNROLL for (int r = 0; r < R; r++) {
        const integers x = v_splat_integer(p[r][i]);
        UNROLL for (int v = 0; v < P * PARTS; v++) sum[r][v] = v_add_products(dot, sum[r][v], x, b[v]);
      }
    }
  }
  UNROLL for (int r = 0; r < R; r++) {
    UNROLL for (int v = 0; v < P * PARTS; v++) sums[r * TILE_VECTORS + v] = sum[r][v];
  }
}

/* Of any number of rows up to TILE_ROWS; the pointers behind the last row are the last row's. */
INLINE void sums_of(int rows, int panels, const int dot, const uint8_t *const *a, const runs *k,
                    const int32_t *q, int64_t step, integers *sums) {
#define BOTH(R) \
  if (panels == 2) tile_sums(R, TILE_PANELS, dot, a, k, q, step, sums); \
  else tile_sums(R, 1, dot, a, k, q, step, sums)
#if LANES == 16
  if (rows > 8) {
    BOTH(12);
  } else if (rows > 4) {
    BOTH(8);
#else
  if (rows > 4) {
    BOTH(6);
#endif
  } else if (rows > 1) {
    BOTH(4);
  } else {
    BOTH(1);
  }
#undef BOTH
}

/* Units: blocks of 4 rows. */
KERNEL(integerProduct) {
  ARGUMENTS;
  const uint8_t *from = POINTER(0);
  const int64_t ab = INTEGER(1), ay = INTEGER(2), ax = INTEGER(3);
  const int32_t rows = INTEGER(4), ny = INTEGER(5), nx = INTEGER(6), n = INTEGER(11);
  const runs k = {(const int32_t *)POINTER(7), INTEGER(8), INTEGER(9)};
  const int32_t *panels = (const int32_t *)POINTER(10);
  uint8_t *out = POINTER(12);
  const int64_t ob = INTEGER(13), oy = INTEGER(14), ox = INTEGER(15);
  const integer_end ends = {(const float *)POINTER(16), INTEGER(17), INTEGER(18), INTEGER(19)};
  const float *scales = (const float *)POINTER(20);
  const int64_t panel = (int64_t)k.segments * k.pairs * PANEL;
  const int32_t after = least(end * 4, rows);
  const int dot = has_dot();
  int32_t b = begin * 4 / (ny * nx), y = begin * 4 / nx - b * ny;
  int32_t x = begin * 4 - (b * ny + y) * nx;
  for (int32_t r = begin * 4; r < after; r += TILE_ROWS) {
    const int count = least(TILE_ROWS, after - r);
    const uint8_t *a[TILE_ROWS];
    uint8_t *to[TILE_ROWS];
    for (int i = 0; i < TILE_ROWS; i++) {
      if (i >= count) {
        a[i] = a[i - 1];
        continue;
      }
      a[i] = from + b * ab + y * ay + x * ax;
      to[i] = out + b * ob + y * oy + x * ox;
      if (++x < nx) continue;
      x = 0;
      if (++y < ny) continue;
      y = 0;
      b++;
    }
    for (int32_t column = 0; column < n; column += TILE_PANELS * PANEL) {
      integers sums[TILE_ROWS * TILE_VECTORS];
      const int some = TILE_PANELS == 2 && n - column > PANEL ? 2 : 1;
      const int32_t *right = panels + column / PANEL * panel;
      if (dot) sums_of(count, some, 1, a, &k, right, panel, sums);
      else sums_of(count, some, 0, a, &k, right, panel, sums);
      for (int i = 0; i < some; i++) {
        const int32_t at = column + i * PANEL;
        store_sums(sums + i * PARTS, TILE_VECTORS, count, to, &ends, at, n - at, scales + r);
      }
    }
  }
}

/* w [k, n], int32 of 16 bits, in pairs of rows, into panels `panelBytes` apart. Units: panels. */
KERNEL(packPairs) {
  ARGUMENTS;
  uint8_t *out = POINTER(0);
  const int64_t panel_bytes = INTEGER(1);
  const int32_t *w = (const int32_t *)POINTER(2);
  const int32_t k = INTEGER(3), n = INTEGER(4);
  for (int32_t panel = begin; panel < end; panel++) {
    const int32_t *p = w + panel * PANEL;
    int32_t *q = (int32_t *)(out + panel * panel_bytes);
    for (int32_t i = 0; i < k; i += 2, p += 2 * (int64_t)n, q += PANEL) {
      integers pairs[PARTS];
      pack_pairs(p, i + 1 < k ? p + n : 0, n - panel * PANEL, pairs);
      for (int part = 0; part < PARTS; part++) v_store_integers(q + part * LANES, pairs[part]);
    }
  }
}

/* Columns of an output row whose sums are in registers, and that are stored together. */
#define COLUMNS 4
#define STORED 16

/* Sums over pairs of taps, of PANEL channels of the windows whose corners are p; `left` of them are left. */
INLINE void window_sums(const uint8_t *const *p, const int32_t *taps, int32_t pairs, const int32_t *w,
                        int32_t left, integers *sums) {
  integers sum[COLUMNS][PARTS];
  UNROLL for (int i = 0; i < COLUMNS; i++) {
    UNROLL for (int v = 0; v < PARTS; v++) sum[i][v] = v_splat_integer(0);
  }
  for (int32_t k = 0; k < pairs; k++, w += PANEL) {
    const int64_t first = taps[2 * k], second = taps[2 * k + 1];
    integers weight[PARTS];
    UNROLL for (int v = 0; v < PARTS; v++) weight[v] = v_load_integers(w + v * LANES);
    UNROLL for (int i = 0; i < COLUMNS; i++) {
      integers both[PARTS];
      paired(s_load(p[i] + first, left), s_load(p[i] + second, left), both);
      UNROLL for (int v = 0; v < PARTS; v++) sum[i][v] = v_add_products(0, sum[i][v], both[v], weight[v]);
    }
  }
  UNROLL for (int i = 0; i < COLUMNS; i++) {
    UNROLL for (int v = 0; v < PARTS; v++) sums[i * PARTS + v] = sum[i][v];
  }
}

/* Units: rows of all outputs. */
KERNEL(integerDepthwise) {
  ARGUMENTS;
  const uint8_t *image = POINTER(0);
  const int32_t height = INTEGER(1), width = INTEGER(2), channels = INTEGER(3), pairs = INTEGER(5);
  const int32_t *taps = (const int32_t *)POINTER(4), *w = (const int32_t *)POINTER(6);
  const int32_t sy = INTEGER(7), sx = INTEGER(8), ny = INTEGER(10), nx = INTEGER(11);
  uint8_t *out = POINTER(9);
  const integer_end ends = {(const float *)POINTER(12), INTEGER(13), INTEGER(14), INTEGER(15)};
  const int64_t pixel = channels * 2, line = pixel * width, step = pixel * sx;
  const int64_t out_pixel = (int64_t)channels * (ends.code > ROWS ? 2 : 4);
  for (int32_t unit = begin; unit < end; unit++) {
    const int32_t b = unit / ny, y = unit - b * ny;
    const uint8_t *row = image + line * ((int64_t)b * height + y * sy);
    for (int32_t c = 0; c < channels; c += PANEL) {
      const int32_t left = channels - c;
      const int32_t *weights = w + (int64_t)c * pairs;
      for (int32_t x = 0; x < nx; x += STORED) {
        const int32_t count = least(STORED, nx - x);
        const uint8_t *p[STORED];
        uint8_t *to[STORED];
        integers sums[STORED * PARTS];
        /* Columns behind the last are the last again. */
        for (int i = 0; i < STORED; i++) {
          const int32_t at = least(x + i, nx - 1);
          p[i] = row + at * step + c * 2;
          to[i] = out + ((int64_t)unit * nx + at) * out_pixel;
        }
        for (int i = 0; i < count; i += COLUMNS) {
          if (left >= PANEL) window_sums(p + i, taps, pairs, weights, PANEL, sums + i * PARTS);
          else window_sums(p + i, taps, pairs, weights, left, sums + i * PARTS);
        }
        store_sums(sums, PARTS, count, to, &ends, c, left, 0);
      }
    }
  }
}

/* w [taps, channels], int32 of 16 bits, in pairs of taps. Units: groups of PANEL channels. */
KERNEL(packTaps) {
  ARGUMENTS;
  const int32_t *w = (const int32_t *)POINTER(1);
  const int32_t taps = INTEGER(2), channels = INTEGER(3);
  int32_t *q = (int32_t *)POINTER(0) + (int64_t)begin * ((taps + 1) / 2) * PANEL;
  for (int32_t group = begin; group < end; group++) {
    const int32_t *p = w + group * PANEL;
    for (int32_t i = 0; i < taps; i += 2, p += 2 * (int64_t)channels, q += PANEL) {
      integers pairs[PARTS];
      pack_pairs(p, i + 1 < taps ? p + channels : 0, channels - group * PANEL, pairs);
      for (int part = 0; part < PARTS; part++) v_store_integers(q + part * LANES, pairs[part]);
    }
  }
}
