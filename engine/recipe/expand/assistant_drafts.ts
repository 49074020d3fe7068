/** Assistants between teacher and student as drafts: each learns from the one before it, or from all before it. */
import { given } from "../../given.ts";
import { autoDrafts, candidatesMeant, type Choosing, type ModelDraft } from "./auto_assistants.ts";
import { type Block, type Draft, type WrittenBlock } from "./draft.ts";
import { roleOp, soundPart } from "./role_drafts.ts";
import { taughtStage, TRAIN } from "../words/language.ts";
import { child, itemOf, join } from "../parse/tree.ts";

/** Drafts of the assistants, and the teachers of the student after them. */
interface Assistants {
  readonly drafts: readonly Draft[];
  readonly teachers: readonly string[];
}

/** One assistant: the model that it starts as, its training, and where each is written. */
interface PlannedAssistant {
  readonly as?: string;
  readonly init: ModelDraft;
  readonly train: Block;
  readonly trainAt: Spot;
  readonly broken: boolean;
}

/** The assistants of a recipe, taught by `teachers`. */
export function assistantDrafts(written: WrittenBlock, teachers: readonly string[]): Assistants {
  const { fields, ops, seed, problems } = written;
  const unsound = ({ tree }: Spot) => tree !== undefined && !problems.sound(tree);
  const taught = taughtStage(ops)?.name ?? "";
  const { guidance = "previous" } = (fields[taught] ?? {}) as Block;
  let scope = teachers;
  const { drafts, planned } = plannedAssistants(written, teachers);
  for (const [index, { as, init, train, trainAt, ...one }] of planned.entries()) {
    const name = as ?? (planned.length > 1 ? `assistant-${index + 1}` : "assistant");
    const common = {
      seed: seed + index,
      broken: one.broken || unsound(init) || unsound(trainAt),
    };
    const begin = `${name}-init`;
    drafts.push({ ...init, name: begin, teachers: [], ...common }, {
      op: taught,
      name,
      ...trainAt,
      fields: train,
      model: begin,
      teachers: scope,
      ...common,
    });
    scope = guidance === "all" ? [...scope, name] : [name];
  }
  return { drafts, teachers: scope };
}

function plannedAssistants(
  written: WrittenBlock,
  teachers: readonly string[],
): { readonly drafts: Draft[]; readonly planned: readonly PlannedAssistant[] } {
  const { root, fields, problems } = written;
  const taught = taughtStage(written.ops)?.name ?? "";
  const drafts: Draft[] = [];
  const assistants = child(root, "assistant");
  if (assistants === undefined) return { drafts, planned: [] };
  const { guidance: _guidance, teacher: _teacher, ...distill } = (fields[taught] ?? {}) as Block;
  const [student] = (fields.student ?? []) as readonly (Block | null)[];
  const studentAt = { path: "student", tree: child(root, "student") };
  const distillAt = { path: taught, tree: child(root, taught) };
  const list = (fields.assistant ?? [null]) as readonly (Block | null)[];
  const planned = list.flatMap((each, index): PlannedAssistant[] => {
    const path = assistants.type === "list" ? join("assistant", index) : "assistant";
    const tree = itemOf(assistants, index);
    const at = { path, tree };
    const shared = {
      broken: each === null || !problems.sound(tree),
      train: distill,
      trainAt: distillAt,
    };
    const { as, train, ...params } = (each ?? soundPart(tree)) as Assistant;
    const trainAt = { path: join(path, TRAIN), tree: child(tree, TRAIN) };
    const own = train && { train, trainAt };
    if (params.use === "born-again") {
      const { as: _as, train: _train, ...again } = student ?? {};
      const generation = {
        ...shared,
        broken: shared.broken || !student,
        init: initOf(again, studentAt),
      };
      return Array.from({ length: Number(params.generations) }, () => generation);
    }
    if (params.use === "auto" && !shared.broken) {
      const count = Number(params.count);
      const candidates = params.candidates as Choosing["candidates"] | undefined ??
        candidatesMeant(written, path, count);
      if (candidates === undefined) {
        return [{ ...shared, init: initOf({}, at), broken: true }];
      }
      const auto = autoDrafts(written, {
        ...at,
        count,
        candidates,
        training: distill,
        teacher: teachers[0] ?? "teacher",
        student: typeof student?.as === "string" ? student.as : "student",
      });
      drafts.push(...auto.drafts);
      return auto.chosen.map((init) => ({ ...shared, init }));
    }
    return [{ ...shared, ...own, ...given({ as }), init: initOf(params, at) }];
  });
  return { drafts, planned };
}

type Assistant = Block & { readonly as?: string; readonly train?: Block };

/** Where something is written. */
type Spot = Pick<Draft, "path" | "tree">;

function initOf(params: Block, at: Spot): ModelDraft {
  return { op: roleOp(params), ...at, fields: params };
}
