/** Channel pruning: scores the groups, removes the channels. */
import { given } from "../../engine/given.ts";
import { type Established, type Model, structureOf } from "../model/model.ts";
import { layerFacts } from "../model/layers.ts";
import { type ChannelParams, channelPlan } from "./channel_plan.ts";
import { CHANNEL_SCORES } from "./criteria.ts";
import { channelsLost } from "./lost.ts";
import { shrunkModel } from "./remove.ts";
import { rewound } from "./rewound.ts";
import { selectUnits } from "./ranking.ts";

/** What a cut of channels may need besides the model. */
interface ChannelCutOptions {
  /** What training samples say of each unit, for the criteria that read them. */
  readonly sampled?: ReadonlyMap<number, number>;
  /** An earlier model of the same shape, whose weights the channels that stay take back. */
  readonly rewind?: Model;
}

/** The model without the channels that matter least; `seed` draws for `criterion: random`. */
export function cutChannels(
  model: Model,
  params: ChannelParams,
  seed: number,
  { sampled, rewind }: ChannelCutOptions = {},
): Model {
  const structure = structureOf(model);
  const { map, groups, limits } = channelPlan(structure, layerFacts(structure), params);
  const score = CHANNEL_SCORES[params.criterion];
  const scored = groups.map(({ group, ...own }) => ({
    ...own,
    scores: score(group, { model, map, seed, ...given({ sampled }) }),
  }));
  const selected = selectUnits(scored, params.ratio, limits);
  const removed = new Set(
    groups.flatMap(({ group }, g) => selected[g]!.map((index) => group.units[index]!.id)),
  );
  const cut = shrunkModel(rewind === undefined ? model : rewound(model, rewind), map, removed);
  return { ...cut, established: establishedAfter(model, cut) };
}

/** Channels left of every layer that has lost some, now or before. */
function establishedAfter(before: Model, after: Model): Established {
  const channels = { ...before.established.channels };
  for (const [layer, { kept, removed }] of Object.entries(channelsLost(before, after))) {
    if (removed > 0) channels[layer] = kept;
  }
  return { ...before.established, channels };
}
