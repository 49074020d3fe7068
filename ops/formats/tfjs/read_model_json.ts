/** What a `model.json` holds: layers, or a graph of TensorFlow's operators. What it has tells which. */
import { fieldsOf, noteSaid, type Said, said } from "../../../engine/quote.ts";
import type { AskedModel } from "../asked.ts";
import { UnreadableModelError } from "../format.ts";
import type { Model } from "../../model/model.ts";
import { isJsonObject, type JsonObject } from "../json_object.ts";
import { weightGroups } from "./weights_manifest.ts";

/** The shards that a `model.json` names, relative to it. Throws an UnreadableModelError where it is none. */
export function shardPaths(json: unknown): readonly string[] {
  return weightGroups(rootOf(json)).flatMap(({ paths }) => paths);
}

/**
 * The model in a parsed `model.json`; `shard` gives the bytes of each path it names. Throws an UnreadableModelError that
 * names the layer or node it stumbled over.
 */
export async function readModelJson(
  json: unknown,
  shard: (path: string) => Uint8Array,
  asked: AskedModel = {},
): Promise<Model> {
  const root = rootOf(json);
  noteSaid(saidIn(root), asked.note);
  if (isGraphModel(root)) {
    const { readGraphModel } = await import("./graph/read_graph_model.ts");
    return readGraphModel(root, shard, asked);
  }
  const { readLayersModel } = await import("./read_layers_model.ts");
  return readLayersModel(root, shard, asked);
}

/** What the file says of what made it: the library whose model it is, what converted that, and what was added to it. */
function saidIn({ generatedBy, convertedBy, userDefinedMetadata }: JsonObject): Said {
  const made = Object.entries({ "generated_by": generatedBy, "converted_by": convertedBy });
  return said([
    ...Object.entries(fieldsOf(userDefinedMetadata)),
    ...made.filter(([, value]) => typeof value === "string"),
  ]);
}

/** Whether a `model.json` is of tfjs's other kind: a graph of TensorFlow operations, without layers. */
function isGraphModel({ format, modelTopology }: JsonObject): boolean {
  return format === "graph-model" ||
    isJsonObject(modelTopology) && Array.isArray(modelTopology.node);
}

function rootOf(json: unknown): JsonObject {
  if (isJsonObject(json)) return json;
  throw new UnreadableModelError(
    "Cannot read the model: its model.json is not an object",
    { readable: true },
  );
}
