/** A model as a tfjs layers-model: `model.json` and weight shards; the same bytes for the same model. */
import { given } from "../../../engine/given.ts";
import { canonicalBytes, type Json } from "../../../engine/digest.ts";
import type { Files } from "../../../engine/kind.ts";
import { type Shape, shapesOf } from "../../model/layers.ts";
import {
  type Layer,
  type Model,
  type ModelInput,
  ownerOf,
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
  const config = {
    name: "model",
    layers,
    "input_layers": model.inputs.map(({ name }) => [name, 0, 0]),
    "output_layers": outputs,
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
  return { "model.json": canonicalBytes(json as unknown as Json), ...shards };
}

/** A use of a Keras layer: `[layer, how often it was used before, 0]`. */
type KerasUse = readonly [layer: string, use: number, output: 0];

/** A Keras layer that is written; each list that it is applied to is a use. */
interface WrittenLayer {
  readonly "class_name": string;
  readonly name: string;
  readonly config: { readonly [field: string]: Json };
  readonly "inbound_nodes": Json[];
}

/** The Keras layers that are written, in order. */
interface KerasTopology {
  readonly layers: WrittenLayer[];
  readonly weights: [name: string, stored: StoredWeight][];
  /** Names that layers and inputs have. */
  readonly taken: Set<string>;
  /** Layer or input of ours → the use of a Keras layer whose value is its value. */
  readonly standing: Map<string, KerasUse>;
  /** Layer of ours → the Keras layers that it is, by suffix. */
  readonly pieces: Map<string, ReadonlyMap<string, WrittenLayer>>;
}

function topologyOf(model: Model, storage: Storage) {
  const shapes = shapesOf(model);
  const topology: KerasTopology = {
    layers: [],
    weights: [],
    taken: new Set([...model.inputs, ...model.layers].map(({ name }) => name)),
    standing: new Map(),
    pieces: new Map(),
  };
  for (const [index, input] of model.inputs.entries()) {
    writeInput(topology, input, index === 0 ? model.preprocess : null);
  }
  for (const layer of model.layers) {
    const nodes = kerasNodes(layer, {
      storage,
      shape: shapes[layer.name]!,
      weight: (role: Role) => model.weights[weightName(layer, role)]!,
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
  const input = [name, 0, 0] as const;
  const last = node && write(topology, unused(topology, node.suffix), node, [input]);
  topology.standing.set(name, last ?? input);
}

/**
 * The nodes of a layer, each behind the one before it or where it says what it reads. Those of a tied layer are further
 * uses of its owner's; one that has to be another layer, because it ends in another activation, has the weights again.
 */
function writeLayer(topology: KerasTopology, layer: Layer, nodes: readonly KerasNode[]): void {
  const inputs = layer.inputs.map((name) => topology.standing.get(name)!);
  const owned = topology.pieces.get(ownerOf(layer));
  const named = new Map<string, KerasUse>();
  const pieces = new Map<string, WrittenLayer>();
  let before = inputs;
  for (const node of nodes) {
    const reads = node.reads?.map((each) =>
      typeof each === "number" ? inputs[each]! : named.get(each)!
    ) ?? before;
    const same = node.again === undefined ? owned?.get(node.suffix) : pieces.get(node.again);
    if (same !== undefined && isOf(same, node)) {
      before = [anotherUse(same, reads)];
      pieces.set(node.suffix, same);
    } else {
      const name = node.suffix === ""
        ? layer.name
        : unused(topology, `${layer.name}${node.suffix}`);
      before = [write(topology, name, node, reads)];
      pieces.set(node.suffix, topology.layers.at(-1)!);
    }
    named.set(node.suffix, before[0]!);
  }
  topology.pieces.set(layer.name, pieces);
  topology.standing.set(layer.name, before[0]!);
}

/** Whether a node would be written as this layer is, but for its name. */
function isOf(
  { class_name: written, config: { name: _, ...fields } }: WrittenLayer,
  node: KerasNode,
) {
  return written === node.className && JSON.stringify(fields) === JSON.stringify(node.config);
}

function anotherUse(layer: WrittenLayer, inputs: readonly KerasUse[]): KerasUse {
  return [layer.name, layer.inbound_nodes.push(inbound(inputs)) - 1, 0];
}

const inbound = (inputs: readonly KerasUse[]): Json => inputs.map((input) => [...input, {}]);

function write(
  { layers, weights }: KerasTopology,
  name: string,
  { className, config, weights: own = {} }: Omit<KerasNode, "suffix">,
  inputs: readonly KerasUse[],
): KerasUse {
  layers.push({
    "class_name": className,
    name,
    config: { name, ...config },
    "inbound_nodes": [inbound(inputs)],
  });
  for (const [role, stored] of Object.entries(own)) weights.push([`${name}/${role}`, stored]);
  return [name, 0, 0];
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
