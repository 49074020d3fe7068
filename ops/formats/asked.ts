/** What a recipe says of a model that it reads from files, beyond where they are. */
import type { RunContext } from "../../engine/run_context.ts";

/**
 * What an input is given. A number: each of its values. `positions`: 0, 1, 2 … along its last axis. `mask`: 0 where the
 * sample has token 0, padding, else 1. `sample`: the sample. `columns`: as many columns of a row as it reads, behind those of
 * the inputs before it. `class`: the class of the sample, a row that is 1 there and else 0.
 */
export type InputValue = number | "positions" | "mask" | "sample" | "columns" | "class";

/** Each is absent where the files say enough. */
export interface AskedModel {
  /** Takes what is left out, for the report. */
  readonly note?: RunContext["note"];
  /** The shape of one sample: of a network whose sizes are open, or that is to read others than it was saved with. */
  readonly input?: readonly number[];
  /** What each further input is given, by its name; the one that is not named reads the samples. */
  readonly inputs?: Readonly<Record<string, InputValue>>;
  /** The output that is kept, by its name. */
  readonly output?: string;
  /** Integers stay, and layers compute in them as the files say. Default: they become the reals that they stand for. */
  readonly integers?: boolean;
}

/** The input that reads the samples: the first that is given nothing else; undefined where each is given something. */
export function sampleInput(
  names: readonly string[],
  { inputs = {} }: Pick<AskedModel, "inputs">,
): string | undefined {
  return names.find((name) => !Object.hasOwn(inputs, name));
}
