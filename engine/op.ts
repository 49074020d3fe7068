/** The contract of an op: types, validation, JSON Schema, help, docs, key, report row and tests derive from it. */
import type { Static, TSchema } from "./deps/typebox.ts";
import { canonicalBytes, type Digest, digestOf, type Json } from "./digest.ts";
import { DecantError } from "./error.ts";
import { type Facts, openFacts } from "./facts.ts";
import { implied, type Input, type Inputs, type ValuesOf } from "./input.ts";
import type { Files, Kind } from "./kind.ts";
import type { Metric } from "./metrics.ts";
import { type InRecipe, inRecipeOnly, type Stage } from "./op_in_recipe.ts";
import type { RunContext } from "./run_context.ts";

export * from "./field.ts";
export * from "./facts.ts";
export { ParameterError } from "./error.ts";
export type { Digest, Json, Key } from "./digest.ts";
export type { Artifact } from "./kind.ts";
export { type Input, input, type InputOptions, type Inputs, type ValuesOf } from "./input.ts";
export type { InRecipe, OrderRule, Stage, StepNaming } from "./op_in_recipe.ts";
export type { Checkpoints, RunContext } from "./run_context.ts";

/** The memory that a step would take, and which parameter decides it. */
export interface Need {
  /** How much, at least. */
  readonly bytes: number;
  /** What takes it, with its figures, as the subject of a sentence: `8849 samples of 1000000 tokens`. */
  readonly what: string;
  /** The parameter, dotted. */
  readonly path: string;
  /** A way out that takes fewer bytes. */
  readonly help: string;
}

/** A package that is imported where it is needed. */
export interface Package {
  /** `npm:<name>@<version>` */
  readonly specifier: string;
  /** As it comes over the network, packed. */
  readonly bytes: number;
}

/** Code of one's own that a step uses besides its op: an entry of a list that parameters choose from. */
export interface OwnReference {
  /** The list, as `language` calls it. */
  readonly list: string;
  /** As recipes write it. */
  readonly name: string;
  readonly version: number;
  /** The digest of the text of its functions. */
  readonly code: Digest;
  /** The URL of a module that exports it. Without one only this thread has it. */
  readonly module?: string;
}

/** One op, whole. */
export interface Op<
  N extends string = string,
  I extends Inputs = Inputs,
  O = unknown,
  P extends TSchema = TSchema,
  S extends Stage | undefined = Stage | undefined,
> extends InRecipe<S> {
  /** As recipes write it: `op: <name>`. */
  readonly name: N;
  /**
   * Raised when equal inputs and parameters give other bytes. The key of an op of your own also holds the text of its
   * functions, so what changes in them is seen by itself; a change behind an import, in a kind, or in what a function
   * closes over, is seen only by the version.
   */
  readonly version: number;
  /** Of an op of your own: the digest of the text of its functions, see `version`. */
  readonly code?: Digest;
  /** The URL of a module that exports it, alone or in a list: `import.meta.url`. Without one only this thread has it. */
  readonly module?: string;
  /** What these parameters use of entries of one's own, in the order of lists and names; absent: the op can use none. */
  // deno-lint-ignore no-explicit-any
  own?(params: any): readonly OwnReference[];
  /** One sentence without a period: what it does. */
  readonly summary: string;
  /** What it reads, by name. */
  readonly inputs: I;
  /** The kind of what it makes. */
  readonly output: Kind<O>;
  /** A `Type.Object` or a `Choice`: types, limits, defaults, descriptions; `seed` too, where the op draws. */
  readonly params: P;
  /** Parameters of a working step, as a user writes them. */
  readonly example: Readonly<Record<string, Json>>;
  /** Whether these parameters draw random numbers; then `seed` is in the key, else neither printed nor keyed. */
  // deno-lint-ignore no-explicit-any
  readonly random: (params: any) => boolean;
  /** "none": no tensor arithmetic, no numerics in the key. */
  readonly numerics: "decant" | "none";
  /** The input whose successor the output is: a `prune` changes its `model`; absent: the op defines or measures. */
  readonly changes?: keyof I & string;
  /** What it can measure, where it measures; claims and reports know a metric by its row. */
  readonly metrics?: readonly Metric[];
  /** Reads a clock: the host is in the key; never an input, in no lock, never compared. */
  readonly volatile: boolean;
  /** Files and URLs it reads, as written in the parameters. */
  // deno-lint-ignore no-explicit-any
  source(params: any): readonly string[];
  /**
   * Files beside a source that is one file, which that file names, relative to it: the shards of a `model.json`. They
   * are sources like the others, fetched, locked and in the key; what is not read here is told by `run`.
   */
  beside?(source: string, bytes: Uint8Array): readonly string[];
  /**
   * What is known of the output, from what is known of the inputs and, by their dotted paths, of the references among
   * the parameters. Throws ParameterError where the parameters cannot work with them.
   */
  // deno-lint-ignore no-explicit-any
  facts(inputs: Readonly<Record<string, Facts | readonly Facts[] | undefined>>, params: any): Facts;
  /** The memory that the output takes, as far as parameters alone decide it; too much is refused before a run. */
  // deno-lint-ignore no-explicit-any
  needs?(params: any): Need | undefined;
  /** The large package that running it imports, if any; Deno fetches it where it does not have it. */
  // deno-lint-ignore no-explicit-any
  fetches?(params: any): Package | undefined;
  /** What it changed, as a note; undefined = nothing, and the step fails. Default: whether the digest changed. */
  effect?(inputs: ValuesOf<I>, output: O): Json | undefined;
  /** Decoded values in, value out; inputs are left as they are. Throws an Error whose message is a sentence. */
  run(inputs: ValuesOf<I>, params: Static<P>, context: RunContext): O | Promise<O>;
  /** The files that a value of its first input is saved as where nobody says how; absent: it saves none. */
  // deno-lint-ignore no-explicit-any
  saves?(value: any): Promise<Files>;
  /** A page that runs the value of its first input in a browser; absent: there is none. */
  readonly page?: OpPage;
  /** A document beside the files that it makes, which says how their inputs are prepared; absent: there is none. */
  readonly document?: OpDocument;
}

/** The data of an op without their samples. */
export interface OpData {
  /** The parameters of the step that read them. */
  readonly params: Readonly<Record<string, Json>>;
  /** What that step noted. */
  readonly notes: Readonly<Record<string, Json>>;
  /** The manifest of the data. */
  readonly manifest: Json;
}

/** A document written beside an op's exported files. It is not part of the artifact, so no digest depends on it. */
interface OpDocument {
  /** The name of the file. */
  readonly file: string;
  /** JSON for people and their programs, from the manifest of its first input. */
  make(manifest: Json, data: OpData): Promise<Json>;
}

/** How a page comes to be that tries what an op exported. */
interface OpPage {
  /** Raised where the same model gets another page. */
  readonly version: number;
  /** One file of HTML that asks no network, the same bytes for the same values; undefined where there can be none. */
  // deno-lint-ignore no-explicit-any
  make(name: string, value: any, data: OpData): Promise<string | undefined>;
}

/** An op whose types do not matter to the holder: what the engine sees. */
// deno-lint-ignore no-explicit-any
export type AnyOp = Op<string, any, any, any, any>;

/** What `defineOp` takes: an op, its optional members left out where the default is meant. */
export type OpDefinition<
  N extends string,
  I extends Inputs,
  O,
  P extends TSchema,
  S extends Stage | undefined = undefined,
> =
  & Pick<
    Op<N, I, O, P, S>,
    "name" | "version" | "summary" | "inputs" | "output" | "params" | "example" | "run"
  >
  & Partial<
    Omit<
      Op<N, I, O, P, S>,
      | "code"
      | "own"
      | "stage"
      | "trainsInside"
      | "summaryOf"
      | "needs"
      | "fetches"
      | "random"
      | "source"
      | "facts"
    >
  >
  & {
    readonly stage?: S;
    readonly trainsInside?: (params: Static<P>) => boolean;
    readonly summaryOf?: (params: Static<P>) => string;
    readonly needs?: (params: Static<P>) => Need | undefined;
    readonly fetches?: (params: Static<P>) => Package | undefined;
    readonly random?: boolean | ((params: Static<P>) => boolean);
    readonly source?: (params: Static<P>) => readonly string[];
    readonly facts?: (
      inputs: Readonly<Record<string, Facts | readonly Facts[] | undefined>>,
      params: Static<P>,
    ) => Facts;
  };

/**
 * Defines an op. Defaults: `random` false, `numerics` decant, `volatile` false, no sources; `facts` those of the input
 * it `changes`, else open until it has run. It is no stage, does not learn, forgets nothing, has no rules of order and no
 * other names; a step is called by the op's name (`makes`), a `finetune` is a step of its own, and its summary is the
 * alternative that its parameters choose. Throws where an input is no `input`.
 */
export function defineOp<
  const N extends string,
  I extends Inputs,
  O,
  P extends TSchema,
  const S extends Stage | undefined = undefined,
>(definition: OpDefinition<N, I, O, P, S>): Op<N, I, O, P, S> {
  for (const [name, each] of Object.entries<Partial<Input> | undefined>(definition.inputs)) {
    if (each?.kind !== undefined && each.description !== undefined) continue;
    throw new TypeError(
      `Cannot define the op "${definition.name}": its input \`${name}\` is not declared by \`input\`; say ` +
        `${name}: input(${Object(each).name ?? "model"}Kind, "what the op does with it")`,
    );
  }
  const { random = false, facts, source, ...rest } = definition;
  const draws = typeof random === "function" ? random : () => random;
  const known = (inputs: Readonly<Record<string, unknown>>): Facts =>
    (definition.changes !== undefined && inputs[definition.changes] as Facts) ||
    openFacts(definition.output.name);
  const none = () => [];
  for (const filled of [known, none, ...(draws === random ? [] : [draws])]) implied.add(filled);
  const { "x-choice": { tag } = {} }: TSchema = definition.params;
  return {
    numerics: "decant",
    volatile: false,
    makes: definition.name,
    learns: false,
    forgets: false,
    trainsInside: () => false,
    refusedAfter: [],
    unwiseAfter: [],
    alsoCalled: [],
    summaryOf: (params: Readonly<Record<string, unknown>>) =>
      tag === undefined ? "" : String(params[tag] ?? ""),
    ...rest,
    stage: definition.stage as S,
    random: draws,
    source: source ?? none,
    facts: facts ?? known,
  };
}

/** An op that did not come with Decant: its keys hold the text of its functions. */
export function ownOp(op: AnyOp): AnyOp {
  const texts = (members: object): Record<string, string> =>
    Object.fromEntries(
      Object.entries(members).flatMap(([name, value]) =>
        typeof value !== "function" || implied.has(value) || inRecipeOnly.has(name)
          ? []
          : [[name, Function.prototype.toString.call(value)]]
      ),
    );
  const inputs = Object.entries(op.inputs as Inputs).map(([name, each]) => [name, texts(each)]);
  const code = digestOf(canonicalBytes({ ...texts(op), inputs: Object.fromEntries(inputs) }));
  return { ...op, code };
}

/** The ops that a recipe may name, by name. */
export type OpSet = ReadonlyMap<string, AnyOp>;

/** A set of ops from a list. Throws a `usage` error where two share a name. */
export function opSet(ops: readonly AnyOp[]): OpSet {
  const set = new Map<string, AnyOp>();
  for (const op of ops) {
    if (set.has(op.name)) {
      const help = "give yours another name";
      throw new DecantError("usage", `Cannot list two ops named "${op.name}"`, help);
    }
    set.set(op.name, op);
  }
  return set;
}
