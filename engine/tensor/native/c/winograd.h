/*
 * Transforms of Winograd's F(4x4, 3x3) that the convolution and its filter's gradient share (../../kernels/convolution/winograd.ts,
 * ../../kernels/convolution/winograd_input.ts).
 */
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
