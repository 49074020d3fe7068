/** What a command is: one entry of the table from which help, parsing and JSON derive. */
import type { Recipe } from "../library/runnable.ts";
import type { Drafts } from "../recipe/words/drafts.ts";
import type { OpSet } from "../op.ts";
import type { Terminal } from "./terminal.ts";
import type { Finished } from "./up_to_date.ts";

/** One option. */
export interface Option {
  /** What stands for its value in help; absent: a switch. */
  readonly value?: string;
  /** May be given several times. */
  readonly many?: true;
  /** The value when the option is given bare. */
  readonly bare?: string;
  readonly description: string;
}

/** What a command gets. */
export interface Invocation {
  readonly ops: OpSet;
  /** How recipes are written for a person's own model; absent where the language says nothing of it. */
  readonly drafts?: () => Promise<Drafts>;
  readonly terminal: Terminal;
  /** What stands on the command line without a dash, without RECIPE. */
  readonly operands: readonly string[];
  /** Values of an option, in order; a switch that was given has one. */
  readonly options: Readonly<Partial<Record<string, readonly string[]>>>;
  /** What RECIPE names; absent where it is not given. */
  readonly source?: string;
  /** Where a run that is done may be remembered, so that it need not be made again while nothing changes. */
  readonly remember?: (finished: Finished) => Promise<void>;
  /** The recipe that RECIPE names, or another source, with `--set` applied. */
  recipe(source?: string): Promise<Recipe>;
}

/** One command. */
export interface Command {
  readonly name: string;
  /** One sentence without a period. */
  readonly summary: string;
  /** What it takes besides options: `RECIPE`, `[OP]`. The first is opened as a recipe if it is called so. */
  readonly operands: readonly string[];
  readonly options: Readonly<Record<string, Option>>;
  /** The exit code. */
  run(invocation: Invocation): Promise<number>;
}
