import assert from "node:assert/strict";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import { ParameterError } from "../../../engine/op.ts";
import type { Model } from "../../../ops/model/model.ts";
import { decodeWeight } from "../../../ops/model/weights.ts";
import { countOf } from "../../../ops/prune/ranking.ts";
import type { PruneParams } from "../../../ops/prune/fields.ts";
import { growingMasks } from "../../../ops/prune/gradual.ts";
import { prune } from "../../../ops/prune/prune.ts";
import { prunedGradually, prunedInRounds } from "../../../ops/prune/trained_cut.ts";
import { finetuned } from "../../../ops/learn/train_models.ts";
import { labelled } from "../labelled.ts";
import { livelyModel } from "../lively_model.ts";
import { modelDigest } from "../model_digest.ts";
import { type Given, runContext } from "../run_context.ts";
import { adam, sgd, tableData, training } from "../learn/small_trainings.ts";
import { savedArray } from "../saved_array.ts";
import { denseModel } from "./dense_model.ts";
import { zooNetworks } from "../zoo_networks.ts";

refuseLeaks(true);

const model = livelyModel(zooNetworks.resnet!);
const early = livelyModel(zooNetworks.resnet!, 77);
const kernels = Object.keys(model.weights).filter((name) => name.endsWith("/kernel"));

const data = labelled(model, 48);

async function run(changed: object, given: Given = {}) {
  const context = runContext({ referenced: { early }, ...given });
  const params = {
    granularity: "weight",
    criterion: "magnitude",
    scope: "layer",
    ratio: 0.875,
    ...changed,
  } as unknown as PruneParams;
  return { model: await prune.run({ model, data }, params, context), reported: context.reported };
}

const finetune = training({ epochs: 2, batch: 16, optimizer: adam(0.01) });

/** Runs until a fraction is done and gives the state that was saved then. */
async function killedAfter(fraction: number, changed: object): Promise<Uint8Array> {
  const stop = new AbortController();
  let state: Uint8Array | undefined;
  await assert.rejects(run(changed, {
    signal: stop.signal,
    progress: (done) => done > fraction && stop.abort(),
    saved: (bytes) => state = bytes,
  }));
  return state!;
}

const maskedShare = (mask: Float32Array | Uint8Array) =>
  [...mask].filter((keep) => keep === 0).length;

Deno.test("each round takes the same share of what is left: a half three times for seven eighths", async () => {
  const changed = { rounds: 3, finetune };
  for (const [round, share] of [0.5, 0.75, 0.875].entries()) {
    const state = await killedAfter((round + 0.4) / 3, changed);
    const header = new DataView(state.buffer, state.byteOffset).getUint32(0, true);
    for (const name of kernels) {
      const mask = savedArray(state.slice(4 + header), `${name}#mask`);
      assert.equal(
        maskedShare(mask),
        countOf(share * mask.length),
        `${name} in round ${round + 1}`,
      );
    }
  }
  const { model: result, reported } = await run(changed);
  for (const name of kernels) {
    const { mask } = result.weights[name]!;
    assert.equal(maskedShare(mask!), countOf(0.875 * mask!.length));
  }
  assert.deepEqual(
    Object.keys(reported.notes).filter((name) => name.startsWith("training")).sort(),
    [
      "training",
      "training-round-1",
      "training-round-2",
    ],
  );
});

for (const rewind of [undefined, "early"]) {
  Deno.test(`rounds that were killed go on with the same bits and say the same${rewind ? ", rewound" : ""}`, async () => {
    const changed = { rounds: 3, finetune, ...rewind && { rewind } };
    const whole = await run(changed);
    const resume = await killedAfter(0.5, changed);
    const resumed = await run(changed, { resume });
    assert.ok(resumed.reported.fractions[0]! > 0.5);
    assert.equal(modelDigest(resumed.model), modelDigest(whole.model));
    assert.deepEqual(resumed.reported.notes, whole.reported.notes);
  });
}

const isTicket = (ticket: Model) => {
  for (const [name, { mask }] of Object.entries(ticket.weights)) {
    const [is, was] = [ticket, early].map((each) => decodeWeight(each.weights[name]!));
    assert.ok(
      is!.every((value, i) => Object.is(value, mask?.[i] === 0 ? 0 : was![i])),
      `${name} is what it was where the mask is 1`,
    );
  }
};

Deno.test("a lottery ticket: survivors of a cut have the early model's weights, bit by bit", async () => {
  const { model: ticket } = await run({ rewind: "early" });
  isTicket(ticket);
  // Which survive, the model that was pruned decides.
  const { model: cut } = await run({});
  for (const name of kernels) assert.deepEqual(ticket.weights[name]!.mask, cut.weights[name]!.mask);
});

Deno.test("in rounds, what is left begins each from the early model", async () => {
  // A training that moves no weight leaves what it began with.
  const still = { ...finetune, optimizer: sgd(0), freeze: ["type:batchnorm"] };
  const { model: ticket } = await run({ rounds: 2, finetune: still, rewind: "early" });
  isTicket(ticket);
});

Deno.test("channels are rewound too: what stays has the early model's filters", async () => {
  const { model: cut } = await run({
    granularity: "channel",
    criterion: "l1",
    ratio: 0.5,
    "min_keep": 1,
    "round_to": 1,
    rewind: "early",
  });
  const kernel = (of: Model) =>
    decodeWeight(of.weights["stem.conv/kernel"] ?? of.weights["stem/kernel"]!);
  const [is, was] = [kernel(cut), kernel(early)];
  assert.ok(is.length < was.length);
  assert.ok(is.every((value) => was.includes(value)));
});

Deno.test("a model of another shape is no place to rewind to", async () => {
  const other = livelyModel(zooNetworks.cnn!);
  await assert.rejects(
    run({ rewind: "early" }, { referenced: { early: other } }),
    (error) => error instanceof ParameterError && error.path === "rewind",
  );
});

const weight = { granularity: "weight", criterion: "magnitude", scope: "layer" } as const;

/** Bits of a pruning along a curve whose masks follow so often. */
async function gradually(refresh: number | undefined): Promise<string> {
  const ratio = { use: "linear", start: 0, end: 0.5 };
  const params = { ...weight, ratio, seed: 3, ...refresh !== undefined && { refresh } };
  return modelDigest(
    await prunedGradually({ model, data, finetune }, params as never, runContext()),
  );
}

Deno.test("`refresh` is in epochs, rounded to updates, at least one; an epoch unless said", async () => {
  const every = async (updates: number) => {
    const growth = {
      params: weight,
      ratio: { use: "linear", start: 0, end: 0.5 } as const,
      every: updates,
      seed: 3,
    };
    const constraint = growingMasks(model, growth);
    return modelDigest(
      await finetuned({ model, data, finetune, seed: 3, constraint }, runContext()),
    );
  };
  // 48 samples in batches of 16: three updates make an epoch.
  const [one, two, three] = [await every(1), await every(2), await every(3)];
  assert.equal(new Set([one, two, three]).size, 3);
  assert.equal(await gradually(0.01), one);
  assert.equal(await gradually(0.6), two);
  assert.equal(await gradually(undefined), three);
});

Deno.test("an entry's ratio grows over the rounds as the common one does", async () => {
  const own = { ratio: 0.5, "per_layer": [{ layers: ["stem"], ratio: 0.75 }] };
  const state = await killedAfter(0.2, { rounds: 2, finetune, ...own });
  const header = new DataView(state.buffer, state.byteOffset).getUint32(0, true);
  const mask = savedArray(state.slice(4 + header), "stem/kernel#mask");
  assert.equal(maskedShare(mask), countOf(0.5 * mask.length));
});

Deno.test("a pattern is cut in one round, trained with its zeros, and noted as one training", async () => {
  const params = { granularity: "pattern", criterion: "magnitude", keep: 2, of: 4 } as const;
  const context = runContext();
  const inputs = { model, data, finetune, rewind: undefined };
  const after = await prunedInRounds(inputs, params as never, context);
  assert.equal(after.established.zeros, true);
  const masked = Object.values(after.weights).filter(({ mask }) => mask !== undefined);
  assert.ok(masked.length > 0);
  for (const each of masked) {
    decodeWeight(each).forEach((value, i) => assert.ok(each.mask![i] === 1 || value === 0));
  }
  const trainings = Object.keys(context.reported.notes).filter((name) =>
    name.startsWith("training")
  );
  assert.deepEqual(trainings, ["training"]);
});

Deno.test("the last round reaches the ratio to the bit: of five weights at 0.3 a half stays", async () => {
  // 1 − (1 − 0.3) is a little more than 0.3, and would take two.
  const five = denseModel([{ kernel: [[1, 2, 3, 4, 5]] }]);
  const still = training({ optimizer: sgd(0) });
  const inputs = {
    model: five,
    data: tableData([[1]], [[0, 0, 0, 0, 0]]),
    finetune: still,
    rewind: undefined,
  };
  const params = { ...weight, ratio: 0.3, rounds: 2 };
  const after = await prunedInRounds(inputs, params as never, runContext());
  assert.deepEqual([...after.weights["dense1/kernel"]!.mask!], [0, 1, 1, 1, 1]);
});
