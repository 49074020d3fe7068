import assert from "node:assert/strict";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import { withTensors } from "../../../engine/tensor/mod.ts";
import { part } from "../../../ops/data/dataset.ts";
import { inferLogits } from "../../../ops/model/infer.ts";
import { type Model, weightName } from "../../../ops/model/model.ts";
import { decodeWeight, floatWeight } from "../../../ops/model/weights.ts";
import { taylorOfUnits, taylorOfWeights } from "../../../ops/prune/gradient_scores.ts";
import { growingMasks } from "../../../ops/prune/gradual.ts";
import { channelMap } from "../../../ops/model/channels.ts";
import { structureOf } from "../../../ops/model/model.ts";
import { prune } from "../../../ops/prune/prune.ts";
import { fit } from "../../../ops/learn/loop.ts";
import { lively } from "../labelled.ts";
import { runContext } from "../run_context.ts";
import { sgd, tableData, training } from "../learn/small_trainings.ts";
import { savedArray } from "../saved_array.ts";
import { denseModel } from "./dense_model.ts";
import { assertClose } from "../../close.ts";

refuseLeaks(true);

// oracles_pq.json, `taylor`. With x = g and target −1.1 the squared error of w · x = −0.6 has the gradient g.
const w = [0.5, -1, 2];
const one = tableData([[0.2, 0.1, -0.3]], [[-1.1]]);
const filter = denseModel([{ kernel: w.map((value) => [value]) }, { kernel: [[1]] }]);

Deno.test("what single weights cost is (g · w)²", async () => {
  const scores = await taylorOfWeights(filter, one, runContext());
  assertClose(scores["dense1/kernel"]!, [0.01, 0.01, 0.36]);
});

Deno.test("what a filter costs is (Σ g · w)², not Σ (g · w)²", async () => {
  const scores = await taylorOfUnits(filter, one, runContext());
  assertClose([...scores.values()], [0.36]);
});

Deno.test("a movement is −g · w at a learning rate of 1", async () => {
  const growth = {
    params: { criterion: "movement", scope: "global" },
    ratio: { use: "linear", start: 0, end: 0.1 },
    every: 1,
    seed: 0,
  } as const;
  const context = runContext();
  const constraint = growingMasks(filter, growth);
  const block = training({ optimizer: sgd(0) });
  const lesson = { model: filter, data: one, training: block, teachers: [undefined], constraint };
  await withTensors((room) => fit(room, lesson, context, { saveEvery: 0 }));
  assertClose(savedArray(context.heard.saved[0]!, "score:dense1/kernel"), [-0.1, 0.1, 0.6]);
});

Deno.test("a channel's cost foretells what the loss changes by without it", async () => {
  const { model, data } = lively("cnn");
  const scores = await taylorOfUnits(model, data, runContext());
  const group = channelMap(structureOf(model)).groups.find(({ layers }) => layers[0] === "dense1")!;
  const before = await loss(model, data);
  // To first order: a filter that shrinks by ε changes the loss by −ε Σ g · w.
  const epsilon = 1e-2;
  for (const { id, members } of group.units) {
    const changed = await loss(shrunk(model, "dense1", members.get("dense1")![0]!, epsilon), data);
    const slope = (changed - before) / epsilon;
    const cost = Math.sqrt(scores.get(id)!);
    assert.ok(Math.abs(Math.abs(slope) - cost) < 0.05 * cost + 1e-3, `${slope} is not ±${cost}`);
  }
});

Deno.test("taylor prunes weights and channels through the op, and reads training samples for it", async () => {
  const { model, data } = lively("resnet");
  for (const granularity of ["weight", "channel"] as const) {
    const shared = { ratio: 0.5, criterion: "taylor", scope: "global" } as const;
    const params = granularity === "weight"
      ? { granularity, ...shared }
      : { granularity, ...shared, min_keep: 1, round_to: 1 };
    assert.deepEqual(prune.inputs.data.parts!(params), ["meta", "train"]);
    const result = await prune.run({ model, data }, params, runContext());
    assert.notEqual(prune.effect!({ model, data }, result), undefined);
  }
});

/** Squared error on the training samples, which are one batch. */
async function loss(model: Model, data: ReturnType<typeof lively>["data"]): Promise<number> {
  const train = part(data, "train");
  const logits = await withTensors((room) => inferLogits(room, model, train, { meta: data.meta }));
  const y = train.y as Float32Array;
  return logits.reduce((sum, z, i) => sum + (z - y[i]!) * (z - y[i]!), 0) / logits.length;
}

/** The model with one filter of a dense layer, and its bias, smaller by a share. */
function shrunk(model: Model, layer: string, channel: number, share: number): Model {
  const weights = { ...model.weights };
  for (const role of ["kernel", "bias"] as const) {
    const name = weightName(layer, role);
    const { shape } = weights[name]!;
    const count = shape.at(-1)!;
    const values = decodeWeight(weights[name]!).map((value, i) =>
      i % count === channel ? value * (1 - share) : value
    );
    weights[name] = floatWeight(shape, values);
  }
  return { ...model, weights };
}
