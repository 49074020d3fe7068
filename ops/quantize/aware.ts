/**
 * Quantization-aware training: one step from a float model to one of integers (`quantize` with
 * `finetune`). It begins where quantization after training would end: the same ranges, the same scales.
 */
import type { RunContext } from "../../engine/op.ts";
import type { Dataset } from "../data/dataset.ts";
import { finetuned, type StageTraining } from "../learn/train_models.ts";
import { type LayerOf, type Model, weightName } from "../model/model.ts";
import { kindOf, storesKernel } from "../model/kinds/mod.ts";
import { isBatchNorm } from "../model/kinds/norm.ts";
import { outputsOf } from "../model/kinds/weights.ts";
import { decodeWeight } from "../model/weights.ts";
import type { Constraint, Parameter } from "../learn/constraint.ts";
import { assertSumsFit } from "../model/integers/accumulator.ts";
import { roundingErrors } from "./error.ts";
import type { IntegerParams } from "./fields.ts";
import { foldedModel, folds } from "../model/fold.ts";
import { layerFormat } from "../model/integers/integer_layer.ts";
import { initialStep } from "./learned_step.ts";
import { integerValues } from "../model/integers/plan.ts";
import { prepared } from "./quantized.ts";
import {
  activationScheme,
  quantizationOf,
  roundedModel,
  type Treatment,
  treatmentOf,
} from "./rounded.ts";
import type { SimulatedLayer } from "./simulated_weights.ts";
import { simulating, type Simulation, type WatchedRange } from "./simulation.ts";
import { integersOf } from "../model/integers/weight_format.ts";

/** Weight of the batches before in the moving average of ranges, where `calibrate` says none. */
const MOMENTUM = 0.99;

/** The model, trained with rounding in its forward pass and then rounded. Notes: `training`, `rounding_error`. */
export async function quantizedAware(
  { model, data, finetune }: Pick<StageTraining, "model" | "data" | "finetune">,
  params: IntegerParams,
  context: RunContext,
): Promise<Model> {
  // Equalization needs folded layers; without it batchnorms go on normalising while the model trains.
  const start = params.equalize === "none" ? model : prepared(model, params, context);
  const constraint = await roundingConstraint(start, data, params, context);
  const { seed } = params;
  return await finetuned({ model: start, data, finetune, seed, constraint }, context);
}

/** What holds while the model trains; it ends with the model of integers. */
export async function roundingConstraint(
  model: Model,
  data: Dataset,
  params: IntegerParams,
  context: RunContext,
): Promise<Constraint> {
  const treatment = treatmentOf(model, params);
  const exactly = (of: Model) => params.fold === "batchnorm" ? foldedModel(of) : of;
  // The progress of the op is that of the training.
  const quiet = { ...context, progress: () => {} };
  const start = { model, exact: exactly(model), data, treatment };
  const { simulation, owners } = await simulationOf(start, params, quiet);
  const { scheme, layers } = simulation;
  return simulating(simulation, (learned, ranges, arrays) => {
    const exact = exactly(learned);
    const quantization = scheme === undefined ? null : quantizationOf(owners, ranges, scheme);
    const learnedScales = layers.flatMap(({ layer: { name }, scales }) =>
      scales === undefined ? [] : [[name, arrays[scales]!] as const]
    );
    const scales = Object.fromEntries(learnedScales);
    const result = roundedModel(exact, params, { quantization, treatment, scales });
    context.note("rounding_error", roundingErrors(exact, result));
    if (quantization !== null) assertSumsFit(result, quantization);
    return result;
  });
}

/** What a simulation begins with. */
interface Simulated {
  readonly model: Model;
  /** The model as it would be rounded: folded, if that is asked for. */
  readonly exact: Model;
  readonly data: Dataset;
  readonly treatment: Treatment;
}

async function simulationOf(
  { model, exact, data, treatment: { bits, treated } }: Simulated,
  params: IntegerParams,
  context: RunContext,
): Promise<{ readonly simulation: Simulation; readonly owners: ReadonlyMap<string, string> }> {
  const scheme = activationScheme(params);
  const owners = scheme === undefined ? new Map<string, string>() : integerValues(exact, treated);
  const folded = params.fold === "batchnorm" ? folds(model) : new Map<string, never>();
  const norms = new Map([...folded].map(([norm, { name }]) => [name, norm]));
  const byName = new Map(model.layers.map((layer) => [layer.name, layer]));
  const reads = new Map(exact.layers.map(({ name, inputs }) => [name, owners.get(inputs[0]!)]));
  const layers = model.layers.filter(storesKernel).filter(treated).map((layer) => ({
    layer,
    norm: byName.get(norms.get(layer.name) ?? "") as LayerOf<"batchnorm"> | undefined,
    format: layerFormat(layer, bits.get(layer.name)!, params),
    scales: params.scales === "learned" ? `scale:${layer.name}` : undefined,
    reads: reads.get(layer.name),
  }));
  // What a folded layer gives is what its batchnorm gives while it trains.
  const values = [...new Set(owners.values())].map((owner) =>
    [norms.get(owner) ?? owner, owner] as const
  );
  const { calibrate } = params;
  const watched = { exact, data, names: new Set(owners.values()) };
  return {
    owners,
    simulation: {
      layers,
      scheme,
      ranges: await watchedRanges(watched, params, context),
      values: new Map(values),
      norms: new Set(model.layers.filter(isBatchNorm).map(({ name }) => name)),
      parameters: Object.fromEntries(layers.flatMap((each) => firstSteps(exact, each))),
      momentum: calibrate.use === "moving-average" ? calibrate.momentum : MOMENTUM,
      freezeAfter: params.freeze_after ?? {},
    },
  };
}

async function watchedRanges(
  { exact, data, names }: Pick<Simulated, "exact" | "data"> & {
    readonly names: ReadonlySet<string>;
  },
  params: IntegerParams,
  context: RunContext,
): Promise<Record<string, WatchedRange>> {
  const scheme = activationScheme(params);
  if (scheme === undefined) return {};
  const { calibrate } = params;
  const { calibratedRanges } = await import("./calibrate.ts");
  const seen = (calibration: typeof calibrate) =>
    calibratedRanges(exact, { names, data, calibration, scheme }, context);
  const kept = await seen(calibrate);
  const outer = calibrate.use === "mse" || calibrate.use === "percentile"
    ? await seen({ use: "minmax", samples: calibrate.samples })
    : kept;
  return Object.fromEntries(
    [...names].map((name) => [name, { outer: outer[name]!, kept: kept[name]! }]),
  );
}

/** The step sizes that a layer's learned scales begin with. */
function firstSteps(
  exact: Model,
  { layer, format, scales }: SimulatedLayer,
): [string, Parameter][] {
  if (scales === undefined) return [];
  const kernel = exact.weights[weightName(layer.name, "kernel")]!;
  const count = format.axis === null ? 1 : kernel.shape[format.axis]!;
  const channels = outputsOf(kindOf(layer).kernel!, kernel.shape);
  const sums = new Float64Array(count);
  decodeWeight(kernel).forEach((w, i) => {
    sums[Math.floor((i % channels) * count / channels)]! += Math.abs(w);
  });
  const { high } = integersOf(format);
  const size = kernel.data.length / count;
  // A channel of zeros keeps the scale that zeros have.
  const values = Float32Array.from(sums, (sum) => sum === 0 ? 1 : initialStep(sum / size, high));
  return [[scales, { shape: [count], values }]];
}
