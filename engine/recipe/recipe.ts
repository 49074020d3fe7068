/** A recipe after parse, normalize and expand: nothing implied any more. */
import type { Json } from "../digest.ts";
import type { MetricSet } from "../metrics.ts";
import type { PlacedClaim } from "./claims/claim.ts";
import type { Diagnostic, TextPlace } from "../error.ts";
import type { SpacePoint } from "./search/space.ts";
import type { SearchOrder } from "./search/strategy.ts";

/** One entry of the expanded recipe. */
export interface Step {
  /** By which later steps refer to it. */
  readonly name: string;
  /** The op, by name. */
  readonly op: string;
  /** Input name → name of a step above, or names. */
  readonly inputs: Readonly<Record<string, string | readonly string[]>>;
  /** Normalised: long forms, defaults filled in, references as step names. */
  readonly params: Readonly<Record<string, Json>>;
  /** Path in the recipe that this step comes from (`teacher.train`, `prune`, `steps.3`). */
  readonly path: string;
  /**
   * Paths of parameters and inputs, where they differ from `path` + its name: `{ format: "export.0" }`.
   */
  readonly paths: Readonly<Record<string, string>>;
  /** Something in it was reported already: what follows from it is not looked for. */
  readonly broken?: true;
}

/** The parameters of a step, or of a training inside one. */
export type StepParams = Step["params"];
/** The inputs of a step: names of steps above. */
export type StepInputs = Step["inputs"];

/** A person's words for the report. */
export interface About {
  /** Names the report and the output folder. */
  readonly name: string;
  /** What the recipe is about. */
  readonly description?: string;
  /** Who wrote it. */
  readonly authors: readonly string[];
  /** Under which terms it may be used. */
  readonly license?: string;
  /** Papers and pages it rests on. */
  readonly references: readonly string[];
}

/** A recipe, expanded. */
export interface ExpandedRecipe {
  /** For people and the report; in no key. */
  readonly about: About;
  /** The recipe's seed, already written into the steps that draw. */
  readonly seed: number;
  /** In order; a step reads only what stands above it. */
  readonly steps: readonly Step[];
  /** The step that makes the result; absent when no step makes a model. */
  readonly result?: string;
  /** The first teacher, else the role `model`: what Δ, ÷ and agreement are against. */
  readonly reference?: string;
  /** `result`: no other model is evaluated; absent: every learned model is. */
  readonly measured?: "result";
  /** What its ops can measure. */
  readonly metrics: MetricSet;
  /** Checked after a run. */
  readonly expect: readonly PlacedClaim[];
  /** Metrics that are read and not held to a value, each as a claim that compares it with itself. */
  readonly reads?: readonly PlacedClaim[];
  /** The points of a sweep: all of their steps are in `steps`, equal ones once; there is no one `result` then. */
  readonly sweep?: { readonly points: readonly Point[]; readonly pareto: readonly string[] };
  /** The search of a recipe that has one; the steps are then those of its first point. */
  readonly search?: Search;
  /** Directory or URL against which sources resolve, ending in a slash. */
  readonly base: string;
  /** What is wrong, and what is only unwise. */
  readonly diagnostics: readonly Diagnostic[];
  /** The place of a dotted path in the document, or of its nearest ancestor. */
  place(path: string): TextPlace | undefined;
}

/** One point of a sweep: its values, and the names in `steps` of what its recipe calls by its own. */
export interface Point {
  /** Variables by name. */
  readonly values: Readonly<Record<string, Json>>;
  /** The recipe's own name of a step → its name among all. */
  readonly names: Readonly<Record<string, string>>;
  /** The step that makes its result. */
  readonly result?: string;
  /** What its models are measured against. */
  readonly reference?: string;
}

/** What a search is told. */
export interface SearchPlan extends SearchOrder {
  /** The variables and their values, in the order in which they are written. */
  readonly variables: readonly { readonly name: string; readonly values: readonly Json[] }[];
  /** The metric that is made best, as a claim that compares it with itself. */
  readonly aim: PlacedClaim;
  /** Whether less of it is better, or more. */
  readonly direction: "minimize" | "maximize";
  /** What a trial must satisfy to count. */
  readonly where: readonly PlacedClaim[];
  /** At least one of the two: the trials that are made, the time after which none is begun. */
  readonly budget: { readonly trials?: number; readonly seconds?: number };
}

/** A search of a recipe. */
export interface Search extends SearchPlan {
  /** The recipe at a point, as it is run when that has won. */
  recipe(point: SpacePoint): ExpandedRecipe;
  /** The recipe at a point, as it is tried: measured on validation, nothing exported. */
  trial(point: SpacePoint): ExpandedRecipe;
  /**
   * Trials to be checked before anything runs: together they have each value of each list, and of a range the first two
   * values and the last; a hundred at most.
   */
  readonly probes: readonly ExpandedRecipe[];
}
