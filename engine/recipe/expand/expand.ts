/**
 * Normalised recipe → steps with nothing implied. A fixed point: the steps written out as a recipe
 * expand to themselves.
 */
import { given } from "../../given.ts";
import type { Json } from "../../digest.ts";
import type { TSchema } from "../../field.ts";
import type { OpSet } from "../../op.ts";
import { addEvaluations, withoutReference } from "./add_evaluations.ts";
import { asExported } from "./as_exported.ts";
import { bind } from "./bind.ts";
import { type Block, type Draft, type Scope, stageName, type WrittenBlock } from "./draft.ts";
import { draftsOf } from "./drafts.ts";
import { formOf } from "../words/form.ts";
import { grammarOf } from "../words/grammar.ts";
import { DATA, EVALUATE, EXPORT, MEASURE, MODEL } from "../words/language.ts";
import { normalize } from "../check/normalize.ts";
import type { Step } from "../recipe.ts";
import { fieldsOf, inOrder } from "../words/schema_fields.ts";
import { shareOutputs } from "./share_outputs.ts";
import { knownData } from "./known_data.ts";
import { child, itemOf, join } from "../parse/tree.ts";

/** The steps of a recipe, and which of them are its result and its reference. */
interface Expanded {
  readonly steps: readonly Step[];
  readonly result?: string;
  readonly reference?: string;
  readonly measured?: "result";
}

/** Expands a recipe. What is missing is reported; broken parts become broken steps. */
export function expand(written: WrittenBlock): Expanded {
  const { fields, ops, root, problems } = written;
  const { drafts: made, roles } = draftsOf(written);
  const result = resultOf(made, roles, ops);
  const exported = exportDrafts(written, result);
  const data = made.find(({ name }) => name === DATA) ?? made.find(({ op }) => op === DATA);
  const dataFacts = data && knownData(data, ops);
  const measured = child(root, EVALUATE);
  const measuring = (fields[EVALUATE] ?? usualEvaluate(written)) as Block;
  const { models, latency, reference: chosen, ...params } = measuring;
  const reference = typeof chosen === "string" ? chosen : roles.teacher?.[0] ?? roles.model?.[0];
  const format = formatOf([...exported, ...made], ops);
  const scope: Scope = {
    ops,
    root,
    problems,
    ...given({ data: data && (data.name ?? DATA), dataFacts, result, reference, format }),
  };
  const above = new Set<string>();
  const drafts = [...made, ...exported];
  const bound = drafts.flatMap((draft) => {
    const within = reference !== undefined && above.has(reference)
      ? scope
      : withoutReference(scope);
    const steps = bind(draft, within);
    for (const { name } of steps) above.add(name);
    return steps;
  });
  const measuredSteps = addEvaluations(shareOutputs(bound, scope), {
    params,
    broken: measured !== undefined && !problems.sound(measured),
    ...given({
      latency: typeof latency === "object"
        ? asExported(latency as Block, {
          schema: ops.get(MEASURE)!.params,
          tree: child(measured, "latency"),
          exports: exported,
        })
        : undefined,
      only: models === "result" ? result : undefined,
    }),
  }, scope);
  const steps = numbered(measuredSteps, drafts, ops);
  const compared = steps.find(({ op, inputs }) => op === EVALUATE && inputs.reference)?.inputs
    .reference;
  return {
    steps,
    ...given({
      result,
      reference: typeof compared === "string" ? compared : undefined,
      measured: models === "result" ? "result" : undefined,
    }),
  };
}

/** The model made by the last step that changes one; where none does, the model that is there. */
function resultOf(
  drafts: readonly Draft[],
  roles: Readonly<Partial<Record<string, readonly string[]>>>,
  ops: OpSet,
): string | undefined {
  const changing = drafts.findLast(({ op }) => ops.get(op)?.changes !== undefined);
  const role = (roles.student ?? roles.model)?.[0];
  if (changing === undefined && role !== undefined) return role;
  const last = changing ?? drafts.findLast(({ op }) => ops.get(op)?.output.name === MODEL);
  return last && (last.name ?? stageName(last.op, ops));
}

/**
 * The steps with a number behind the name of a measurement that would be called like another step and that nobody named:
 * no step can mean it, so any name will do.
 */
function numbered(steps: readonly Step[], drafts: readonly Draft[], ops: OpSet): Step[] {
  const named = drafts.filter(({ name }) => name !== undefined);
  const written = new Set(named.map(({ name, path }) => `${path} ${name}`));
  const taken = new Set(named.map(({ name }) => name));
  return steps.map((step) => {
    const { name, path, op } = step;
    const measures = ops.get(op)?.output.name === "metrics" && !step.broken;
    let free = name;
    if (measures && !written.has(`${path} ${name}`)) {
      for (let number = 2; taken.has(free); number++) free = `${name}-${number}`;
    }
    taken.add(free);
    return free === name ? step : { ...step, name: free };
  });
}

function exportDrafts(
  { fields, root, ops, problems }: WrittenBlock,
  result: string | undefined,
): Draft[] {
  if (!ops.has(EXPORT)) return [];
  const written = child(root, EXPORT);
  return ((fields[EXPORT] ?? []) as readonly (Block | null)[]).map((params, index) => {
    const path = written?.type === "list" ? join(EXPORT, index) : EXPORT;
    const tree = written && itemOf(written, index);
    const { as, ...format } = params ?? {};
    return {
      op: EXPORT,
      ...given({ name: typeof as === "string" ? as : undefined }),
      path,
      tree,
      fields: format,
      seed: 0,
      ...given({ model: result }),
      teachers: [],
      broken: params === null || tree !== undefined && !problems.sound(tree),
    };
  });
}

/** How models are measured where the recipe does not say. */
function usualEvaluate({ ops, root: { document }, problems }: WrittenBlock): Json {
  const schema = fieldsOf(grammarOf(ops))[EVALUATE];
  const tree = { type: "map", entries: new Map(), document } as const;
  return schema && normalize(schema, { tree, path: EVALUATE }, problems) || {};
}

/** The format in which bytes are counted: the first export's, with as much of its options as `evaluate` takes. */
function formatOf(exports: readonly Draft[], ops: OpSet): Json | undefined {
  const schema = fieldsOf(ops.get(EVALUATE)?.params ?? ({} as TSchema)).format;
  if (schema === undefined) return undefined;
  const params = exports.find(({ op, broken }) => op === EXPORT && !broken)?.fields;
  if (params === undefined) return undefined;
  const use = String(params.use);
  const form = formOf(schema);
  if (form.form === "word") return form.words.includes(use) ? use : undefined;
  if (form.form !== "choice" || !Object.hasOwn(form.alternatives, use)) return undefined;
  const known = fieldsOf(form.alternatives[use]!);
  const options = Object.entries(params).filter(([name]) => name in known);
  return inOrder(schema, { use, ...Object.fromEntries(options) });
}
