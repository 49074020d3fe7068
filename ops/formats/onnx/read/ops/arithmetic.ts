/** Readers of Add, Sub, Mul, Div, Max and Min: of two values, or of a value and known numbers. */
import type { LayerOf } from "../../../../model/model.ts";
import { floats, type Known, soleNumber } from "../constants.ts";
import { arranged, type LayerView, over, ownOrder, sampleAxes } from "../layer_view.ts";
import type { NodeReading } from "../node_reading.ts";
import { type GraphValue, patternOf } from "../values.ts";
import { activated, through } from "./activations.ts";
import { scaledScores } from "./attention.ts";
import { byConstant } from "./constants_on.ts";
import { functionStep } from "./function_steps.ts";
import { normStep } from "./norm_steps.ts";

type CombineOperation = LayerOf<"combine">["by"];

const combinations: Readonly<Record<string, CombineOperation>> = {
  Add: "sum",
  Sum: "sum",
  Sub: "difference",
  Mul: "product",
  Max: "maximum",
  Min: "minimum",
};

/** Any of them. */
export function arithmetic(reading: NodeReading): GraphValue {
  const known = normStep(reading) ?? scaledScores(reading) ?? functionStep(reading);
  if (known !== undefined) return known;
  const { inputs } = reading;
  const at = inputs.findIndex((value) => value?.use === "constant");
  if (inputs.length === 2 && at >= 0) {
    return withNumbers(reading, reading.view(1 - at), inputs[at] as Known, at === 0);
  }
  const views = inputs.map((_, input) => reading.view(input));
  const by = combinations[reading.op];
  if (by === undefined) throw reading.wrong("a value divided by another cannot be read");
  return combined(reading, views, by);
}

/** Known numbers, `first` where they stand before the operator. */
function withNumbers(
  reading: NodeReading,
  view: LayerView,
  known: Known,
  first: boolean,
): LayerView {
  const changed = (change: (value: number) => number): Known => ({
    ...known,
    values: Float32Array.from(known.values, change),
  });
  switch (reading.op) {
    case "Add":
    case "Sum":
      return byConstant(reading, view, known, "offset");
    case "Mul":
      return byConstant(reading, view, known, "factor");
    case "Sub": {
      if (!first) return byConstant(reading, view, changed((value) => -value), "offset");
      const negative = through(reading, view, "scale", -1, 0);
      return byConstant(reading, negative, known, "offset");
    }
    case "Div":
      if (first) throw reading.wrong("a number divided by a value cannot be read");
      return byConstant(reading, view, changed((value) => 1 / value), "factor");
    default: {
      const bound = soleNumber(known);
      if (bound === undefined) throw reading.wrong("it has a bound for each value");
      if (reading.op === "Max") {
        return bound === 0
          ? activated(reading, view, "relu")
          : through(reading, view, "clip", bound, FLOAT);
      }
      return through(reading, view, "clip", -FLOAT, bound);
    }
  }
}

/** The largest number of float32. */
const FLOAT = 3.4028234663852886e38;

/** Several values, place by place; extents of 1 are as long as the others'. */
export function combined(
  reading: NodeReading,
  views: readonly LayerView[],
  by: CombineOperation,
): LayerView {
  const { draft } = reading;
  if (views.length < 2) return views[0]!;
  const rank = Math.max(...views.map(({ dims }) => dims.length));
  const wide = views.map((view): LayerView => {
    const missing = Array.from({ length: rank - view.dims.length });
    return {
      ...view,
      dims: [...missing.map(() => 1), ...view.dims],
      axes: [...missing.map(() => null), ...view.axes],
    };
  });
  const batch = wide[0]!.axes.indexOf(0);
  if (wide.some(({ axes }) => axes.indexOf(0) !== batch)) {
    throw reading.wrong("the batch stands at different places in what it reads");
  }
  const [first] = wide as [LayerView];
  const alike = wide.every((view) =>
    view.axes.join() === first.axes.join() && view.dims.join() === first.dims.join() &&
    JSON.stringify(view.flat) === JSON.stringify(first.flat)
  );
  const largest =
    wide.find((view) =>
      sampleAxes(view).every((axis) => wide.every(({ dims }) => dims[axis]! <= view.dims[axis]!))
    ) ?? first;
  const order = ownOrder(largest);
  const layers = alike
    ? wide.map(({ layer }) => layer)
    : wide.map((view) => arranged(draft, view, order));
  const shape = draft.shape(layers[0]!).join();
  const equal = layers.every((layer) => draft.shape(layer).join() === shape);
  const layer = by === "sum" && equal
    ? reading.add("", { kind: "add", activation: "linear" }, layers)
    : reading.add("", { kind: "combine", by }, layers);
  if (alike) return over(first, layer);
  const dims = first.dims.map((_, axis) => Math.max(...wide.map(({ dims }) => dims[axis]!)));
  const axes = dims.map((_, axis) => axis === batch ? 0 : order.indexOf(axis) + 1);
  return { use: "view", layer, dims, axes, sole: true };
}

/** `Pow` of a value: a product with itself, so often as the exponent says. */
export function power(reading: NodeReading): GraphValue {
  const step = normStep(reading) ?? patternStep(reading);
  if (step !== undefined) return step;
  const exponent = soleNumber(reading.needed(1, "exponent"));
  const view = reading.view(0);
  if (exponent === 1) return view;
  if (exponent !== undefined && Number.isInteger(exponent) && exponent > 1 && exponent <= 8) {
    const factors = Array.from({ length: exponent }, () => view.layer);
    return over(view, reading.add("", { kind: "combine", by: "product" }, factors));
  }
  throw reading.wrong(`a value to the power of ${exponent ?? "several numbers"} cannot be read`);
}

const patternStep = (reading: NodeReading): GraphValue | undefined =>
  patternOf(reading.inputs[0], "function") && functionStep(reading);

/** The numbers of a scaler of scikit-learn: (x − offset) · scale. */
export function scaler(reading: NodeReading): LayerView {
  const view = reading.view(0);
  const numbers = (name: string, otherwise: number): Known => {
    const values = Float32Array.from(reading.floats(name) ?? [otherwise]);
    return { use: "constant", shape: [values.length], values };
  };
  const offset = numbers("offset", 0);
  const negative = { ...offset, values: floats(offset).map((value) => -value) };
  const moved = byConstant(reading, view, negative, "offset");
  return byConstant(reading, moved, numbers("scale", 1), "factor");
}
