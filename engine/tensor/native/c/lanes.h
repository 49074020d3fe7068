/*
 * What native kernels are written with: their arguments, and vectors of LANES floats by the widest instructions that
 * the compiler was allowed (AVX-512: 16 lanes, AVX2 with FMA: 8), and of 4 where the order of a sum has four chains.
 *
 * A native kernel has the name, the arguments, the units and the bits of the WebAssembly kernel in ../../kernels: the same
 * operations in the same order on every element. Only which NaN comes out of an operation on NaNs may differ.
 *
 * - Multiplication and addition are fused where v_fma and v_nfma stand and nowhere else (-ffp-contract=off).
 * - v_pmin and v_pmax are WebAssembly's pmin and pmax; v_minimum and v_maximum its min and max, which hand NaN on and
 *   order -0 before +0.
 * - Loads and stores need no alignment. What lies behind a tensor's last element may be read, not written.
 */
#pragma once

#include <immintrin.h>
#include <stdint.h>

#define INLINE static inline __attribute__((always_inline))

/*
 * A kernel: the units begin <= u < end. `memory` is the start of the WebAssembly memory; `scratch` and `arguments` are
 * addresses in it: this thread's scratch memory, and the arguments as doubles.
 */
#define KERNEL(name) \
  void name(uint8_t *memory, uint32_t scratch, uint32_t arguments, int32_t begin, int32_t end)
#define ARGUMENTS const double *const argument = (const double *)(memory + arguments)
/* The argument at an index as a pointer (NULL for address 0), an integer, a float. */
#define POINTER(i) address(memory, argument[i])
#define INTEGER(i) ((int32_t)(int64_t)argument[i])
#define NUMBER(i) ((float)argument[i])

INLINE uint8_t *address(uint8_t *memory, double at) {
  return at == 0 ? 0 : memory + (uint32_t)(int64_t)at;
}

/* Before a loop of at most 20 rounds, known while compiling: its variables then stay in registers. */
#if defined(__clang__)
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 20")
#endif

INLINE int32_t least(int32_t a, int32_t b) { return a < b ? a : b; }
INLINE int32_t most(int32_t a, int32_t b) { return a > b ? a : b; }

#if defined(__AVX512F__)

#define LANES 16
typedef __m512 floats;
typedef __m512i integers;
/* One bit a lane: the first lanes of a vector, or those for which a comparison holds. */
typedef __mmask16 lane_mask;

INLINE floats v_load(const void *p) { return _mm512_loadu_ps(p); }
INLINE void v_store(void *p, floats v) { _mm512_storeu_ps(p, v); }
INLINE floats v_splat(float x) { return _mm512_set1_ps(x); }
INLINE floats v_add(floats a, floats b) { return _mm512_add_ps(a, b); }
INLINE floats v_sub(floats a, floats b) { return _mm512_sub_ps(a, b); }
INLINE floats v_mul(floats a, floats b) { return _mm512_mul_ps(a, b); }
INLINE floats v_div(floats a, floats b) { return _mm512_div_ps(a, b); }
INLINE floats v_root(floats a) { return _mm512_sqrt_ps(a); }
/* a * b + c and c - a * b, rounded once. */
INLINE floats v_fma(floats a, floats b, floats c) { return _mm512_fmadd_ps(a, b, c); }
INLINE floats v_nfma(floats a, floats b, floats c) { return _mm512_fnmadd_ps(a, b, c); }
INLINE floats v_pmin(floats a, floats b) { return _mm512_min_ps(b, a); }
INLINE floats v_pmax(floats a, floats b) { return _mm512_max_ps(b, a); }
INLINE floats v_floor(floats a) { return _mm512_roundscale_ps(a, 9); }
INLINE floats v_ceil(floats a) { return _mm512_roundscale_ps(a, 10); }
INLINE floats v_trunc(floats a) { return _mm512_roundscale_ps(a, 11); }
INLINE floats v_nearest(floats a) { return _mm512_roundscale_ps(a, 8); }
INLINE integers v_bits(floats a) { return _mm512_castps_si512(a); }
INLINE floats v_from_bits(integers a) { return _mm512_castsi512_ps(a); }
INLINE integers v_and(integers a, integers b) { return _mm512_and_si512(a, b); }
INLINE integers v_or(integers a, integers b) { return _mm512_or_si512(a, b); }
INLINE integers v_xor(integers a, integers b) { return _mm512_xor_si512(a, b); }
INLINE integers v_load_integers(const void *p) { return _mm512_loadu_si512(p); }
INLINE void v_store_integers(void *p, integers v) { _mm512_storeu_si512(p, v); }
INLINE integers v_splat_integer(int32_t x) { return _mm512_set1_epi32(x); }
INLINE integers v_add_integers(integers a, integers b) { return _mm512_add_epi32(a, b); }
INLINE integers v_sub_integers(integers a, integers b) { return _mm512_sub_epi32(a, b); }
INLINE integers v_mul_integers(integers a, integers b) { return _mm512_mullo_epi32(a, b); }
#define v_shift_left(a, n) _mm512_slli_epi32(a, n)
/* With the sign. */
#define v_shift_right(a, n) _mm512_srai_epi32(a, n)
INLINE floats v_to_floats(integers a) { return _mm512_cvtepi32_ps(a); }
/* The nearest, half-way to even, of floats inside 32 bits. */
INLINE integers v_to_integers(floats a) { return _mm512_cvtps_epi32(a); }
INLINE lane_mask v_less(floats a, floats b) { return _mm512_cmp_ps_mask(a, b, _CMP_LT_OQ); }
INLINE lane_mask v_less_equal(floats a, floats b) { return _mm512_cmp_ps_mask(a, b, _CMP_LE_OQ); }
INLINE lane_mask v_equal(floats a, floats b) { return _mm512_cmp_ps_mask(a, b, _CMP_EQ_OQ); }
INLINE lane_mask v_is_nan(floats a) { return _mm512_cmp_ps_mask(a, a, _CMP_UNORD_Q); }
INLINE lane_mask m_and(lane_mask a, lane_mask b) { return a & b; }
INLINE lane_mask m_or(lane_mask a, lane_mask b) { return a | b; }
INLINE lane_mask m_not(lane_mask a) { return ~a; }
/* a where the mask holds, b elsewhere. */
INLINE floats v_select(lane_mask m, floats a, floats b) { return _mm512_mask_blend_ps(m, b, a); }
/* The first n lanes, none for n <= 0, all from LANES on. */
INLINE lane_mask m_first(int32_t n) { return n >= 16 ? 0xffff : n <= 0 ? 0 : (1u << n) - 1; }
/* Zeros where the mask does not hold; such memory is not touched. */
INLINE floats v_load_masked(const void *p, lane_mask m) { return _mm512_maskz_loadu_ps(m, p); }
/* A whole store where the mask holds everywhere: masked ones are slow on some processors. */
INLINE void v_store_masked(void *p, lane_mask m, floats v) {
  if (m == 0xffff) _mm512_storeu_ps(p, v);
  else _mm512_mask_storeu_ps(p, m, v);
}
/* The floats at p[i] for every lane's i. */
INLINE floats v_gather(const float *p, integers i) { return _mm512_i32gather_ps(i, p, 4); }
INLINE integers v_least_integers(integers a, integers b) { return _mm512_min_epi32(a, b); }
INLINE integers v_most_integers(integers a, integers b) { return _mm512_max_epi32(a, b); }
INLINE lane_mask v_equal_integers(integers a, integers b) { return _mm512_cmpeq_epi32_mask(a, b); }
INLINE int m_any(lane_mask m) { return m != 0; }
/* On lanes of 64 bits: the product of the lower halves, sums, shifts; the lower halves of a, the upper of b. */
#define w_mul(a, b) _mm512_mul_epi32(a, b)
#define w_add(a, b) _mm512_add_epi64(a, b)
#define w_splat(x) _mm512_set1_epi64(x)
#define w_up(a, n) _mm512_slli_epi64(a, n)
#define w_down(a, n) _mm512_srli_epi64(a, n)
INLINE integers w_halves(integers a, integers b) { return _mm512_mask_blend_epi32(0xaaaa, a, b); }

#else

#define LANES 8
typedef __m256 floats;
typedef __m256i integers;
typedef __m256i lane_mask;

INLINE floats v_load(const void *p) { return _mm256_loadu_ps(p); }
INLINE void v_store(void *p, floats v) { _mm256_storeu_ps(p, v); }
INLINE floats v_splat(float x) { return _mm256_set1_ps(x); }
INLINE floats v_add(floats a, floats b) { return _mm256_add_ps(a, b); }
INLINE floats v_sub(floats a, floats b) { return _mm256_sub_ps(a, b); }
INLINE floats v_mul(floats a, floats b) { return _mm256_mul_ps(a, b); }
INLINE floats v_div(floats a, floats b) { return _mm256_div_ps(a, b); }
INLINE floats v_root(floats a) { return _mm256_sqrt_ps(a); }
INLINE floats v_fma(floats a, floats b, floats c) { return _mm256_fmadd_ps(a, b, c); }
INLINE floats v_nfma(floats a, floats b, floats c) { return _mm256_fnmadd_ps(a, b, c); }
INLINE floats v_pmin(floats a, floats b) { return _mm256_min_ps(b, a); }
INLINE floats v_pmax(floats a, floats b) { return _mm256_max_ps(b, a); }
INLINE floats v_floor(floats a) { return _mm256_round_ps(a, 9); }
INLINE floats v_ceil(floats a) { return _mm256_round_ps(a, 10); }
INLINE floats v_trunc(floats a) { return _mm256_round_ps(a, 11); }
INLINE floats v_nearest(floats a) { return _mm256_round_ps(a, 8); }
INLINE integers v_bits(floats a) { return _mm256_castps_si256(a); }
INLINE floats v_from_bits(integers a) { return _mm256_castsi256_ps(a); }
INLINE integers v_and(integers a, integers b) { return _mm256_and_si256(a, b); }
INLINE integers v_or(integers a, integers b) { return _mm256_or_si256(a, b); }
INLINE integers v_xor(integers a, integers b) { return _mm256_xor_si256(a, b); }
INLINE integers v_load_integers(const void *p) { return _mm256_loadu_si256((const __m256i *)p); }
INLINE void v_store_integers(void *p, integers v) { _mm256_storeu_si256((__m256i *)p, v); }
INLINE integers v_splat_integer(int32_t x) { return _mm256_set1_epi32(x); }
INLINE integers v_add_integers(integers a, integers b) { return _mm256_add_epi32(a, b); }
INLINE integers v_sub_integers(integers a, integers b) { return _mm256_sub_epi32(a, b); }
INLINE integers v_mul_integers(integers a, integers b) { return _mm256_mullo_epi32(a, b); }
#define v_shift_left(a, n) _mm256_slli_epi32(a, n)
#define v_shift_right(a, n) _mm256_srai_epi32(a, n)
INLINE floats v_to_floats(integers a) { return _mm256_cvtepi32_ps(a); }
INLINE integers v_to_integers(floats a) { return _mm256_cvtps_epi32(a); }
INLINE lane_mask v_less(floats a, floats b) { return v_bits(_mm256_cmp_ps(a, b, _CMP_LT_OQ)); }
INLINE lane_mask v_less_equal(floats a, floats b) { return v_bits(_mm256_cmp_ps(a, b, _CMP_LE_OQ)); }
INLINE lane_mask v_equal(floats a, floats b) { return v_bits(_mm256_cmp_ps(a, b, _CMP_EQ_OQ)); }
INLINE lane_mask v_is_nan(floats a) { return v_bits(_mm256_cmp_ps(a, a, _CMP_UNORD_Q)); }
INLINE lane_mask m_and(lane_mask a, lane_mask b) { return _mm256_and_si256(a, b); }
INLINE lane_mask m_or(lane_mask a, lane_mask b) { return _mm256_or_si256(a, b); }
INLINE lane_mask m_not(lane_mask a) { return _mm256_xor_si256(a, _mm256_set1_epi32(-1)); }
INLINE floats v_select(lane_mask m, floats a, floats b) {
  return _mm256_blendv_ps(b, a, v_from_bits(m));
}
INLINE lane_mask m_first(int32_t n) {
  return _mm256_cmpgt_epi32(_mm256_set1_epi32(n), _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7));
}
INLINE floats v_load_masked(const void *p, lane_mask m) { return _mm256_maskload_ps(p, m); }
INLINE void v_store_masked(void *p, lane_mask m, floats v) {
  if (_mm256_movemask_ps(v_from_bits(m)) == 0xff) _mm256_storeu_ps(p, v);
  else _mm256_maskstore_ps(p, m, v);
}
INLINE floats v_gather(const float *p, integers i) { return _mm256_i32gather_ps(p, i, 4); }
INLINE integers v_least_integers(integers a, integers b) { return _mm256_min_epi32(a, b); }
INLINE integers v_most_integers(integers a, integers b) { return _mm256_max_epi32(a, b); }
INLINE lane_mask v_equal_integers(integers a, integers b) { return _mm256_cmpeq_epi32(a, b); }
INLINE int m_any(lane_mask m) { return _mm256_movemask_epi8(m) != 0; }
#define w_mul(a, b) _mm256_mul_epi32(a, b)
#define w_add(a, b) _mm256_add_epi64(a, b)
#define w_splat(x) _mm256_set1_epi64x(x)
#define w_up(a, n) _mm256_slli_epi64(a, n)
#define w_down(a, n) _mm256_srli_epi64(a, n)
INLINE integers w_halves(integers a, integers b) { return _mm256_blend_epi32(a, b, 0xaa); }

#endif

/* The float at an address in all lanes. */
INLINE floats v_broadcast(const void *p) { return v_splat(*(const float *)p); }
INLINE floats v_absolute(floats a) { return v_from_bits(v_and(v_bits(a), v_splat_integer(0x7fffffff))); }
INLINE floats v_negate(floats a) {
  return v_from_bits(v_xor(v_bits(a), v_splat_integer(INT32_MIN)));
}

/* The smaller and the larger, NaN if one is NaN; of two zeros by their signs. */
INLINE floats v_minimum(floats a, floats b) {
  floats zeros = v_from_bits(v_or(v_bits(a), v_bits(b)));
  floats v = v_select(v_equal(a, b), zeros, v_pmin(a, b));
  return v_select(m_or(v_is_nan(a), v_is_nan(b)), v_add(a, b), v);
}
INLINE floats v_maximum(floats a, floats b) {
  floats zeros = v_from_bits(v_and(v_bits(a), v_bits(b)));
  floats v = v_select(v_equal(a, b), zeros, v_pmax(a, b));
  return v_select(m_or(v_is_nan(a), v_is_nan(b)), v_add(a, b), v);
}
