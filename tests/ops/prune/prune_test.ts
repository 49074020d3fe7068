/** The op `prune`: what it foretells, what it refuses, and that it repeats. */
import assert from "node:assert/strict";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import { modelKind } from "../../../ops/model/kind.ts";
import type { OneShot } from "../../../ops/prune/fields.ts";
import { prune } from "../../../ops/prune/prune.ts";
import { livelyModel } from "../lively_model.ts";
import { modelDigest } from "../model_digest.ts";
import { noiseData } from "../noise_data.ts";
import { recordingContext } from "../run_context.ts";
import { networksWithChannels, zooNetworks } from "../zoo_networks.ts";
import { type ModelFacts, ParameterError } from "../../../engine/op.ts";
import { modelFacts, shapesOf } from "../../../ops/model/layers.ts";
import { type Model, structureOf } from "../../../ops/model/model.ts";
import { cutChannels } from "../../../ops/prune/cut_channels.ts";

refuseLeaks(true);

const params = {
  granularity: "channel",
  criterion: "l1",
  scope: "layer",
  ratio: 0.5,
  min_keep: 1,
  round_to: 1,
} as const;

const factsOf = (model: Model) => modelFacts(structureOf(model), model);
const pruneFacts = (model: Model, changed: object) =>
  prune.facts({ model: factsOf(model) }, { ...params, ...changed }) as ModelFacts;

for (const [name, network] of Object.entries(networksWithChannels)) {
  Deno.test(`${name}: the shapes after the cut are known before it`, () => {
    const model = livelyModel(network);
    for (const changed of [{ ratio: 0.3 }, { min_keep: 3 }, { round_to: 4 }]) {
      const cut = cutChannels(model, { ...params, ...changed }, 0);
      assert.deepEqual(pruneFacts(model, changed), factsOf(cut));
      assert.deepEqual(shapesOf(cut)[cut.outputs[0]!], shapesOf(network)[network.outputs[0]!]);
    }
  });
}

Deno.test("what cannot be pruned is refused at its place", () => {
  const model = livelyModel(zooNetworks["resnet"]!);
  const refusal = (changed: object) => {
    try {
      pruneFacts(model, changed);
    } catch (error) {
      assert.ok(error instanceof ParameterError, String(error));
      return [error.code, error.path];
    }
  };
  assert.deepEqual(refusal({ layers: ["head"] }), ["selector-empty", "layers"]);
  assert.deepEqual(refusal({ exclude: ["*"] }), ["selector-empty", "exclude"]);
  assert.deepEqual(refusal({ layers: ["stem"], exclude: ["stage1"] }), [
    "selector-empty",
    "exclude",
  ]);
  assert.deepEqual(refusal({ ratio: 0.01 }), ["out-of-range", "ratio"]);
  const moving = { use: "cubic", start: 0, end: 0.9 };
  assert.deepEqual(refusal({ ratio: moving }), ["unknown-value", "ratio"]);
  const twice = [{ layers: ["stem"], ratio: 0.1 }, { layers: ["s*"], ratio: 0.2 }];
  assert.deepEqual(refusal({ per_layer: twice }), ["duplicate-name", "per_layer.1.layers"]);
  const tied = [{ layers: ["stem"], ratio: 0.1 }, {
    layers: ["stage1.block1.conv2"],
    ratio: 0.2,
  }];
  assert.deepEqual(refusal({ per_layer: tied }), ["duplicate-name", "per_layer"]);
  assert.throws(
    () =>
      prune.facts({ model: factsOf(livelyModel(zooNetworks["cnn"]!)) }, {
        ...params,
        criterion: "bn-scale",
      }),
    (error) => error instanceof ParameterError && error.path === "criterion",
  );
});

Deno.test("of tied layers with two ratios both are named, a depthwise one too", () => {
  const network = livelyModel(zooNetworks["mobilenet-v1"]!);
  const refusal = (model: Model, entries: readonly (readonly [string, number])[]) => {
    const own = entries.map(([layer, ratio]) => ({ layers: [layer], ratio }));
    try {
      prune.facts({ model: factsOf(model) }, { ...params, per_layer: own });
    } catch (error) {
      assert.ok(error instanceof ParameterError, String(error));
      return `${error.message}: ${error.help}`;
    }
  };
  const sentence = (one: string, other: string, ratios: readonly [number, number]) =>
    `${one} and ${other} share their channels, so they need one ratio, not ${
      ratios.join(" and ")
    }: ` +
    `one entry for both: { layers: [${one}, ${other}], ratio: ${ratios[0]} }`;
  const tied = ["stem", "block1.depthwise"] as const;
  assert.equal(
    refusal(network, [["block1.depthwise", 0.2], ["stem", 0.3]]),
    sentence(...tied, [0.3, 0.2]),
  );
  // A ratio that an entry gives is meant, also where it is that of all the others.
  assert.equal(
    refusal(network, [["stem", 0.5], ["block1.depthwise", 0.2]]),
    sentence(...tied, [0.5, 0.2]),
  );
  assert.equal(refusal(network, [["stem", 0.2], ["block1.depthwise", 0.2]]), undefined);
  const residual = livelyModel(zooNetworks["resnet"]!);
  const [one, other] = ["stem", "stage1.block1.conv2"];
  assert.equal(refusal(residual, [[one, 0.1], [other, 0.2]]), sentence(one, other, [0.1, 0.2]));
});

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
    const run = async () => await prune.run({ model, data }, params, recordingContext().context);
    const [one, other] = [await run(), await run()];
    assert.equal(modelDigest(one), modelDigest(other));
    assert.equal(modelDigest(model), before);
    assert.notEqual(modelDigest(one), before);
    assert.notEqual(prune.effect!({ model, data }, one), undefined);
    assert.equal(modelKind.holds!(model, one), undefined);
  });
}

Deno.test("gradients of labels are not asked of data that nobody has labelled", () => {
  const model = factsOf(livelyModel(zooNetworks["resnet"]!));
  const facts = (criterion: string, labels?: "none") =>
    prune.facts(
      { model, data: { kind: "dataset", ...labels && { labels } } as never },
      { ...params, criterion } as never,
    );
  assert.throws(
    () => facts("taylor", "none"),
    (error) => error instanceof ParameterError && error.path === "criterion",
  );
  facts("taylor");
  facts("l1", "none");
});
