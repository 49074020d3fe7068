/** The flow of solution procedure between two layers (Yim et al. 2017, "A gift from knowledge distillation", CVPR). */
import type { Room, Scalar, Tensor } from "../../../engine/tensor/mod.ts";
import type { Shape } from "../../model/layers.ts";
import { alike, meanSquare, places, unfitMaps } from "./parts/features.ts";
import { matchTerm } from "./parts/match.ts";

/**
 * With the flow of a pair of layers G = F₁ᵀ F₂ / (places), channels of the first × channels of the second (eq. 1; the
 * larger map is pooled): the mean over batch and entries of (Gₛ − Gₜ)². Both sides need equal channel counts.
 */
export const fsp = matchTerm(
  "The Gram matrix between two layers (Yim et al.); each side of a pair names both",
  {},
  (room, { student, teacher }) => {
    const [ours, theirs] = [student, teacher].map((pair) => flowOf(room, pair));
    return meanSquare(room, ours!, theirs!) as Scalar;
  },
  { layers: 2, unfit },
);

function unfit(student: readonly Shape[], teacher: readonly Shape[]): string | undefined {
  for (const [first, second] of [student, teacher]) {
    const reason = unfitMaps([first!], [second!]);
    if (reason !== undefined) return reason;
  }
  return [0, 1].every((end) => student[end]!.at(-1) === teacher[end]!.at(-1))
    ? undefined
    : "match layers that have as many channels on both sides";
}

function flowOf(room: Room, [first, second]: readonly Tensor[]): Tensor {
  const { tf } = room;
  const [from, to] = alike(room, first!, second!).map((map) => places(room, map));
  return tf.div(tf.matMul(from!, to!, true), from!.shape[1]!);
}
