/**
 * The short form as drafts of steps, in the order in which they are to run: data, roles, then the stages or the
 * written steps. A written `steps:` list passes through unchanged.
 */
import type { Json } from "../digest.ts";
import type { OpSet } from "../op.ts";
import { type Draft, stageName } from "./draft.ts";
import { ROLES, STAGES } from "./grammar.ts";
import { child, join, type Tree } from "./tree.ts";

/** A recipe's fields, normalised. */
export type Fields = Readonly<Record<string, Json | undefined>>;
type Block = Readonly<Record<string, Json>>;

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
  if (child(root, "data") !== undefined) {
    const at = { op: "data", name: "data", path: "data", seed, teachers: [], inputs: {} };
    drafts.push({ ...at, params: (fields.data ?? {}) as Block, broken: broken("data") });
  }
  const roles: Partial<Record<string, readonly string[]>> = {};
  for (const role of ROLES) {
    if (child(root, role) === undefined) continue;
    const made = roleDrafts(role, written);
    drafts.push(...made.drafts);
    roles[role] = made.names;
  }
  const teachers = roles.teacher ?? [];
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
    for (const draft of list) {
      drafts.push(model === undefined ? draft : { ...draft, model });
      const changes = ops.get(draft.op)?.changes !== undefined;
      if (changes) model = draft.name ?? stageName(draft.op);
    }
    return { drafts, roles };
  }
  let model = subject;
  for (const stage of STAGES) {
    if (child(root, stage) === undefined || !ops.has(stage)) continue;
    const name = stageName(stage);
    const split = splitInputs((fields[stage] ?? {}) as Block, stage, ops);
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

function roleDrafts(role: string, { root, fields, ops, seed, broken }: Written): {
  readonly drafts: readonly Draft[];
  readonly names: string[];
} {
  const written = child(root, role)!;
  const models = (fields[role] ?? [null]) as readonly (Block | null)[];
  const drafts: Draft[] = [];
  const names = models.map((model, index) => {
    const path = written.type === "list" ? join(role, index) : role;
    const fallback = models.length > 1 ? `${role}-${index + 1}` : role;
    const { as: name = fallback, train, ...params } = (model ?? {}) as Block & { as?: string };
    const common = { seed: seed + index, teachers: [], broken: broken(path) };
    const own = train === undefined ? name : `${name}-init`;
    const op = "from" in params ? "load" : "model";
    drafts.push({ op, name: own, path, inputs: {}, params, ...common });
    if (train !== undefined) {
      const split = splitInputs(train as Block, "train", ops);
      drafts.push({
        op: "train",
        name,
        path: join(path, "train"),
        ...split,
        model: own,
        ...common,
      });
    }
    return name;
  });
  return { drafts, names };
}

function stepDraft(
  step: Block | null,
  at: { readonly path: string; readonly broken: boolean },
  { root, ops }: Written,
  scope: { readonly seed: number; readonly teachers: readonly string[] },
): Draft {
  if (step === null) {
    // Nothing sound is left of it, but its name is still meant by steps below.
    const tree = root.type === "map" ? root.entries.get("steps")!.value : root;
    const item = tree.type === "list" ? tree.items[Number(at.path.split(".")[1])] : tree;
    const said = (field: string) => {
      const value = child(item, field);
      return value?.type === "scalar" && typeof value.value === "string" ? value.value : undefined;
    };
    const op = said("op") ?? "";
    return { op, name: said("as") ?? stageName(op), inputs: {}, params: {}, ...at, ...scope };
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

/** A block's fields, inputs apart from parameters. */
function splitInputs(block: Block, op: string, ops: OpSet): Pick<Draft, "inputs" | "params"> {
  const declared = ops.get(op)?.inputs ?? {};
  const inputs: Record<string, string | readonly string[]> = {};
  const params: Record<string, Json> = {};
  for (const [name, value] of Object.entries(block)) {
    if (Object.hasOwn(declared, name)) inputs[name] = value as string | readonly string[];
    else params[name] = value;
  }
  return { inputs, params };
}
