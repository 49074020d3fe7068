/**
 * Types of recipes written as objects, derived from a list of ops: op names, fields and values complete in an editor,
 * and a misspelling does not compile. What must be written is checked when the recipe is made, not by the compiler:
 * a default is no part of a type.
 */
import type { Static } from "../../field.ts";
import type { AnyOp, Input, Op, Stage } from "../../op.ts";
import type { DATA, EVALUATE, EXPORT, HEAD, LOAD, MEASURE, MODEL, TRAIN } from "./language.ts";

/** What may be written where a normalised value is meant: shorthands allowed, fields optional but for the tag. */
type AsWritten<T> = T extends string | number | boolean | null ? T
  : T extends readonly (infer Item)[]
    ? number extends T["length"] ? AsWritten<Item> | readonly AsWritten<Item>[] : T
  : T extends object ? WrittenObject<T> | BareName<T>
  : never;

/** A field that chooses between alternatives; `granularity` chooses only where no `scheme` does. */
type TagOf<T> = T extends { readonly use: string } ? "use"
  : T extends { readonly scheme: string } ? "scheme"
  : T extends { readonly granularity: string } ? "granularity"
  : never;

/** The name that stands for an alternative whose other fields have defaults. */
type BareName<T> = TagOf<T> extends infer Tag extends keyof T ? T[Tag] : never;

/** The map form of a value. */
type WrittenObject<T> =
  & { readonly [K in keyof T & TagOf<T>]: T[K] }
  & {
    readonly [K in Exclude<keyof T, TagOf<T> | "finetune">]?: AsWritten<
      Exclude<T[K], undefined>
    >;
  }
  & (T extends { readonly finetune?: infer Block }
    ? { readonly finetune?: WrittenObject<NonNullable<Block>> & BlockNames }
    : unknown);

/** Names that a training block may take besides its fields. */
interface BlockNames {
  readonly data?: string;
  readonly teacher?: string;
}

/** With assistants: what a model learns from. */
interface Guidance {
  readonly guidance?: "previous" | "all";
}

/** The students of a cohort, and which of them goes on. */
interface Peers {
  readonly students?: readonly string[];
  readonly result?: string;
}

/** A list of ops as a type. */
type OpList = readonly AnyOp[];

/** The op of a name. */
type OpNamed<Ops extends OpList, N extends string> = Extract<
  Ops[number],
  { readonly name: N }
>;

/** The normalised parameters of an op. */
type ParamsOf<O> = O extends { readonly params: infer P extends import("../../field.ts").TSchema }
  ? Static<P>
  : never;

/** The normalised parameters of the op of a name. */
type NamedParams<Ops extends OpList, N extends string> = ParamsOf<OpNamed<Ops, N>>;

/** One entry of `steps`: an op, its inputs by name, its parameters. */
export type StepOf<O> = O extends Op<infer N, infer I, infer _Output, infer P>
  ? Each<Static<P>, { readonly op: N; readonly as?: string } & InputNames<I>>
  : never;

/** Each alternative of some parameters as a map, with fields that all have. */
type Each<Parameters, Common> = Parameters extends object ? Common & WrittenObject<Parameters>
  : never;

/** An op's inputs as names of what is above. */
type InputNames<I> = {
  readonly [K in keyof I]?: I[K] extends { readonly many: true } ? string | readonly string[]
    : string;
};

/** A model in a role: from the zoo, or loaded; perhaps trained. */
type RoleOf<Ops extends OpList> =
  | Each<NamedParams<Ops, typeof MODEL>, RoleFields<Ops>>
  | Each<NamedParams<Ops, typeof LOAD>, LoadedFields<Ops>>
  | BareName<NamedParams<Ops, typeof MODEL>>;

/** What a model in a role has besides. */
interface RoleFields<Ops extends OpList> {
  readonly as?: string;
  readonly train?: RoleTraining<Ops> | readonly RoleTraining<Ops>[];
}

/** What a loaded one has besides. */
interface LoadedFields<Ops extends OpList> extends RoleFields<Ops> {
  readonly head?: WrittenObject<NamedParams<Ops, typeof HEAD>>;
}

/** The training of a model in a role. */
type RoleTraining<Ops extends OpList> = WrittenObject<NamedParams<Ops, typeof TRAIN>> & {
  readonly data?: string;
};

/** An assistant between teacher and student. */
type AssistantOf<Ops extends OpList> =
  | Each<
    NamedParams<Ops, typeof MODEL> | NamedParams<Ops, typeof LOAD>,
    {
      readonly as?: string;
      readonly train?: WrittenObject<ParamsOf<TaughtStage<Ops>>> & BlockNames;
    }
  >
  | BareName<NamedParams<Ops, typeof MODEL>>
  | { readonly use: "born-again"; readonly generations: number }
  | "auto"
  | {
    readonly use: "auto";
    readonly count?: number;
    readonly candidates?: AssistantCandidate<Ops> | readonly AssistantCandidate<Ops>[];
  };

/** A model that may become an assistant. */
type AssistantCandidate<Ops extends OpList> =
  | Each<NamedParams<Ops, typeof MODEL> | NamedParams<Ops, typeof LOAD>, { readonly as?: string }>
  | BareName<NamedParams<Ops, typeof MODEL>>;

/** A format in which the result is written, perhaps under a name. */
type ExportOf<Ops extends OpList> =
  | Each<NamedParams<Ops, typeof EXPORT>, { readonly as?: string }>
  | BareName<NamedParams<Ops, typeof EXPORT>>;

/** The stages of a list: ops that say their place among the fields of a recipe. */
type StagesOf<Ops extends OpList> = {
  readonly [S in Extract<Ops[number], { readonly stage: Stage }> as S["name"]]?:
    | Each<
      ParamsOf<S>,
      & BlockNames
      & (S extends Taught ? Guidance : unknown)
      & (S extends { readonly stage: { readonly takenBy: string } } ? Peers : unknown)
    >
    | BareName<ParamsOf<S>>;
};

/** A stage in which a student learns from a teacher. */
interface Taught {
  readonly stage: Stage;
  readonly inputs: { readonly teacher: Input };
}

/** That of a list. */
type TaughtStage<Ops extends OpList> = Extract<Ops[number], Taught>;

/** The values that one variable takes: a list, or a range. */
type Domain = readonly unknown[] | {
  readonly min: number;
  readonly max: number;
  readonly step: number;
  readonly spacing?: "linear" | "log";
};

/** Points, all of which are run. */
interface SweepBlock {
  readonly over: Readonly<Record<string, Domain>> | readonly Readonly<Record<string, unknown>>[];
  readonly pareto?: string | readonly string[];
}

/** Points, of which the engine finds the best. */
interface SearchBlock {
  readonly over: Readonly<Record<string, Domain>>;
  readonly minimize?: string;
  readonly maximize?: string;
  readonly where?: string | readonly string[];
  readonly budget: { readonly trials?: number; readonly time?: string };
  readonly strategy?: "random" | "grid" | "bisect" | "tpe";
  readonly batch?: number;
}

/** A recipe with these ops, as an object. */
export type RecipeOf<Ops extends OpList> = StagesOf<Ops> & {
  readonly decant?: 1;
  readonly name: string;
  readonly description?: string;
  readonly authors?: string | readonly string[];
  readonly license?: string;
  readonly references?: string | readonly string[];
  readonly seed?: number;
  readonly variables?: Readonly<Record<string, unknown>>;
  readonly sweep?: SweepBlock;
  readonly search?: SearchBlock;
  readonly data?: AsWritten<NamedParams<Ops, typeof DATA>>;
  readonly teacher?: RoleOf<Ops> | readonly RoleOf<Ops>[];
  readonly student?: RoleOf<Ops> | readonly RoleOf<Ops>[];
  readonly model?: RoleOf<Ops>;
  readonly assistant?: AssistantOf<Ops> | readonly AssistantOf<Ops>[];
  readonly steps?: readonly StepOf<Ops[number]>[];
  readonly evaluate?: WrittenObject<NamedParams<Ops, typeof EVALUATE>> & {
    readonly models?: "learned" | "result";
    readonly reference?: string;
    readonly latency?: "none" | WrittenObject<NamedParams<Ops, typeof MEASURE>>;
  };
  readonly export?: ExportOf<Ops> | readonly ExportOf<Ops>[];
  readonly expect?: string | readonly string[];
};
