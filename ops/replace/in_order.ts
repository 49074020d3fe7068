/** Layers replaced one after another, each followed by a training: one step. */
import type { Json, RunContext } from "../../engine/op.ts";
import type { Dataset } from "../data/dataset.ts";
import { type Finetune, finetuned } from "../learn/train_models.ts";
import type { Model } from "../model/model.ts";
import { modelBytes, modelOfBytes } from "../model/model_bytes.ts";
import { nestState, unnestState } from "../learn/state.ts";
import { recalibrated } from "../learn/recalibrate.ts";
import { type Block, readingAs } from "./blocks.ts";
import type { ReplaceParams } from "./fields.ts";
import { insideError } from "./inside_error.ts";
import { plannedBlocks } from "./planned_blocks.ts";
import { inPlace } from "./replaced.ts";

/** Where the layers stand, before the state of the training at hand. */
interface Standing {
  /** The layer at hand, counted in the order of replacement. */
  readonly index: number;
  /** What was noted before it ended. */
  readonly notes: readonly (readonly [name: string, value: Json])[];
  readonly layers: readonly LayerNote[];
  /** Length of the model with which its training began. */
  readonly model: number;
}

/** What is said of each layer. */
interface LayerNote {
  readonly layer: string;
  /** See `Replaced`; absent where weights are drawn. */
  readonly "fit_error"?: number;
  /** See `insideError`, before and after the training. */
  readonly before: number;
  readonly after?: number;
}

/**
 * One layer at a time, from the input or from the output: its block is fitted to the weights as they are by then, BatchNorm
 * is estimated again if that is asked for, and the whole model is finetuned; terms with `match: replaced` hear of every
 * layer replaced so far (block by block, as in Li et al. 2020, arXiv 1911.13053, but all before it go on learning). Which
 * blocks, and their ranks, are decided at the start. Notes: `layers`, and `training-<layer>` for each, the last `training`.
 */
export async function replacedInOrder(
  model: Model,
  data: Dataset,
  finetune: Finetune,
  params: ReplaceParams,
  context: RunContext,
): Promise<Model> {
  const planned = [...plannedBlocks(model, params, context).blocks];
  const places = new Map(model.layers.map(({ name }, place) => [name, place]));
  planned.sort(([a], [b]) => places.get(a)! - places.get(b)!);
  const order = params.order === "backward" ? planned.reverse() : planned;
  const saved = await context.checkpoints.load();
  const resumed = saved && unnestState<Standing>(saved);
  const notes = [...resumed?.outer.notes ?? []];
  const layers = [...resumed?.outer.layers ?? []];
  for (const [name, value] of notes) context.note(name, value);
  let current = model;
  for (let index = resumed?.outer.index ?? 0; index < order.length; index++) {
    const [layer] = order[index]!;
    const goesOn = resumed?.outer.index === index;
    if (goesOn) {
      current = await modelOfBytes(resumed.inner.slice(0, resumed.outer.model));
    } else {
      const { note, ...begun } = await begin(current, order[index]!);
      current = begun.model;
      layers.push(note);
    }
    const start = modelBytes(current);
    current = await finetuned({ model: current, data, finetune, seed: params.seed }, {
      ...context,
      progress: (fraction, message) =>
        context.progress((index + fraction) / order.length, `${layer}  ${message}`),
      note(name, value) {
        const said = index === order.length - 1 ? name : `${name}-${layer}`;
        notes.push([said, value]);
        context.note(said, value);
      },
      checkpoints: {
        load: () => Promise.resolve(goesOn ? resumed.inner.slice(resumed.outer.model) : undefined),
        save(inner) {
          const standing: Standing = { index, notes, layers, model: start.length };
          const state = new Uint8Array(start.length + inner.length);
          state.set(start);
          state.set(inner, start.length);
          return context.checkpoints.save(nestState(standing as unknown as Json, state));
        },
      },
    });
    const after = await insideError(model, current, layer, data, context);
    layers.push({ ...layers.pop()!, after });
  }
  context.note("layers", layers as unknown as Json);
  return current;

  async function begin(
    from: Model,
    [layer, planned]: readonly [string, Block],
  ): Promise<{ readonly model: Model; readonly note: LayerNote }> {
    const named = ({ layers }: Model) => layers.find(({ name }) => name === layer)!;
    const block = readingAs(planned, named(model), named(from));
    const { model: cut, errors } = inPlace(from, new Map([[layer, block]]), params, context);
    const begun = params.recalibrate === undefined
      ? cut
      : await recalibrated(cut, data, params.recalibrate, context);
    const before = await insideError(model, begun, layer, data, context);
    const error = errors[layer];
    return {
      model: begun,
      note: { layer, ...error !== undefined && { "fit_error": error }, before },
    };
  }
}
