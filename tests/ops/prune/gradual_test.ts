import assert from "node:assert/strict";
import { withTensors } from "../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import { stream } from "../../../engine/tensor/random.ts";
import { type Dataset, factsOf } from "../../../ops/data/dataset.ts";
import { ParameterError } from "../../../engine/op.ts";
import { modelKind } from "../../../ops/model/kind.ts";
import { modelFacts } from "../../../ops/model/layers.ts";
import { type Model, structureOf } from "../../../ops/model/model.ts";
import { decodeWeight } from "../../../ops/model/weights.ts";
import { countOf } from "../../../ops/prune/ranking.ts";
import type { PruneParams, RatioPruning } from "../../../ops/prune/fields.ts";
import { growingMasks, type Growth } from "../../../ops/prune/gradual.ts";
import { prune } from "../../../ops/prune/prune.ts";
import { fit } from "../../../ops/learn/loop.ts";
import type { Training } from "../../../ops/learn/training_fields.ts";
import { labelled } from "../labelled.ts";
import { livelyModel } from "../lively_model.ts";
import { modelDigest } from "../model_digest.ts";
import { type Given, runContext } from "../run_context.ts";
import { adam, sgd, training } from "../learn/small_trainings.ts";
import { savedArray } from "../saved_array.ts";
import { zooNetworks } from "../zoo_networks.ts";
import { denseModel } from "./dense_model.ts";

refuseLeaks(true);

/** A layer of 1000 weights. */
const thousand = denseModel([{
  kernel: Array.from(
    { length: 100 },
    (_, row) => [...stream(9, "kernel").uniforms(row, 10)].map((u) => u - 0.5),
  ),
}]);

const magnitude = { granularity: "weight", criterion: "magnitude", scope: "global" } as const;

/** The masks of a kernel after each update. */
async function masksOver(
  model: Model,
  data: Dataset,
  block: Training,
  growth: Growth,
  name: string,
): Promise<Uint8Array[]> {
  const context = runContext();
  const constraint = growingMasks(model, growth);
  const config = { model, data, training: block, teachers: [undefined], constraint };
  await withTensors((room) => fit(room, config, context, { saveEvery: 0 }));
  return context.reported.saved.map((state) => {
    const mask = Uint8Array.from(savedArray(state, `${name}#mask`));
    assert.ok(
      savedArray(state, name).every((value, i) => mask[i] === 1 || value === 0),
      "zeros are zero",
    );
    return mask;
  });
}

const zerosOf = (mask: Uint8Array) => mask.reduce((zeros, keep) => zeros + 1 - keep, 0);

// Zhu & Gupta 2017 (arXiv 1710.01878): end + (start − end) (1 − (t − t₀) / (t₁ − t₀))³ between t₀ and t₁, with t the
// index: 0.9 (1 − 0.9³) = 0.2439 and 0.8 − 0.3 · 0.75³ = 0.673438.
const schedules = [
  {
    ratio: { use: "cubic", start: 0, end: 0.9, epochs: [0, 10] },
    shares: [0, 0.2439, 0.4392, 0.5913, 0.7056, 0.7875, 0.8424, 0.8757, 0.8928, 0.8991, 0.9, 0.9],
  },
  {
    ratio: { use: "cubic", start: 0.5, end: 0.8, epochs: [2, 6] },
    shares: [0.5, 0.5, 0.5, 0.673438, 0.7625, 0.795313, 0.8, 0.8, 0.8],
  },
] as const;

for (const { ratio, shares } of schedules) {
  Deno.test(`after each update the share of zeros is Zhu and Gupta's, from ${ratio.start} to ${ratio.end}`, async () => {
    const data = labelled(thousand, 8, 10);
    const growth = { params: magnitude, ratio, every: 1, seed: 0 };
    const block = training({ epochs: shares.length - 1, optimizer: adam(0.01) });
    const masks = await masksOver(thousand, data, block, growth, "dense1/kernel");
    assert.equal(masks.length, shares.length - 1);
    masks.map(zerosOf).forEach((zeros, i) =>
      assert.ok(Math.abs(zeros - 1000 * shares[i + 1]!) < 0.501, `${zeros} after update ${i + 1}`)
    );
  });
}

Deno.test("the share of zeros at each epoch's end is written down, by a training that goes on too", async () => {
  const { ratio, shares } = schedules[1];
  const model = thousand;
  const params = { ratio: ratio as RatioPruning["ratio"], refresh: 1 };
  const finetune = training({ epochs: 8, batch: 4, optimizer: adam(0.01) });
  const written = (
    { reported }: { readonly reported: { readonly notes: Record<string, unknown> } },
  ) =>
    (reported.notes.training as { history: { sparsity: number }[] }).history
      .map(({ sparsity }) => sparsity);
  const data = labelled(model, 8, 10);
  const whole = await run(model, data, { ...params, finetune });
  shares.slice(1).forEach((share, i) =>
    assert.ok(Math.abs(written(whole)[i]! - share) < 6e-4, `${written(whole)}`)
  );
  const resumed = await run(model, data, { ...params, finetune }, {
    resume: whole.reported.saved[6]!,
  });
  assert.deepEqual(written(resumed), written(whole));
});

Deno.test("zeros only grow, and stay zero under Adam with weight decay at every update", async () => {
  const model = livelyModel(zooNetworks.cnn!);
  const data = labelled(model, 40);
  const growth: Growth = {
    params: { ...magnitude, scope: "layer" },
    ratio: { use: "linear", start: 0.1, end: 0.8 },
    every: 2,
    seed: 0,
  };
  const block = training({
    epochs: 3,
    batch: 8,
    optimizer: adam(0.05, { weight_decay: 0.1 } as never),
  });
  const masks = await masksOver(model, data, block, growth, "conv2/kernel");
  assert.equal(masks.length, 15);
  const total = masks[0]!.length;
  masks.slice(1).forEach((mask, i) =>
    assert.ok(mask.every((keep, at) => keep === 0 || masks[i]![at] === 1), `update ${i + 2}`)
  );
  // Between renewals nothing changes; the last reaches the end.
  const expected = masks.map((_, i) => {
    const renewed = i + 1 === 15 ? 15 : i + 1 - (i + 1) % 2;
    return countOf((0.1 + 0.7 * renewed / 15) * total);
  });
  assert.deepEqual(masks.map(zerosOf), expected);
});

/** Runs the op. */
async function run(model: Model, data: Dataset, changed: object, given: Given = {}) {
  const context = runContext(given);
  const finetune = training({ epochs: 4, batch: 16, optimizer: adam(0.01) });
  const params = { ...magnitude, ratio: 0.5, finetune, ...changed } as unknown as PruneParams;
  const result = await prune.run({ model, data }, params, context);
  assert.notEqual(prune.effect!({ model, data }, result), undefined);
  assert.equal(modelKind.holds!(model, result), undefined);
  return { model: result, reported: context.reported };
}

const cubic = { use: "cubic", start: 0, end: 0.75 } as const;

const sparsity = (model: Model, name: string) => {
  const values = decodeWeight(model.weights[name]!);
  return [values.filter((value) => value === 0).length, values.length] as const;
};

for (const criterion of ["magnitude", "taylor", "movement", "lamp", "random"]) {
  Deno.test(`a gradual pruning ends at its ratio, and goes on with the same bits: ${criterion}`, async () => {
    const model = livelyModel(zooNetworks.resnet!);
    const data = labelled(model, 48);
    const changed = { ratio: cubic, criterion };
    const whole = await run(model, data, changed);
    const kernels = Object.keys(model.weights).filter((name) => name.endsWith("/kernel"));
    const counts = kernels.map((name) => sparsity(whole.model, name));
    const [zeros, of] = [0, 1].map((k) => counts.reduce((sum, each) => sum + each[k]!, 0));
    assert.equal(zeros, countOf(0.75 * of!));
    assert.equal(whole.model.established.zeros, true);
    const stop = new AbortController();
    let state: Uint8Array | undefined;
    await assert.rejects(run(model, data, changed, {
      signal: stop.signal,
      progress: (fraction) => fraction > 0.6 && stop.abort(),
      saved: (bytes) => state = bytes,
    }));
    const resumed = await run(model, data, changed, { resume: state! });
    assert.ok(resumed.reported.fractions[0]! > 0.6);
    assert.equal(modelDigest(resumed.model), modelDigest(whole.model));
  });
}

Deno.test("an entry of `per_layer` is where its layer's curve ends; excluded layers stay whole", async () => {
  const model = livelyModel(zooNetworks.mlp!);
  const { model: result } = await run(model, labelled(model, 32), {
    ratio: cubic,
    scope: "layer",
    refresh: 0.5,
    exclude: ["head*"],
    "per_layer": [{ layers: ["dense1"], ratio: 0.25 }],
  });
  assert.deepEqual(sparsity(result, "dense1/kernel"), [14, 56]);
  assert.deepEqual(sparsity(result, "dense2/kernel"), [36, 48]);
});

Deno.test("the best epoch is chosen among those at the final ratio", async () => {
  const model = livelyModel(zooNetworks.mlp!);
  const finetune = training({ epochs: 6, batch: 16, optimizer: sgd(0.3), checkpoint: "best" });
  const { model: result, reported } = await run(model, labelled(model, 32), {
    ratio: { ...cubic, end: 0.97, epochs: [0, 3] },
    finetune,
  });
  const { kept } = reported.notes.training as { kept: number };
  assert.ok(kept >= 3, `epoch ${kept}`);
  const [a, b, c] = ["dense1", "dense2", "dense3"].map((name) =>
    result.weights[`${name}/kernel`] === undefined ? [0, 0] : sparsity(result, `${name}/kernel`)
  );
  const [zeros, of] = [0, 1].map((k) => a![k]! + b![k]! + c![k]!);
  assert.ok(zeros! / of! > 0.95);
});

Deno.test("what needs a training is refused without one, and what contradicts a curve beside one", () => {
  const model = livelyModel(zooNetworks.mlp!);
  const data = labelled(model, 8);
  const facts = (changed: object) => () => {
    const params = { ...magnitude, ...changed } as unknown as PruneParams;
    const known = modelFacts(structureOf(model), model);
    prune.facts({ model: known, data: factsOf(data.meta) }, params);
  };
  const at = (code: string, path: string) => (error: unknown) =>
    error instanceof ParameterError && error.code === code && error.path === path;
  const finetune = training({});
  assert.throws(facts({ ratio: cubic }), at("missing-field", "finetune"));
  assert.throws(facts({ ratio: 0.5, rounds: 2 }), at("missing-field", "finetune"));
  assert.throws(facts({ ratio: 0.5, refresh: 1 }), at("unknown-value", "refresh"));
  assert.throws(facts({ ratio: 0.5, criterion: "movement" }), at("unknown-value", "criterion"));
  assert.throws(facts({ ratio: cubic, finetune, rounds: 2 }), at("unknown-value", "rounds"));
  assert.throws(facts({ ratio: cubic, finetune, rewind: "x" }), at("unknown-value", "rewind"));
  assert.throws(
    facts({ ratio: { ...cubic, start: 0.2 }, finetune, criterion: "taylor" }),
    at("unknown-value", "ratio"),
  );
  assert.throws(
    facts({ ratio: cubic, finetune: { ...finetune, freeze: ["dense1"] } }),
    at("unknown-value", "finetune.freeze"),
  );
  facts({ ratio: cubic, finetune })();
});
