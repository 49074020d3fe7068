/** Questions about a whole structure, answered layer by layer by the layers' kinds. */
import { given } from "../../engine/given.ts";
import type { IntegerFacts, LayerFacts, ModelFacts } from "../../engine/op.ts";
import { excerpt, quoted } from "../../engine/quote.ts";
import type { NamedLayer } from "../../engine/selector.ts";
import { sameShape, type Shape, show, sizeOf } from "../../engine/shape.ts";
import { kindOf } from "./kinds/mod.ts";
import {
  type Architecture,
  type Established,
  type Layer,
  type Quantization,
  type Role,
  structureOf,
  weightName,
} from "./model.ts";

export { type Shape, show, sizeOf };

/** Shape of every input and layer, without the batch. Throws a RangeError that names the layer that cannot be. */
export function shapesOf(architecture: Architecture): Readonly<Record<string, Shape>> {
  const shapes = new Map<string, Shape>();
  const define = (name: string, shape: Shape) => {
    if (shapes.has(name)) throw new RangeError(`Cannot build two layers named ${quoted(name)}`);
    shapes.set(name, shape);
  };
  for (const { name, shape } of architecture.inputs) define(name, shape);
  for (const layer of architecture.layers) {
    assertTied(architecture, layer);
    define(layer.name, kindOf(layer).shape(layer, read(layer)));
  }
  for (const name of architecture.outputs) {
    if (!shapes.has(name)) {
      throw new RangeError(`Cannot build output ${quoted(name)}: no layer has it`);
    }
  }
  return Object.fromEntries(shapes);

  function read(layer: Layer): Shape[] {
    return layer.inputs.map((name) => {
      const shape = shapes.get(name);
      if (shape !== undefined) return shape;
      throw new RangeError(
        `Cannot build layer ${quoted(layer.name)}: it reads ${quoted(name)}, not above it`,
      );
    });
  }
}

/** The layers of a structure as selectors see them. */
export function namedLayers({ layers }: Pick<Architecture, "layers">): readonly NamedLayer[] {
  return layers.map((layer) => ({ name: layer.name, type: kindOf(layer).selects(layer) }));
}

/** One weight that a structure needs. */
export interface WeightSlot {
  /** `layer/role`. */
  readonly name: string;
  readonly layer: Layer;
  readonly role: Role;
  readonly shape: Shape;
}

/**
 * Every weight that a structure needs, in the order of its layers; those of tied layers are their owners'. Throws a
 * RangeError for a tied layer that needs others than those.
 */
export function weightSlots(architecture: Architecture): readonly WeightSlot[] {
  const shapes = shapesOf(architecture);
  const slots = architecture.layers.flatMap((layer) => {
    const needed = kindOf(layer).weights(layer, layer.inputs.map((name) => shapes[name]!));
    return (Object.entries(needed) as [Role, Shape][]).map(([role, shape]) => ({
      name: weightName(layer, role),
      layer,
      role,
      shape,
    }));
  });
  const [tied, own] = [true, false].map((is) =>
    slots.filter(({ layer }) => (layer.tied !== undefined) === is)
  ) as [WeightSlot[], WeightSlot[]];
  if (tied.length === 0) return own;
  const found = new Map(own.map(({ name, shape }) => [name, shape]));
  for (const { name, layer, shape } of tied) {
    if (sameShape(found.get(name) ?? [], shape)) continue;
    throw new RangeError(
      `Cannot build layer ${quoted(layer.name)}: it has the weights of ${
        quoted(layer.tied!)
      }, and needs ${excerpt(name)} of ${show(shape)}`,
    );
  }
  return own;
}

/** Throws where a layer has the weights of one that is not there, has none of its own, or is of another kind. */
function assertTied({ layers }: Architecture, layer: Layer): void {
  const { name, kind, tied } = layer;
  if (tied === undefined) return;
  const owner = layers.find((each) => each.name === tied);
  const alike = owner !== undefined && kindOf(owner) === kindOf(layer);
  if (alike && owner.tied === undefined) return;
  throw new RangeError(
    `Cannot build layer ${quoted(name)}: it has the weights of ${
      quoted(tied)
    }, which is no ${kind} with its own`,
  );
}

/** Facts of the layers, in their order: parameters (BatchNorm's moving statistics included) and MACs of each. */
export function layerFacts(architecture: Architecture): readonly LayerFacts[] {
  const shapes = shapesOf(architecture);
  return architecture.layers.map((layer) => {
    const kind = kindOf(layer);
    const inputs = layer.inputs.map((name) => shapes[name]!);
    const shape = shapes[layer.name]!;
    const weights = Object.values(kind.weights(layer, inputs));
    return {
      name: layer.name,
      type: kind.selects(layer),
      kind: layer.kind,
      shape,
      parameters: layer.tied === undefined
        ? weights.reduce((sum, weight) => sum + sizeOf(weight), 0)
        : 0,
      macs: kind.macs(layer, inputs, shape),
      ...given({ tied: layer.tied }),
    };
  });
}

/** Facts of a model: those of its layers, and parameters and MACs in total. */
export function modelFacts(
  architecture: Architecture,
  state: {
    readonly learned: boolean;
    readonly established: Established;
    readonly quantization?: Quantization | null;
  },
): ModelFacts & Required<Pick<ModelFacts, "parameters" | "macs">> {
  const layers = layerFacts(architecture);
  return {
    kind: "model",
    learned: state.learned,
    layers,
    parameters: layers.reduce((sum, layer) => sum + layer.parameters, 0),
    macs: layers.reduce((sum, layer) => sum + layer.macs, 0),
    family: architecture.family,
    established: Object.keys(state.established).sort(),
    ...given({
      integers: integersOf(state.quantization ?? null),
      replaced: state.established.replaced,
    }),
    architecture: structureOf(architecture),
  };
}

/** What is known of the integers of an arithmetic; undefined where there are none. */
function integersOf(quantization: Quantization | null): IntegerFacts | undefined {
  if (quantization === null) return undefined;
  const { dynamic, activations } = quantization;
  if (dynamic !== undefined) return { bits: dynamic.bits, ranges: "dynamic" };
  const [first] = Object.values(activations);
  return first && { bits: first.bits, ranges: "static" };
}

/** Facts of a model whose structure a step changes: what was established before stays, and `establishes` with it. */
export function changedFacts(
  { learned, established, integers, replaced }: ModelFacts,
  architecture: Architecture,
  establishes: string,
): ModelFacts {
  return {
    ...modelFacts(architecture, { learned, established: {} }),
    established: [...new Set([...established, establishes])].sort(),
    ...given({ integers, replaced }),
  };
}

/** The structure that `modelFacts` put into the facts; undefined while a shape is open. */
export function architectureOf(facts: ModelFacts): Architecture | undefined {
  return facts.architecture as Architecture | undefined;
}
