/* Pooling over windows and over whole images, and its gradients (../../kernels/convolution/pool.ts, ../../kernels/convolution/global_pool.ts). */
#include "lanes.h"
#include <string.h>

/* A kernel's images and windows. */
typedef struct {
  int32_t height, width, channels, out_height, out_width, size_y, size_x, stride_y, stride_x, top, left;
  int32_t dilation_y, dilation_x;
} windows;

/* From the argument at an index on. */
#define WINDOWS(i) \
  {INTEGER(i), INTEGER((i) + 1), INTEGER((i) + 2), INTEGER((i) + 3), INTEGER((i) + 4), INTEGER((i) + 5), \
   INTEGER((i) + 6), INTEGER((i) + 7), INTEGER((i) + 8), INTEGER((i) + 9), INTEGER((i) + 10), \
   INTEGER((i) + 11), INTEGER((i) + 12)}

/* The part of a window's axis inside the image: where it begins, its cells. */
typedef struct {
  int32_t from, count;
} inside;

INLINE inside clip(int32_t start, int32_t size, int32_t dilation, int32_t limit) {
  const int32_t first = start >= 0 ? 0 : (dilation - 1 - start) / dilation;
  const int32_t after = start >= limit ? 0 : least(size, (limit - 1 - start) / dilation + 1);
  return (inside){start + first * dilation, after - first};
}

INLINE void pool_images(const int mean, const float *x, float *y, const windows *w, int32_t begin, int32_t end) {
  const int64_t cell = w->channels, row = cell * w->width, step_y = row * w->dilation_y;
  const int64_t step_x = cell * w->dilation_x;
  for (int64_t image = begin; image < end; image++) {
    for (int32_t oy = 0; oy < w->out_height; oy++) {
      const inside v = clip(oy * w->stride_y - w->top, w->size_y, w->dilation_y, w->height);
      for (int32_t ox = 0; ox < w->out_width; ox++, y += cell) {
        const inside h = clip(ox * w->stride_x - w->left, w->size_x, w->dilation_x, w->width);
        const float *first = x + row * (image * w->height + v.from) + cell * h.from;
        const floats cells = v_splat(most(v.count, 0) * most(h.count, 0));
        for (int32_t c = 0; c < cell; c += LANES) {
          const lane_mask mask = m_first(cell - c);
          floats total = v_splat(mean ? 0 : -__builtin_inff());
          for (int32_t i = 0; i < v.count; i++) {
            const float *p = first + c + i * step_y;
            for (int32_t j = 0; j < h.count; j++, p += step_x) {
              const floats value = v_load_masked(p, mask);
              total = mean ? v_add(total, value) : v_pmax(total, value);
            }
          }
          v_store_masked(y + c, mask, mean ? v_div(total, cells) : total);
        }
      }
    }
  }
}

/* The largest cell of each window, or with the first argument the cells' mean. Units: images. */
KERNEL(pool) {
  ARGUMENTS;
  const windows w = WINDOWS(3);
  const float *x = (const float *)POINTER(1);
  float *y = (float *)POINTER(2) + (int64_t)begin * w.out_height * w.out_width * w.channels;
  if (INTEGER(0)) pool_images(1, x, y, &w, begin, end);
  else pool_images(0, x, y, &w, begin, end);
}

/* One image of the commonest gradient, of the maximum over 2 x 2 cells, each written once. */
static void halve(const float *x, const float *dy, float *dx, const windows *w) {
  const int64_t cell = w->channels, row = cell * w->width;
  const floats zero = v_splat(0), lowest = v_splat(-__builtin_inff());
  for (int32_t oy = 0; oy < w->height / 2; oy++) {
    for (int32_t ox = 0; ox < w->width / 2; ox++, dy += cell) {
      for (int32_t c = 0; c < cell; c += LANES) {
        const lane_mask mask = m_first(cell - c);
        const int64_t at = row * 2 * oy + cell * 2 * ox + c;
        const floats v0 = v_load_masked(x + at, mask), v1 = v_load_masked(x + at + cell, mask);
        const floats v2 = v_load_masked(x + at + row, mask), v3 = v_load_masked(x + at + row + cell, mask);
        const floats g = v_load_masked(dy + c, mask);
        /* A cell wins if it beats those before it and none after it beats the best so far. */
        const floats b0 = v_pmax(lowest, v0), b1 = v_pmax(b0, v1), b2 = v_pmax(b1, v2);
        const lane_mask beats2 = v_less(b1, v2), beats1 = v_less(b0, v1);
        const lane_mask w3 = v_less(b2, v3), later2 = m_or(w3, beats2), later1 = m_or(later2, beats1);
        const lane_mask w2 = m_and(beats2, m_not(w3)), w1 = m_and(beats1, m_not(later2));
        const lane_mask w0 = m_and(v_less(lowest, v0), m_not(later1));
        v_store_masked(dx + at, mask, v_select(w0, g, zero));
        v_store_masked(dx + at + cell, mask, v_select(w1, g, zero));
        v_store_masked(dx + at + row, mask, v_select(w2, g, zero));
        v_store_masked(dx + at + row + cell, mask, v_select(w3, g, zero));
      }
    }
  }
  /* What the windows leave over at the right and at the bottom. */
  for (int32_t y = 0; w->width % 2 && y < w->height; y++) memset(dx + row * (y + 1) - cell, 0, cell * 4);
  if (w->height % 2) memset(dx + row * (w->height - 1), 0, row * 4);
}

/* Adds a window's gradient to its cells: in equal shares, or to the first that holds the maximum. */
INLINE void hand_back(const int mean, const float *x, floats gradient, float *dx, lane_mask mask, inside v,
                      inside h, int64_t step_y, int64_t step_x) {
  floats best = v_splat(-__builtin_inff()), winner = v_splat(0);
  if (mean) gradient = v_div(gradient, v_splat(v.count * h.count));
  for (int32_t i = 0; i < v.count && !mean; i++) {
    for (int32_t j = 0; j < h.count; j++) {
      const floats value = v_load_masked(x + i * step_y + j * step_x, mask);
      const lane_mask better = v_less(best, value);
      best = v_select(better, value, best);
      winner = v_select(better, v_splat(i * h.count + j + 1), winner);
    }
  }
  for (int32_t i = 0; i < v.count; i++) {
    for (int32_t j = 0; j < h.count; j++) {
      float *to = dx + i * step_y + j * step_x;
      const lane_mask won = v_equal(winner, v_splat(i * h.count + j + 1));
      const floats share = mean ? gradient : v_select(won, gradient, v_splat(0));
      v_store_masked(to, mask, v_add(v_load_masked(to, mask), share));
    }
  }
}

/* Units: images. */
KERNEL(poolGradient) {
  ARGUMENTS;
  const int mean = INTEGER(0);
  const float *x = (const float *)POINTER(1), *dy = (const float *)POINTER(2);
  float *dx = (float *)POINTER(3);
  const windows w = WINDOWS(4);
  const int64_t cell = w.channels, row = cell * w.width, image = row * w.height;
  const int halving = !mean && w.size_y == 2 && w.size_x == 2 && w.stride_y == 2 && w.stride_x == 2 &&
    w.dilation_y == 1 && w.dilation_x == 1 && w.top == 0 && w.left == 0 &&
    w.out_height == w.height / 2 && w.out_width == w.width / 2;
  for (int64_t unit = begin; unit < end; unit++) {
    const float *from = dy + unit * w.out_height * w.out_width * cell;
    if (halving) {
      halve(x + image * unit, from, dx + image * unit, &w);
      continue;
    }
    memset(dx + image * unit, 0, image * 4);
    for (int32_t oy = 0; oy < w.out_height; oy++) {
      const inside v = clip(oy * w.stride_y - w.top, w.size_y, w.dilation_y, w.height);
      for (int32_t ox = 0; ox < w.out_width; ox++, from += cell) {
        const inside h = clip(ox * w.stride_x - w.left, w.size_x, w.dilation_x, w.width);
        for (int32_t c = 0; c < cell; c += LANES) {
          const lane_mask mask = m_first(cell - c);
          const floats gradient = v_load_masked(from + c, mask);
          const int64_t at = image * unit + row * v.from + cell * h.from + c;
          const int64_t step_y = row * w.dilation_y, step_x = cell * w.dilation_x;
          if (mean) hand_back(1, x, gradient, dx + at, mask, v, h, step_y, step_x);
          else hand_back(0, x + at, gradient, dx + at, mask, v, h, step_y, step_x);
        }
      }
    }
  }
}

/* Cells of a partial sum. */
#define RUN 32

/* Units: images. */
KERNEL(globalAveragePool) {
  ARGUMENTS;
  const float *x = (const float *)POINTER(0);
  float *y = (float *)POINTER(1);
  const int32_t cells = INTEGER(2), channels = INTEGER(3);
  for (int64_t image = begin; image < end; image++) {
    for (int32_t c = 0; c < channels; c += LANES) {
      const lane_mask mask = m_first(channels - c);
      const float *p = x + image * cells * channels + c;
      floats total = v_splat(0);
      for (int32_t first = 0; first < cells; first += RUN) {
        floats part = v_splat(0);
        for (int32_t i = first; i < least(first + RUN, cells); i++, p += channels) {
          part = v_add(part, v_load_masked(p, mask));
        }
        total = v_add(total, part);
      }
      v_store_masked(y + image * channels + c, mask, v_div(total, v_splat(cells)));
    }
  }
}

/* Units: images. */
KERNEL(globalAveragePoolGradient) {
  ARGUMENTS;
  const float *dy = (const float *)POINTER(0);
  float *dx = (float *)POINTER(1);
  const int32_t cells = INTEGER(2), channels = INTEGER(3);
  for (int64_t image = begin; image < end; image++) {
    for (int32_t c = 0; c < channels; c += LANES) {
      const lane_mask mask = m_first(channels - c);
      const floats share = v_div(v_load_masked(dy + image * channels + c, mask), v_splat(cells));
      float *to = dx + image * cells * channels + c;
      for (int32_t i = 0; i < cells; i++, to += channels) v_store_masked(to, mask, share);
    }
  }
}
