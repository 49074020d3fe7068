/**
 * Dependency groups (Fang et al. 2023, "DepGraph", arXiv 2301.12900): the channels of a network that can only be
 * removed together, found by union over single channel indices. Pure structure; no weight is looked at.
 */
import type { Channels, ChannelTies } from "./kinds/channels.ts";
import { kindOf } from "./kinds/mod.ts";
import { shapesOf } from "./layers.ts";
import { type Architecture, type Layer, ownerOf } from "./model.ts";

/** Channels that go together: the layers that write them, and which of their output channels they are. */
interface ChannelUnit {
  readonly id: number;
  readonly members: ReadonlyMap<string, readonly number[]>;
}

/**
 * Units written by the same layers. A unit takes the same number of channels from each layer as its neighbours do, so
 * how many units go decides every shape, whichever they are.
 */
export interface ChannelGroup {
  /** The layers that write them, in the model's order. */
  readonly layers: readonly string[];
  /**
   * Those and the layers with filters for each of these channels, in the model's order: whoever selects one selects
   * the group.
   */
  readonly carriers: readonly string[];
  /** In the order of the first layer's channels. */
  readonly units: readonly ChannelUnit[];
}

/** The channels of a network. */
export interface ChannelMap {
  /** Input or layer → for each index of its last axis the `id` of the unit it belongs to. */
  readonly channels: Readonly<Record<string, Channels>>;
  /**
   * Groups that may lose channels: all but those tied to the model's inputs and outputs, or to what needs all
   * channels.
   */
  readonly groups: readonly ChannelGroup[];
}

/** Whether the layer has filters of its own; those of a tied layer are another's. */
export const writesChannels = (layer: Pick<Layer, "kind" | "tied">): boolean =>
  layer.tied === undefined && kindOf(layer).channels.writes !== undefined;

/** The channels that a layer with filters of its own gives. */
export function widthOf(layer: Layer): number {
  const { writes } = kindOf(layer).channels;
  const width = (layer as unknown as Readonly<Record<string, unknown>>)[writes ?? ""];
  if (typeof width === "number") return width;
  throw new Error(`internal: ${layer.name} has no width of its own`);
}

/**
 * Finds what is coupled; with `heads` the channels of a head of attention go together, without it they all stay. Throws
 * a RangeError where the architecture's shapes do not fit.
 */
export function channelMap(
  architecture: Architecture,
  { heads = false }: { readonly heads?: boolean } = {},
): ChannelMap {
  const shapes = shapesOf(architecture);
  const { ties, rootOf, staying } = unionFind(heads);
  const channels: Record<string, Channels> = {};
  const shared = new Map(
    architecture.layers.flatMap(({ tied }) => tied === undefined ? [] : [[tied, []]]) as [
      string,
      Channels[][],
    ][],
  );
  for (const { name, shape } of architecture.inputs) channels[name] = ties.fresh(shape.at(-1)!);
  for (const layer of architecture.layers) {
    channels[layer.name] = kindOf(layer).channels.pass({
      layer,
      inputs: layer.inputs.map((input) => channels[input]!),
      shapes: layer.inputs.map((input) => shapes[input]!),
      output: shapes[layer.name]!,
      ties,
    });
    tieToOwner(layer);
  }
  for (const name in channels) channels[name] = channels[name]!.map(rootOf);
  const ends = [...architecture.inputs.map((input) => input.name), ...architecture.outputs];
  const ended = ends.flatMap((name) => [...channels[name]!]);
  const fixed = new Set([...ended, ...staying.map(rootOf)]);
  return { channels, groups: groupsOf(architecture, channels, fixed) };

  /** What one weight reads and gives has its axes, wherever it is used. */
  function tieToOwner(layer: Layer): void {
    const uses = shared.get(ownerOf(layer));
    if (uses === undefined) return;
    const own = [...layer.inputs.map((input) => channels[input]!), channels[layer.name]!];
    const [first] = uses;
    if (first === undefined) return void uses.push(own);
    for (const [i, each] of own.entries()) {
      each.forEach((channel, index) => ties.tie(first[i]![index]!, channel));
    }
  }
}

function groupsOf(
  architecture: Architecture,
  channels: Readonly<Record<string, Channels>>,
  fixed: ReadonlySet<number>,
): ChannelGroup[] {
  const units = new Map<number, Map<string, number[]>>();
  for (const { name } of architecture.layers.filter(writesChannels)) {
    channels[name]!.forEach((id, index) => {
      if (fixed.has(id)) return;
      let members = units.get(id);
      if (members === undefined) units.set(id, members = new Map());
      const indices = members.get(name);
      if (indices === undefined) members.set(name, [index]);
      else indices.push(index);
    });
  }
  const groups = new Map<string, ChannelUnit[]>();
  for (const [id, members] of units) {
    const counts = [...members].map(([layer, indices]) => [layer, indices.length]);
    const signature = JSON.stringify(counts);
    const alike = groups.get(signature);
    if (alike === undefined) groups.set(signature, [{ id, members }]);
    else alike.push({ id, members });
  }
  return [...groups.values()].map((units) => {
    const layers = [...units[0]!.members.keys()];
    const ids = new Set(units.map((unit) => unit.id));
    const carriers = architecture.layers.filter((layer) =>
      layers.includes(layer.name) ||
      layer.tied === undefined && kindOf(layer).channels.carries &&
        channels[layer.name]!.some((id) => ids.has(id))
    );
    return { layers, carriers: carriers.map((layer) => layer.name), units };
  });
}

function unionFind(
  heads: boolean,
): { ties: ChannelTies; rootOf: (id: number) => number; staying: number[] } {
  const parents: number[] = [];
  const staying: number[] = [];
  const rootOf = (id: number): number => {
    let root = id;
    while (parents[root] !== root) root = parents[root]!;
    for (let at = id; at !== root;) {
      const next = parents[at]!;
      parents[at] = root;
      at = next;
    }
    return root;
  };
  const ties: ChannelTies = {
    heads,
    fresh: (count) => Int32Array.from({ length: count }, () => parents.push(parents.length) - 1),
    tie(one, other) {
      const [first, second] = [rootOf(one), rootOf(other)];
      parents[Math.max(first, second)] = Math.min(first, second);
    },
    fix(channels) {
      for (const channel of channels) staying.push(channel);
      return channels;
    },
  };
  return { ties, rootOf, staying };
}
