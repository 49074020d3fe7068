/** What a `model.json` holds: layers, or a graph of TensorFlow's operators. What it has tells which. */
import { excerpt } from "../../../engine/quote.ts";
import type { AskedModel } from "../asked.ts";
import { UnreadableModelError } from "../format.ts";
import type { Model } from "../../model/model.ts";
import { isJsonObject, type JsonObject } from "../json_object.ts";
import { isGraphModel } from "./graph_model.ts";
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
  noteProvenance(root, asked);
  if (isGraphModel(root)) {
    const { readGraphModel } = await import("./graph/read_graph_model.ts");
    return readGraphModel(root, shard, asked);
  }
  const { readLayersModel } = await import("./read_layers_model.ts");
  return readLayersModel(root, shard, asked);
}

/** Notes what the file says of what made it: the library whose model it is, and what converted that. */
function noteProvenance({ generatedBy, convertedBy }: JsonObject, { note }: AskedModel): void {
  const said = Object.entries({ "generated_by": generatedBy, "converted_by": convertedBy })
    .filter((entry): entry is [string, string] => typeof entry[1] === "string")
    .map(([name, text]) => [name, excerpt(text)]);
  if (said.length > 0) note?.("provenance", Object.fromEntries(said));
}

function rootOf(json: unknown): JsonObject {
  if (isJsonObject(json)) return json;
  throw new UnreadableModelError(
    "Cannot read the model: its model.json is not an object",
    { readable: true },
  );
}
