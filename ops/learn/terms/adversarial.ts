/**
 * The game of generator and discriminator (Goodfellow et al. 2014, arXiv 1406.2661): a critic tells the model's
 * outputs from its teacher's, or from samples of data.
 */
import { OneOf, Reference, Type } from "../../../engine/field.ts";
import type { Room, Scalar, Tensor } from "../../../engine/tensor/mod.ts";
import { given } from "../../../engine/given.ts";
import { bernoulli, headOutput } from "./parts/head_output.ts";
import { defineTerm } from "./term.ts";

/** What model and critic minimise, of the critic's logits: the mean over the batch of these. */
interface Objective {
  model(room: Room, fake: Tensor): Tensor;
  critic(room: Room, real: Tensor, fake: Tensor): Tensor;
}

/**
 * `cross-entropy`: −log D(x̂) against −log D(x) − log(1 − D(x̂)), D = σ of the logits (§3, not saturating). `hinge`:
 * −D(x̂) against max(0, 1 − D(x)) + max(0, 1 + D(x̂)) (Lim & Ye 2017, arXiv 1705.02894). `least-squares`: ½ (D(x̂) −
 * 1)² against ½ (D(x) − 1)² + ½ D(x̂)² (Mao et al. 2017, arXiv 1611.04076, eq. 9).
 */
const objectives = {
  "cross-entropy": {
    model: (room, fake) => bernoulli(room, fake, room.tf.onesLike(fake)),
    critic: (room, real, fake) =>
      room.tf.add(bernoulli(room, real, room.tf.onesLike(real)), room.tf.softplus(fake)),
  },
  hinge: {
    model: ({ tf }, fake) => tf.neg(fake),
    critic: ({ tf }, real, fake) => tf.add(tf.relu(tf.sub(1, real)), tf.relu(tf.add(1, fake))),
  },
  "least-squares": {
    model: ({ tf }, fake) => tf.mul(tf.square(tf.sub(fake, 1)), 0.5),
    critic: ({ tf }, real, fake) =>
      tf.mul(tf.add(tf.square(tf.sub(real, 1)), tf.square(fake)), 0.5),
  },
} satisfies Record<string, Objective>;

/** What the model minimises. At each batch a critic that is trained makes its update before the model does. */
export const adversarial = defineTerm({
  summary:
    "How real a critic takes the outputs to be, which learns to tell them from the teacher's, or from samples of data (GAN)",
  fields: {
    through: Reference("model", {
      description: "The critic: one number for each output, high for what looks real",
    }),
    objective: OneOf(["cross-entropy", "hinge", "least-squares"], {
      default: "cross-entropy",
      description: "The loss of model and critic",
    }),
    critic: OneOf(["trained", "frozen"], {
      default: "trained",
      description:
        "Whether the critic learns beside the model, by the same optimizer, or stays as it is",
    }),
    real: Type.Optional(Reference("dataset", {
      description:
        "The data whose training samples, drawn anew for each update, the critic learns to be real, in place of a " +
        "teacher's outputs; as the data normalise them, with their own labels for a conditional critic",
    })),
  },
  reads: { teacher: { unless: "real" }, auxiliary: true },
  compares: "outputs",
  discriminator: ({ critic, objective, real }) =>
    given({
      loss: critic === "frozen"
        ? undefined
        : (room: Room, real: Tensor, fake: Tensor): Scalar =>
          room.tf.mean(objectives[objective].critic(room, real, fake)),
      real,
    }),
  value({ room, logits, own, auxiliary }, { objective }) {
    const fake = auxiliary!.logits(headOutput(room, own!.model.head, logits));
    return room.tf.mean(objectives[objective].model(room, fake)) as Scalar;
  },
});
