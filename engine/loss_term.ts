/**
 * What a loss term states of itself, so that engine and trainings know it by what it reads and not by its name. It is
 * the annotation `x-reads` of the term's alternative in the schema of a `loss` field.
 */

/** What a term can read beside the outputs of the model that learns. */
export type TermSource =
  /** The labels of the samples. */
  | "labels"
  /** The outputs of a teacher; recorded ones serve. */
  | "teacher"
  /** Values inside the model and inside a teacher, which must be there to run. */
  | "features"
  /** The outputs of other models that learn on the same batches. */
  | "peers"
  /** The sample itself: what the model gives is compared with it. */
  | "sample"
  /** The model's own weights. */
  | "weights"
  /** A third model, which the term's field `through` names. */
  | "auxiliary";

/**
 * The sources that a term reads, each with when it does. `true`: always. `{ where: "teacher_errors", is: "swap" }`: only
 * if the recipe sets the term's field `teacher_errors` to `swap`. `{ unless: "real" }`: only if the recipe leaves the
 * term's field `real` out, because that field names what is read instead. A source that is not listed is never read.
 */
export type TermReads<Field extends string = string> = {
  readonly [S in TermSource]?:
    | true
    | { readonly where: Field; readonly is: string }
    | { readonly unless: Field };
};

/** Whether a term with these fields reads a source. */
export function readsSource(
  reads: TermReads | undefined,
  fields: Readonly<Record<string, unknown>>,
  source: TermSource,
): boolean {
  const condition = reads?.[source];
  if (condition === undefined || condition === true) return condition === true;
  return "where" in condition
    ? fields[condition.where] === condition.is
    : fields[condition.unless] === undefined;
}
