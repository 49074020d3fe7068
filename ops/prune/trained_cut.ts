/** Prunings that train: masks that grow along a curve, and rounds of cutting and training. One step each. */
import { given } from "../../engine/given.ts";
import type { Json, RunContext } from "../../engine/op.ts";
import type { Curve } from "../../engine/field.ts";
import { pow } from "../../engine/tensor/scalar_math.ts";
import { type Dataset, part } from "../data/dataset.ts";
import { type Finetune, finetuned } from "../learn/train_models.ts";
import type { Model } from "../model/model.ts";
import { batchesPerEpoch } from "../learn/batches.ts";
import { nestState, unnestState } from "../learn/state.ts";
import { type CutInputs, cutOnce } from "./cut.ts";
import type { OneShot, PruneParams } from "./fields.ts";
import { growingMasks } from "./gradual.ts";
import { rewound } from "./rewound.ts";

type PatternPruning = Extract<PruneParams, { readonly granularity: "pattern" }>;
type WeightPruning = Extract<PruneParams, { readonly granularity: "weight" }>;

/** What a cut and its training read. */
interface TrainedCut extends CutInputs {
  readonly data: Dataset;
  readonly finetune: Finetune;
}

/** Trains while the masks grow; `refresh` is in epochs, rounded to whole updates. */
export async function prunedGradually(
  { model, data, finetune }: Pick<TrainedCut, "model" | "data" | "finetune">,
  params: WeightPruning,
  context: RunContext,
): Promise<Model> {
  const { seed = 0, refresh = 1, ratio, ...rest } = params;
  const perEpoch = batchesPerEpoch(part(data, "train").count, finetune);
  const every = Math.max(1, Math.round(refresh * perEpoch));
  const growth = { params: rest, ratio: ratio as Curve, every, seed };
  const constraint = growingMasks(model, growth);
  return await finetuned({ model, data, finetune, seed, constraint }, context);
}

/** Where rounds stand, before the state of the training at hand. */
interface RoundsState {
  readonly round: number;
  /** What the trainings before it noted. */
  readonly notes: readonly (readonly [name: string, value: Json])[];
}

/**
 * Cuts and trains `rounds` times. After round k of n, 1 − (1 − ratio)^(k/n) is gone: each takes the same share of
 * what is left, the last reaches the ratio. With `rewind` what is left begins each round from there.
 */
export async function prunedInRounds(
  { model, data, finetune, rewind }: TrainedCut,
  params: OneShot<WeightPruning> | PatternPruning,
  context: RunContext,
): Promise<Model> {
  const { seed } = params;
  const rounds = params.granularity === "weight" ? params.rounds ?? 1 : 1;
  const saved = await context.checkpoints.load();
  const resumed = saved && unnestState<RoundsState>(saved);
  const notes = [...resumed?.outer.notes ?? []];
  for (const [name, value] of notes) context.note(name, value);
  let current = model;
  for (let round = resumed?.outer.round ?? 0; round < rounds; round++) {
    const goesOn = resumed?.outer.round === round;
    // Where a training goes on, its state holds the masks, and all weights that move.
    current = goesOn ? rewind === undefined ? model : rewound(model, rewind) : await cutOnce(
      { model: current, data, rewind },
      inRound(params, round + 1, rounds),
      context,
    );
    const last = round === rounds - 1;
    current = await finetuned({ model: current, data, finetune, seed }, {
      ...context,
      progress: (fraction, message) =>
        context.progress(
          (round + fraction) / rounds,
          `round ${round + 1} of ${rounds}  ${message}`,
        ),
      note(name, value) {
        const noted = last ? name : `${name}-round-${round + 1}`;
        notes.push([noted, value]);
        context.note(noted, value);
      },
      checkpoints: {
        load: () => Promise.resolve(goesOn ? resumed.inner : undefined),
        save: (inner) => context.checkpoints.save(nestState({ round, notes } as Json, inner)),
      },
    });
  }
  return { ...current, established: { ...current.established, zeros: true } };
}

function inRound(
  params: OneShot<WeightPruning> | PatternPruning,
  round: number,
  rounds: number,
): OneShot<WeightPruning> | PatternPruning {
  if (params.granularity === "pattern") return params;
  const share = (ratio: number) => round === rounds ? ratio : 1 - pow(1 - ratio, round / rounds);
  const own = params.per_layer?.map((entry) => ({ ...entry, ratio: share(entry.ratio) }));
  return { ...params, ratio: share(params.ratio), ...given({ per_layer: own }) };
}
