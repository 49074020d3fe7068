/** BatchNorm's moving averages: what inference will use, followed batch by batch while the others train. */
import type { Room } from "../../engine/tensor/mod.ts";
import type { ForwardResult } from "../model/forward.ts";
import { type Model, weightName } from "../model/model.ts";
import { decodeWeight } from "../model/weights.ts";

/** Means and variances by weight name. */
export type Averages = Readonly<Record<string, Float32Array>>;

const ROLES = ["mean", "variance"] as const;

/** The averages that may move: the model's, or where a training goes on, those of `arrays`. */
export function openAverages(
  model: Model,
  frozen: ReadonlySet<string>,
  arrays: Readonly<Record<string, Float32Array>> = {},
): Averages {
  const averages: Record<string, Float32Array> = {};
  for (const layer of model.layers) {
    if (layer.kind !== "batchnorm" || frozen.has(layer.name)) continue;
    for (const role of ROLES) {
      const name = weightName(layer.name, role);
      averages[name] = arrays[name]?.slice() ?? decodeWeight(model.weights[name]!);
    }
  }
  return averages;
}

/** Statistics of a batch, by layer. */
export type BatchStatistics = Readonly<
  Record<string, { readonly mean: Float32Array; readonly variance: Float32Array }>
>;

/** The statistics that a forward pass in training saw, copied out of the room. */
export function readStatistics(
  room: Room,
  statistics: ForwardResult["statistics"],
): BatchStatistics {
  const rows = Object.entries(statistics).map(([layer, { mean, variance }]) =>
    [layer, { mean: room.values(mean), variance: room.values(variance) }] as const
  );
  return Object.fromEntries(rows);
}

/** average ← momentum · average + (1 − momentum) · batch, for each layer that was reached. In place. */
export function followStatistics(
  model: Model,
  averages: Averages,
  statistics: BatchStatistics,
  reached: (layer: string) => boolean,
): void {
  for (const layer of model.layers) {
    const batch = statistics[layer.name];
    if (layer.kind !== "batchnorm" || batch === undefined || !reached(layer.name)) continue;
    const { momentum } = layer;
    for (const role of ROLES) {
      const average = averages[weightName(layer.name, role)]!;
      for (let i = 0; i < average.length; i++) {
        average[i] = momentum * average[i]! + (1 - momentum) * batch[role][i]!;
      }
    }
  }
}
