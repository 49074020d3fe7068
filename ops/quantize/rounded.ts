/** The last step of every quantization: weights become integers, between layers whose formats are known. */
import { layerFacts } from "../model/layers.ts";
import {
  type ActivationFormat,
  type Layer,
  type Model,
  type Quantization,
  type Weight,
  weightName,
} from "../model/model.ts";
import { storesKernel } from "../model/kinds/mod.ts";
import { usesOf } from "../model/tied.ts";
import { decodeWeight } from "../model/weights.ts";
import {
  activationFormat,
  type ActivationScheme,
  type Range,
} from "../model/integers/activation_format.ts";
import { type IntegerParams, valueIntegers } from "./fields.ts";
import { layerFormat, scaleFloor } from "../model/integers/integer_layer.ts";
import { treatedBy, weightBits } from "./treated_layers.ts";
import { quantizedWeight } from "../model/integers/weight_format.ts";

/** Which layers of a model get integers, and how many bits. */
export interface Treatment {
  readonly bits: ReadonlyMap<string, number>;
  readonly treated: ReturnType<typeof treatedBy>;
}

/** The treatment of a model's layers. See `selectionOf` for errors. */
export function treatmentOf(model: Model, params: IntegerParams): Treatment {
  const layers = layerFacts(model);
  const bits = weightBits(layers, params);
  return { bits, treated: treatedBy(layers, params, bits) };
}

/**
 * `exact` with integer weights, scaled by what they are or by `scales` that were learned (by layer), and with this
 * arithmetic between layers.
 */
export function roundedModel(
  exact: Model,
  params: IntegerParams,
  { quantization, treatment: { bits, treated }, scales = {} }: {
    readonly quantization: Quantization | null;
    readonly treatment: Treatment;
    readonly scales?: Readonly<Record<string, Float32Array>>;
  },
): Model {
  const weights: Record<string, Weight> = { ...exact.weights };
  const uses = usesOf(exact.layers);
  for (const layer of exact.layers) {
    if (!storesKernel(layer) || !treated(layer)) continue;
    const name = weightName(layer.name, "kernel");
    const kernel = weights[name]!;
    const format = layerFormat(layer, bits.get(layer.name)!, params);
    const bias = weights[weightName(layer.name, "bias")];
    const count = format.axis === null ? 1 : kernel.shape[format.axis]!;
    const input = finestInput(uses.get(layer.name)!, quantization);
    const floor = scaleFloor(bias && decodeWeight(bias), count, input);
    weights[name] = quantizedWeight(kernel, format, floor, scales[layer.name]);
  }
  const established = { ...exact.established, format: params.scheme };
  return { ...exact, weights, quantization, established };
}

/** Of what the uses of a layer read, the format with the smallest steps: a bias in units of those is the largest. */
function finestInput(
  uses: readonly Layer[],
  quantization: Quantization | null,
): ActivationFormat | undefined {
  const formats = uses.flatMap(({ inputs: [input] }) => quantization?.activations[input!] ?? []);
  return formats.sort((a, b) => a.scale - b.scale)[0];
}

/** How activations become integers of calibrated ranges; undefined where they stay float, or find their own. */
export function activationScheme(params: IntegerParams) {
  const { activations, rules } = params;
  const integers = valueIntegers(params);
  if (activations.use === "none" || integers?.ranges !== "static") return undefined;
  const { symmetry } = activations;
  return { bits: integers.bits, symmetry, rules } satisfies ActivationScheme;
}

/** The arithmetic of rows that find their ranges while they are computed; null where they do not. */
export function dynamicQuantization(params: IntegerParams): Quantization | null {
  const { activations, rules } = params;
  const integers = valueIntegers(params);
  if (activations.use === "none" || integers?.ranges !== "dynamic") return null;
  const { symmetry } = activations;
  return { rules, activations: {}, dynamic: { bits: integers.bits, symmetry } };
}

/** The arithmetic of values whose `owners` decide their format by their ranges (see `integerValues`). */
export function quantizationOf(
  owners: ReadonlyMap<string, string>,
  ranges: Readonly<Record<string, Range>>,
  scheme: ActivationScheme,
): Quantization {
  const formats = [...owners].map(([name, owner]) =>
    [name, activationFormat(ranges[owner]!, scheme)] as const
  );
  return { rules: scheme.rules, activations: Object.fromEntries(formats) };
}
