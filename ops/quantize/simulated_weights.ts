/**
 * Weights as they will be read once they are integers, while they train as floats: ŵ = s · (clip(round(w/s) + z) −
 * z), with the straight-through gradient ∂ŵ/∂w = 1 inside the clip range, else 0 (Jacob et al. 2018, arXiv
 * 1712.05877, §3).
 *
 * A batchnorm behind a layer stays a layer of its own while it trains. Its factor γ/√(σ²+ε), of the moving averages, is
 * multiplied into the weights before they are rounded, and divided out behind the layer (Krishnamoorthi 2018, arXiv
 * 1806.08342, §3.2.2). So the grid is that of the folded layer and does not change with the batch, and normalisation
 * sees its batch as always. No gradient flows through the factor.
 */
import type { Room, Tensor } from "../../engine/tensor/mod.ts";
import { sizeOf } from "../../engine/shape.ts";
import { kindOf, type StoringLayer } from "../model/kinds/mod.ts";
import { outputAxes } from "../model/kinds/weights.ts";
import { type ActivationFormat, type LayerOf, weightName } from "../model/model.ts";
import type { Range } from "../model/integers/activation_format.ts";
import { BIAS_LIMIT, scaleFloor } from "../model/integers/integer_layer.ts";
import { learnedStep } from "./learned_step.ts";
import {
  integersOf,
  learnedGrids,
  type WeightFormat,
  weightGrids,
} from "../model/integers/weight_format.ts";

/** A layer whose weights will be integers. */
export interface SimulatedLayer {
  readonly layer: StoringLayer;
  /** The batchnorm that will be folded into it. */
  readonly norm: LayerOf<"batchnorm"> | undefined;
  readonly format: WeightFormat;
  /** The weight that holds its learned scales; undefined: they are those of the weights. */
  readonly scales: string | undefined;
}

type WeightTensors = Readonly<Record<string, Tensor>>;

/** What replaces a layer's weights in a pass, by name. `input`: the format of what it reads, where that has one. */
export function simulatedWeights(
  room: Room,
  { layer, norm, format, scales: learned }: SimulatedLayer,
  weights: WeightTensors,
  input: ActivationFormat | undefined,
): WeightTensors {
  const { tf, nn } = room;
  const [kernelName, biasName] = (["kernel", "bias"] as const).map((role) =>
    weightName(layer.name, role)
  ) as [string, string];
  const read = (name: string) => weights[name] && room.values(weights[name]);
  const kernel = weights[kernelName]!;
  const bias = read(biasName);
  const fold = norm && folding(norm, bias, read);
  const outputs = outputAxes(kindOf(layer).kernel!, kernel.shape);
  const factor = fold && room.tensor(fold.factor, [...outputs]);
  const scaled = factor === undefined ? kernel : tf.mul(kernel, factor);
  const channels = sizeOf(outputs);
  const count = format.axis === null ? 1 : kernel.shape[format.axis]!;
  const shared = channels / count;
  const floor = scaleFloor(fold?.bias ?? bias, count, input);
  const grids = learned === undefined
    ? weightGrids(rangesOf(room.values(scaled), channels, count), format, floor)
    : learnedGrids(read(learned)!, format, floor);
  const perChannel = <T>(of: (index: number) => T): T[] =>
    Array.from({ length: channels }, (_, c) => of(Math.floor(c / shared)));
  const numbers = (values: readonly number[]) =>
    room.tensor(Float32Array.from(values), [values.length]);
  const { low, high } = integersOf(format);
  const rounded = learned === undefined
    ? nn.fakeQuantize(
      scaled,
      numbers(perChannel((c) => grids[c]!.scale)),
      numbers(perChannel((c) => grids[c]!.zero)),
      low,
      high,
    )
    : learnedStep(room, scaled, weights[learned]!, { low, high, axis: format.axis, grids });
  const result = { [kernelName]: factor === undefined ? rounded : tf.div(rounded, factor) };
  if (bias === undefined || norm !== undefined || input === undefined) return result;
  const units = numbers(perChannel((c) => Math.fround(input.scale * grids[c]!.scale)));
  const zeros = numbers(perChannel(() => 0));
  const roundedBias = nn.fakeQuantize(weights[biasName]!, units, zeros, -BIAS_LIMIT, BIAS_LIMIT);
  return { ...result, [biasName]: roundedBias };
}

/** The factor of each output channel, 1 where γ is 0 and nothing passes, and the bias after folding. */
function folding(
  norm: LayerOf<"batchnorm">,
  bias: Float32Array | undefined,
  read: (name: string) => Float32Array | undefined,
): { readonly factor: Float32Array; readonly bias: Float32Array } {
  const [gamma, beta, mean, variance] = (["gamma", "beta", "mean", "variance"] as const).map((
    role,
  ) => read(weightName(norm, role))!) as [Float32Array, Float32Array, Float32Array, Float32Array];
  const exact = gamma.map((g, c) => g / Math.sqrt(variance[c]! + norm.epsilon));
  return {
    factor: exact.map((f) => f === 0 ? 1 : f),
    bias: exact.map((f, c) => beta[c]! + ((bias?.[c] ?? 0) - mean[c]!) * f),
  };
}

/** The range of each of `count` groups of neighbouring output channels, 0 among them; channels run fastest. */
function rangesOf(values: Float32Array, channels: number, count: number): readonly Range[] {
  const [low, high] = [new Float64Array(channels), new Float64Array(channels)];
  for (let i = 0; i < values.length;) {
    for (let c = 0; c < channels; c++, i++) {
      const value = values[i]!;
      if (value < low[c]!) low[c] = value;
      if (value > high[c]!) high[c] = value;
    }
  }
  const shared = channels / count;
  return Array.from({ length: count }, (_, g) => ({
    minimum: Math.min(...low.subarray(g * shared, (g + 1) * shared)),
    maximum: Math.max(...high.subarray(g * shared, (g + 1) * shared)),
  }));
}
