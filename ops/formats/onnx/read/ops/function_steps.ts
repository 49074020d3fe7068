/** Steps of functions of one value: gelu, softsign, swish and others as exporters write them out. */
import { erf, exp, log } from "../../../../../engine/tensor/scalar_math.ts";
import { soleNumber } from "../constants.ts";
import { type LayerView, over } from "../layer_view.ts";
import type { NodeReading } from "../node_reading.ts";
import {
  basesOf,
  functionOf,
  layerComputing,
  powerOf,
  type ScalarFunction,
  sigmoid,
  tanh,
} from "../pointwise.ts";
import { type GraphValue, patternOf } from "../values.ts";

/** Operators of one value; those that are no layer by themselves begin a pattern. */
const unary: Readonly<Record<string, ScalarFunction>> = {
  Erf: erf,
  Reciprocal: (x) => 1 / x,
  Exp: exp,
  Log: log,
  Sqrt: Math.sqrt,
  Tanh: tanh,
  Sigmoid: sigmoid,
  Neg: (x) => -x,
  Abs: Math.abs,
  Relu: (x) => Math.max(0, x),
  Cast: (x) => x,
  Identity: (x) => x,
};

const binary: Readonly<Record<string, (a: number, b: number) => number>> = {
  Add: (a, b) => a + b,
  Sub: (a, b) => a - b,
  Mul: (a, b) => a * b,
  Div: (a, b) => a / b,
  Max: Math.max,
  Min: Math.min,
  Pow: powerOf,
};

/** Operators that no layer does but as a step of a function. */
const BEGINNING: ReadonlySet<string> = new Set(["Erf", "Reciprocal", "Log", "Sqrt"]);

/** A step of a function, or the layer that it ends as. undefined where it is none. */
export function functionStep(reading: NodeReading): GraphValue | undefined {
  const { op, inputs: [left, right], draft } = reading;
  const one = Object.hasOwn(unary, op) ? unary[op] : undefined;
  if (one !== undefined) {
    const inner = patternOf(left, "function");
    if (inner !== undefined) return step(reading, inner.x, (x) => one(inner.compute(x)));
    if (!BEGINNING.has(op) || left?.use !== "view") return undefined;
    return step(reading, left, one);
  }
  const two = Object.hasOwn(binary, op) && reading.inputs.length === 2 ? binary[op] : undefined;
  if (two === undefined || left === undefined || right === undefined) return undefined;
  const patterns = [left, right].some((each) => patternOf(each, "function"));
  const values = [left, right].filter((each) => each.use !== "constant");
  const divides = op === "Div" && right.use === "view";
  if (!patterns && !divides && (op !== "Mul" || values.length < 2)) return undefined;
  const x = viewIn(values[0]!);
  if (x === undefined) return undefined;
  for (const base of basesOf(draft, x.layer)) {
    const [a, b] = [left, right].map((each) => functionIn(draft, each, x, base));
    if (a === undefined || b === undefined) continue;
    const whole: ScalarFunction = (value) => two(a(value), b(value));
    const found = step(reading, { ...x, layer: base }, whole);
    // Products of two values are layers of their own.
    if (patterns || divides || found.use === "view") return found;
  }
  return undefined;
}

/** The view that a value is, or is a function of. */
const viewIn = (value: GraphValue): LayerView | undefined =>
  value.use === "view" ? value : patternOf(value, "function")?.x;

/** What a value is of each value of a layer; undefined where it depends on others too. */
function functionIn(
  draft: NodeReading["draft"],
  value: GraphValue,
  like: LayerView,
  base: string,
): ScalarFunction | undefined {
  if (value.use === "constant") {
    const number = soleNumber(value);
    return number === undefined ? undefined : () => number;
  }
  const x = viewIn(value);
  const alike = x !== undefined && x.axes.join() === like.axes.join() &&
    x.dims.join() === like.dims.join() && JSON.stringify(x.flat) === JSON.stringify(like.flat);
  const inner = alike ? functionOf(draft, x.layer, base) : undefined;
  if (inner === undefined) return undefined;
  const { compute = (x: number) => x } = patternOf(value, "function") ?? {};
  return (value) => compute(inner(value));
}

/** A function of a value: a layer where one computes it, of this value or of one before it. */
function step(
  reading: NodeReading,
  x: LayerView,
  compute: ScalarFunction,
): LayerView | GraphValue {
  for (const base of basesOf(reading.draft, x.layer)) {
    const inner = functionOf(reading.draft, x.layer, base)!;
    const known = layerComputing((value) => compute(inner(value)));
    if (known !== undefined) return over(x, reading.add("", known, [base]));
  }
  return { use: "pattern", of: "function", x, compute };
}
