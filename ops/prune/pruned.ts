/** One pruning: the cut, then BatchNorm estimated again where it was asked for. */
import type { RunContext } from "../../engine/op.ts";
import type { Dataset } from "../data/dataset.ts";
import type { Model } from "../model/model.ts";
import { cutChannels } from "./cut_channels.ts";
import type { OneShot } from "./fields.ts";
import { weightsLost } from "./lost.ts";
import { maskWeights } from "./mask_weights.ts";

/** The pruned model. Warns where a layer has lost all its weights. */
export async function pruned(
  model: Model,
  data: Dataset | undefined,
  params: OneShot,
  context: RunContext,
): Promise<Model> {
  const { seed = 0 } = params;
  const cut = params.granularity === "channel"
    ? cutChannels(model, params, seed)
    : maskWeights(model, params, seed);
  for (const [name, { zeros, of }] of Object.entries(weightsLost(model, cut))) {
    if (zeros === of) {
      context.warn(
        `Every weight of ${name} is zero, so nothing passes that layer; scope: layer spreads the loss`,
      );
    }
  }
  if (params.recalibrate === undefined) return cut;
  const { recalibrated } = await import("../train/recalibrate.ts");
  return await recalibrated(cut, data!, params.recalibrate, context);
}
