/**
 * Drafts → steps: the implied inputs, the default loss, the teacher of each term, the seed; a stage with `finetune`
 * becomes the cut and the training.
 */
import { given } from "../../given.ts";
import type { TSchema } from "../../field.ts";
import type { AnyOp, Input } from "../../op.ts";
import { defaultName, type Draft, type Scope, splitInputs, stageName } from "./draft.ts";
import { bindFinetune, bindTraining, readsTeacher } from "./bind_training.ts";
import { EVALUATE, EXPORT, MODEL, taughtStage, TRAIN } from "../words/language.ts";
import type { Step, StepInputs, StepParams } from "../recipe.ts";
import { fieldsOf, inOrder } from "../words/schema_fields.ts";
import { child } from "../parse/tree.ts";
import { isShaped, withShapes } from "./zoo_shapes.ts";

/** The step of a draft; two where its finetuning is a step of its own. */
export function bind(draft: Draft, scope: Scope): Step[] {
  const op = scope.ops.get(draft.op);
  const { finetune, ...cut } = draft.fields;
  const splits = finetune !== undefined && !op?.trainsInside(draft.fields);
  if (op === undefined || draft.broken) {
    return splits
      ? [brokenStep(draft, scope, "-cut"), brokenStep(draft, scope)]
      : [brokenStep(draft, scope)];
  }
  if (!splits) return [bindOne(op, draft, scope)];
  const name = draft.name ?? stageName(draft.op, scope.ops);
  const [first] = bind({ ...draft, name: `${name}-cut`, fields: cut }, scope);
  return [first!, ...bind(finetuning(draft, name, finetune as StepParams, scope), scope)];
}

/** The training after a cut: a `distill` if a term of its loss reads a teacher, else a `train`. */
function finetuning(draft: Draft, name: string, block: StepParams, scope: Scope): Draft {
  const at = { path: `${draft.path}.finetune`, tree: child(draft.tree, "finetune") };
  const { teacher, data = draft.fields.data, ...params } = block;
  const teachers = typeof teacher === "string" ? [teacher] : draft.teachers;
  const op = readsTeacher(teachers, { tree: at.tree, params }, scope)
    ? taughtStage(scope.ops)!.name
    : TRAIN;
  const known = fieldsOf(scope.ops.get(op)?.params ?? ({} as TSchema));
  const inputs = given({ teacher, data });
  return {
    op,
    name,
    ...at,
    fields: {
      ...inputs,
      ...Object.fromEntries(Object.entries(params).filter(([field]) => field in known)),
    },
    seed: draft.seed,
    model: `${name}-cut`,
    teachers,
    broken: draft.broken,
  };
}

function bindOne(op: AnyOp, draft: Draft, scope: Scope): Step {
  const { root, data } = scope;
  const errors = scope.problems.errors;
  const split = { ...draft, ...splitInputs(draft.fields, op) };
  const trained = op.learns
    ? bindTraining(op, split, scope)
    : split.params.finetune !== undefined
    ? bindFinetune(split, scope)
    : split;
  const written = trained.inputs;
  let { params } = trained;
  if (isShaped(op.name)) params = withShapes(op, params, scope.dataFacts);
  const formatted = op.name === EVALUATE && scope.format !== undefined &&
    child(draft.tree, "format") === undefined;
  if (formatted) params = { ...params, format: scope.format! };
  params = bindSeed(op, draft, params);
  const inputs: Record<string, string | readonly string[]> = {};
  if (scope.problems.errors === errors) {
    for (const [name, input] of Object.entries(op.inputs as Readonly<Record<string, Input>>)) {
      const value = bindInput(name, input, { op, draft, written, params, scope });
      if (value !== undefined) inputs[name] = value;
    }
  }
  const name = draft.name ?? defaultName({ op: op.name, inputs, params }, scope.ops, data);
  const step: Step = {
    name,
    op: op.name,
    inputs,
    params: inOrder(op.params, params),
    path: draft.path,
    paths: formatted && child(root, EXPORT) !== undefined ? { format: EXPORT } : {},
  };
  return scope.problems.errors === errors ? step : { ...step, broken: true };
}

function bindInput(
  name: string,
  input: Input,
  { op, draft, written, params, scope }: {
    readonly op: AnyOp;
    readonly draft: Draft;
    readonly written: StepInputs;
    readonly params: StepParams;
    readonly scope: Scope;
  },
): string | readonly string[] | undefined {
  // What these parameters do not read is in no key, even if it is written.
  if (input.parts !== undefined && input.parts(params).length === 0) return undefined;
  const { result } = scope;
  const resolve = (each: string) => each === "result" && result !== undefined ? result : each;
  const named = written[name];
  if (named !== undefined) return typeof named === "string" ? resolve(named) : named.map(resolve);
  if (input.kind.name === "dataset") return scope.data;
  if (input.kind.name === "cohort") return draft.cohort;
  if (name === MODEL || name === op.changes) return draft.model;
  if (name === "reference") {
    const model = written.model ?? draft.model;
    return scope.reference === model ? undefined : scope.reference;
  }
  return undefined;
}

function bindSeed(op: AnyOp, { tree, seed }: Draft, params: StepParams): StepParams {
  const { seed: own, ...rest } = params;
  if (!("seed" in fieldsOf(op.params))) return params;
  if (!op.random(params)) return rest;
  // Data are divided by their own seed, so that another seed of the recipe is measured on the same samples.
  const keepsOwn = op.output.name === "dataset" || child(tree, "seed") !== undefined;
  return { ...rest, seed: keepsOwn ? own ?? 0 : seed };
}

function brokenStep(draft: Draft, { ops }: Scope, suffix = ""): Step {
  const { op, name, path } = draft;
  const split = splitInputs(draft.fields, ops.get(op));
  return {
    name: (name ?? defaultName({ op, ...split }, ops)) + suffix,
    op,
    ...split,
    path,
    paths: {},
    broken: true,
  };
}
