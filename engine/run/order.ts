/** Which steps of a graph run, and in which order. */
import { type Graph, readBy } from "../graph/graph.ts";

/**
 * The names of the steps in the order in which they run: that of the recipe, but what is read from files comes first,
 * for nobody trains for an hour to learn that a model is for other data.
 */
export function inOrder({ nodes }: Graph): string[] {
  const [first, rest]: [string[], string[]] = [[], []];
  for (const node of nodes) {
    const reads = node.waits === undefined && readBy(node).length === 0 &&
      node.op.source(node.step.params).length > 0;
    (reads ? first : rest).push(node.step.name);
  }
  return [...first, ...rest];
}

/** A step and everything it needs, by name. */
export function neededBy(graph: Graph, until: string): ReadonlySet<string> {
  const needed = new Set<string>();
  // A list, not recursion: a chain may have as many steps as a recipe.
  const waiting = [graph.node(until)];
  for (let node = waiting.pop(); node !== undefined || waiting.length > 0; node = waiting.pop()) {
    if (node === undefined || needed.has(node.step.name)) continue;
    needed.add(node.step.name);
    waiting.push(...readBy(node));
    if (node.waits !== undefined) waiting.push(graph.node(node.waits));
  }
  return needed;
}
