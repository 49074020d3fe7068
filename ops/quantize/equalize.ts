/**
 * Cross-layer equalization (Nagel et al. 2019, "Data-free quantization", arXiv 1906.04721, §4.1). A channel that leaves
 * one layer and enters the next is divided by s, and multiplied by s there. With s = √(r₁ r₂) / r₂ its weights take
 * ranges of one size on both sides. Rectifiers let a positive factor through, so the function stays the same.
 */
import type { Activation } from "../../engine/tensor/mod.ts";
import { hasKernel, kindOf } from "../model/kinds/mod.ts";
import { inputChannel, outputsOf } from "../model/kinds/weights.ts";
import { type Architecture, type Layer, type Model, ownerOf, weightName } from "../model/model.ts";
import { usesOf } from "../model/tied.ts";
import { decodeWeight, floatWeight } from "../model/weights.ts";

/** Two layers with kernels that no other layer has, the second the only reader of the first. */
interface EqualPair {
  readonly first: string;
  readonly second: string;
}

const ROUNDS = 20;

/** f(s · x) = s · f(x) for s > 0. */
const homogeneous: { readonly [A in Activation]: boolean } = {
  linear: true,
  relu: true,
  "leaky-relu": true,
  relu6: false,
  sigmoid: false,
  tanh: false,
  gelu: false,
  elu: false,
};

/** The pairs that can be equalized, in the model's order. */
export function equalPairs(architecture: Architecture): readonly EqualPair[] {
  const layers = new Map(architecture.layers.map((layer) => [layer.name, layer]));
  const readers = new Map<string, number>();
  const reads = [...architecture.layers.flatMap((layer) => layer.inputs), ...architecture.outputs];
  for (const name of reads) readers.set(name, (readers.get(name) ?? 0) + 1);
  const uses = usesOf(architecture.layers);
  const alone = (layer: Layer) => uses.get(ownerOf(layer))!.length === 1;
  return architecture.layers.filter(hasKernel).filter(alone).flatMap((second) => {
    let before = layers.get(second.inputs[0]!);
    while (before !== undefined && readers.get(before.name) === 1 && passes(before)) {
      if (hasKernel(before)) {
        return alone(before) ? [{ first: before.name, second: second.name }] : [];
      }
      before = layers.get(before.inputs[0]!);
    }
    return [];
  });
}

function passes(layer: Layer): boolean {
  if ("activation" in layer && !homogeneous[layer.activation]) return false;
  return kindOf(layer).homogeneous || hasKernel(layer);
}

/** The same function with pairs of layers in balance; 20 rounds over all pairs. Masks stay. */
export function equalizedModel(model: Model): Model {
  const weights = { ...model.weights };
  const values = (name: string): Float32Array => weights[name]!.data as Float32Array;
  const touched = equalPairs(model).flatMap(({ first, second }) => [first, second]);
  for (const layer of touched) {
    for (const role of ["kernel", "bias"] as const) {
      const name = weightName(layer, role);
      const weight = weights[name];
      if (weight === undefined) continue;
      weights[name] = floatWeight(weight.shape, decodeWeight(weight), weight.mask);
    }
  }
  for (let round = 0; round < ROUNDS; round++) for (const pair of equalPairs(model)) balance(pair);
  return { ...model, weights };

  function balance({ first, second }: EqualPair): void {
    const kernel = weights[weightName(first, "kernel")]!;
    const bias = weights[weightName(first, "bias")];
    const next = weights[weightName(second, "kernel")]!;
    const writer = model.layers.find(({ name }) => name === first)!;
    const channels = outputsOf(kindOf(writer).kernel!, kernel.shape);
    const entering = inputChannel(next.shape);
    const leaves = (at: number) => at % channels;
    // A flattened image enters as positions × channels, channels last.
    const enters = (at: number) => entering(at) % channels;
    const [r1, r2] = [largest(kernel.data, leaves, channels), largest(next.data, enters, channels)];
    const factor = r1.map((r, c) => r > 0 && r2[c]! > 0 ? Math.sqrt(r * r2[c]!) / r2[c]! : 1);
    const [w1, w2] = [values(weightName(first, "kernel")), values(weightName(second, "kernel"))];
    for (let i = 0; i < w1.length; i++) w1[i]! /= factor[leaves(i)]!;
    for (let i = 0; i < w2.length; i++) w2[i]! *= factor[enters(i)]!;
    if (bias !== undefined) { for (let c = 0; c < channels; c++) bias.data[c]! /= factor[c]!; }
  }
}

function largest(
  values: ArrayLike<number>,
  channel: (at: number) => number,
  count: number,
): Float64Array {
  const result = new Float64Array(count);
  for (let i = 0; i < values.length; i++) {
    const c = channel(i);
    result[c] = Math.max(result[c]!, Math.abs(values[i]!));
  }
  return result;
}
