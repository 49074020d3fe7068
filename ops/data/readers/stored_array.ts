/** Arrays as files hold them. */
import { sizeOf } from "../../../engine/shape.ts";

/** An array, row-major. Integers wider than a byte, and signed bytes, are int32; floats of any width float32. */
export interface StoredArray {
  readonly shape: readonly number[];
  readonly data: Uint8Array | Int32Array | Float32Array;
}

/** How many values a shape has; a header may say extents whose product no number is, and a 0 among them. */
export function valuesIn(shape: readonly number[]): number {
  return shape.includes(0) ? 0 : sizeOf(shape);
}

/** Throws a RangeError that names the place of the first value that is NaN or infinite, as numpy would index it. */
export function assertFinite({ shape, data }: StoredArray, name: string): void {
  if (!(data instanceof Float32Array)) return;
  const first = data.findIndex((value) => !Number.isFinite(value));
  if (first < 0) return;
  const others = data.subarray(first + 1).reduce(
    (count, value) => Number.isFinite(value) ? count : count + 1,
    0,
  );
  const also = others === 0 ? "" : `, as ${others === 1 ? "is" : "are"} ${others} more`;
  throw new RangeError(
    `Cannot use "${name}": its value at [${placeOf(first, shape).join(", ")}] is ${
      inWords(data[first]!)
    }${also}; leave such samples out, or put a number there`,
  );
}

/** Where the value at a position is: an index for every axis. */
function placeOf(position: number, shape: readonly number[]): number[] {
  const place: number[] = [];
  let left = position;
  for (const extent of shape.toReversed()) {
    place.unshift(left % extent);
    left = Math.floor(left / extent);
  }
  return place;
}

function inWords(value: number): string {
  return Number.isNaN(value) ? "NaN" : "infinite, or more than 32 bits hold";
}
