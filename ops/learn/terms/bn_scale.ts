/** Small BatchNorm scales (Liu et al. 2017, "Network slimming", arXiv 1708.06519). */
import type { Scalar } from "../../../engine/tensor/mod.ts";
import { isBatchNorm } from "../../model/kinds/norm.ts";
import { magnitude } from "./parts/features.ts";
import { penaltyTerm } from "./parts/own_weights.ts";

/**
 * Σ |γ| over all channels of the BatchNorm layers (eq. 1). Its gradient is the sign of γ, 0 where γ is 0: channels
 * that the loss does not miss lose their scale, and `prune` with `criterion: bn-scale` finds them.
 */
export const bnScale = penaltyTerm(
  "Small BatchNorm scales: the sum of their absolute values (network slimming)",
  {
    suits: isBatchNorm,
    role: "gamma",
    needs: "a batchnorm layer",
    of: (room, gamma) => room.tf.sum(magnitude(room, gamma)) as Scalar,
  },
);
