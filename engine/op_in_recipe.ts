/**
 * What an op says of its place in recipes: whether it is a field of a recipe, what its steps are called, whether it
 * trains. The grammar, the types of recipes, the steps that a recipe expands to, the order checks and the summaries
 * of a run are folds over these declarations; none of it changes what the op computes.
 */

/** A stage is an op that is a field of a recipe: `prune: { … }` changes the model that the stages before it made. */
export interface Stage {
  /** The stage that this one directly follows. Behind the last one where that is absent, or no op of the list. */
  readonly after?: string;
  /** Where it makes several models: the op that takes one of them out, by its number in the parameter `peer`. */
  readonly takenBy?: string;
}

/** An order of steps that is refused, or that is only unwise. */
export interface OrderRule {
  /** The op by which the model was changed before. */
  readonly after: string;
  /** Why, as the second half of a sentence: `training would undo the quantization`. */
  readonly because: string;
  /** A way out. */
  readonly help: string;
}

/** What the name of a step is made from. */
export interface StepNaming {
  /** The name of its input `model`; `model` where it has none. */
  readonly model: string;
  /** The name of its data where they are not the recipe's own. */
  readonly data?: string;
  /** Its parameters. */
  readonly params: Readonly<Record<string, unknown>>;
}

/** An op's place in recipes. */
export interface InRecipe<S extends Stage | undefined = Stage | undefined> {
  /** Its place among the stages; undefined: it stands in lists of steps alone. */
  readonly stage: S;
  /** The name of a step that has none (`pruned`), or how it is made from what the step reads. */
  readonly makes: string | ((step: StepNaming) => string);
  /** Its parameters are a training block, and what it makes has learned, whatever it was made from. */
  readonly learns: boolean;
  /** What it makes has not learned, whatever it was made from: a part that answers is new. */
  readonly forgets: boolean;
  /**
   * Whether the training in `finetune` happens while the op works; else it is a step of its own behind it. It is asked
   * of unsound parameters too, in which what is wrong is missing.
   */
  // deno-lint-ignore no-explicit-any
  trainsInside(params: any): boolean;
  /** Orders of steps that are an error. */
  readonly refusedAfter: readonly OrderRule[];
  /** Orders of steps that are a warning. */
  readonly unwiseAfter: readonly OrderRule[];
  /** What other toolkits call it. */
  readonly alsoCalled: readonly string[];
  /** What its parameters ask, in a few words behind its name: `channel 0.5`. Empty where its name says it all. */
  // deno-lint-ignore no-explicit-any
  summaryOf(params: any): string;
}

/** Members that say nothing of what an op computes: they are in no key. */
export const inRecipeOnly: ReadonlySet<string> = new Set<keyof InRecipe>([
  "makes",
  "trainsInside",
  "summaryOf",
]);
