/*
 * Products whose left side is transposed, summed over the rows of both sides (../../kernels/products/patch_product.ts): a chunk of
 * rows is one chain of fused multiply-adds from zero, chunks are added in order.
 */
#include "product.h"

/* Columns of one unit. */
#define UNIT_COLUMNS 64
/* Floats of a packed tile, at the start of the scratch memory. */
#define PACKED 262144

/* See patchProduct in ../../kernels/products/patch_product.ts. Strides in bytes; units are TILE_ROWS m by UNIT_COLUMNS columns. */
typedef struct {
  const uint8_t *a;
  int64_t xb, xy, xx;
  const uint8_t *d;
  int64_t panel, row;
  int32_t images, ny, nx, chunk_rows;
  const int32_t *offsets;
  int32_t m, n;
  float *out;
  int accumulate;
  float *packed;
} patches;

/* out[m ... m + R - 1, column ...] of one chunk: `from` has R floats for each of `length` rows, `step` bytes apart. */
INLINE void chunk(const int R, const int V, const patches *g, const uint8_t *from, int64_t step,
                  const uint8_t *right, int32_t length, int32_t m, int32_t column, int start) {
  floats sum[TILE_ROWS][2];
  UNROLL for (int r = 0; r < R; r++) sum[r][0] = sum[r][1] = v_splat(0);
  const uint8_t *second = right + (LANES == PANEL ? g->panel : LANES * 4);
  for (int32_t k = 0; k < length; k++) {
    const floats b0 = v_load(right), b1 = V > 1 ? v_load(second) : b0;
    UNROLL for (int r = 0; r < R; r++) {
      const floats x = v_broadcast(from + r * 4);
      sum[r][0] = v_fma(x, b0, sum[r][0]);
      if (V > 1) sum[r][1] = v_fma(x, b1, sum[r][1]);
    }
    from += step;
    right += g->row;
    second += g->row;
  }
  UNROLL for (int v = 0; v < V; v++) {
    const int32_t at = column + v * LANES;
    const lane_mask mask = m_first(g->n - at);
    UNROLL for (int r = 0; r < R; r++) {
      /* The last tile computes its last row again and again. */
      if (m + r >= g->m) break;
      float *to = g->out + (int64_t)(m + r) * g->n + at;
      v_store_masked(to, mask, start ? sum[r][v] : v_add(v_load_masked(to, mask), sum[r][v]));
    }
  }
}

/* The R floats of each pixel of the rows top ... bottom - 1, side by side. */
INLINE void pack_tile(const int R, const patches *g, const uint8_t *a, const int32_t *offset,
                      int32_t top, int32_t bottom) {
  float *q = g->packed;
  for (int32_t y = top; y < bottom; y++) {
    const uint8_t *p = a + y * g->xy;
    for (int32_t x = 0; x < g->nx; x++, p += g->xx, q += R) {
      UNROLL for (int r = 0; r < R; r++) q[r] = *(const float *)(p + offset[r]);
    }
  }
}

/* The columns column ... after - 1 for R values of m from `m` on. */
INLINE void patch_tile(const int R, const patches *g, int32_t b, int32_t top, int32_t bottom,
                       int32_t m, int32_t column, int32_t after, int start, int32_t *ready) {
  int32_t offset[TILE_ROWS];
  int run = 1;
  for (int r = 0; r < R; r++) {
    offset[r] = g->offsets[least(m + r, g->m - 1)];
    run = run && offset[r] == offset[0] + 4 * r;
  }
  const uint8_t *from = g->a + b * g->xb + offset[0] + top * g->xy;
  int64_t step = g->xx;
  /* Where few columns read the tile and its pixels lie at one distance, packing is not worth its while. */
  if (!run || g->xy != g->nx * g->xx || g->n > 2 * UNIT_COLUMNS) {
    from = (const uint8_t *)g->packed;
    step = R * 4;
    if (*ready != m) pack_tile(R, g, g->a + b * g->xb, offset, top, bottom);
    *ready = m;
  }
  const int32_t length = (bottom - top) * g->nx;
  const uint8_t *rows = g->d + ((int64_t)b * g->ny + top) * g->nx * g->row;
  while (column < after) {
    const uint8_t *right = rows + (column / PANEL) * g->panel + column % PANEL * 4;
    if (after - column > LANES) {
      chunk(R, 2, g, from, step, right, length, m, column, start);
      column += 2 * LANES;
    } else {
      chunk(R, 1, g, from, step, right, length, m, column, start);
      column += LANES;
    }
  }
}

static void patch_units(const patches *g, int32_t begin, int32_t end) {
  const int32_t groups = (g->n + UNIT_COLUMNS - 1) / UNIT_COLUMNS;
  for (int32_t b = 0; b < g->images; b++) {
    for (int32_t top = 0; top < g->ny; top += g->chunk_rows) {
      const int32_t bottom = least(top + g->chunk_rows, g->ny);
      const int start = b == 0 && top == 0 && !g->accumulate;
      const int fits = (bottom - top) * g->nx * TILE_ROWS <= PACKED;
      int32_t ready = -1;
      for (int32_t unit = begin; unit < end; unit++) {
        const int32_t m = unit / groups * TILE_ROWS, column = unit % groups * UNIT_COLUMNS;
        const int32_t after = least(column + UNIT_COLUMNS, g->n);
        const int32_t left = g->m - m;
        if (fits && left > 4) {
          patch_tile(TILE_ROWS, g, b, top, bottom, m, column, after, start, &ready);
          continue;
        }
        for (int32_t i = 0; i < least(TILE_ROWS, left); i += 4) {
          patch_tile(4, g, b, top, bottom, m + i, column, after, start, &ready);
        }
      }
    }
  }
}
