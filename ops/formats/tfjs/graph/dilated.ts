/**
 * Convolutions with holes as TensorFlow takes them apart: places of an image dealt out to several images (SpaceToBatchND),
 * each convolved, and put together again (BatchToSpaceND). Here they are one convolution again.
 */
import type { DefNode } from "./graph_def.ts";
import { nodeOfTensor } from "./node_order.ts";

const CONVOLUTIONS: ReadonlySet<string> = new Set([
  ...["Conv2D", "_FusedConv2D", "DepthwiseConv2dNative", "FusedDepthwiseConv2dNative"],
]);

/** The numbers of a constant; undefined for what is none. */
type NumbersOf = (name: string) => ArrayLike<number> | undefined;

/** The nodes, in their order, with such convolutions whole; what has another form stays as it is. */
export function withDilations(nodes: readonly DefNode[], numbers: NumbersOf): readonly DefNode[] {
  const named = new Map(nodes.map((node) => [node.name, node]));
  const readers = new Map<string, number>();
  for (const input of nodes.flatMap(({ inputs }) => inputs)) {
    const name = nodeOfTensor(input);
    readers.set(name, (readers.get(name) ?? 0) + 1);
  }
  const gone = new Set<DefNode>();
  /** The node of a tensor that nothing else reads. */
  const sole = (tensor: string | undefined) =>
    tensor !== undefined && readers.get(tensor) === 1 ? named.get(tensor) : undefined;
  const whole = nodes.map((last) => {
    if (last.op !== "BatchToSpaceND") return last;
    const convolution = sole(last.inputs[0]);
    const first = sole(convolution?.inputs[0]);
    if (convolution === undefined || first === undefined) return last;
    const found = dilated(first, convolution, last, numbers);
    if (found === undefined) return last;
    gone.add(convolution).add(first);
    return found;
  });
  return whole.filter((node) => !gone.has(node));
}

function dilated(
  first: DefNode,
  convolution: DefNode,
  last: DefNode,
  numbers: NumbersOf,
): DefNode | undefined {
  const [input = "", dealt = "", around = ""] = first.inputs;
  const [, joined = "", cut = ""] = last.inputs;
  const [steps, again, pads, crops] = [dealt, joined, around, cut].map((name) => [
    ...Array.from(numbers(name) ?? []),
  ]) as [number[], number[], number[], number[]];
  const alike = first.op === "SpaceToBatchND" && CONVOLUTIONS.has(convolution.op) &&
    convolution.text("padding", "VALID") === "VALID" && steps.length === 2 &&
    steps.join() === again.join() && pads.length === 4 && crops.length === 4;
  // Rows that are cut off again were no part of the image.
  const padding = pads.map((zeros, at) => zeros - crops[at]!);
  if (!alike || padding.some((zeros) => zeros < 0)) return undefined;
  const [rows, columns] = steps as [number, number];
  const lists: Readonly<Record<string, readonly number[]>> = {
    dilations: [1, rows, columns, 1],
    "explicit_paddings": [0, 0, ...padding, 0, 0],
  };
  return {
    ...convolution,
    name: last.name,
    inputs: [input, ...convolution.inputs.slice(1)],
    ints: (name) => Object.hasOwn(lists, name) ? lists[name] : convolution.ints(name),
    text: (name, otherwise) => name === "padding" ? "EXPLICIT" : convolution.text(name, otherwise),
  };
}
