/** The layers of a Keras topology as one flat list: Sequential and Functional, nested models put in place. */
import { quoted, quotedJson } from "../../../engine/quote.ts";
import { UnreadableModelError } from "../format.ts";
import { isJsonObject, type JsonObject } from "../json_object.ts";
import { isCalledCausal, withoutMaskSteps } from "./mask_steps.ts";
import { type Reference, references, usesIn } from "./references.ts";

/** One use of a layer of the file. */
export interface TopologyNode {
  /**
   * Unique; a nested model's layers are `<model>.<layer>`, and further uses of a layer or model `<name>-2`, `<name>-3`, in
   * the order in which they are computed.
   */
  readonly name: string;
  /** The layer that it is a use of: `<model>/<layer>`. Uses of one layer share its weights. */
  readonly path: string;
  /** The layer's own name, under which its weights are stored. */
  readonly ownName: string;
  readonly className: string;
  readonly config: JsonObject;
  /** Names of the nodes it reads; none for an InputLayer. */
  readonly inputs: readonly string[];
  /** Names of the nodes that its masks come of, where the file hands it masks. */
  readonly masked?: readonly string[];
}

/** A flat topology. */
export interface Topology {
  readonly nodes: readonly TopologyNode[];
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  /** What the file calls the outputs: the layers or models that give them, `<name>.2` their second value. */
  readonly outputNames: readonly string[];
}

/** Where a model stands in others. */
interface Place {
  /** What the names of its layers begin with. */
  readonly prefix: string;
  /** The same of their paths. */
  readonly path: string;
  /** The nodes outside that stand for the model's inputs; none for the outermost model. */
  readonly given: readonly string[];
  readonly depth: number;
  /** Uses of layers that the whole file may still unfold to. */
  readonly left: { count: number };
}

/** Models in one another, and layers in one of them. */
const DEEPEST = 100;
const MOST_LAYERS = 5000;
/** Uses of layers, where models are used several times in models that are. */
const MOST_USES = 20_000;

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
  return flatten(root, { prefix: "", path: "", given: [], depth: 1, left: { count: MOST_USES } });
}

function flatten(model: JsonObject, place: Place): Topology {
  if (place.depth > DEEPEST) {
    throw new UnreadableModelError(`Cannot read the model: its models are nested too deep`);
  }
  const { class_name: className, config } = model;
  if (className === "Sequential") return sequence(layersOf(config), place);
  if (typeof className === "string" && MODELS.has(className) && isJsonObject(config)) {
    return functional(config, place);
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

function sequence(layers: readonly JsonObject[], place: Place): Topology {
  const nodes: TopologyNode[] = [];
  const [first] = layers;
  if (first === undefined) throw new UnreadableModelError("Cannot read a model without layers");
  let last = place.given[0];
  if (last === undefined && first.class_name !== "InputLayer") {
    // Keras leaves the input of a Sequential to its first layer.
    last = "input";
    const config = isJsonObject(first.config) ? first.config : {};
    const named = { name: last, path: last, ownName: last };
    nodes.push({ ...named, className: "InputLayer", config, inputs: [] });
  }
  let answer = last ?? "";
  for (const layer of layers) {
    if (layer.class_name === "InputLayer" && last !== undefined) continue;
    const inner = placed(layer, { ...place, given: last === undefined ? [] : [last] });
    nodes.push(...inner.nodes);
    last = inner.outputs[0]!;
    answer = nameOf(layer);
  }
  const inputs = nodes.filter((node) => node.className === "InputLayer").map(({ name }) => name);
  return { nodes, inputs, outputs: [last!], outputNames: [answer] };
}

function functional(config: JsonObject, place: Place): Topology {
  const inputs = references(config.input_layers).map(({ layer }) => layer);
  /** Layer of this model → for each of its uses the nodes that stand for its outputs. */
  const standing = new Map<string, (readonly string[] | undefined)[]>(
    place.given.map((name, index) => [inputs[index]!, [[name]]]),
  );
  const all = layersOf(config).map((layer) => {
    const name = nameOf(layer);
    return { layer, name, uses: usesIn(layer, name) };
  });
  const outputs = references(config.output_layers);
  const { layers, comparedBy } = withoutMaskSteps(all, outputs);
  const named = new Set(layers.map(({ name }) => name));
  const use = countedFromZero(layers, outputs);
  const nodes: TopologyNode[] = [];
  const waiting = layers.flatMap(({ layer, name, uses }) =>
    uses.map((reads, index) => ({ layer, name, index, reads }))
  );
  const valueAt = (of: Reference) => standing.get(of.layer)?.[use(of)];
  // Files list layers in any order; each round places those whose inputs are there.
  while (waiting.length > 0) {
    const at = waiting.findIndex(({ reads }) => reads.every((each) => valueAt(each) !== undefined));
    if (at < 0) {
      throw new UnreadableModelError(`Cannot read the model: layers read one another in a circle`);
    }
    const { layer, name, index, reads } = waiting.splice(at, 1)[0]!;
    const before = standing.get(name) ?? [];
    if (before[index] !== undefined) continue;
    const given = reads.map((each) => valueOf(valueAt(each)!, each));
    const again = before.filter((each) => each !== undefined).length;
    const inner = placed(layer, { ...place, given }, useName(name, again, named));
    const masked = comparedBy(name, index).map((each) => standing.get(each)?.[0]?.[0] ?? each);
    nodes.push(
      ...masked.length === 0 ? inner.nodes : inner.nodes.map((node) => ({ ...node, masked })),
    );
    before[index] = inner.outputs;
    standing.set(name, before);
  }
  const missing = [...inputs, ...outputs.map(({ layer }) => layer)]
    .find((name) => !standing.has(name));
  if (missing !== undefined) {
    throw new UnreadableModelError(
      `Cannot read the model: it has no layer ${
        quoted(missing)
      }, which it names as an input or an output`,
    );
  }
  const values = outputs.map((each) => valueOf(valueAt(each) ?? [], each));
  return {
    nodes,
    inputs: inputs.map((name) => standing.get(name)![0]![0]!),
    outputs: values,
    outputNames: namesOf(outputs.map(({ layer }) => layer)),
  };
}

/** Names, of which each that is there again has its number behind it. */
function namesOf(names: readonly string[]): readonly string[] {
  return names.map((name, at) => {
    const before = names.slice(0, at).filter((each) => each === name).length;
    return before === 0 ? name : `${name}.${before + 1}`;
  });
}

/**
 * Which use of its layer a reference means. Keras counts those of a model that is part of one from 1, because its first
 * was its own making.
 */
function countedFromZero(
  layers: readonly { readonly name: string; readonly uses: readonly (readonly Reference[])[] }[],
  outputs: readonly Reference[],
): (reference: Reference) => number {
  const last = new Map<string, number>();
  for (const { layer, use } of [...layers.flatMap(({ uses }) => uses.flat()), ...outputs]) {
    last.set(layer, Math.max(last.get(layer) ?? 0, use));
  }
  const before = new Map(
    layers.map(({ name, uses }) => [name, Math.max(0, (last.get(name) ?? 0) - uses.length + 1)]),
  );
  return ({ layer, use }) => Math.max(0, use - (before.get(layer) ?? 0));
}

/** The node whose value a reference means, among those that stand for the outputs of a use. */
function valueOf(outputs: readonly string[], { layer, output }: Reference): string {
  const found = outputs[output];
  if (found !== undefined) return found;
  throw new UnreadableModelError(
    `Cannot read the model: output ${output} of layer ${
      quoted(layer)
    } is read, and only its first can be`,
  );
}

/** What a use of a layer is called that was used so often before; none of the layers that are `named` is called so. */
function useName(name: string, before: number, named: ReadonlySet<string>): string {
  const free = (wish: string): string => named.has(wish) ? free(`${wish}_`) : wish;
  return before === 0 ? name : free(`${name}-${before + 1}`);
}

/** A layer in a model, which reads what is given, under a name in it. */
function placed(layer: JsonObject, place: Place, called: string = nameOf(layer)): Topology {
  const { prefix, given, left } = place;
  const ownName = nameOf(layer);
  const name = `${prefix}${called}`;
  const path = `${place.path}${ownName}`;
  const { class_name: className } = layer;
  if (typeof className !== "string") {
    throw new UnreadableModelError(
      `Cannot read layer ${quoted(name)}: it names no class (class_name)`,
      { readable: true },
    );
  }
  if (MODELS.has(className)) {
    const inside = { prefix: `${name}.`, path: `${path}/`, depth: place.depth + 1 };
    return flatten(layer, { ...place, ...inside });
  }
  left.count--;
  if (left.count < 0) {
    throw new UnreadableModelError(
      `Cannot read the model: its layers are used more than ${MOST_USES} times`,
    );
  }
  const own = isJsonObject(layer.config) ? layer.config : {};
  const config = isCalledCausal(layer) ? { ...own, ["use_causal_mask"]: true } : own;
  const node = { name, path, ownName, className, config, inputs: given };
  return { nodes: [node], inputs: given, outputs: [name], outputNames: [ownName] };
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
