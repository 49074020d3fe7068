/** The teachers of a training, as inputs and parameters of its step. */
import { given } from "../../given.ts";
import type { AnyOp } from "../../op.ts";
import type { Draft, Scope, SplitFields } from "./draft.ts";
import { taughtStage, TRAIN } from "../words/language.ts";
import { defaultOf } from "../check/normalize.ts";
import { lossOf, settleLoss } from "./losses.ts";
import { child, join } from "../parse/tree.ts";
import type { StepInputs, StepParams } from "../recipe.ts";

/** The parameters of a training, and where they are written. */
type WrittenTraining = Pick<Draft, "tree"> & Pick<SplitFields, "params">;

/** Whether the loss of a finetuning with these teachers in scope reads one: then it is a `distill`. */
export function readsTeacher(
  teachers: readonly string[],
  { tree, params }: WrittenTraining,
  scope: Scope,
): boolean {
  const taught = taughtStage(scope.ops);
  return taught !== undefined &&
    settleLoss(lossOf(taught), termsOf(taught, { tree, params }, teachers.length > 0, scope), {
      teachers,
      outputs: false,
    }).readsTeacher;
}

/** A training's loss with its teacher as an input; recorded outputs stand in for a teacher. */
export function bindTraining(op: AnyOp, draft: Draft & SplitFields, scope: Scope): SplitFields {
  const { root, problems } = scope;
  const { path, params } = draft;
  const { teacher, ...inputs } = draft.inputs;
  const report = (field: string, message: string, help: string) =>
    problems.atPath("missing-input", { root, path: join(path, field) }, message, help);
  const outputs = inputs.outputs !== undefined;
  if (outputs && teacher !== undefined) {
    report(
      "outputs",
      `\`${op.name}\` takes a teacher or its recorded outputs, not both`,
      "leave one of them out",
    );
  }
  const teachers = typeof teacher === "string" ? [teacher] : draft.teachers;
  // Several learn beside one another: nobody's model is changed.
  const peers = op.changes === undefined;
  const guided = teachers.length > 0 || outputs;
  const settled = settleLoss(lossOf(op), termsOf(op, draft, guided, scope), {
    teachers: peers || "teacher" in op.inputs ? teachers : [],
    outputs,
    peers,
  });
  if (settled.teacherless !== undefined) {
    const { index, use } = settled.teacherless;
    report(
      `loss.${index}`,
      `\`${use}\` needs a teacher, and there is none`,
      "give the recipe a teacher, or name one: teacher: …",
    );
  } else if ("teacher" in op.inputs && !settled.readsTeacher) {
    report(
      "loss",
      `\`${op.name}\` learns from no teacher: none of its terms reads one`,
      "use train instead, or add soft-targets to the loss and a teacher to the recipe",
    );
  }
  return {
    params: { ...params, loss: settled.loss },
    inputs: { ...inputs, ...given({ teacher: settled.teacher }) },
  };
}

/**
 * A finetuning inside its stage: its teacher is a name among its parameters, its data are the step's, of which there
 * is one set.
 */
export function bindFinetune(draft: Draft & SplitFields, scope: Scope): SplitFields {
  const { ops, root, problems } = scope;
  const { teacher, data, ...block } = draft.params.finetune as StepParams;
  const own = draft.inputs.data;
  const inputs: StepInputs = typeof data === "string" && own === undefined
    ? { ...draft.inputs, data }
    : draft.inputs;
  if (data !== undefined && own !== undefined && own !== data) {
    problems.atPath(
      "unknown-value",
      { root, path: `${draft.path}.finetune.data` },
      `one step reads one set of data, and \`${own}\` is named beside \`finetune\``,
      "leave one of the two out",
    );
  }
  const taught = taughtStage(ops) ?? ops.get(TRAIN);
  const bound = (finetune: StepParams) => ({ params: { ...draft.params, finetune }, inputs });
  if (taught === undefined) return bound(block);
  const teachers = typeof teacher === "string" ? [teacher] : draft.teachers;
  const written = { tree: child(draft.tree, "finetune"), params: block };
  const settled = settleLoss(lossOf(taught), termsOf(taught, written, teachers.length > 0, scope), {
    teachers,
    outputs: false,
  });
  return bound({ ...block, loss: settled.loss, ...given({ teacher: settled.teacher }) });
}

/**
 * The terms of a training: those that a person wrote, else the op's default for the task of the data. Where there
 * is no teacher, a model that could have one learns as in `train`.
 */
function termsOf(
  op: AnyOp,
  { tree, params }: WrittenTraining,
  guided: boolean,
  { ops, dataFacts }: Scope,
): readonly StepParams[] {
  const written = child(tree, "loss") !== undefined && params.loss;
  if (written) return written as readonly StepParams[];
  const like = guided || !("teacher" in op.inputs) ? op : ops.get(TRAIN) ?? op;
  const task = dataFacts?.kind === "dataset" ? dataFacts.task : undefined;
  return defaultOf(lossOf(like), task) as readonly StepParams[];
}
