/** Whom a training listens to, as inputs and parameters of its step. */
import type { Json } from "../../digest.ts";
import type { Facts } from "../../facts.ts";
import type { AnyOp } from "../../op.ts";
import type { Scope } from "./bind.ts";
import type { Draft } from "./draft.ts";
import { listen, lossOf } from "./losses.ts";
import { placeOfPath, type Tree, treeAt } from "../parse/tree.ts";

type Params = Readonly<Record<string, Json>>;
type Inputs = Readonly<Record<string, string | readonly string[]>>;

/** Whether a finetuning with these teachers in scope listens to one: then it is a `distill`. */
export function listensTo(
  teachers: readonly string[],
  { path, params }: Pick<Draft, "path" | "params">,
  { ops, root, dataFacts }: Scope,
): boolean {
  const distill = ops.get("distill");
  return distill !== undefined &&
    listen(lossOf(distill), writtenLoss(root, path, params), {
      teachers,
      outputs: false,
      task: taskOf(dataFacts),
    }).listens;
}

/** A training's loss with its teacher as an input; recorded outputs stand in for a teacher. */
export function bindTraining(op: AnyOp, draft: Draft, { root, problems, dataFacts }: Scope): {
  readonly params: Params;
  readonly inputs: Inputs;
} {
  const { path, params } = draft;
  const { teacher, ...inputs } = draft.inputs;
  const report = (field: string, message: string, help: string) => {
    const at = `${path}.${field}`;
    const place = placeOfPath(root, at);
    const shown = { message, path: at, ...(place && { place }), help };
    problems.add({ code: "missing-input", severity: "error", ...shown });
  };
  const outputs = inputs.outputs !== undefined;
  if (outputs && teacher !== undefined) {
    report(
      "outputs",
      "`distill` takes a teacher or its recorded outputs, not both",
      "leave one of them out",
    );
  }
  const teachers = typeof teacher === "string" ? [teacher] : draft.teachers;
  const heard = listen(lossOf(op), writtenLoss(root, path, params), {
    teachers: op.name === "train" ? [] : teachers,
    outputs,
    peers: op.name === "mutual",
    task: taskOf(dataFacts),
  });
  if (heard.deaf !== undefined) {
    const { index, use } = heard.deaf;
    report(
      `loss.${index}`,
      `\`${use}\` listens to a teacher, and there is none`,
      "give the recipe a teacher, or name one: teacher: …",
    );
  } else if (op.name === "distill" && !heard.listens) {
    report(
      "loss",
      "`distill` listens to no teacher: none of its terms reads one",
      "use train instead, or add soft-targets to the loss and a teacher to the recipe",
    );
  }
  return {
    params: { ...params, loss: heard.loss },
    inputs: heard.teacher === undefined ? inputs : { ...inputs, teacher: heard.teacher },
  };
}

/**
 * A finetuning inside its stage: its teacher is a name among its parameters, its data are the step's, of which there
 * is one set.
 */
export function bindFinetune(draft: Draft, { ops, root, problems, dataFacts }: Scope): {
  readonly finetune: Json;
  readonly inputs: Inputs;
} {
  const { teacher, data, ...block } = draft.params.finetune as Params;
  const own = draft.inputs.data;
  const inputs = typeof data === "string" && own === undefined
    ? { ...draft.inputs, data }
    : draft.inputs;
  if (data !== undefined && own !== undefined && own !== data) {
    const path = `${draft.path}.finetune.data`;
    const place = placeOfPath(root, path);
    problems.add({
      code: "unknown-value",
      severity: "error",
      message: `one step reads one set of data, and \`${own}\` is named beside \`finetune\``,
      path,
      ...(place && { place }),
      help: "leave one of the two out",
    });
  }
  const distill = ops.get("distill") ?? ops.get("train");
  if (distill === undefined) return { finetune: block, inputs };
  const heard = listen(lossOf(distill), writtenLoss(root, `${draft.path}.finetune`, block), {
    teachers: typeof teacher === "string" ? [teacher] : draft.teachers,
    outputs: false,
    task: taskOf(dataFacts),
  });
  const bound: Params = { ...block, loss: heard.loss };
  const finetune = heard.teacher === undefined ? bound : { ...bound, teacher: heard.teacher };
  return { finetune, inputs };
}

const taskOf = (data: Facts | undefined) => data?.kind === "dataset" ? data.task : undefined;

/** The loss a person wrote; a default that the schema filled in is not one. */
function writtenLoss(root: Tree, path: string, params: Params): readonly Params[] | undefined {
  return treeAt(root, `${path}.loss`) === undefined
    ? undefined
    : params.loss as readonly Params[] | undefined;
}
