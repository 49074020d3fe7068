/** One small network of each family of the zoo, for promises that hold for all of them. */
import type { Architecture } from "../../ops/model/model.ts";
import { bert } from "../../ops/model/zoo/bert.ts";
import { charLstm } from "../../ops/model/zoo/char_lstm.ts";
import { cnn, lenet5 } from "../../ops/model/zoo/cnn.ts";
import { cvae, vaeDecoder } from "../../ops/model/zoo/cvae.ts";
import { dcganDiscriminator, dcganGenerator } from "../../ops/model/zoo/dcgan.ts";
import { mlp } from "../../ops/model/zoo/mlp.ts";
import { mobilenetV1 } from "../../ops/model/zoo/mobilenet_v1.ts";
import { mobilenetV2 } from "../../ops/model/zoo/mobilenet_v2.ts";
import { mobilenetV3 } from "../../ops/model/zoo/mobilenet_v3.ts";
import { resnet } from "../../ops/model/zoo/resnet.ts";
import { resnetImagenet } from "../../ops/model/zoo/resnet_imagenet.ts";
import { shufflenetV2 } from "../../ops/model/zoo/shufflenet_v2.ts";
import { squeezenet } from "../../ops/model/zoo/squeezenet.ts";
import { plainCnn, vgg } from "../../ops/model/zoo/stacked.ts";
import { textCnn } from "../../ops/model/zoo/text_cnn.ts";
import { wideResnet } from "../../ops/model/zoo/wide_resnet.ts";

/**
 * Small, but with everything that the family has: pooling, flattening, shortcuts, strides, depthwise layers. By family; a
 * second network of one has what is other behind a comma: `mlp, swish`.
 */
export const zooNetworks: Readonly<Record<string, Architecture>> = {
  mlp: mlp.build([7], 3, { hidden: [8, 6], dropout: 0.5 }),
  cnn: cnn.build([9, 9, 2], 3, { filters: [4, 6], dense: [8], dropout: 0 }),
  lenet5: lenet5.build([16, 16, 1], 3, {}),
  resnet: resnet.build([8, 8, 3], 3, { depth: 14, width: 0.25 }),
  // The stem, a block of each kind and one that strides: eighteen layers on so few pixels say little more.
  "resnet-imagenet": shortened(
    resnetImagenet.build([64, 64, 1], 3, { depth: 18, width: 0.0625, version: "1.5" }),
    "stage2.block1.add",
  ),
  "mobilenet-v1": mobilenetV1.build([12, 12, 1], 3, { depth: 5, width: 0.125 }),
  "plain-cnn": plainCnn.build([8, 8, 2], 3, { depth: 8, width: 0.125 }),
  vgg: vgg.build([8, 8, 1], 3, { depth: 8, width: 0.0625 }),
  "wide-resnet": wideResnet.build([8, 8, 2], 3, { depth: 10, widen: 1, dropout: 0.3 }),
  // Its head of 1,280 channels adds up rounding ties: two blocks, one with a sum, one that strides, are enough.
  "mobilenet-v2": mobilenetV2.build([12, 12, 1], 3, { depth: 2, width: 0.25 }),
  // Both functions, a block that weighs its channels and one with a sum; more add up rounding ties.
  "mobilenet-v3": shortened(
    mobilenetV3.build([12, 12, 1], 3, { size: "small", width: 0.25 }),
    "block3.add",
  ),
  squeezenet: squeezenet.build([12, 12, 1], 3, { width: 0.125, dropout: 0 }),
  "shufflenet-v2": shortened(
    shufflenetV2.build([12, 12, 1], 3, { width: 0.5 }),
    "stage1.block2.shuffle",
  ),
  "text-cnn": textCnn.build([7], 3, {
    embedding: 5,
    filters: 4,
    kernels: [2, 3],
    dense: [6],
    dropout: 0.3,
    vocabulary: 11,
  }),
  "char-lstm": charLstm.build([5], 3, {
    embedding: 4,
    units: 6,
    depth: 2,
    answer: "last",
    dropout: 0,
    vocabulary: 11,
  }),
  bert: bert.build([6], 3, { depth: 2, hidden: 16, heads: 2, vocabulary: 11, dropout: 0.1 }),
  cvae: cvae.build([8, 8, 1], 1, { latent: 3, filters: [6, 4], width: 1 }),
  "vae-decoder": vaeDecoder.build([3], 1, { filters: [6, 4], width: 1, image: [8, 8, 1] }),
  "dcgan-generator": dcganGenerator.build([3], 1, {
    filters: [6, 4],
    width: 1,
    image: [8, 8, 2],
  }),
  // Its one number is far from 0 on the samples of the tests, which measure differences in units of it.
  "dcgan-discriminator": dcganDiscriminator.build([8, 8, 1], 1, { filters: [6, 6], width: 1 }),
};

/** Those that have channels to lose: units of a recurrent layer feed on one another, and none goes. */
export const networksWithChannels: Readonly<Record<string, Architecture>> = Object.fromEntries(
  Object.entries(zooNetworks).filter(([, { family }]) => family !== "char-lstm"),
);

/** A network up to a layer, with its own head behind it. */
function shortened(network: Architecture, last: string): Architecture {
  const end = network.layers.findIndex(({ name }) => name === last) + 1;
  const [pool, dense] = network.layers.slice(-2);
  return {
    ...network,
    layers: [...network.layers.slice(0, end), { ...pool!, inputs: [last] }, dense!],
  };
}
