/** What `prune` knows of the model that it will make, and what it notes of layers that it leaves alone. */
import assert from "node:assert/strict";
import { type ModelFacts, ParameterError } from "../../../engine/op.ts";
import { modelFacts } from "../../../ops/model/layers.ts";
import { prune } from "../../../ops/prune/prune.ts";
import { factsOf } from "../../../ops/data/dataset.ts";
import { labelled } from "../labelled.ts";
import { training } from "../learn/small_trainings.ts";
import { livelyModel } from "../lively_model.ts";
import { noiseData } from "../noise_data.ts";
import { runContext } from "../run_context.ts";
import { zooNetworks } from "../zoo_networks.ts";

const channel = {
  granularity: "channel",
  criterion: "l1",
  scope: "layer",
  ratio: 0.5,
  min_keep: 1,
  round_to: 1,
} as const;
const weight = {
  granularity: "weight",
  criterion: "magnitude",
  scope: "global",
  ratio: 0.5,
} as const;
const pattern = { granularity: "pattern", criterion: "magnitude", keep: 2, of: 4 } as const;

const model = livelyModel(zooNetworks["resnet"]!);
const known = { ...modelFacts(model, model), established: ["replaced"] };
const { layers: _layers, ...open } = known;
const data = factsOf(labelled(model, 8).meta);
const facts = (before: ModelFacts, params: object) => prune.facts({ model: before, data }, params);

Deno.test("weights and patterns change no shape, and establish zeros, also where layers are not known yet", () => {
  const established = ["replaced", "zeros"];
  for (const params of [weight, pattern]) {
    assert.deepEqual(facts(known, params), { ...known, established });
    assert.deepEqual(facts(open, params), { ...open, established });
    assert.deepEqual(facts({ ...known, established: ["zeros"] }, params), {
      ...known,
      established: ["zeros"],
    });
  }
});

Deno.test("the shapes after a cut of channels are open where weights decide them, or layers are not known", () => {
  const { family, learned } = known;
  const after = { kind: "model", learned, family, established: ["channels", "replaced"] };
  assert.deepEqual(facts(known, { ...channel, scope: "global" }), after);
  assert.deepEqual(facts(open, channel), after);
  const cut = facts(known, channel) as ModelFacts;
  assert.deepEqual(cut.established, ["channels", "replaced"]);
  assert.ok(cut.parameters! < known.parameters!);
});

Deno.test("of a ratio that moves its end is looked at, of steps what they begin with", () => {
  const finetune = training({});
  const moving = (ratio: object) => ({ ...weight, ratio, finetune });
  const own = { scope: "layer", "per_layer": [{ layers: ["stem.norm"], ratio: 0.1 }] };
  for (
    const ratio of [{ use: "cubic", start: 0, end: 0.9 }, {
      use: "step",
      start: 0.5,
      factor: 2,
      at: [1],
    }]
  ) {
    assert.deepEqual(facts(known, moving(ratio)), { ...known, established: ["replaced", "zeros"] });
    assert.throws(() => facts(known, { ...moving(ratio), layers: ["*.norm"] }), ParameterError);
  }
  assert.throws(
    () => facts(known, { ...weight, ...own }),
    (error) => error instanceof ParameterError && error.path === "per_layer.0.layers",
  );
});

Deno.test("BatchNorm is estimated again only where there is some", () => {
  const bare = livelyModel(zooNetworks["cnn"]!);
  for (const params of [weight, pattern, channel]) {
    assert.throws(
      () => facts(modelFacts(bare, bare), { ...params, recalibrate: 1 }),
      (error) => error instanceof ParameterError && error.path === "recalibrate",
    );
    assert.doesNotThrow(() => facts(known, { ...params, recalibrate: 1 }));
  }
});

Deno.test("layers that were chosen and keep what they have are noted with the reason", async () => {
  const skipped = async (params: object) => {
    const context = runContext();
    await prune.run({ model, data: noiseData(model, 8) }, params as never, context);
    return context.reported.notes["skipped"];
  };
  const named = { layers: ["stem*", "stage1.block1.conv1", "head*"] };
  const norm = "a batchnorm has no kernel";
  assert.deepEqual(await skipped({ ...weight, ...named, exclude: ["head*"] }), {
    "stem.norm": norm,
    "stage1.block1.conv1.norm": norm,
    "head.dense": "excluded",
  });
  const chosen = { layers: ["stem*", "head*"] };
  const ends = "its channels are those of the model's inputs or outputs, or must all stay";
  assert.deepEqual(await skipped({ ...channel, ...chosen }), {
    "stem.norm": "it has the channels of the layer before it",
    "head.dense": ends,
  });
  assert.deepEqual(await skipped({ ...channel, ...chosen, exclude: ["head*", "stem.norm"] }), {
    "stem.norm": "excluded",
    "head.dense": "excluded",
  });
  assert.deepEqual(await skipped(channel), { "head.dense": ends });
  assert.deepEqual(await skipped({ ...pattern, ...chosen }), {
    stem: "no output of it reads that many inputs",
    "stem.norm": norm,
  });
  assert.equal(await skipped(weight), undefined);
});
