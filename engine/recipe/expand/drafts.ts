/**
 * The short form as drafts of steps, in the order in which they are to run: data, roles, then the stages or the
 * written steps. A written `steps:` list passes through unchanged.
 */
import type { Json } from "../../digest.ts";
import type { OpSet } from "../../op.ts";
import { type Draft, stageName } from "./draft.ts";
import { DATA, makesSeveral, ROLES, stagesOf } from "../words/language.ts";
import { mutualDrafts, settlePeers } from "./mutual_drafts.ts";
import type { Problems } from "../check/problems.ts";
import { assistantDrafts } from "./assistant_drafts.ts";
import { roleDrafts } from "./role_drafts.ts";
import { type Block, splitInputs } from "./split_inputs.ts";
import { stepDraft } from "./step_draft.ts";
import { child, join, type Tree } from "../parse/tree.ts";

/** A recipe's fields, normalised. */
export type Fields = Readonly<Record<string, Json | undefined>>;

/** What a recipe's drafts are made from. */
export interface Written {
  readonly root: Tree;
  readonly fields: Fields;
  readonly ops: OpSet;
  readonly seed: number;
  /** What its sources resolve against. */
  readonly base: string;
  /** Whether something at or under a path was reported. */
  readonly broken: (path: string) => boolean;
  readonly problems: Problems;
}

/** Drafts of a recipe, and the names its roles give. */
export interface Drafts {
  readonly drafts: readonly Draft[];
  /** Names of the models in each role, where it is written. */
  readonly roles: Readonly<Partial<Record<string, readonly string[]>>>;
}

/** The drafts of a recipe. */
export function draftsOf(written: Written): Drafts {
  const { fields, ops, seed, root, broken } = written;
  const drafts: Draft[] = [];
  if (child(root, DATA) !== undefined) {
    const at = { op: DATA, name: DATA, path: DATA, seed, teachers: [], inputs: {} };
    drafts.push({ ...at, params: (fields[DATA] ?? {}) as Block, broken: broken(DATA) });
  }
  const roles: Partial<Record<string, readonly string[]>> = {};
  for (const role of ROLES) {
    if (child(root, role) === undefined) continue;
    const made = roleDrafts(role, written);
    drafts.push(...made.drafts);
    roles[role] = made.names;
  }
  const stations = assistantDrafts(written, roles.teacher ?? []);
  drafts.push(...stations.drafts);
  const { teachers } = stations;
  // The role that is compressed.
  const subject = (roles.student ?? roles.model)?.[0];
  const scope = { seed, teachers };
  if (child(root, "steps") !== undefined) {
    const steps = (fields.steps ?? []) as readonly (Block | null)[];
    const list = steps.map((step, index) => {
      const path = join("steps", index);
      return stepDraft(step, { path, broken: broken(path) }, written, scope);
    });
    // The nearest step above that changes a model is meant; before there is one, the role.
    let model = subject;
    for (const draft of settlePeers(list, roles.student ?? [], written)) {
      drafts.push(model === undefined ? draft : { ...draft, model });
      const changes = ops.get(draft.op)?.changes !== undefined;
      if (changes) model = draft.name ?? stageName(draft.op, ops);
    }
    return { drafts, roles };
  }
  let model = subject;
  for (const op of stagesOf(ops)) {
    const stage = op.name;
    if (child(root, stage) === undefined) continue;
    if (makesSeveral(op)) {
      const made = mutualDrafts(op, written, roles.student ?? [], scope);
      drafts.push(...made);
      model = made.at(-1)!.name;
      continue;
    }
    const name = stageName(stage, ops);
    const { guidance: _, ...block } = (fields[stage] ?? {}) as Block;
    const split = splitInputs(block, stage, ops);
    drafts.push({
      op: stage,
      name,
      path: stage,
      ...split,
      ...scope,
      ...(model !== undefined && { model }),
      broken: broken(stage),
    });
    model = name;
  }
  return { drafts, roles };
}
