/** The layers of a Keras topology as one flat list: Sequential and Functional, nested models put in place. */
import { quoted, quotedJson } from "../../../engine/quote.ts";
import { UnreadableModelError } from "../format.ts";
import { isJsonObject, type JsonObject } from "../json_object.ts";

/** One layer of the file. */
export interface TopologyNode {
  /** Unique; a nested model's layers are `<model>.<layer>`. */
  readonly name: string;
  /** The layer's own name, under which its weights are stored. */
  readonly ownName: string;
  readonly className: string;
  readonly config: JsonObject;
  /** Names of the nodes it reads; none for an InputLayer. */
  readonly inputs: readonly string[];
}

/** A flat topology. */
export interface Topology {
  readonly nodes: readonly TopologyNode[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
}

/** Models in one another, and layers in one of them. */
const DEEPEST = 100;
const MOST_LAYERS = 5000;

/** Classes that are models. */
export const MODELS: ReadonlySet<string> = new Set(["Functional", "Model", "Sequential"]);

/** The topology in a `model.json`. Throws an UnreadableModelError where its form is not known. */
export function readTopology(model: JsonObject): Topology {
  const { modelTopology } = model;
  if (!isJsonObject(modelTopology)) {
    throw new UnreadableModelError("Cannot read the model: it has no modelTopology", {
      readable: true,
    });
  }
  // Keras's converter puts the model into `model_config`, tfjs's own save does not.
  const root = isJsonObject(modelTopology.model_config)
    ? modelTopology.model_config
    : modelTopology;
  return flatten(root, "", []);
}

function flatten(model: JsonObject, prefix: string, given: readonly string[]): Topology {
  if (prefix.split(".").length > DEEPEST) {
    throw new UnreadableModelError(`Cannot read the model: its models are nested too deep`);
  }
  const { class_name: className, config } = model;
  if (className === "Sequential") return sequence(layersOf(config), prefix, given);
  if (typeof className === "string" && MODELS.has(className) && isJsonObject(config)) {
    return functional(config, prefix, given);
  }
  if (className === undefined) {
    throw new UnreadableModelError(
      "Cannot read the model: its modelTopology names no class (class_name)",
      { readable: true },
    );
  }
  throw new UnreadableModelError(
    `Cannot read a model of class ${quotedJson(className)}; these can be read: ${
      [...MODELS].join(", ")
    }`,
  );
}

/** `given`: the nodes outside that stand for the model's inputs; none for the outermost model. */
function sequence(
  layers: readonly JsonObject[],
  prefix: string,
  given: readonly string[],
): Topology {
  const nodes: TopologyNode[] = [];
  const [first] = layers;
  if (first === undefined) throw new UnreadableModelError("Cannot read a model without layers");
  let last = given[0];
  if (last === undefined && first.class_name !== "InputLayer") {
    // Keras leaves the input of a Sequential to its first layer.
    last = "input";
    const config = isJsonObject(first.config) ? first.config : {};
    nodes.push({ name: last, ownName: last, className: "InputLayer", config, inputs: [] });
  }
  for (const layer of layers) {
    if (layer.class_name === "InputLayer" && last !== undefined) continue;
    const inner = place(layer, prefix, last === undefined ? [] : [last]);
    nodes.push(...inner.nodes);
    last = inner.outputs[0]!;
  }
  const inputs = nodes.filter((node) => node.className === "InputLayer").map(({ name }) => name);
  return { nodes, inputs, outputs: [last!] };
}

function functional(config: JsonObject, prefix: string, given: readonly string[]): Topology {
  const inputs = references(config.input_layers).map(({ layer }) => layer);
  /** Name in this model → names of the nodes that stand for its outputs. */
  const standing = new Map(given.map((name, index) => [inputs[index]!, [name]] as const)) as Map<
    string,
    readonly string[]
  >;
  const nodes: TopologyNode[] = [];
  const waiting = layersOf(config).map((layer) => ({ layer, reads: inboundOf(layer) }));
  // Files list layers in any order; each round places those whose inputs are there.
  while (waiting.length > 0) {
    const at = waiting.findIndex(({ reads }) => reads.every(({ layer }) => standing.has(layer)));
    if (at < 0) {
      throw new UnreadableModelError(`Cannot read the model: layers read one another in a circle`);
    }
    const { layer, reads } = waiting.splice(at, 1)[0]!;
    const name = nameOf(layer);
    if (standing.has(name)) continue;
    const inner = place(layer, prefix, reads.map((each) => valueOf(standing, each)));
    nodes.push(...inner.nodes);
    standing.set(name, inner.outputs);
  }
  const outputs = references(config.output_layers);
  const missing = [...inputs, ...outputs.map(({ layer }) => layer)]
    .find((name) => !standing.has(name));
  if (missing !== undefined) {
    throw new UnreadableModelError(
      `Cannot read the model: it has no layer ${
        quoted(missing)
      }, which it names as an input or an output`,
    );
  }
  return {
    nodes,
    inputs: inputs.map((name) => standing.get(name)![0]!),
    outputs: outputs.map((each) => valueOf(standing, each)),
  };
}

/** The node whose value a reference means. */
function valueOf(
  standing: ReadonlyMap<string, readonly string[]>,
  { layer, output }: Reference,
): string {
  const found = standing.get(layer)![output];
  if (found !== undefined) return found;
  throw new UnreadableModelError(
    `Cannot read the model: output ${output} of layer ${
      quoted(layer)
    } is read, and only its first can be`,
  );
}

function place(layer: JsonObject, prefix: string, inputs: readonly string[]): Topology {
  const ownName = nameOf(layer);
  const name = `${prefix}${ownName}`;
  const { class_name: className } = layer;
  if (typeof className !== "string") {
    throw new UnreadableModelError(
      `Cannot read layer ${quoted(name)}: it names no class (class_name)`,
      { readable: true },
    );
  }
  if (MODELS.has(className)) return flatten(layer, `${name}.`, inputs);
  const config = isJsonObject(layer.config) ? layer.config : {};
  return { nodes: [{ name, ownName, className, config, inputs }], inputs, outputs: [name] };
}

function layersOf(config: unknown): readonly JsonObject[] {
  const layers = Array.isArray(config) ? config : isJsonObject(config) ? config.layers : undefined;
  if (Array.isArray(layers) && layers.length > MOST_LAYERS) {
    throw new UnreadableModelError(
      `Cannot read the model: it has ${layers.length} layers, more than ${MOST_LAYERS}`,
    );
  }
  if (Array.isArray(layers) && layers.every(isJsonObject)) return layers;
  throw new UnreadableModelError("Cannot read the model: it has no list of layers");
}

function nameOf(layer: JsonObject): string {
  const { name, config } = layer;
  const found = typeof name === "string" ? name : isJsonObject(config) ? config.name : undefined;
  if (typeof found === "string") return found;
  throw new UnreadableModelError("Cannot read the model: one of its layers has no name");
}

/** What a layer reads. A layer that is applied more than once shares its weights, which a model here cannot. */
function inboundOf(layer: JsonObject): readonly Reference[] {
  const uses = layer.inbound_nodes;
  if (!Array.isArray(uses) || uses.length === 0) return [];
  const name = nameOf(layer);
  if (uses.length > 1) {
    throw new UnreadableModelError(
      `Cannot read layer ${quoted(name)}: it is applied ${uses.length} times, sharing its weights`,
    );
  }
  const [use] = uses;
  if (Array.isArray(use)) return references(use);
  // As Keras 3 writes it: what the layer was called with.
  if (isJsonObject(use)) return [...references(use.args), ...references(use.kwargs)];
  throw new UnreadableModelError(
    `Cannot read layer ${quoted(name)}: its inbound_nodes are ${quotedJson(use)}`,
  );
}

/** An output of a layer. */
interface Reference {
  readonly layer: string;
  readonly output: number;
}

/**
 * The outputs of layers in a value, in order: Keras 2's `["layer", node, output, { … }]`, whose map holds what else the
 * layer was called with, and Keras 3's tensors with a history, in lists and maps of any depth.
 */
function references(value: unknown, depth = 0): readonly Reference[] {
  if (depth > DEEPEST) {
    throw new UnreadableModelError("Cannot read the model: its lists are nested too deep");
  }
  if (typeof value === "string" && depth === 1) return [{ layer: value, output: 0 }];
  const inside = (values: readonly unknown[]) =>
    values.flatMap((each) => references(each, depth + 1));
  if (Array.isArray(value)) {
    const [layer, node = 0, output = 0, ...others] = value;
    if (typeof layer !== "string" || typeof node !== "number") return inside(value);
    return [{ layer, output: Number(output) }, ...inside(others)];
  }
  if (!isJsonObject(value)) return [];
  if (value.class_name !== "__keras_tensor__") return inside(Object.values(value));
  return isJsonObject(value.config) ? references(value.config.keras_history, depth) : [];
}
