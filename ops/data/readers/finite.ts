/** Values that a file gives must be numbers: where one is not, the file and the place are said. */
import { quoted } from "../../../engine/quote.ts";
import type { StoredArray } from "./array_pair.ts";

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

/** The number that a cell is, if it is one, and one that 32 bits hold. */
export function numberIn(cell: string): number | undefined {
  const number = cell === "" ? NaN : Number(cell);
  return Number.isFinite(Math.fround(number)) ? number : undefined;
}

/** What a cell is that is no number, for a sentence. */
export function notANumber(cell: string): string {
  return `${quoted(cell)}, ${
    cell !== "" && Number.isFinite(Number(cell)) ? "more than 32 bits hold" : "not a number"
  }`;
}

/** Whether a cell of a first row is the name of a column: neither a number nor what stands for a missing one. */
export function isName(cell: string): boolean {
  return cell === "" || Number.isNaN(Number(cell)) && !/^[-+]?(?:nan|inf)$/i.test(cell);
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
