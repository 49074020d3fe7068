/** Networks whose weights and values between layers are integers, made from ranges that plain loops see. */
import type { Architecture, Model, Quantization } from "../../../../../ops/model/model.ts";
import { storesKernel } from "../../../../../ops/model/kinds/mod.ts";
import {
  activationFormat,
  type Range,
} from "../../../../../ops/model/integers/activation_format.ts";
import { foldedModel } from "../../../../../ops/model/fold.ts";
import { integerValues } from "../../../../../ops/model/integers/plan.ts";
import { quantizedWeight } from "../../../../../ops/model/integers/weight_format.ts";
import { livelyModel, noise } from "../../../lively_model.ts";
import { plainValues } from "../../../plain_forward.ts";

/** How a network is quantized; all 8 bits, weights symmetric and per channel, by ONNX's rules, where nothing is said. */
export interface Formats {
  readonly weightBits?: number;
  readonly granularity?: "channel" | "tensor";
  readonly symmetry?: "symmetric" | "asymmetric";
  readonly bits?: number;
  readonly activations?: "symmetric" | "asymmetric";
  readonly rules?: Quantization["rules"];
  /** Layers that stay in floats. */
  readonly exclude?: readonly string[];
  readonly fold?: boolean;
}

const AXES = {
  conv: 3,
  "conv-transpose": 3,
  dense: 1,
  depthwise: 2,
  embedding: 1,
  position: 1,
  recurrent: null,
  rnn: null,
  conv3d: 4,
  "conv3d-transpose": 4,
  "conv-lstm": null,
} as const;

/** The network with lively weights, quantized. */
export function quantizedNetwork(network: Architecture, formats: Formats = {}): Model {
  const { rules = "onnx", exclude = [], fold = true } = formats;
  const lively = livelyModel(network);
  const model = fold ? foldedModel(lively) : lively;
  const treated = ({ name }: { name: string }) => !exclude.includes(name);
  const ranges = rangesOf(model);
  const scheme = { bits: formats.bits ?? 8, symmetry: formats.activations ?? "asymmetric", rules };
  const activations = Object.fromEntries(
    [...integerValues(model, treated)].map(([name, owner]) =>
      [name, activationFormat(ranges[owner]!, scheme)] as const
    ),
  );
  const weights = { ...model.weights };
  for (const layer of model.layers.filter(treated)) {
    if (!storesKernel(layer)) continue;
    weights[`${layer.name}/kernel`] = quantizedWeight(weights[`${layer.name}/kernel`]!, {
      bits: formats.weightBits ?? 8,
      axis: formats.granularity === "tensor" ? null : AXES[layer.kind],
      symmetry: formats.symmetry ?? "symmetric",
      rules,
    });
  }
  return { ...model, weights, quantization: { rules, activations } };
}

/**
 * The same with every scale a power of two: on inputs that are multiples of a power of two all sums are exact in floats,
 * so values lie exactly half-way between two integers again and again.
 */
export function withExactScales(model: Model): Model {
  const round = (scale: number) => 2 ** Math.round(Math.log2(scale));
  const weights = Object.entries(model.weights).map(([name, weight]) => {
    const { encoding } = weight;
    if (encoding.use !== "affine") return [name, weight];
    return [name, { ...weight, encoding: { ...encoding, scale: encoding.scale.map(round) } }];
  });
  const { rules, activations } = model.quantization!;
  const formats = Object.entries(activations).map(([name, format]) =>
    [name, { ...format, scale: round(format.scale) }] as const
  );
  const quantization = { rules, activations: Object.fromEntries(formats) };
  return { ...model, weights: Object.fromEntries(weights), quantization };
}

function rangesOf(model: Model): Record<string, Range> {
  const ranges: Record<string, { minimum: number; maximum: number }> = {};
  for (let sample = 0; sample < 8; sample++) {
    for (const [name, { data }] of Object.entries(plainValues(model, noise(model, 5, sample)))) {
      const range = ranges[name] ??= { minimum: 0, maximum: 0 };
      range.minimum = Math.min(range.minimum, ...data);
      range.maximum = Math.max(range.maximum, ...data);
    }
  }
  return ranges;
}
