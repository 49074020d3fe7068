/** A mean of distributions in Keras layers that stock tfjs has, term by term as the engine computes it. */
import { logShares } from "../../model/layers/mixture.ts";
import type { LayerOf } from "../../model/model.ts";
import type { KerasNode } from "./keras_nodes.ts";
import { node } from "./sequence_nodes.ts";

/** logSoftmax of each, its share's logarithm added; a + softplus(b − a) over them. */
export function mixtureNodes({ shares }: LayerOf<"mixture">): readonly KerasNode[] {
  const last = shares.length;
  const sides = logShares(shares).flatMap((offset, k) => [
    node(`.log${k + 1}`, "Activation", { activation: "logSoftmax" }, [k]),
    node(`.share${k + 1}`, "Rescaling", { scale: 1, offset }),
  ]);
  const sum = (k: number) => k === last ? "" : k === 1 ? ".share1" : `.sum${k}`;
  const sums = Array.from({ length: last - 1 }, (_, index) => {
    const k = index + 2;
    return [
      node(`.minus${k}`, "Rescaling", { scale: -1, offset: 0 }, [sum(k - 1)]),
      node(`.gap${k}`, "Add", {}, [`.share${k}`, `.minus${k}`]),
      node(`.over${k}`, "Activation", { activation: "softplus" }),
      node(sum(k), "Add", {}, [sum(k - 1), `.over${k}`]),
    ];
  });
  return [...sides, ...sums.flat()];
}
