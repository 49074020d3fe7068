/** The loss of a batch: its terms, their weights at this moment, and their gradients. */
import type { Task } from "../../../engine/op.ts";
import type { Room, Scalar, Tensor } from "../../../engine/tensor/mod.ts";
import { curveAt } from "../curve.ts";
import type { Moment } from "../optimizer.ts";
import type { Said } from "./listen.ts";
import type { TermPlaces } from "./adapters.ts";
import type { Architecture } from "../../model/model.ts";
import { labelRows } from "../terms/parts/head_output.ts";
import type { AuxiliaryModel, Latent, OwnModel } from "../terms/term.ts";
import { type LossTerm, reads, termValue } from "../terms/terms.ts";

/** What terms see of a batch, but for what the model itself says. */
export interface Heard {
  readonly task: Task;
  readonly targets: Tensor | null;
  /** One per term; undefined for a term that reads no teacher. */
  readonly teachers: readonly (Said | undefined)[];
  /** Logits of the other models of a cohort; empty where there is none. */
  readonly peers: readonly Tensor[];
  /** What the model's first input reads. */
  readonly sample: Tensor;
  /** One per term; undefined for a term that asks no third model. */
  readonly judges: readonly (AuxiliaryModel | undefined)[];
}

/**
 * The value of each term before its weight, of what the model says; `places` names the taps that a term compares, if it
 * compares any.
 */
export function termValues(
  room: Room,
  terms: readonly LossTerm[],
  { logits, taps, own }: Said & { readonly own: OwnModel },
  { task, targets, teachers, peers, sample, judges }: Heard,
  places: readonly (TermPlaces | undefined)[],
  { epoch, epochs }: Moment,
): Scalar[] {
  const at = (curve: Parameters<typeof curveAt>[0]) => curveAt(curve, epoch, epochs);
  const width = logits.shape.at(-1)!;
  const rows = (said: Tensor) => labelRows(room, task, said, width);
  return terms.map((term, i) => {
    const teacher = teachers[i];
    const pairs = places[i]?.map((place) => ({
      student: place.student.map((name) => taps[name]!),
      teacher: place.teacher.map((name) => teacher!.taps[name]!),
      ...place.heads !== undefined && { heads: place.heads },
    }));
    const heard = teacher === undefined ? {} : { teacher: rows(teacher.logits) };
    const compared = pairs === undefined ? {} : { pairs };
    const judge = judges[i];
    return termValue(
      {
        ...{
          room,
          task,
          logits: rows(logits),
          targets,
          peers: peers.map(rows),
          own,
          at,
          sample,
          ...heard,
          ...compared,
        },
        ...reads(term, "sample") && { latents: latentsOf(own.model, taps) },
        ...judge && { auxiliary: judge },
      },
      term,
    );
  });
}

/** What a model's sampling layers read: mean and log-variance, by name. */
export function latentPlaces({ layers }: Architecture): readonly (readonly [string, string])[] {
  return layers.filter(({ kind }) => kind === "sample").map(({ inputs }) =>
    inputs as unknown as [string, string]
  );
}

function latentsOf(model: Architecture, taps: Said["taps"]): readonly Latent[] {
  return latentPlaces(model).map(([mean, logVariance]) => ({
    mean: taps[mean]!,
    logVariance: taps[logVariance]!,
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
