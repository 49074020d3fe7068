/*
 * Products of matrices whose left rows may lie anywhere (../../kernels/products/product.ts) or are transposed (./patch_product.h),
 * and packing the right side.
 */
#include "patch_product.h"

KERNEL(gatherProduct) {
  ARGUMENTS;
  const int32_t rows = INTEGER(4);
  const gather g = {
    .a = POINTER(0), .ab = INTEGER(1), .ay = INTEGER(2), .ax = INTEGER(3),
    .ny = INTEGER(5), .nx = INTEGER(6),
    .offsets = (const int32_t *)POINTER(7), .segments = INTEGER(8), .length = INTEGER(9),
    .panels = (const float *)POINTER(10), .n = INTEGER(11),
    .out = POINTER(12), .ob = INTEGER(13), .oy = INTEGER(14), .ox = INTEGER(15),
    .accumulate = INTEGER(16), .table = POINTER(17), .code = INTEGER(18),
  };
  gather_rows(&g, begin * 4, least(end * 4, rows));
}

/* b [k, n] into panels, `panelBytes` apart, each k x PANEL, zeros behind the last column. Units: panels. */
KERNEL(packPanels) {
  ARGUMENTS;
  uint8_t *out = POINTER(0);
  const int32_t panel_bytes = INTEGER(1), k = INTEGER(3), n = INTEGER(4);
  const float *b = (const float *)POINTER(2);
  const int64_t stride = INTEGER(5);
  for (int32_t panel = begin; panel < end; panel++) {
    const int32_t column = panel * PANEL;
    const float *p = b + column;
    float *q = (float *)(out + (int64_t)panel * panel_bytes);
    for (int32_t i = 0; i < k; i++, p += stride, q += PANEL) {
      for (int32_t at = 0; at < PANEL; at += LANES) {
        v_store(q + at, v_load_masked(p + at, m_first(n - column - at)));
      }
    }
  }
}

/* Four rows of four floats, turned: `from` floats apart to PANEL floats apart. */
INLINE void turn(const float *p, int64_t from, float *q) {
  __m128 a = _mm_loadu_ps(p), b = _mm_loadu_ps(p + from);
  __m128 c = _mm_loadu_ps(p + 2 * from), d = _mm_loadu_ps(p + 3 * from);
  _MM_TRANSPOSE4_PS(a, b, c, d);
  _mm_storeu_ps(q, a);
  _mm_storeu_ps(q + PANEL, b);
  _mm_storeu_ps(q + 2 * PANEL, c);
  _mm_storeu_ps(q + 3 * PANEL, d);
}

/* The same of the transpose: b is [n, k], rows `stride` floats apart. Units: panels. */
KERNEL(packPanelsTransposed) {
  ARGUMENTS;
  uint8_t *out = POINTER(0);
  const int32_t panel_bytes = INTEGER(1), k = INTEGER(3), n = INTEGER(4);
  const float *b = (const float *)POINTER(2);
  const int64_t stride = INTEGER(5);
  for (int32_t panel = begin; panel < end; panel++) {
    float *q = (float *)(out + (int64_t)panel * panel_bytes);
    for (int32_t c = 0; c < PANEL; c += 4) {
      const int32_t column = panel * PANEL + c;
      int32_t i = 0;
      if (column + 4 <= n) {
        for (; i + 4 <= k; i += 4) turn(b + column * stride + i, stride, q + i * PANEL + c);
      }
      for (; i < k; i++) {
        for (int32_t j = 0; j < 4; j++) {
          q[i * PANEL + c + j] = column + j < n ? b[(column + j) * stride + i] : 0;
        }
      }
    }
  }
}

/* Filter gradients and products of a transposed left side. */
KERNEL(patchProduct) {
  ARGUMENTS;
  const patches g = {
    .a = POINTER(0), .xb = INTEGER(1), .xy = INTEGER(2), .xx = INTEGER(3),
    .d = POINTER(4), .panel = INTEGER(5), .row = INTEGER(6),
    .images = INTEGER(7), .ny = INTEGER(8), .nx = INTEGER(9), .chunk_rows = INTEGER(10),
    .offsets = (const int32_t *)POINTER(11), .m = INTEGER(12), .n = INTEGER(13),
    .out = (float *)POINTER(14), .accumulate = INTEGER(15),
    .packed = (float *)(memory + scratch),
  };
  patch_units(&g, begin, end);
}

/* What the caller plans blocks with: columns of a panel, rows of a tile of patchProduct. */
const int32_t panelColumns = PANEL;
const int32_t tileRows = TILE_ROWS;
