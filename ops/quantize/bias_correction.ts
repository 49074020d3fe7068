/**
 * Bias correction (Nagel et al. 2019, arXiv 1906.04721, §4.2). Rounding weights moves the mean of what a layer gives.
 * The bias takes it back, b ← b − E[(Ŵ − W) x], with the mean measured on training samples.
 */
import type { RunContext } from "../../engine/op.ts";
import { type Room, type Tensor, withTensors } from "../../engine/tensor/mod.ts";
import { forward } from "../model/forward.ts";
import { weightTensors } from "../model/infer.ts";
import { type Layer, type Model, ownerOf, type Weight, weightName } from "../model/model.ts";
import { type AccumulatingLayer, hasKernel, kindOf } from "../model/kinds/mod.ts";
import { inputChannel, outputsOf } from "../model/kinds/weights.ts";
import { usesOf } from "../model/tied.ts";
import { decodeWeight, floatWeight } from "../model/weights.ts";
import { eachFirstBatch, type FirstSamples } from "../learn/batches.ts";
import { withBiases } from "./treated_layers.ts";

/** A model right before rounding, folded and equalized, and after. */
export interface RoundedPair {
  readonly exact: Model;
  readonly rounded: Model;
}

/**
 * `rounded` with corrected biases: the mean error of each output channel of each of its rounded layers is 0, of a
 * shared layer over all of its uses. It is taken over the first `samples` training samples, with the inputs that each
 * layer has in the float model `exact`.
 */
export function correctedModel(
  { exact, rounded }: RoundedPair,
  { data, samples }: Pick<FirstSamples, "data" | "samples">,
  context: RunContext,
): Promise<Model> {
  const layers = roundedLayers(exact, rounded);
  const uses = usesOf(exact.layers);
  return withTensors(async (room) => {
    const { weights, dispose } = weightTensors(room, exact);
    const lost = new Map(
      layers.map((layer) => [layer.name, openLoss(room, layer, exact, rounded)]),
    );
    const sums = new Map<string, Float64Array>();
    let seen = 0;
    try {
      await eachFirstBatch(room, exact, { data, samples, context }, (x) => {
        const values = new Map<string, Tensor>();
        const transform = (name: string, value: Tensor) => (values.set(name, value), value);
        forward(room, { ...exact, weights }, x, { training: false, transform });
        for (const layer of layers) {
          const shared = uses.get(layer.name)!;
          for (const { inputs: [input] } of shared) {
            const error = lostBy(room, layer, values.get(input!)!, lost.get(layer.name)!);
            const means = room.values(
              room.tf.mean(room.tf.reshape(error, [-1, error.shape.at(-1)!]), 0),
            );
            const sum = sums.get(layer.name) ?? new Float64Array(means.length);
            const samples = x[0]!.shape[0]! / shared.length;
            sums.set(layer.name, sum.map((each, c) => each + means[c]! * samples));
          }
        }
        seen += x[0]!.shape[0]!;
      });
    } finally {
      dispose();
      for (const tensor of lost.values()) tensor.dispose();
    }
    const means = [...sums].map(([layer, sum]) => [layer, sum.map((each) => each / seen)] as const);
    return withCorrection(rounded, new Map(means));
  }, context);
}

/** The layers whose kernels were rounded. */
export function roundedLayers(exact: Model, rounded: Model): readonly AccumulatingLayer[] {
  return exact.layers.filter((layer): layer is AccumulatingLayer => {
    const name = weightName(layer.name, "kernel");
    return hasKernel(layer) &&
      rounded.weights[name]?.encoding.use !== exact.weights[name]?.encoding.use;
  });
}

/** What a layer's sums lose on average, per output channel, if its input has this mean per channel; 0 if unknown. */
export function correctionOf(
  layer: AccumulatingLayer,
  shape: readonly number[],
  lost: Float32Array,
  mean: Float64Array | undefined,
): Float64Array {
  const outputs = outputsOf(kindOf(layer).kernel!, shape);
  const input = inputChannel(shape);
  const correction = new Float64Array(outputs);
  if (mean === undefined) return correction;
  lost.forEach((each, i) => correction[i % outputs]! += each * mean[input(i)]!);
  return correction;
}

/** W − Ŵ of a layer. */
function openLoss(room: Room, layer: Layer, exact: Model, rounded: Model): Tensor {
  const name = weightName(layer.name, "kernel");
  const is = decodeWeight(rounded.weights[name]!);
  const difference = decodeWeight(exact.weights[name]!).map((w, i) => w - is[i]!);
  return room.tensor(difference, exact.weights[name]!.shape);
}

/** What the layer's sums lose by rounding: (W − Ŵ) x, without bias and activation. */
function lostBy(room: Room, layer: AccumulatingLayer, x: Tensor, loss: Tensor): Tensor {
  const { name, inputs: [input] } = layer;
  const alone = {
    family: "layer",
    // Of inputs the names alone are read.
    inputs: [{ name: input!, shape: [] }],
    head: "none",
    layers: [{ ...layer, bias: false, activation: "linear" }],
    outputs: [name],
    weights: { [weightName(name, "kernel")]: loss },
  } as const;
  return forward(room, alone, [x], { training: false }).outputs[0]!;
}

/** The model with these amounts, by layer and output channel, added to its biases. */
export function withCorrection(
  rounded: Model,
  corrections: ReadonlyMap<string, Float64Array>,
): Model {
  const weights: Record<string, Weight> = { ...rounded.weights };
  for (const [layer, correction] of corrections) {
    const name = weightName(layer, "bias");
    const before = weights[name] && decodeWeight(weights[name]);
    const after = Float32Array.from(correction, (each, c) => (before?.[c] ?? 0) + each);
    weights[name] = floatWeight([after.length], after);
  }
  return {
    ...rounded,
    ...withBiases(rounded, (layer) => corrections.has(ownerOf(layer))),
    weights,
  };
}
