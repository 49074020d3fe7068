/** Half the channels of a whole network: what is left has the counts of the network that was published at half width. */
import assert from "node:assert/strict";
import type { ModelFacts } from "../../../engine/op.ts";
import { initialModel } from "../../../ops/model/initialize.ts";
import { modelFacts } from "../../../ops/model/layers.ts";
import type { Architecture } from "../../../ops/model/model.ts";
import { mobilenetV1 } from "../../../ops/model/zoo/mobilenet_v1.ts";
import { resnet } from "../../../ops/model/zoo/resnet.ts";
import { cutChannels } from "../../../ops/prune/cut_channels.ts";
import { prune } from "../../../ops/prune/prune.ts";

const params = {
  granularity: "channel",
  criterion: "l1",
  scope: "layer",
  ratio: 0.5,
  min_keep: 1,
  round_to: 1,
} as const;

/** Counts that are known before the cut, and those of the model after it. */
function halved(network: Architecture): Pick<ModelFacts, "parameters" | "macs"> {
  const before = modelFacts(network, { learned: true, established: {} });
  const foretold = prune.facts({ model: before }, params) as ModelFacts;
  const cut = cutChannels(initialModel(network, 1), params, 0);
  const { parameters, macs } = modelFacts(cut, cut);
  assert.deepEqual({ parameters, macs }, {
    parameters: foretold.parameters,
    macs: foretold.macs,
  });
  return { parameters: parameters!, macs: macs! };
}

Deno.test("MobileNet v1 without half its channels is the published one of width 0.5", () => {
  const { parameters, macs } = halved(
    mobilenetV1.build([224, 224, 3], 1000, { depth: 13, width: 1 }),
  );
  assert.equal(parameters, 1_342_536);
  assert.equal(Math.round(macs! / 1e5), 1495);
});

Deno.test("ResNet-20 without half its channels has a quarter of its products and parameters, but for its ends", () => {
  // Stages of 8, 16 and 32 channels on 32, 16 and 8 pixels; three blocks of two 3×3 convolutions in each.
  let [parameters, macs] = [9 * 3 * 8 + 4 * 8, 9 * 3 * 8 * 1024];
  for (const [width, before, pixels] of [[8, 8, 1024], [16, 8, 256], [32, 16, 64]] as const) {
    const turns = width !== before;
    const products = 9 * before * width + 5 * 9 * width * width + (turns ? before * width : 0);
    parameters += products + 4 * width * (turns ? 7 : 6);
    macs += products * pixels;
  }
  parameters += 32 * 10 + 10;
  macs += 32 * 10;
  const found = halved(resnet.build([32, 32, 3], 10, { depth: 20, width: 1 }));
  assert.deepEqual(found, { parameters, macs });
});
