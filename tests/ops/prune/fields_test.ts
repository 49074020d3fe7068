/** The parameters of `prune`: which there are, what they may be, and what they are where nobody says so. */
import assert from "node:assert/strict";
import { pruneParams, readsSamples } from "../../../ops/prune/fields.ts";
import { prune } from "../../../ops/prune/prune.ts";
import { alternativesOf, declared } from "../declared.ts";
import { assertListed } from "../../listed.ts";

const share = { exclusiveMinimum: 0, exclusiveMaximum: 1 };
const layers = { "x-selectors": "model" };
const common = {
  layers,
  exclude: layers,
  recalibrate: { type: "integer", minimum: 1, maximum: 0x7fff_ffff },
  finetune: "…",
  rewind: { "x-reference": "model" },
  seed: { type: "integer", minimum: 0, maximum: 0xffff_ffff_ffff },
};
const ofRatio = {
  ...common,
  ratio: { "x-curve": share, "x-curve-moving": { minimum: 0, exclusiveMaximum: 1 } },
  "per_layer": {
    "x-list": {
      items: {
        type: "object",
        properties: { layers, ratio: { type: "number", ...share } },
        required: ["layers", "ratio"],
      },
    },
  },
  refresh: { type: "number", exclusiveMinimum: 0 },
  rounds: { type: "integer", minimum: 1, maximum: 100_000 },
};
const count = { type: "integer", minimum: 1, maximum: 1_000_000, default: 1 };

Deno.test("each granularity has its fields, with their limits and defaults", () => {
  assert.equal(prune.params, pruneParams);
  assert.equal(pruneParams["x-choice"].tag, "granularity");
  assertListed(alternativesOf(prune, "finetune"), {
    channel: {
      ...ofRatio,
      criterion: {
        enum: ["l1", "l2", "bn-scale", "fpgm", "taylor", "activation-mean", "apoz", "random"],
        default: "l1",
      },
      scope: { enum: ["layer", "global"], default: "layer" },
      heads: { type: "boolean" },
      "min_keep": count,
      "round_to": count,
    },
    weight: {
      ...ofRatio,
      criterion: {
        enum: ["magnitude", "taylor", "movement", "lamp", "random"],
        default: "magnitude",
      },
      scope: { enum: ["global", "layer"], default: "global" },
    },
    pattern: {
      ...common,
      keep: { type: "integer", minimum: 1, maximum: 63 },
      of: { type: "integer", minimum: 2, maximum: 64 },
      criterion: { enum: ["magnitude", "random"], default: "magnitude" },
    },
  });
});

Deno.test("what the op reads and is called, and behind what it is unwise", () => {
  assert.deepEqual(declared(prune), {
    ...{ name: "prune", version: 2, output: "model", stage: { after: "mutual" } },
    ...{ makes: "pruned", alsoCalled: ["pruning"], changes: "model" },
    inputs: {
      model: "model: The model that loses channels or weights",
      data:
        "dataset: The training samples for BatchNorm's estimates, for what criteria measure, and to learn from",
    },
    unwiseAfter: [
      {
        after: "quantize",
        because: "the integers and their scales were chosen for the weights that now go",
        help: "prune first",
      },
      {
        after: "cluster",
        because: "the shared values were chosen for the weights that now go",
        help: "prune first",
      },
    ],
    example: { granularity: "channel", ratio: 0.5 },
  });
});

Deno.test("samples are looked at by the criteria that measure gradients or activations", () => {
  const criteria = ["taylor", "activation-mean", "apoz", "l1", "magnitude", "movement", "random"];
  assert.deepEqual(criteria.map(readsSamples), [true, true, true, false, false, false, false]);
});

Deno.test("a pruning is named by its granularity, and its ratio where that is one number", () => {
  assert.equal(prune.summaryOf({ granularity: "channel", ratio: 0.25 }), "channel 0.25");
  assert.equal(prune.summaryOf({ granularity: "weight", ratio: { use: "cubic" } }), "weight");
  assert.equal(prune.summaryOf({ granularity: "pattern", keep: 2, of: 4 }), "pattern");
});

Deno.test("it trains inside where the ratio moves or there are rounds, and draws by chance or in a training", () => {
  const weight = { granularity: "weight", ratio: 0.5 };
  const trains = [
    {},
    { rounds: 1 },
    { rounds: 2 },
    { ratio: { use: "cubic" } },
    { granularity: "pattern", rounds: 2 },
  ].map((changed) => prune.trainsInside({ ...weight, ...changed }));
  assert.deepEqual(trains, [false, false, true, true, false]);
  const draws = [{ criterion: "l1" }, { criterion: "random" }, { criterion: "l1", finetune: {} }];
  assert.deepEqual(draws.map((params) => prune.random(params)), [false, true, true]);
});

Deno.test("training samples are read for what measures or learns, validation ones where a training needs them", () => {
  const { parts, needed } = prune.inputs.data;
  const read = (params: object) => [parts!(params), needed!(params)];
  const [meta, train] = ["meta", "train"];
  assert.deepEqual(read({ criterion: "l1" }), [[], [train]]);
  assert.deepEqual(read({ criterion: "taylor" }), [[meta, train], [train]]);
  assert.deepEqual(read({ criterion: "l1", recalibrate: 1 }), [[meta, train], [train]]);
  const finetune = { checkpoint: "last" };
  const all = [meta, train, "validation"];
  assert.deepEqual(read({ criterion: "l1", finetune }), [all, [train]]);
  assert.deepEqual(read({ criterion: "apoz", finetune: { checkpoint: "best" } }), [
    all,
    [train, "validation"],
  ]);
});
