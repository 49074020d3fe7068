/**
 * How layers couple channels: which channels leave a layer given those that enter, which axes of its weights follow,
 * and how its attributes change when some go.
 */
import { type Shape, sizeOf } from "../../../engine/shape.ts";
import type { Role } from "./weights.ts";

/** For each index of a tensor's last axis, the channel it carries: equal numbers go together or stay together. */
export type Channels = Int32Array;

/** What a layer may do to channels. */
export interface ChannelTies {
  /** Whole heads of attention may go; absent: none. */
  readonly heads?: boolean;
  /** Channels that depend on no others: the layer's own filters. */
  fresh(count: number): Channels;
  /** The two can only go together. */
  tie(one: number, other: number): void;
  /** They cannot go; returns them. */
  fix(channels: Channels): Channels;
}

/** The axis of a weight follows the channels that enter, those that leave, or none. */
export type Side = "in" | "out" | null;

/** A layer, and the channels of what it reads. */
interface ChannelFlow<L> {
  readonly layer: L;
  readonly inputs: readonly Channels[];
  /** Shapes of what it reads, and its own. */
  readonly shapes: readonly Shape[];
  readonly output: Shape;
  readonly ties: ChannelTies;
}

/** How a layer kind couples channels, as it is written: what differs from "each channel passes". */
export interface ChannelRules<L> {
  /**
   * The attribute that counts the layer's own filters, where it has some: its output channels can be chosen among.
   */
  readonly writes?: keyof L & string;
  /** It has filters for each channel that passes, so that naming the layer may name the channels. */
  readonly carries?: true;
  /** The channels that leave. Default: fresh ones where it writes, else those of the first input. */
  pass?(flow: ChannelFlow<L>): Channels;
  /** The axes of its weights, by role; roles that follow no channel are left out. */
  readonly weights?: { readonly [R in Role]?: readonly Side[] };
  /** The layer when `count` of `before` output channels are left. Default: where it writes, its attribute changed. */
  resize?(layer: L, count: number, before?: number): L;
}

/** The same with every answer. */
export interface ChannelRule<L> {
  readonly writes: string | undefined;
  readonly carries: boolean;
  pass(flow: ChannelFlow<L>): Channels;
  readonly weights: { readonly [R in Role]?: readonly Side[] };
  resize(layer: L, count: number, before?: number): L;
}

/** Rules with their defaults. */
export function channelRule<L extends object>(rules: ChannelRules<L>): ChannelRule<L> {
  const { writes, carries = false, ...rest } = rules;
  const own = writes === undefined
    ? { pass: ({ inputs }: ChannelFlow<L>) => inputs[0]!, resize: (layer: L) => layer }
    : {
      pass: ({ layer, ties }: ChannelFlow<L>) => ties.fresh(layer[writes] as number),
      resize: (layer: L, count: number): L => ({ ...layer, [writes]: count }),
    };
  return { weights: {}, ...own, ...rest, writes, carries };
}

/** The channels of the first input, each together with the same one of every other. */
export function tiedInputs({ inputs: [first, ...others], ties }: ChannelFlow<unknown>): Channels {
  for (const other of others) other.forEach((channel, i) => ties.tie(first![i]!, channel));
  return first!;
}

/** The size of each of so many equal parts, whose places are tied. */
export function tiedParts(channels: Channels, parts: number, ties: ChannelTies): number {
  const each = channels.length / parts;
  channels.forEach((channel, i) => ties.tie(channels[i % each]!, channel));
  return each;
}

/** The channels of an image as those of its numbers in a row: (h·W + w)·C + c carries channel c. */
export function flatChannels(channels: Channels, shape: Shape): Channels {
  return Int32Array.from({ length: sizeOf(shape) }, (_, i) => channels[i % channels.length]!);
}
