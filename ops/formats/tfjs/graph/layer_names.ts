/** Names of layers out of those of a graph's nodes: the path of Keras's layers, without TensorFlow's operators. */
import { nodeOfTensor } from "./node_order.ts";

/** Parts that say what a node computes and not what it is called. */
const OPERATOR = /^[A-Z][A-Za-z]*\d*[A-Za-z]*\d*(?:_\d+)?$/;
/** The arithmetic of a batch normalisation that was taken apart. */
const PARTS = /^(?:batchnorm|(?:add|mul|sub|Rsqrt)(?:_\d+)?)$/;

/**
 * What the layers of each node are called: `StatefulPartitionedCall/net/conv1/BiasAdd` is `conv1` where all nodes that
 * compute begin with `StatefulPartitionedCall/net/`. Characters that a selector has a meaning for become `_`.
 */
export function layerNames(nodes: readonly string[]): (node: string) => string {
  const paths = nodes.map((name) => name.split("/"));
  const [first = [""]] = paths;
  let shared = first.length - 1;
  for (const path of paths) {
    const unlike = path.findIndex((part, at) => part !== first[at]);
    shared = Math.min(shared, path.length - 1, unlike < 0 ? path.length : unlike);
  }
  return (node) => {
    const path = nodeOfTensor(node).split("/");
    const begins = path.length > shared &&
      path.slice(0, shared).every((part, at) => part === first[at]);
    const rest = begins ? path.slice(shared) : path;
    // What a converter's optimizer has put in place of a layer's operators stands in that layer.
    const optimized = rest.findIndex((part) => part.endsWith("Optimizer"));
    if (optimized > 0) rest.length = optimized;
    if (rest.length > 1 && OPERATOR.test(rest.at(-1)!)) rest.pop();
    if (rest.includes("batchnorm")) {
      while (rest.length > 1 && PARTS.test(rest.at(-1)!)) rest.pop();
    }
    // A layer of Keras without operators of its own: `add/add`.
    if (
      rest.length > 1 && rest.at(-1)!.replace(/_\d+$/, "") === rest.at(-2)!.replace(/_\d+$/, "")
    ) {
      rest.pop();
    }
    return rest.join(".").replace(/[^\w.-]/g, "_") || "node";
  };
}
