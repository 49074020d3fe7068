/** What the host must know about this module and about the machine it runs on. */

/** The first byte behind the module's own constants: the heap may begin here. */
export function heapBase(): i32 {
  return <i32> __heap_base;
}

/**
 * a·b + c by the relaxed multiply-add, in one lane. With a = b = 1 + 2⁻¹², c = −1 the exact result 2⁻¹¹ + 2⁻²⁴ comes
 * out only if the product is not rounded before the addition.
 */
export function relaxedMadd(a: f32, b: f32, c: f32): f32 {
  return f32x4.extract_lane(
    f32x4.relaxed_madd(f32x4.splat(a), f32x4.splat(b), f32x4.splat(c)),
    0,
  );
}

/** −a·b + c, likewise. */
export function relaxedNmadd(a: f32, b: f32, c: f32): f32 {
  return f32x4.extract_lane(
    f32x4.relaxed_nmadd(f32x4.splat(a), f32x4.splat(b), f32x4.splat(c)),
    0,
  );
}
