/** One cut: what goes is chosen and taken out, and what stays is rewound and estimated again where that is asked for. */
import { given } from "../../engine/given.ts";
import type { RunContext } from "../../engine/op.ts";
import type { Dataset } from "../data/dataset.ts";
import type { Model } from "../model/model.ts";
import { cutChannels } from "./cut_channels.ts";
import type { SampledCriterion } from "./criteria.ts";
import type { SampledCut } from "./gradient_scores.ts";
import { type OneShot, readsSamples } from "./fields.ts";
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
  const { criterion, heads = false, seed = 0 } = params;
  const sampled = readsSamples(criterion)
    ? await sampledUnits({ model, data: data!, heads }, criterion, context)
    : undefined;
  return cutChannels(model, params, seed, given({ sampled, rewind }));
}

async function sampledUnits(
  cut: SampledCut,
  criterion: SampledCriterion,
  context: RunContext,
): Promise<ReadonlyMap<number, number>> {
  if (criterion === "taylor") {
    const { taylorOfUnits } = await import("./gradient_scores.ts");
    return await taylorOfUnits(cut, context);
  }
  const { activationsOfUnits } = await import("./activation_scores.ts");
  return await activationsOfUnits(cut, criterion, context);
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
