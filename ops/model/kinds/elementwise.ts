/** Layers that treat each value alone: activations, and what is drawn while training. */
import { Type } from "../../../engine/field.ts";
import { sameShape, show } from "../../../engine/shape.ts";
import { Activated } from "./attributes.ts";
import { tiedInputs } from "./channels.ts";
import { type AnyLayer, defineLayer, type LayerIn } from "./define.ts";
import { activatedExpected } from "./expected.ts";
import { FunctionField, functionNamed } from "./functions.ts";
import { cannot, one, several } from "./shape_checks.ts";

/** An activation by itself. */
export const activation = defineLayer({
  kind: "activation",
  attributes: Type.Object({ activation: Activated }),
  shape: one,
  integers: { values: "makes" },
  homogeneous: true,
  expected: ({ activation }, { inputs: [input] }) => input && activatedExpected(input, activation),
  run: ({ activation }, { room, inputs }) => room.nn.activate(inputs[0]!, activation),
});

/** A function of each value that is computed by itself: its name and its parameters, as many as it takes (`functions.ts`). */
export const valueFunction = defineLayer({
  kind: "function",
  attributes: Type.Object({ function: FunctionField, parameters: Type.Array(Type.Number()) }),
  selects: () => "activation",
  shape(layer, inputs) {
    const { parameters } = functionNamed(layer.function);
    if (layer.parameters.length === parameters) return one(layer, inputs);
    throw cannot(
      layer,
      `${layer.function} takes ${parameters} parameters, not ${layer.parameters.length}`,
    );
  },
  integers: { values: "makes" },
  run: (layer, { room, inputs: [x] }) =>
    functionNamed(layer.function).run(room, x!, layer.parameters),
});

/** x above 0, and below it x times a slope for each channel (He et al. 2015, arXiv 1502.01852). */
export const prelu = defineLayer({
  kind: "prelu",
  attributes: Type.Object({}),
  selects: () => "activation",
  shape: one,
  weights: (_layer, [input]) => ({ gamma: [input!.at(-1)!] }),
  initial: { gamma: ([channels]) => new Float32Array(channels!).fill(0.25) },
  channels: { weights: { gamma: ["out"] } },
  integers: { values: "makes" },
  run: (_layer, { room: { tf }, inputs: [x], weight }) =>
    tf.add(tf.relu(x!), tf.mul(tf.minimum(x!, 0), weight("gamma"))),
});

/** `rate` of the values dropped while training (Srivastava et al. 2014), the others scaled up; identity otherwise. */
export const dropout = defineLayer({
  kind: "dropout",
  attributes: Type.Object({ rate: Type.Number({ minimum: 0, exclusiveMaximum: 1 }) }),
  shape: one,
  integers: { values: "keeps" },
  homogeneous: true,
  expected: (_layer, { inputs: [input] }) => input,
  run: ({ rate }, { room, training, inputs: [x], dropout }) =>
    training && rate > 0 ? room.tf.mul(x!, dropout(x!.shape, rate)) : x!,
});

/** Whether a layer drops values while training. */
export function isDropout(layer: AnyLayer): layer is LayerIn<typeof dropout> {
  return layer.kind === dropout.kind;
}

/**
 * Of mean and log-variance: z = μ + σ ε with σ = exp(log σ² / 2) and a normal draw ε while training (Kingma & Welling
 * 2014, arXiv 1312.6114, §2.4), the mean otherwise.
 */
export const sample = defineLayer({
  kind: "sample",
  attributes: Type.Object({}),
  shape(layer, inputs) {
    const [mean, ...others] = several(layer, inputs);
    if (others.length === 1 && sameShape(mean, others[0]!)) return mean;
    throw cannot(
      layer,
      `it reads a mean and a log-variance of one shape, not ${inputs.map(show).join(" and ")}`,
    );
  },
  // Mean and log-variance of one latent number go together.
  channels: { pass: tiedInputs },
  integers: { values: "keeps" },
  samples: true,
  // In inference the mean passes.
  expected: (_layer, { inputs: [mean] }) => mean,
  run(_layer, { room: { tf }, training, noise, inputs: [mean, logVariance] }) {
    if (!training) return mean!;
    return tf.add(mean!, tf.mul(tf.exp(tf.mul(logVariance!, 0.5)), noise(mean!.shape)));
  },
});
