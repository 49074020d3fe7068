/** Steps of normalisations along one axis, as exporters write them out: by deviation, root mean square or length. */
import type { Layer } from "../../../../model/model.ts";
import { soleNumber } from "../constants.ts";
import { type LayerView, over, transposedTo, withLast } from "../layer_view.ts";
import { factoredNormStep } from "./factored_norm_steps.ts";
import type { NodeReading } from "../node_reading.ts";
import { type GraphValue, type PatternOf, patternOf } from "../values.ts";

/** A step: of two values, or of one and a number. undefined where it is none. */
export function normStep(reading: NodeReading): GraphValue | undefined {
  const [left, right] = reading.inputs;
  return deviationStep(reading) ?? rmsStep(reading) ?? lengthStep(reading) ??
    (reading.op === "Mul"
      ? product(reading, left, right) ?? product(reading, right, left)
      : undefined) ??
    factoredNormStep(reading);
}

type MeanPattern = PatternOf<"mean">;

/** Up to the deviation of x: (x − mean)², their mean, plus epsilon, its root. */
function deviationStep(reading: NodeReading): GraphValue | undefined {
  const { op, inputs: [left, right] } = reading;
  const mean = patternOf(right, "mean");
  if (op === "Sub" && mean !== undefined && sameView(mean.x, left)) {
    return { ...mean, of: "centred" };
  }
  const centred = patternOf(left, "centred");
  const number = right?.use === "constant" ? soleNumber(right) : undefined;
  if (op === "Pow" && centred !== undefined && number === 2) return { ...centred, of: "squares" };
  const other = patternOf(right, "centred");
  if (op === "Mul" && centred !== undefined && other?.x.layer === centred.x.layer) {
    return { ...centred, of: "squares" };
  }
  const variance = patternOf(left, "variance");
  if (op === "Add" && variance !== undefined && number !== undefined) {
    return { ...variance, epsilon: number };
  }
  if (op === "Sqrt" && variance !== undefined) return { ...variance, of: "deviation" };
  const deviation = patternOf(left, "deviation");
  if (op === "Reciprocal" && deviation !== undefined) {
    return { ...deviation, of: "inverse-deviation" };
  }
  const divisor = patternOf(right, "deviation");
  if (op === "Div" && divisor !== undefined) {
    if (centred?.x.layer === divisor.x.layer) return standardized(reading, divisor, "deviation");
    if (left?.use === "constant" && soleNumber(left) === 1) {
      return { ...divisor, of: "inverse-deviation" };
    }
  }
  return undefined;
}

/** Up to the root of the mean of squares. */
function rmsStep(reading: NodeReading): GraphValue | undefined {
  const { op, inputs: [left, right] } = reading;
  const mean = patternOf(left, "mean");
  const number = right?.use === "constant" ? soleNumber(right) : undefined;
  if (op === "Add" && mean !== undefined && number !== undefined) {
    const root = squared(reading, mean.x);
    return root && { ...mean, of: "mean-square", x: root, epsilon: number };
  }
  const square = patternOf(left, "mean-square");
  if (op === "Sqrt" && square !== undefined) return { ...square, of: "rms" };
  const rms = patternOf(left, "rms");
  if (op === "Reciprocal" && rms !== undefined) return { ...rms, of: "inverse-rms" };
  const divisor = patternOf(right, "rms");
  if (op !== "Div" || divisor === undefined) return undefined;
  if (left?.use === "constant" && soleNumber(left) === 1) return { ...divisor, of: "inverse-rms" };
  return sameView(divisor.x, left) ? standardized(reading, divisor, "rms") : undefined;
}

/** Up to the length of a vector. */
function lengthStep(reading: NodeReading): GraphValue | undefined {
  const { op, inputs: [left, right] } = reading;
  const length = patternOf(left, "length");
  const number = right?.use === "constant" ? soleNumber(right) : undefined;
  if (length !== undefined && (op === "Clip" || op === "Max") && number !== undefined) {
    return { ...length, epsilon: number * number };
  }
  if (length !== undefined && op === "Expand") return length;
  const divisor = patternOf(right, "length");
  if (op !== "Div" || divisor === undefined || !sameView(divisor.x, left)) return undefined;
  return standardized(reading, divisor, "length");
}

/** x times what normalises it. */
function product(
  reading: NodeReading,
  value: GraphValue | undefined,
  factor: GraphValue | undefined,
): GraphValue | undefined {
  const rms = patternOf(factor, "inverse-rms");
  if (rms !== undefined && sameView(rms.x, value)) return standardized(reading, rms, "rms");
  const deviation = patternOf(factor, "inverse-deviation");
  const centred = patternOf(value, "centred");
  if (deviation === undefined || centred?.x.layer !== deviation.x.layer) return undefined;
  return standardized(reading, deviation, "deviation");
}

/** The smallest epsilon: nothing is divided by 0. */
const SMALLEST = 1e-30;

function standardized(
  reading: NodeReading,
  { x, axis, epsilon: given }: MeanPattern,
  by: "deviation" | "rms" | "length",
): LayerView {
  const epsilon = Math.max(given, SMALLEST);
  const last = transposedTo(reading.draft, x, withLast(x, axis));
  return over(last, reading.add("", { kind: "standardize", by, epsilon }, [last.layer]));
}

function sameView(x: LayerView, value: GraphValue | undefined): boolean {
  return value?.use === "view" && value.layer === x.layer && value.axes.join() === x.axes.join();
}

/** The value whose square another one is. */
function squared({ draft }: NodeReading, x: LayerView): LayerView | undefined {
  const square: Layer | undefined = draft.layer(x.layer);
  const [a, b, ...others] = square?.inputs ?? [];
  const whole = square?.kind === "combine" && square.by === "product" && a === b;
  return whole && others.length === 0 ? { ...x, layer: a! } : undefined;
}

/** `ReduceL2` along one axis. */
export function lengthOf(reading: NodeReading): GraphValue {
  const x = reading.view(0);
  const axes = (reading.listed(1, "axes") ?? []).map((axis) => reading.axis(axis, x.dims.length));
  const [axis = 0] = axes;
  if (axes.length !== 1 || reading.int("keepdims", 1) !== 1 || x.axes[axis] === 0) {
    throw reading.wrong(
      "it is read as the length of a vector along one axis, which is kept, alone",
    );
  }
  return { use: "pattern", of: "length", x, axis, epsilon: 0 };
}
