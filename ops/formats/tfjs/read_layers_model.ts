/** Reads a tfjs layers-model, as tfjs and Keras's converter write it: plain JSON and bytes, nothing of tfjs runs. */
import { quoted } from "../../../engine/quote.ts";
import { sameShape, show } from "../../../engine/shape.ts";
import { weightSlots } from "../../model/layers.ts";
import { UnreadableModelError } from "../format.ts";
import type { Model } from "../../model/model.ts";
import { assemble } from "./assembly.ts";
import { isJsonObject } from "../json_object.ts";
import { isGraphModel } from "./config.ts";
import { readKerasLayer } from "./keras_layers.ts";
import { FROM_KERAS } from "./keras_words.ts";
import { readTopology } from "./topology.ts";
import { readWeights, weightGroups } from "./weights_manifest.ts";

/** The shards that a `model.json` names, relative to it. Throws an UnreadableModelError where it is none. */
export function shardPaths(json: unknown): readonly string[] {
  return weightGroups(rootOf(json)).flatMap(({ paths }) => paths);
}

/**
 * The model in a parsed `model.json`; `shard` gives the bytes of each path it names. Activations join the layers they
 * follow; a last softmax or sigmoid becomes the head; `Rescaling` behind the input becomes the preprocessing; layers of
 * nested models are named `<model>.<layer>`. Quantized weights are decoded to float32. Throws an
 * UnreadableModelError that names the layer it stumbled over.
 */
export function readLayersModel(json: unknown, shard: (path: string) => Uint8Array): Model {
  const root = rootOf(json);
  const weights = readWeights(weightGroups(root), shard);
  const model = assemble(readTopology(root), weights, readKerasLayer);
  for (const { name, shape } of weightSlots(model)) {
    const found = model.weights[name]!.shape;
    if (sameShape(found, shape)) continue;
    throw new UnreadableModelError(
      `Cannot read weight ${quoted(name)}: its shape is ${show(found)}, the layer needs ${
        show(shape)
      }`,
    );
  }
  const metadata = isJsonObject(root.userDefinedMetadata) ? root.userDefinedMetadata : {};
  const { classes } = metadata;
  return {
    ...model,
    classes: Array.isArray(classes) ? classes.map(String) : [],
    established: {},
    learned: true,
    quantization: null,
  };
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
