/**
 * A model's weights while they move: tensors in the room, with the optimizer's slots, the masks that hold zeros and the
 * ties of those that share a value.
 */
import { selectLayers } from "../../engine/selector.ts";
import { type Room, SLOTS, type Tensor } from "../../engine/tensor/mod.ts";
import { selectorType } from "../model/layers/selector_type.ts";
import { type Model, type Role, weightName } from "../model/model.ts";
import { decodeWeight } from "../model/weights.ts";
import { kernelOf, type Moment, type Optimizer, updateAt } from "./optimizer.ts";
import { tiedGradient, type Ties, tiesOf } from "./ties.ts";

/** One weight that gradients move. */
interface Variable {
  readonly name: string;
  readonly role: Role;
  readonly tensor: Tensor;
  readonly slots: readonly Tensor[];
  /** 0 where the weight is pruned and stays 0. */
  readonly mask?: Tensor;
  /** Those with equal codes share one value. */
  readonly ties?: Ties;
}

/** All weights of a model in a training. */
export interface Variables {
  /** Those that gradients move, in the model's order. */
  readonly moving: readonly Variable[];
  /** The others by name: frozen ones, and BatchNorm's averages as they were at the start. */
  readonly still: Readonly<Record<string, Tensor>>;
  readonly frozen: ReadonlySet<string>;
}

/** Roles that gradients move. */
const MOVING: readonly Role[] = ["kernel", "bias", "gamma", "beta"];

/**
 * Brings weights into the room: the model's, or where a training goes on, those of `arrays` (see
 * `captureVariables`). The caller closes them, outside of any `tidy`.
 */
export function openVariables(
  room: Room,
  model: Model,
  freeze: readonly string[],
  optimizer: Optimizer,
  arrays: Readonly<Record<string, Float32Array>> = {},
): Variables {
  const layers = model.layers.map((layer) => ({ name: layer.name, type: selectorType(layer) }));
  const frozen = new Set(freeze.length === 0 ? [] : selectLayers(layers, freeze));
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
      const slots = Array.from(
        { length: SLOTS[kernelOf(optimizer)] },
        (_, slot) =>
          room.tensor(arrays[slotName(name, slot)] ?? new Float32Array(tensor.size), shape),
      );
      const ties = tiesOf(weight);
      moving.push({
        name,
        role,
        tensor,
        slots,
        ...mask && { mask: room.tensor(Float32Array.from(mask), shape) },
        ...ties && { ties },
      });
    }
  }
  return { moving, still, frozen };
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
  optimizer: Optimizer,
  moment: Moment,
): void {
  const settings = {
    kernel: updateAt(optimizer, moment, true),
    other: updateAt(optimizer, moment, false),
  };
  for (const [i, { tensor, slots, mask, ties, role }] of moving.entries()) {
    const own = gradients[i];
    if (own === null || own === undefined) continue;
    const gradient = ties === undefined ? own : tiedGradient(room, own, ties);
    room.update(tensor, gradient, slots, settings[role === "kernel" ? "kernel" : "other"], mask);
  }
}

/** Weights and slots, copied out of the room, by names that `openVariables` knows. */
export function captureVariables(
  room: Room,
  { moving }: Variables,
  what: "weights" | "all" = "all",
): Record<string, Float32Array> {
  const arrays: Record<string, Float32Array> = {};
  for (const { name, tensor, slots } of moving) {
    arrays[name] = room.values(tensor);
    if (what === "weights") continue;
    for (const [slot, each] of slots.entries()) arrays[slotName(name, slot)] = room.values(each);
  }
  return arrays;
}

/** Frees what `openVariables` made. */
export function closeVariables({ moving, still }: Variables): void {
  for (const { tensor, slots, mask } of moving) {
    for (const each of [tensor, ...slots, ...(mask === undefined ? [] : [mask])]) each.dispose();
  }
  for (const tensor of Object.values(still)) tensor.dispose();
}

function slotName(name: string, slot: number): string {
  return `${name}#slot${slot}`;
}
