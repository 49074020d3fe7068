/** A replacement: blocks in the place of layers, their weights fitted to what was there or drawn afresh. */
import { given } from "../../engine/given.ts";
import type { RunContext } from "../../engine/op.ts";
import { initialModel } from "../model/initialize.ts";
import { weightSlots } from "../model/layers.ts";
import { type Model, structureOf, type Weight, weightName } from "../model/model.ts";
import { floatWeight } from "../model/weights.ts";
import { withBlocks } from "./blocks.ts";
import { isFitted, type ReplaceParams } from "./fields.ts";
import { fitBlock } from "./fit_block.ts";
import { type PlannedBlocks, plannedBlocks } from "./planned_blocks.ts";

/** A model with blocks, and for each fitted block √(Σ(w − ŵ)² / Σw²), by the layer it stands for. */
interface Replaced {
  readonly model: Model;
  readonly errors: Readonly<Record<string, number>>;
}

/** The model with all blocks at once. Notes: `fit_error`, where weights are fitted. */
export function replaced(model: Model, params: ReplaceParams, context: RunContext): Model {
  const { errors, ...after } = inPlace(
    model,
    plannedBlocks(model, params, context),
    params,
    context,
  );
  if (Object.keys(errors).length > 0) context.note("fit_error", errors);
  return after.model;
}

/** The model with blocks in the place of the layers they are named by, fitted to them as they are. */
export function inPlace(
  model: Model,
  { blocks, spectra }: PlannedBlocks,
  params: ReplaceParams,
  context: RunContext,
): Replaced {
  const structure = withBlocks(structureOf(model), blocks);
  const fresh = params.init === "random" || !isFitted(params.with);
  const { weights: own, errors } = fresh
    ? { weights: initialModel(structure, params.seed ?? 0).weights, errors: {} }
    : fittedWeights(model, { blocks, spectra }, params, context);
  const weights = Object.fromEntries(
    weightSlots(structure).map(({ name }) => [name, model.weights[name] ?? own[name]!]),
  );
  const names = new Set([...model.established.replaced ?? [], ...blocks.keys()]);
  const established = { ...model.established, replaced: [...names].sort() };
  return { model: { ...model, ...structure, weights, established }, errors };
}

function fittedWeights(
  model: Model,
  { blocks, spectra }: PlannedBlocks,
  params: ReplaceParams,
  context: RunContext,
): { readonly weights: Readonly<Record<string, Weight>> } & Pick<Replaced, "errors"> {
  const weights: Record<string, Weight> = {};
  const errors: Record<string, number> = {};
  const shapes = new Map(
    weightSlots(withBlocks(structureOf(model), blocks)).map(({ name, shape }) => [name, shape]),
  );
  for (const [layer, block] of blocks) {
    context.signal.throwIfAborted();
    const kernel = model.weights[weightName(layer, "kernel")]!;
    const bias = model.weights[weightName(layer, "bias")];
    const { lost, whole, ...fit } = fitBlock(
      { kernel, bias },
      block,
      params.with,
      spectra.get(layer),
    );
    for (const [name, values] of Object.entries(fit.weights)) {
      weights[name] = floatWeight(shapes.get(name)!, values);
    }
    // Of use where the last layer of the block has a bias: it is that of the layer.
    Object.assign(weights, given({ [weightName(block.at(-1)!.name, "bias")]: bias }));
    errors[layer] = whole === 0 ? 0 : Math.sqrt(lost / whole);
    context.progress(Object.keys(errors).length / blocks.size, layer);
  }
  return { weights, errors };
}
