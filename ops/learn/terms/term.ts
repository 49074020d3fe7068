/** The contract of a loss term: one thing a training listens to. */
import type { TProperties } from "../../../engine/deps/typebox.ts";
import {
  type Curve,
  CurveField,
  Reference,
  type Static,
  type TObject,
  Type,
} from "../../../engine/field.ts";
import type { Task } from "../../../engine/op.ts";
import type { Room, Scalar, Tensor } from "../../../engine/tensor/mod.ts";
import type { Shape } from "../../model/layers.ts";
import type { Architecture, Layer } from "../../model/model.ts";
import type { Judge } from "./parts/judge.ts";

/** What a term sees of one batch of B samples. */
export interface TermBatch {
  readonly room: Room;
  readonly task: Task;
  /** What the model says, [B, K]. */
  readonly logits: Tensor;
  /** One row per sample, [B, K]: one-hot classes, or target values; null where the data have no labels. */
  readonly targets: Tensor | null;
  /** The teacher's logits, [B, K]; there for a term that reads a teacher. No gradient flows into it. */
  readonly teacher?: Tensor;
  /** The other models of a cohort, each [B, K]; there where there is one. No gradient flows into them. */
  readonly peers?: readonly Tensor[];
  /** Values inside both models, one entry per pair of `match`; no gradient flows into the teacher's. */
  readonly pairs?: readonly Pair[];
  /** The model itself, without what stands beside it while it learns; gradients flow into its weights. */
  readonly own?: Own;
  /** What the model's first input read, as it read it, [B, …]. */
  readonly sample?: Tensor;
  /** What the sampling layers of the model read, in its order; there for a term that asks for it. */
  readonly latents?: readonly Latent[];
  /** The third model that the term's `through` names. */
  readonly judge?: Judge;
  /** The value of a curve at this update. */
  at(curve: Curve): number;
}

/** What the two models have at a pair of places, [B, …]: one tensor each; two, from and to, for `fsp`. */
export interface Pair {
  readonly student: readonly Tensor[];
  readonly teacher: readonly Tensor[];
  /** Of both sides' attention, for a term that compares what it reads. */
  readonly heads?: number;
}

/** A normal distribution of latent numbers for each sample, [B, …]. */
export interface Latent {
  readonly mean: Tensor;
  readonly logVariance: Tensor;
}

/** A model and its weights by name as they are at this update. */
export interface Own {
  readonly model: Architecture;
  readonly weights: Readonly<Record<string, Tensor>>;
}

/** One kind of loss term. */
export interface Term<S extends TObject = TObject> {
  /** Its fields; made by `labelFields`, `teacherFields`, `peerFields`, `matchFields` or `ownFields`. */
  readonly schema: S;
  /** There where the term compares values inside the models. */
  readonly matching?: Matching<S>;
  /** There where the term holds the model's own weights down. */
  readonly holding?: Holding;
  /** The term's value before its weight: a mean over the batch. */
  value(batch: TermBatch, params: Static<S>): Scalar;
}

/** What a term looks at inside a place. */
export interface Inside {
  /** Layers and inputs whose values it sees, in its order. */
  readonly taps: readonly string[];
  /** Of what it compares. */
  readonly shape: Shape;
  readonly heads: number;
}

/** What a term asks of the layers that it compares. */
export interface Matching<S extends TObject = TObject> {
  /** Layers on each side of a pair. */
  readonly layers: 1 | 2;
  /** There where the term looks at what is read inside a place, not at what the place gives. */
  readonly inside?: {
    /** What it looks at; undefined where the layer or group has no such thing. */
    of(model: Architecture, place: string): Inside | undefined;
    /** What a place needs for it, in words. */
    readonly needs: string;
  };
  /** What would make a pair of these shapes comparable, as help for a person; undefined where it is. */
  unfit(
    student: readonly Shape[],
    teacher: readonly Shape[],
    params: Static<S>,
  ): string | undefined;
}

/** What a term asks of the model whose weights it holds down. */
export interface Holding {
  /** Whether it can hold this layer. */
  holds(layer: Layer, model: Architecture): boolean;
  /** What a model needs for it, in words: `a batchnorm layer`. */
  readonly needs: string;
}

/** Checks a term's literal. */
export function defineTerm<S extends TObject>(term: Term<S>): Term<S> {
  return term;
}

const weight = CurveField({
  minimum: 0,
  default: 1,
  description: "The factor before the term; nothing is normalised to 1",
});

/** The fields of a term that reads the data's labels. `summary` is one sentence with the paper. */
export function labelFields<const F extends TProperties>(
  summary: string,
  fields: F,
): TObject<{ weight: typeof weight } & F> {
  return Type.Object({ weight, ...fields }, { description: summary });
}

/** The fields of a term whose answer is the sample itself. */
export function sampleFields<const F extends TProperties>(
  summary: string,
  fields: F,
): TObject<{ weight: typeof weight } & F> {
  return Type.Object({ weight, ...fields }, { description: summary, "x-sample": true });
}

const teacher = Type.Optional(
  Reference("model", { description: "The model this term listens to, if not the step's teacher" }),
);

/** The fields of a term that reads a teacher; `unless` is the field that takes the place of one. */
export function teacherFields<const F extends TProperties>(
  summary: string,
  fields: F,
  { unless }: { readonly unless?: keyof F & string } = {},
): TObject<{ weight: typeof weight } & F & { teacher: typeof teacher }> {
  return Type.Object({ weight, ...fields, teacher }, {
    description: summary,
    "x-teacher": true,
    ...unless !== undefined && { "x-teacher-unless": unless },
  });
}

/** The fields of a term that reads the other models of a cohort. */
export function peerFields<const F extends TProperties>(
  summary: string,
  fields: F,
): TObject<{ weight: typeof weight } & F> {
  return Type.Object({ weight, ...fields }, { description: summary, "x-peers": true });
}
