/** Puts a model together from the nodes of a file: what the readers of layer classes work with. */
import { excerpt, quoted, quotedJson } from "../../../engine/quote.ts";
import { sameShape } from "../../../engine/shape.ts";
import type { Activation } from "../../../engine/tensor/mod.ts";
import { isExtent, unsoundAttribute } from "../../model/kinds/check.ts";
import { kindOf } from "../../model/kinds/mod.ts";
import { type Shape, show } from "../../model/layers.ts";
import {
  type Architecture,
  type Layer,
  type ModelInput,
  type Preprocess,
  type Role,
  type Weight,
  weightName,
} from "../../model/model.ts";
import { floatWeight } from "../../model/weights.ts";
import type { AskedModel } from "../asked.ts";
import { type JsonObject } from "../json_object.ts";
import { UnreadableModelError } from "../format.ts";
import { type Config, configOf } from "./config.ts";
import { inputShapes } from "./input_shapes.ts";
import { type HiddenRows, hiddenRows } from "./hidden_rows.ts";
import type { Topology, TopologyNode } from "./topology.ts";

/** A weight as the file has it, decoded. */
export interface FileWeight {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** What a reader sees of its layer, and how it adds to the model. */
export interface Reading {
  readonly name: string;
  readonly config: Config;
  /** Names, in the model, of what it reads. */
  readonly inputs: readonly string[];
  /** Their shapes. */
  readonly shapes: readonly Shape[];
  /** The shape of what a layer of the model gives. */
  shape(name: string): Shape;
  /** For each of them the layer that says which of its rows are hidden (`hidden_rows.ts`). */
  readonly masks: readonly (string | undefined)[];
  /** Says which rows of the layer's own value are hidden. */
  hides(mask: string | undefined): void;
  /** Whether it alone reads the samples as they enter the model. */
  readonly first: boolean;
  /** Its value leaves the model. */
  readonly leaves: boolean;
  /** The version of Keras whose words the file has: some mean another thing in 3. */
  readonly keras: KerasVersion;
  /** A weight of the layer by its Keras name; undefined where the file has none. */
  weight(kerasName: string): FileWeight | undefined;
  /** Adds a layer; of a use that is not its layer's first one that is tied to what the first added. */
  add(layer: Layer, weights?: Readonly<Partial<Record<Role, FileWeight>>>): void;
  /** Adds an input of the model, which it is. */
  input(): void;
  /** Takes arithmetic on the model's input as its preprocessing. */
  preprocess(preprocess: Preprocess): void;
  /** Takes a last softmax or sigmoid as what a consumer applies to the logits. */
  head(head: "softmax" | "sigmoid"): void;
  /** Gives the layer it reads this activation, if that has none and nothing else reads it. */
  fuse(activation: Activation): boolean;
}

/** Versions whose words differ. tfjs has those of 2. */
export type KerasVersion = 2 | 3;

/** A model as far as a file tells. */
interface Assembled extends Architecture {
  readonly weights: Readonly<Record<string, Weight>>;
  readonly preprocess: Preprocess | null;
}

/** A model that is being put together: each reader adds to it. */
interface KerasDraft {
  readonly inputs: ModelInput[];
  readonly layers: Map<string, Layer>;
  readonly weights: Record<string, Weight>;
  readonly shapes: Map<string, Shape>;
  /** Node → the layer that stands for it. */
  readonly standing: Map<string, string>;
  readonly hidden: HiddenRows;
  /** Nodes that left no layer of their own: another's value stands for theirs. */
  readonly passed: Set<string>;
  /** The first use of each layer of the file, by its path. */
  readonly uses: Map<string, string>;
  readonly heads: Set<Architecture["head"]>;
  preprocess: Preprocess | null;
}

/** What the file says beside its nodes. */
interface AroundNodes {
  readonly weights: NamedWeights;
  /** Nodes that one node alone reads; of a layer that is used several times all or none. */
  readonly sole: ReadonlySet<string>;
  /** Layers that are used several times. */
  readonly shared: ReadonlySet<string>;
  /** The input that reads the samples. */
  readonly samples: string | undefined;
  readonly shapes: ReadonlyMap<string, Shape>;
  readonly leaving: ReadonlySet<string>;
  readonly keras: KerasVersion;
}

/** Reads every node with `read`, which returns the name of the layer that stands for it. */
export function assemble(
  topology: Topology,
  { weights, keras, asked = {} }: {
    readonly weights: ReadonlyMap<string, FileWeight>;
    readonly keras: KerasVersion;
    readonly asked?: AskedModel;
  },
  read: (className: string, reading: Reading) => string,
): Assembled {
  const draft: KerasDraft = {
    inputs: [],
    layers: new Map(),
    weights: {},
    shapes: new Map(),
    standing: new Map(),
    hidden: hiddenRows(),
    passed: new Set(),
    uses: new Map(),
    heads: new Set(),
    preprocess: null,
  };
  const around = {
    weights: [...weights].map(([name, weight]) => [plainName(name), weight] as const),
    ...readersOf(topology),
    samples: topology.inputs[0],
    shapes: inputShapes(topology, asked),
    leaving: new Set(topology.outputs),
    keras,
  };
  for (const node of topology.nodes) {
    const reading = readingOf(node, around, draft);
    const name = read(node.className, reading);
    draft.standing.set(node.name, name);
    if (reading.inputs.includes(name)) draft.passed.add(node.name);
  }
  const heads = [...draft.heads];
  if (heads.length > 1 || (heads.length === 1 && topology.outputs.length > heads.length)) {
    throw new UnreadableModelError("Cannot read the model: its outputs end in different ways");
  }
  return {
    family: "loaded",
    inputs: inOrder(draft.inputs, topology.inputs),
    layers: [...draft.layers.values()],
    outputs: topology.outputs.map((name) => draft.standing.get(name)!),
    head: heads[0] ?? "none",
    weights: draft.weights,
    preprocess: draft.preprocess,
  };
}

function readingOf(node: TopologyNode, around: AroundNodes, draft: KerasDraft): Reading {
  const { name, className } = node;
  const config = configOf(name, className, node.config);
  if (node.inputs.length === 0 && className !== "InputLayer") {
    throw config.wrong("it reads nothing");
  }
  const read = node.inputs.map((input) => draft.standing.get(input)!);
  const [before = ""] = node.inputs;
  const sole = node.inputs.length === 1 && around.sole.has(before) && !draft.passed.has(before);
  const owner = draft.uses.get(node.path) ?? name;
  draft.uses.set(node.path, owner);
  return {
    name,
    config,
    inputs: read,
    shapes: read.map((input) => draft.shapes.get(input)!),
    masks: draft.hidden.masksOf(node, config),
    hides: (mask) => draft.hidden.hide(node, mask),
    shape: (layer) => draft.shapes.get(layer)!,
    keras: around.keras,
    first: sole && !around.shared.has(node.path) && read[0] === around.samples,
    leaves: around.leaving.has(name),
    weight: (kerasName) => findWeight(around.weights, node, kerasName),
    add(layer, roles = {}) {
      const ofOwner = owner + layer.name.slice(name.length);
      const shares = owner !== name && Object.keys(roles).length > 0;
      addLayer(draft, config, shares ? { ...layer, tied: ofOwner } : layer, roles);
    },
    input() {
      const shape = around.shapes.get(name)!;
      draft.inputs.push({ name, shape });
      draft.shapes.set(name, shape);
    },
    preprocess: (found) => draft.preprocess = found,
    head: (head) => draft.heads.add(head),
    fuse: (activation) => sole && fuse(draft, read[0]!, activation),
  };
}

function addLayer(
  draft: KerasDraft,
  config: Config,
  layer: Layer,
  weights: Readonly<Partial<Record<Role, FileWeight>>>,
): void {
  const odd = unsoundAttribute(layer);
  if (odd !== undefined) {
    const value = (layer as unknown as JsonObject)[odd];
    throw config.wrong(`its ${odd} cannot be ${quotedJson(value)}`);
  }
  const inputs = layer.inputs.map((each) => draft.shapes.get(each)!);
  const shape = kindOf(layer).shape(layer, inputs);
  if (!shape.every(isExtent)) throw config.wrong(`what it gives would be ${show(shape)}`);
  draft.shapes.set(layer.name, shape);
  draft.layers.set(layer.name, layer);
  for (const [role, { shape, values }] of Object.entries(weights)) {
    const weight = weightName(layer, role as Role);
    const before = draft.weights[weight];
    if (before === undefined && layer.tied === undefined) {
      draft.weights[weight] = floatWeight(shape, values);
    } else if (before === undefined || !sameShape(before.shape, shape)) {
      throw config.wrong("it is used several times, each in another form, and cannot be shared so");
    }
  }
}

/** Gives a layer an activation; false where there is no such layer, or it can have none. */
function fuse({ layers }: KerasDraft, name: string, activation: Activation): boolean {
  const layer = layers.get(name);
  if (layer === undefined || !("activation" in layer) || layer.activation !== "linear") {
    return false;
  }
  layers.set(name, { ...layer, activation });
  return true;
}

/** What one node alone reads, and what is used several times. */
function readersOf({ nodes, outputs }: Topology): Pick<AroundNodes, "sole" | "shared"> {
  const readers = new Map<string, (TopologyNode | undefined)[]>();
  const add = (name: string, reader?: TopologyNode) =>
    readers.set(name, [...readers.get(name) ?? [], reader]);
  for (const node of nodes) node.inputs.forEach((input) => add(input, node));
  outputs.forEach((output) => add(output));
  const uses = Map.groupBy(nodes, ({ path }) => path);
  const alone = [...uses.values()].flatMap((nodes) => {
    const read = nodes.map(({ name }) => readers.get(name) ?? []);
    // What a shared layer ends in is the same layer wherever it is used.
    const paths = new Set(read.flat().map((reader) => reader?.path));
    return paths.size <= 1 && read.every(({ length }) => length === 1) ? nodes : [];
  });
  const shared = [...uses].flatMap(([path, { length }]) => length > 1 ? [path] : []);
  return { sole: new Set(alone.map(({ name }) => name)), shared: new Set(shared) };
}

/** The inputs in the order in which the file lists them; others behind. */
function inOrder(inputs: readonly ModelInput[], names: readonly string[]): readonly ModelInput[] {
  const place = ({ name }: ModelInput) => {
    const at = names.indexOf(name);
    return at < 0 ? names.length : at;
  };
  return [...inputs].sort((a, b) => place(a) - place(b));
}

/** A weight's name without the `:0` that may stand behind it, and without the number of a cell that is alone. */
function plainName(name: string): string {
  const plain = name.replace(/:\d+$/, "");
  return /stacked_rnn_cells/.test(plain) ? plain : plain.replace(/(_cell)_\d+\//, "$1/");
}

/** Weights by their plain names in the file. */
type NamedWeights = readonly (readonly [name: string, weight: FileWeight])[];

/** The file's name of a weight is `layer/role`, perhaps behind the names of models around it. */
function findWeight(
  weights: NamedWeights,
  { name, path, ownName }: TopologyNode,
  kerasName: string,
): FileWeight | undefined {
  const full = `${path}/${kerasName}`;
  const own = `${ownName}/${kerasName}`;
  const tests = [
    (key: string) => key === full,
    (key: string) => key === own,
    (key: string) => key.endsWith(`/${own}`),
  ];
  for (const test of tests) {
    const [found, ...others] = weights.filter(([key]) => test(key));
    if (others.length > 0) {
      throw new UnreadableModelError(
        `Cannot read layer ${quoted(name)}: the file has several weights ${excerpt(own)}`,
      );
    }
    if (found !== undefined) return found[1];
  }
  return undefined;
}
