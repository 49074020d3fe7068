/** What Keras says of a model that it saved: the network as JSON. */
import { isJsonObject, type JsonObject } from "../json_object.ts";
import { UnreadableModelError } from "../format.ts";

/** The network in a text. Throws an UnreadableModelError where the text, whose name is `what`, holds none. */
export function savedConfig(text: string, what: string): JsonObject {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    throw new UnreadableModelError(`Cannot read the model: its ${what} is no JSON`);
  }
  if (isJsonObject(json)) return json;
  throw new UnreadableModelError(`Cannot read the model: its ${what} is not an object`);
}
