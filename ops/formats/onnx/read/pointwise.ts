/**
 * Functions of one value that exporters write as several operators. Which one it is is told by its values: whatever the
 * order of its steps, a gelu is what computes as one.
 */
import { erf, exp, log, pow } from "../../../../engine/tensor/scalar_math.ts";
import { LEAKY_SLOPE } from "../../../model/kinds/attributes.ts";
import type { FunctionName } from "../../../model/kinds/functions.ts";
import type { Layer, LayerOf } from "../../../model/model.ts";
import type { LayerAttributes, OnnxDraft } from "./draft.ts";

/** A function of one value. */
export type ScalarFunction = (x: number) => number;

/** A number to the power of another; of one below 0, to a whole one. */
export function powerOf(base: number, exponent: number): number {
  if (base >= 0 || !Number.isInteger(exponent)) return pow(base, exponent);
  return exponent % 2 === 0 ? pow(-base, exponent) : -pow(-base, exponent);
}

/** σ(x). */
export const sigmoid: ScalarFunction = (x) => 1 / (1 + exp(-x));
/** tanh x. */
export const tanh: ScalarFunction = (x) => 2 * sigmoid(2 * x) - 1;
const softplus: ScalarFunction = (x) => Math.max(x, 0) + log(1 + exp(-Math.abs(x)));
const clip = (x: number, low: number, high: number) => Math.min(high, Math.max(low, x));
const elu = (x: number, alpha: number) => x > 0 ? x : alpha * (exp(x) - 1);
const gelu: ScalarFunction = (x) => 0.5 * x * (1 + erf(x * Math.SQRT1_2));
const geluTanh: ScalarFunction = (x) =>
  0.5 * x * (1 + tanh(Math.sqrt(2 / Math.PI) * (x + 0.044715 * x * x * x)));

const activations: Readonly<Record<LayerOf<"activation">["activation"], ScalarFunction>> = {
  linear: (x) => x,
  relu: (x) => Math.max(0, x),
  relu6: (x) => clip(x, 0, 6),
  sigmoid,
  tanh,
  gelu,
  elu: (x) => elu(x, 1),
  "leaky-relu": (x) => x > 0 ? x : LEAKY_SLOPE * x,
};

/** Those that exporters write as one operator among others. */
const functions: {
  readonly [N in FunctionName]?: (x: number, parameters: readonly number[]) => number;
} = {
  swish: (x) => x * sigmoid(x),
  softplus,
  exponential: exp,
  "gelu-tanh": geluTanh,
  mish: (x) => x * tanh(softplus(x)),
  softsign: (x) => x / (1 + Math.abs(x)),
  "hard-swish": (x) => x * clip(x / 6 + 0.5, 0, 1),
  "hard-sigmoid": (x, [slope, offset]) => clip(slope! * x + offset!, 0, 1),
  "log-sigmoid": (x) => -softplus(-x),
  "leaky-relu": (x, [slope]) => x > 0 ? x : slope! * x,
  elu: (x, [alpha]) => elu(x, alpha!),
  clip: (x, [low, high]) => clip(x, low!, high!),
  scale: (x, [factor, offset]) => factor! * x + offset!,
};

const combinations: Readonly<
  Record<LayerOf<"combine">["by"], (a: number, b: number) => number>
> = {
  sum: (a, b) => a + b,
  product: (a, b) => a * b,
  difference: (a, b) => a - b,
  maximum: (a, b) => Math.max(a, b),
  minimum: (a, b) => Math.min(a, b),
};

/** What layers are looked for whose values a function has. */
const KNOWN: readonly (readonly [LayerAttributes, ScalarFunction])[] = [
  ...(["gelu", "sigmoid"] as const).map((activation) =>
    [{ kind: "activation", activation }, activations[activation]] as const
  ),
  ...(["swish", "hard-swish", "mish", "softsign", "gelu-tanh", "log-sigmoid"] as const).map((
    name,
  ) =>
    [
      { kind: "function", function: name, parameters: [] },
      (x: number) => functions[name]!(x, []),
    ] as const
  ),
];

/** Where functions are compared: unevenly, and at both sides of what they do around 0. */
const PLACES = Array.from({ length: 41 }, (_, i) => (i - 20) * 0.37 + 0.01);
/** Steps are told with constants in float32. */
const CLOSE = 2e-6;

/** The layer that computes as a function does; undefined where there is none. */
export function layerComputing(compute: ScalarFunction): LayerAttributes | undefined {
  return KNOWN.find(([, known]) =>
    PLACES.every((x) => {
      const wanted = known(x);
      return Math.abs(compute(x) - wanted) <= CLOSE * (1 + Math.abs(wanted));
    })
  )?.[0];
}

/** So many layers are looked through at most. */
const DEEPEST = 16;

/** What a layer is of each value of another one, if it is a function of that alone; undefined of others. */
export function functionOf(
  draft: OnnxDraft,
  layer: string,
  base: string,
  depth = 0,
): ScalarFunction | undefined {
  if (layer === base) return (x) => x;
  const found = draft.layer(layer);
  if (found === undefined || depth > DEEPEST) return undefined;
  const own = ownFunction(found);
  if (own === undefined) return undefined;
  const names = [...new Set(found.inputs)];
  const inner = new Map(names.map((name) => [name, functionOf(draft, name, base, depth + 1)]));
  const inputs = found.inputs.map((name) => inner.get(name));
  if (inputs.some((each) => each === undefined)) return undefined;
  return (x) => own(inputs.map((each) => each!(x)));
}

/** What a layer does with the values that it reads, place by place. */
function ownFunction(layer: Layer): ((values: readonly number[]) => number) | undefined {
  switch (layer.kind) {
    case "activation":
      return ([x]) => activations[layer.activation](x!);
    case "function": {
      const compute = functions[layer.function];
      return compute && (([x]) => compute(x!, layer.parameters));
    }
    case "add":
      return (values) => activations[layer.activation](values.reduce(combinations.sum));
    case "combine":
      return (values) => values.reduce(combinations[layer.by]);
    default:
      return undefined;
  }
}

/** A layer and those before it, as long as each is a function of the one before alone. */
export function basesOf(draft: OnnxDraft, layer: string): readonly string[] {
  const bases = [layer];
  for (let at = draft.layer(layer); bases.length <= DEEPEST && at !== undefined;) {
    const [input, ...others] = new Set(at.inputs);
    if (input === undefined || others.length > 0 || ownFunction(at) === undefined) break;
    bases.push(input);
    at = draft.layer(input);
  }
  return bases;
}
