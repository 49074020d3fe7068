/** Models that Keras saved as one HDF5 file (`.h5`): the network as an attribute, weights in a group for each layer. */
import { noteSaid, quoted, type Said, said } from "../../../engine/quote.ts";
import type { Model } from "../../model/model.ts";
import type { AskedModel } from "../asked.ts";
import { FROM_KERAS, UnreadableModelError } from "../format.ts";
import type { FileWeight } from "./assembly.ts";
import { type Group, readHdf5 } from "./hdf5/hdf5_file.ts";
import { kerasModel } from "./keras_model.ts";
import { savedConfig } from "./saved_config.ts";
import { readTopology } from "./topology.ts";

/** The model in a file's bytes. Throws an UnreadableModelError or a RangeError that says what is wrong with it. */
export function readH5Model(bytes: Uint8Array, name: string, asked: AskedModel = {}): Model {
  const root = readHdf5(bytes, name);
  const [config] = root.texts("model_config") ?? [];
  if (config === undefined) {
    throw new UnreadableModelError(
      `\`${name}\` is an HDF5 file without a network: it has no attribute model_config`,
      { help: `if it holds weights alone, ${FROM_KERAS}` },
    );
  }
  const topology = readTopology({ modelTopology: savedConfig(config, "model_config") });
  const weights = weightsOf(root.group("model_weights") ?? root, name);
  const [version = "2"] = root.texts("keras_version") ?? [];
  noteSaid(saidIn(root), asked.note);
  return kerasModel(topology, { weights, keras: version.startsWith("3") ? 3 : 2, asked });
}

/** What the attributes of the file say of it, besides the network and how it was trained. */
function saidIn(root: Group): Said {
  return said(ATTRIBUTES.map((name) => [name, textsOf(root, name)]));
}

const ATTRIBUTES = ["keras_version", "backend", "license", "author", "description"] as const;

/** An attribute that nothing depends on: one that is damaged says nothing. */
function textsOf(root: Group, name: string): readonly string[] | undefined {
  try {
    return root.texts(name);
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** The weights by `<layer>/<name>`; names may have their layer's before them, and that of the model. */
function weightsOf(group: Group, file: string): ReadonlyMap<string, FileWeight> {
  const weights = new Map<string, FileWeight>();
  for (const layer of listed(group, "layer_names")) {
    const own = group.group(layer);
    if (own === undefined) throw missing(file, layer);
    for (const name of listed(own, "weight_names")) {
      const weight = own.array(name);
      if (weight === undefined) throw missing(file, name);
      const at = `/${name}`.indexOf(`/${layer}/`);
      weights.set(at < 0 ? `${layer}/${name}` : name.slice(at), weight);
    }
  }
  return weights;
}

/** Names in an attribute; Keras divides what is too long for one: `<attribute>0`, `<attribute>1` … */
function listed(group: Group, attribute: string): readonly string[] {
  const whole = group.texts(attribute);
  if (whole !== undefined) return whole;
  const names: string[] = [];
  for (let part = 0;; part++) {
    const some = group.texts(`${attribute}${part}`);
    if (some === undefined) return names;
    for (const name of some) names.push(name);
  }
}

function missing(file: string, name: string): UnreadableModelError {
  return new UnreadableModelError(`\`${file}\` has no ${quoted(name)}, which it names`, {
    help: "it is damaged; get the file again",
  });
}
