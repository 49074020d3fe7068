/** Which tokens have like values in attention (Wang et al. 2020, "MiniLM", arXiv 2002.10957, §3.2). */
import { OneOf } from "../../../engine/field.ts";
import type { Tensor } from "../../../engine/tensor/mod.ts";
import { attentionScores as products } from "../../model/kinds/attention.ts";
import { matchTerm } from "./parts/match.ts";
import {
  attentionMatching,
  READS,
  RELATION_DISTANCES,
  relationDistance,
} from "./parts/attention_tables.ts";

/**
 * V Vᵀ / √depth of student and teacher, each with its own depth, head by head: widths may differ. `cross-entropy` is
 * MiniLM's KL(softmax(teacher) ‖ softmax(student)), the mean over heads and tokens (eq. 8); `mse` is of the products
 * as they are. Padding is left out.
 */
export const valueRelations = matchTerm(
  "Which tokens have like values in attention, head by head (MiniLM)",
  {
    distance: OneOf(RELATION_DISTANCES, {
      default: "mse",
      description:
        "The distance: squared differences of products, or the divergence of what softmax makes of them (MiniLM)",
    }),
  },
  (room, pair, { distance }) => {
    const of = (side: readonly Tensor[]) =>
      products(room, pair.heads!, side[READS.values]!, side[READS.values]!);
    return relationDistance(room, [of(pair.student), of(pair.teacher)], pair, distance);
  },
  attentionMatching("values", "values"),
);
