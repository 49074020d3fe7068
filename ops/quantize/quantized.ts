/** One quantization: batchnorms folded, ranges calibrated, weights rounded. */
import type { RunContext } from "../../engine/op.ts";
import type { Dataset } from "../data/dataset.ts";
import { modelFacts } from "../model/layers.ts";
import {
  type ActivationFormat,
  type Model,
  type Quantization,
  structureOf,
  type Weight,
  weightName,
} from "../model/model.ts";
import { hasKernel } from "../model/selection.ts";
import { decodeWeight } from "../model/weights.ts";
import { assertSumsFit } from "./accumulator.ts";
import { activationFormat } from "./activation_format.ts";
import type { IntegerParams } from "./fields.ts";
import { equalizedModel, equalPairs } from "./equalize.ts";
import { roundingErrors } from "./error.ts";
import { foldedModel } from "./fold.ts";
import { type AccumulatingLayer, BIAS_LIMIT, outputChannels } from "./integer_layer.ts";
import { integerValues } from "./plan.ts";
import { treatedBy, weightBits } from "./treated.ts";
import { quantizedWeight } from "./weight_format.ts";

/** The model with integer weights and, unless `activations` is none, calibrated integer arithmetic. */
export async function quantized(
  model: Model,
  data: Dataset | undefined,
  params: IntegerParams,
  context: RunContext,
): Promise<Model> {
  const layers = modelFacts(structureOf(model), model).layers!;
  const bits = weightBits(layers, params);
  const treated = treatedBy(layers, params, bits);
  const exact = prepared(model, params, context);
  const quantization = params.activations.use === "none"
    ? null
    : await calibrated(exact, data!, params, treated, context);
  const weights: Record<string, Weight> = { ...exact.weights };
  for (const layer of exact.layers) {
    if (!hasKernel(layer) || !treated(layer)) continue;
    const name = weightName(layer.name, "kernel");
    const axis = params.granularity === "tensor" ? null : channelAxis(layer);
    const { symmetry, rules } = params;
    const format = { bits: bits.get(layer.name)!, axis, symmetry, rules };
    const input = quantization?.activations[layer.inputs[0]!];
    const floor = scaleFloor(exact, layer, axis, input);
    weights[name] = quantizedWeight(weights[name]!, format, floor);
  }
  const established = { ...model.established, format: params.scheme };
  const rounded = { ...exact, weights, quantization, established };
  context.note("rounding_error", roundingErrors(exact, rounded));
  const result = params.bias_correction === "none"
    ? rounded
    : await corrected(exact, rounded, data!, params, context);
  if (quantization !== null) assertSumsFit(result, quantization);
  return result;
}

async function corrected(
  exact: Model,
  rounded: Model,
  data: Dataset,
  params: IntegerParams,
  context: RunContext,
): Promise<Model> {
  const { correctedModel } = await import("./bias_correction.ts");
  return await correctedModel(exact, rounded, data, params.calibrate.samples, context);
}

/** The same function in a form that loses less: batchnorms folded, layers in balance. */
function prepared(model: Model, params: IntegerParams, context: RunContext): Model {
  const folded = params.fold === "batchnorm" ? foldedModel(model) : model;
  if (params.equalize === "none") return folded;
  if (equalPairs(folded).length === 0) {
    context.warn(
      "Nothing was equalized: no layer with relu or linear activation is read by one other layer alone",
    );
  }
  return equalizedModel(folded);
}

/** The axis of a kernel along which each output channel has its own scale. */
function channelAxis({ kind }: AccumulatingLayer): number {
  return { conv: 3, dense: 1, depthwise: 2 }[kind];
}

/**
 * The smallest weight scale per index of `axis` with which the bias still fits into its integers: channels whose weights
 * are tiny beside their bias get coarser ones. 0 where activations are float.
 */
function scaleFloor(
  model: Model,
  layer: AccumulatingLayer,
  axis: number | null,
  input: ActivationFormat | undefined,
): Float64Array | undefined {
  const bias = model.weights[weightName(layer.name, "bias")];
  if (bias === undefined || input === undefined) return undefined;
  const { shape } = model.weights[weightName(layer.name, "kernel")]!;
  const count = axis === null ? 1 : shape[axis]!;
  const shared = outputChannels(layer, shape) / count;
  const floor = new Float64Array(count);
  decodeWeight(bias).forEach((value, channel) => {
    const c = Math.floor(channel / shared);
    floor[c] = Math.max(floor[c]!, Math.abs(value) / (input.scale * BIAS_LIMIT));
  });
  return floor;
}

async function calibrated(
  model: Model,
  data: Dataset,
  params: IntegerParams,
  treated: ReturnType<typeof treatedBy>,
  context: RunContext,
): Promise<Quantization> {
  const { activations, calibrate, rules } = params;
  if (activations.use === "none") throw new Error("internal: float activations have no ranges");
  const scheme = {
    bits: Number(activations.use.slice("int".length)),
    symmetry: activations.symmetry,
    rules,
  };
  const owners = integerValues(model, treated);
  const { calibratedRanges } = await import("./calibrate.ts");
  const ranges = await calibratedRanges(
    model,
    new Set(owners.values()),
    data,
    calibrate,
    scheme,
    context,
  );
  const formats = [...owners].map(([name, owner]) =>
    [name, activationFormat(ranges[owner]!, scheme)] as const
  );
  return { rules, activations: Object.fromEntries(formats) };
}
