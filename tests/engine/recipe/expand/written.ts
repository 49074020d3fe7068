/** Documents as expanding meets them, and the least of a draft and of a step, for tests of what is made of these. */
import assert from "node:assert/strict";
import type { OpSet } from "../../../../engine/op.ts";
import { normalize } from "../../../../engine/recipe/check/normalize.ts";
import { problemList } from "../../../../engine/recipe/parse/problems.ts";
import type {
  Draft,
  Fields,
  Scope,
  SplitFields,
  WrittenBlock,
} from "../../../../engine/recipe/expand/draft.ts";
import { completeAssistants } from "../../../../engine/recipe/resolve/merge_trees.ts";
import { parseYaml } from "../../../../engine/recipe/parse/parse_yaml.ts";
import type { Step } from "../../../../engine/recipe/recipe.ts";
import { grammarOf } from "../../../../engine/recipe/words/grammar.ts";
import { taughtStage } from "../../../../engine/recipe/words/language.ts";
import { fakeOps } from "../fake_ops.ts";

/** A document, parsed and normalised. */
export function written(text: string, ops: OpSet = fakeOps): WrittenBlock {
  const problems = problemList();
  const tree = parseYaml({ source: "x.yaml", base: "", text }, problems.add);
  assert.ok(tree?.type === "map");
  const root = completeAssistants(tree, taughtStage(ops)?.name);
  const fields = normalize(grammarOf(ops), { tree: root, path: "" }, problems) as Fields;
  return { root, fields, ops, seed: Number(fields.seed ?? 0), problems };
}

/** What binding knows of a document of which it was told nothing else. */
export function scopeOf(
  { ops, root, problems }: WrittenBlock,
  more: Partial<Scope> = {},
): Scope {
  return { ops, root, problems, ...more };
}

/** What was reported, as code and path. */
export function said({ problems }: Pick<WrittenBlock, "problems">): string[] {
  return problems.list.map(({ code, path }) => `${code} ${path}`);
}

/** A draft with nothing in it but these inputs and parameters, which are told apart in it already. */
export function draftOf(
  op: string,
  { inputs = {}, params = {}, ...more }: Partial<Draft & SplitFields> = {},
): Draft & SplitFields {
  return {
    op,
    path: "steps.0",
    fields: { ...inputs, ...params },
    inputs,
    params,
    seed: 0,
    teachers: [],
    broken: false,
    ...more,
  };
}

/** A step with nothing in it. */
export function stepOf(name: string, op: string, more: Partial<Step> = {}): Step {
  return { name, op, inputs: {}, params: {}, path: name, paths: {}, ...more };
}
