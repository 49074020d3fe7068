/* Exact sums over 3 x 3 windows of each channel, of 16-bit integers (../../kernels/integers/integer_window.ts). */
#include "integer_end.h"

/* Columns of an output row whose sums are in registers, and that are stored together. */
#if LANES == 16
#define COLUMNS 8
#else
#define COLUMNS 4
#endif

/* Three lines of an image from a channel on; a line above or below the image is zeros that never step. */
typedef struct {
  const uint8_t *at[3];
  int64_t step[3];
  int32_t width;
} lines;

static const int16_t ZEROS[PANEL] = {0};

/* The integers of a pixel's first two lines as pairs, and those of the third beside zeros. */
INLINE void pairs_at(const lines *l, int64_t x, int32_t left, integers *both, integers *third) {
  const shorts a = s_load(l->at[0] + x * l->step[0], left), b = s_load(l->at[1] + x * l->step[1], left);
  const shorts c = s_load(l->at[2] + x * l->step[2], left);
#if LANES == 16
  both[0] = v_or(_mm512_cvtepu16_epi32(a), v_shift_left(_mm512_cvtepu16_epi32(b), 16));
  third[0] = _mm512_cvtepu16_epi32(c);
#else
  paired(a, b, both);
  paired(c, _mm256_setzero_si256(), third);
#endif
}

/* Sums of COLUMNS windows, the first of which begins at pixel x. */
INLINE void window_sums(const int stride, const lines *l, int32_t x, const int32_t *w,
                        int32_t left, integers *sums) {
  integers sum[COLUMNS][PARTS], weight[6][PARTS];
  UNROLL for (int i = 0; i < COLUMNS; i++) {
    UNROLL for (int v = 0; v < PARTS; v++) sum[i][v] = v_splat_integer(0);
  }
  UNROLL for (int k = 0; k < 6; k++) {
    UNROLL for (int v = 0; v < PARTS; v++) weight[k][v] = v_load_integers(w + k * PANEL + v * LANES);
  }
  UNROLL for (int j = 0; j < (COLUMNS - 1) * stride + 3; j++) {
    /* Pixels beside the image are zeros. */
    if ((uint32_t)(x + j) >= (uint32_t)l->width) continue;
    integers both[PARTS], third[PARTS];
    pairs_at(l, x + j, left, both, third);
    UNROLL for (int k = 0; k < 3; k++) {
      if (j < k || (j - k) % stride != 0 || (j - k) / stride >= COLUMNS) continue;
      integers *s = sum[(j - k) / stride];
      UNROLL for (int v = 0; v < PARTS; v++) {
        s[v] = v_add_products(s[v], both[v], weight[2 * k][v]);
        s[v] = v_add_products(s[v], third[v], weight[2 * k + 1][v]);
      }
    }
  }
  UNROLL for (int i = 0; i < COLUMNS; i++) {
    UNROLL for (int v = 0; v < PARTS; v++) sums[i * PARTS + v] = sum[i][v];
  }
}

static void sums_of(int stride, const lines *l, int32_t x, const int32_t *w, int32_t left, integers *sums) {
  if (stride == 1 && left >= PANEL) window_sums(1, l, x, w, PANEL, sums);
  else if (stride == 1) window_sums(1, l, x, w, left, sums);
  else if (left >= PANEL) window_sums(2, l, x, w, PANEL, sums);
  else window_sums(2, l, x, w, left, sums);
}

/* Units: rows of all outputs. */
KERNEL(integerWindow) {
  ARGUMENTS;
  const uint8_t *image = POINTER(0);
  const int32_t height = INTEGER(1), width = INTEGER(2), channels = INTEGER(3), stride = INTEGER(5);
  const int32_t top = INTEGER(6), before = INTEGER(7), ny = INTEGER(9), nx = INTEGER(10);
  const int32_t *w = (const int32_t *)POINTER(4);
  uint8_t *out = POINTER(8);
  const integer_end ends = {(const float *)POINTER(11), INTEGER(12), INTEGER(13), INTEGER(14)};
  const int64_t pixel = channels * 2, line = pixel * width;
  const int64_t out_pixel = (int64_t)channels * (ends.code > ROWS ? 2 : 4);
  for (int32_t unit = begin; unit < end; unit++) {
    const int32_t b = unit / ny, y = (unit - b * ny) * stride - top;
    for (int32_t c = 0; c < channels; c += PANEL) {
      lines l = {.width = width};
      for (int i = 0; i < 3; i++) {
        const int inside = y + i >= 0 && y + i < height;
        l.at[i] = inside ? image + line * ((int64_t)b * height + y + i) + c * 2 : (const uint8_t *)ZEROS;
        l.step[i] = inside ? pixel : 0;
      }
      for (int32_t x = 0; x < nx; x += COLUMNS) {
        uint8_t *to[COLUMNS];
        integers sums[COLUMNS * PARTS];
        for (int i = 0; i < COLUMNS; i++) to[i] = out + ((int64_t)unit * nx + x + i) * out_pixel;
        sums_of(stride, &l, x * stride - before, w + (int64_t)c * 6, channels - c, sums);
        store_sums(sums, PARTS, least(COLUMNS, nx - x), to, &ends, c, channels - c, 0);
      }
    }
  }
}

/* w [3, 3, channels], int32 of 16 bits: of each column of taps the upper two as pairs, then the third beside zeros. */
KERNEL(packWindow) {
  ARGUMENTS;
  const int32_t *w = (const int32_t *)POINTER(1);
  const int32_t channels = INTEGER(2);
  const int64_t below = 3 * (int64_t)channels;
  for (int32_t group = begin; group < end; group++) {
    const int32_t c = group * PANEL;
    int32_t *q = (int32_t *)POINTER(0) + (int64_t)c * 6;
    for (int32_t k = 0; k < 6; k++, q += PANEL) {
      const int32_t *p = w + (int64_t)(k / 2) * channels + c;
      integers pairs[PARTS];
      pack_pairs(k % 2 ? p + 2 * below : p, k % 2 ? 0 : p + below, channels - c, pairs);
      for (int part = 0; part < PARTS; part++) v_store_integers(q + part * LANES, pairs[part]);
    }
  }
}
