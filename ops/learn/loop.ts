/**
 * The training loop: a fold over a state that holds everything that can change a result. One loop for `train`,
 * `distill`, `mutual` and every `finetune`; killed at any batch boundary and continued, it ends with the same bits.
 */
import type { Json } from "../../engine/digest.ts";
import type { RunContext } from "../../engine/op.ts";
import type { Room } from "../../engine/tensor/mod.ts";
import { part } from "../data/dataset.ts";
import type { Model } from "../model/model.ts";
import { batcher, batchesPerEpoch } from "./batches.ts";
import type { Arrays } from "./constraint.ts";
import { assertFigure, assertFinite, assertFiniteWeights, assertHeard } from "./failures.ts";
import { lossSentence, trainingNote } from "./history.ts";
import { learnedModel } from "./learned_model.ts";
import { type Lesson, openLearner } from "./learner.ts";
import type { Moment } from "./optimizer.ts";
import { outdatedNorms, outdatedSentence } from "./recalibrate.ts";
import { decodeState, encodeState, named, under } from "./state.ts";
import { epochRecord, NEW_TRACK, type Track, updated } from "./track.ts";
import { readsValidation } from "./training_fields.ts";
import { takeTurns, type Updates } from "./turns.ts";
import { assertValidation, canValidate } from "./validate.ts";

/** Where a training stands, at a batch boundary. */
interface Position {
  /** Epochs and batches done, updates made. */
  readonly epoch: number;
  readonly batch: number;
  readonly update: number;
  /** One per model. */
  readonly tracks: readonly Track[];
  readonly stopped: boolean;
}

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
  options?: FitOptions,
): Promise<Model> {
  const [learned] = await learnTogether(room, [lesson], "simultaneous", context, options);
  context.note("training", learned!.note);
  return learned!.model;
}

/**
 * The same for models that learn beside one another: lessons differ in their model and their seed alone, all see the
 * batches of the first one's. Notes: `peers`, one training each.
 */
export async function fitTogether(
  room: Room,
  lessons: readonly Lesson[],
  updates: Updates,
  context: RunContext,
  options?: FitOptions,
): Promise<readonly Model[]> {
  const learned = await learnTogether(room, lessons, updates, context, options);
  context.note("peers", learned.map(({ note }) => note));
  return learned.map(({ model }) => model);
}

async function learnTogether(
  room: Room,
  lessons: readonly Lesson[],
  updates: Updates,
  context: RunContext,
  { saveEvery = 20 }: FitOptions = {},
): Promise<readonly { readonly model: Model; readonly note: Json }[]> {
  const { data, training } = lessons[0]!;
  const { epochs } = training;
  assertValidation(training, data);
  const { count } = part(data, "train");
  const validates = canValidate(data);
  const perEpoch = batchesPerEpoch(count, training);
  const batchAt = batcher(data, { ...training, seed: training.seed ?? 0 });
  const saved = await context.checkpoints.load();
  const state = saved === undefined ? undefined : decodeState(saved);
  let position: Position = state === undefined
    ? { epoch: 0, batch: 0, update: 0, tracks: lessons.map(() => NEW_TRACK), stopped: false }
    : state.position as unknown as Position;
  const arrays = lessons.map((_, k) => state && under(`${k}:`, state.arrays));
  const best: Arrays[] = arrays.map((own) => under(BEST, own ?? {}));
  const learners = lessons.map((lesson, k) => openLearner(room, lesson, arrays[k]));
  let savedAt = performance.now();
  try {
    if (state === undefined) between({ epoch: 0, epochs, update: 0 });
    while (position.epoch < epochs && !position.stopped) {
      if (context.signal.aborted) await save();
      context.signal.throwIfAborted();
      position = advance(position);
      if (position.batch === perEpoch) position = await closeEpoch(position);
      if (performance.now() - savedAt >= saveEvery * 1000) await save();
      report(position);
      await room.yieldToEventLoop();
    }
    const learned = [];
    for (const [k, lesson] of lessons.entries()) learned.push(await finish(lesson, k, position));
    return learned;
  } finally {
    for (const learner of learners) learner.close();
  }

  function between(moment: Moment): void {
    for (const learner of learners) learner.between(moment);
  }

  function advance(from: Position): Position {
    const { epoch, update } = from;
    const moment: Moment = { epoch: update / perEpoch, epochs, update };
    const batch = batchAt(epoch, from.batch);
    const measure = from.batch === 0;
    const shown = takeTurns(room, learners, { batch, moment, measure, updates });
    const tracks = shown.map((each, k) => {
      assertFinite(each.loss, training, moment);
      for (const norm of each.norms ?? []) assertFigure("a gradient", norm, training, epoch);
      return updated(from.tracks[k]!, each, batch.samples.length);
    });
    between({ epoch: (update + 1) / perEpoch, epochs, update: update + 1 });
    return { ...from, batch: from.batch + 1, update: update + 1, tracks };
  }

  async function closeEpoch(from: Position): Promise<Position> {
    const epoch = from.epoch + 1;
    const tracks: Track[] = [];
    for (const [k, track] of from.tracks.entries()) tracks.push(await closeTrack(track, k, epoch));
    const { patience } = training;
    const stopped = patience !== undefined &&
      tracks.every(({ best }) => best !== null && epoch - best.epoch >= patience);
    return { ...from, epoch, batch: 0, tracks, stopped };
  }

  async function closeTrack(track: Track, k: number, epoch: number): Promise<Track> {
    const learner = learners[k]!;
    const sparsity = learner.sparsity();
    const record = {
      ...epochRecord(track, training, epoch - 1, count),
      ...sparsity !== undefined && { sparsity },
    };
    const next = { ...track, sums: [], norms: [] };
    if (!validates) return { ...next, history: [...track.history, record] };
    const score = await learner.score(context.signal);
    const chooses = readsValidation(training);
    if (chooses) assertFigure("the validation score", score, training, epoch - 1);
    const history = [...track.history, { ...record, ...scored(score) }];
    // Before it is settled, a model is not yet what was asked for.
    if (!chooses || !learner.settled()) return { ...next, history };
    const better = track.best === null || score > track.best.score;
    if (better && training.checkpoint === "best") best[k] = learner.capture("weights");
    return { ...next, history, best: better ? { epoch, score } : track.best };
  }

  function report({ epoch, batch, tracks }: Position): void {
    const done = (epoch + batch / perEpoch) / epochs;
    const where = `epoch ${Math.min(epoch + 1, epochs)} of ${epochs}`;
    const losses = tracks.flatMap(({ history }) => history.at(-1) ?? []).map(lossSentence);
    context.progress(done, losses.length === 0 ? where : `${where}  ${losses.join(" · ")}`);
  }

  async function save(): Promise<void> {
    const all = learners.map((learner, k) =>
      named(`${k}:`, { ...learner.capture("all"), ...named(BEST, best[k]!) })
    );
    const arrays = Object.assign({}, ...all);
    await context.checkpoints.save(
      encodeState({ position: position as unknown as Json, arrays }),
    );
    savedAt = performance.now();
  }

  async function finish(lesson: Lesson, k: number, { tracks, update }: Position) {
    const { model, constraint } = lesson;
    const learner = learners[k]!;
    const { history, best: leader } = tracks[k]!;
    assertHeard(training.loss, history);
    const chosen = training.checkpoint === "best";
    const kept = chosen ? leader!.epoch : history.length;
    const captured = chosen ? best[k]! : learner.capture("weights");
    assertFiniteWeights(captured, training);
    const { weights, record } = await recalibrate(lesson, k, captured);
    const learned = learnedModel(model, data.meta, weights, learner.masks());
    return {
      model: constraint?.finish?.(learned, weights) ?? learned,
      note: trainingNote(training, history, kept, update, record) as unknown as Json,
    };
  }

  /** BatchNorm taken anew where its averages could not follow; the other arrays as they are. */
  async function recalibrate(lesson: Lesson, k: number, weights: Arrays) {
    const { model, constraint, training: { recalibrate } } = lesson;
    const norms = recalibrate !== "always" && constraint?.averages === "used"
      ? []
      : outdatedNorms(model, lesson.training, weights);
    if (norms.length === 0) return { weights };
    const layers = norms.map(({ name }) => name);
    const learner = openLearner(room, lesson, weights);
    try {
      await learner.recalibrate(layers, {
        signal: context.signal,
        progress: (_fraction, message) => context.progress(1, `BatchNorm anew: ${message}`),
      });
      if (recalibrate !== "always") {
        const of = lessons.length === 1 ? "" : `Model ${k + 1} of ${lessons.length}: `;
        context.warn(of + outdatedSentence(norms, weights, lesson.field));
      }
      const score = validates ? scored(await learner.score(context.signal)) : {};
      return { weights: learner.capture("weights"), record: { layers, ...score } };
    } finally {
      learner.close();
    }
  }
}

/** A score that can be written down. */
function scored(validation: number): { readonly validation?: number } {
  return Number.isFinite(validation) ? { validation } : {};
}
