/**
 * Readers of operators that number the tokens of a text behind its padding, as RoBERTa's exports do: the sum of a mask up to
 * each token, times the mask, and a number more. Texts begin with their first token, so that these are its places.
 */
import { constant, soleNumber } from "../constants.ts";
import type { NodeReading } from "../node_reading.ts";
import { type GraphValue, patternOf } from "../values.ts";

const arithmetic: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
};

/** Operators that leave numbers as they are. */
const PASSING: ReadonlySet<string> = new Set(["Cast", "Identity"]);

/**
 * What an operator makes of such numbers; undefined where it reads none. Those of padding, which nothing attends to, are not
 * told from others. `read` reads an operator anew, of other inputs.
 */
export function placesStep(
  reading: NodeReading,
  read: (reading: NodeReading) => GraphValue,
): GraphValue | undefined {
  const { op, inputs: [left, right], draft } = reading;
  if (op === "CumSum") {
    const mask = patternOf(left, "mask");
    const along = right?.use === "constant" ? soleNumber(right) : undefined;
    const counts = mask !== undefined && along !== undefined && mask.seen === 1 &&
      mask.hidden === 0 && mask.x.axes[reading.axis(along, mask.x.dims.length)] === 1;
    if (!counts || reading.int("exclusive", 0) !== 0 || reading.int("reverse", 0) !== 0) {
      throw reading.wrong("it sums something else than a mask of tokens, from the first on");
    }
    if (mask.pad !== undefined) draft.padding = mask.pad;
    const length = mask.x.dims[mask.x.axes.indexOf(1)]!;
    const values = Float64Array.from({ length }, (_, at) => at + 1);
    return { use: "pattern", of: "places", values };
  }
  const [first, second] = [patternOf(left, "places"), patternOf(right, "places")];
  const places = first ?? second;
  if (places === undefined) return undefined;
  if (PASSING.has(op)) return places;
  if (op === "Gather" && second !== undefined) {
    const row = constant([1, places.values.length], places.values);
    return read({ ...reading, inputs: [left, row] });
  }
  const other = first === undefined ? left : right;
  const mask = patternOf(other, "mask");
  if (op === "Mul" && mask?.seen === 1 && mask.hidden === 0) return places;
  const number = other?.use === "constant" ? soleNumber(other) : undefined;
  const compute = Object.hasOwn(arithmetic, op) ? arithmetic[op] : undefined;
  if (number === undefined || compute === undefined) {
    throw reading.wrong("numbers of tokens are read where rows of a table are looked up alone");
  }
  const values = places.values.map((value) =>
    first === undefined ? compute(number, value) : compute(value, number)
  );
  return { ...places, values };
}
