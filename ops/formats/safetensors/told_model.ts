/** A model out of a safetensors file that says what network its weights are of: ours, torchvision's, transformers'. */
import { sentenceOf } from "../../../engine/quote.ts";
import type { RunContext } from "../../../engine/op.ts";
import { weightSlots } from "../../model/layers.ts";
import type { Architecture, Model, Weight } from "../../model/model.ts";
import { decodeWeight, floatWeight } from "../../model/weights.ts";
import type { AskedModel } from "../asked.ts";
import { UnreadableModelError } from "../format.ts";
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
      assertUnasked(asked, ["input", "output"], "it was written here");
      const model = decodeSafetensors(bytes!);
      return integers ? model : inFloats(model, from, warn);
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

/** Throws where a recipe asks what can be had of other files. */
function assertUnasked(
  asked: AskedModel,
  fields: readonly ("input" | "output")[],
  why: string,
): void {
  const field = fields.find((each) => asked[each] !== undefined);
  if (field === undefined) return;
  throw new UnreadableModelError(`the network of the file has one ${field}: ${why}`, {
    field,
    help: `leave \`${field}\` out`,
  });
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

function inFloats(model: Model, from: string, warn: RunContext["warn"]): Model {
  const small = Object.values(model.weights).some(({ encoding }) => encoding.use !== "f32");
  if (!small && model.quantization === null) return model;
  warn(
    `\`${from}\` holds numbers smaller than floats, which are decoded: preserve: integers keeps them, ` +
      "quantize stores them so again",
  );
  const weights = Object.entries(model.weights).map(([name, weight]): [string, Weight] => [
    name,
    floatWeight(weight.shape, decodeWeight(weight)),
  ]);
  return { ...model, weights: Object.fromEntries(weights), established: {}, quantization: null };
}
