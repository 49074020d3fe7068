/** Models in use: teachers whose answers others learn from, and loaded models whose answers count untrained. */
import type { Json } from "../digest.ts";
import { reads } from "../recipe/expand/losses.ts";
import { fieldsOf } from "../recipe/words/schema_fields.ts";
import { stepProblem } from "../recipe/expand/step_path.ts";
import type { Diagnostic } from "../error.ts";
import { given } from "../given.ts";
import type { ExpandedRecipe } from "../recipe/recipe.ts";
import type { TSchema } from "../field.ts";
import { type Graph, isMany, type Node, readBy } from "./graph.ts";

type Nodes = Pick<Graph, "nodes">;
type FieldValues = Readonly<Record<string, Json>>;

const inUse = new WeakMap<Graph["nodes"], ReadonlySet<string>>();

/** The names of models in use: looked for once among nodes, not once for each measurement. */
export function modelsInUse({ nodes }: Nodes): ReadonlySet<string> {
  const found = inUse.get(nodes) ?? foundInUse(nodes);
  inUse.set(nodes, found);
  return found;
}

function foundInUse(nodes: Graph["nodes"]): ReadonlySet<string> {
  const loaded = nodes.filter(isLoaded);
  const readers = loaded.length === 0 ? new Map<Node, Node[]>() : readersIn(nodes);
  return new Set([
    ...nodes.flatMap((node) => teachersOf(node, readsAnswers)),
    ...loaded.filter((node) => answersAsItIs(node, readers)),
  ].map(({ step }) => step.name));
}

/** Whether a model, or the weights that it begins with, came from a file. */
export function isLoaded({ op, step }: Node): boolean {
  return op.output.name === "model" && op.source(step.params).length > 0;
}

/** The models that a step learns from: read as `teacher`, named as one by a term, or recorded for others to learn. */
export function teachersOf(
  node: Node,
  which: (node: Node, path: string) => boolean = () => true,
): Node[] {
  const { op, inputs, references } = node;
  const recorded = op.output.name === "outputs";
  const read = [...Object.entries(inputs), ...Object.entries(references)];
  return read.flatMap(([path, found]) =>
    recorded && path === "model" || path.split(".").some(isTeacher) && which(node, path)
      ? found
      : []
  );
}

const isTeacher = (name: string): boolean => name === "teacher" || name === "teachers";

/** Whether a step reads what the teacher at a path answers, and not only values inside it. */
function readsAnswers({ op, step }: Node, path: string): boolean {
  const [, inside, index] = /^(finetune\.)?(?:loss\.(\d+)\.)?teachers?$/.exec(path) ?? [];
  const fields = fieldsOf(op.params);
  const schema = (inside === undefined ? fields : fieldsOf(fields.finetune!)).loss;
  const block = inside === undefined ? step.params : step.params.finetune as FieldValues;
  const terms = block.loss as readonly FieldValues[] | undefined;
  if (schema === undefined || terms === undefined) return true;
  const its = index === undefined
    ? terms.filter(({ teacher }) => teacher === undefined)
    : [terms[Number(index)]!];
  return its.some((term) => reads(schema as TSchema, term, "teacher"));
}

/** Who reads each step, and does not only measure it. */
function readersIn(nodes: readonly Node[]): Map<Node, Node[]> {
  const readers = new Map<Node, Node[]>(nodes.map((node) => [node, []]));
  for (const node of nodes) {
    for (const read of readBy(node)) if (!measures(node, read)) readers.get(read)?.push(node);
  }
  return readers;
}

/** Whether what a model answers is used although nothing trains it: written, merged, changed, or the end of it all. */
function answersAsItIs(model: Node, readers: ReadonlyMap<Node, readonly Node[]>): boolean {
  const seen = new Set([model]);
  for (const each of seen) {
    const found = readers.get(each)!;
    if (found.length === 0) return true;
    for (const reader of found) {
      const { op, inputs, step } = reader;
      if (op.output.name === "files") return true;
      if (op.learns || step.params.finetune !== undefined) continue;
      if (Object.values(inputs).some((read) => isMany(read) && read.includes(each))) return true;
      if (op.changes !== undefined && inputs[op.changes] === each) seen.add(reader);
    }
  }
  return false;
}

/** Whether a step measures a model, or another beside it, and does nothing else with it. */
function measures({ op, inputs: { model, reference } }: Node, subject: Node): boolean {
  return op.output.name === "metrics" && (model === subject || reference === subject);
}

/**
 * Reports models whose answers count and cannot be those to the data that they are measured on, each once. Whatever
 * else is wrong may be the cause of it, and goes first.
 */
export function checkAnswers(
  recipe: ExpandedRecipe,
  nodes: readonly Node[],
  problems: Diagnostic[],
): void {
  if (problems.some(({ severity }) => severity === "error")) return;
  const unfit = new Map(
    nodes.flatMap(({ facts, inputs: { model } }) =>
      facts?.kind === "metrics" && facts.misfit !== undefined && model !== undefined &&
        !isMany(model)
        ? [[model, facts.misfit] as const]
        : []
    ),
  );
  const inUse = unfit.size === 0 ? new Set<string>() : modelsInUse({ nodes });
  for (const [model, { message, help }] of unfit) {
    if (!inUse.has(model.step.name)) continue;
    problems.push(stepProblem(recipe, model.step, "", {
      code: "shape-mismatch",
      message: `\`${model.step.name}\` does not answer what these data ask: ${message}`,
      ...given({ help }),
    }));
  }
}
