/** Readers of operators on each value alone. */
import type { Activation } from "../../../../../engine/tensor/mod.ts";
import { LEAKY_SLOPE } from "../../../../model/kinds/attributes.ts";
import type { FunctionName } from "../../../../model/kinds/functions.ts";
import { floats, soleNumber } from "../constants.ts";
import { type LayerView, over, transposedTo, withLast } from "../layer_view.ts";
import type { NodeReading } from "../node_reading.ts";
import type { GraphValue } from "../values.ts";

type ActivationReader = (reading: NodeReading) => GraphValue;

/** A value behind an activation that other layers can end in. */
export function activated(
  reading: NodeReading,
  view: LayerView,
  activation: Activation,
): LayerView {
  return over(view, reading.add("", { kind: "activation", activation }, [view.layer]));
}

/** A value behind a function that has a layer of its own. */
export function through(
  reading: NodeReading,
  view: LayerView,
  name: FunctionName,
  ...parameters: number[]
): LayerView {
  return over(
    view,
    reading.add("", { kind: "function", function: name, parameters }, [view.layer]),
  );
}

const activation = (name: Activation): ActivationReader => (reading) =>
  activated(reading, reading.view(0), name);
const plainFunction =
  (name: FunctionName, ...parameters: number[]): ActivationReader => (reading) =>
    through(reading, reading.view(0), name, ...parameters);

/** Operators by name. */
export const activations: Readonly<Record<string, ActivationReader>> = {
  Relu: activation("relu"),
  Tanh: activation("tanh"),
  HardSwish: plainFunction("hard-swish"),
  Mish: plainFunction("mish"),
  Softplus: plainFunction("softplus"),
  Softsign: plainFunction("softsign"),
  Exp: plainFunction("exponential"),
  Neg: plainFunction("scale", -1, 0),
  Sigmoid(reading) {
    const view = reading.view(0);
    if (!reading.leaves) return activated(reading, view, "sigmoid");
    reading.draft.heads.add("sigmoid");
    return view;
  },
  Clip(reading) {
    const [low, high] = [boundOf(reading, 1, "min"), boundOf(reading, 2, "max")];
    const view = reading.view(0);
    if (low === -Infinity && high === Infinity) return view;
    if (low === 0 && high === 6) return activated(reading, view, "relu6");
    if (low === 0 && high === Infinity) return activated(reading, view, "relu");
    const within = (bound: number) => Math.max(-FLOAT, Math.min(FLOAT, bound));
    return through(reading, view, "clip", within(low), within(high));
  },
  LeakyRelu: (reading) => leaky(reading, reading.view(0), reading.float("alpha", 0.01)),
  PRelu: prelu,
  HardSigmoid: (reading) =>
    through(
      reading,
      reading.view(0),
      "hard-sigmoid",
      reading.float("alpha", 0.2),
      reading.float("beta", 0.5),
    ),
  Elu(reading) {
    const alpha = reading.float("alpha", 1);
    const view = reading.view(0);
    return alpha === 1 ? activated(reading, view, "elu") : through(reading, view, "elu", alpha);
  },
  Celu: (reading) => through(reading, reading.view(0), "celu", reading.float("alpha", 1)),
  Selu(reading) {
    const [alpha, gamma] = [reading.float("alpha", 1.67326319), reading.float("gamma", 1.05070102)];
    if (Math.abs(alpha - 1.67326319) < 1e-5 && Math.abs(gamma - 1.05070102) < 1e-5) {
      return through(reading, reading.view(0), "selu");
    }
    throw reading.wrong("its alpha and gamma are not those at which mean and variance are kept");
  },
  ThresholdedRelu: (reading) =>
    through(reading, reading.view(0), "threshold", reading.float("alpha", 1)),
  Gelu(reading) {
    const tanh = reading.text("approximate", "none") === "tanh";
    const view = reading.view(0);
    return tanh ? through(reading, view, "gelu-tanh") : activated(reading, view, "gelu");
  },
  Softmax: (reading) => softmax(reading, false),
  LogSoftmax: (reading) => softmax(reading, true),
  Abs(reading) {
    const view = reading.view(0);
    const negative = reading.add("negative", scaledBy(-1), [view.layer]);
    return over(view, reading.add("", { kind: "combine", by: "maximum" }, [view.layer, negative]));
  },
};

const scaledBy = (factor: number) =>
  ({ kind: "function", function: "scale", parameters: [factor, 0] }) as const;

/** The largest number of float32. */
const FLOAT = 3.4028234663852886e38;

/** A limit as newer operator sets have it, an input, or as an attribute. */
function boundOf(reading: NodeReading, input: number, attribute: "min" | "max"): number {
  const none = attribute === "min" ? -Infinity : Infinity;
  const found = reading.constant(input);
  if (found?.values instanceof Uint8Array || found?.values instanceof Int8Array) {
    throw reading.wrong(
      "its bounds are of integers",
      "export the model before it was quantized; Decant quantizes what it has read",
    );
  }
  const bound = found === undefined ? reading.float(attribute, none) : found.values[0] ?? none;
  return Math.abs(bound) >= FLOAT ? Math.sign(bound) * Infinity : bound;
}

function leaky(reading: NodeReading, view: LayerView, slope: number): LayerView {
  const usual = Math.fround(slope) === Math.fround(LEAKY_SLOPE);
  return usual
    ? activated(reading, view, "leaky-relu")
    : through(reading, view, "leaky-relu", slope);
}

/** A slope for all, or one for each channel. */
function prelu(reading: NodeReading): GraphValue {
  const view = reading.view(0);
  const slope = reading.needed(1, "slopes");
  const same = soleNumber(slope);
  if (same !== undefined && slope.values.length === 1) return leaky(reading, view, same);
  const rank = view.dims.length;
  const wide = slope.shape.flatMap((extent, at) =>
    extent === 1 ? [] : [rank - slope.shape.length + at]
  );
  const [axis = -1] = wide;
  if (wide.length > 1 || view.dims[axis] !== slope.values.length || view.axes[axis] === 0) {
    throw reading.wrong(`slopes of shape ${slope.shape.join("×")} cannot be read`);
  }
  const transposed = transposedTo(reading.draft, view, withLast(view, axis));
  const gamma = { shape: [slope.values.length], values: floats(slope) };
  return over(transposed, reading.add("", { kind: "prelu" }, [transposed.layer], { gamma }));
}

/** Along one axis; before operator set 13 along that and all behind it. On the way out the head of the model. */
function softmax(reading: NodeReading, log: boolean): GraphValue {
  const view = reading.view(0);
  const { draft, opset } = reading;
  const rank = view.dims.length;
  const axis = reading.axis(reading.int("axis", opset < 13 ? 1 : -1), rank);
  if (opset < 13 && view.dims.slice(axis + 1).some((extent) => extent !== 1)) {
    throw reading.wrong("it goes along several axes", "export with operator set 13 or newer");
  }
  if (view.axes[axis] === 0) throw reading.wrong("it goes along the batch");
  const last = view.axes[axis] === draft.shape(view.layer).length;
  if (reading.leaves && !log && last && view.flat === undefined) {
    draft.heads.add("softmax");
    return view;
  }
  const transposed = last && view.flat === undefined
    ? view
    : transposedTo(draft, view, withLast(view, axis));
  return over(transposed, reading.add("", { kind: "softmax", log }, [transposed.layer]));
}
