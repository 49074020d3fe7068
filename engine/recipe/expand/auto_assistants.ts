/**
 * `assistant: auto` as drafts: the candidates and the student learn alone, and of the candidates those are chosen
 * whose validation accuracy is nearest the evenly spaced points between student and teacher. What is
 * chosen is a network: an assistant learns from whoever is before it, from its first weights on.
 */
import { type Block, type Draft, type WrittenBlock } from "./draft.ts";
import { defaultCandidates } from "./default_candidates.ts";
import { knownData } from "./known_data.ts";
import { CHOOSE, DATA, taughtStage, TRAIN } from "../words/language.ts";
import { roleOp } from "./role_drafts.ts";
import { fieldsOf } from "../words/schema_fields.ts";
import { child, itemOf, join, type Tree } from "../parse/tree.ts";

/** What the choice stands on. */
export interface Choosing {
  /** Path of the assistant. */
  readonly path: string;
  readonly tree: Tree;
  readonly count: number;
  readonly candidates: readonly (Block | null)[];
  /** The training of each: `distill` without its teacher. */
  readonly training: Block;
  readonly teacher: string;
  readonly student: string;
}

/** A model to be made, its name still open. */
export type ModelDraft = Pick<Draft, "op" | "path" | "tree" | "fields">;

/** The trainings of candidates and student, and the choices that follow, the nearest to the teacher first. */
export function autoDrafts(
  recipe: WrittenBlock,
  choosing: Choosing,
): { readonly drafts: readonly Draft[]; readonly chosen: readonly ModelDraft[] } {
  const { ops, seed, problems, root } = recipe;
  const { path, tree, count, candidates, training, teacher, student } = choosing;
  const taught = taughtStage(ops)?.name ?? "";
  const trainAt = { path: taught, tree: child(root, taught) };
  const known = fieldsOf(ops.get(TRAIN)!.params);
  const own = Object.entries(training).filter(([name]) => name in known && name !== "loss");
  const common = { teachers: [], seed };
  const alone = (name: string, model: string, index: number): Draft => ({
    ...common,
    fields: Object.fromEntries(own),
    op: TRAIN,
    name,
    model,
    ...trainAt,
    seed: seed + index,
    broken: trainAt.tree !== undefined && !problems.sound(trainAt.tree),
  });
  const written = child(tree, "candidates");
  const named = candidates.map((candidate, index) => {
    const { as: name = `candidate-${index + 1}`, ...params } = (candidate ?? {}) as
      & Block
      & { as?: string };
    const all = join(path, "candidates");
    const own = written && itemOf(written, index);
    const at = { path: written?.type === "list" ? join(all, index) : all, tree: own };
    return { name, params, at, broken: candidate === null || own && !problems.sound(own) };
  });
  const learned = named.flatMap(({ name, params, at, broken: unsound }, index): Draft[] => [
    {
      ...common,
      op: roleOp(params),
      name: `${name}-init`,
      ...at,
      fields: params,
      seed: seed + index,
      broken: unsound ?? false,
    },
    alone(name, `${name}-init`, index),
  ]);
  const low = `${student}-alone`;
  const chosen = Array.from({ length: count }, (_, index): ModelDraft => ({
    op: CHOOSE,
    path,
    tree,
    fields: {
      candidates: named.map(({ name }) => name),
      between: [low, teacher],
      models: named.map(({ name }) => `${name}-init`),
      at: 1 - (index + 1) / (count + 1),
    },
  }));
  return { drafts: [...learned, alone(low, student, 0)], chosen };
}

/** The candidates that are meant where none is named; undefined after a report. */
export function candidatesMeant(
  { root, fields, ops, problems }: WrittenBlock,
  path: string,
  count: number,
): readonly Block[] | undefined {
  const roles = [child(root, "student"), child(root, "teacher")];
  if (roles.some((role) => role !== undefined && !problems.sound(role))) return undefined;
  const { data } = fields;
  const known = data === undefined
    ? undefined
    : knownData({ op: DATA, fields: data as Block, broken: false }, ops);
  const model = (role: string): Block => {
    const [first] = (fields[role] ?? []) as readonly (Block | null)[];
    const { as: _as, train: _train, ...params } = first ?? {};
    return params;
  };
  const found = defaultCandidates(model("student"), model("teacher"), { ops, data: known, count });
  if (typeof found !== "string") return found;
  const { use } = model("student");
  const help = `name them: assistant: { use: auto, candidates: [{ use: ${use}, … }, …] }`;
  problems.atPath("missing-parameter", { root, path }, found, help);
  return undefined;
}
