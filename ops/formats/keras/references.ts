/** What a Keras layer was called with: the uses of layers that its `inbound_nodes` name. */
import { quoted, quotedJson } from "../../../engine/quote.ts";
import { UnreadableModelError } from "../format.ts";
import { isJsonObject, type JsonObject } from "../json_object.ts";

/** An output of a use of a layer. */
export interface Reference {
  readonly layer: string;
  /** Which of the layer's uses, as the file counts them. */
  readonly use: number;
  readonly output: number;
}

/** Lists and maps in one another. */
const DEEPEST = 100;

/** What each use of a layer reads; an input, which reads nothing, has one. */
export function usesIn(layer: JsonObject, name: string): readonly (readonly Reference[])[] {
  const uses = layer.inbound_nodes;
  if (!Array.isArray(uses) || uses.length === 0) return [[]];
  return uses.map((use) => {
    if (Array.isArray(use)) return references(use);
    // As Keras 3 writes it: what the layer was called with.
    if (isJsonObject(use)) {
      return [...references(use.args), ...references(valueArguments(use.kwargs))];
    }
    throw new UnreadableModelError(
      `Cannot read layer ${quoted(name)}: its inbound_nodes are ${quotedJson(use)}`,
    );
  });
}

/** Names of arguments that say which rows are hidden. */
const MASKS = /(?:^|_)mask$/;

/** What a layer of Keras 3 is called with as masks. */
export function maskArguments(kwargs: unknown): JsonObject {
  return argumentsOf(kwargs, (name) => MASKS.test(name));
}

function valueArguments(kwargs: unknown): JsonObject {
  return argumentsOf(kwargs, (name) => !MASKS.test(name));
}

function argumentsOf(kwargs: unknown, wanted: (name: string) => boolean): JsonObject {
  const entries = isJsonObject(kwargs) ? Object.entries(kwargs) : [];
  return Object.fromEntries(entries.filter(([name]) => wanted(name)));
}

/**
 * The outputs of layers in a value, in order: Keras 2's `["layer", node, output, { … }]`, whose map holds what else the
 * layer was called with, and Keras 3's tensors with a history, in lists and maps of any depth.
 */
export function references(value: unknown, depth = 0): readonly Reference[] {
  if (depth > DEEPEST) {
    throw new UnreadableModelError("Cannot read the model: its lists are nested too deep");
  }
  if (typeof value === "string" && depth === 1) return [{ layer: value, use: 0, output: 0 }];
  const inside = (values: readonly unknown[]) =>
    values.flatMap((each) => references(each, depth + 1));
  if (Array.isArray(value)) {
    const [layer, use = 0, output = 0, ...others] = value;
    if (typeof layer !== "string" || typeof use !== "number") return inside(value);
    return [{ layer, use, output: Number(output) }, ...inside(others)];
  }
  if (!isJsonObject(value)) return [];
  if (value.class_name !== "__keras_tensor__") return inside(Object.values(value));
  return isJsonObject(value.config) ? references(value.config.keras_history, depth) : [];
}
