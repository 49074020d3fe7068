/**
 * The short form as drafts of steps, in the order in which they are to run: data, roles, then the stages or the
 * written steps. A written `steps:` list passes through unchanged.
 */
import type { OpSet } from "../../op.ts";
import { type Block, type Draft, splitInputs, stageName, type WrittenBlock } from "./draft.ts";
import { DATA, makesSeveral, ROLES, stagesOf } from "../words/language.ts";
import { mutualDrafts, settlePeers } from "./mutual_drafts.ts";
import { assistantDrafts } from "./assistant_drafts.ts";
import { roleDrafts } from "./role_drafts.ts";
import { child, itemOf, join } from "../parse/tree.ts";

/** Drafts of a recipe, and the names its roles give. */
interface Drafts {
  readonly drafts: readonly Draft[];
  /** Names of the models in each role, where it is written. */
  readonly roles: Readonly<Partial<Record<string, readonly string[]>>>;
}

/** The drafts of a recipe. */
export function draftsOf(written: WrittenBlock): Drafts {
  const { fields, ops, seed, root, problems } = written;
  const drafts: Draft[] = [];
  const data = child(root, DATA);
  if (data !== undefined) {
    const at = { op: DATA, name: DATA, path: DATA, tree: data, seed, teachers: [], inputs: {} };
    drafts.push({ ...at, params: (fields[DATA] ?? {}) as Block, broken: !problems.sound(data) });
  }
  const roles: Partial<Record<string, readonly string[]>> = {};
  for (const role of ROLES) {
    if (child(root, role) === undefined) continue;
    const made = roleDrafts(role, written);
    drafts.push(...made.drafts);
    roles[role] = made.names;
  }
  const assistants = assistantDrafts(written, roles.teacher ?? []);
  drafts.push(...assistants.drafts);
  const { teachers } = assistants;
  // The role that is compressed.
  const subject = (roles.student ?? roles.model)?.[0];
  const scope = { seed, teachers };
  const listed = child(root, "steps");
  if (listed !== undefined) {
    const steps = (fields.steps ?? []) as readonly (Block | null)[];
    const list = steps.map((step, index) => {
      const path = join("steps", index);
      const tree = itemOf(listed, index);
      return stepDraft(step, { path, tree, broken: !problems.sound(tree) }, ops, scope);
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
    const tree = child(root, stage);
    if (tree === undefined) continue;
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
      tree,
      ...split,
      ...scope,
      ...(model !== undefined && { model }),
      broken: !problems.sound(tree),
    });
    model = name;
  }
  return { drafts, roles };
}

/** The draft of an entry of `steps`; of one in which nothing is sound (`null`) as much as is known. */
function stepDraft(
  step: Block | null,
  at: Pick<Draft, "path" | "tree" | "broken">,
  ops: OpSet,
  scope: Pick<Draft, "seed" | "teachers">,
): Draft {
  if (step === null) {
    // Its name is still meant by steps below.
    const said = (field: string) => {
      const value = child(at.tree, field);
      return value?.type === "scalar" && typeof value.value === "string" ? value.value : undefined;
    };
    const op = said("op") ?? "";
    return { op, name: said("as") ?? stageName(op, ops), inputs: {}, params: {}, ...at, ...scope };
  }
  const { op, as, ...rest } = step as Block & { op: string; as?: string };
  return {
    op,
    ...(as !== undefined && { name: as }),
    ...splitInputs(rest, op, ops),
    ...at,
    ...scope,
  };
}
