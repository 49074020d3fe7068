/** Steps bound to ops and to one another. A step only names steps above it, so the list is an order to run in. */
import { given } from "../given.ts";
import type { AnyOp, Facts } from "../op.ts";
import type { Diagnostic } from "../error.ts";
import type { ExpandedRecipe, Step } from "../recipe/recipe.ts";

/** One step, bound. */
export interface Node {
  /** The entry of the expanded recipe. */
  readonly step: Step;
  /** The op that the step names. */
  readonly op: AnyOp;
  /** Input name → the node or nodes it reads. */
  readonly inputs: Readonly<Record<string, Node | readonly Node[]>>;
  /** Dotted path inside `step.params` of each reference → the node it names. */
  readonly references: Readonly<Record<string, Node>>;
  /** What is known before it runs; undefined while it waits for `waits`. */
  readonly facts?: Facts;
  /** The step on whose run this one's facts wait. */
  readonly waits?: string;
}

/** A compiled recipe. */
export interface Graph {
  /** What was compiled. */
  readonly recipe: ExpandedRecipe;
  /** In recipe order, which is an order to run in. */
  readonly nodes: readonly Node[];
  /** What is wrong, and what is only unwise. */
  readonly diagnostics: readonly Diagnostic[];
  /** The node of a step, by name. */
  node(name: string): Node | undefined;
}

/** The steps on whose run facts of others wait. */
export function waitedFor({ nodes }: Pick<Graph, "nodes">): ReadonlySet<string> {
  return new Set(nodes.flatMap(({ waits }) => waits ?? []));
}

const readNames = new WeakMap<Graph, ReadonlySet<string>>();

/** The steps that others read or wait for: looked for once in a graph, not once for each of its steps. */
export function readIn(graph: Graph): ReadonlySet<string> {
  const known = readNames.get(graph);
  if (known !== undefined) return known;
  const read = graph.nodes.flatMap((node) => readBy(node).map(({ step }) => step.name));
  const found = new Set([...read, ...waitedFor(graph)]);
  readNames.set(graph, found);
  return found;
}

/** Whether an input holds a list of nodes. */
export function isMany(read: Node | readonly Node[]): read is readonly Node[] {
  return Array.isArray(read);
}

/** Every node that a node reads, each once. */
export function readBy(node: Node): Node[] {
  const inputs = Object.values(node.inputs).flatMap((read) => isMany(read) ? read : [read]);
  return [...new Set([...inputs, ...Object.values(node.references)])];
}

/** The model that a step measures or writes. */
export function subjectOf(node: Node): Node | undefined {
  const read = node.inputs.model;
  return read === undefined || isMany(read) ? undefined : read;
}

/** Code of one's own that a step runs. */
interface OwnCodeOfStep {
  readonly name: string;
  /** `an op`, `one of terms`. */
  readonly what: string;
  /** The URL of the module that exports it, where it says one. */
  readonly module?: string;
}

/** What a step runs that did not come with Decant: its op, then what its parameters use of lists of the language. */
export function ownCodeOf(
  { op, step }: Pick<Node, "op" | "step">,
): readonly OwnCodeOfStep[] {
  const { name, code, module } = op;
  return [
    ...code === undefined ? [] : [{ name, what: "an op", ...given({ module }) }],
    ...(op.own?.(step.params) ?? []).map(({ name, list, module }) => ({
      name,
      what: `one of ${list}`,
      ...given({ module }),
    })),
  ];
}
