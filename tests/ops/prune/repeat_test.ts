import assert from "node:assert/strict";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import { modelKind } from "../../../ops/model/kind.ts";
import type { OneShot } from "../../../ops/prune/fields.ts";
import { prune } from "../../../ops/prune/prune.ts";
import { livelyModel } from "../lively_model.ts";
import { modelDigest } from "../model_digest.ts";
import { noiseData } from "../noise_data.ts";
import { listeningContext } from "../run_context.ts";
import { zooNetworks } from "../zoo_networks.ts";

refuseLeaks(true);

const channel = { granularity: "channel", ratio: 0.5, min_keep: 1, round_to: 1 } as const;
const weight = { granularity: "weight", ratio: 0.5 } as const;
const pattern = { granularity: "pattern", keep: 2, of: 4 } as const;
const prunings: readonly OneShot[] = [
  ...(["l1", "l2", "bn-scale", "fpgm", "random"] as const).flatMap((criterion) =>
    (["layer", "global"] as const).map((scope) => ({ ...channel, criterion, scope }))
  ),
  ...(["magnitude", "random"] as const).flatMap((criterion) =>
    (["layer", "global"] as const).map((scope) => ({ ...weight, criterion, scope }))
  ),
  { ...channel, criterion: "l1", scope: "layer", recalibrate: 1 },
  ...(["magnitude", "random"] as const).map((criterion) => ({ ...pattern, criterion })),
];

for (const params of prunings) {
  const { granularity, criterion, recalibrate } = params;
  const scope = "scope" in params && params.scope;
  const what = [granularity, criterion, scope, recalibrate && "recalibrated"].filter(Boolean);
  Deno.test(`pruning twice gives the same bytes and leaves its input alone: ${what.join(" ")}`, async () => {
    const model = livelyModel(zooNetworks["resnet"]!);
    const data = noiseData(model, 64);
    const before = modelDigest(model);
    const run = async () => await prune.run({ model, data }, params, listeningContext().context);
    const [one, other] = [await run(), await run()];
    assert.equal(modelDigest(one), modelDigest(other));
    assert.equal(modelDigest(model), before);
    assert.notEqual(modelDigest(one), before);
    assert.notEqual(prune.effect!({ model, data }, one), undefined);
    assert.equal(modelKind.holds!(model, one), undefined);
  });
}
