/**
 * The field types of the recipe language, as TypeBox schemas. Every alternative is told apart by its
 * JSON type or by one tag, so a schema here never holds `anyOf` or `oneOf`: what JSON Schema cannot say
 * that way is an annotation (`x-…`) that `recipe/normalize` reads before the plain rest is checked.
 * Two more annotations belong to losses alone: `x-reads` on a term's object is what the term reads (`loss_term.ts`),
 * `x-task-defaults` on a list of terms what it is where the data have a task that asks for another than `default`.
 *
 * Descriptions are read by people in mistakes too: "`prune.ratio` is the fraction removed, above 0 and below 1; this
 * is 50". Begin one with an article (`The fraction removed`) and it is quoted so.
 */
import { given } from "./given.ts";
import { type Static, type TObject, type TSchema, Type } from "./deps/typebox.ts";

export { type Static, type TObject, type TSchema, Type };

/**
 * The largest whole numbers that a recipe may ask for, so that none from elsewhere exhausts a machine by a digit too
 * many. They are far beyond what is of use.
 */
export const LARGEST = {
  /** Of a step: the recipe's, of 32 bits, and a place in a list. */
  seed: 0xffff_ffff_ffff,
  /** Passes over the samples, rounds, repeats. */
  epochs: 100_000,
  /** Samples of a data set, of an update. */
  samples: 0x7fff_ffff,
  /** Of one layer: units, filters, classes; pixels of a side. */
  units: 1_000_000,
  /** Of one network. */
  layers: 2000,
  /** Numbers of one network: 4 GiB, which is all that the tensor room has. */
  parameters: 0x4000_0000,
  /** Numbers that one layer gives for one sample: 1 GiB. */
  values: 0x1000_0000,
  /** Entries of a list that says nothing else. */
  entries: 10_000,
} as const;

/** A number that may move over training time; evaluated at every update. */
export type Curve =
  | number
  | {
    readonly use: "linear" | "cosine" | "cubic" | "exponential";
    readonly start: number;
    readonly end: number;
    /** First and last epoch of the movement; the whole training where absent. */
    readonly epochs?: readonly [number, number];
    /** Epochs in which the value rises from 0. */
    readonly warmup?: number;
  }
  | {
    readonly use: "step";
    readonly start: number;
    readonly factor: number;
    readonly at: readonly number[];
  };

/** The static type of a choice: one closed object per tag value, and the untagged object if there is one. */
type ChoiceOf<
  Tag extends string,
  A extends Readonly<Record<string, TObject>>,
  Untagged extends TObject | undefined = undefined,
> =
  | {
    [Name in keyof A & string]: { readonly [T in Tag]: Name } & Static<A[Name]>;
  }[keyof A & string]
  | (Untagged extends TObject ? { readonly [T in Tag]?: never } & Static<Untagged> : never);

/**
 * Where code of one's own has a place: the list that a field chooses from, and the fields that every entry has besides its
 * own. As a schema: the annotation `x-own`.
 */
export interface OwnPlace {
  readonly list: string;
  readonly shared?: Readonly<Record<string, TSchema>>;
}

const ownPlace = (own: OwnPlace | undefined) => given({ "x-own": own });

/** Options of a choice. */
interface ChoiceOptions<Tag extends string, Untagged extends TObject | undefined> {
  readonly description: string;
  readonly default?: unknown;
  /** The field that chooses; `use` where absent. */
  readonly tag?: Tag;
  /** The object that is meant where the tag is absent (`from: …` beside `use: …`). */
  readonly untagged?: Untagged;
  /** Where it names formats of files: those that others write and nothing here does. None of ours stands for them. */
  readonly foreignFormats?: readonly string[];
  readonly own?: OwnPlace;
}

/**
 * A tagged choice: `{ use: adam, … }`, or the bare name where nothing else is required. The tag's own field is
 * added by the language; alternatives list the other fields only. As a schema: the annotation
 * `x-choice: { tag, alternatives, untagged, foreignFormats }`.
 */
export function Choice<
  const A extends Readonly<Record<string, TObject>>,
  const Tag extends string = "use",
  const Untagged extends TObject | undefined = undefined,
>(
  alternatives: A,
  options: ChoiceOptions<Tag, Untagged>,
): TSchema & { static: ChoiceOf<Tag, A, Untagged> } {
  const { tag = "use", untagged, foreignFormats, own, ...rest } = options;
  const choice = given({ tag, alternatives, untagged, foreignFormats });
  const annotations = { "x-choice": choice, ...ownPlace(own) };
  return Type.Unsafe<ChoiceOf<Tag, A, Untagged>>({ ...rest, ...annotations }) as
    & TSchema
    & { static: ChoiceOf<Tag, A, Untagged> };
}

/** One word of a closed list. */
export function OneOf<const V extends readonly string[]>(
  values: V,
  { own, ...options }: { description: string; default?: V[number]; own?: OwnPlace },
): TSchema & { static: V[number] } {
  return Type.Unsafe<V[number]>({ ...options, enum: [...values], ...ownPlace(own) }) as
    & TSchema
    & { static: V[number] };
}

/** The JSON types that tell alternatives apart. */
export type JsonType = "number" | "string" | "list" | "object";

/**
 * Alternatives told apart by their JSON type: `rank: 8` or `rank: { use: energy, share: 0.9 }`. As a schema: the
 * annotation `x-by-type`, one schema per type.
 */
export function ByType<const A extends Readonly<Partial<Record<JsonType, TSchema>>>>(
  alternatives: A,
  options: { description: string; default?: unknown },
): TSchema & { static: StaticOf<A> } {
  return Type.Unsafe<StaticOf<A>>({ ...options, "x-by-type": alternatives }) as
    & TSchema
    & { static: StaticOf<A> };
}

type StaticOf<A> = { [T in keyof A]: A[T] extends TSchema ? Static<A[T]> : never }[keyof A];

/** A list; a single value `x` stands for `[x]`. */
export function ListOf<T extends TSchema>(
  items: T,
  options: { description: string; default?: unknown; minItems?: number; maxItems?: number },
): TSchema & { static: readonly Static<T>[] } {
  return Type.Unsafe<readonly Static<T>[]>({ ...options, "x-list": { items } }) as
    & TSchema
    & { static: readonly Static<T>[] };
}

/** Limits of every number of a curve (`start`, `end`, or the constant). */
export interface CurveLimits {
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
}

/**
 * A curve. `moving` are the limits of `start` and `end` where they differ from those of a constant (a ratio that
 * grows may begin at 0). `also` adds alternatives of this one field, by their `use` (`{ use: sensitivity, overall }`).
 * As a schema: the annotations `x-curve` (the limits), `x-curve-moving` and `x-curve-also`.
 */
export function CurveField<
  const A extends Readonly<Record<string, TObject>> = Record<never, never>,
>(
  options: CurveLimits & {
    description: string;
    default?: Curve;
    moving?: CurveLimits;
    also?: A;
  },
): TSchema & { static: Curve | ChoiceOf<"use", A> } {
  const { description, default: preset, moving, also, ...limits } = options;
  const annotations = {
    description,
    default: preset,
    "x-curve": limits,
    "x-curve-moving": moving,
    "x-curve-also": also,
  };
  return Type.Unsafe<Curve | ChoiceOf<"use", A>>(given(annotations)) as
    & TSchema
    & { static: Curve | ChoiceOf<"use", A> };
}

/** Selectors of layers of the model that input `of` names; always a list once normalised. */
export function Selectors(
  options: { description: string; default?: readonly string[]; of?: string },
): TSchema & { static: readonly string[] } {
  const { of = "model", ...rest } = options;
  return Type.Unsafe<readonly string[]>({ ...rest, "x-selectors": of }) as
    & TSchema
    & { static: readonly string[] };
}

/**
 * The name of a role or step inside a parameter: an input in disguise. `compile` binds it, the key holds
 * the artifact's digest in its place, and `run` finds that digest there (see `RunContext.referenced`). Of a data set
 * a reference reads the training part alone, and its digest is of that.
 */
export function Reference(
  kind: string,
  options: { description: string },
): TSchema & { static: string } {
  return Type.Unsafe<string>({ ...options, "x-reference": kind }) as TSchema & { static: string };
}

/** A source: a path relative to the document, an https URL with optional `#sha256=`, or `npm:…`. */
export function Source(
  { own, ...options }: { description: string; own?: OwnPlace },
): TSchema & { static: string } {
  return Type.Unsafe<string>({ ...options, "x-source": true, ...ownPlace(own) }) as
    & TSchema
    & { static: string };
}
