/** What is wrong with a recipe: one cause, one diagnostic, with a place and a way out. */

/** Where in a document, 1-based; `length` characters are underlined. `path` is the field, dotted. */
export interface Place {
  /** Path or URL of the document. */
  readonly source: string;
  /** From 1. */
  readonly line: number;
  /** From 1. */
  readonly column: number;
  /** Characters that are underlined. */
  readonly length: number;
  /** The field, dotted: `prune.ratio`. */
  readonly path: string;
  /** The line as it is written, where the document has a text. */
  readonly text?: string;
  /** Where else to look: the definition of the variable that stands here. */
  readonly note?: string;
}

/** Every way to be wrong. A test has one case for each. */
export type Code =
  | "yaml"
  | "unknown-field"
  | "missing-field"
  | "missing-parameter"
  | "wrong-type"
  | "out-of-range"
  | "unknown-value"
  | "unknown-name"
  | "duplicate-name"
  | "bad-name"
  | "wrong-kind"
  | "missing-input"
  | "unused"
  | "untrained"
  | "not-yet"
  | "version"
  | "selector-empty"
  | "shape-mismatch"
  | "order"
  | "claim"
  | "claim-unit"
  | "source"
  | "too-large";

/** One problem. `place` is absent only where no document is at fault. */
export interface Diagnostic {
  /** The way to be wrong. */
  readonly code: Code;
  /** Errors stop; the others are shown. */
  readonly severity: "error" | "warning" | "note";
  /** A sentence without a final period, names in backticks. */
  readonly message: string;
  /** Dotted path in the recipe (`prune.ratio`); the place in TypeScript. */
  readonly path: string;
  /** Where it stands in a text. */
  readonly place?: Place;
  /** A fix to paste, or where to look. */
  readonly help?: string;
  /** Of the note that stands for what is not listed: how many that is. */
  readonly more?: number;
}

/** Thrown where a recipe with errors is asked to do something. Carries all of them. */
export class RecipeError extends Error {
  /** Tells this error from others. */
  override readonly name = "RecipeError";
  /** Everything that is wrong, in order of place. */
  constructor(readonly diagnostics: readonly Diagnostic[]) {
    // Thrown where a module writes its recipe, it is printed by Deno: what is wrong stands in the recipe, not on a stack.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super(diagnostics.map(sentence).join("\n"));
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function sentence({ path, message, help }: Diagnostic): string {
  const place = path === "" ? "" : `${path}: `;
  return `${place}${message}${help === undefined ? "" : `\n  help: ${help}`}`;
}
