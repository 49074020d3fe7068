/**
 * Distance between a third model's features of both outputs (Johnson et al. 2016, "Perceptual losses", arXiv
 * 1603.08155, eq. 2).
 */
import { OneOf, Reference, Selectors } from "../../../engine/field.ts";
import type { Scalar, Tensor } from "../../../engine/tensor/mod.ts";
import { magnitude } from "./parts/features.ts";
import { headOutput } from "./parts/head_output.ts";
import { defineTerm } from "./term.ts";

/**
 * The sum over `layers` of the mean over batch and values of (φ(x) − φ(y))² (`mse`) or |φ(x) − φ(y)| (`l1`), φ the
 * values of a layer of the third model, in inference, on what the model and its teacher made.
 */
export const perceptual = defineTerm({
  summary: "Distance between a third model's features of both outputs (Johnson)",
  fields: {
    through: Reference("model", { description: "The model whose features are compared" }),
    layers: Selectors({
      of: "through",
      description: "Its layers or groups whose values are compared",
    }),
    distance: OneOf(["mse", "l1"], {
      default: "mse",
      description: "The distance between values",
    }),
  },
  reads: { teacher: true, auxiliary: true },
  compares: "outputs",
  value({ room, logits, teacher, own, auxiliary }, { layers, distance }) {
    const { tf } = room;
    const { head } = own!.model;
    const features = (of: Tensor) => auxiliary!.features(headOutput(room, head, of), layers);
    const [ours, theirs] = [features(logits), features(teacher!)];
    return ours.map((values, i): Tensor => {
      const difference = tf.sub(values, theirs[i]!);
      return tf.mean(distance === "mse" ? tf.square(difference) : magnitude(room, difference));
    }).reduce((sum, each) => tf.add(sum, each)) as Scalar;
  },
});
