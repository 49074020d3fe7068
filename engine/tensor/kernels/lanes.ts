/** Vectors that a row's end cuts: loads of 1 to 4 floats or integers, stores that touch nothing behind the end. */

/** Four values from `at`, or only `count` < 4 of them with `rest` in the other lanes. */
@inline
export function loadLanes(at: usize, count: i32, rest: v128): v128 {
  if (count >= 4) return v128.load(at);
  let value = v128.load32_lane(at, rest, 0);
  if (count > 1) value = v128.load32_lane(at + 4, value, 1);
  if (count > 2) value = v128.load32_lane(at + 8, value, 2);
  return value;
}

/** The first `count` lanes (all four from 4 on). */
@inline
export function storeLanes(at: usize, count: i32, value: v128): void {
  if (count >= 4) {
    v128.store(at, value);
    return;
  }
  v128.store32_lane(at, value, 0);
  if (count > 1) v128.store32_lane(at + 4, value, 1);
  if (count > 2) v128.store32_lane(at + 8, value, 2);
}

/** ((lane 0 + lane 1) + (lane 2 + lane 3)): the one order in which lanes are added here. */
@inline
export function sumLanes(value: v128): f32 {
  return (f32x4.extract_lane(value, 0) + f32x4.extract_lane(value, 1)) +
    (f32x4.extract_lane(value, 2) + f32x4.extract_lane(value, 3));
}

/** The largest lane; NaN if one is NaN. */
@inline
export function maxLanes(value: v128): f32 {
  return max(
    max(f32x4.extract_lane(value, 0), f32x4.extract_lane(value, 1)),
    max(f32x4.extract_lane(value, 2), f32x4.extract_lane(value, 3)),
  );
}
