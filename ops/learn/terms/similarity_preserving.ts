/** Which samples resemble which (Tung & Mori 2019, arXiv 1907.09682). */
import type { Scalar } from "../../../engine/tensor/mod.ts";
import { flat, gramOf, meanSquare, unit } from "./parts/features.ts";
import { matchTerm } from "./parts/match.ts";

/** With G = x xᵀ over a batch, each row divided by its length: ‖Gₛ − Gₜ‖² / B². Any two layers can be compared. */
export const similarityPreserving = matchTerm(
  "Which samples of a batch resemble which (Tung & Mori)",
  {},
  (room, { student, teacher }) => {
    const [ours, theirs] = [student, teacher].map(([values]) =>
      unit(room, gramOf(room, flat(room, values!)), 1)
    );
    return meanSquare(room, ours!, theirs!) as Scalar;
  },
);
