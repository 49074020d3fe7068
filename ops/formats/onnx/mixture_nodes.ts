/** A mean of distributions in ONNX operators, term by term as the engine computes it. */
import { logShares } from "../../model/kinds/merge.ts";
import type { LayerOf } from "../../model/model.ts";
import type { Computed, OnnxSource } from "./values.ts";

/** LogSoftmax of each, its share's logarithm added; a + Softplus(b − a) over them. */
export function mixtureNodes(
  { name, shares }: LayerOf<"mixture">,
  { graph, read }: OnnxSource,
): Computed {
  const last = shares.length - 1;
  const sides = logShares(shares).map((share, k) => {
    const logs = graph.node(`${name}.log${k + 1}`, "LogSoftmax", [read(k, "last")], {
      axis: { int: -1 },
    });
    const added = graph.shared(`${share}`, Float32Array.of(share), []);
    return graph.node(`${name}.share${k + 1}`, "Add", [logs, added]);
  });
  const value = sides.reduce((a, b, k) => {
    const gap = graph.node(`${name}.gap${k + 1}`, "Sub", [b, a]);
    const over = graph.node(`${name}.over${k + 1}`, "Softplus", [gap]);
    return graph.node(k === last ? name : `${name}.sum${k + 1}`, "Add", [a, over]);
  });
  return { value, layout: "last" };
}
