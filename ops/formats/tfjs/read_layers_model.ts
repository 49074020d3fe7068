/** Reads a tfjs layers-model, as tfjs and Keras's converter write it: plain JSON and bytes, nothing of tfjs runs. */
import type { AskedModel } from "../asked.ts";
import type { Model } from "../../model/model.ts";
import { isJsonObject, type JsonObject, textIn } from "../json_object.ts";
import { kerasModel } from "../keras/keras_model.ts";
import { readTopology } from "../keras/topology.ts";
import { readWeights, weightGroups } from "./weights_manifest.ts";

/**
 * The model in a parsed `model.json`; `shard` gives the bytes of each path it names. Quantized weights are decoded to
 * float32. Throws an UnreadableModelError that names the layer it stumbled over.
 */
export function readLayersModel(
  root: JsonObject,
  shard: (path: string) => Uint8Array,
  asked: AskedModel = {},
): Model {
  const weights = readWeights(weightGroups(root), shard);
  const metadata = isJsonObject(root.userDefinedMetadata) ? root.userDefinedMetadata : {};
  const { classes } = metadata;
  return kerasModel(readTopology(root), {
    weights,
    keras: 2,
    asked,
    classes: Array.isArray(classes) ? classes.map(classNamed) : [],
  });
}

/** A class as JSON names it: by a text or a number. */
const classNamed = (name: unknown): string => typeof name === "number" ? `${name}` : textIn(name);
