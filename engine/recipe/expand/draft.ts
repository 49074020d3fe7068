/** Steps before they are bound: what a person wrote of each, the node it is written in, and what is in scope there. */
import { given } from "../../given.ts";
import type { Json } from "../../digest.ts";
import type { Facts } from "../../facts.ts";
import type { AnyOp, OpSet } from "../../op.ts";
import type { Problems } from "../parse/problems.ts";
import type { MapTree, Tree } from "../parse/tree.ts";
import type { Step } from "../recipe.ts";
import { MODEL } from "../words/language.ts";

/** A map of fields, normalised. */
export type Block = Readonly<Record<string, Json>>;

/** A recipe's fields, normalised. */
export type Fields = Readonly<Record<string, Json | undefined>>;

/** What a recipe's drafts are made from. */
export interface WrittenBlock {
  readonly root: MapTree;
  readonly fields: Fields;
  readonly ops: OpSet;
  readonly seed: number;
  readonly problems: Problems;
}

/** What binding needs to know of the whole recipe. */
export interface Scope {
  readonly ops: OpSet;
  readonly root: MapTree;
  readonly problems: Problems;
  /** The name of the recipe's data, and what is known of it. */
  readonly data?: string;
  readonly dataFacts?: Facts;
  /** The step that `result` names. */
  readonly result?: string;
  /** What an `evaluate` that says nothing compares with, and the format in which it counts bytes. */
  readonly reference?: string;
  readonly format?: Json;
}

/** A step as written, normalised; what is implied is still open. */
export interface Draft {
  readonly op: string;
  /** `as`, or the name that a role or stage gives. */
  readonly name?: string;
  /** The block that it is written in; a name or one entry of a list may stand for it. Absent: it is nowhere written. */
  readonly tree?: Tree | undefined;
  readonly path: string;
  /** What is written of it, inputs and parameters alike. */
  readonly fields: Block;
  /** Taken where the op draws and no seed is written. */
  readonly seed: number;
  /** The model that it means where it names none. */
  readonly model?: string;
  /** The cohort that it means where it names none. */
  readonly cohort?: string;
  /** The teachers that the terms of its loss may have. */
  readonly teachers: readonly string[];
  /** Reported already. */
  readonly broken: boolean;
}

/** The fields of a draft, inputs apart from parameters. */
export type SplitFields = Pick<Step, "inputs" | "params">;

/** What is written of a step of an op, inputs apart from parameters. */
export function splitInputs(fields: Block, op: AnyOp | undefined): SplitFields {
  const isInput = ([name]: [string, Json]) => Object.hasOwn(op?.inputs ?? {}, name);
  const { inputs = [], params = [] } = Object.groupBy(
    Object.entries(fields),
    (field) => isInput(field) ? "inputs" : "params",
  );
  return {
    inputs: Object.fromEntries(inputs) as Step["inputs"],
    params: Object.fromEntries(params),
  };
}

/** The name of a step that has none, given the inputs it turned out to have; `data` is that of the recipe's own. */
export function defaultName(
  { op, inputs, params }: Pick<Step, "op" | "inputs" | "params">,
  ops: OpSet,
  data?: string,
): string {
  const makes = ops.get(op)?.makes ?? op;
  if (typeof makes === "string") return makes;
  const { model, data: read } = inputs;
  return makes({
    model: typeof model === "string" ? model : MODEL,
    ...given({ data: typeof read === "string" && read !== data ? read : undefined }),
    params,
  });
}

/** The name of a stage's or a step's model, where it does not depend on inputs. */
export function stageName(op: string, ops: OpSet): string {
  return defaultName({ op, inputs: {}, params: {} }, ops);
}
