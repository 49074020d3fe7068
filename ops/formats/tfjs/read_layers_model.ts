/** Reads a tfjs layers-model, as tfjs and Keras's converter write it: plain JSON and bytes, nothing of tfjs runs. */
import { UnreadableModelError } from "../format.ts";
import type { Model } from "../../model/model.ts";
import { isJsonObject } from "../json_object.ts";
import { isGraphModel } from "./graph_model.ts";
import { kerasModel } from "../keras/keras_model.ts";
import { FROM_KERAS } from "../keras/words.ts";
import { readTopology } from "../keras/topology.ts";
import { readWeights, weightGroups } from "./weights_manifest.ts";

/** The shards that a `model.json` names, relative to it. Throws an UnreadableModelError where it is none. */
export function shardPaths(json: unknown): readonly string[] {
  return weightGroups(rootOf(json)).flatMap(({ paths }) => paths);
}

/**
 * The model in a parsed `model.json`; `shard` gives the bytes of each path it names. Quantized weights are decoded to
 * float32. Throws an UnreadableModelError that names the layer it stumbled over.
 */
export function readLayersModel(json: unknown, shard: (path: string) => Uint8Array): Model {
  const root = rootOf(json);
  const weights = readWeights(weightGroups(root), shard);
  const metadata = isJsonObject(root.userDefinedMetadata) ? root.userDefinedMetadata : {};
  const { classes } = metadata;
  return kerasModel(readTopology(root), {
    ...{ weights, keras: 2 },
    classes: Array.isArray(classes) ? classes.map(String) : [],
  });
}

function rootOf(json: unknown) {
  if (!isJsonObject(json)) {
    throw new UnreadableModelError(
      "Cannot read the model: its model.json is not an object",
      { readable: true },
    );
  }
  if (!isGraphModel(json)) return json;
  throw new UnreadableModelError(
    "Cannot read the model: it is a graph-model, not a layers-model: TensorFlow operations, without layers",
    { help: `a graph-model does not become one again; ${FROM_KERAS}` },
  );
}
