/** Puts a model together from the nodes of a file: what the readers of layer classes work with. */
import { excerpt, quoted, quotedJson } from "../../../engine/quote.ts";
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
import { type JsonObject } from "../json_object.ts";
import { UnreadableModelError } from "../format.ts";
import { type Config, configOf } from "./config.ts";
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
  /** Whether it reads an input of the model that nothing else reads. */
  readonly first: boolean;
  /** Its value leaves the model. */
  readonly leaves: boolean;
  /** The version of Keras whose words the file has: some mean another thing in 3. */
  readonly keras: KerasVersion;
  /** A weight of the layer by its Keras name; undefined where the file has none. */
  weight(kerasName: string): FileWeight | undefined;
  /** Adds a layer. */
  add(layer: Layer, weights?: Readonly<Partial<Record<Role, FileWeight>>>): void;
  /** Adds an input of the model. */
  input(input: ModelInput): void;
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
interface Draft {
  readonly inputs: ModelInput[];
  readonly layers: Map<string, Layer>;
  readonly weights: Record<string, Weight>;
  readonly shapes: Map<string, Shape>;
  /** Node → the layer that stands for it. */
  readonly standing: Map<string, string>;
  /** Nodes that left no layer of their own: another's value stands for theirs. */
  readonly passed: Set<string>;
  readonly heads: Set<Architecture["head"]>;
  preprocess: Preprocess | null;
}

/** What the file says beside its nodes. */
interface AroundNodes {
  readonly weights: NamedWeights;
  /** How many nodes and outputs read a node. */
  readonly readers: ReadonlyMap<string, number>;
  readonly leaving: ReadonlySet<string>;
  readonly keras: KerasVersion;
}

/** Reads every node with `read`, which returns the name of the layer that stands for it. */
export function assemble(
  topology: Topology,
  { weights, keras }: {
    readonly weights: ReadonlyMap<string, FileWeight>;
    readonly keras: KerasVersion;
  },
  read: (className: string, reading: Reading) => string,
): Assembled {
  const draft: Draft = {
    inputs: [],
    layers: new Map(),
    weights: {},
    shapes: new Map(),
    standing: new Map(),
    passed: new Set(),
    heads: new Set(),
    preprocess: null,
  };
  const around = {
    weights: [...weights].map(([name, weight]) => [plainName(name), weight] as const),
    readers: countReaders(topology),
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
    inputs: draft.inputs,
    layers: [...draft.layers.values()],
    outputs: topology.outputs.map((name) => draft.standing.get(name)!),
    head: heads[0] ?? "none",
    weights: draft.weights,
    preprocess: draft.preprocess,
  };
}

function readingOf(node: TopologyNode, around: AroundNodes, draft: Draft): Reading {
  const { name, className } = node;
  const config = configOf(name, className, node.config);
  if (node.inputs.length === 0 && className !== "InputLayer") {
    throw config.wrong("it reads nothing");
  }
  const read = node.inputs.map((input) => draft.standing.get(input)!);
  const [before = ""] = node.inputs;
  const sole = node.inputs.length === 1 && around.readers.get(before) === 1 &&
    !draft.passed.has(before);
  return {
    name,
    config,
    inputs: read,
    shapes: read.map((input) => draft.shapes.get(input)!),
    shape: (layer) => draft.shapes.get(layer)!,
    keras: around.keras,
    first: sole && draft.inputs.some((input) => input.name === read[0]),
    leaves: around.leaving.has(name),
    weight: (kerasName) => findWeight(around.weights, node, kerasName),
    add: (layer, roles = {}) => addLayer(draft, config, layer, roles),
    input: (input) => addInput(draft, config, input),
    preprocess: (found) => draft.preprocess = found,
    head: (head) => draft.heads.add(head),
    fuse: (activation) => sole && fuse(draft, read[0]!, activation),
  };
}

function addLayer(
  draft: Draft,
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
    draft.weights[weightName(layer.name, role as Role)] = floatWeight(shape, values);
  }
}

function addInput(draft: Draft, config: Config, input: ModelInput): void {
  if (!input.shape.every(isExtent)) {
    throw config.wrong(`its shape cannot be ${quotedJson(input.shape)}`);
  }
  draft.inputs.push(input);
  draft.shapes.set(input.name, input.shape);
}

/** Gives a layer an activation; false where there is no such layer, or it can have none. */
function fuse({ layers }: Draft, name: string, activation: Activation): boolean {
  const layer = layers.get(name);
  if (layer === undefined || !("activation" in layer) || layer.activation !== "linear") {
    return false;
  }
  layers.set(name, { ...layer, activation });
  return true;
}

function countReaders({ nodes, outputs }: Topology): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of [...nodes.flatMap((node) => node.inputs), ...outputs]) {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
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
  { name, ownName }: TopologyNode,
  kerasName: string,
): FileWeight | undefined {
  const full = `${name.replaceAll(".", "/")}/${kerasName}`;
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
