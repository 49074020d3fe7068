/** Models in roles as drafts: how each is made, and its own training, or several in a row. */
import { given } from "../../given.ts";
import type { Json } from "../../digest.ts";
import { type Block, type Draft, type WrittenBlock } from "./draft.ts";
import { HEAD, LOAD, MODEL, TRAIN } from "../words/language.ts";
import { child, itemOf, join, type Tree } from "../parse/tree.ts";

type RoleBlock = Block & { readonly as?: string; readonly head?: Block };

/** Drafts of the models in a role, and the names they go by; the k-th of a list takes the recipe's seed plus k. */
export function roleDrafts(role: string, { root, fields, seed, problems }: WrittenBlock): {
  readonly drafts: readonly Draft[];
  readonly names: string[];
} {
  const written = child(root, role)!;
  const models = (fields[role] ?? [null]) as readonly (RoleBlock | null)[];
  const drafts: Draft[] = [];
  const names = models.map((model, index) => {
    const path = written.type === "list" ? join(role, index) : role;
    const tree = itemOf(written, index);
    const fallback = models.length > 1 ? `${role}-${index + 1}` : role;
    const { as: name = fallback, train, head, ...params } = model ?? soundPart(tree);
    const common = {
      seed: seed + index,
      teachers: [],
      broken: model === null || !problems.sound(tree),
    };
    const trainings = trainingsOf(name, train, { path, tree });
    const own = trainings.length === 0 ? name : `${name}-init`;
    const built = head === undefined ? own : `${name}-base`;
    drafts.push({ op: roleOp(params), name: built, path, tree, fields: params, ...common });
    if (head !== undefined) {
      const at = { path: join(path, HEAD), tree: child(tree, HEAD) };
      drafts.push({ op: HEAD, name: own, ...at, fields: head, model: built, ...common });
    }
    let before = own;
    for (const training of trainings) {
      drafts.push({ op: TRAIN, ...training, model: before, ...common });
      before = training.name;
    }
    return name;
  });
  return { drafts, names };
}

/** The trainings of a model, one after another: the last makes the role's model, `NAME-train-1` … those before it. */
function trainingsOf(
  name: string,
  train: Json | undefined,
  { path, tree }: Pick<Draft, "path" | "tree">,
): readonly (Pick<Draft, "path" | "tree" | "fields"> & { readonly name: string })[] {
  if (train === undefined) return [];
  const written = child(tree, TRAIN);
  const list = [train].flat() as readonly (Block | null)[];
  return list.map((fields, index) => ({
    name: index === list.length - 1 ? name : `${name}-train-${index + 1}`,
    path: written?.type === "list" ? join(join(path, TRAIN), index) : join(path, TRAIN),
    tree: written && itemOf(written, index),
    fields: fields ?? {},
  }));
}

/** The op that makes a model as it is written in a role. */
export const roleOp = (params: Block): string => "from" in params ? LOAD : MODEL;

/** What is sure of a model in which nothing is sound: the names by which steps below mean it. */
export function soundPart(tree: Tree): RoleBlock {
  const as = child(tree, "as");
  return given({
    as: as?.type === "scalar" && typeof as.value === "string" ? as.value : undefined,
    train: child(tree, TRAIN) && {},
    head: child(tree, HEAD) && {},
  });
}
