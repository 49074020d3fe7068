/**
 * A layer normalisation as TensorFlow computes one: not (x − mean) / deviation · γ + β, but x times a factor, γ / deviation,
 * plus an offset, β − mean times that factor; or −mean times it, and β is added behind.
 */
import { floats, type Known } from "../constants.ts";
import { type LayerView, over, transposedTo, withLast } from "../layer_view.ts";
import type { NodeReading } from "../node_reading.ts";
import { type GraphValue, type PatternOf, patternOf } from "../values.ts";

type Factored = PatternOf<"norm-factor">;

/** A step of it. undefined where it is none. */
export function factoredNormStep(reading: NodeReading): GraphValue | undefined {
  const { op, inputs: [left, right] } = reading;
  switch (op) {
    case "Mul":
      return factored(left, right) ?? factored(right, left);
    case "Sub": {
      const mean = patternOf(right, "factored-mean");
      return mean && left?.use === "constant"
        ? { ...mean, of: "norm-offset", beta: left }
        : undefined;
    }
    case "Neg": {
      const mean = patternOf(left, "mean");
      return mean && { ...mean, of: "negative-mean" };
    }
    case "Sum":
    case "Add":
      return normalised(reading, left, right) ?? normalised(reading, right, left);
    default:
      return undefined;
  }
}

/** γ times the inverse of the deviation, or x or its mean times that. */
function factored(
  value: GraphValue | undefined,
  by: GraphValue | undefined,
): GraphValue | undefined {
  const inverse = patternOf(by, "inverse-deviation");
  if (inverse !== undefined && value?.use === "constant") {
    return { ...inverse, of: "norm-factor", gamma: value };
  }
  const factor = patternOf(by, "norm-factor") ??
    (inverse && { ...inverse, of: "norm-factor" as const });
  if (factor === undefined) return undefined;
  const { x } = factor;
  const own = value?.use === "view" && value.layer === x.layer &&
    value.axes.join() === x.axes.join();
  if (own) return { ...factor, of: "factored" };
  const negative = patternOf(value, "negative-mean");
  const mean = patternOf(value, "mean") ?? negative;
  if (mean?.x.layer !== x.layer || mean.axis !== factor.axis) return undefined;
  return { ...factor, of: negative === undefined ? "factored-mean" : "norm-offset" };
}

/** What both together are: the layer. */
function normalised(
  reading: NodeReading,
  value: GraphValue | undefined,
  offset: GraphValue | undefined,
): LayerView | undefined {
  const [own, other] = [patternOf(value, "factored"), patternOf(offset, "norm-offset")];
  if (own === undefined || other === undefined || own.x.layer !== other.x.layer) return undefined;
  const { x, axis, epsilon } = own;
  if (own.gamma !== other.gamma || axis !== other.axis) return undefined;
  const [gamma, beta] = [
    alongAxis(reading, own, own.gamma, 1),
    alongAxis(reading, own, other.beta, 0),
  ];
  const last = transposedTo(reading.draft, x, withLast(x, axis));
  const layer = reading.add("", { kind: "layer-norm", epsilon }, [last.layer], { gamma, beta });
  return over(last, layer);
}

/** Numbers for each place of the axis, out of those and out of one for all. */
function alongAxis(
  reading: NodeReading,
  { x: { dims }, axis }: Factored,
  known: Known | undefined,
  otherwise: number,
) {
  const width = dims[axis]!;
  const shape = [width];
  const values = known === undefined ? Float32Array.of(otherwise) : floats(known);
  if (values.length === 1) return { shape, values: new Float32Array(width).fill(values[0]!) };
  const at = known!.shape.length - (dims.length - axis);
  if (values.length === width && known!.shape[at] === width) return { shape, values };
  throw reading.wrong(
    `its numbers of shape ${known!.shape.join("×")} are not along axis ${axis} of ${width} places`,
  );
}
