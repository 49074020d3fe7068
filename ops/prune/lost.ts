/** What a pruning took away, layer by layer: the effect that a report shows. */
import { given } from "../../engine/given.ts";
import type { Json } from "../../engine/op.ts";
import { shapesOf } from "../model/layers.ts";
import type { Architecture, Model } from "../model/model.ts";
import { writesChannels } from "../model/channels.ts";

/** Channels of a layer with filters of its own. */
export interface ChannelsLost {
  readonly kept: number;
  readonly removed: number;
}

/** Weights of a masked kernel: `zeros` of `of`, `newly` of them by this step. */
interface WeightsLost {
  readonly zeros: number;
  readonly of: number;
  readonly newly: number;
}

/** Both, for the layers that lost something; undefined where none did. */
export function effectOfPruning(before: Model, after: Model): Json | undefined {
  const channels = losing(channelsLost(before, after), ({ removed }) => removed);
  const weights = losing(weightsLost(before, after), ({ newly }) => newly);
  const effect = given({ channels, weights });
  return Object.keys(effect).length === 0 ? undefined : effect as unknown as Json;
}

/** Per layer with filters of its own, how many channels it kept and lost. */
export function channelsLost(before: Model, after: Model): Record<string, ChannelsLost> {
  const left = writtenChannels(after);
  return Object.fromEntries(
    [...writtenChannels(before)].flatMap(([name, had]) => {
      const kept = left.get(name);
      return kept === undefined ? [] : [[name, { kept, removed: had - kept }]];
    }),
  );
}

/** Per masked kernel, how many weights are zero. */
export function weightsLost(before: Model, after: Model): Record<string, WeightsLost> {
  return Object.fromEntries(
    Object.entries(after.weights).flatMap(([name, { mask, data }]) => {
      if (mask === undefined) return [];
      const zeros = countZeros(mask);
      const newly = zeros - countZeros(before.weights[name]?.mask);
      return [[name, { zeros, of: data.length, newly }]];
    }),
  );
}

/** Kinds say which layers write channels, and shapes how many, so none can be forgotten here. */
function writtenChannels(architecture: Architecture): Map<string, number> {
  const shapes = shapesOf(architecture);
  const writers = architecture.layers.filter(writesChannels);
  return new Map(writers.map(({ name }) => [name, shapes[name]!.at(-1)!]));
}

function countZeros(mask: Uint8Array | undefined): number {
  return mask?.reduce((zeros, keep) => zeros + 1 - keep, 0) ?? 0;
}

/** The rows, if any of them lost something. */
function losing<T>(rows: Record<string, T>, lost: (row: T) => number) {
  return Object.values(rows).some((row) => lost(row) > 0) ? rows : undefined;
}
