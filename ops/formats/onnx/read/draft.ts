/** A model under construction out of an ONNX graph: layers as they are read, and what is tidied when all are there. */
import { quotedJson } from "../../../../engine/quote.ts";
import { isExtent, unsoundAttribute } from "../../../model/kinds/check.ts";
import { kindOf } from "../../../model/kinds/mod.ts";
import { type Shape, show } from "../../../model/layers.ts";
import {
  type Architecture,
  type Layer,
  type ModelInput,
  type Preprocess,
  type Role,
  type Weight,
  weightName,
} from "../../../model/model.ts";
import { floatWeight } from "../../../model/weights.ts";
import { UnreadableModelError } from "../../format.ts";

// A union distributes: each kind keeps its own attributes.
type AttributesOf<L> = L extends Layer ? Omit<L, "name" | "inputs"> : never;
/** A kind with its attributes. */
export type LayerAttributes = AttributesOf<Layer>;

/** Weights by role. */
export type RoleWeights = Readonly<
  Partial<Record<Role, { readonly shape: Shape; readonly values: Float32Array }>>
>;

/** The model as far as it is read. */
export interface OnnxDraft {
  readonly inputs: ModelInput[];
  /** Arithmetic on the first input. */
  preprocess: Preprocess | null;
  /** The token that is padding. */
  padding: number;
  readonly heads: Set<"softmax" | "sigmoid">;
  shape(name: string): Shape;
  layer(name: string): Layer | undefined;
  /** The numbers of a layer's weight. */
  weight(name: string, role: Role): Float32Array;
  input(input: ModelInput): void;
  /** Adds a layer, called as wished or like it; returns its name. */
  add(
    wish: string,
    attributes: LayerAttributes,
    inputs: readonly string[],
    weights?: RoleWeights,
  ): string;
  /** Puts other attributes and weights into a layer of the same inputs. */
  change(name: string, attributes: LayerAttributes, weights: RoleWeights): void;
  /** The model that ends in these layers. */
  finish(outputs: readonly string[]): DraftResult;
}

/** Structure and weights. */
type DraftResult = Pick<Architecture, "inputs" | "layers" | "outputs"> & {
  readonly weights: Readonly<Record<string, Weight>>;
};

const ARRANGING: ReadonlySet<string> = new Set(["reshape", "flatten", "permute", "reverse"]);

/** Nothing yet. */
export function emptyDraft(): OnnxDraft {
  const inputs: ModelInput[] = [];
  const layers = new Map<string, Layer>();
  const shapes = new Map<string, Shape>();
  const weights: Record<string, Weight> = {};
  /** Layers that only arrange what they read, by what they do: another one would be the same. */
  const arranging = new Map<string, string>();

  const put = (layer: Layer, roles: RoleWeights) => {
    const { shape, own } = checked(layer, roles, shapes);
    Object.assign(weights, own);
    layers.set(layer.name, layer);
    shapes.set(layer.name, shape);
    return layer.name;
  };

  return {
    inputs,
    preprocess: null,
    padding: 0,
    heads: new Set(),
    shape: (name) => shapes.get(name)!,
    layer: (name) => layers.get(name),
    weight: (name, role) => weights[weightName(name, role)]!.data as Float32Array,
    input(input) {
      inputs.push(input);
      shapes.set(input.name, input.shape);
    },
    add(wish, attributes, reads, roles = {}) {
      const same = ARRANGING.has(attributes.kind) ? JSON.stringify([reads, attributes]) : "";
      const there = arranging.get(same);
      if (there !== undefined) return there;
      let name = wish;
      for (let number = 2; shapes.has(name); number++) name = `${wish}_${number}`;
      if (same !== "") arranging.set(same, name);
      return put({ name, inputs: reads, ...attributes } as unknown as Layer, roles);
    },
    change(name, attributes, roles) {
      put({ name, inputs: layers.get(name)!.inputs, ...attributes } as unknown as Layer, roles);
    },
    finish(outputs) {
      const kept = joined(alive([...layers.values()], outputs), new Set(outputs));
      const last = outputs.map((name) => kept.renamed.get(name) ?? name);
      const names = new Set(kept.layers.map(({ name }) => name));
      const own = Object.entries(weights)
        .filter(([name]) => names.has(name.slice(0, name.lastIndexOf("/"))));
      return { inputs, layers: kept.layers, outputs: last, weights: Object.fromEntries(own) };
    },
  };
}

/** The shape of a layer and its weights by name. Throws an UnreadableModelError for one that cannot be. */
function checked(layer: Layer, roles: RoleWeights, shapes: ReadonlyMap<string, Shape>) {
  const own: Record<string, Weight> = {};
  const odd = unsoundAttribute(layer);
  if (odd !== undefined) {
    const value = (layer as unknown as Record<string, unknown>)[odd];
    throw new UnreadableModelError(
      `Cannot read layer "${layer.name}": its ${odd} cannot be ${quotedJson(value)}`,
    );
  }
  const read = layer.inputs.map((name) => shapes.get(name)!);
  const kind = kindOf(layer);
  const shape = kind.shape(layer, read);
  if (!shape.every(isExtent)) {
    throw new UnreadableModelError(
      `Cannot read layer "${layer.name}": what it gives would be ${show(shape)}`,
    );
  }
  const needed = kind.weights(layer, read);
  for (const [role, { shape, values }] of Object.entries(roles)) {
    const wanted = needed[role as Role];
    if (wanted?.join() !== shape.join()) {
      throw new UnreadableModelError(
        `Cannot read layer "${layer.name}": its ${role} is ${show(shape)}, ` +
          `it needs ${wanted ? show(wanted) : "none"}`,
      );
    }
    own[weightName(layer.name, role as Role)] = floatWeight(shape, values);
  }
  return { shape, own };
}

/** The layers that outputs depend on. */
function alive(layers: readonly Layer[], outputs: readonly string[]): readonly Layer[] {
  const read = new Set(outputs);
  for (const layer of layers.toReversed()) {
    if (read.has(layer.name)) layer.inputs.forEach((name) => read.add(name));
  }
  return layers.filter(({ name }) => read.has(name));
}

/** Activations join the layers that nothing else reads. */
function joined(layers: readonly Layer[], outputs: ReadonlySet<string>) {
  const readers = new Map<string, number>();
  for (const { inputs } of layers) {
    for (const name of inputs) readers.set(name, (readers.get(name) ?? 0) + 1);
  }
  const renamed = new Map<string, string>();
  const result = new Map<string, Layer>();
  for (const layer of layers) {
    const inputs = layer.inputs.map((name) => renamed.get(name) ?? name);
    const before = result.get(inputs[0]!);
    const joins = layer.kind === "activation" && before !== undefined && "activation" in before &&
      before.activation === "linear" && readers.get(layer.inputs[0]!) === 1 &&
      !outputs.has(layer.inputs[0]!);
    if (joins) {
      result.set(before.name, { ...before, activation: layer.activation } as Layer);
      renamed.set(layer.name, before.name);
    } else result.set(layer.name, { ...layer, inputs });
  }
  return { layers: [...result.values()], renamed };
}
