/** The evidence lower bound, negated (Kingma & Welling 2014, arXiv 1312.6114; conditional: Sohn et al. 2015). */
import { Type } from "../../../engine/field.ts";
import type { Room, Scalar, Tensor } from "../../../engine/tensor/mod.ts";
import { flat } from "./parts/features.ts";
import { bernoulli } from "./parts/head_output.ts";
import { defineTerm, type Latent } from "./term.ts";

/**
 * The mean over the batch of −log p(x | z) + β · KL(q(z | x) ‖ N(0, 1)). Reconstruction: under a sigmoid head each
 * value is a Bernoulli's, Σ −x log x̂ − (1 − x) log(1 − x̂); without a head a normal's of variance 1, Σ (x − x̂)² /
 * 2, less its constant. KL in closed form (appendix B): −½ Σ (1 + log σ² − μ² − σ²) over all sampling layers. β:
 * Higgins et al. 2017.
 */
export const elbo = defineTerm({
  summary: "Reconstruction of the sample plus the divergence of the latent (VAE)",
  fields: {
    beta: Type.Number({
      minimum: 0,
      default: 1,
      description: "The factor before the divergence from standard normal",
    }),
  },
  reads: { sample: true },
  value({ room, logits, own, sample, latents = [] }, { beta }) {
    const { tf } = room;
    const [z, x] = [flat(room, logits), flat(room, sample!)];
    const errors = own!.model.head === "sigmoid"
      ? bernoulli(room, z, x)
      : tf.mul(tf.squaredDifference(z, x), 0.5);
    return latents.reduce<Scalar>(
      (sum, latent) => tf.add(sum, tf.mul(divergence(room, latent), beta)),
      tf.mean(tf.sum(errors, 1)),
    );
  },
});

/** The mean over the batch of KL(N(μ, σ²) ‖ N(0, 1)), summed over the latent numbers. */
function divergence(room: Room, { mean, logVariance }: Latent): Tensor {
  const { tf } = room;
  const each = tf.sub(
    tf.add(tf.square(mean), tf.exp(logVariance)),
    tf.add(logVariance, 1),
  );
  return tf.mul(tf.mean(tf.sum(flat(room, each), 1)), 0.5);
}
