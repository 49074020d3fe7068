/** What a third model sees in both outputs (Johnson et al. 2016, "Perceptual losses", arXiv 1603.08155, eq. 2). */
import { OneOf, Selectors } from "../../../engine/field.ts";
import type { Scalar, Tensor } from "../../../engine/tensor/mod.ts";
import { behindHead } from "./parts/behind_head.ts";
import { magnitude } from "./parts/features.ts";
import { judgeField } from "./parts/judge.ts";
import { defineTerm, teacherFields } from "./term.ts";

/**
 * The sum over `layers` of the mean over batch and values of (φ(x) − φ(y))² (`mse`) or |φ(x) − φ(y)| (`l1`), φ the values
 * of a layer of the third model, in inference, on what the model and its teacher made.
 */
export const perceptual = defineTerm({
  schema: teacherFields("Distance between what a third model sees in both outputs (Johnson)", {
    through: judgeField("The model that looks at the outputs"),
    layers: Selectors({
      of: "through",
      description: "Its layers or groups whose values are compared",
    }),
    distance: OneOf(["mse", "l1"], {
      default: "mse",
      description: "The distance between values",
    }),
  }),
  value({ room, logits, teacher, own, judge }, { layers, distance }) {
    const { tf } = room;
    const { head } = own!.model;
    const seen = (of: Tensor) => judge!.features(behindHead(room, head, of), layers);
    const [ours, theirs] = [seen(logits), seen(teacher!)];
    return ours.map((values, i): Tensor => {
      const difference = tf.sub(values, theirs[i]!);
      return tf.mean(distance === "mse" ? tf.square(difference) : magnitude(room, difference));
    }).reduce((sum, each) => tf.add(sum, each)) as Scalar;
  },
});
