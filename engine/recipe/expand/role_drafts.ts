/** Models in roles as drafts: how each is made, and its own training. */
import { type Block, type Draft, type WrittenBlock } from "./draft.ts";
import { LOAD, MODEL, TRAIN } from "../words/language.ts";
import { child, itemOf, join, type Tree } from "../parse/tree.ts";

type RoleBlock = Block & { readonly as?: string };

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
    const { as: name = fallback, train, ...params } = model ?? soundPart(tree);
    const common = {
      seed: seed + index,
      teachers: [],
      broken: model === null || !problems.sound(tree),
    };
    const own = train === undefined ? name : `${name}-init`;
    drafts.push({ op: roleOp(params), name: own, path, tree, fields: params, ...common });
    if (train !== undefined) {
      drafts.push({
        op: TRAIN,
        name,
        path: join(path, TRAIN),
        tree: child(tree, TRAIN),
        fields: train as Block,
        model: own,
        ...common,
      });
    }
    return name;
  });
  return { drafts, names };
}

/** The op that makes a model as it is written in a role. */
export const roleOp = (params: Block): string => "from" in params ? LOAD : MODEL;

/** What is sure of a model in which nothing is sound: the names by which steps below mean it. */
export function soundPart(tree: Tree): RoleBlock {
  const as = child(tree, "as");
  return {
    ...(as?.type === "scalar" && typeof as.value === "string" && { as: as.value }),
    ...(child(tree, TRAIN) !== undefined && { train: {} }),
  };
}
