/**
 * What is wrong: one class of errors, told apart by its code; one shape of what is wrong with a recipe; and what a run
 * or a command then ends with.
 */

/** Where in a document, 1-based; `length` characters are underlined. `path` is the field, dotted. */
export interface TextPlace {
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

/** Every way that a recipe can be wrong. A test has one case for each. */
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

/** How a run or a command ends that an error with this code stops. Whoever adds a code adds a row. */
const endings = {
  /** The recipe is wrong: a RecipeError says where. */
  recipe: "recipe",
  /** A mistake on the command line. */
  usage: "recipe",
  /** Deno does not allow what must be done. */
  denied: "recipe",
  "cache-version": "recipe",
  "cache-place": "recipe",
  "cache-read-only": "failed",
  "cache-full": "failed",
  "cache-denied": "failed",
  "cache-unreadable": "failed",
  "cache-pin": "refused",
  /** A source cannot be read, or is no longer what it was when the run began. */
  source: "failed",
  /** A queue cannot be reached, or does not do what it is asked to. */
  queue: "failed",
  /** A folder for people cannot be written. */
  out: "failed",
  "at-chance": "failed",
  "step-failed": "failed",
  /** A training reached values that are no numbers. */
  diverged: "failed",
  /** A fault of Decant. */
  internal: "failed",
  /** Bytes do not have the digest that names them. */
  damaged: "refused",
  untrusted: "refused",
  "not-reproducible": "refused",
  locked: "refused",
} as const satisfies Readonly<Record<string, Ending>>;

/** Every way that a run or a command can be stopped. */
export type ErrorCode = Code | keyof typeof endings;

/** A code, a sentence and a way out: what every report of something wrong has. */
interface CodedMessage<C extends string> {
  /** The way to be wrong. */
  readonly code: C;
  /** A sentence without a final period, names in backticks. */
  readonly message: string;
  /** A fix to paste, or where to look. */
  readonly help?: string;
}

/** What is wrong with a recipe: one cause, one diagnostic. `place` is absent only where no document is at fault. */
export interface Diagnostic extends CodedMessage<Code> {
  /** Errors stop; the others are shown. */
  readonly severity: "error" | "warning" | "note";
  /** Dotted path in the recipe (`prune.ratio`); the place in TypeScript. */
  readonly path: string;
  /** Where it stands in a text. */
  readonly place?: TextPlace;
  /** Of the note that stands for what is not listed: how many that is. */
  readonly more?: number;
}

/** What is wrong with a run or a command, as a document says it. */
export interface Problem extends CodedMessage<ErrorCode> {
  /** Where it stands: in a text, or as a path in an object. */
  readonly place: Pick<TextPlace, "source" | "line" | "column"> | { readonly path: string };
}

/** An error that is a sentence for a person. */
export class DecantError<C extends ErrorCode = ErrorCode> extends Error implements CodedMessage<C> {
  /** Tells this error from others. */
  override readonly name: string = "DecantError";
  /** A way out. */
  declare readonly help?: string;
  /** Where in a recipe it stands; absent: at the step that it stops, if it stops one. */
  declare readonly place?: Problem["place"];
  /** `place` is where in a recipe it stands, where that is known. */
  constructor(
    readonly code: C,
    message: string,
    help?: string,
    { place, ...options }: ErrorOptions & Partial<Pick<Problem, "place">> = {},
  ) {
    super(message, options);
    if (help !== undefined) this.help = help;
    if (place !== undefined) this.place = place;
  }
}

/** Whether an error has one of these codes. */
export function hasCode<C extends ErrorCode>(
  error: unknown,
  ...codes: readonly C[]
): error is DecantError<C> {
  return error instanceof DecantError && (codes as readonly ErrorCode[]).includes(error.code);
}

/** How a run or a command ends that an error stops; a code of the recipe that is met in a run is a failure. */
export function endingOf({ code }: Pick<DecantError, "code">): Ending {
  return (endings as Readonly<Partial<Record<ErrorCode, Ending>>>)[code] ?? "failed";
}

/**
 * A parameter that cannot work with these inputs, found by an op's `facts`. Compile turns it into a diagnostic
 * at the place of the parameter.
 */
export class ParameterError extends DecantError<Code | "diverged"> {
  /** Tells this error from others. */
  override readonly name = "ParameterError";
  /** `path` is the parameter, dotted (`match.0`). */
  constructor(code: Code | "diverged", readonly path: string, message: string, help?: string) {
    super(code, message, help);
  }
}

/** Thrown where a recipe with errors is asked to do something. Carries all of them. */
export class RecipeError extends DecantError<"recipe"> {
  /** Tells this error from others. */
  override readonly name = "RecipeError";
  /** Everything that is wrong, in order of place. */
  constructor(readonly diagnostics: readonly Diagnostic[]) {
    // Thrown where a module writes its recipe, it is printed by Deno: what is wrong stands in the recipe, not on a stack.
    const { stackTraceLimit } = Error;
    Error.stackTraceLimit = 0;
    super("recipe", diagnostics.map(sentence).join("\n"));
    Error.stackTraceLimit = stackTraceLimit;
  }
}

function sentence({ path, message, help }: Diagnostic): string {
  const place = path === "" ? "" : `${path}: `;
  return `${place}${message}${help === undefined ? "" : `\n  help: ${help}`}`;
}
