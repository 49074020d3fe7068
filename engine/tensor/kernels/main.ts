/**
 * The kernels: AssemblyScript, compiled into one WebAssembly module by `deno task kernels`. Every export of a
 * file named here is an export of the module.
 *
 * Conventions
 * - A tensor is a pointer (`usize`, bytes) to dense row-major float32, int32 or int16, bool as bytes; pointers are
 *   64-byte aligned, and every buffer is a multiple of 64 bytes long, so that a vector load which begins inside
 *   a tensor never leaves its buffer. What lies behind a tensor's last element is garbage: never let it reach a
 *   result, never write there.
 * - Counts, sizes and strides are `i32`, in elements unless the name says bytes; numbers are `f32`.
 * - A kernel never allocates. Scratch memory is a pointer that the caller passes, or this thread's own (./scratch).
 * - Work that may be shared between threads is cut into units that do not depend on each other (rows, channels,
 *   images, blocks of elements). Such a kernel takes `begin, end` as its last two arguments and does the units
 *   begin ≤ u < end; the TypeScript side calls it through `machine.launch(name, units, ...arguments)`.
 *   A unit's bits must not depend on how units are grouped into calls.
 * - Order of a reduction is fixed by the shape, never by the number of threads, and in inference a row's result
 *   does not depend on the other rows of its batch or on their number.
 * - Of relaxed SIMD only `f32x4.relaxed_madd(a, b, c)` = a·b + c and `relaxed_nmadd` = −a·b + c (fused, checked at
 *   start). No `Math.*` or `Mathf.*` but abs, sqrt, floor, ceil, trunc, nearest, min, max.
 * - Import siblings without extension: `import { exp4 } from "./math"`. Small functions are inlined by the
 *   optimizer; `@inline` only where it does not and it counts.
 *
 * The TypeScript side: see `Machine` in ../machine.ts.
 */
export * from "./probe";
export * from "./copy";
export { normTable } from "./products/epilogue";
export { packPanels, packPanelsTransposed } from "./products/panel";
export * from "./products/product";
export { patchProduct } from "./products/patch_product";
export { scratchBytes, setScratch } from "./scratch";
export * from "./convolution/winograd";
export * from "./convolution/winograd_filter";
export * from "./convolution/winograd_gradient";
export * from "./image";
export * from "./rectify";
export { depthwiseGather } from "./convolution/depthwise";
export * from "./convolution/depthwise_gradient";
export * from "./optimize";
export * from "./transpose";
export { move } from "./move";
export * from "./convolution/pool";
export * from "./convolution/global_pool";
export { combineMoments, momentsOfChunks, normalize, normScale } from "./normalization/norm";
export * from "./normalization/norm_gradient";
export * from "./normalization/layer_norm";
export * from "./embedding";
export * from "./resize";
export * from "./choice";
export * from "./attention";
export * from "./fake_quantize";
export * from "./normalization/softmax";
export * from "./unary";
export * from "./binary";
export { activateGradient, addActivate } from "./activation";
export * from "./reduce";
export * from "./recurrent";
export { dropout } from "./random";
export { addShorts, averageShorts, frameBytes, frameShorts, quantizeShorts, realsOfShorts } from "./short";
export * from "./short_rows";
export { packBytes, packPairs } from "./integers/integer_pack";
export { byteProduct, integerProduct } from "./integers/integer_product";
export * from "./integers/integer_winograd";
export { integerDepthwise, packTaps } from "./integers/integer_depthwise";
export { integerWindow, packWindow } from "./integers/integer_window";
