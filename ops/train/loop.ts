/**
 * The training loop: a fold over a state that holds everything that can change a result. One loop for `train`,
 * `distill` and every `finetune`; killed at any batch boundary and continued, it ends with the same bits.
 */
import type { Json } from "../../engine/digest.ts";
import type { RunContext } from "../../engine/op.ts";
import type { Room } from "../../engine/tensor/mod.ts";
import { part } from "../data/dataset.ts";
import type { Model } from "../model/model.ts";
import { batcher, batchesPerEpoch } from "./batches.ts";
import { curveAt } from "./curve.ts";
import { assertFigure, assertFinite, assertFiniteWeights, assertHeard } from "./failures.ts";
import { type EpochRecord, lossSentence, trainingNote } from "./history.ts";
import { learnedModel } from "./learned_model.ts";
import { type Lesson, openLearner } from "./learner.ts";
import { termWeights } from "./loss.ts";
import type { Moment } from "./optimizer.ts";
import { decodeState, encodeState, named, under } from "./state.ts";
import { readsValidation } from "./training_fields.ts";
import { assertValidation } from "./validate.ts";

/** Where a training stands, at a batch boundary. */
interface Position {
  /** Epochs and batches done, updates made. */
  readonly epoch: number;
  readonly batch: number;
  readonly update: number;
  /** Of the epoch so far: Σ samples · (loss, terms …), and what its first update measured. */
  readonly sums: readonly number[];
  readonly norms: readonly number[];
  readonly history: readonly EpochRecord[];
  /** The best epoch on validation so far (from 1), and its score. */
  readonly best: { readonly epoch: number; readonly score: number } | null;
  readonly stopped: boolean;
}

const START: Position = {
  epoch: 0,
  batch: 0,
  update: 0,
  sums: [],
  norms: [],
  history: [],
  best: null,
  stopped: false,
};

/** Options of `fit` that never change a result. */
export interface FitOptions {
  /** Seconds between two saved states; 0 saves at every batch boundary. Default 20. */
  readonly saveEvery?: number;
}

const BEST = "best:";

/**
 * Trains and returns the model with its learned weights, its moving averages, and where it had none the data's
 * normalisation and class names. Notes: `training`. Throws a ParameterError where the loss is not finite or a term
 * never contributed.
 */
export async function fit(
  room: Room,
  lesson: Lesson,
  context: RunContext,
  { saveEvery = 20 }: FitOptions = {},
): Promise<Model> {
  const { model, data, training, constraint } = lesson;
  const { epochs } = training;
  assertValidation(training, data);
  const { count } = part(data, "train");
  const perEpoch = batchesPerEpoch(count, training);
  const batchAt = batcher(data, { ...training, seed: training.seed ?? 0 });
  const saved = await context.checkpoints.load();
  const state = saved === undefined ? undefined : decodeState(saved);
  let position = state === undefined ? START : state.position as unknown as Position;
  let best = under(BEST, state?.arrays ?? {});
  const learner = openLearner(room, lesson, state?.arrays);
  let savedAt = performance.now();
  try {
    if (state === undefined) learner.between({ epoch: 0, epochs, update: 0 });
    while (position.epoch < epochs && !position.stopped) {
      if (context.signal.aborted) await save();
      context.signal.throwIfAborted();
      position = advance(position);
      if (position.batch === perEpoch) position = await closeEpoch(position);
      if (performance.now() - savedAt >= saveEvery * 1000) await save();
      report(position);
      await room.breathe();
    }
    return finish(position);
  } finally {
    learner.close();
  }

  function advance(from: Position): Position {
    const { epoch, batch, update } = from;
    const moment: Moment = { epoch: update / perEpoch, epochs, update };
    const pieces = batchAt(epoch, batch);
    const shown = learner.learn(pieces, moment, batch === 0);
    assertFinite(shown.loss, training, moment);
    for (const norm of shown.norms ?? []) assertFigure("a gradient", norm, training, epoch);
    const sums = [shown.loss, ...shown.values].map((figure, i) =>
      (from.sums[i] ?? 0) + pieces.samples.length * figure
    );
    const norms = shown.norms ?? from.norms;
    learner.between({ epoch: (update + 1) / perEpoch, epochs, update: update + 1 });
    return { ...from, batch: batch + 1, update: update + 1, sums, norms };
  }

  async function closeEpoch(from: Position): Promise<Position> {
    const epoch = from.epoch + 1;
    const record = epochRecord(from);
    const next = { ...from, epoch, batch: 0, sums: [], norms: [] };
    if (!readsValidation(training)) return { ...next, history: [...from.history, record] };
    const score = await learner.score(context.signal);
    assertFigure("the validation score", score, training, from.epoch);
    const scored = [...from.history, { ...record, validation: score }];
    // Before that, a model is not yet what was asked for.
    if (!learner.settled()) return { ...next, history: scored };
    const better = from.best === null || score > from.best.score;
    if (better && training.checkpoint === "best") best = learner.capture("weights");
    const leader = better ? { epoch, score } : from.best!;
    return {
      ...next,
      history: scored,
      best: leader,
      stopped: training.patience !== undefined && epoch - leader.epoch >= training.patience,
    };
  }

  function epochRecord({ epoch, sums, norms }: Position): EpochRecord {
    const moment = { epoch, epochs };
    const [loss, ...values] = sums.map((sum) => sum / count);
    const weights = termWeights(training.loss, moment);
    return {
      epoch: epoch + 1,
      rate: curveAt(training.optimizer.learning_rate, epoch, epochs),
      loss: loss!,
      terms: training.loss.map(({ use }, i) => ({
        use,
        value: values[i]!,
        weight: weights[i]!,
        gradient: norms[i]!,
      })),
    };
  }

  function report({ epoch, batch, history }: Position): void {
    const done = (epoch + batch / perEpoch) / epochs;
    const last = history.at(-1);
    const where = `epoch ${Math.min(epoch + 1, epochs)} of ${epochs}`;
    context.progress(done, last === undefined ? where : `${where}  ${lossSentence(last)}`);
  }

  async function save(): Promise<void> {
    const arrays = { ...learner.capture("all"), ...named(BEST, best) };
    await context.checkpoints.save(
      encodeState({ position: position as unknown as Json, arrays }),
    );
    savedAt = performance.now();
  }

  function finish({ history, best: leader, update }: Position): Model {
    assertHeard(training.loss, history);
    const kept = training.checkpoint === "best" ? leader!.epoch : history.length;
    context.note("training", trainingNote(training, history, kept, update) as unknown as Json);
    const weights = training.checkpoint === "best" ? best : learner.capture("weights");
    assertFiniteWeights(weights, training);
    const learned = learnedModel(model, data.meta, weights, learner.masks());
    return constraint?.finish?.(learned, weights) ?? learned;
  }
}
