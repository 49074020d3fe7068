/** A recurrent layer as Keras's LSTM. */
import type { LayerOf } from "../../model/model.ts";
import { kernelRows } from "../../model/recurrent_kernel.ts";
import type { KerasNode, Source } from "./keras_nodes.ts";
import { storedWeight } from "./stored_weight.ts";

/** Keras's names of what opens the gates. */
export const kerasGates = { sigmoid: "sigmoid", "hard-sigmoid": "hard_sigmoid" } as const;

/** One `LSTM`; its gates stand in the same order. */
export function recurrentNodes(
  { units, sequence, gates }: LayerOf<"recurrent">,
  { weight, storage }: Source,
): readonly KerasNode[] {
  const kernel = weight("kernel");
  const [rows] = kernel.shape as [number];
  return [{
    suffix: "",
    className: "LSTM",
    config: {
      units,
      activation: "tanh",
      "recurrent_activation": kerasGates[gates],
      "return_sequences": sequence,
    },
    weights: {
      kernel: storedWeight(kernelRows(kernel, 0, rows - units), storage),
      "recurrent_kernel": storedWeight(kernelRows(kernel, rows - units, rows), storage),
      bias: storedWeight(weight("bias"), storage),
    },
  }];
}
