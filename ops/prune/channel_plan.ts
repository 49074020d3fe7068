/** What channel pruning will do to a structure, as far as it is known before the weights are. */
import { given } from "../../engine/given.ts";
import { type LayerFacts, ParameterError } from "../../engine/op.ts";
import { isBatchNorm } from "../model/kinds/norm.ts";
import type { Architecture, Layer } from "../model/model.ts";
import { type ChannelGroup, type ChannelMap, channelMap } from "../model/channels.ts";
import { countOf, type KeepLimits, keptCount, type RatioParams, ratiosOf } from "./ranking.ts";
import { shrunkArchitecture } from "./remove.ts";
import { selectLayers } from "../../engine/selector.ts";
import type { ChannelCriterion } from "./criteria.ts";

/** Parameters of `granularity: channel`. */
export interface ChannelParams extends RatioParams {
  readonly criterion: ChannelCriterion;
  readonly heads?: boolean;
  readonly "min_keep": number;
  readonly "round_to": number;
}

/** The groups that are cut, each with its own ratio or none where all are ranked together. */
interface ChannelPlan {
  readonly map: ChannelMap;
  readonly groups: readonly { readonly group: ChannelGroup; readonly ratio?: number }[];
  readonly limits: KeepLimits;
}

/**
 * Finds the groups to cut. A layer tied to an excluded one stays whole; one tied to a selected one goes along. Throws
 * a ParameterError where the parameters cannot work with the structure.
 */
export function channelPlan(
  architecture: Architecture,
  layers: readonly LayerFacts[],
  params: ChannelParams,
): ChannelPlan {
  const map = channelMap(architecture, params);
  const free = new Set(map.groups.flatMap((group) => group.carriers));
  const treatable = layers.filter((layer) => free.has(layer.name));
  const selection = ratiosOf(treatable, params);
  const spared = new Set(selectLayers(treatable, params.exclude ?? []));
  const own = new Set(
    selectLayers(treatable, params.per_layer?.flatMap(({ layers }) => layers) ?? []),
  );
  const groups = map.groups.flatMap((group) => {
    const chosen = group.carriers.filter((layer) => selection.has(layer));
    if (chosen.length === 0 || group.carriers.some((layer) => spared.has(layer))) return [];
    const ratio = ratioOf(chosen.filter((layer) => own.has(layer)), selection) ??
      (params.scope === "layer" ? params.ratio : undefined);
    return [{ group, ...given({ ratio }) }];
  });
  if (groups.length === 0) {
    throw new ParameterError(
      "selector-empty",
      "exclude",
      "nothing is left to prune: every selected layer is tied to an excluded one",
    );
  }
  assertMeasured(architecture, map, groups, params.criterion);
  return { map, groups, limits: { minKeep: params.min_keep, roundTo: params.round_to } };
}

/**
 * The structure after the cut; undefined where the weights decide how many channels each layer loses. Throws a
 * ParameterError where no channel would go.
 */
export function cutArchitecture(
  architecture: Architecture,
  plan: ChannelPlan,
): Architecture | undefined {
  if (plan.groups.some(({ ratio }) => ratio === undefined)) return undefined;
  const removed = new Set(plan.groups.flatMap(({ group: { units }, ratio }) => {
    const kept = keptCount(units.length, countOf(ratio! * units.length), plan.limits);
    return units.slice(kept).map((unit) => unit.id);
  }));
  if (removed.size === 0) {
    const largest = Math.max(...plan.groups.map(({ group }) => group.units.length));
    throw new ParameterError(
      "out-of-range",
      "ratio",
      `no channel would go: the largest group has ${largest}, and \`min_keep\` and \`round_to\` keep them`,
    );
  }
  return shrunkArchitecture(architecture, plan.map, removed);
}

/** Tied layers share one ratio: the one that `per_layer` gives some of them; undefined where it names none. */
function ratioOf(
  layers: readonly string[],
  ratios: ReadonlyMap<string, number | undefined>,
): number | undefined {
  const [first, ...others] = layers;
  const ratio = ratios.get(first!);
  const other = others.find((layer) => ratios.get(layer) !== ratio);
  if (other === undefined) return ratio;
  throw new ParameterError(
    "duplicate-name",
    "per_layer",
    `${first} and ${other} share their channels, so they need one ratio, not ${ratio} and ${
      ratios.get(other)
    }`,
    `one entry for both: { layers: [${first}, ${other}], ratio: ${ratio} }`,
  );
}

/** Whether the layer ends in a function that is 0 for what is below 0. */
export const rectifies = (layer: Layer): boolean =>
  "activation" in layer && (layer.activation === "relu" || layer.activation === "relu6");

/** Throws where a criterion looks at layers of some kind, and a channel passes none. */
function assertMeasured(
  architecture: Architecture,
  map: ChannelMap,
  groups: ChannelPlan["groups"],
  criterion: ChannelCriterion,
): void {
  const scales = criterion === "bn-scale";
  if (!scales && criterion !== "activation-mean" && criterion !== "apoz") return;
  const looksAt = scales ? isBatchNorm : rectifies;
  const seen = new Set(
    architecture.layers.filter(looksAt).flatMap(({ name }) => [...map.channels[name]!]),
  );
  const bare = groups.find(({ group }) => group.units.some((unit) => !seen.has(unit.id)));
  if (bare === undefined) return;
  const [first] = bare.group.layers;
  throw new ParameterError(
    "unknown-value",
    "criterion",
    scales
      ? `\`bn-scale\` ranks channels by their BatchNorm; no batchnorm follows ${first}`
      : `\`${criterion}\` ranks channels by their values after a ReLU; none follows ${first}`,
    scales
      ? "criterion: l1 reads the filters themselves"
      : `exclude: ${first}, or criterion: l1, which reads the filters themselves`,
  );
}
