/** What went wrong in a run, as a person and a program read it, and what the process then exits with. */
import { ParameterError } from "../facts.ts";
import { CorruptBlobError, StoreError } from "../store/store.ts";
import type { Diagnostic, Place } from "../recipe/check/diagnostic.ts";
import type { Node } from "../graph/graph.ts";
import { TrustError } from "../graph/sources/remote.ts";
import { SourceError } from "../graph/sources/source_error.ts";
import type { ExpandedRecipe } from "../recipe/recipe.ts";
import { stepPath } from "../recipe/expand/step_path.ts";
import { ChanceError } from "./chance.ts";

/** How a run ends. */
export type Ending =
  | "done"
  | "failed"
  | "recipe"
  | "expectation"
  | "refused"
  | "interrupted"
  | "terminated";

/** Exit codes of the command line; signals add 130 (SIGINT) and 143 (SIGTERM). */
export const exitCodes: Readonly<Record<Ending, number>> = {
  done: 0,
  failed: 1,
  recipe: 2,
  expectation: 3,
  refused: 4,
  interrupted: 130,
  terminated: 143,
};

/** One problem. */
export interface Problem {
  /** A diagnostic's code, or `step-failed` and its like. */
  readonly code: string;
  /** A sentence without a final period. */
  readonly message: string;
  /** Where it stands: in a text, or as a path in an object. */
  readonly place: { readonly source: string; readonly line: number; readonly column: number } | {
    readonly path: string;
  };
  /** A way out. */
  readonly help?: string;
}

/** Thrown where going on would break a promise: not reproducible, not what the lock says. The run stops, exit 4. */
export class RefusedError extends Error {
  override readonly name = "RefusedError";
  constructor(
    readonly code: "not-reproducible" | "locked",
    message: string,
    readonly help: string,
  ) {
    super(message);
  }
}

/** A diagnostic as a problem. */
export function diagnosticProblem({ code, message, path, place, help }: Diagnostic): Problem {
  const common = { code, message, place: placeOf(place, path) };
  return help === undefined ? common : { ...common, help };
}

/** What an error of a step means to a person, and how the run ends for it. */
export function stepProblem(
  recipe: ExpandedRecipe,
  node: Node,
  error: unknown,
): { problem: Problem; ending: Ending } {
  const { step } = node;
  const at = (path: string) => placeInDocument(recipe, path);
  const place = at(step.path);
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof ParameterError) {
    const problem = { code: error.code, message, place: at(stepPath(step, error.path)) };
    return {
      problem: error.help === undefined ? problem : { ...problem, help: error.help },
      ending: "failed",
    };
  }
  if (error instanceof ChanceError) {
    const { help, model } = error;
    return {
      problem: { code: "at-chance", message, place: at(model.step.path), help },
      ending: "failed",
    };
  }
  if (error instanceof RefusedError) {
    const { code, help } = error;
    return { problem: { code, message, place, help }, ending: "refused" };
  }
  if (error instanceof TrustError) {
    return { problem: { code: "untrusted", message, place, help: error.help }, ending: "refused" };
  }
  if (error instanceof SourceError) {
    const problem = { code: "source", message, place };
    return {
      problem: error.help === undefined ? problem : { ...problem, help: error.help },
      ending: "failed",
    };
  }
  if (error instanceof StoreError) {
    return { problem: { code: `cache-${error.reason}`, message, place }, ending: "failed" };
  }
  if (error instanceof CorruptBlobError) {
    return { problem: { code: "damaged", message, place }, ending: "refused" };
  }
  if (error instanceof RangeError && /allocation failed|invalid .*array.* length/i.test(message)) {
    const problem = {
      code: "step-failed",
      message: `\`${step.name}\` failed: it needs more memory than there is`,
      place,
    };
    return { problem, ending: "failed" };
  }
  return {
    problem: { code: "step-failed", message: `\`${step.name}\` failed: ${message}`, place },
    ending: "failed",
  };
}

/** Where a path of a recipe stands, as a document says it. */
export function placeInDocument(recipe: ExpandedRecipe, path: string): Problem["place"] {
  return placeOf(recipe.place(path), path);
}

function placeOf(place: Place | undefined, path: string): Problem["place"] {
  if (place === undefined) return { path };
  return { source: place.source, line: place.line, column: place.column };
}
