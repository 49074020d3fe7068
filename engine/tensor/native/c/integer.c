/* Layers on integers of 16 bits and products of bytes (../../kernels/integers/integer_product.ts, ../../kernels/integers/integer_depthwise.ts). */
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
/* Rows whose sums are stored together, one tile of AVX-512 or two of AVX2. */
#define BLOCK_ROWS 12

/* Rows that are multiplied by panels: a row is `segments` runs of so many lanes of 32 bits at these byte offsets. */
typedef struct {
  const int32_t *offsets;
  int32_t segments, lanes;
} runs;

/*
 * The sums of R rows and P panels, the second panel `step` integers behind the first. Panels for bytes begin with what
 * their sums do.
 */
INLINE void tile_sums(const int R, const int P, const int bytes, const uint8_t *const *a, const runs *k,
                      const int32_t *q, int64_t step, integers *sums) {
  integers sum[TILE_ROWS][TILE_VECTORS];
  UNROLL for (int v = 0; v < P * PARTS; v++) {
    const integers first = bytes ? v_load_integers(q + v / PARTS * step + v % PARTS * LANES) : v_splat_integer(0);
    UNROLL for (int r = 0; r < R; r++) sum[r][v] = first;
  }
  if (bytes) q += PANEL;
  const int64_t lanes = k->lanes;
  for (int32_t s = 0; s < k->segments && lanes > 0; s++) {
    const int32_t *p[TILE_ROWS];
    UNROLL for (int r = 0; r < R; r++) p[r] = (const int32_t *)(a[r] + k->offsets[s]);
    for (int64_t i = 0; i < lanes; i++, q += PANEL) {
      integers b[TILE_VECTORS];
      UNROLL for (int v = 0; v < P * PARTS; v++) {
        b[v] = v_load_integers(q + v / PARTS * step + v % PARTS * LANES);
      }
      UNROLL for (int r = 0; r < R; r++) {
        const integers x = v_splat_integer(p[r][i]);
        UNROLL for (int v = 0; v < P * PARTS; v++) {
          sum[r][v] = bytes ? v_add_quads(sum[r][v], x, b[v]) : v_add_products(sum[r][v], x, b[v]);
        }
      }
    }
  }
  UNROLL for (int r = 0; r < R; r++) {
    UNROLL for (int v = 0; v < P * PARTS; v++) sums[r * TILE_VECTORS + v] = sum[r][v];
  }
}

/* Of any number of rows up to TILE_ROWS; the pointers behind the last row are the last row's. */
INLINE void sums_of(int rows, int panels, const int bytes, const uint8_t *const *a, const runs *k,
                    const int32_t *q, int64_t step, integers *sums) {
#define BOTH(R) \
  if (panels == 2) tile_sums(R, TILE_PANELS, bytes, a, k, q, step, sums); \
  else tile_sums(R, 1, bytes, a, k, q, step, sums)
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

/* A row's bytes as integers of 16 bits, one run behind the other. */
INLINE void widen_row(const uint8_t *from, const runs *k, int16_t *to) {
  for (int32_t s = 0; s < k->segments; s++, to += 2 * k->lanes) {
    for (int32_t i = 0; i < 2 * k->lanes; i += 16) s_store(to + i, 16, widened(from + k->offsets[s] + i));
  }
}

INLINE void product(const int bytes, uint8_t *memory, uint32_t scratch, uint32_t arguments, int32_t begin,
                    int32_t end) {
  ARGUMENTS;
  const uint8_t *from = POINTER(0);
  const int64_t ab = INTEGER(1), ay = INTEGER(2), ax = INTEGER(3);
  const int32_t rows = INTEGER(4), ny = INTEGER(5), nx = INTEGER(6), n = INTEGER(11);
  const runs given = {(const int32_t *)POINTER(7), INTEGER(8), INTEGER(9)};
  const int32_t *panels = (const int32_t *)POINTER(10);
  uint8_t *out = POINTER(12);
  const int64_t ob = INTEGER(13), oy = INTEGER(14), ox = INTEGER(15);
  const integer_end ends = {(const float *)POINTER(16), INTEGER(17), INTEGER(18), INTEGER(19)};
  const float *scales = (const float *)POINTER(20);
  const int64_t whole = (int64_t)given.segments * given.lanes, panel = (whole + (bytes ? 1 : 0)) * PANEL;
  const int widen = bytes && GROUP == 2;
  static const int32_t NONE = 0;
  const runs joined = {&NONE, 1, whole}, *k = widen ? &joined : &given;
  const int32_t after = least(end * 4, rows);
  int32_t b = begin * 4 / (ny * nx), y = begin * 4 / nx - b * ny;
  int32_t x = begin * 4 - (b * ny + y) * nx;
  for (int32_t r = begin * 4; r < after; r += BLOCK_ROWS) {
    const int count = least(BLOCK_ROWS, after - r);
    const uint8_t *a[BLOCK_ROWS];
    uint8_t *to[BLOCK_ROWS];
    for (int i = 0; i < BLOCK_ROWS; i++) {
      if (i >= count) {
        a[i] = a[i - 1];
        continue;
      }
      a[i] = from + b * ab + y * ay + x * ax;
      to[i] = out + b * ob + y * oy + x * ox;
      if (widen) {
        int16_t *row = (int16_t *)(memory + scratch) + i * (2 * whole + 16);
        widen_row(a[i], &given, row);
        a[i] = (const uint8_t *)row;
      }
      if (++x < nx) continue;
      x = 0;
      if (++y < ny) continue;
      y = 0;
      b++;
    }
    for (int32_t column = 0; column < n; column += TILE_PANELS * PANEL) {
      integers sums[BLOCK_ROWS * TILE_VECTORS];
      const int some = TILE_PANELS == 2 && n - column > PANEL ? 2 : 1;
      for (int i = 0; i < count; i += TILE_ROWS) {
        sums_of(least(TILE_ROWS, count - i), some, bytes, a + i, k, panels + column / PANEL * panel, panel,
                sums + i * TILE_VECTORS);
      }
      for (int i = 0; i < some; i++) {
        const int32_t at = column + i * PANEL;
        store_sums(sums + i * PARTS, TILE_VECTORS, count, to, &ends, at, n - at, scales + r);
      }
    }
  }
}

/* Units: blocks of 4 rows. */
KERNEL(integerProduct) { product(0, memory, scratch, arguments, begin, end); }
KERNEL(byteProduct) { product(1, memory, scratch, arguments, begin, end); }

/* w [k, n], int32 of 16 bits, in pairs of rows, into panels `panelBytes` apart. Units: panels. */
KERNEL(packPairs) {
  ARGUMENTS;
  uint8_t *out = POINTER(0);
  const int64_t panel_bytes = INTEGER(1);
  const int32_t *w = (const int32_t *)POINTER(2);
  const int32_t k = INTEGER(3), n = INTEGER(4);
  for (int32_t panel = begin; panel < end; panel++) {
    int32_t *q = (int32_t *)(out + panel * panel_bytes);
    const int32_t *p = w + panel * PANEL;
    for (int32_t i = 0; i < k; i += 2, p += 2 * (int64_t)n, q += PANEL) {
      integers pairs[PARTS];
      pack_pairs(p, i + 1 < k ? p + n : 0, n - panel * PANEL, pairs);
      for (int part = 0; part < PARTS; part++) v_store_integers(q + part * LANES, pairs[part]);
    }
  }
}

/* w [segments, k, n], int32 of 8 bits, GROUP rows to a lane, behind `low` times their sums. Units: panels. */
KERNEL(packBytes) {
  ARGUMENTS;
  uint8_t *out = POINTER(0);
  const int64_t panel_bytes = INTEGER(1);
  const int32_t segments = INTEGER(3), k = INTEGER(4), n = INTEGER(5);
  const uint32_t low = INTEGER(6);
  for (int32_t panel = begin; panel < end; panel++) {
    const int32_t *w = (const int32_t *)POINTER(2) + panel * PANEL, some = least(PANEL, n - panel * PANEL);
    int32_t *const q = (int32_t *)(out + panel * panel_bytes);
    uint32_t lanes[PANEL], totals[PANEL] = {0};
    int64_t at = 0;
    for (int32_t s = 0; s < segments; s++, w += (int64_t)k * n) {
      for (int32_t i = 0; i < k; i += GROUP) {
        for (int32_t c = 0; c < PANEL; c++) {
          lanes[c] = 0;
          for (int32_t g = 0; g < GROUP && i + g < k && c < some; g++) {
            const int32_t value = w[(int64_t)(i + g) * n + c];
            totals[c] += value;
            lanes[c] |= GROUP == 4 ? (uint32_t)(uint8_t)value << 8 * g : (uint32_t)(uint16_t)value << 16 * g;
          }
        }
        store_panel(q + (at += PANEL), lanes);
      }
    }
    for (int32_t c = 0; c < PANEL; c++) totals[c] *= low;
    store_panel(q, totals);
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
      UNROLL for (int v = 0; v < PARTS; v++) sum[i][v] = v_add_products(sum[i][v], both[v], weight[v]);
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

/* What the caller plans with: the rows of weights that lie in a lane of a panel for bytes. */
const int32_t byteGroup = GROUP;
