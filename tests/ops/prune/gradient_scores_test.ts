import assert from "node:assert/strict";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import { withTensors } from "../../../engine/tensor/mod.ts";
import { ParameterError } from "../../../engine/op.ts";
import { type Dataset, part } from "../../../ops/data/dataset.ts";
import { inferLogits } from "../../../ops/model/infer.ts";
import { type Layer, type Model, weightName } from "../../../ops/model/model.ts";
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
import { plainVocabulary } from "../../../ops/data/text/vocabulary.ts";
import { assertStopsMeanwhile } from "../stops_meanwhile.ts";

refuseLeaks(true);

// By hand: with x = g and target −1.1 the squared error of w · x = −0.6 has the gradient g.
const w = [0.5, -1, 2];
const one = tableData([[0.2, 0.1, -0.3]], [[-1.1]]);
const filter = denseModel([{ kernel: w.map((value) => [value]) }, { kernel: [[1]] }]);

Deno.test("what single weights cost is (g · w)²", async () => {
  const scores = await taylorOfWeights(filter, one, runContext());
  assertClose(scores["dense1/kernel"]!, [0.01, 0.01, 0.36]);
});

Deno.test("what a filter costs is (Σ g · w)², not Σ (g · w)²", async () => {
  const scores = await taylorOfUnits({ model: filter, data: one }, runContext());
  assertClose([...scores.values()], [0.36]);
});

Deno.test("costs are means over batches of 64, the last as long as it is, and each is told of", async () => {
  // Behind −0.6 the first 64 miss by 0.5, which makes the gradient x; the others miss by nothing.
  const rows = Array.from({ length: 80 }, () => [0.2, 0.1, -0.3]);
  const data = tableData(rows, rows.map((_, i) => [i < 64 ? -1.1 : -0.6]));
  const told: (readonly [number, string | undefined])[] = [];
  const context = {
    ...runContext(),
    progress: (fraction: number, message?: string) => void told.push([fraction, message]),
  };
  const scores = await taylorOfWeights(filter, data, context);
  assertClose(scores["dense1/kernel"]!, [0.005, 0.005, 0.18]);
  assert.deepEqual(told, [
    [0.5, "gradients of 64 samples"],
    [1, "gradients of 80 samples"],
  ]);
  assertClose([...(await taylorOfUnits({ model: filter, data }, runContext())).values()], [0.18]);
});

Deno.test("no more than 512 samples are looked at, and a signal ends it", async () => {
  const rows = Array.from({ length: 600 }, () => [0.2, 0.1, -0.3]);
  const data = tableData(rows, rows.map((_, i) => [i < 512 ? -0.6 : 1000]));
  const scores = await taylorOfWeights(filter, data, runContext());
  assertClose(scores["dense1/kernel"]!, [0, 0, 0]);
  const signal = AbortSignal.abort(new Error("enough"));
  await assert.rejects(taylorOfWeights(filter, data, runContext({ signal })), /enough/);
});

Deno.test("gradients are those of inference on whole labels: nothing is dropped or smoothed", async () => {
  const [first, last] = denseModel([{ kernel: [[1, 1]] }, { kernel: [[1, 0], [0, 1]] }]).layers as [
    Layer,
    Layer,
  ];
  const drop = { name: "drop", kind: "dropout", inputs: ["dense1"], rate: 0.5 } as const;
  const plain = denseModel([{ kernel: [[1, 1]] }, { kernel: [[1, 0], [0, 1]] }]);
  const model: Model = { ...plain, layers: [first, drop, { ...last, inputs: ["drop"] } as Layer] };
  const table = tableData([[1]], [[0]]);
  const classes = {
    meta: { ...table.meta, task: "classification", classes: ["a", "b"], outputs: 2 },
    parts: { train: { count: 1, x: Float32Array.of(1), y: Int32Array.of(0) } },
  } as unknown as Dataset;
  // Both logits are 1, so the gradients are 1/2 − 1 and 1/2.
  const scores = await taylorOfWeights(model, classes, runContext());
  assertClose(scores["dense1/kernel"]!, [0.25, 0.25]);
  assertClose(scores["dense2/kernel"]!, [0.25, 0, 0, 0.25]);
});

Deno.test("a reconstruction whose samples have classes costs what its own loss does", async () => {
  const table = tableData([[1]], [[0]]);
  const classes = {
    meta: { ...table.meta, task: "reconstruction", classes: ["a", "b"], outputs: 2 },
    parts: { train: { count: 1, x: Float32Array.of(1), y: Int32Array.of(0) } },
  } as unknown as Dataset;
  // 2 · 1 · 1 misses 1 by 1: the gradients are 2 and 4, the weights 2 and 1.
  const model = denseModel([{ kernel: [[2]] }, { kernel: [[1]] }]);
  const scores = await taylorOfWeights(model, classes, runContext());
  assertClose(scores["dense1/kernel"]!, [16]);
  assertClose(scores["dense2/kernel"]!, [16]);
});

Deno.test("a weight that the answer does not read costs nothing", async () => {
  const chain = denseModel([{ kernel: [[2]] }, { kernel: [[1]] }, { kernel: [[3]] }]);
  const scores = await taylorOfWeights(
    { ...chain, outputs: ["dense2"] },
    tableData([[1]], [[1]]),
    runContext(),
  );
  assertClose(scores["dense2/kernel"]!, [16]);
  assertClose(scores["dense3/kernel"]!, [0]);
});

Deno.test("a filter's bias costs with it", async () => {
  const biased = denseModel([{ kernel: [[2]], bias: [-1] }, { kernel: [[1]] }]);
  // 2 · 1 − 1 misses 0.5 by a half: the gradient is 1, the cost (2 − 1)².
  assertClose(
    [...(await taylorOfUnits({ model: biased, data: tableData([[1]], [[0.5]]) }, runContext()))
      .values()],
    [1],
  );
});

Deno.test("without labels there is no loss whose gradients could be read", async () => {
  const bare = { ...one, parts: { train: { ...one.parts.train!, y: null } } } as Dataset;
  await assert.rejects(
    taylorOfWeights(filter, bare, runContext()),
    (error) =>
      error instanceof ParameterError && error.code === "unknown-value" &&
      error.path === "criterion" && error.help === "criterion: magnitude" &&
      error.message ===
        "`taylor` reads the gradients of the labels' loss, and the training samples have no labels",
  );
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
  const config = { model: filter, data: one, training: block, teachers: [undefined], constraint };
  await withTensors((room) => fit(room, config, context, { saveEvery: 0 }));
  assertClose(savedArray(context.reported.saved[0]!, "score:dense1/kernel"), [-0.1, 0.1, 0.6]);
});

Deno.test("a channel's cost foretells what the loss changes by without it", async () => {
  const { model, data } = lively("cnn");
  const scores = await taylorOfUnits({ model, data }, runContext());
  const before = await loss(model, data);
  // To first order: a filter that shrinks by ε changes the loss by −ε Σ g · w.
  const epsilon = 1e-2;
  const units = channelMap(structureOf(model)).groups.flatMap(({ layers: [layer], units }) =>
    units.map(({ id, members }) => ({ layer: layer!, id, channel: members.get(layer!)![0]! }))
  );
  assert.deepEqual([...new Set(units.map(({ layer }) => layer))], ["conv1", "conv2", "dense1"]);
  for (const { layer, id, channel } of units) {
    const changed = await loss(shrunk(model, layer, channel, epsilon), data);
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

Deno.test("the threads of the step compute", async () => {
  const idle = { ...runContext(), threads: 0 };
  await assert.rejects(taylorOfWeights(filter, one, idle), /with 0 threads/);
  await assert.rejects(taylorOfUnits({ model: filter, data: one }, idle), /with 0 threads/);
});

Deno.test("between batches other work goes on, and a signal that comes meanwhile stops it", async () => {
  const rows = Array.from({ length: 65 }, () => [1, 1, 1]);
  const data = tableData(rows, rows.map(() => [0]));
  await assertStopsMeanwhile((signal, progress) =>
    taylorOfWeights(filter, data, runContext({ signal, progress }))
  );
});

Deno.test("of text every place is an answer, and the gradient is that of all", async () => {
  // Three places and four tokens: the row of its token is what a place says.
  const table = [[0, 0, 0, 0], [0, 0, 0, 0], [0.5, -1, 2, 0.25], [1, 0.75, -0.5, 2]];
  const layer = { kind: "embedding", name: "e", inputs: ["x"], vocabulary: 4, size: 4 } as const;
  const model: Model = {
    ...filter,
    ...{ inputs: [{ name: "x", shape: [3] }], layers: [layer], outputs: ["e"], head: "softmax" },
    weights: { "e/kernel": floatWeight([4, 4], Float32Array.from(table.flat())) },
  };
  const [x, y] = [Int32Array.of(2, 3, 2), Int32Array.of(3, 2, 2)];
  const data = {
    meta: {
      ...{ input: [3], type: "int32", task: "next-token", classes: [], outputs: 4 },
      ...{ normalize: { scale: [1], offset: [0] } },
      text: plainVocabulary(["[padding]", "[unknown]", "a", "b"], 0, 1),
    },
    parts: { train: { count: 1, x, y } },
  } as unknown as Dataset;
  const expected = table.map((row) => row.map(() => 0));
  x.forEach((token, place) => {
    const powers = table[token]!.map(Math.exp);
    const total = powers.reduce((sum, power) => sum + power);
    powers.forEach((power, i) => {
      expected[token]![i]! += (power / total - (i === y[place] ? 1 : 0)) / 3;
    });
  });
  const scores = await taylorOfWeights(model, data, runContext());
  assertClose(
    scores["e/kernel"]!,
    expected.flatMap((row, token) => row.map((g, i) => (g * table[token]![i]!) ** 2)),
    1e-6,
  );
});
