/** Distance from the teacher's logits (Ba & Caruana 2014, arXiv 1312.6184). */
import { OneOf } from "../../../engine/field.ts";
import { flat, magnitude } from "./parts/features.ts";
import { defineTerm } from "./term.ts";

/**
 * The mean over batch and classes of (zₛ − zₜ)² or |zₛ − zₜ|. Unlike a divergence it also penalises a common shift.
 */
export const logits = defineTerm({
  summary: "Distance between the logits themselves (Ba & Caruana)",
  fields: {
    distance: OneOf(["mse", "l1"], {
      default: "mse",
      description: "The distance: squared or absolute difference",
    }),
  },
  reads: { teacher: true },
  value({ room, logits, teacher }, { distance }) {
    const { tf } = room;
    const difference = tf.sub(flat(room, logits), flat(room, teacher!));
    return tf.mean(distance === "mse" ? tf.square(difference) : magnitude(room, difference));
  },
});
