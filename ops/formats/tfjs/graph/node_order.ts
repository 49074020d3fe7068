/** The nodes that outputs of a graph depend on, in an order in which they can run: files have them in any. */
import { quoted } from "../../../../engine/quote.ts";
import { UnreadableModelError } from "../../format.ts";
import { nodeError } from "../../onnx/read/node_reading.ts";
import type { DefNode } from "./graph_def.ts";

/** The node that a tensor is of. */
export const nodeOfTensor = (tensor: string): string => tensor.replace(/:\d+$/, "");

/** Operators of loops, branches and lists that grow: what is computed is decided while it runs. */
const FLOW = new Set([
  ...["Switch", "Merge", "Enter", "Exit", "NextIteration", "LoopCond", "RefSwitch"],
  ...["While", "StatelessWhile", "If", "StatelessIf", "Case", "PartitionedCall"],
  ...["StatefulPartitionedCall", "Where", "Unique", "UniqueV2", "CropAndResize"],
]);
const FLOWING = /^(?:TensorArray|TensorList|NonMaxSuppression|HashTable|LookupTable)/;

/** Whether an operator's work, or the shape of its result, is known only while a model runs. */
const isDecidedLate = (op: string): boolean => FLOW.has(op) || FLOWING.test(op);

/**
 * The nodes, each behind those that it reads. Throws an UnreadableModelError that names the first one that decides while
 * it runs, reads what is not there, or reads itself.
 */
export function orderedNodes(
  nodes: readonly DefNode[],
  outputs: readonly string[],
): readonly DefNode[] {
  const named = new Map(nodes.map((node) => [node.name, node]));
  const done = new Map<string, "open" | "done">();
  const result: DefNode[] = [];
  const stack: { readonly node: DefNode; next: number }[] = [];

  const enter = (tensor: string, reader?: DefNode) => {
    const node = named.get(nodeOfTensor(tensor));
    if (node === undefined) {
      const what = `reads ${quoted(tensor)}, which nothing gives`;
      if (reader !== undefined) throw told(reader, `it ${what}`);
      throw new UnreadableModelError(
        `Cannot read output ${quoted(tensor)}: no node of the graph is called so`,
      );
    }
    const state = done.get(node.name);
    if (state === "done") return;
    if (state === "open") throw told(node, "it depends on itself");
    if (isDecidedLate(node.op)) {
      throw told(
        node,
        "what it computes is decided while the model runs, by a loop, a branch or a selection",
        CUT,
      );
    }
    done.set(node.name, "open");
    stack.push({ node, next: 0 });
  };

  for (const output of outputs) {
    enter(output);
    while (stack.length > 0) {
      const top = stack.at(-1)!;
      const input = top.node.inputs[top.next++];
      if (input !== undefined) enter(input, top.node);
      else {
        stack.pop();
        done.set(top.node.name, "done");
        result.push(top.node);
      }
    }
  }
  return result;
}

const CUT =
  "read the network without what follows it: `output` in the recipe names the node it ends in";

const told = ({ name, op }: DefNode, what: string, help?: string) =>
  nodeError({ name, op, outputs: [name] }, what, help);
