/** A model as a tfjs layers-model: `model.json` and weight shards; the same bytes for the same model. */
import { given } from "../../../engine/given.ts";
import { canonicalBytes, type Json } from "../../../engine/digest.ts";
import type { Files } from "../../../engine/kind.ts";
import { type Shape, shapesOf } from "../../model/layers.ts";
import {
  type Layer,
  type Model,
  type ModelInput,
  type Preprocess,
  type Role,
  weightName,
} from "../../model/model.ts";
import { inferenceModel } from "../inference_model.ts";
import { type KerasNode, scaleNode } from "./keras_node.ts";
import { kerasNodes } from "./keras_nodes.ts";
import { PREPROCESS_LAYER } from "../keras/words.ts";
import type { Storage } from "./stored_weight.ts";
import { type StoredWeight, writeShards } from "./weights_manifest.ts";

/** How a layers-model is written. */
interface TfjsOptions {
  /**
   * `native`: integers and half precision stay what they are (integers with a scale per channel are stored bare, the
   * scales in a batch normalisation behind the layer); `float32`: everything decoded.
   */
  readonly storage: Storage;
  /** Largest size of a shard in bytes. */
  readonly shard: number;
}

/**
 * The files of a layers-model that stock tfjs loads. Preprocessing is the first layer (`Rescaling`, or a batch
 * normalisation where it differs by channel), the head's softmax or sigmoid the last; classes are in
 * `userDefinedMetadata`. Throws a RangeError for a layer that tfjs cannot express.
 */
export function encodeTfjs(whole: Model, { storage, shard }: TfjsOptions): Files {
  const model = inferenceModel(whole);
  const { layers, weights, outputs } = topologyOf(model, storage);
  const { manifest, shards } = writeShards(weights, shard);
  const reference = (name: string): Json => [name, 0, 0];
  const config = {
    name: "model",
    layers,
    "input_layers": model.inputs.map(({ name }) => reference(name)),
    "output_layers": outputs.map(reference),
  };
  const { classes } = model;
  const metadata = classes.length === 0 ? undefined : { classes };
  const json = {
    format: "layers-model",
    generatedBy: "Decant",
    convertedBy: null,
    modelTopology: { "class_name": "Model", config, "keras_version": "2", backend: "tensorflow" },
    weightsManifest: manifest,
    ...given({ userDefinedMetadata: metadata }),
  };
  return { "model.json": canonicalBytes(json), ...shards };
}

/** The Keras layers that are written, in order. */
interface KerasTopology {
  readonly layers: Json[];
  readonly weights: [name: string, stored: StoredWeight][];
  /** Names that layers and inputs have. */
  readonly taken: Set<string>;
  /** Layer or input of ours → the Keras layer whose value is its value. */
  readonly standing: Map<string, string>;
}

function topologyOf(model: Model, storage: Storage) {
  const shapes = shapesOf(model);
  const topology: KerasTopology = {
    layers: [],
    weights: [],
    taken: new Set([...model.inputs, ...model.layers].map(({ name }) => name)),
    standing: new Map(),
  };
  for (const [index, input] of model.inputs.entries()) {
    writeInput(topology, input, index === 0 ? model.preprocess : null);
  }
  for (const layer of model.layers) {
    const nodes = kerasNodes(layer, {
      ...{ storage, shape: shapes[layer.name]! },
      weight: (role: Role) => model.weights[weightName(layer.name, role)]!,
      inputs: layer.inputs.map((name) => shapes[name]!),
    });
    writeLayer(topology, layer, nodes);
  }
  const outputs = model.outputs.map((output) => {
    const last = topology.standing.get(output)!;
    if (model.head === "none") return last;
    const head = { className: "Activation", config: { activation: model.head } };
    return write(topology, unused(topology, `${output}.${model.head}`), head, [last]);
  });
  return { layers: topology.layers, weights: topology.weights, outputs };
}

/** An input, and its preprocessing as a layer behind it. */
function writeInput(
  topology: KerasTopology,
  { name, shape }: ModelInput,
  preprocess: Preprocess | null,
): void {
  const config = { name, "batch_input_shape": [null, ...shape], dtype: "float32" };
  topology.layers.push({ "class_name": "InputLayer", name, config, "inbound_nodes": [] });
  const node = preprocessNode(preprocess, shape);
  const last = node && write(topology, unused(topology, node.suffix), node, [name]);
  topology.standing.set(name, last ?? name);
}

/** The nodes of a layer, each behind the one before it or where it says what it reads. */
function writeLayer(topology: KerasTopology, layer: Layer, nodes: readonly KerasNode[]): void {
  const inputs = layer.inputs.map((name) => topology.standing.get(name)!);
  const named = new Map<string, string>();
  let before = inputs;
  for (const node of nodes) {
    const name = node.suffix === "" ? layer.name : unused(topology, `${layer.name}${node.suffix}`);
    const reads = node.reads?.map((each) =>
      typeof each === "number" ? inputs[each]! : named.get(each)!
    );
    before = [write(topology, name, node, reads ?? before)];
    named.set(node.suffix, before[0]!);
  }
  topology.standing.set(layer.name, before[0]!);
}

function write(
  { layers, weights }: KerasTopology,
  name: string,
  { className, config, weights: own = {} }: Omit<KerasNode, "suffix">,
  inputs: readonly string[],
): string {
  const inbound = inputs.map((input): Json => [input, 0, 0, {}]);
  const written = { name, ...config };
  layers.push({ "class_name": className, name, config: written, "inbound_nodes": [inbound] });
  for (const [role, stored] of Object.entries(own)) weights.push([`${name}/${role}`, stored]);
  return name;
}

/** A name that no layer has, so that none of ours is hidden behind an added one. */
function unused(topology: KerasTopology, name: string): string {
  const free = topology.taken.has(name) ? unused(topology, `${name}_`) : name;
  topology.taken.add(free);
  return free;
}

/**
 * `Rescaling` where one scale and offset serve all values, else a batch normalisation over the last axis; undefined
 * where nothing happens to the values. The node's suffix is its whole name.
 */
function preprocessNode(preprocess: Preprocess | null, shape: Shape): KerasNode | undefined {
  if (preprocess === null) return undefined;
  const { scale, offset } = preprocess;
  if (scale.every((each) => each === 1) && offset.every((each) => each === 0)) return undefined;
  if (scale.length === 1 && offset.length === 1) {
    const config = { scale: scale[0]!, offset: offset[0]! };
    return { suffix: "rescaling", className: "Rescaling", config };
  }
  const channels = shape.at(-1)!;
  const spread = (values: readonly number[]) =>
    Float32Array.from({ length: channels }, (_, channel) => values[channel % values.length]!);
  return scaleNode(PREPROCESS_LAYER, spread(scale), spread(offset));
}
