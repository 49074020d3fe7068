/** Attention transfer (Zagoruyko & Komodakis 2017, arXiv 1612.03928). */
import { Type } from "../../../engine/field.ts";
import type { Room, Scalar, Tensor } from "../../../engine/tensor/mod.ts";
import { alike, flat, magnitude, meanSquare, unfitMaps, unit } from "./parts/features.ts";
import { matchTerm } from "./parts/match.ts";

/**
 * With Q = the mean over channels of |f|ᵖ at each place, divided by its length over the places: the mean over batch
 * and places of (Qₛ − Qₜ)², as the authors' code has it. Channel counts may differ; the larger map is pooled.
 */
export const attentionTransfer = matchTerm(
  "Attention maps: the energy at each place of a feature map (Zagoruyko & Komodakis)",
  {
    power: Type.Number({ minimum: 1, maximum: 8, default: 2, description: "The power p of |f|ᵖ" }),
  },
  (room, { student: [ours], teacher: [theirs] }, { power }) => {
    const [a, b] = alike(room, ours!, theirs!).map((map) => attention(room, map, power));
    return meanSquare(room, a!, b!) as Scalar;
  },
  { layers: 1, unfit: unfitMaps },
);

function attention(room: Room, map: Tensor, power: number): Tensor {
  const { tf } = room;
  const energy = power === 2 ? tf.square(map) : tf.pow(magnitude(room, map), power);
  return unit(room, flat(room, tf.mean(energy, -1)), 1);
}
