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
import type { FileWeight } from "./weights_manifest.ts";

/** What a reader sees of its layer, and how it adds to the model. */
export interface Reading {
  readonly name: string;
  readonly config: Config;
  /** Names, in the model, of what it reads. */
  readonly inputs: readonly string[];
  /** Their shapes. */
  readonly shapes: readonly Shape[];
  /** Whether it reads an input of the model that nothing else reads. */
  readonly first: boolean;
  /** Its value leaves the model. */
  readonly leaves: boolean;
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

/** A model as far as a file tells. */
interface Assembled extends Architecture {
  readonly weights: Readonly<Record<string, Weight>>;
  readonly preprocess: Preprocess | null;
}

/** Reads every node with `read`, which returns the name of the layer that stands for it. */
export function assemble(
  topology: Topology,
  weights: ReadonlyMap<string, FileWeight>,
  read: (className: string, reading: Reading) => string,
): Assembled {
  const inputs: ModelInput[] = [];
  const layers = new Map<string, Layer>();
  const stored: Record<string, Weight> = {};
  const shapes = new Map<string, Shape>();
  const standing = new Map<string, string>();
  /** Nodes that left no layer of their own: another's value stands for theirs. */
  const passed = new Set<string>();
  const heads = new Set<Architecture["head"]>();
  let preprocess: Preprocess | null = null;
  const leaving = new Set(topology.outputs);
  const readers = countReaders(topology);
  const named = [...weights].map(([name, weight]) => [name.replace(/:\d+$/, ""), weight] as const);

  for (const node of topology.nodes) {
    const reading = readingOf(node);
    const name = read(node.className, reading);
    standing.set(node.name, name);
    if (reading.inputs.includes(name)) passed.add(node.name);
  }
  if (heads.size > 1 || (heads.size === 1 && topology.outputs.length > heads.size)) {
    throw new UnreadableModelError("Cannot read the model: its outputs end in different ways");
  }
  return {
    family: "loaded",
    inputs,
    layers: [...layers.values()],
    outputs: topology.outputs.map((name) => standing.get(name)!),
    head: [...heads][0] ?? "none",
    weights: stored,
    preprocess,
  };

  function readingOf(node: TopologyNode): Reading {
    const { name, className } = node;
    const config = configOf(name, className, node.config);
    if (node.inputs.length === 0 && className !== "InputLayer") {
      throw config.wrong("it reads nothing");
    }
    const read = node.inputs.map((input) => standing.get(input)!);
    const [before = ""] = node.inputs;
    const sole = node.inputs.length === 1 && readers.get(before) === 1 && !passed.has(before);
    return {
      name,
      config,
      inputs: read,
      shapes: read.map((input) => shapes.get(input)!),
      first: sole && inputs.some((input) => input.name === read[0]),
      leaves: leaving.has(name),
      weight: (kerasName) => findWeight(named, node, kerasName),
      add(layer, roles = {}) {
        const odd = unsoundAttribute(layer);
        if (odd !== undefined) {
          const value = (layer as unknown as JsonObject)[odd];
          throw config.wrong(`its ${odd} cannot be ${quotedJson(value)}`);
        }
        const inputs = layer.inputs.map((each) => shapes.get(each)!);
        const shape = kindOf(layer).shape(layer, inputs);
        if (!shape.every(isExtent)) throw config.wrong(`what it gives would be ${show(shape)}`);
        shapes.set(layer.name, shape);
        layers.set(layer.name, layer);
        for (const [role, { shape, values }] of Object.entries(roles)) {
          stored[weightName(layer.name, role as Role)] = floatWeight(shape, values);
        }
      },
      input(input) {
        if (!input.shape.every(isExtent)) {
          throw config.wrong(`its shape cannot be ${quotedJson(input.shape)}`);
        }
        inputs.push(input);
        shapes.set(input.name, input.shape);
      },
      preprocess: (found) => preprocess = found,
      head: (head) => heads.add(head),
      fuse(activation) {
        const layer = layers.get(read[0]!);
        if (!sole || layer === undefined) return false;
        if (!("activation" in layer) || layer.activation !== "linear") return false;
        layers.set(layer.name, { ...layer, activation });
        return true;
      },
    };
  }
}

function countReaders({ nodes, outputs }: Topology): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const name of [...nodes.flatMap((node) => node.inputs), ...outputs]) {
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return counts;
}

/** Weights by their names in the file, without the `:0` that may stand behind them. */
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
    (key: string) => key === own || key === full,
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
