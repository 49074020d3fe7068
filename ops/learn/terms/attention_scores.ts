/**
 * Attention scores (Jiao et al. 2020, "TinyBERT", arXiv 1909.10351, §3.1; Wang et al. 2020, "MiniLM").
 */
import { OneOf } from "../../../engine/field.ts";
import type { Tensor } from "../../../engine/tensor/mod.ts";
import { attentionScores as scores } from "../../model/kinds/attention.ts";
import { matchTerm } from "./parts/match.ts";
import {
  attentionMatching,
  READS,
  RELATION_DISTANCES,
  relationDistance,
} from "./parts/attention_tables.ts";

/**
 * Scores Q Kᵀ / √depth of student and teacher, head by head. `mse` of the scores as they are (TinyBERT, eq. 7);
 * `cross-entropy`: KL(softmax(teacher) ‖ softmax(student)), the mean over heads and tokens (MiniLM, arXiv 2002.10957,
 * eq. 5). Padding is left out.
 */
export const attentionScores = matchTerm(
  "Attention scores of both sides, head by head (TinyBERT)",
  {
    distance: OneOf(RELATION_DISTANCES, {
      default: "mse",
      description:
        "The distance: squared differences of scores, or the divergence of what softmax makes of them (MiniLM)",
    }),
  },
  (room, pair, { distance }) => {
    const of = (side: readonly Tensor[]) =>
      scores(room, pair.heads!, side[READS.queries]!, side[READS.keys]!);
    return relationDistance(room, [of(pair.student), of(pair.teacher)], pair, distance);
  },
  attentionMatching("queries", "keys"),
);
