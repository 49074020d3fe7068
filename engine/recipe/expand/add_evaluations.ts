/** What every recipe ends with: each learned model measured directly behind it, and the exports of the result. */
import type { Json } from "../../digest.ts";
import type { AnyOp, OpSet } from "../../op.ts";
import { askedModels } from "./asked_models.ts";
import { bind } from "./bind.ts";
import type { Scope } from "./draft.ts";
import { child } from "../parse/tree.ts";
import { EVALUATE, MEASURE, MODEL } from "../words/language.ts";
import { visit } from "../check/visit.ts";
import type { Step } from "../recipe.ts";

/** How models are measured. */
interface Measuring {
  readonly params: Readonly<Record<string, Json>>;
  /** Parameters of `measure`; absent where latency is not asked for. */
  readonly latency?: Readonly<Record<string, Json>>;
  /** The only model to measure; absent: all that have learned. */
  readonly only?: string;
  /** Something in `evaluate` was reported already. */
  readonly broken: boolean;
}

/**
 * The steps, with an `evaluate` (and a `measure`) behind each learned model that none reads yet. One that looks through a
 * model waits for it; that model itself reads what others make and is measured only where a step says so, as is a loaded
 * one that only gives its layers to others.
 */
export function addEvaluations(
  steps: readonly Step[],
  measuring: Measuring,
  scope: Scope,
): Step[] {
  const { params: { through }, only } = measuring;
  const learned = learnedModels(steps, scope.ops);
  const asked = new Set([
    ...askedModels(steps, scope.ops),
    ...basesIn(steps, scope.ops),
    ...typeof through === "string" ? [through] : [],
  ]);
  const subjects = new Set([...learned].filter((name) => !asked.has(name)));
  const readBy = (op: string) =>
    new Set(steps.filter((step) => step.op === op).map((step) => step.inputs.model));
  const above = new Set<string>();
  const known: EvaluationContext = {
    measuring,
    scope,
    above,
    evaluated: readBy(EVALUATE),
    measured: readBy(MEASURE),
    compares: scope.reference !== undefined &&
      [...subjects].some((name) => name !== scope.reference),
  };
  // Steps of one name are reported elsewhere.
  const done = new Set<string>();
  const once = (name: string): Step[] => {
    if (done.has(name)) return [];
    done.add(name);
    return evaluationsOf(name, known);
  };
  const waiting: string[] = [];
  const added = steps.flatMap((step) => {
    above.add(step.name);
    const { name } = step;
    const ready = name === through ? waiting.splice(0) : [];
    const subject = subjects.has(name) && !step.broken && (only === undefined || name === only);
    if (subject && typeof through === "string" && !above.has(through)) waiting.push(name);
    else if (subject) ready.push(name);
    return [step, ...ready.flatMap(once)];
  });
  return [...added, ...waiting.flatMap(once)];
}

/** What is known where a model is to be measured. */
interface EvaluationContext {
  readonly measuring: Measuring;
  readonly scope: Scope;
  /** Steps so far. */
  readonly above: ReadonlySet<string>;
  /** Models that some step evaluates, or measures the time of. */
  readonly evaluated: ReadonlySet<unknown>;
  readonly measured: ReadonlySet<unknown>;
  /** Whether any model is compared with the reference. */
  readonly compares: boolean;
}

/** An `evaluate` and a `measure` of one model, as far as no step of the recipe is one. */
function evaluationsOf(
  name: string,
  { measuring, scope, above, evaluated, measured, compares }: EvaluationContext,
): Step[] {
  const { params, latency, broken } = measuring;
  const reference = scope.reference !== undefined && above.has(scope.reference);
  const within = reference ? scope : withoutReference(scope);
  const alone = !reference || name === scope.reference;
  const own = alone && compares ? withoutAgreement(params) : { params, paths: {} };
  const tree = child(scope.root, EVALUATE);
  const step = (op: string, params: Measuring["params"]) => {
    const fields = { ...params, model: name };
    return bind({ op, path: EVALUATE, tree, fields, seed: 0, teachers: [], broken }, within);
  };
  const evaluations = evaluated.has(name) || !scope.ops.has(EVALUATE)
    ? []
    : step(EVALUATE, own.params);
  return [
    ...evaluations.map((each) => ({ ...each, paths: { ...own.paths, ...each.paths } })),
    ...measured.has(name) || latency === undefined ? [] : step(MEASURE, latency),
  ];
}

/**
 * Parameters for a model that is compared with none, because others are compared with it or it is made before: of those
 * agreement is asked, not of it. `paths`: where the figures that are left are written.
 */
function withoutAgreement(params: Measuring["params"]) {
  const written = params.metrics as readonly Json[] | undefined;
  if (!written?.includes("agreement")) return { params, paths: {} };
  const kept = [...written.keys()].filter((index) => written[index] !== "agreement");
  const metrics = kept.map((index) => written[index]!);
  const paths = kept.map((index, now) => [`metrics.${now}`, `evaluate.metrics.${index}`]);
  return { params: { ...params, metrics }, paths: Object.fromEntries(paths) };
}

/** What binding knows where the recipe's reference is not made yet. */
export function withoutReference({ reference: _, ...scope }: Scope): Scope {
  return scope;
}

/** Names of models that were read from files, trained, or made from one that has learned, or from several that have. */
function learnedModels(steps: readonly Step[], ops: OpSet): ReadonlySet<string> {
  const learned = new Set<string>();
  for (const { name, op: opName, inputs, params } of steps) {
    const op = ops.get(opName);
    if (op?.output.name !== MODEL) continue;
    const from = inputs[op.changes ?? MODEL] ?? inputs.models ?? inputs.candidates ?? [];
    const parents = typeof from === "string" ? [from] : from;
    const heir = parents.length > 0 && parents.every((each) => learned.has(each));
    const knows = op.learns || heir || isTaken(op) || readsSource(op, params);
    if (knows && !op.forgets) learned.add(name);
  }
  return learned;
}

/** Models read from files of which only a part is used: what they answer was asked by other data. */
function basesIn(steps: readonly Step[], ops: OpSet): readonly string[] {
  const loaded = steps.filter(({ op, params }) => {
    const made = ops.get(op);
    return made?.output.name === MODEL && readsSource(made, params);
  });
  return loaded.map(({ name }) => name).filter((name) => {
    const readers = steps.filter(({ inputs }) => Object.values(inputs).flat().includes(name));
    return readers.length > 0 && readers.every(({ op }) => ops.get(op)?.forgets);
  });
}

/** Whether an op takes a model out of several that learned beside one another. */
function isTaken({ changes, inputs }: AnyOp): boolean {
  return changes !== undefined && inputs[changes].kind.name !== MODEL;
}

function readsSource({ params: schema }: AnyOp, params: Step["params"]): boolean {
  return visit(schema, params).some(({ form }) => form.form === "source");
}
