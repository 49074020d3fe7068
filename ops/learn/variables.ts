/**
 * A model's weights while they move: tensors in the room, with the optimizer's slots, the masks that hold zeros and
 * the ties of those that share a value.
 */
import { given } from "../../engine/given.ts";
import { selectLayers } from "../../engine/selector.ts";
import { type Room, SLOTS, type Tensor } from "../../engine/tensor/mod.ts";
import type { Meta } from "../data/dataset.ts";
import { namedLayers } from "../model/layers.ts";
import { type Model, ownerOf, type Role, weightName } from "../model/model.ts";
import { decodeWeight } from "../model/weights.ts";
import type { Arrays, ConstrainedWeights, Parameter } from "./constraint.ts";
import { kernelOf, type Moment, type Optimizer, updateAt } from "./optimizer.ts";
import { learnedWeight, tiedGradient, type Ties, tiesOf } from "./ties.ts";

/** One weight that gradients move. */
interface Variable {
  readonly name: string;
  /** Kernels alone decay. */
  readonly decays: boolean;
  readonly tensor: Tensor;
  readonly slots: readonly Tensor[];
  /** 0 where the weight is pruned and stays 0. */
  readonly mask?: Tensor;
  /** Those with equal codes share one value. */
  readonly ties?: Ties;
}

/** All weights of a model in a training. */
export interface Variables {
  /** Those that gradients move, in the model's order, then a constraint's parameters. */
  readonly moving: Variable[];
  /** The others by name: frozen ones, and BatchNorm's averages as they were at the start. */
  readonly still: Readonly<Record<string, Tensor>>;
  readonly frozen: ReadonlySet<string>;
}

/** Roles that gradients move. */
const MOVING: readonly Role[] = ["kernel", "bias", "gamma", "beta"];

/**
 * Brings weights into the room: the model's, or where a training goes on, those of `arrays` (see
 * `captureVariables`); `parameters` learn with them. The caller closes them, outside of any `tidy`.
 */
export function openVariables(
  room: Room,
  model: Model,
  { freeze = [], optimizer, arrays = {}, parameters = {} }: {
    readonly optimizer: Optimizer;
    /** Selectors of layers that stay as they are. */
    readonly freeze?: readonly string[];
    readonly arrays?: Arrays | undefined;
    readonly parameters?: Readonly<Record<string, Parameter>> | undefined;
  },
): Variables {
  const layers = namedLayers(model);
  const chosen = new Set(freeze.length === 0 ? [] : selectLayers(layers, freeze));
  // Weights that several layers have stand still for all of them.
  const frozen = chosen.union(
    new Set(model.layers.filter(({ name }) => chosen.has(name)).map(ownerOf)),
  );
  const moving: Variable[] = [];
  const still: Record<string, Tensor> = {};
  for (const { name: layer } of model.layers) {
    for (const role of [...MOVING, "mean", "variance"] as const) {
      const name = weightName(layer, role);
      const weight = model.weights[name];
      if (weight === undefined) continue;
      const { shape, mask } = weight;
      const tensor = room.tensor(arrays[name] ?? decodeWeight(weight), shape);
      if (frozen.has(layer) || !MOVING.includes(role)) {
        still[name] = tensor;
        continue;
      }
      const ties = tiesOf(weight);
      const kept = arrays[maskName(name)] ?? (mask && Float32Array.from(mask));
      moving.push({
        name,
        decays: role === "kernel",
        tensor,
        slots: slotsOf(name, tensor),
        ...given({ mask: kept && room.tensor(kept, shape), ties }),
      });
    }
  }
  for (const [name, { shape, values }] of Object.entries(parameters)) {
    const tensor = room.tensor(arrays[name] ?? values, shape);
    moving.push({ name, decays: false, tensor, slots: slotsOf(name, tensor) });
  }
  return { moving, still, frozen };

  function slotsOf(name: string, { size, shape }: Tensor): Tensor[] {
    return Array.from(
      { length: SLOTS[kernelOf(optimizer)] },
      (_, slot) => room.tensor(arrays[slotName(name, slot)] ?? new Float32Array(size), shape),
    );
  }
}

/** Every weight by name, for a forward pass. */
export function weightsOf({ moving, still }: Variables): Record<string, Tensor> {
  return { ...still, ...Object.fromEntries(moving.map(({ name, tensor }) => [name, tensor])) };
}

/**
 * One update in place; `gradients` in the order of `moving`. A weight without a gradient is not touched: no term
 * reaches it, so neither does decay. Kernels alone decay. For the caller's `tidy`.
 */
export function updateVariables(
  room: Room,
  { moving }: Variables,
  gradients: readonly (Tensor | null)[],
  { optimizer, moment }: { readonly optimizer: Optimizer; readonly moment: Moment },
): void {
  const settings = {
    kernel: updateAt(optimizer, moment, true),
    other: updateAt(optimizer, moment, false),
  };
  for (const [i, { tensor, slots, mask, ties, decays }] of moving.entries()) {
    const own = gradients[i];
    if (own === null || own === undefined) continue;
    const gradient = ties === undefined ? own : tiedGradient(room, own, ties);
    room.update(tensor, gradient, slots, settings[decays ? "kernel" : "other"], mask);
  }
}

/** The weights as a constraint sees them between two updates. */
export function constrainedWeights(room: Room, variables: Variables): ConstrainedWeights {
  const places = new Map(variables.moving.map(({ name }, place) => [name, place]));
  const variable = (name: string) => variables.moving[places.get(name)!]!;
  return {
    values: (name) => room.values(variable(name).tensor),
    mask(name) {
      const { mask } = variable(name);
      return mask && Uint8Array.from(room.values(mask));
    },
    hold: (name, mask) => holdVariable(room, variables, name, mask),
  };
}

/**
 * Sets a weight and its slots to 0 where the mask is 0 and keeps them there. Tensors are replaced: outside of any
 * `tidy`.
 */
function holdVariable(
  room: Room,
  { moving }: Variables,
  name: string,
  mask: Uint8Array,
): void {
  const place = moving.findIndex((each) => each.name === name);
  const { mask: before, ...variable } = moving[place]!;
  const held = room.tensor(Float32Array.from(mask), variable.tensor.shape);
  const cut = (tensor: Tensor): Tensor => {
    const values = room.values(tensor);
    for (let i = 0; i < values.length; i++) if (mask[i] === 0) values[i] = 0;
    const result = room.tensor(values, tensor.shape);
    tensor.dispose();
    return result;
  };
  before?.dispose();
  moving[place] = {
    ...variable,
    tensor: cut(variable.tensor),
    slots: variable.slots.map(cut),
    mask: held,
  };
}

/** The masks of all weights that have one. */
export function masksOf(room: Room, { moving }: Variables): Record<string, Uint8Array> {
  return Object.fromEntries(
    moving.flatMap(({ name, mask }) =>
      mask === undefined ? [] : [[name, Uint8Array.from(room.values(mask))] as const]
    ),
  );
}

/** Weights and, for `all`, slots and masks, copied out of the room, by names that `openVariables` knows. */
export function captureVariables(
  room: Room,
  { moving }: Variables,
  what: "weights" | "all" = "all",
): Record<string, Float32Array> {
  const arrays: Record<string, Float32Array> = {};
  for (const { name, tensor, slots, mask } of moving) {
    arrays[name] = room.values(tensor);
    if (what === "weights") continue;
    if (mask !== undefined) arrays[maskName(name)] = room.values(mask);
    for (const [slot, each] of slots.entries()) arrays[slotName(name, slot)] = room.values(each);
  }
  return arrays;
}

/**
 * The model with learned weights. The data's normalisation and class names become part of a model that had none: what
 * it was first trained on is what it expects from then on. `arrays` may hold more than weights; `masks` are those
 * that have grown.
 */
export function learnedModel(
  model: Model,
  meta: Meta,
  arrays: Arrays,
  masks: Readonly<Record<string, Uint8Array>> = {},
): Model {
  const moved = Object.entries(arrays).flatMap(([name, values]) => {
    const weight = model.weights[name];
    if (weight === undefined) return [];
    const mask = masks[name];
    return [[name, learnedWeight(mask ? { ...weight, mask } : weight, values)] as const];
  });
  return {
    ...model,
    weights: { ...model.weights, ...Object.fromEntries(moved) },
    preprocess: model.preprocess ?? meta.normalize,
    classes: model.classes.length === 0 ? meta.classes : model.classes,
    learned: true,
  };
}

/** Frees what `openVariables` made. */
export function closeVariables({ moving, still }: Variables): void {
  for (const { tensor, slots, mask } of moving) {
    for (const each of [tensor, ...slots, ...(mask === undefined ? [] : [mask])]) each.dispose();
  }
  for (const tensor of Object.values(still)) tensor.dispose();
}

function maskName(name: string): string {
  return `${name}#mask`;
}

function slotName(name: string, slot: number): string {
  return `${name}#slot${slot}`;
}
