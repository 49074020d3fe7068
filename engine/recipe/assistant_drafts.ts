/** Stations between teacher and student as drafts: each learns from the one before it, or from all before it. */
import type { Json } from "../digest.ts";
import type { Draft } from "./draft.ts";
import type { Written } from "./drafts.ts";
import { type Block, splitInputs } from "./split_inputs.ts";
import { child, join } from "./tree.ts";

/** Drafts of the assistants, and whom the student then listens to. */
export interface Stations {
  readonly drafts: readonly Draft[];
  readonly teachers: readonly string[];
}

/** One assistant: its model, its training, and where each is written. */
interface Station {
  readonly model: Block;
  readonly modelPath: string;
  readonly train: Block;
  readonly trainPath: string;
  readonly broken: boolean;
}

/** The assistants of a recipe, taught by `teachers`. */
export function assistantDrafts(written: Written, teachers: readonly string[]): Stations {
  const { fields, ops, seed, broken } = written;
  const { guidance = "previous" } = (fields.distill ?? {}) as Block;
  const drafts: Draft[] = [];
  let scope = teachers;
  const stations = stationsOf(written);
  for (const [index, { model, modelPath, train, trainPath, ...station }] of stations.entries()) {
    const fallback = stations.length > 1 ? `assistant-${index + 1}` : "assistant";
    const { as: name = fallback, ...params } = model as Block & { as?: string };
    const common = {
      seed: seed + index,
      broken: station.broken || broken(modelPath) || broken(trainPath),
    };
    const init = `${name}-init`;
    drafts.push({
      op: "from" in params ? "load" : "model",
      name: init,
      path: modelPath,
      inputs: {},
      params,
      teachers: [],
      ...common,
    }, {
      op: "distill",
      name,
      path: trainPath,
      ...splitInputs(train, "distill", ops),
      model: init,
      teachers: scope,
      ...common,
    });
    scope = guidance === "all" ? [...scope, name] : [name];
  }
  return { drafts, teachers: scope };
}

function stationsOf({ root, fields, broken }: Written): Station[] {
  const assistants = child(root, "assistant");
  if (assistants === undefined) return [];
  const { guidance: _guidance, teacher: _teacher, ...distill } = (fields.distill ?? {}) as Block;
  const list = (fields.assistant ?? [null]) as readonly (Block | null)[];
  return list.flatMap((each, index): Station[] => {
    const path = assistants.type === "list" ? join("assistant", index) : "assistant";
    const shared = { broken: each === null || broken(path), train: distill, trainPath: "distill" };
    const { train, ...model } = (each ?? {}) as Block & { train?: Block };
    if (model.use === "born-again") {
      const [student = {}] = (fields.student ?? []) as readonly Readonly<Record<string, Json>>[];
      const { as: _as, train: _train, ...again } = student;
      const generation = { ...shared, model: again, modelPath: "student" };
      return Array.from({ length: Number(model.generations) }, () => generation);
    }
    const own = train === undefined ? {} : { train, trainPath: join(path, "train") };
    return [{ ...shared, ...own, model, modelPath: path }];
  });
}
