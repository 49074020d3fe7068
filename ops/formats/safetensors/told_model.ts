/** A model out of a safetensors file that says what network its weights are of: ours, torchvision's, transformers'. */
import { sentenceOf } from "../../../engine/quote.ts";
import type { RunContext } from "../../../engine/op.ts";
import { weightSlots } from "../../model/layers.ts";
import type { Architecture, Model } from "../../model/model.ts";
import { floatWeight } from "../../model/weights.ts";
import type { AskedModel } from "../asked.ts";
import { UnreadableModelError } from "../format.ts";
import { assertUnasked, ownModel } from "../own_model.ts";
import { noteSaid } from "../../../engine/quote.ts";
import { decodeSafetensors, isOwn, saidIn } from "./model_file.ts";
import { readSafetensors, type SafetensorsFile } from "./safetensors_file.ts";
import { torchvisionNetwork, torchvisionWeights } from "./torchvision.ts";
import { saidInConfig } from "./transformers/encoder_config.ts";
import { readEncoder } from "./transformers/read_encoder.ts";

/**
 * The model out of the file and, of an encoder, its config; in floats unless integers are to stay: small numbers of a file
 * of ours are decoded, and a warning says so. Throws an UnreadableModelError where names and shapes tell no network, or a weight is missing.
 */
export function readSafetensorsModel(
  [bytes, config]: readonly Uint8Array[],
  from: string,
  { warn, note, integers = false, ...asked }: Pick<RunContext, "warn"> & AskedModel,
): Model {
  try {
    const file = readSafetensors(bytes!);
    const told = config === undefined ? {} : saidInConfig(config);
    noteSaid({ ...saidIn(file), ...told }, note);
    if (isOwn(file)) {
      return ownModel(() => decodeSafetensors(bytes!), from, { ...asked, warn, integers });
    }
    if (config !== undefined) return readEncoder(file, config, asked, { warn });
    const network = torchvisionNetwork(file, asked.input);
    if (network !== undefined) {
      assertUnasked(asked, ["output"], "it is one of torchvision");
      return toldModel(network, file);
    }
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UnreadableModelError(`\`${from}\` cannot be read: ${sentenceOf(error)}`);
  }
  throw new UnreadableModelError(
    `\`${from}\` is a safetensors file, which holds weights, and its names tell no network`,
    { help: "name the network that they are of: { use: …, weights: ./net.safetensors }" },
  );
}

function toldModel(network: Architecture, file: SafetensorsFile): Model {
  const values = torchvisionWeights(file, network);
  const slots = weightSlots(network);
  const absent = slots.find(({ name }) => !values?.has(name));
  if (absent !== undefined) throw new RangeError(`it has nothing for ${absent.name}`);
  return {
    ...network,
    weights: Object.fromEntries(
      slots.map(({ name, shape }) => [name, floatWeight(shape, values!.get(name)!)]),
    ),
    preprocess: null,
    classes: [],
    established: {},
    learned: true,
    quantization: null,
  };
}
