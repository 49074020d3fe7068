/** The zoo: every family a recipe can name with `use`, from simple to complex. */
import { bert } from "./bert.ts";
import { charLstm } from "./char_lstm.ts";
import { cnn, lenet5 } from "./cnn.ts";
import { cvae, vaeDecoder } from "./cvae.ts";
import { dcganDiscriminator, dcganGenerator } from "./dcgan.ts";
import { lenet300, mlp } from "./mlp.ts";
import { mobilenetV1 } from "./mobilenet_v1.ts";
import { mobilenetV2 } from "./mobilenet_v2.ts";
import { mobilenetV3 } from "./mobilenet_v3.ts";
import { resnet } from "./resnet.ts";
import { resnetImagenet } from "./resnet_imagenet.ts";
import { shufflenetV2 } from "./shufflenet_v2.ts";
import { squeezenet } from "./squeezenet.ts";
import { plainCnn, vgg } from "./stacked.ts";
import { textCnn } from "./text_cnn.ts";
import { wideResnet } from "./wide_resnet.ts";

/** Families by name. */
export const families = {
  mlp,
  "lenet-300-100": lenet300,
  lenet5,
  cnn,
  "plain-cnn": plainCnn,
  vgg,
  resnet,
  "resnet-imagenet": resnetImagenet,
  "wide-resnet": wideResnet,
  "mobilenet-v1": mobilenetV1,
  "mobilenet-v2": mobilenetV2,
  "mobilenet-v3": mobilenetV3,
  squeezenet,
  "shufflenet-v2": shufflenetV2,
  "text-cnn": textCnn,
  "char-lstm": charLstm,
  bert,
  cvae,
  "vae-decoder": vaeDecoder,
  "dcgan-generator": dcganGenerator,
  "dcgan-discriminator": dcganDiscriminator,
} as const;
