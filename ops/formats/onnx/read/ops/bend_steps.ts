/** Activations that exporters write as several operators: gelu and softsign, step by step. */
import { soleNumber } from "../constants.ts";
import type { NodeReading } from "../node_reading.ts";
import { type GraphValue, patternOf } from "../values.ts";
import { bent, through } from "./activations.ts";

/** A step of x · (1 + erf(x / √2)) / 2, or of x / (1 + |x|). undefined where it is none. */
export function bendStep(reading: NodeReading): GraphValue | undefined {
  const { op, inputs } = reading;
  for (const [at, value] of inputs.entries()) {
    const other = inputs[1 - at];
    const erf = patternOf(value, "erf");
    const one = other?.use === "constant" && soleNumber(other) === 1;
    if (op === "Add" && erf !== undefined && one) return { ...erf, of: "raised" };
    const magnitude = patternOf(value, "magnitude");
    if (op === "Add" && magnitude !== undefined && one) return { ...magnitude, of: "padded" };
    const padded = patternOf(value, "padded");
    const own = other?.use === "live" && other.layer === padded?.x.layer;
    if (op === "Div" && at === 1 && padded !== undefined && own) {
      return through(reading, padded.x, "softsign");
    }
    const raised = patternOf(value, "raised");
    if (op === "Mul" && raised !== undefined && other?.use === "live") {
      const { draft } = reading;
      if (other.layer === raised.x.layer) return { ...raised, of: "doubled" };
      const half = draft.layer(other.layer);
      const halved = half?.kind === "function" && half.function === "scale" &&
        half.inputs[0] === raised.x.layer && half.parameters.join() === "0.5,0";
      if (halved) return bent(reading, raised.x, "gelu");
    }
    if (
      op === "Mul" && raised !== undefined && other?.use === "constant" && soleNumber(other) === 0.5
    ) {
      return { ...raised, of: "halved" };
    }
    const halved = patternOf(value, "halved");
    if (
      op === "Mul" && halved !== undefined && other?.use === "live" &&
      other.layer === halved.x.layer
    ) {
      return bent(reading, halved.x, "gelu");
    }
    const doubled = patternOf(value, "doubled");
    const half = other?.use === "constant" ? soleNumber(other) : undefined;
    const halves = op === "Mul" && half === 0.5 || op === "Div" && half === 2 && at === 0;
    if (doubled !== undefined && halves) return bent(reading, doubled.x, "gelu");
  }
  return undefined;
}
