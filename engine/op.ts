/** The contract of an op: types, validation, JSON Schema, help, docs, key, report row and tests derive from it. */
import type { Static, TSchema } from "./deps/typebox.ts";
import { canonicalBytes, type Digest, digestOf, type Json } from "./digest.ts";
import { type Facts, openFacts } from "./facts.ts";
import type { Files, Kind } from "./kind.ts";
import type { Metric } from "./metrics.ts";

export * from "./field.ts";
export * from "./facts.ts";
export { ParameterError } from "./error.ts";
export type { Digest, Json, Key } from "./digest.ts";
export type { Artifact } from "./kind.ts";

/** Functions that are filled in here, and no part of a definition. */
const implied = new WeakSet<object>();

/** How an op takes an input. */
export interface Input<
  T = unknown,
  Optional extends boolean = boolean,
  Many extends boolean = boolean,
> {
  /** What it must be. */
  readonly kind: Kind<T>;
  /** The input is a list of steps. */
  readonly many: Many;
  /** May be absent although these parameters could use it. */
  readonly optional: Optional;
  /** What `description` says in help: what the op does with it. */
  readonly description: string;
  /**
   * The parts that are read, given the parameters. An empty list means that these parameters need none of it:
   * the input is then neither printed by `expand` nor in the key. Absent: everything, always.
   */
  // deno-lint-ignore no-explicit-any
  readonly parts?: (params: any) => readonly string[];
  /** Those of `parts` that must hold samples; the others are read where there are any. Absent: all of them. */
  // deno-lint-ignore no-explicit-any
  readonly needed?: (params: any) => readonly string[];
}

/** Inputs of an op by name. */
export type Inputs = Readonly<Record<string, Input>>;

/** The decoded values that `run` gets for declared inputs. */
export type ValuesOf<I extends Inputs> = {
  readonly [N in keyof I]: I[N] extends Input<infer T, infer Optional, infer Many>
    ? (Many extends true ? readonly T[] : T) | (Optional extends true ? undefined : never)
    : never;
};

/** Options of `input`. */
export interface InputOptions {
  /** See `Input.optional`; default false. */
  readonly optional?: boolean;
  /** See `Input.many`; default false. */
  readonly many?: boolean;
  /** See `Input.parts`; a plain list where parameters do not matter. */
  // deno-lint-ignore no-explicit-any
  readonly parts?: readonly string[] | ((params: any) => readonly string[]);
  /** See `Input.needed`. */
  // deno-lint-ignore no-explicit-any
  readonly needed?: (params: any) => readonly string[];
}

/** Declares an input. */
export function input<T, const O extends InputOptions = Record<never, never>>(
  kind: Kind<T>,
  description: string,
  options?: O,
): Input<T, O extends { optional: true } ? true : false, O extends { many: true } ? true : false> {
  const { parts, needed } = options ?? {};
  const common = {
    kind,
    description,
    many: options?.many ?? false,
    optional: options?.optional ?? false,
    ...needed && { needed },
  };
  const listed = () => parts as readonly string[];
  implied.add(listed);
  const declared = parts === undefined
    ? common
    : { ...common, parts: typeof parts === "function" ? parts : listed };
  return declared as Input<
    T,
    O extends { optional: true } ? true : false,
    O extends { many: true } ? true : false
  >;
}

/** Where a long op keeps its state, so that a killed run continues. One per key. */
export interface Checkpoints {
  /** The bytes saved last under this key, verified; undefined if there are none. */
  load(): Promise<Uint8Array | undefined>;
  /** Replaces what was saved before. */
  save(state: Uint8Array): Promise<void>;
}

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

/** What a running op may use of the world. It sees no store, no path, no graph, no step name. */
export interface RunContext {
  /** Aborted on Ctrl-C and when the run stops: long loops check it. */
  readonly signal: AbortSignal;
  /** Threads that kernels may use; never changes a result. */
  readonly threads: number;
  /** Bytes that may be held of what is read; never changes a result. */
  readonly memory: number;
  /** Says how far the op is: fraction 0…1 and a few words. */
  progress(fraction: number, message: string): void;
  /** Records what happened while making the artifact: effects, curves. Replayed on a hit. */
  note(name: string, value: Json): void;
  /** A warning for a person: a sentence. Replayed on a hit. */
  warn(sentence: string): void;
  /** Where a long op keeps its state. */
  readonly checkpoints: Checkpoints;
  /** The value that a reference parameter names, by the digest that stands in its place. */
  referenced<T>(digest: string): Promise<T>;
  /**
   * The bytes of a source that `source(params)` declared, as written there, or of a file `beside` it; verified against
   * the key.
   */
  read(source: string, beside?: string): Promise<Uint8Array>;
  /** The files of a source that is a folder, in order, relative to it; a single file gives `[""]`. */
  list(source: string): Promise<readonly string[]>;
}

/** One op, whole. */
export interface Op<
  N extends string = string,
  I extends Inputs = Inputs,
  O = unknown,
  P extends TSchema = TSchema,
> {
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
  /** Names of what earlier steps established and this op keeps. */
  readonly keeps: readonly string[];
  /** Names of what later steps must keep. */
  readonly establishes: readonly string[];
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
  /** What it changed, as a note; undefined = nothing, and the step fails. Default: whether the digest changed. */
  effect?(inputs: ValuesOf<I>, output: O): Json | undefined;
  /** Decoded values in, value out; inputs are left as they are. Throws an Error whose message is a sentence. */
  run(inputs: ValuesOf<I>, params: Static<P>, context: RunContext): O | Promise<O>;
  /** The files that a value of its first input is saved as where nobody says how; absent: it saves none. */
  // deno-lint-ignore no-explicit-any
  saves?(value: any): Promise<Files>;
}

/** An op whose types do not matter to the holder: what the engine sees. */
// deno-lint-ignore no-explicit-any
export type AnyOp = Op<string, any, any, any>;

/** What `defineOp` takes: an op, its optional members left out where the default is meant. */
export type OpDefinition<N extends string, I extends Inputs, O, P extends TSchema> =
  & Pick<
    Op<N, I, O, P>,
    "name" | "version" | "summary" | "inputs" | "output" | "params" | "example" | "run"
  >
  & Partial<Omit<Op<N, I, O, P>, "code" | "needs" | "random" | "source" | "facts">>
  & {
    readonly needs?: (params: Static<P>) => Need | undefined;
    readonly random?: boolean | ((params: Static<P>) => boolean);
    readonly source?: (params: Static<P>) => readonly string[];
    readonly facts?: (
      inputs: Readonly<Record<string, Facts | readonly Facts[] | undefined>>,
      params: Static<P>,
    ) => Facts;
  };

/**
 * Defines an op. Defaults: `random` false, `numerics` decant, `keeps` and `establishes` none, `volatile` false,
 * no sources; `facts` those of the input it `changes`, else open until it has run. Throws where an input is no `input`.
 */
export function defineOp<const N extends string, I extends Inputs, O, P extends TSchema>(
  definition: OpDefinition<N, I, O, P>,
): Op<N, I, O, P> {
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
  return {
    numerics: "decant",
    keeps: [],
    establishes: [],
    volatile: false,
    ...rest,
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
        typeof value !== "function" || implied.has(value)
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

/** A set of ops from a list. Throws a TypeError where two share a name. */
export function opSet(ops: readonly AnyOp[]): OpSet {
  const set = new Map<string, AnyOp>();
  for (const op of ops) {
    if (set.has(op.name)) throw new TypeError(`Cannot list two ops named "${op.name}"`);
    set.set(op.name, op);
  }
  return set;
}
