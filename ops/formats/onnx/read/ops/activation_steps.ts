/** Activations that exporters write as several operators: gelu and softsign, step by step. */
import { soleNumber } from "../constants.ts";
import type { NodeReading } from "../node_reading.ts";
import { type GraphValue, patternOf } from "../values.ts";
import { activated, through } from "./activations.ts";

/** A step of x · (1 + erf(x / √2)) / 2, or of x / (1 + |x|). undefined where it is none. */
export function activationStep(reading: NodeReading): GraphValue | undefined {
  const { op, inputs } = reading;
  for (const [at, value] of inputs.entries()) {
    const other = inputs[1 - at];
    const erf = patternOf(value, "erf");
    const one = other?.use === "constant" && soleNumber(other) === 1;
    if (op === "Add" && erf !== undefined && one) return { ...erf, of: "one-plus-erf" };
    const magnitude = patternOf(value, "magnitude");
    if (op === "Add" && magnitude !== undefined && one) return { ...magnitude, of: "padded" };
    const padded = patternOf(value, "padded");
    const own = other?.use === "view" && other.layer === padded?.x.layer;
    if (op === "Div" && at === 1 && padded !== undefined && own) {
      return through(reading, padded.x, "softsign");
    }
    const onePlusErf = patternOf(value, "one-plus-erf");
    if (op === "Mul" && onePlusErf !== undefined && other?.use === "view") {
      const { draft } = reading;
      if (other.layer === onePlusErf.x.layer) return { ...onePlusErf, of: "twice-gelu" };
      const scaled = draft.layer(other.layer);
      const half = scaled?.kind === "function" && scaled.function === "scale" &&
        scaled.inputs[0] === onePlusErf.x.layer && scaled.parameters.join() === "0.5,0";
      if (half) return activated(reading, onePlusErf.x, "gelu");
    }
    if (
      op === "Mul" && onePlusErf !== undefined && other?.use === "constant" &&
      soleNumber(other) === 0.5
    ) {
      return { ...onePlusErf, of: "half-one-plus-erf" };
    }
    const gate = patternOf(value, "half-one-plus-erf");
    if (
      op === "Mul" && gate !== undefined && other?.use === "view" &&
      other.layer === gate.x.layer
    ) {
      return activated(reading, gate.x, "gelu");
    }
    const twice = patternOf(value, "twice-gelu");
    const number = other?.use === "constant" ? soleNumber(other) : undefined;
    const halves = op === "Mul" && number === 0.5 || op === "Div" && number === 2 && at === 0;
    if (twice !== undefined && halves) return activated(reading, twice.x, "gelu");
  }
  return undefined;
}
