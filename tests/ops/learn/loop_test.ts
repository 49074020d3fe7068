/** The loop: resumed, chosen, stopped, and what it comes to. */
import assert from "node:assert/strict";
import { stream } from "../../../engine/tensor/random.ts";
import type { Dataset } from "../../../ops/data/dataset.ts";
import { withTensors } from "../../../engine/tensor/mod.ts";
import { fit, fitTogether } from "../../../ops/learn/loop.ts";
import { initialModel } from "../../../ops/model/initialize.ts";
import { modelKind } from "../../../ops/model/kind.ts";
import type { Training } from "../../../ops/learn/training_fields.ts";
import type { Architecture, Model } from "../../../ops/model/model.ts";
import { denseModel } from "../prune/dense_model.ts";
import { runContext } from "../run_context.ts";
import {
  adam,
  type Fitted,
  fitted,
  sgd,
  tableData,
  training,
  valuesOf,
} from "./small_trainings.ts";
import { decodeState } from "../../../ops/learn/state.ts";
import { assertStopsMeanwhile } from "../stops_meanwhile.ts";

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
  assert.equal(whole.reported.saved.length, 9);
  for (const resume of whole.reported.saved) {
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
  const text = new TextDecoder("latin1").decode(whole.reported.saved[0]!);
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

Deno.test("models that do not learn from one another learn beside one another as each would alone", async () => {
  const data = images(10);
  const jobs = [1, 2].map((seed) => ({
    ...{ model: initialModel(network, seed), data, teachers: [undefined] },
    // The batches are those of the first job's seed: both have it.
    training: everything,
  }));
  for (const updates of ["alternate", "simultaneous"] as const) {
    const context = runContext();
    const together = await withTensors((room) => fitTogether(room, { jobs, updates }, context));
    const notes = context.reported.notes.peers as readonly unknown[];
    assert.equal(notes.length, 2);
    for (const [k, job] of jobs.entries()) {
      const alone = runContext();
      const model = await withTensors((room) => fit(room, job, alone));
      assert.deepEqual(bytesOf(together[k]!), bytesOf(model));
      assert.deepEqual(notes[k], alone.reported.notes.training);
    }
  }
});

Deno.test("after each batch it is said how far the training is, in which epoch, and the losses of the last", async () => {
  const said: (readonly [number, string | undefined])[] = [];
  const progress = (fraction: number, message?: string) => void said.push([fraction, message]);
  const zero = denseModel([{ kernel: [[0]], bias: [0] }]);
  const linear = {
    ...zero,
    head: "none",
    layers: zero.layers.map((layer) => ({ ...layer, activation: "linear" })),
  } as Model;
  const data = tableData([[0], [0], [0], [0], [0], [0]], [[2], [2], [2], [2], [2], [2]]);
  const job = {
    ...{ model: linear, data, teachers: [undefined] },
    training: training({ epochs: 2, batch: 2, optimizer: sgd(0.25, { momentum: 0 }) }),
  };
  const cohort = { jobs: [job, job], updates: "simultaneous" } as const;
  await withTensors((room) => fitTogether(room, cohort, runContext({ progress })));
  // Each batch halves what is missing of 2: losses 4, 1, ¼, then 1/16, 1/64, 1/256.
  assert.deepEqual(said.map(([fraction]) => Math.round(6 * fraction)), [1, 2, 3, 4, 5, 6]);
  assert.deepEqual(said.map(([, message]) => message), [
    ...["epoch 1 of 2", "epoch 1 of 2"],
    ...Array(3).fill("epoch 2 of 2  loss 1.8 · loss 1.8"),
    "epoch 2 of 2  loss 0.027 · loss 0.027",
  ]);
});

Deno.test("between batches other work goes on, and a signal that comes meanwhile stops it", async () => {
  const data = tableData([[1], [2]], [[1], [2]]);
  const block = training({ epochs: 3, batch: 1 });
  await assertStopsMeanwhile((signal, progress) =>
    fitted(denseModel([{ kernel: [[0]] }]), data, block, { given: { signal, progress } })
  );
});

Deno.test("weights of the best epoch are kept only where it is chosen", async () => {
  const data = tableData([[1]], [[1]]);
  const start = denseModel([{ kernel: [[0]] }]);
  const kept = async (checkpoint: "best" | "last") => {
    const block = training({ epochs: 2, optimizer: sgd(0.1), patience: 5, checkpoint });
    const { reported } = await fitted(start, data, block, { saveEvery: 0 });
    const { arrays } = decodeState(reported.saved.at(-1)!)!;
    return Object.keys(arrays).filter((name) => name.startsWith("0:best:"));
  };
  assert.deepEqual(await kept("last"), []);
  assert.deepEqual(await kept("best"), ["0:best:dense1/kernel"]);
});

Deno.test("an epoch that is worse than the best is not kept, however late", async () => {
  const data = tableData([[1]], [[1]]);
  const start = denseModel([{ kernel: [[0]] }]);
  // w ← w − 2 · rate · (w − 1): 0.2, 0.36, 0.488, then at rate 2 on the other side and further away each time.
  const rate = { use: "step", start: 0.1, factor: 20, at: [3] } as const;
  const block = training({ epochs: 5, optimizer: sgd(rate as never, { momentum: 0 }) });
  const { model, note } = await fitted(start, data, { ...block, checkpoint: "best" });
  assert.equal(note.kept, 3);
  assert.ok(Math.abs(valuesOf(model, "dense1/kernel")[0]! - 0.488) < 1e-6);
});

Deno.test("no epoch is chosen, nor patience lost, until the constraint is settled", async () => {
  const data = tableData([[1]], [[1]]);
  const model = denseModel([{ kernel: [[0]] }]);
  const rate = { use: "step", start: 0.1, factor: 20, at: [3] } as const;
  const block = training({ epochs: 5, optimizer: sgd(rate as never, { momentum: 0 }) });
  const kept = async (settledFrom: number | undefined, own: Partial<Training> = {}) => {
    let epochs = 0;
    const settled = settledFrom === undefined ? undefined : () => ++epochs >= settledFrom;
    const constraint = { open: () => ({ ...settled === undefined ? {} : { settled } }) };
    const context = runContext();
    const job = { model, data, training: { ...block, checkpoint: "best", ...own }, constraint };
    await withTensors((room) => fit(room, { ...job, teachers: [undefined] } as never, context, {}));
    const { kept, history } = context.reported.notes.training as unknown as Fitted["note"];
    return [kept, history.length];
  };
  assert.deepEqual(await kept(undefined), [3, 5]);
  assert.deepEqual(await kept(1), [3, 5]);
  assert.deepEqual(await kept(4), [4, 5]);
  assert.deepEqual(await kept(5), [5, 5]);
  assert.deepEqual(await kept(undefined, { patience: 1 }), [3, 4]);
  assert.deepEqual(await kept(5, { patience: 1 }), [5, 5]);
});

Deno.test("a validation score that is no number ends a training that chooses by it, and no other", async () => {
  const table = tableData([[1]], [[1]]);
  // Five times it is more than a float32 can be.
  const far = { count: 1, x: Float32Array.of(3e38), y: Float32Array.of(0) };
  const data = { ...table, parts: { ...table.parts, validation: far } };
  const start = denseModel([{ kernel: [[5]] }]);
  const block = training({ epochs: 2, optimizer: sgd(0.01) });
  const { note } = await fitted(start, data, block);
  assert.deepEqual(note.history.map((record) => "validation" in record), [false, false]);
  await assert.rejects(
    fitted(start, data, { ...block, checkpoint: "best" }),
    /the training ran away: the validation score became -Infinity in epoch 1$/,
  );
});

Deno.test("a term that never weighs anything is refused when the training is over", async () => {
  const labels = { use: "labels", smoothing: 0 } as const;
  const loss = [{ ...labels, weight: 1 }, { ...labels, weight: 0 }];
  const data = tableData([[1], [2]], [[1], [3]]);
  await assert.rejects(
    fitted(denseModel([{ kernel: [[1]], bias: [0] }]), data, training({ loss })),
    {
      code: "unused",
      path: "loss.1",
    },
  );
});
