/** Models that Keras saved as an archive (`.keras`): the network as JSON, the weights as HDF5, in a zip file. */
import { unzipped } from "../../data/readers/unzip.ts";
import { noteSaid, said } from "../../../engine/quote.ts";
import type { Model } from "../../model/model.ts";
import type { AskedModel } from "../asked.ts";
import type { JsonObject } from "../json_object.ts";
import { FROM_KERAS, UnreadableModelError } from "../format.ts";
import { archiveWeights } from "./archive_weights.ts";
import type { KerasVersion } from "./assembly.ts";
import { readHdf5 } from "./hdf5/hdf5_file.ts";
import { kerasModel } from "./keras_model.ts";
import { savedConfig } from "./saved_config.ts";
import { readTopology } from "./topology.ts";

const CONFIG = "config.json";
const WEIGHTS = "model.weights.h5";
const METADATA = "metadata.json";

/**
 * The model in an archive's bytes, of which no more than half of `memory` is unpacked. Throws an UnreadableModelError or a
 * RangeError that says what is wrong with it.
 */
export function readArchiveModel(
  bytes: Uint8Array,
  name: string,
  memory: number,
  asked: AskedModel = {},
): Model {
  const files = unzipped(bytes, `Cannot read "${name}"`, memory);
  const [config, weights] = [files[CONFIG], files[WEIGHTS]];
  if (config === undefined || weights === undefined) {
    throw new UnreadableModelError(
      `\`${name}\` has no \`${config === undefined ? CONFIG : WEIGHTS}\``,
      { help: FROM_KERAS },
    );
  }
  const model = savedConfig(new TextDecoder().decode(config), CONFIG);
  const metadata = files[METADATA];
  const about = metadata === undefined
    ? {}
    : savedConfig(new TextDecoder().decode(metadata), METADATA);
  noteSaid(said(Object.entries(about)), asked.note);
  const topology = readTopology({ modelTopology: model });
  const root = readHdf5(weights, `${name}/${WEIGHTS}`);
  const keras = versionIn(about);
  return kerasModel(topology, { weights: archiveWeights(model, root), keras, asked });
}

/** Which Keras wrote an archive: 2.11 and later write them too, and its layers have other defaults. */
function versionIn({ keras_version: version }: JsonObject): KerasVersion {
  return String(version).startsWith("2.") ? 2 : 3;
}
