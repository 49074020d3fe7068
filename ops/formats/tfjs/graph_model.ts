/** The other kind of `model.json`. */
import { isJsonObject, type JsonObject } from "../json_object.ts";

/** Whether a `model.json` is of tfjs's other kind: a graph of TensorFlow operations, without layers. */
export function isGraphModel({ format, modelTopology }: JsonObject): boolean {
  return format === "graph-model" ||
    isJsonObject(modelTopology) && Array.isArray(modelTopology.node);
}
