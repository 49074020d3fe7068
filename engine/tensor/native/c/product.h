/*
 * The micro-kernel of products (../../kernels/products/product.ts): R rows by V vectors of columns in registers. Every element is
 * one chain of fused multiply-adds in ascending order of k, so its bits are those of any other blocking.
 */
#include "panel.h"

/* Rows of a full tile: with two vectors of columns, the sums fill three quarters of the registers. */
#if LANES == 16
#define TILE_ROWS 12
#else
#define TILE_ROWS 6
#endif

/* What a tile's rows are multiplied by, and what becomes of the sums. */
typedef struct {
  /* A row is `segments` runs of `length` floats, at these byte offsets. */
  const int32_t *offsets;
  int32_t segments, length;
  /* The first vector of columns, and floats from it to the second. */
  const float *right;
  int64_t step;
  /* Continue from what is there. */
  int accumulate;
  const uint8_t *table;
  int32_t code;
  /* The first column, and how many are left from there. */
  int64_t column;
  int32_t left;
} tile_product;

/* `a` and `out` point to the rows; out's are written from `column` on. Rows may be named twice. */
INLINE void tile(const int R, const int V, const uint8_t *const *a, uint8_t *const *out,
                 const tile_product *t) {
  floats sum[TILE_ROWS][2];
  const lane_mask mask[2] = {m_first(t->left), m_first(t->left - LANES)};
  UNROLL for (int r = 0; r < R; r++) {
    UNROLL for (int v = 0; v < V; v++) {
      const uint8_t *from = out[r] + (t->column + v * LANES) * 4;
      sum[r][v] = t->accumulate ? v_load_masked(from, mask[v]) : v_splat(0);
    }
  }
  const float *q = t->right;
  const int64_t step = t->step;
  if (t->length > 0) {
    for (int32_t s = 0; s < t->segments; s++) {
      const float *p[TILE_ROWS];
      const int64_t length = t->length;
      UNROLL for (int r = 0; r < R; r++) p[r] = (const float *)(a[r] + t->offsets[s]) + length;
      /* Up to 0 and from the ends of the rows: that takes one register less, and they are all in use. */
      for (int64_t k = -length; k < 0; k++) {
        const floats b0 = v_load(q), b1 = V > 1 ? v_load(q + step) : b0;
        q += PANEL;
        UNROLL for (int r = 0; r < R; r++) {
          const floats x = v_broadcast(p[r] + k);
          sum[r][0] = v_fma(x, b0, sum[r][0]);
          if (V > 1) sum[r][1] = v_fma(x, b1, sum[r][1]);
        }
      }
    }
  }
  UNROLL for (int v = 0; v < V; v++) {
    const int64_t column = t->column + v * LANES;
    if (t->table || t->code) {
      const epilogue e = epilogue_of(t->table, t->code, column, t->left - v * LANES);
      UNROLL for (int r = 0; r < R; r++) sum[r][v] = finish(sum[r][v], &e);
    }
    UNROLL for (int r = 0; r < R; r++) v_store_masked(out[r] + column * 4, mask[v], sum[r][v]);
  }
}

/* A tile of any number of rows up to TILE_ROWS; the pointers behind the last row are the last row's. */
static void tile_of(int rows, int vectors, const uint8_t *const *a, uint8_t *const *out,
                    const tile_product *t) {
#define BOTH(R) \
  if (vectors == 2) tile(R, 2, a, out, t); \
  else tile(R, 1, a, out, t)
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

/* See gatherProduct in ../../kernels/products/product.ts. Strides in bytes; rows first <= r < after. */
typedef struct {
  const uint8_t *a;
  int64_t ab, ay, ax;
  int32_t ny, nx;
  uint8_t *out;
  int64_t ob, oy, ox;
  const int32_t *offsets;
  int32_t segments, length;
  const float *panels;
  int32_t n;
  int accumulate;
  const uint8_t *table;
  int32_t code;
} gather;

static void gather_rows(const gather *g, int32_t first, int32_t after) {
  const int64_t panel = (int64_t)g->segments * g->length * PANEL;
  int32_t b = first / (g->ny * g->nx), y = first / g->nx - b * g->ny;
  int32_t x = first - (b * g->ny + y) * g->nx;
  tile_product t = {g->offsets, g->segments, g->length, 0, LANES == PANEL ? panel : LANES,
                    g->accumulate, g->table, g->code, 0, 0};
  for (int32_t r = first; r < after; r += TILE_ROWS) {
    const int rows = least(TILE_ROWS, after - r);
    const uint8_t *a[TILE_ROWS];
    uint8_t *out[TILE_ROWS];
    for (int i = 0; i < TILE_ROWS; i++) {
      if (i >= rows) {
        a[i] = a[i - 1];
        out[i] = out[i - 1];
        continue;
      }
      a[i] = g->a + b * g->ab + y * g->ay + x * g->ax;
      out[i] = g->out + b * g->ob + y * g->oy + x * g->ox;
      if (++x < g->nx) continue;
      x = 0;
      if (++y < g->ny) continue;
      y = 0;
      b++;
    }
    for (int32_t column = 0; column < g->n;) {
      t.column = column;
      t.left = g->n - column;
      t.right = g->panels + (column / PANEL) * panel + column % PANEL;
      const int vectors = t.left > LANES ? 2 : 1;
      tile_of(rows, vectors, a, out, &t);
      column += vectors * LANES;
    }
  }
}
