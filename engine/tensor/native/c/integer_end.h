/*
 * Sixteen 32-bit sums of an integer layer, and what becomes of them on their way out (../../kernels/integers/integer_end.ts).
 *
 * AVX-512 holds them in one vector. AVX2 holds the columns 0-3 and 8-11 in one, 4-7 and 12-15 in the other: so do its
 * instructions interleave sixteen 16-bit integers, and so do they pack sixteen sums into 16 bits.
 */
#include "panel.h"

/* Vectors of sixteen sums. */
#define PARTS (PANEL / LANES)

#if LANES == 16

typedef __m256i shorts;

/* sum + a0 * b0 + a1 * b1 of the 16-bit halves of every lane; the sum wraps. */
INLINE integers v_add_products(integers sum, integers a, integers b) {
#if defined(__AVX512VNNI__)
  return _mm512_dpwssd_epi32(sum, a, b);
#else
  return _mm512_add_epi32(sum, _mm512_madd_epi16(a, b));
#endif
}
/* The same of the four bytes of every lane, those of a without and those of b with a sign. */
#if defined(__AVX512VNNI__)
#define QUADS 1
INLINE integers v_add_quads(integers sum, integers a, integers b) { return _mm512_dpbusd_epi32(sum, a, b); }
#endif
INLINE shorts s_load(const void *p, int32_t left) {
  return left >= 16 ? _mm256_loadu_si256((const __m256i *)p)
                    : _mm256_maskz_loadu_epi16(m_first(left), p);
}
INLINE void s_store(void *p, int32_t left, shorts v) {
  if (left >= 16) _mm256_storeu_si256((__m256i *)p, v);
  else _mm256_mask_storeu_epi16(p, m_first(left), v);
}
/* Sixteen pairs, the first of each from a, the second from b. */
INLINE void paired(shorts a, shorts b, integers *to) {
  const __m512i order = _mm512_set_epi16(47, 15, 46, 14, 45, 13, 44, 12, 43, 11, 42, 10, 41, 9, 40, 8, 39,
                                         7, 38, 6, 37, 5, 36, 4, 35, 3, 34, 2, 33, 1, 32, 0);
  to[0] = _mm512_permutex2var_epi16(_mm512_castsi256_si512(a), order, _mm512_castsi256_si512(b));
}
/* Sums cut to 16 bits, the ends of the range where they lie outside. */
INLINE shorts narrowed(const integers *v) { return _mm512_cvtsepi32_epi16(v[0]); }
/* The columns in their order. */
INLINE void in_order(integers *v) { (void)v; }

#else

typedef __m256i shorts;

INLINE integers v_add_products(integers sum, integers a, integers b) {
#if defined(__AVXVNNI__)
  return _mm256_dpwssd_avx_epi32(sum, a, b);
#else
  return _mm256_add_epi32(sum, _mm256_madd_epi16(a, b));
#endif
}
#if defined(__AVXVNNI__)
#define QUADS 1
INLINE integers v_add_quads(integers sum, integers a, integers b) { return _mm256_dpbusd_avx_epi32(sum, a, b); }
#endif
INLINE shorts s_load(const void *p, int32_t left) {
  if (left >= 16) return _mm256_loadu_si256((const __m256i *)p);
  if (left == 8) return _mm256_zextsi128_si256(_mm_loadu_si128((const __m128i *)p));
  int16_t some[16] = {0};
  for (int32_t i = 0; i < left; i++) some[i] = ((const int16_t *)p)[i];
  return _mm256_loadu_si256((const __m256i *)some);
}
INLINE void s_store(void *p, int32_t left, shorts v) {
  if (left >= 16) {
    _mm256_storeu_si256((__m256i *)p, v);
    return;
  }
  int16_t some[16];
  _mm256_storeu_si256((__m256i *)some, v);
  for (int32_t i = 0; i < left; i++) ((int16_t *)p)[i] = some[i];
}
INLINE void paired(shorts a, shorts b, integers *to) {
  to[0] = _mm256_unpacklo_epi16(a, b);
  to[1] = _mm256_unpackhi_epi16(a, b);
}
INLINE shorts narrowed(const integers *v) { return _mm256_packs_epi32(v[0], v[1]); }
INLINE void in_order(integers *v) {
  const integers first = _mm256_permute2x128_si256(v[0], v[1], 0x20);
  v[1] = _mm256_permute2x128_si256(v[0], v[1], 0x31);
  v[0] = first;
}

#endif

INLINE shorts widened(const uint8_t *p) { return _mm256_cvtepu8_epi16(_mm_loadu_si128((const __m128i *)p)); }

/* Bytes that lie in a lane for products of bytes: without an instruction for four, they are widened to two of 16 bits. */
#if defined(QUADS)
#define GROUP 4
#else
#define GROUP 2
INLINE integers v_add_quads(integers sum, integers a, integers b) { return v_add_products(sum, a, b); }
#endif

enum { SUMS, REALS, ROWS, EVEN, UP, FIXED };

/* Floats of a table for four columns, and which vector holds what. */
#define ENTRY 28
enum { BIAS = 0, SCALE = 4, NEAR = 8, MULTIPLIER = 12, RIGHT = 16, SHIFTS = 20, LEFT = 24 };

/* What a layer does to its sums. */
typedef struct {
  const float *table;
  int32_t code, low, high;
} integer_end;

/* A vector of the table for sixteen columns, of which `left` are left. */
INLINE floats of_table(const float *entry, int vector, int part, int32_t left) {
#if LANES == 16
  return load_groups(entry + vector, ENTRY, left);
#else
  const int32_t rest = left - 4 * part;
  return rest > 0 ? load_groups(entry + vector + part * ENTRY, 2 * ENTRY, rest > 8 ? 8 : 4) : v_splat(0);
#endif
}

INLINE integers v_choose(lane_mask m, integers a, integers b) {
  return v_bits(v_select(m, v_from_bits(a), v_from_bits(b)));
}
/* How far a float is from its nearest integer, with the sign. */
INLINE floats rest_of(floats value, integers nearest) { return v_sub(value, v_to_floats(nearest)); }
/* The nearest integers, half-way up, of small floats. */
INLINE integers nearest_up(floats value) {
  const integers whole = v_to_integers(value);
  return v_choose(v_less_equal(v_splat(0.5f), rest_of(value, whole)),
                  v_add_integers(whole, v_splat_integer(1)), whole);
}

/* The sum times a power of two, kept inside 32 bits. */
INLINE integers shifted(integers sum, integers factor) {
  const integers even = w_mul(sum, factor), odd = w_mul(w_down(sum, 32), w_down(factor, 32));
  const integers low = w_halves(even, w_up(odd, 32)), high = w_halves(w_down(even, 32), odd);
  const integers most = v_xor(v_splat_integer(0x7fffffff), v_shift_right(high, 31));
  return v_choose(v_equal_integers(high, v_shift_right(low, 31)), low, most);
}

/* The integer nearest to a * b / 2^31, half-way up. */
INLINE integers high_product(integers a, integers b) {
  const integers half = w_splat(1 << 30);
  const integers even = w_add(w_mul(a, b), half);
  const integers odd = w_add(w_mul(w_down(a, 32), w_down(b, 32)), half);
  return w_halves(w_down(even, 31), w_up(odd, 1));
}

/* What FIXED goes by where it goes by integers. */
typedef struct {
  integers left, multiplier, right, shifts;
} fixed_columns;

INLINE fixed_columns fixed_of(const float *entry, int part, int32_t left) {
  return (fixed_columns){v_bits(of_table(entry, LEFT, part, left)),
                         v_bits(of_table(entry, MULTIPLIER, part, left)),
                         v_bits(of_table(entry, RIGHT, part, left)),
                         v_bits(of_table(entry, SHIFTS, part, left))};
}

INLINE integers exact(integers sum, const fixed_columns *f) {
  const integers high = high_product(shifted(sum, f->left), f->multiplier);
  const integers quotient = high_product(v_add_integers(high, v_shift_right(high, 31)), f->right);
  return v_or(v_and(f->shifts, quotient), v_and(v_xor(f->shifts, v_splat_integer(-1)), high));
}

/* Half a step of FIXED's high product, 2^-(right + 1), with the sign of the sum (../../kernels/integers/integer_end.ts). */
INLINE floats lift_of(const float *entry, int part, int32_t left) {
  return v_mul(v_to_floats(v_bits(of_table(entry, RIGHT, part, left))), v_splat(0x1p-32f));
}
INLINE floats with_sign(floats magnitude, integers sum) {
  return v_from_bits(v_or(v_bits(magnitude), v_and(sum, v_splat_integer(INT32_MIN))));
}

/* What FIXED rounds, without the range: its scales are below 1/2, so 32 bits hold it. Sums have their bias. */
INLINE floats fixed_real(integers sum, floats scale, floats lift) {
  return v_fma(v_to_floats(sum), scale, with_sign(lift, sum));
}

/* Rows whose sums go by integers, where float32 is not sure; it seldom is not. */
static __attribute__((noinline)) void store_exact(const integers *sums, int step, int rows, uint8_t *const *to,
                                                  const integer_end *end, int64_t column, int32_t left) {
  const float *entry = end->table + column / 4 * ENTRY;
  const integers l = v_splat_integer(end->low), h = v_splat_integer(end->high);
  for (int r = 0; r < rows; r++) {
    integers v[PARTS];
    int far = 0;
    for (int i = 0; i < PARTS; i++) {
      v[i] = v_add_integers(sums[r * step + i], v_bits(of_table(entry, BIAS, i, left)));
      const floats value = fixed_real(v[i], of_table(entry, SCALE, i, left), lift_of(entry, i, left));
      const floats rest = v_absolute(rest_of(value, v_to_integers(value)));
      far |= m_any(v_less(of_table(entry, NEAR, i, left), rest));
    }
    if (!far) continue;
    for (int i = 0; i < PARTS; i++) {
      const fixed_columns f = fixed_of(entry, i, left);
      v[i] = v_most_integers(v_least_integers(exact(v[i], &f), h), l);
    }
    s_store(to[r] + column * 2, left, narrowed(v));
  }
}

/*
 * The sums of `rows` rows, `step` vectors apart, of the columns from `column` on, of which `left` are left, to the
 * rows' places at to[r]. For ROWS the rows' floats begin at `scales`.
 */
INLINE void store_rows(const int code, const integers *sums, int step, int rows, uint8_t *const *to,
                       const integer_end *end, int64_t column, int32_t left, const float *scales) {
  const float *entry = end->table + column / 4 * ENTRY;
  const floats low = v_splat(end->low), high = v_splat(end->high);
  const shorts least_short = _mm256_set1_epi16(end->low), most_short = _mm256_set1_epi16(end->high);
  /* Of FIXED, how far from an integer its numbers are at most. */
  floats bias[PARTS], scale[PARTS], lift[PARTS], farthest[PARTS];
  UNROLL for (int i = 0; i < PARTS; i++) {
    farthest[i] = v_splat(0);
    if (code != SUMS) bias[i] = of_table(entry, BIAS, i, left);
    if (code != SUMS) scale[i] = of_table(entry, SCALE, i, left);
    if (code == FIXED) lift[i] = lift_of(entry, i, left);
  }
  for (int r = 0; r < rows; r++) {
    integers v[PARTS];
    UNROLL for (int i = 0; i < PARTS; i++) {
      v[i] = sums[r * step + i];
      if (code == SUMS) continue;
      if (code != ROWS) v[i] = v_add_integers(v[i], v_bits(bias[i]));
      if (code <= ROWS) {
        floats value = v_to_floats(v[i]);
        if (code == ROWS) value = v_mul(value, v_splat(scales[r]));
        value = v_mul(value, scale[i]);
        v[i] = v_bits(code == ROWS ? v_add(value, bias[i]) : value);
        continue;
      }
      if (code == FIXED) {
        const floats value = fixed_real(v[i], scale[i], lift[i]);
        v[i] = v_to_integers(value);
        farthest[i] = v_pmax(farthest[i], v_absolute(rest_of(value, v[i])));
        continue;
      }
      const floats value = v_pmin(v_pmax(v_mul(v_to_floats(v[i]), scale[i]), low), high);
      v[i] = code == UP ? nearest_up(value) : v_to_integers(value);
    }
    if (code <= ROWS) {
      in_order(v);
      UNROLL for (int i = 0; i < PARTS; i++) {
        v_store_masked(to[r] + (column + i * LANES) * 4, m_first(left - i * LANES), v_from_bits(v[i]));
      }
      continue;
    }
    shorts row = narrowed(v);
    if (code == FIXED) row = _mm256_max_epi16(_mm256_min_epi16(row, most_short), least_short);
    s_store(to[r] + column * 2, left, row);
  }
  if (code != FIXED) return;
  int far = 0;
  UNROLL for (int i = 0; i < PARTS; i++) far |= m_any(v_less(of_table(entry, NEAR, i, left), farthest[i]));
  if (far) store_exact(sums, step, rows, to, end, column, left);
}

static inline void store_sums(const integers *sums, int step, int rows, uint8_t *const *to, const integer_end *end,
                       int64_t column, int32_t left, const float *scales) {
#define AS(CODE) \
  case CODE: store_rows(CODE, sums, step, rows, to, end, column, left, scales); break
  switch (end->code) {
    AS(SUMS);
    AS(REALS);
    AS(ROWS);
    AS(EVEN);
    AS(UP);
    AS(FIXED);
  }
#undef AS
}

/* The 16-bit integers of sixteen columns at p, int32, each with the one `below`, 0 for none. */
INLINE void pack_pairs(const int32_t *p, const int32_t *below, int32_t left, integers *to) {
  UNROLL for (int i = 0; i < PARTS; i++) {
    const lane_mask mask = m_first(left - i * LANES);
    const integers upper = v_bits(v_load_masked(p + i * LANES, mask));
    to[i] = v_and(upper, v_splat_integer(0xffff));
    if (below) {
      const integers lower = v_bits(v_load_masked(below + i * LANES, mask));
      to[i] = v_or(to[i], v_shift_left(lower, 16));
    }
  }
  in_order(to);
}

/* Sixteen integers in their order, as panels hold them. */
INLINE void store_panel(int32_t *to, const uint32_t *lanes) {
  integers v[PARTS];
  UNROLL for (int i = 0; i < PARTS; i++) v[i] = v_load_integers(lanes + i * LANES);
  in_order(v);
  UNROLL for (int i = 0; i < PARTS; i++) v_store_integers(to + i * LANES, v[i]);
}
