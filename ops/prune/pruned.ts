/** One pruning: at once, in rounds, or along a curve. What trains is loaded where it is needed. */
import type { RunContext } from "../../engine/op.ts";
import type { Dataset } from "../data/dataset.ts";
import type { Model } from "../model/model.ts";
import { cutOnce } from "./cut.ts";
import type { OneShot, PruneParams } from "./fields.ts";
import { weightsLost } from "./lost.ts";

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
