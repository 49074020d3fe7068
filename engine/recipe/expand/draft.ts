/** A step before it is bound: what a person wrote of it, and what is in scope where it stands. */
import type { Json } from "../../digest.ts";

/** A step as written, normalised; what is implied is still open. */
export interface Draft {
  readonly op: string;
  /** `as`, or the name that a role or stage gives. */
  readonly name?: string;
  readonly path: string;
  readonly inputs: Readonly<Record<string, string | readonly string[]>>;
  readonly params: Readonly<Record<string, Json>>;
  /** Taken where the op draws and no seed is written. */
  readonly seed: number;
  /** The model that it means where it names none. */
  readonly model?: string;
  /** The cohort that it means where it names none. */
  readonly cohort?: string;
  /** Whom the terms of its loss may listen to. */
  readonly teachers: readonly string[];
  /** Reported already. */
  readonly broken: boolean;
}

/** What a stage makes is called by its participle; other ops by what they read, or by their own name. */
const participles: ReadonlyMap<string, string> = new Map([
  ["replace", "replaced"],
  ["distill", "distilled"],
  ["pick", "distilled"],
  ["prune", "pruned"],
  ["cluster", "clustered"],
  ["quantize", "quantized"],
  ["train", "trained"],
]);

/** The name of a step that has none, given the inputs it turned out to have. */
export function defaultName(
  op: string,
  inputs: Readonly<Record<string, string | readonly string[]>>,
  params: Readonly<Record<string, Json>>,
  data: string | undefined,
): string {
  const model = typeof inputs.model === "string" ? inputs.model : "model";
  switch (op) {
    case "predict":
      return inputs.data === undefined || inputs.data === data
        ? `${model}-outputs`
        : `${model}-outputs-${inputs.data}`;
    case "evaluate":
      return `${model}-test`;
    case "measure":
      return `${model}-speed`;
    case "export":
      return `export-${params.use}`;
  }
  return stageName(op);
}

/** The name of a stage's or a step's model, where it does not depend on inputs. */
export function stageName(op: string): string {
  return participles.get(op) ?? op;
}
