import assert from "node:assert/strict";
import { stream } from "../../../engine/tensor/random.ts";
import type { Dataset } from "../../../ops/data/dataset.ts";
import { modelKind } from "../../../ops/model/kind.ts";
import { initialModel } from "../../../ops/model/initialize.ts";
import type { Architecture, Model } from "../../../ops/model/model.ts";
import { denseModel } from "../prune/dense_model.ts";
import { adam, fitted, sgd, tableData, training, valuesOf } from "./small_trainings.ts";

/** A network with everything that has a state: convolution, BatchNorm, dropout, dense. */
const network: Architecture = {
  family: "test",
  inputs: [{ name: "input", shape: [4, 4, 1] }],
  layers: [
    {
      ...{ name: "conv", kind: "conv", inputs: ["input"], filters: 3, kernel: [3, 3], bias: false },
      ...{ activation: "linear", strides: [1, 1], padding: "same", dilations: [1, 1] },
    },
    {
      name: "norm",
      kind: "batchnorm",
      inputs: ["conv"],
      epsilon: 1e-3,
      momentum: 0.9,
      activation: "relu",
    },
    { name: "flatten", kind: "flatten", inputs: ["norm"] },
    { name: "drop", kind: "dropout", inputs: ["flatten"], rate: 0.25 },
    { name: "dense", kind: "dense", inputs: ["drop"], units: 2, bias: true, activation: "linear" },
  ],
  outputs: ["dense"],
  head: "softmax",
};

/** Images whose class is whether the left half is brighter. */
function images(count: number): Dataset {
  const draws = stream(5, "noise");
  const x = Uint8Array.from(draws.uniforms(0, count * 16), (u) => Math.floor(256 * u));
  const y = Int32Array.from({ length: count }, (_, i) => {
    const at = (column: number) =>
      [0, 4, 8, 12].reduce((sum, row) => sum + x[i * 16 + row + column]!, 0);
    return at(0) + at(1) > at(2) + at(3) ? 1 : 0;
  });
  const part = { count, x, y };
  const meta = {
    ...{ input: [4, 4, 1], type: "uint8" as const, task: "classification" as const },
    ...{ classes: ["dark", "bright"], outputs: 2, normalize: { scale: [1 / 255], offset: [0] } },
  };
  return { meta, parts: { train: part, validation: part } };
}

const bytesOf = (model: Model) => modelKind.encode(model).manifest;

const everything = training({
  epochs: 3,
  batch: 4,
  optimizer: adam({ use: "cosine", start: 0.01, end: 0 } as never, { weight_decay: 0.001 }),
  augment: [{ use: "shift", pixels: 1, chance: 0.8 }, { use: "flip", axis: "vertical", chance: 1 }],
  clip_norm: 5,
  checkpoint: "best",
  patience: 2,
  seed: 3,
});

Deno.test("a training resumed at any batch boundary ends with the same bits and the same notes", async () => {
  const model = initialModel(network, 1);
  const data = images(10);
  const whole = await fitted(model, data, everything, { saveEvery: 0 });
  assert.equal(whole.heard.saved.length, 9);
  for (const resume of whole.heard.saved) {
    const rest = await fitted(model, data, everything, { given: { resume } });
    assert.deepEqual(bytesOf(rest.model), bytesOf(whole.model));
    assert.deepEqual(rest.note, whole.note);
  }
});

Deno.test("a training that is aborted has saved where it stood, and goes on from there", async () => {
  const model = initialModel(network, 1);
  const data = images(10);
  const whole = await fitted(model, data, everything);
  const stop = new AbortController();
  const saved: Uint8Array[] = [];
  const given = {
    signal: stop.signal,
    progress: (fraction: number) => fraction > 0.4 && stop.abort(new Error("enough")),
    saved: (state: Uint8Array) => saved.push(state),
  };
  await assert.rejects(fitted(model, data, everything, { given }), /enough/);
  assert.equal(saved.length, 1);
  const rest = await fitted(model, data, everything, { given: { resume: saved[0]! } });
  assert.deepEqual(bytesOf(rest.model), bytesOf(whole.model));
});

Deno.test("a state of another version is not resumed: the training starts afresh", async () => {
  const model = initialModel(network, 1);
  const data = images(6);
  const short = training({ epochs: 1, batch: 3 });
  const whole = await fitted(model, data, short, { saveEvery: 0 });
  const text = new TextDecoder("latin1").decode(whole.heard.saved[0]!);
  const old = Uint8Array.from(text.replace('"format":2', '"format":0'), (c) => c.charCodeAt(0));
  const again = await fitted(model, data, short, { given: { resume: old } });
  assert.deepEqual(bytesOf(again.model), bytesOf(whole.model));
});

Deno.test("another seed is another training", async () => {
  const model = initialModel(network, 1);
  const [a, b] = [
    await fitted(model, images(10), everything),
    await fitted(model, images(10), { ...everything, seed: 4 }),
  ];
  assert.notDeepEqual(bytesOf(a.model), bytesOf(b.model));
});

Deno.test("a linear model comes to the solution of the normal equations", async () => {
  const inputs = [[1, 0], [0, 1], [1, 1], [2, -1], [-1, 2], [0.5, 0.5]];
  const targets = [1.2, -0.9, 0.1, 3.2, -3.1, 0.4];
  // Solved by hand (Gauss) for [w1, w2, b] in double precision.
  const rows = inputs.map(([a, b]) => [a!, b!, 1]);
  const normal = [0, 1, 2].map((i) => [
    ...[0, 1, 2].map((j) => rows.reduce((sum, row) => sum + row[i]! * row[j]!, 0)),
    rows.reduce((sum, row, k) => sum + row[i]! * targets[k]!, 0),
  ]);
  for (let pivot = 0; pivot < 3; pivot++) {
    for (let row = 0; row < 3; row++) {
      if (row === pivot) continue;
      const factor = normal[row]![pivot]! / normal[pivot]![pivot]!;
      normal[row] = normal[row]!.map((value, k) => value - factor * normal[pivot]![k]!);
    }
  }
  const solution = [0, 1, 2].map((i) => normal[i]![3]! / normal[i]![i]!);
  const data = tableData(inputs, targets.map((t) => [t]));
  const start = denseModel([{ kernel: [[0], [0]], bias: [0] }]);
  const { model } = await fitted(
    start,
    data,
    training({ epochs: 300, batch: 6, optimizer: sgd(0.05) }),
  );
  const found = [...valuesOf(model, "dense1/kernel"), ...valuesOf(model, "dense1/bias")];
  found.forEach((value, i) =>
    assert.ok(Math.abs(value - solution[i]!) < 1e-5, `${value} ${solution[i]}`)
  );
});

Deno.test("a masked weight is exactly 0 after Adam with decay, and the mask is still there", async () => {
  const plain = denseModel([{ kernel: [[0.5, 0], [0, 0.25]], bias: [0, 0] }]);
  const mask = Uint8Array.of(1, 0, 0, 1);
  const model: Model = {
    ...plain,
    weights: { ...plain.weights, "dense1/kernel": { ...plain.weights["dense1/kernel"]!, mask } },
    established: { zeros: true },
  };
  const data = tableData([[1, 2], [3, 4], [5, -6]], [[1, 2], [0, 1], [2, 2]]);
  for (
    const optimizer of [
      adam(0.05, { weight_decay: 0.1 }),
      sgd(0.01),
      { ...sgd(0.01), use: "nesterov" } as never,
    ]
  ) {
    const { model: trained } = await fitted(
      model,
      data,
      training({ epochs: 20, batch: 2, optimizer }),
    );
    const [a, b, c, d] = valuesOf(trained, "dense1/kernel");
    assert.ok(Object.is(b, 0) && Object.is(c, 0), `${b} ${c}`);
    assert.ok(a !== 0.5 && d !== 0.25 && a !== 0 && d !== 0);
    assert.deepEqual(trained.weights["dense1/kernel"]!.mask, mask);
    assert.equal(modelKind.holds!(model, trained), undefined);
  }
});

Deno.test("frozen layers keep every bit, BatchNorm's averages too; the others move", async () => {
  const model = initialModel(network, 1);
  const { model: trained } = await fitted(
    model,
    images(10),
    training({
      epochs: 2,
      batch: 4,
      freeze: ["conv", "norm"],
      optimizer: adam(0.01, { weight_decay: 0.1 }),
    }),
  );
  for (const [name, weight] of Object.entries(model.weights)) {
    const same = weight.data.every((value, i) => Object.is(value, trained.weights[name]!.data[i]));
    assert.equal(same, !name.startsWith("dense"), name);
  }
});

Deno.test("averages follow the batches with the layer's momentum", async () => {
  const model = initialModel(network, 1);
  const still = training({ epochs: 1, batch: 10, optimizer: sgd(1e-30) });
  const { model: once } = await fitted(model, images(10), still);
  const { model: twice } = await fitted(model, images(10), { ...still, epochs: 2 });
  // With weights that do not move, each batch has the same mean m: averages 0.1 m, then 0.19 m.
  const [first, second] = [valuesOf(once, "norm/mean"), valuesOf(twice, "norm/mean")];
  first.forEach((value, i) => assert.ok(Math.abs(second[i]! / value - 1.9) < 1e-5));
  // Variances start from 1: 0.9 + 0.1 v, then 0.81 + 0.19 v.
  const [v1, v2] = [valuesOf(once, "norm/variance"), valuesOf(twice, "norm/variance")];
  v1.forEach((value, i) =>
    assert.ok(Math.abs(v2[i]! - (0.81 + 0.19 * (value - 0.9) / 0.1)) < 1e-5)
  );
});

Deno.test("what a model is first trained on becomes its own preparation and its class names", async () => {
  const { model } = await fitted(initialModel(network, 1), images(8), training());
  assert.deepEqual(model.preprocess, { scale: [1 / 255], offset: [0] });
  assert.deepEqual([model.classes, model.learned], [["dark", "bright"], true]);
  const prepared: Model = {
    ...model,
    preprocess: { scale: [2], offset: [1] },
    classes: ["no", "yes"],
  };
  const { model: again } = await fitted(prepared, images(8), training());
  assert.deepEqual([again.preprocess, again.classes], [prepared.preprocess, ["no", "yes"]]);
});

Deno.test("the last, smaller batch is trained too", async () => {
  const { note } = await fitted(
    initialModel(network, 1),
    images(10),
    training({ epochs: 2, batch: 4 }),
  );
  assert.equal(note.updates, 6);
});

Deno.test("best keeps the epoch that was best on validation, last the last", async () => {
  // A rate that grows: descent goes well, then overshoots; the score is minus the squared error.
  const data = tableData([[1]], [[1]]);
  const start = denseModel([{ kernel: [[0]] }]);
  const rate = { use: "step", start: 0.1, factor: 10, at: [3] } as const;
  const growing = training({
    epochs: 5,
    optimizer: sgd(rate as never, { momentum: 0 }),
    checkpoint: "best",
  });
  const { model: best, note } = await fitted(start, data, growing);
  // w ← w − 2 · rate · (w − 1): 0.2, 0.36, 0.488, then rate 1: 1.512, 0.488.
  const squares = [0.8, 0.64, 0.512, 0.512, 0.512].map((error) => -error * error);
  note.history.forEach(({ validation }, i) =>
    assert.ok(Math.abs(validation! - squares[i]!) < 1e-5)
  );
  assert.equal(note.history.length, 5);
  const scores = note.history.map(({ validation }) => validation!);
  assert.equal(note.kept, 1 + scores.indexOf(Math.max(...scores)));
  assert.ok(Math.abs(1 - Math.abs(1 - valuesOf(best, "dense1/kernel")[0]!) - 0.488) < 1e-5);
  const { model: last } = await fitted(start, data, { ...growing, checkpoint: "last" });
  assert.ok(Math.abs(valuesOf(last, "dense1/kernel")[0]! - 0.488) < 1e-5);
});

Deno.test("patience stops after so many epochs without improvement", async () => {
  const data = tableData([[1]], [[1]]);
  const start = denseModel([{ kernel: [[0]] }]);
  // Rate 1 mirrors the error: no epoch is better than the first.
  const mirrored = training({ epochs: 50, optimizer: sgd(1, { momentum: 0 }), patience: 3 });
  const { note } = await fitted(start, data, mirrored);
  assert.equal(note.history.length, 4);
});

Deno.test("each epoch's score on validation is written down without being asked for, and moves nothing", async () => {
  const model = initialModel(network, 1);
  const data = images(10);
  const { checkpoint: _, patience: __, ...plain } = everything;
  const shown = await fitted(model, data, { ...plain, checkpoint: "last" });
  const { validation: ___, ...train } = data.parts;
  const alone = await fitted(model, { ...data, parts: train }, { ...plain, checkpoint: "last" });
  assert.deepEqual(bytesOf(shown.model), bytesOf(alone.model));
  const chosen = await fitted(model, data, { ...plain, checkpoint: "best" });
  assert.deepEqual(shown.note.history, chosen.note.history);
  assert.ok(shown.note.history.every(({ validation }) => validation !== undefined));
  assert.deepEqual(
    alone.note.history,
    shown.note.history.map(({ validation: _, ...record }) => record),
  );
});

Deno.test("a validation part without labels says nothing of a training", async () => {
  const { meta, parts } = tableData([[1]], [[1]]);
  const bare = { meta, parts: { ...parts, validation: { ...parts.validation!, y: null } } };
  const { note } = await fitted(denseModel([{ kernel: [[0]] }]), bare, training());
  assert.equal("validation" in note.history[0]!, false);
});

Deno.test("choosing by validation samples that are not there is refused", async () => {
  const { meta, parts } = tableData([[1]], [[1]]);
  const none = {
    meta,
    parts: { ...parts, validation: { count: 0, x: new Float32Array(), y: new Float32Array() } },
  };
  const start = denseModel([{ kernel: [[0]] }]);
  await assert.rejects(
    fitted(start, none, training({ checkpoint: "best" })),
    /`checkpoint` chooses by validation/,
  );
  await assert.rejects(
    fitted(start, none, training({ patience: 1 })),
    /`patience` chooses by validation/,
  );
});

Deno.test("a training that runs away fails with the epoch and what to try", async () => {
  const data = tableData([[3], [5]], [[1], [2]]);
  const start = denseModel([{ kernel: [[1]] }]);
  const wild = training({ epochs: 200, optimizer: sgd(1e6) });
  await assert.rejects(fitted(start, data, wild), (error: Error & { help?: string }) => {
    assert.match(
      error.message,
      /^the training ran away: the loss became (Infinity|NaN) in epoch \d+, update \d+/,
    );
    assert.match(error.help!, /smaller learning_rate/);
    return true;
  });
});

Deno.test("a last update that leaves no number is found although the loss was one", async () => {
  const data = tableData([[3e18]], [[1]]);
  const start = denseModel([{ kernel: [[1e-18]] }]);
  await assert.rejects(
    fitted(start, data, training({ optimizer: sgd(1e30) })),
    /`dense1\/kernel` is not finite any more/,
  );
});

Deno.test("a term that never contributes fails the step", async () => {
  const data = tableData([[1]], [[1]]);
  const start = denseModel([{ kernel: [[0]] }]);
  const silent = training({
    loss: [{ use: "labels", weight: 1, smoothing: 0 }, { use: "labels", weight: 0, smoothing: 0 }],
  });
  await assert.rejects(fitted(start, data, silent), /`labels` never contributed/);
});

Deno.test("labels cannot be learned where there are none", async () => {
  const { meta, parts } = tableData([[1]], [[1]]);
  const bare = { meta, parts: { train: { ...parts.train!, y: null } } };
  await assert.rejects(
    fitted(denseModel([{ kernel: [[0]] }]), bare, training()),
    /the training samples have none/,
  );
});
