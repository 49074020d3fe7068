/** Layers replaced one after another, each followed by a training: one step. */
import { given } from "../../engine/given.ts";
import type { Json, RunContext } from "../../engine/op.ts";
import type { Dataset } from "../data/dataset.ts";
import { type Finetune, finetuned, type StageTraining } from "../learn/train_models.ts";
import type { Model } from "../model/model.ts";
import { modelBytes, modelOfBytes } from "../model/kind.ts";
import { nestState, unnestState } from "../learn/state.ts";
import { recalibrated } from "../learn/recalibrate.ts";
import { type LayerBlock, readingAs } from "./blocks.ts";
import type { ReplaceParams } from "./fields.ts";
import { insideError } from "./inside_error.ts";
import { plannedBlocks } from "./planned_blocks.ts";
import { inPlace } from "./replaced.ts";

/** Where the layers stand, before the state of the training at hand. */
interface OrderState {
  /** The layer at hand, counted in the order of replacement. */
  readonly index: number;
  /** What was noted before it ended. */
  readonly notes: readonly (readonly [name: string, value: Json])[];
  readonly layers: readonly LayerNote[];
  /** Length of the model with which its training began. */
  readonly model: number;
}

/** The note of each layer. */
interface LayerNote {
  readonly layer: string;
  /** See `Replaced`; absent where weights are drawn. */
  readonly "fit_error"?: number;
  /** See `insideError`, before and after the training. */
  readonly before: number;
  readonly after?: number;
}

/** The whole replacement, and what has come of it so far. */
interface Replacing {
  readonly original: Model;
  readonly data: Dataset;
  readonly finetune: Finetune;
  readonly params: ReplaceParams;
  readonly context: RunContext;
  readonly order: readonly (readonly [layer: string, block: LayerBlock])[];
  readonly notes: (readonly [name: string, value: Json])[];
  readonly layers: LayerNote[];
}

/**
 * One layer at a time, from the input or from the output. Its block is fitted to the weights as they are by then,
 * BatchNorm is estimated again if that is asked for, and the whole model is finetuned. Terms with `match: replaced`
 * compare every layer replaced so far: block by block as in Li et al. 2020, arXiv 1911.13053, but all before it
 * go on learning. Which blocks, and their ranks, are decided at the start. Notes: `layers`, and `training-<layer>` for
 * each, the last `training`.
 */
export async function replacedInOrder(
  { model, data, finetune }: Pick<StageTraining, "model" | "data" | "finetune">,
  params: ReplaceParams,
  context: RunContext,
): Promise<Model> {
  const saved = await context.checkpoints.load();
  const resumed = saved && unnestState<OrderState>(saved);
  const replacing: Replacing = {
    original: model,
    data,
    finetune,
    params,
    context,
    order: blocksInOrder(model, params, context),
    notes: [...resumed?.outer.notes ?? []],
    layers: [...resumed?.outer.layers ?? []],
  };
  for (const [name, value] of replacing.notes) context.note(name, value);
  const { order, layers } = replacing;
  let current = model;
  for (let index = resumed?.outer.index ?? 0; index < order.length; index++) {
    const goesOn = resumed?.outer.index === index;
    if (goesOn) {
      current = await modelOfBytes(resumed.inner.slice(0, resumed.outer.model));
    } else {
      const { note, ...begun } = await beginLayer(replacing, current, index);
      current = begun.model;
      layers.push(note);
    }
    const inner = goesOn ? resumed.inner.slice(resumed.outer.model) : undefined;
    const training = trainingContext(replacing, { index, start: modelBytes(current), inner });
    current = await finetuned({ model: current, data, finetune, seed: params.seed }, training);
    const sides = { before: model, after: current, name: order[index]![0] };
    const after = await insideError(sides, data, context);
    layers.push({ ...layers.pop()!, after });
  }
  context.note("layers", layers as unknown as Json);
  return current;
}

/** The blocks with the layers they replace, in the order of replacement. */
function blocksInOrder(
  model: Model,
  params: ReplaceParams,
  context: RunContext,
): Replacing["order"] {
  // Layers are chosen in the order of the network, see `selectLayers`.
  const planned = [...plannedBlocks(model, params, context).blocks];
  return params.order === "backward" ? planned.reverse() : planned;
}

/** The model with the next block, before its training. */
async function beginLayer(
  { original, data, params, context, order }: Replacing,
  from: Model,
  index: number,
): Promise<{ readonly model: Model; readonly note: LayerNote }> {
  const [layer, planned] = order[index]!;
  const named = ({ layers }: Model) => layers.find(({ name }) => name === layer)!;
  const block = readingAs(planned, named(original), named(from));
  const placed = { blocks: new Map([[layer, block]]), spectra: new Map() };
  const { model: cut, errors } = inPlace(from, placed, params, context);
  const begun = params.recalibrate === undefined
    ? cut
    : await recalibrated(cut, data, params.recalibrate, context);
  const before = await insideError({ before: original, after: begun, name: layer }, data, context);
  return { model: begun, note: { layer, ...given({ fit_error: errors[layer] }), before } };
}

/** The context of one layer's training: its progress, notes and state are parts of the whole step's. */
function trainingContext(
  { context, order, notes, layers }: Replacing,
  { index, start, inner }: {
    readonly index: number;
    /** The model with which the training began. */
    readonly start: Uint8Array;
    /** The training's own state, where it goes on. */
    readonly inner: Uint8Array | undefined;
  },
): RunContext {
  const [layer] = order[index]!;
  return {
    ...context,
    progress: (fraction, message) =>
      context.progress((index + fraction) / order.length, `${layer}  ${message}`),
    note(name, value) {
      const noted = index === order.length - 1 ? name : `${name}-${layer}`;
      notes.push([noted, value]);
      context.note(noted, value);
    },
    checkpoints: {
      load: () => Promise.resolve(inner),
      save(own) {
        const outer: OrderState = { index, notes, layers, model: start.length };
        const state = new Uint8Array(start.length + own.length);
        state.set(start);
        state.set(own, start.length);
        return context.checkpoints.save(nestState(outer as unknown as Json, state));
      },
    },
  };
}
