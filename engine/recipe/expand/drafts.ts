/**
 * The short form as drafts of steps, in the order in which they are to run: data, roles, then the stages or the
 * written steps. A written `steps:` list passes through unchanged.
 */
import { given } from "../../given.ts";
import type { OpSet } from "../../op.ts";
import { type Block, type Draft, stageName, type WrittenBlock } from "./draft.ts";
import { DATA, makesSeveral, ROLES, stagesOf } from "../words/language.ts";
import { mutualDrafts, settlePeers } from "./mutual_drafts.ts";
import { assistantDrafts } from "./assistant_drafts.ts";
import { roleDrafts } from "./role_drafts.ts";
import { child, itemOf, join, type Tree } from "../parse/tree.ts";

/** Drafts of a recipe, and the names its roles give. */
interface RecipeDrafts {
  readonly drafts: readonly Draft[];
  /** Names of the models in each role, where it is written. */
  readonly roles: Readonly<Partial<Record<string, readonly string[]>>>;
}

/** The drafts of a recipe. */
export function draftsOf(written: WrittenBlock): RecipeDrafts {
  const { fields, seed, root, problems } = written;
  const drafts: Draft[] = [];
  const data = child(root, DATA);
  if (data !== undefined) {
    const at = { op: DATA, name: DATA, path: DATA, tree: data, seed, teachers: [] };
    drafts.push({ ...at, fields: (fields[DATA] ?? {}) as Block, broken: !problems.sound(data) });
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
  const { student: students = [] } = roles;
  // The role that is compressed.
  const [subject] = roles.student ?? roles.model ?? [];
  const around: DraftContext = { scope: { seed, teachers }, subject, students };
  const listed = child(root, "steps");
  drafts.push(
    ...listed === undefined ? stageDrafts(written, around) : listedDrafts(written, listed, around),
  );
  return { drafts, roles };
}

/** What the steps of a recipe are made around. */
interface DraftContext {
  readonly scope: Pick<Draft, "seed" | "teachers">;
  /** The model that is compressed. */
  readonly subject: string | undefined;
  readonly students: readonly string[];
}

/** The steps of a written list: a step means the nearest above that changes a model; before there is one, the role. */
function listedDrafts(
  written: WrittenBlock,
  listed: Tree,
  { scope, subject, students }: DraftContext,
): Draft[] {
  const { fields, ops, problems } = written;
  const steps = (fields.steps ?? []) as readonly (Block | null)[];
  const list = steps.map((step, index) => {
    const tree = itemOf(listed, index);
    const at = { path: join("steps", index), tree, broken: !problems.sound(tree) };
    return stepDraft(step, at, ops, scope);
  });
  let model = subject;
  return settlePeers(list, students, written).map((draft) => {
    const within = { ...draft, ...given({ model }) };
    const changes = ops.get(draft.op)?.changes !== undefined;
    if (changes) model = draft.name ?? stageName(draft.op, ops);
    return within;
  });
}

/** The stages that are written, each changing the model of the one before. */
function stageDrafts(
  written: WrittenBlock,
  { scope, subject, students }: DraftContext,
): Draft[] {
  const { fields, ops, root, problems } = written;
  const drafts: Draft[] = [];
  let model = subject;
  for (const op of stagesOf(ops)) {
    const stage = op.name;
    const tree = child(root, stage);
    if (tree === undefined) continue;
    if (makesSeveral(op)) {
      const made = mutualDrafts(op, written, students, scope);
      drafts.push(...made);
      model = made.at(-1)!.name;
      continue;
    }
    const name = stageName(stage, ops);
    const { guidance: _, ...block } = (fields[stage] ?? {}) as Block;
    drafts.push({
      op: stage,
      name,
      path: stage,
      tree,
      fields: block,
      ...scope,
      ...given({ model }),
      broken: !problems.sound(tree),
    });
    model = name;
  }
  return drafts;
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
    return { op, name: said("as") ?? stageName(op, ops), fields: {}, ...at, ...scope };
  }
  const { op, as, ...fields } = step as Block & { op: string; as?: string };
  return { op, ...given({ name: as }), fields, ...at, ...scope };
}
