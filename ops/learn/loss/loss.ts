/** The loss of a batch: its terms, their weights at this moment, and their gradients. */
import { kindOf } from "../../model/kinds/mod.ts";
import { given } from "../../../engine/given.ts";
import type { Task } from "../../../engine/op.ts";
import type { Room, Scalar, Tensor } from "../../../engine/tensor/mod.ts";
import type { Architecture } from "../../model/model.ts";
import { curveAt } from "../curve.ts";
import type { Moment } from "../optimizer.ts";
import { labelRows } from "../terms/parts/head_output.ts";
import type {
  AuxiliaryModel,
  ClassCounts,
  FeaturePair,
  Latent,
  OwnModel,
  TermBatch,
} from "../terms/term.ts";
import { type LossTerm, reads, termValue } from "../terms/terms.ts";
import type { TermPlaces } from "./adapters.ts";
import type { TeacherOutput } from "./teachers.ts";

/** What terms see of a batch, but for the outputs of the model that learns. */
export interface LossBatch {
  readonly task: Task;
  readonly targets: Tensor | null;
  /** One per term; undefined for a term that reads no teacher. */
  readonly teachers: readonly (TeacherOutput | undefined)[];
  /** Logits of the other models of a cohort; empty where there is none. */
  readonly peers: readonly Tensor[];
  /** What the model's first input reads. */
  readonly sample: Tensor;
  /** One per term; undefined for a term that has no auxiliary model. */
  readonly auxiliaries: readonly (AuxiliaryModel | undefined)[];
  /** The classes of the data; absent where answers are no classes. */
  readonly classes?: ClassCounts | undefined;
}

/** What the model that learns gives for it. */
interface StudentOutput {
  readonly logits: Tensor;
  /** Values of its layers, by name. */
  readonly features: Readonly<Record<string, Tensor>>;
  readonly own: OwnModel;
}

/** The terms at a moment; `places` names the values that each compares, if it compares any. */
interface LossAt {
  readonly terms: readonly LossTerm[];
  readonly places: readonly (TermPlaces | undefined)[];
  readonly moment: Moment;
}

/** The value of each term before its weight. */
export function termValues(
  room: Room,
  { terms, places, moment: { epoch, epochs } }: LossAt,
  { logits, features, own }: StudentOutput,
  batch: LossBatch,
): Scalar[] {
  const width = logits.shape.at(-1)!;
  const rows = (each: Tensor) => labelRows(room, batch.task, each, width);
  const common = {
    room,
    task: batch.task,
    logits: rows(logits),
    targets: batch.targets,
    peers: batch.peers.map(rows),
    own,
    at: (curve: Parameters<TermBatch["at"]>[0]) => curveAt(curve, epoch, epochs),
    sample: batch.sample,
  };
  return terms.map((term, i) => {
    const teacher = batch.teachers[i];
    const latents = reads(term, "sample") ? latentsOf(own.model, features) : undefined;
    return termValue({
      ...common,
      ...given({
        teacher: teacher && rows(teacher.logits),
        pairs: places[i] && pairsOf(places[i], features, teacher),
        latents,
        auxiliary: batch.auxiliaries[i],
        classes: batch.classes,
      }),
    }, term);
  });
}

function pairsOf(
  places: TermPlaces,
  student: StudentOutput["features"],
  teacher: TeacherOutput | undefined,
): readonly FeaturePair[] {
  return places.map((place) => ({
    student: place.student.map((name) => student[name]!),
    teacher: place.teacher.map((name) => teacher!.features[name]!),
    ...given({ heads: place.heads }),
  }));
}

/** What a model's sampling layers read: mean and log-variance, by name. */
export function latentPlaces({ layers }: Architecture): readonly (readonly [string, string])[] {
  return layers.filter((layer) => kindOf(layer).samples).map(({ inputs }) =>
    inputs as unknown as [string, string]
  );
}

function latentsOf(
  model: Architecture,
  features: StudentOutput["features"],
): readonly Latent[] {
  return latentPlaces(model).map(([mean, logVariance]) => ({
    mean: features[mean]!,
    logVariance: features[logVariance]!,
  }));
}

/** The weight of each term at a moment. */
export function termWeights(
  terms: readonly LossTerm[],
  { epoch, epochs }: Pick<Moment, "epoch" | "epochs">,
): number[] {
  return terms.map(({ weight }) => curveAt(weight, epoch, epochs));
}

/** Σ weight · value. */
export function weightedSum(
  room: Room,
  values: readonly Scalar[],
  weights: readonly number[],
): Scalar {
  return values
    .map((value, i) => weights[i] === 1 ? value : room.tf.mul<Scalar>(value, weights[i]!))
    .reduce((sum, value) => room.tf.add<Scalar>(sum, value));
}

/** √Σ g² over all gradients. */
export function gradientNorm(room: Room, gradients: readonly (Tensor | null)[]): number {
  const { tf } = room;
  let squares = 0;
  for (const gradient of gradients) {
    if (gradient === null) continue;
    const sum = tf.tidy(() => tf.sum(tf.square(gradient)));
    squares += room.values(sum)[0]!;
    sum.dispose();
  }
  return Math.sqrt(squares);
}

/** The gradients, made smaller together where their norm is above a limit. For the caller's `tidy`. */
export function clipped(
  room: Room,
  gradients: readonly (Tensor | null)[],
  limit: number | undefined,
): readonly (Tensor | null)[] {
  if (limit === undefined) return gradients;
  const norm = gradientNorm(room, gradients);
  if (!(norm > limit)) return gradients;
  return gradients.map((gradient) => gradient && room.tf.mul(gradient, limit / norm));
}
