/* What the processor can do. Compiled alone and for every x86-64 processor: nothing else is called before it says so. */
#include <cpuid.h>
#include <stdint.h>

/* 2 where AVX-512 as native kernels use it can be used, 1 where AVX2 with FMA can, else 0. */
int32_t vectorLevel(void) {
  __builtin_cpu_init();
  if (!__builtin_cpu_supports("avx2") || !__builtin_cpu_supports("fma")) return 0;
  return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
                 __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl")
             ? 2
             : 1;
}

/*
 * 2 where products of integers have an instruction that adds them in AVX-512 (VNNI), and 1 where they do in AVX
 * (AVX-VNNI), together 3; 0 where the compiler is too old to know them.
 */
int32_t dotLevels(void) {
#if defined(__clang__) ? __clang_major__ >= 12 : __GNUC__ >= 11
  uint32_t a = 0, b = 0, c = 0, d = 0;
  const int32_t narrow = __get_cpuid_count(7, 1, &a, &b, &c, &d) && (a >> 4 & 1);
  return (__builtin_cpu_supports("avx512vnni") ? 2 : 0) + narrow;
#else
  return 0;
#endif
}

/* Family, model and stepping, as the processor packs them. */
uint32_t processorModel(void) {
  uint32_t a = 0, b = 0, c = 0, d = 0;
  __get_cpuid(1, &a, &b, &c, &d);
  return a;
}
