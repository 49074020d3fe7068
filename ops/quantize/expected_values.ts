/**
 * What values between layers are on average, without looking at data: a batchnorm gives each channel about N(β, γ²), and
 * what an activation makes of that has a closed form (Nagel et al. 2019, arXiv 1906.04721, §4.2.1 and appendix C).
 */
import { erf, exp } from "../../engine/tensor/scalar_math.ts";
import type { Activation } from "../../engine/tensor/mod.ts";
import { shapesOf } from "../model/layers.ts";
import {
  type Layer,
  type LayerKind,
  type LayerOf,
  type Model,
  weightName,
} from "../model/model.ts";
import { decodeWeight } from "../model/weights.ts";

/** √(2π) and √2 as doubles. */
const ROOT_TWO_PI = 2.5066282746310002;
const ROOT_TWO = 1.4142135623730951;

/** What is known of a value, per channel (last axis). */
interface Expected {
  readonly mean: Float64Array;
  /** Of values that are normal: standard deviations. */
  readonly deviation?: Float64Array;
}

/** E[max(0, x)] of x ~ N(mean, deviation²): γ φ(−β/γ) + β (1 − Φ(−β/γ)). */
export function expectedRelu(mean: number, deviation: number): number {
  if (deviation === 0) return Math.max(0, mean);
  const z = mean / deviation;
  const density = exp(-z * z / 2) / ROOT_TWO_PI;
  return deviation * density + mean * (1 + erf(z / ROOT_TWO)) / 2;
}

/** The mean of each channel of each input and layer; absent where it is not known without data. */
export function expectedValues(model: Model): ReadonlyMap<string, Float64Array> {
  const known = new Map<string, Expected>();
  const shapes = shapesOf(model);
  for (const layer of model.layers) {
    const inputs = layer.inputs.map((name) => known.get(name));
    // The row of the layer's own kind takes this layer; TypeScript does not correlate the two unions.
    const row = rows[layer.kind] as Row<LayerKind>;
    const value = row(model, layer, inputs, shapes[layer.inputs[0]!]!);
    if (value !== undefined) known.set(layer.name, value);
  }
  return new Map([...known].map(([name, { mean }]) => [name, mean]));
}

type Row<K extends LayerKind> = (
  model: Model,
  layer: LayerOf<K>,
  inputs: Inputs,
  shape: readonly number[],
) => Expected | undefined;

type Inputs = readonly (Expected | undefined)[];

const unknown = () => undefined;
const same = (_model: Model, _layer: Layer, [input]: Inputs) => input;
/** Averages have the mean of what they average. */
const averaged = (_model: Model, _layer: Layer, [input]: Inputs) => input && { mean: input.mean };

const rows: { readonly [K in LayerKind]: Row<K> } = {
  dense: unknown,
  conv: unknown,
  "conv-transpose": unknown,
  depthwise: unknown,
  batchnorm(model, layer) {
    const [beta, gamma] = (["beta", "gamma"] as const).map((role) =>
      Float64Array.from(decodeWeight(model.weights[weightName(layer.name, role)]!))
    );
    return activated({ mean: beta!, deviation: gamma!.map(Math.abs) }, layer);
  },
  embedding: unknown,
  position: unknown,
  "layer-norm": unknown,
  attention: unknown,
  first: unknown,
  activation: (_model, layer, [input]) => input && activated(input, layer),
  "max-pool": unknown,
  "average-pool": averaged,
  "global-average-pool": averaged,
  "global-max-pool": unknown,
  recurrent: unknown,
  upsample: same,
  flatten: (_model, _layer, [input], shape) => input && repeated(input, shape),
  reshape: unknown,
  // Zeros at the border move the mean a little; the paper leaves them out of account as well.
  pad: averaged,
  crop: averaged,
  permute: unknown,
  add: (_model, layer, inputs) =>
    activated({ mean: sums(inputs) }, layer, inputs.some((each) => each === undefined)),
  concat: (_model, _layer, inputs) =>
    inputs.some((each) => each === undefined)
      ? undefined
      : { mean: Float64Array.from(inputs.flatMap((each) => [...each!.mean])) },
  split: (_model, { parts, part }, [input]) => {
    const each = (input?.mean.length ?? 0) / parts;
    return input && { mean: input.mean.slice(part * each, (part + 1) * each) };
  },
  shuffle: (_model, { groups }, [input]) => {
    const each = (input?.mean.length ?? 0) / groups;
    const from = (channel: number) => (channel % groups) * each + Math.floor(channel / groups);
    return input && { mean: input.mean.map((_, channel) => input.mean[from(channel)]!) };
  },
  mixture: unknown,
  dropout: same,
  // In inference the mean passes.
  sample: same,
};

function activated(
  { mean, deviation }: Expected,
  layer: Layer,
  missing = false,
): Expected | undefined {
  const { activation } = layer as { readonly activation: Activation };
  if (missing) return undefined;
  if (activation === "linear") return deviation === undefined ? { mean } : { mean, deviation };
  if (deviation === undefined) return undefined;
  if (activation === "relu") return { mean: mean.map((m, c) => expectedRelu(m, deviation[c]!)) };
  if (activation !== "relu6") return undefined;
  // min(max(x, 0), 6) = max(x, 0) − max(x − 6, 0).
  return {
    mean: mean.map((m, c) => expectedRelu(m, deviation[c]!) - expectedRelu(m - 6, deviation[c]!)),
  };
}

function sums(inputs: readonly (Expected | undefined)[]): Float64Array {
  const [first, ...others] = inputs;
  const sum = Float64Array.from(first?.mean ?? []);
  for (const other of others) other?.mean.forEach((m, c) => sum[c]! += m);
  return sum;
}

/** Row-major NHWC: feature (h·W + w)·C + c carries channel c. */
function repeated({ mean }: Expected, shape: readonly number[]): Expected {
  const size = shape.reduce((product, extent) => product * extent, 1);
  return { mean: Float64Array.from({ length: size }, (_, i) => mean[i % mean.length]!) };
}
