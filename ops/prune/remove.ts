/** Takes channels out of a network physically: every weight, mask, scale and attribute that knew them shrinks. */
import { sizeOf } from "../../engine/shape.ts";
import {
  type Architecture,
  type Encoding,
  type Model,
  type Role,
  type Weight,
  weightName,
} from "../model/model.ts";
import type { ChannelMap } from "../model/channels.ts";
import { kindOf } from "../model/kinds/mod.ts";
import type { Side } from "../model/kinds/channels.ts";

/** The indices of each tensor's last axis that stay. */
function keptIndices(map: ChannelMap, removed: ReadonlySet<number>): Record<string, number[]> {
  return Object.fromEntries(
    Object.entries(map.channels).map(([name, channels]) => [
      name,
      [...channels.keys()].filter((index) => !removed.has(channels[index]!)),
    ]),
  );
}

/** The network without the units whose ids are in `removed`. */
export function shrunkArchitecture(
  architecture: Architecture,
  map: ChannelMap,
  removed: ReadonlySet<number>,
): Architecture {
  const kept = keptIndices(map, removed);
  const layers = architecture.layers.map((layer) =>
    kindOf(layer).channels.resize(
      layer,
      kept[layer.name]!.length,
      map.channels[layer.name]!.length,
    )
  );
  return { ...architecture, layers };
}

/** The model without the units whose ids are in `removed`. What stays keeps its values, masks and number format. */
export function shrunkModel(model: Model, map: ChannelMap, removed: ReadonlySet<number>): Model {
  const kept = keptIndices(map, removed);
  const weights = { ...model.weights };
  for (const layer of model.layers) {
    const sides = { in: kept[layer.inputs[0]!]!, out: kept[layer.name]! };
    const { weights: follow } = kindOf(layer).channels;
    for (const [role, axes] of Object.entries(follow) as [Role, readonly Side[]][]) {
      const name = weightName(layer.name, role);
      const weight = model.weights[name];
      if (weight === undefined) continue;
      weights[name] = axes.reduce(
        (result, side, axis) => side === null ? result : takeOfWeight(result, axis, sides[side]),
        weight,
      );
    }
  }
  return { ...model, ...shrunkArchitecture(model, map, removed), weights };
}

function takeOfWeight(weight: Weight, axis: number, indices: readonly number[]): Weight {
  if (weight.shape[axis] === indices.length) return weight;
  const shape = weight.shape.map((extent, i) => i === axis ? indices.length : extent);
  const data = take(weight.data, weight.shape, axis, indices);
  const encoding = takeOfEncoding(weight.encoding, axis, indices);
  if (weight.mask === undefined) return { shape, encoding, data };
  return { shape, encoding, data, mask: take(weight.mask, weight.shape, axis, indices) };
}

function takeOfEncoding(encoding: Encoding, axis: number, indices: readonly number[]): Encoding {
  if (encoding.use !== "affine" || encoding.axis !== axis) return encoding;
  const { scale, zero } = encoding;
  return {
    ...encoding,
    scale: take(scale, [scale.length], 0, indices),
    zero: take(zero, [zero.length], 0, indices),
  };
}

type WeightArray = Weight["data"] | Int32Array;

/** The slices `indices` of a row-major array along one axis, in a new array. */
function take<T extends WeightArray>(
  data: T,
  shape: readonly number[],
  axis: number,
  indices: readonly number[],
): T {
  const inner = sizeOf(shape.slice(axis + 1));
  const extent = shape[axis]!;
  const outer = data.length / (extent * inner);
  const make = data.constructor as new (length: number) => T;
  const result = new make(outer * indices.length * inner);
  let at = 0;
  for (let o = 0; o < outer; o++) {
    for (const index of indices) {
      const from = (o * extent + index) * inner;
      result.set(data.subarray(from, from + inner), at);
      at += inner;
    }
  }
  return result;
}
