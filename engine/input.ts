/** The inputs of an op: what each must be, and what is read of it. */
import { given } from "./given.ts";
import type { Kind } from "./kind.ts";

/** Functions that are filled in where a definition leaves them out: they are no part of its text. */
export const implied = new WeakSet<object>();

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
  /** A model that must have learned: what it answers is imitated, measured or shipped. */
  readonly learned: boolean;
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
  /** See `Input.learned`; default false. */
  readonly learned?: boolean;
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
    learned: options?.learned ?? false,
    ...given({ needed }),
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
