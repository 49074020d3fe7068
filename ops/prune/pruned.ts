/** One pruning: at once, in rounds, or along a curve. */
import { given } from "../../engine/given.ts";
import type { RunContext } from "../../engine/op.ts";
import type { Dataset } from "../data/dataset.ts";
import type { Model } from "../model/model.ts";
import { cutChannels } from "./cut_channels.ts";
import type { SampledCriterion } from "./criteria.ts";
import { type OneShot, type PruneParams, readsSamples } from "./fields.ts";
import { weightsLost } from "./lost.ts";
import { maskWeights } from "./mask_weights.ts";
import { maskPattern } from "./pattern.ts";
import { rewound } from "./rewound.ts";

/** What a cut reads besides its parameters. */
export interface CutInputs {
  readonly model: Model;
  /** Where criteria or a training read samples. */
  readonly data: Dataset | undefined;
  /** An earlier model of the same shape, whose weights the survivors take back. */
  readonly rewind: Model | undefined;
}

/** The pruned model. Warns where a layer has lost all its weights. */
export async function pruned(
  model: Model,
  data: Dataset | undefined,
  params: PruneParams,
  context: RunContext,
): Promise<Model> {
  const result = await prunedAs(model, data, params, context);
  for (const [name, { zeros, of }] of Object.entries(weightsLost(model, result))) {
    if (zeros === of) {
      context.warn(
        `Every weight of ${name} is zero, so nothing passes that layer; scope: layer spreads the loss`,
      );
    }
  }
  return result;
}

async function prunedAs(
  model: Model,
  data: Dataset | undefined,
  params: PruneParams,
  context: RunContext,
): Promise<Model> {
  const { finetune } = params;
  if (
    finetune !== undefined && params.granularity === "weight" && typeof params.ratio !== "number"
  ) {
    const { prunedGradually } = await import("./trained_cut.ts");
    return await prunedGradually({ model, data: data!, finetune }, params, context);
  }
  const once = params as OneShot;
  const rewind = params.rewind === undefined
    ? undefined
    : await context.referenced<Model>(params.rewind);
  const inputs = { model, data, rewind };
  if (finetune === undefined || once.granularity === "channel") {
    return await cutOnce(inputs, once, context);
  }
  const { prunedInRounds } = await import("./trained_cut.ts");
  return await prunedInRounds({ ...inputs, data: data!, finetune }, once, context);
}

/** The cut, what survives rewound, then BatchNorm estimated again, where these are asked for. */
export async function cutOnce(
  inputs: CutInputs,
  params: OneShot,
  context: RunContext,
): Promise<Model> {
  const { model, data, rewind } = inputs;
  const cut = params.granularity === "channel"
    ? await withoutChannels(inputs, params, context)
    : params.granularity === "pattern"
    ? rewoundTo(maskPattern(model, params, params.seed ?? 0), rewind)
    : await withoutWeights(inputs, params, context);
  if (params.recalibrate === undefined) return cut;
  const { recalibrated } = await import("../learn/recalibrate.ts");
  return await recalibrated(cut, data!, params.recalibrate, context);
}

async function withoutChannels(
  { model, data, rewind }: CutInputs,
  params: Extract<OneShot, { readonly granularity: "channel" }>,
  context: RunContext,
): Promise<Model> {
  const { criterion, seed = 0 } = params;
  const sampled = readsSamples(criterion)
    ? await sampledUnits(model, data!, criterion, context)
    : undefined;
  return cutChannels(model, params, seed, given({ sampled, rewind }));
}

async function sampledUnits(
  model: Model,
  data: Dataset,
  criterion: SampledCriterion,
  context: RunContext,
): Promise<ReadonlyMap<number, number>> {
  if (criterion === "taylor") {
    const { taylorOfUnits } = await import("./gradient_scores.ts");
    return await taylorOfUnits(model, data, context);
  }
  const { activationsOfUnits } = await import("./activation_scores.ts");
  return await activationsOfUnits(model, data, criterion, context);
}

async function withoutWeights(
  { model, data, rewind }: CutInputs,
  params: Extract<OneShot, { readonly granularity: "weight" }>,
  context: RunContext,
): Promise<Model> {
  let gathered = {};
  if (params.criterion === "taylor") {
    const { taylorOfWeights } = await import("./gradient_scores.ts");
    gathered = await taylorOfWeights(model, data!, context);
  }
  const cut = maskWeights(model, params, params.seed ?? 0, gathered);
  return rewoundTo(cut, rewind);
}

const rewoundTo = (model: Model, earlier: Model | undefined): Model =>
  earlier === undefined ? model : rewound(model, earlier);
