/** One cut of each granularity, and the order of cut, rewinding and recalibration. */
import assert from "node:assert/strict";
import { taylorOfUnits, taylorOfWeights } from "../../../ops/prune/gradient_scores.ts";
import { activationsOfUnits } from "../../../ops/prune/activation_scores.ts";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import { decodeWeight } from "../../../ops/model/weights.ts";
import { cutOnce } from "../../../ops/prune/cut.ts";
import { cutChannels } from "../../../ops/prune/cut_channels.ts";
import type { OneShot } from "../../../ops/prune/fields.ts";
import { maskWeights } from "../../../ops/prune/mask_weights.ts";
import { maskPattern } from "../../../ops/prune/pattern.ts";
import { rewound } from "../../../ops/prune/rewound.ts";
import { recalibrated } from "../../../ops/learn/recalibrate.ts";
import { labelled } from "../labelled.ts";
import { livelyModel } from "../lively_model.ts";
import { modelDigest } from "../model_digest.ts";
import { runContext } from "../run_context.ts";
import { zooNetworks } from "../zoo_networks.ts";

refuseLeaks(true);

const weight = { granularity: "weight", criterion: "magnitude", ratio: 0.5 } as const;
const pattern = { granularity: "pattern", criterion: "magnitude", keep: 2, of: 4 } as const;
const channel = {
  granularity: "channel",
  criterion: "l1",
  scope: "layer",
  ratio: 0.5,
  min_keep: 1,
  round_to: 1,
} as const;

const model = livelyModel(zooNetworks["resnet"]!);
const early = livelyModel(zooNetworks["resnet"]!, 77);
const data = labelled(model, 16);
const cut = async (params: object, rewind?: typeof early) =>
  modelDigest(await cutOnce({ model, data, rewind }, params as OneShot, runContext()));

Deno.test("each granularity is cut by its own technique", async () => {
  const layerwise = { ...weight, scope: "layer" } as const;
  assert.equal(await cut(layerwise), modelDigest(maskWeights(model, layerwise, 0)));
  assert.equal(await cut(pattern), modelDigest(maskPattern(model, pattern, 0)));
  assert.equal(await cut(channel), modelDigest(cutChannels(model, channel, 0)));
});

Deno.test("the seed of a random criterion is the step's", async () => {
  const random = { ...weight, scope: "layer", criterion: "random" } as const;
  assert.equal(await cut({ ...random, seed: 5 }), modelDigest(maskWeights(model, random, 5)));
  assert.notEqual(await cut({ ...random, seed: 5 }), await cut(random));
  assert.equal(await cut(random), modelDigest(maskWeights(model, random, 0)));
  const rows = { ...pattern, criterion: "random" } as const;
  assert.equal(await cut(rows), modelDigest(maskPattern(model, rows, 0)));
  assert.equal(await cut({ ...rows, seed: 5 }), modelDigest(maskPattern(model, rows, 5)));
  const units = { ...channel, criterion: "random" } as const;
  assert.equal(await cut(units), modelDigest(cutChannels(model, units, 0)));
  assert.equal(await cut({ ...units, seed: 5 }), modelDigest(cutChannels(model, units, 5)));
});

Deno.test("criteria that measure are given what training samples say; the others need no data", async () => {
  const taylor = { ...channel, criterion: "taylor" } as const;
  const sampled = await taylorOfUnits({ model, data }, runContext());
  assert.equal(await cut(taylor), modelDigest(cutChannels(model, taylor, 0, { sampled })));
  const alive = { ...channel, criterion: "apoz" } as const;
  const seen = await activationsOfUnits({ model, data }, "apoz", runContext());
  assert.equal(await cut(alive), modelDigest(cutChannels(model, alive, 0, { sampled: seen })));
  const single = { ...weight, scope: "layer", criterion: "taylor" } as const;
  const gathered = await taylorOfWeights(model, data, runContext());
  assert.equal(await cut(single), modelDigest(maskWeights(model, single, 0, gathered)));
  const blind = { model, data: undefined, rewind: undefined };
  const bare = await cutOnce(blind, channel, runContext());
  assert.equal(modelDigest(bare), modelDigest(cutChannels(model, channel, 0)));
});

Deno.test("the model as it is decides what goes; what stays then takes back the earlier weights", async () => {
  const layerwise = { ...weight, scope: "layer" } as const;
  assert.equal(
    await cut(layerwise, early),
    modelDigest(rewound(maskWeights(model, layerwise, 0), early)),
  );
  assert.equal(
    await cut(pattern, early),
    modelDigest(rewound(maskPattern(model, pattern, 0), early)),
  );
  assert.equal(
    await cut(channel, early),
    modelDigest(cutChannels(model, channel, 0, { rewind: early })),
  );
});

Deno.test("BatchNorm is estimated again last, for the weights that are left", async () => {
  const layerwise = { ...weight, scope: "layer" } as const;
  const back = rewound(maskWeights(model, layerwise, 0), early);
  const expected = await recalibrated(back, data, 1, runContext());
  assert.equal(await cut({ ...layerwise, recalibrate: 1 }, early), modelDigest(expected));
  assert.notDeepEqual(
    decodeWeight(expected.weights["stem.norm/mean"]!),
    decodeWeight(back.weights["stem.norm/mean"]!),
  );
});
