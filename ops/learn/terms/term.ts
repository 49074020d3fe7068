/** The contract of a loss term: one summand of what a training minimises. */
import type { TProperties } from "../../../engine/deps/typebox.ts";
import {
  type Curve,
  CurveField,
  Reference,
  type Static,
  type TObject,
  Type,
} from "../../../engine/field.ts";
import { given } from "../../../engine/given.ts";
import type { TermReads } from "../../../engine/loss_term.ts";
import type { DatasetFacts, Task } from "../../../engine/op.ts";
import type { Room, Scalar, Tensor } from "../../../engine/tensor/mod.ts";
import type { Shape } from "../../model/layers.ts";
import type { Architecture, Layer } from "../../model/model.ts";

/** What a term sees of one batch of B samples. */
export interface TermBatch {
  readonly room: Room;
  readonly task: Task;
  /** The model's logits, [B, K]. */
  readonly logits: Tensor;
  /** One row per sample, [B, K]: one-hot classes, or target values; null where the data have no labels. */
  readonly targets: Tensor | null;
  /** The teacher's logits, [B, K]; there for a term that reads a teacher. No gradient flows into it. */
  readonly teacher?: Tensor;
  /** Logits of the other models of a cohort, each [B, K]; there where there is one. No gradient flows into them. */
  readonly peers?: readonly Tensor[];
  /** Values inside both models, one entry per pair of `match`; no gradient flows into the teacher's. */
  readonly pairs?: readonly FeaturePair[];
  /** The model itself, without adapters; gradients flow into its weights. */
  readonly own?: OwnModel;
  /** What the model's first input reads, [B, …]. */
  readonly sample?: Tensor;
  /** What the sampling layers of the model read, in its order; there for a term that reads the sample. */
  readonly latents?: readonly Latent[];
  /** The model that the term's `through` names. */
  readonly auxiliary?: AuxiliaryModel;
  /** The classes of the data and their training samples; there where samples have classes. */
  readonly classes?: ClassCounts;
  /** The value of a curve at this update. */
  at(curve: Curve): number;
}

/** Values of the two models at a pair of places, [B, …]: one tensor each; two, from and to, for `fsp`. */
export interface FeaturePair {
  readonly student: readonly Tensor[];
  readonly teacher: readonly Tensor[];
  /** The number of heads on both sides, for a term that compares what attention reads. */
  readonly heads?: number;
}

/** A normal distribution of latent numbers for each sample, [B, …]. */
export interface Latent {
  readonly mean: Tensor;
  readonly logVariance: Tensor;
}

/** The classes of the data, and how many training samples each has. */
export interface ClassCounts {
  readonly names: readonly string[];
  readonly counts: readonly number[];
}

/** A model and its weights by name as they are at this update. */
export interface OwnModel {
  readonly model: Architecture;
  readonly weights: Readonly<Record<string, Tensor>>;
}

/** A third model, run on outputs. Gradients flow through it into the outputs, not into its weights. */
export interface AuxiliaryModel {
  /** Values of its layers or groups on outputs, [B, …] each. */
  features(outputs: Tensor, layers: readonly string[]): readonly Tensor[];
  /** Its logits on outputs, [B, …]. */
  logits(outputs: Tensor): Tensor;
}

/** What a term states of itself; `S` is the schema of its fields. */
interface TermFacts<S extends TObject> {
  /**
   * What its values are, where not every task and head has such: classes, probabilities of classes or of labels, or outputs
   * behind the head.
   */
  readonly compares?: "classes" | "probabilities" | "outputs";
  /** There where the term compares values inside the models. */
  readonly matching?: Matching<S>;
  /** There where the term penalises the model's own weights. */
  readonly penalises?: PenalisedLayers;
  /** There where the term's auxiliary model is a discriminator. */
  discriminator?(params: Static<S>): Discriminator;
  /**
   * Why a term with these fields cannot be computed of a model, beside what follows from the rest; else undefined.
   */
  refuses?(params: Static<S>, model: Architecture): TermRefusal | undefined;
  /** Why a term with these fields says nothing of these data; else undefined. */
  refusesData?(params: Static<S>, data: DatasetFacts): TermRefusal | undefined;
  /** Whether it needs each sample to have one true class, so that samples cannot be mixed. */
  readonly oneClass?: true;
  /** The term's value before its weight: a mean over the batch. */
  value(batch: TermBatch, params: Static<S>): Scalar;
}

/** One kind of loss term. */
export interface Term<S extends TObject = TObject> extends TermFacts<S> {
  readonly schema: S;
  readonly reads: TermReads;
}

/** How a discriminator is used. */
export interface Discriminator {
  /** What it minimises, of its logits on real outputs and on the model's; absent where it stays as it is. */
  readonly loss?: (room: Room, real: Tensor, fake: Tensor) => Scalar;
  /** The data whose samples are real to it; absent: a teacher's outputs are. */
  readonly real?: string;
}

/** What is wrong with one field of a term. */
export interface TermRefusal {
  readonly field: string;
  readonly message: string;
  readonly help: string;
}

/** What a term looks at inside a place. */
export interface InsidePlace {
  /** Layers and inputs whose values it sees, in its order. */
  readonly taps: readonly string[];
  /** The shape of what it compares. */
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
    of(model: Architecture, place: string): InsidePlace | undefined;
    /** What a place needs for it, in words. */
    readonly needs: string;
  };
  /** The layer that maps the student's last axis to the teacher's while it learns; undefined where none is needed. */
  adapter?(params: Static<S>, student: Shape, teacher: Shape): "conv" | "dense" | undefined;
  /** What would make a pair of these shapes comparable, as help for a person; undefined where it is. */
  unfit(
    student: readonly Shape[],
    teacher: readonly Shape[],
    params: Static<S>,
  ): string | undefined;
}

/** Which layers' weights a term penalises. */
export interface PenalisedLayers {
  /** Whether it can penalise this layer. */
  suits(layer: Layer, model: Architecture): boolean;
  /** What a model needs for it, in words: `a batchnorm layer`. */
  readonly needs: string;
}

const weight = CurveField({
  minimum: 0,
  default: 1,
  description: "The factor before the term; nothing is normalised to 1",
});

const teacher = Type.Optional(
  Reference("model", { description: "The teacher of this term, if not that of the step" }),
);

/** The fields of a term: `weight`, its own, and `teacher` where it reads one. */
export type TermSchema<F, R> = TObject<
  & { weight: typeof weight }
  & F
  // deno-lint-ignore ban-types -- nothing is added
  & (R extends { teacher: unknown } | { features: unknown } ? { teacher: typeof teacher } : {})
>;

/**
 * A term from one literal. `summary` is one sentence with the paper; `fields` are its own, in the order of the
 * documentation; `reads` is what it reads beside the model's outputs.
 */
export function defineTerm<
  const F extends TProperties,
  const R extends TermReads<keyof F & string>,
>(
  { summary, fields, reads, ...facts }:
    & { readonly summary: string; readonly fields: F; readonly reads: R }
    & TermFacts<TermSchema<F, R>>,
): Term<TermSchema<F, R>> {
  const hasTeacher = "teacher" in reads || "features" in reads;
  const schema = Type.Object({
    weight,
    ...fields,
    ...given({ teacher: hasTeacher ? teacher : undefined }),
  }, {
    description: summary,
    "x-reads": reads,
  });
  return { ...facts, reads, schema: schema as unknown as TermSchema<F, R> };
}
