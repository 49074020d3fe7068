/** One update of a model that learns: forward, terms, gradients, weights. */
import { given } from "../../engine/given.ts";
import type { Room, Scalar, Tensor } from "../../engine/tensor/mod.ts";
import { weightName } from "../model/model.ts";
import {
  type BatchStatistics,
  countFollowed,
  followStatistics,
  readStatistics,
} from "./averages.ts";
import type { SampleBatch } from "./batches.ts";
import { type Learner, pass } from "./learner.ts";
import {
  clipped,
  gradientNorm,
  type LossBatch,
  termValues,
  termWeights,
  weightedSum,
} from "./loss/loss.ts";
import type { Teacher, TeacherOutput } from "./loss/teachers.ts";
import type { Moment } from "./optimizer.ts";
import { headOutput } from "./terms/parts/head_output.ts";
import { updateVariables, weightsOf } from "./variables.ts";

/** What one update showed. Where the loss is not finite, no weight has moved. */
export interface UpdateFigures {
  /** The weighted sum. */
  readonly loss: number;
  /** Terms before their weights. */
  readonly values: readonly number[];
  /** Norm of each term's own gradient, before its weight; measured where asked for. */
  readonly norms?: readonly number[];
}

/** When and how an update is made. */
interface UpdateOptions {
  readonly moment: Moment;
  /** Whether each term's own gradient is measured. */
  readonly measure: boolean;
  /** Logits of the other models of a cohort. */
  readonly peers?: readonly Tensor[];
}

/**
 * The peers whose logits a model reads: `alternate`, those that have learned this batch already; `simultaneous`, all
 * as before it.
 */
export type PeerUpdates = "alternate" | "simultaneous";

/**
 * One update of each of the models that learn on the same batch, in order (Zhang et al. 2018, "Deep mutual learning",
 * algorithm 1). A single model has no peers.
 */
export function updateTogether(
  room: Room,
  learners: readonly Learner[],
  batch: SampleBatch,
  { updates, ...options }: Omit<UpdateOptions, "peers"> & { readonly updates: PeerUpdates },
): readonly UpdateFigures[] {
  const [alone, ...others] = learners;
  if (others.length === 0) return [update(alone!, batch, options)];
  const figures: UpdateFigures[] = [];
  room.tf.tidy(() => {
    const logits = learners.map((learner) => logitsOf(learner, batch, options.moment));
    for (const [k, learner] of learners.entries()) {
      const peers = logits.filter((_, other) => other !== k);
      figures.push(update(learner, batch, { ...options, peers }));
      const again = updates === "alternate" && k < learners.length - 1;
      if (again) logits[k] = logitsOf(learner, batch, options.moment);
    }
  });
  return figures;
}

/** A model's logits as its update would see them at this moment; for the caller's `tidy`. */
function logitsOf(learner: Learner, batch: SampleBatch, moment: Moment): Tensor {
  return pass(learner, learner.inputs(batch), moment).outputs[0]!;
}

/** One update. Discriminators learn first, from what the model gives before it. */
function update(learner: Learner, batch: SampleBatch, options: UpdateOptions): UpdateFigures {
  let figures!: UpdateFigures;
  learner.room.tf.tidy(() => {
    figures = updateWithin(learner, batch, options);
  });
  return figures;
}

function updateWithin(
  learner: Learner,
  batch: SampleBatch,
  { moment, measure, peers = [] }: UpdateOptions,
): UpdateFigures {
  const { room, job: { data, training: { loss: terms } }, auxiliaries } = learner;
  const x = learner.inputs(batch);
  const teachers = teacherOutputs(learner, batch);
  updateDiscriminators(learner, batch, { x, teachers, moment });
  const seen: TrainingPass = {
    x,
    moment,
    ...given({ front: learner.front?.values(batch, x) }),
    batch: {
      task: data.meta.task,
      targets: learner.targets(batch),
      teachers,
      peers,
      sample: x[0]!,
      auxiliaries: auxiliaries.map((each) => each?.at(batch)),
      classes: learner.classes,
    },
  };
  const weights = termWeights(terms, moment);
  const norms = measure ? ownNorms(learner, seen) : undefined;
  const found = differentiate(learner, seen, (values) => weightedSum(room, values, weights));
  const { loss, values } = found;
  if (!Number.isFinite(loss)) return { loss, values };
  moveWeights(learner, found, moment);
  return { loss, values, ...given({ norms }) };
}

/** Moves weights along the gradients, and BatchNorm's averages towards the batch. */
function moveWeights(
  { room, job, variables, places, averages, followed, constraint }: Learner,
  { gradients, statistics }: Pick<Differentiated, "gradients" | "statistics">,
  moment: Moment,
): void {
  const { model, training: { optimizer, clip_norm: limit } } = job;
  constraint?.gradients?.(
    (name) => gradients[places.get(name) ?? -1] ?? null,
    weightsOf(variables),
  );
  const moving = clipped(room, gradients, limit);
  updateVariables(room, variables, moving, { optimizer, moment });
  const moved = followStatistics(model, averages, statistics, (layer) => {
    const place = places.get(weightName(layer, "gamma"));
    return place !== undefined && gradients[place] !== null;
  });
  countFollowed(followed, moved);
}

/** The output of each term's teacher; one that teaches several runs once. */
function teacherOutputs(
  { job: { teachers }, adapted: { places } }: Learner,
  batch: SampleBatch,
): (TeacherOutput | undefined)[] {
  const outputs = new Map<Teacher, TeacherOutput>();
  for (const teacher of teachers) {
    if (teacher === undefined || outputs.has(teacher)) continue;
    const wanted = places.flatMap((pairs, i) =>
      teachers[i] === teacher ? pairs?.flatMap((pair) => pair.teacher) ?? [] : []
    );
    outputs.set(teacher, teacher.outputs(batch, [...new Set(wanted)]));
  }
  return teachers.map((teacher) => teacher && outputs.get(teacher));
}

/** Real is what a term's teacher gives, or what its data hold; fake is what the model gives now. */
function updateDiscriminators(
  learner: Learner,
  batch: SampleBatch,
  { x, teachers, moment }: {
    readonly x: readonly Tensor[];
    readonly teachers: readonly (TeacherOutput | undefined)[];
    readonly moment: Moment;
  },
): void {
  const { room, job: { model }, auxiliaries } = learner;
  if (!auxiliaries.some((each) => each?.update)) return;
  const { outputs: [logits] } = pass(learner, x, moment);
  const outputOf = (logits: Tensor) => headOutput(room, model.head, logits);
  for (const [i, each] of auxiliaries.entries()) {
    const teacher = teachers[i];
    const real = teacher && outputOf(teacher.logits);
    each?.update?.(batch, { real, fake: outputOf(logits!) }, moment);
  }
}

/** What a training pass is made of. */
interface TrainingPass {
  readonly x: readonly Tensor[];
  /** Values of what stands in front of all that learns. */
  readonly front?: readonly Tensor[];
  readonly batch: LossBatch;
  readonly moment: Moment;
}

interface Differentiated {
  readonly loss: number;
  /** Of each term, before its weight. */
  readonly values: readonly number[];
  /** In the order of the weights that move; null where no term reaches one. */
  readonly gradients: readonly (Tensor | null)[];
  readonly statistics: BatchStatistics;
}

/** A pass, the terms' values, and the gradients of what `combine` makes of them. */
function differentiate(
  learner: Learner,
  { x, front, batch, moment }: TrainingPass,
  combine: (values: readonly Scalar[]) => Scalar,
): Differentiated {
  const { room, job: { model, training: { loss: terms } }, adapted, variables } = learner;
  let values: number[] = [];
  let statistics: BatchStatistics = {};
  const { value, gradients } = room.valueAndGradients(() => {
    const { outputs: [logits], taps: features, ...rest } = pass(learner, x, moment, front);
    statistics = readStatistics(room, rest.statistics);
    const own = { model, weights: weightsOf(variables) };
    const student = { logits: logits!, features, own };
    const scalars = termValues(room, { terms, places: adapted.places, moment }, student, batch);
    values = scalars.map((scalar) => room.values(scalar)[0]!);
    return combine(scalars);
  }, variables.moving.map(({ tensor }) => tensor));
  return { loss: room.values(value)[0]!, values, gradients, statistics };
}

/** One pass per term: asked for once in an epoch. */
function ownNorms(learner: Learner, seen: TrainingPass): number[] {
  return learner.job.training.loss.map((_term, i) => {
    const { gradients } = differentiate(learner, seen, (values) => values[i]!);
    return gradientNorm(learner.room, gradients);
  });
}
