/**
 * Variational autoencoders (Kingma & Welling 2014, arXiv 1312.6114), conditional where the data have classes (Sohn et
 * al. 2015): an encoder gives mean and log-variance of latent numbers, a decoder an image of a draw from them.
 */
import { LARGEST, Type } from "../../../engine/op.ts";
import type { Architecture, Layer, LayerOf } from "../model.ts";
import { convolution, INPUT } from "./block.ts";
import { assertImage, family, widthField } from "./family.ts";
import {
  channelsAt,
  doubling,
  filtersField,
  GROWING,
  imageField,
  joined,
  labelInput,
  smallest,
} from "./generator.ts";

const FILTERS = [32, 16];

/**
 * `encoder.conv1 …` (4×4, stride 2, relu), `encoder.flatten`, `encoder.mean`, `encoder.variance` (its logarithm),
 * `latent` (a draw while it trains, the mean otherwise), and the layers of `vae-decoder`; where `outputs` is above 1
 * both halves also read `label`. 72,017 parameters on 28×28×1 and 10 classes with 8 latent numbers.
 */
export const cvae = family({
  options: Type.Object({
    latent: Type.Integer({
      minimum: 1,
      maximum: LARGEST.units,
      default: 8,
      description: "The numbers between encoder and decoder",
    }),
    filters: filtersField(FILTERS, GROWING),
    width: widthField,
  }, {
    description: "A variational autoencoder; `outputs` is the number of classes that condition it",
  }),
  build(input, outputs, { latent, filters, width }): Architecture {
    assertImage("cvae", input);
    const channels = channelsAt(filters, width);
    const layers: Layer[] = [];
    let last = INPUT;
    for (const [index, count] of channels.toReversed().entries()) {
      const shape = { filters: count, size: 4, stride: 2 };
      const plain = convolution(`encoder.conv${index + 1}`, last, shape);
      layers.push({ ...plain, bias: true, activation: "relu" });
      last = plain.name;
    }
    layers.push({ name: "encoder.flatten", kind: "flatten", inputs: [last] });
    const seen = joined("encoder.joined", "encoder.flatten", outputs);
    layers.push(
      ...seen.layers,
      dense("encoder.mean", seen.last, latent),
      dense("encoder.variance", seen.last, latent),
      { name: "latent", kind: "sample", inputs: ["encoder.mean", "encoder.variance"] },
      ...decoder("latent", outputs, channels, input),
    );
    const inputs = [{ name: INPUT, shape: input }, ...labelInput(outputs)];
    return image("cvae", inputs, layers);
  },
});

/**
 * The decoder alone: `decoder.joined` (with `label`, where `outputs` is above 1), `decoder.dense` with relu,
 * `decoder.reshape`, `decoder.conv1 …` (transposed, 4×4, stride 2, relu; the last gives the logits of the pixels).
 */
export const vaeDecoder = family({
  options: Type.Object({
    filters: filtersField(FILTERS, GROWING),
    width: widthField,
    image: imageField,
  }, {
    description:
      "The decoder of a variational autoencoder; `outputs` is the number of conditions it can be asked for",
  }),
  build(input, outputs, { filters, width, image: shape }): Architecture {
    assertLatent("vae-decoder", input);
    const layers = decoder(INPUT, outputs, channelsAt(filters, width), shape);
    return image("vae-decoder", [{ name: INPUT, shape: input }, ...labelInput(outputs)], layers);
  },
});

/** Throws unless the input is a row of latent numbers. */
export function assertLatent(name: string, input: readonly number[]): void {
  if (input.length === 1) return;
  throw new RangeError(`${name} reads latent numbers [size]; the input is ${input.join("×")}`);
}

function decoder(
  latent: string,
  conditions: number,
  channels: readonly number[],
  image: readonly number[],
): readonly Layer[] {
  const [height, width] = smallest(image, channels.length);
  const start = joined("decoder.joined", latent, conditions);
  const layers: Layer[] = [
    ...start.layers,
    {
      ...dense("decoder.dense", start.last, height * width * channels[0]!),
      activation: "relu",
    },
    {
      name: "decoder.reshape",
      kind: "reshape",
      inputs: ["decoder.dense"],
      shape: [height, width, channels[0]!],
    },
  ];
  for (const [index, count] of [...channels.slice(1), image[2]!].entries()) {
    const activation = index === channels.length - 1 ? "linear" : "relu";
    const name = `decoder.conv${index + 1}`;
    layers.push(doubling(name, layers.at(-1)!.name, count, { bias: true, activation }));
  }
  return layers;
}

function dense(name: string, input: string, units: number): LayerOf<"dense"> {
  return { name, kind: "dense", inputs: [input], units, bias: true, activation: "linear" };
}

/** Pixels between 0 and 1, by the logits of each. */
function image(
  family: string,
  inputs: Architecture["inputs"],
  layers: readonly Layer[],
): Architecture {
  return { family, inputs, layers, outputs: [layers.at(-1)!.name], head: "sigmoid" };
}
