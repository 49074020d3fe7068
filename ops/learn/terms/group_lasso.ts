/** Whole filters near zero (Wen et al. 2016, "Learning structured sparsity", arXiv 1608.03665). */
import type { Scalar } from "../../../engine/tensor/mod.ts";
import { writesChannels } from "../../model/channels.ts";
import { lengthsOf } from "./parts/features.ts";
import { penaltyTerm } from "./parts/own_weights.ts";

/**
 * Σ ‖w‖₂ over the filters of convolutions and the units of dense layers, the model's outputs left out, without a
 * factor for a filter's size (eq. 2, filter-wise). The gradient of a filter is its unit vector, 0 at zero: filters
 * that the loss does not miss shrink as a whole, and `prune` with `criterion: l2` finds them.
 */
export const groupLasso = penaltyTerm(
  "Whole filters near zero: the sum of their Euclidean lengths (structured sparsity)",
  {
    suits: (layer, { outputs }) => writesChannels(layer) && !outputs.includes(layer.name),
    role: "kernel",
    needs: "a convolution or dense layer before its outputs",
    // Whatever its other axes, a kernel's last one counts the channels it writes.
    of: (room, kernel) => {
      const { tf } = room;
      const filters = tf.reshape(kernel, [-1, kernel.shape.at(-1)!]);
      return tf.sum(lengthsOf(room, filters, 0)) as Scalar;
    },
  },
);
