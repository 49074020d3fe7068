/** The part of a window that lies inside the image. */

/** The first k ≥ 0 with start + k·dilation ≥ 0. */
@inline
export function clipFrom(start: i32, dilation: i32): i32 {
  return start >= 0 ? 0 : (dilation - 1 - start) / dilation;
}

/** One more than the last k < size with start + k·dilation < limit; 0 if there is none. */
@inline
export function clipTo(start: i32, size: i32, dilation: i32, limit: i32): i32 {
  return start >= limit ? 0 : min(size, (limit - 1 - start) / dilation + 1);
}
