/** BatchNorm's moving averages: what inference will use, followed batch by batch while the others train. */
import { isBatchNorm } from "../model/kinds/norm.ts";
import type { Room } from "../../engine/tensor/mod.ts";
import type { ForwardResult } from "../model/forward.ts";
import { type Model, ownerOf, weightName } from "../model/model.ts";
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
    if (!isBatchNorm(layer) || layer.tied !== undefined || frozen.has(layer.name)) continue;
    for (const role of ROLES) {
      const name = weightName(layer, role);
      averages[name] = arrays[name]?.slice() ?? decodeWeight(model.weights[name]!);
    }
  }
  return averages;
}

/** How far the averages of a layer have followed a training. */
interface Followed {
  /** Updates whose batches moved them. */
  readonly updates: number;
  /** Whether they held something before the first: those of new layers are 0 and 1. */
  readonly older: boolean;
}

const FOLLOWED = "#followed";

/** `Followed` of each layer whose averages may move, as arrays that are part of a training's state. */
export function openFollowed(
  { layers }: Pick<Model, "layers">,
  averages: Averages,
  arrays: Readonly<Record<string, Float32Array>> = {},
): Averages {
  const followed: Record<string, Float32Array> = {};
  for (const { name } of layers) {
    const [mean, variance] = ROLES.map((role) => averages[weightName(name, role)]);
    if (mean === undefined || variance === undefined) continue;
    const older = mean.some((value) => value !== 0) || variance.some((value) => value !== 1);
    const kept = arrays[name + FOLLOWED]?.slice();
    followed[name + FOLLOWED] = kept ?? Float32Array.of(0, older ? 1 : 0);
  }
  return followed;
}

/** Counts an update that moved the averages of these layers; one that is named twice was moved twice. In place. */
export function countFollowed(followed: Averages, layers: readonly string[]): void {
  for (const layer of layers) followed[layer + FOLLOWED]![0]! += 1;
}

/** What `openFollowed` keeps of a layer; undefined where its averages could not move. */
export function followedOf(
  arrays: Readonly<Record<string, Float32Array>>,
  layer: string,
): Followed | undefined {
  const [updates, older] = arrays[layer + FOLLOWED] ?? [];
  return updates === undefined ? undefined : { updates, older: older === 1 };
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

/**
 * average ← momentum · average + (1 − momentum) · batch, for each layer that was reached; those whose averages moved are
 * given back, one with tied layers once for each. In place.
 */
export function followStatistics(
  model: Model,
  averages: Averages,
  statistics: BatchStatistics,
  reached: (layer: string) => boolean,
): readonly string[] {
  const followed: string[] = [];
  for (const layer of model.layers) {
    const batch = statistics[layer.name];
    if (!isBatchNorm(layer) || batch === undefined || !reached(ownerOf(layer))) continue;
    const { momentum } = layer;
    followed.push(ownerOf(layer));
    for (const role of ROLES) {
      const average = averages[weightName(layer, role)]!;
      for (let i = 0; i < average.length; i++) {
        average[i] = momentum * average[i]! + (1 - momentum) * batch[role][i]!;
      }
    }
  }
  return followed;
}

/** Copies of arrays that go on moving. */
export function copiedArrays(arrays: Averages): Record<string, Float32Array> {
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [name, array.slice()]));
}
