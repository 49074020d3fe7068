/** Deep convolutional generative adversarial networks (Radford et al. 2016, arXiv 1511.06434). */
import { Type } from "../../../engine/op.ts";
import type { Architecture, Layer } from "../model.ts";
import { convolution, INPUT, norm } from "./block.ts";
import { assertLatent } from "./cvae.ts";
import { assertImage, family, widthField } from "./family.ts";
import {
  channelsAt,
  doubling,
  filtersField,
  GROWING,
  imageField,
  joined,
  LABEL,
  labelInput,
  smallest,
} from "./generator.ts";

/**
 * `project` (dense) with `project.norm` and relu, `reshape`, `conv1 …`: transposed convolutions 4×4 of stride 2, each
 * with `.norm` and relu but the last, which ends in tanh: pixels between −1 and 1. Where `outputs` is above 1 it also
 * reads `label` (Mirza & Osindero 2014).
 */
export const dcganGenerator = family({
  options: Type.Object({
    filters: filtersField([64, 32], GROWING),
    width: widthField,
    image: imageField,
  }, {
    description:
      "DCGAN's generator, pixels between −1 and 1; `outputs` is the number of conditions it can be asked for",
  }),
  build(input, outputs, { filters, width, image }): Architecture {
    assertLatent("dcgan-generator", input);
    const channels = channelsAt(filters, width);
    const [height, across] = smallest(image, channels.length);
    const units = height * across * channels[0]!;
    const start = joined("joined", INPUT, outputs);
    const plain = { bias: false, activation: "linear" } as const;
    const layers: Layer[] = [
      ...start.layers,
      { name: "project", kind: "dense", inputs: [start.last], units, ...plain },
      {
        name: "reshape",
        kind: "reshape",
        inputs: ["project"],
        shape: [height, across, channels[0]!],
      },
      { ...norm("reshape", "relu"), name: "project.norm" },
    ];
    for (const [index, count] of channels.slice(1).entries()) {
      const name = `conv${index + 1}`;
      layers.push(doubling(name, layers.at(-1)!.name, count, plain), norm(name, "relu"));
    }
    const own = { bias: true, activation: "tanh" } as const;
    layers.push(doubling(`conv${channels.length}`, layers.at(-1)!.name, image[2]!, own));
    const inputs = [{ name: INPUT, shape: input }, ...labelInput(outputs)];
    return {
      family: "dcgan-generator",
      inputs,
      layers,
      outputs: [layers.at(-1)!.name],
      head: "none",
    };
  },
});

/**
 * `conv1 …`: convolutions 4×4 of stride 2 with leaky-relu, each but the first with `.norm`; `head.flatten`,
 * `head.dense`: one logit, above 0 for what looks real. Where `outputs` is above 1, `label.plane` (dense) makes of
 * the class a further channel of the image.
 */
export const dcganDiscriminator = family({
  options: Type.Object({
    filters: filtersField(
      [32, 64],
      "The channels of each convolution, from the image on; each halves height and width",
    ),
    width: widthField,
  }, {
    description:
      "DCGAN's discriminator: one number, real or not; `outputs` is the number of conditions it reads",
  }),
  build(input, outputs, { filters, width }): Architecture {
    assertImage("dcgan-discriminator", input);
    const [height, across] = input as [number, number];
    const told = outputs > 1;
    const layers: Layer[] = told
      ? [
        {
          name: "label.plane",
          kind: "dense",
          inputs: [LABEL],
          units: height * across,
          bias: true,
          activation: "linear",
        },
        { name: "label.map", kind: "reshape", inputs: ["label.plane"], shape: [height, across, 1] },
        { name: "joined", kind: "concat", inputs: [INPUT, "label.map"] },
      ]
      : [];
    let last = told ? "joined" : INPUT;
    for (const [index, count] of channelsAt(filters, width).entries()) {
      const name = `conv${index + 1}`;
      const plain = convolution(name, last, { filters: count, size: 4, stride: 2 });
      if (index === 0) layers.push({ ...plain, bias: true, activation: "leaky-relu" });
      else layers.push(plain, norm(name, "leaky-relu"));
      last = layers.at(-1)!.name;
    }
    layers.push(
      { name: "head.flatten", kind: "flatten", inputs: [last] },
      {
        name: "head.dense",
        kind: "dense",
        inputs: ["head.flatten"],
        units: 1,
        bias: true,
        activation: "linear",
      },
    );
    const inputs = [{ name: INPUT, shape: input }, ...labelInput(outputs)];
    return {
      family: "dcgan-discriminator",
      inputs,
      layers,
      outputs: ["head.dense"],
      head: "sigmoid",
    };
  },
});
