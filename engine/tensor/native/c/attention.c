/*
 * Self-attention on rows [batch, tokens, 3 * width] that hold query, key and value side by side, each heads * depth
 * wide, and its gradient (../../kernels/attention.ts). Units: heads of sequences.
 */
#include "softmax.h"

/* Columns of a product that are made at a time, and its rows: the sums fill three quarters of the registers. */
#define COLUMNS 16
#define VECTORS (COLUMNS / LANES)
#define TILE (LANES == 16 ? 12 : 6)
/* Steps of the inner dimension whose right side is packed at a time. */
#define DEPTH 4096

/* A matrix of floats: from one row to the next, and from one column. */
typedef struct {
  const float *at;
  int64_t row, column;
} matrix;

/* R rows by COLUMNS packed columns, of which `left` are left. */
INLINE void product_rows(const int R, matrix a, const float *packed, int32_t length, float *out,
                         int64_t out_row, int32_t left, int start) {
  floats sum[TILE][VECTORS];
  /* Every fourth row, so that the compiler reaches all by few addresses. */
  const float *p[TILE / 4 + 1];
  UNROLL for (int r = 0; r < R; r += 4) p[r / 4] = a.at + r * a.row;
  UNROLL for (int r = 0; r < R; r++) {
    UNROLL for (int v = 0; v < VECTORS; v++) {
      const float *from = out + r * out_row + v * LANES;
      sum[r][v] = start ? v_splat(0) : v_load_masked(from, m_first(left - v * LANES));
    }
  }
  for (int64_t k = 0; k < length; k++, packed += COLUMNS) {
    floats right[VECTORS];
    UNROLL for (int v = 0; v < VECTORS; v++) right[v] = v_load(packed + v * LANES);
    UNROLL for (int r = 0; r < R; r++) {
      const floats x = v_broadcast(p[r / 4] + r % 4 * a.row);
      UNROLL for (int v = 0; v < VECTORS; v++) sum[r][v] = v_fma(x, right[v], sum[r][v]);
    }
    UNROLL for (int r = 0; r < R; r += 4) p[r / 4] += a.column;
  }
  UNROLL for (int v = 0; v < VECTORS; v++) {
    UNROLL for (int r = 0; r < R; r++) {
      v_store_masked(out + r * out_row + v * LANES, m_first(left - v * LANES), sum[r][v]);
    }
  }
}

/* COLUMNS columns of b, zeros behind its last, side by side. */
INLINE void pack(matrix b, int32_t length, int32_t left, float *packed) {
  if (b.column == 1) {
    for (int32_t k = 0; k < length; k++) {
      for (int32_t at = 0; at < COLUMNS; at += LANES) {
        v_store(packed + k * COLUMNS + at, v_load_masked(b.at + k * b.row + at, m_first(left - at)));
      }
    }
    return;
  }
  /* Turned: a column's floats lie side by side. */
  for (int32_t j = 0; j < COLUMNS; j += 4) {
    const float *from = b.at + j * b.column;
    int32_t k = 0;
    for (; left >= j + 4 && k + 4 <= length; k += 4) {
      __m128 v0 = _mm_loadu_ps(from + k), v1 = _mm_loadu_ps(from + k + b.column);
      __m128 v2 = _mm_loadu_ps(from + k + 2 * b.column), v3 = _mm_loadu_ps(from + k + 3 * b.column);
      _MM_TRANSPOSE4_PS(v0, v1, v2, v3);
      float *to = packed + k * COLUMNS + j;
      _mm_storeu_ps(to, v0);
      _mm_storeu_ps(to + COLUMNS, v1);
      _mm_storeu_ps(to + 2 * COLUMNS, v2);
      _mm_storeu_ps(to + 3 * COLUMNS, v3);
    }
    for (; k < length; k++) {
      for (int32_t i = 0; i < 4; i++) {
        packed[k * COLUMNS + j + i] = j + i < left ? from[k + i * b.column] : 0;
      }
    }
  }
}

/* out [rows, n] = a [rows, inner] * b [inner, n]: each element one chain of fused multiply-adds. */
static void times(matrix a, matrix b, int32_t rows, int32_t inner, int32_t n, float *out, int64_t out_row,
                  float *packed) {
  for (int32_t column = 0; column < n; column += COLUMNS) {
    for (int32_t k = 0; k < inner; k += DEPTH) {
      const int32_t length = least(DEPTH, inner - k), left = n - column;
      pack((matrix){b.at + k * b.row + column * b.column, b.row, b.column}, length, left, packed);
      const float *from = a.at + k * a.column;
      float *to = out + column;
      int32_t row = 0;
#define TILES(R) \
  for (; rows - row >= R; row += R) { \
    const matrix part = {from + row * a.row, a.row, a.column}; \
    product_rows(R, part, packed, length, to + row * out_row, out_row, left, k == 0); \
  }
      TILES(TILE)
      TILES(4)
      TILES(1)
#undef TILES
    }
  }
}

/* A head of a sequence: its query, key and value, its matrix of weights, and its part of rows of `width`. */
typedef struct {
  int64_t query, key, value, weights, row;
} head;

INLINE head head_of(int32_t unit, int32_t tokens, int32_t heads, int32_t depth) {
  const int64_t width = (int64_t)heads * depth, sequence = unit / heads, column = unit % heads * depth;
  const int64_t query = sequence * tokens * 3 * width + column;
  return (head){query, query + width, query + 2 * width, (int64_t)unit * tokens * tokens,
                sequence * tokens * width + column};
}

/* y = softmax((q kt + padding) / root(depth)) v; `weights` keeps the softmax. */
KERNEL(attention) {
  ARGUMENTS;
  const float *qkv = (const float *)POINTER(0), *padding = (const float *)POINTER(1);
  float *weights = (float *)POINTER(2), *y = (float *)POINTER(3);
  const int32_t tokens = INTEGER(4), heads = INTEGER(5), depth = INTEGER(6);
  const int64_t width = (int64_t)heads * depth, wide = 3 * width;
  const float temperature = _mm_sqrt_ps(_mm_set1_ps(depth))[0];
  float *packed = (float *)(memory + scratch);
  for (int32_t unit = begin; unit < end; unit++) {
    const head h = head_of(unit, tokens, heads, depth);
    float *p = weights + h.weights;
    const matrix query = {qkv + h.query, wide, 1}, key_turned = {qkv + h.key, 1, wide};
    times(query, key_turned, tokens, depth, tokens, p, tokens, packed);
    if (padding) {
      const float *added = padding + (int64_t)(unit / heads) * tokens;
      for (int32_t i = 0; i < tokens; i++) {
        for (int32_t j = 0; j < tokens; j += LANES) {
          const lane_mask inside = m_first(tokens - j);
          float *at = p + (int64_t)i * tokens + j;
          const floats sum = v_add(v_load_masked(at, inside), v_load_masked(added + j, inside));
          v_store_masked(at, inside, sum);
        }
      }
    }
    softmax_rows(p, p, tokens, temperature, tokens);
    const matrix value = {qkv + h.value, wide, 1};
    times((matrix){p, tokens, 1}, value, tokens, tokens, depth, y + h.row, width, packed);
  }
}

/* dqkv of `attention`; `slopes` has room for as many floats as `weights`. */
KERNEL(attentionGradient) {
  ARGUMENTS;
  const float *qkv = (const float *)POINTER(0), *weights = (const float *)POINTER(1);
  const float *dy = (const float *)POINTER(2);
  float *slopes = (float *)POINTER(3), *dqkv = (float *)POINTER(4);
  const int32_t tokens = INTEGER(5), heads = INTEGER(6), depth = INTEGER(7);
  const int64_t width = (int64_t)heads * depth, wide = 3 * width;
  const float temperature = _mm_sqrt_ps(_mm_set1_ps(depth))[0];
  float *packed = (float *)(memory + scratch);
  for (int32_t unit = begin; unit < end; unit++) {
    const head h = head_of(unit, tokens, heads, depth);
    const float *p = weights + h.weights;
    float *s = slopes + h.weights;
    const matrix from = {dy + h.row, width, 1}, query = {qkv + h.query, wide, 1};
    const matrix key = {qkv + h.key, wide, 1}, value_turned = {qkv + h.value, 1, wide};
    /* dv = pt dy */
    times((matrix){p, 1, tokens}, from, tokens, tokens, depth, dqkv + h.value, wide, packed);
    /* ds = p (dp - sum of dp p) / root(depth), dp = dy vt */
    times(from, value_turned, tokens, depth, tokens, s, tokens, packed);
    softmax_gradient_rows(p, s, s, tokens, temperature, tokens);
    /* dq = ds k, dk = dst q */
    times((matrix){s, tokens, 1}, key, tokens, tokens, depth, dqkv + h.query, wide, packed);
    times((matrix){s, 1, tokens}, query, tokens, tokens, depth, dqkv + h.key, wide, packed);
  }
}
