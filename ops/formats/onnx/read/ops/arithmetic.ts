/** Readers of Add, Sub, Mul, Div, Max and Min: of two values, or of a value and known numbers. */
import type { Layer, LayerOf } from "../../../../model/model.ts";
import { floats, type Known, soleNumber } from "../constants.ts";
import { arranged, type Live, over, ownOrder, sampleAxes } from "../live.ts";
import type { NodeReading } from "../node_reading.ts";
import type { GraphValue } from "../values.ts";
import { bent, through } from "./activations.ts";
import { scaledScores } from "./attention.ts";
import { byConstant } from "./constants_on.ts";
import { bendStep } from "./bend_steps.ts";
import { normStep } from "./norms.ts";

type Combination = LayerOf<"combine">["by"];

const combinations: Readonly<Record<string, Combination>> = {
  Add: "sum",
  Sum: "sum",
  Sub: "difference",
  Mul: "product",
  Max: "maximum",
  Min: "minimum",
};

/** Any of them. */
export function arithmetic(reading: NodeReading): GraphValue {
  const known = normStep(reading) ?? bendStep(reading) ?? scaledScores(reading);
  if (known !== undefined) return known;
  const { inputs } = reading;
  const at = inputs.findIndex((value) => value?.use === "constant");
  if (inputs.length === 2 && at >= 0) {
    return withNumbers(reading, reading.live(1 - at), inputs[at] as Known, at === 0);
  }
  const lives = inputs.map((_, input) => reading.live(input));
  const by = combinations[reading.op];
  if (by === undefined) throw reading.wrong("a value divided by another cannot be read");
  return gated(reading, lives) ?? combined(reading, lives, by);
}

/** Known numbers, `first` where they stand before the operator. */
function withNumbers(reading: NodeReading, live: Live, known: Known, first: boolean): Live {
  const changed = (change: (value: number) => number): Known => ({
    ...known,
    values: Float32Array.from(known.values, change),
  });
  switch (reading.op) {
    case "Add":
    case "Sum":
      return byConstant(reading, live, known, "offset");
    case "Mul":
      return byConstant(reading, live, known, "factor");
    case "Sub": {
      if (!first) return byConstant(reading, live, changed((value) => -value), "offset");
      const negative = through(reading, live, "scale", -1, 0);
      return byConstant(reading, negative, known, "offset");
    }
    case "Div":
      if (first) throw reading.wrong("a number divided by a value cannot be read");
      return byConstant(reading, live, changed((value) => 1 / value), "factor");
    default: {
      const bound = soleNumber(known);
      if (bound === undefined) throw reading.wrong("it has a bound for each value");
      if (reading.op === "Max") {
        return bound === 0
          ? bent(reading, live, "relu")
          : through(reading, live, "clip", bound, FLOAT);
      }
      return through(reading, live, "clip", -FLOAT, bound);
    }
  }
}

/** The largest number of float32. */
const FLOAT = 3.4028234663852886e38;

/** x times a function of x that is a function of its own: swish, hard-swish, mish. */
function gated(reading: NodeReading, [a, b]: readonly Live[]): Live | undefined {
  if (reading.op !== "Mul" || a === undefined || b === undefined) return undefined;
  for (const [x, gate] of [[a, b], [b, a]] as const) {
    const bend = reading.draft.layer(gate.layer);
    const alike = gate.axes.join() === x.axes.join() && bend?.inputs[0] !== undefined;
    if (!alike) continue;
    const own = bend.inputs[0] === x.layer;
    if (own && bend.kind === "activation" && bend.activation === "sigmoid") {
      return through(reading, x, "swish");
    }
    if (isHardSigmoid(reading, bend, x.layer)) return through(reading, x, "hard-swish");
    const inner = reading.draft.layer(bend.inputs[0]!);
    const mish = bend.kind === "activation" && bend.activation === "tanh" &&
      inner?.kind === "function" && inner.function === "softplus" && inner.inputs[0] === x.layer;
    if (mish) return through(reading, x, "mish");
  }
  return undefined;
}

/** Whether a layer is max(0, min(1, x / 6 + 1/2)) of the layer x: one operator, or min(max(x + 3, 0), 6) / 6 in steps. */
function isHardSigmoid({ draft }: NodeReading, layer: Layer, x: string): boolean {
  if (layer.kind !== "function" || Math.abs(layer.parameters[0]! - 1 / 6) > 1e-6) return false;
  if (layer.function === "hard-sigmoid") {
    return layer.parameters[1] === 0.5 && layer.inputs[0] === x;
  }
  const bounded = draft.layer(layer.inputs[0]!);
  const moved = draft.layer(bounded?.inputs[0] ?? "");
  return layer.function === "scale" && layer.parameters[1] === 0 &&
    bounded?.kind === "activation" && bounded.activation === "relu6" &&
    moved?.kind === "function" && moved.function === "scale" &&
    moved.parameters.join() === "1,3" && moved.inputs[0] === x;
}

/** Several values, place by place; extents of 1 are as long as the others'. */
export function combined(reading: NodeReading, lives: readonly Live[], by: Combination): Live {
  const { draft } = reading;
  if (lives.length < 2) return lives[0]!;
  const rank = Math.max(...lives.map(({ dims }) => dims.length));
  const wide = lives.map((live): Live => {
    const missing = Array.from({ length: rank - live.dims.length });
    return {
      ...live,
      dims: [...missing.map(() => 1), ...live.dims],
      axes: [...missing.map(() => null), ...live.axes],
    };
  });
  const batch = wide[0]!.axes.indexOf(0);
  if (wide.some(({ axes }) => axes.indexOf(0) !== batch)) {
    throw reading.wrong("the batch stands at different places in what it reads");
  }
  const [first] = wide as [Live];
  const alike = wide.every((live) =>
    live.axes.join() === first.axes.join() && live.dims.join() === first.dims.join() &&
    JSON.stringify(live.flat) === JSON.stringify(first.flat)
  );
  const largest =
    wide.find((live) =>
      sampleAxes(live).every((axis) => wide.every(({ dims }) => dims[axis]! <= live.dims[axis]!))
    ) ?? first;
  const order = ownOrder(largest);
  const layers = alike
    ? wide.map(({ layer }) => layer)
    : wide.map((live) => arranged(draft, live, order));
  const shape = draft.shape(layers[0]!).join();
  const equal = layers.every((layer) => draft.shape(layer).join() === shape);
  const layer = by === "sum" && equal
    ? reading.add("", { kind: "add", activation: "linear" }, layers)
    : reading.add("", { kind: "combine", by }, layers);
  if (alike) return over(first, layer);
  const dims = first.dims.map((_, axis) => Math.max(...wide.map(({ dims }) => dims[axis]!)));
  const axes = dims.map((_, axis) => axis === batch ? 0 : order.indexOf(axis) + 1);
  return { use: "live", layer, dims, axes, sole: true };
}

/** `Pow` of a value: its square is its product with itself. */
export function power(reading: NodeReading): GraphValue {
  const step = normStep(reading);
  if (step !== undefined) return step;
  const exponent = soleNumber(reading.needed(1, "exponent"));
  const live = reading.live(0);
  if (exponent === 1) return live;
  if (exponent === 2) {
    return over(
      live,
      reading.add("", { kind: "combine", by: "product" }, [live.layer, live.layer]),
    );
  }
  throw reading.wrong(`a value to the power of ${exponent ?? "several numbers"} cannot be read`);
}

/** `Sqrt`, as a step of a layer normalisation alone. */
export function root(reading: NodeReading): GraphValue {
  const step = normStep(reading);
  if (step !== undefined) return step;
  throw reading.wrong("it is read as a part of a layer normalisation alone");
}

/** `Concat`, along any axis but the batch. */
export function concatenation(reading: NodeReading): Live {
  const { draft, inputs } = reading;
  const lives = inputs.map((_, input) => reading.live(input));
  const [first] = lives as [Live];
  const rank = first.dims.length;
  const axis = reading.axis(reading.int("axis", 0), rank);
  if (first.axes[axis] === 0) throw reading.wrong("it joins batches");
  if (lives.length === 1) return first;
  const batch = first.axes.indexOf(0);
  if (lives.some(({ axes, dims }) => axes.indexOf(0) !== batch || dims.length !== rank)) {
    throw reading.wrong("what it joins is not of one form");
  }
  const order = [...ownOrder(first).filter((each) => each !== axis), axis];
  const layers = lives.map((live) => arranged(draft, live, order));
  const layer = reading.add("", { kind: "concat" }, layers);
  const dims = first.dims.map((extent, each) =>
    each === axis ? lives.reduce((sum, { dims }) => sum + dims[axis]!, 0) : extent
  );
  const axes = dims.map((_, each) => each === batch ? 0 : order.indexOf(each) + 1);
  return { use: "live", layer, dims, axes, sole: true };
}

/** The numbers of a scaler of scikit-learn: (x − offset) · scale. */
export function scaler(reading: NodeReading): Live {
  const live = reading.live(0);
  const numbers = (name: string, otherwise: number): Known => {
    const values = Float32Array.from(reading.floats(name) ?? [otherwise]);
    return { use: "constant", shape: [values.length], values };
  };
  const offset = numbers("offset", 0);
  const negative = { ...offset, values: floats(offset).map((value) => -value) };
  const moved = byConstant(reading, live, negative, "offset");
  return byConstant(reading, moved, numbers("scale", 1), "factor");
}
