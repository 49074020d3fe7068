/**
 * The training loop: a fold over a state that holds everything that can change a result. One loop for `train`,
 * `distill`, `mutual` and every `finetune`; killed at any batch boundary and continued, it ends with the same bits.
 */
import type { Json } from "../../engine/digest.ts";
import { given } from "../../engine/given.ts";
import type { RunContext } from "../../engine/op.ts";
import type { Room } from "../../engine/tensor/mod.ts";
import { part } from "../data/dataset.ts";
import type { Model } from "../model/model.ts";
import { type Batches, openBatches } from "./augment/ahead.ts";
import { batchesPerEpoch, type SampleBatch } from "./batches.ts";
import type { Arrays } from "./constraint.ts";
import { assertContributed, assertFigure, assertFinite, assertFiniteWeights } from "./failures.ts";
import {
  epochRecord,
  lossSentence,
  NEW_TRACK,
  type RecalibratedRecord,
  type Track,
  trainingNote,
  withUpdate,
} from "./history.ts";
import {
  actBetween,
  capture,
  closeLearner,
  learnedMasks,
  type Learner,
  openLearner,
  recalibrateLearner,
  scoreLearner,
  sparsityOf,
  type TrainingJob,
} from "./learner.ts";
import type { Moment } from "./optimizer.ts";
import { outdatedNorms, outdatedSentence } from "./recalibrate.ts";
import { decodeState, encodeState, prefixed, under } from "./state.ts";
import { readsValidation, type Training } from "./training_fields.ts";
import { type PeerUpdates, updateTogether } from "./update.ts";
import { assertValidation, canValidate } from "./validate.ts";
import { learnedModel } from "./variables.ts";

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

/** What a running loop works with. */
interface FitLoop {
  readonly room: Room;
  readonly jobs: readonly TrainingJob[];
  readonly learners: readonly Learner[];
  readonly updates: PeerUpdates;
  readonly context: RunContext;
  readonly training: Training;
  /** Training samples, and updates in an epoch. */
  readonly count: number;
  readonly perEpoch: number;
  readonly batches: Batches;
  readonly validates: boolean;
  /** The weights of each model's best epoch so far. */
  readonly best: Arrays[];
}

/** A model that has learned, and the note of its training. */
interface Learned {
  readonly model: Model;
  readonly note: Json;
}

const BEST = "best:";

/**
 * Trains and returns the model with its learned weights, its moving averages, and where it had none the data's
 * normalisation and class names. Notes: `training`. Throws a ParameterError where the loss is not finite or a term
 * never contributed.
 */
export async function fit(
  room: Room,
  job: TrainingJob,
  context: RunContext,
  options?: FitOptions,
): Promise<Model> {
  const jobs = { jobs: [job], updates: "simultaneous" } as const;
  const [learned] = await learnTogether(room, jobs, context, options);
  context.note("training", learned!.note);
  return learned!.model;
}

/**
 * The same for models that learn beside one another: their jobs differ in model and seed alone, all see the batches
 * of the first one's. Notes: `peers`, one training each.
 */
export async function fitTogether(
  room: Room,
  cohort: { readonly jobs: readonly TrainingJob[]; readonly updates: PeerUpdates },
  context: RunContext,
  options?: FitOptions,
): Promise<readonly Model[]> {
  const learned = await learnTogether(room, cohort, context, options);
  context.note("peers", learned.map(({ note }) => note));
  return learned.map(({ model }) => model);
}

async function learnTogether(
  room: Room,
  { jobs, updates }: Parameters<typeof fitTogether>[1],
  context: RunContext,
  { saveEvery = 20 }: FitOptions = {},
): Promise<readonly Learned[]> {
  const { data, training } = jobs[0]!;
  assertValidation(training, data);
  const { count } = part(data, "train");
  const saved = await context.checkpoints.load();
  const state = saved === undefined ? undefined : decodeState(saved);
  const arrays = jobs.map((_, k) => state && under(`${k}:`, state.arrays));
  const loop: FitLoop = {
    room,
    jobs,
    updates,
    context,
    training,
    count,
    learners: jobs.map((job, k) => openLearner(room, job, arrays[k])),
    perEpoch: batchesPerEpoch(count, training),
    batches: openBatches(data, { ...training, seed: training.seed ?? 0 }),
    validates: canValidate(data),
    best: arrays.map((own) => under(BEST, own ?? {})),
  };
  try {
    const begun = state?.position as unknown as Position | undefined;
    const end = await runEpochs(loop, begun ?? beginning(loop), 1000 * saveEvery);
    const learned: Learned[] = [];
    for (const k of jobs.keys()) learned.push(await finish(loop, k, end));
    return learned;
  } finally {
    await loop.batches.close();
    for (const learner of loop.learners) closeLearner(learner);
  }
}

/** Before the first update. */
function beginning({ learners, training: { epochs } }: FitLoop): Position {
  for (const learner of learners) actBetween(learner, { epoch: 0, epochs, update: 0 });
  return { epoch: 0, batch: 0, update: 0, tracks: learners.map(() => NEW_TRACK), stopped: false };
}

/** The fold: batch by batch to the last epoch, saving every so many milliseconds. */
async function runEpochs(loop: FitLoop, from: Position, saveEvery: number): Promise<Position> {
  const { room, context, training: { epochs }, perEpoch } = loop;
  let position = from;
  let savedAt = performance.now();
  while (position.epoch < epochs && !position.stopped) {
    if (context.signal.aborted) await save(loop, position);
    context.signal.throwIfAborted();
    const batch = await loop.batches.at(position.epoch, position.batch);
    position = advance(loop, position, batch);
    if (position.batch === perEpoch) position = await closeEpoch(loop, position);
    if (performance.now() - savedAt >= saveEvery) {
      await save(loop, position);
      savedAt = performance.now();
    }
    report(loop, position);
    await room.yieldToEventLoop();
  }
  return position;
}

function advance(loop: FitLoop, from: Position, batch: SampleBatch): Position {
  const { room, learners, updates, training, perEpoch } = loop;
  const { epoch, update } = from;
  const { epochs } = training;
  const moment: Moment = { epoch: update / perEpoch, epochs, update };
  const measure = from.batch === 0;
  const figures = updateTogether(room, learners, batch, { moment, measure, updates });
  const tracks = figures.map((each, k) => {
    assertFinite(each.loss, training, moment);
    for (const norm of each.norms ?? []) assertFigure("a gradient", norm, training, epoch);
    return withUpdate(from.tracks[k]!, each, batch.samples.length);
  });
  const next = { epoch: (update + 1) / perEpoch, epochs, update: update + 1 };
  for (const learner of learners) actBetween(learner, next);
  return { ...from, batch: from.batch + 1, update: update + 1, tracks };
}

async function closeEpoch(loop: FitLoop, from: Position): Promise<Position> {
  const epoch = from.epoch + 1;
  const tracks: Track[] = [];
  for (const k of from.tracks.keys()) tracks.push(await closeTrack(loop, k, { ...from, epoch }));
  const { patience } = loop.training;
  const stopped = patience !== undefined &&
    tracks.every(({ best }) => best !== null && epoch - best.epoch >= patience);
  return { ...from, epoch, batch: 0, tracks, stopped };
}

/** The record of one model's epoch, and its score on validation. */
async function closeTrack(loop: FitLoop, k: number, { epoch, tracks }: Position): Promise<Track> {
  const { learners, training, count, context, best } = loop;
  const [learner, track] = [learners[k]!, tracks[k]!];
  const record = {
    ...epochRecord(track, training, epoch - 1, count),
    ...given({ sparsity: sparsityOf(learner) }),
  };
  const next = { ...track, sums: [], norms: [] };
  if (!loop.validates) return { ...next, history: [...track.history, record] };
  const score = await scoreLearner(learner, context.signal);
  const chooses = readsValidation(training);
  if (chooses) assertFigure("the validation score", score, training, epoch - 1);
  const history = [...track.history, { ...record, ...recorded(score) }];
  // Until its constraint has reached what was asked for, no epoch of a model is chosen.
  const settled = learner.constraint?.settled?.() ?? true;
  if (!chooses || !settled) return { ...next, history };
  const better = track.best === null || score > track.best.score;
  if (better && training.checkpoint === "best") best[k] = capture(learner, "weights");
  return { ...next, history, best: better ? { epoch, score } : track.best };
}

function report(
  { context, training: { epochs }, perEpoch, count }: FitLoop,
  { epoch, batch, tracks }: Position,
): void {
  const done = (epoch + batch / perEpoch) / epochs;
  const losses = tracks.flatMap(({ history }) => history.at(-1) ?? []).map(lossSentence);
  const where = [`epoch ${Math.min(epoch + 1, epochs)} of ${epochs}`, losses.join(" · ")];
  context.progress(done, where.join("  ").trimEnd(), epochs * count);
}

async function save({ learners, best, context }: FitLoop, position: Position): Promise<void> {
  const all = learners.map((learner, k) =>
    prefixed(`${k}:`, { ...capture(learner, "all"), ...prefixed(BEST, best[k]!) })
  );
  const arrays = Object.assign({}, ...all);
  await context.checkpoints.save(encodeState({ position: position as unknown as Json, arrays }));
}

async function finish(loop: FitLoop, k: number, { tracks, update }: Position): Promise<Learned> {
  const { jobs, learners, best, training } = loop;
  const { model, constraint, data } = jobs[k]!;
  const { history, best: leader } = tracks[k]!;
  assertContributed(training.loss, history);
  const chosen = training.checkpoint === "best";
  const kept = chosen ? leader!.epoch : history.length;
  const captured = chosen ? best[k]! : capture(learners[k]!, "weights");
  assertFiniteWeights(captured, training);
  const { weights, record } = await recalibrated(loop, k, captured);
  const learned = learnedModel(model, data.meta, weights, learnedMasks(learners[k]!));
  const note = trainingNote(training, { history, kept, updates: update, recalibrated: record });
  return {
    model: constraint?.finish?.(learned, weights) ?? learned,
    note: note as unknown as Json,
  };
}

/** BatchNorm taken anew where its averages could not follow; the other arrays as they are. */
async function recalibrated(
  { room, jobs, context, validates }: FitLoop,
  k: number,
  weights: Arrays,
): Promise<{ readonly weights: Arrays; readonly record: RecalibratedRecord | undefined }> {
  const job = jobs[k]!;
  const { model, constraint, training: { recalibrate } } = job;
  const norms = recalibrate !== "always" && constraint?.averages === "used"
    ? []
    : outdatedNorms(model, job.training, weights);
  if (norms.length === 0) return { weights, record: undefined };
  const layers = norms.map(({ name }) => name);
  const learner = openLearner(room, job, weights);
  try {
    await recalibrateLearner(learner, layers, {
      signal: context.signal,
      progress: (_fraction, message) => context.progress(1, `BatchNorm anew: ${message}`),
    });
    if (recalibrate !== "always") {
      const which = jobs.length === 1 ? "" : `Model ${k + 1} of ${jobs.length}: `;
      context.warn(which + outdatedSentence(norms, weights, job.field));
    }
    const score = validates ? recorded(await scoreLearner(learner, context.signal)) : {};
    return { weights: capture(learner, "weights"), record: { layers, ...score } };
  } finally {
    closeLearner(learner);
  }
}

/** A score that can be written down. */
function recorded(validation: number): { readonly validation?: number } {
  return Number.isFinite(validation) ? { validation } : {};
}
