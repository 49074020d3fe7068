import assert from "node:assert/strict";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import { stream } from "../../../engine/tensor/random.ts";
import { type ModelFacts, ParameterError } from "../../../engine/op.ts";
import { type Dataset, factsOf } from "../../../ops/data/dataset.ts";
import { distill } from "../../../ops/distill/distill.ts";
import { predict } from "../../../ops/learn/predict.ts";
import { initialModel } from "../../../ops/model/initialize.ts";
import { modelKind } from "../../../ops/model/kind.ts";
import { modelFacts } from "../../../ops/model/layers.ts";
import type { Model } from "../../../ops/model/model.ts";
import { families } from "../../../ops/model/zoo/families.ts";
import type { Training } from "../../../ops/learn/training_fields.ts";
import { denseModel } from "../prune/dense_model.ts";
import { adam, sgd, tableData, training } from "../learn/small_trainings.ts";
import { runContext } from "../run_context.ts";
import { noise } from "./noise.ts";

refuseLeaks(true);

const data = noise(30);
const mlp = (hidden: number[], seed: number, dropout = 0): Model =>
  initialModel(families.mlp.build([6, 6, 1], 4, { hidden, dropout } as never), seed);
const teacher: Model = { ...mlp([12], 7, 0.5), learned: true };
const student = mlp([8], 1);

const soft = (more: object = {}): Training["loss"][number] => ({
  use: "soft-targets",
  ...{ weight: 1, temperature: 4, scale: "t-squared", divergence: "forward" } as const,
  ...{ teacher_errors: "keep", standardize: "none" } as const,
  ...more,
});
const lesson = (more: Partial<Training> = {}) =>
  training({ epochs: 3, batch: 8, optimizer: adam(0.01), loss: [soft()], ...more });

const digestOf = (model: Model) => JSON.stringify(modelKind.encode(model).manifest);
const inputs = (more: object) => ({
  model: student,
  data,
  teacher: undefined,
  outputs: undefined,
  ...more,
});

Deno.test("recorded outputs teach bit for bit as the teacher itself", async () => {
  const outputs = await predict.run({ model: teacher, data }, {}, runContext());
  assert.deepEqual([outputs.count, outputs.width], [30, 4]);
  const live = await distill.run(inputs({ teacher }), lesson(), runContext());
  const recorded = await distill.run(inputs({ outputs }), lesson(), runContext());
  assert.equal(digestOf(live), digestOf(recorded));
});

Deno.test("the teacher is the same bytes before and after, and teaches in inference although it has dropout", async () => {
  const before = digestOf(teacher);
  await distill.run(inputs({ teacher }), lesson(), runContext());
  assert.equal(digestOf(teacher), before);
});

Deno.test("a linear student of a linear teacher comes to its logits, up to a constant per sample (K16)", async () => {
  const draws = stream(4, "noise");
  const matrix = (block: number, rows: number, columns: number) =>
    Array.from(
      { length: rows },
      (_, r) => [...draws.normals(block, rows * columns).slice(r * columns, (r + 1) * columns)],
    );
  const linear = (kernel: number[][]) => denseModel([{ kernel, bias: [0, 0, 0] }]);
  const table = tableData(matrix(1, 20, 3), Array.from({ length: 20 }, () => [0]));
  const classed: Dataset = {
    meta: { ...table.meta, task: "classification", classes: ["a", "b", "c"], outputs: 3 },
    parts: { train: { ...table.parts.train!, y: new Int32Array(20) } },
  };
  const tutor = linear(matrix(2, 3, 3));
  const pupil = linear([[0, 0, 0], [0, 0, 0], [0, 0, 0]]);
  const long = lesson({
    epochs: 400,
    batch: 20,
    optimizer: sgd(0.2),
    loss: [soft({ temperature: 1 })],
  });
  const given = { model: pupil, data: classed, teacher: tutor, outputs: undefined };
  const learned = await distill.run(given, long, runContext());
  const [said, meant] = [
    await predict.run({ model: learned, data: classed }, {}, runContext()),
    await predict.run({ model: tutor, data: classed }, {}, runContext()),
  ];
  for (let row = 0; row < 20; row++) {
    const [a, b, c] = [0, 1, 2].map((k) => said.logits[row * 3 + k]! - meant.logits[row * 3 + k]!);
    assert.ok(Math.abs(a! - b!) < 0.02 && Math.abs(b! - c!) < 0.02, `${a} ${b} ${c}`);
  }
});

Deno.test("a term's own teacher is heard in place of the step's", async () => {
  const other: Model = { ...mlp([12], 9), learned: true };
  const named = lesson({ loss: [soft({ teacher: "digest of other" })] });
  const context = runContext({ referenced: { "digest of other": other } });
  const byName = await distill.run(inputs({}), named, context);
  const asInput = await distill.run(inputs({ teacher: other }), lesson(), runContext());
  assert.equal(digestOf(byName), digestOf(asInput));
});

Deno.test("two teachers are heard side by side, each by its own term", async () => {
  const other: Model = { ...mlp([12], 9), learned: true };
  const both = lesson({ loss: [soft({ weight: 0.5 }), soft({ weight: 0.5, teacher: "other" })] });
  const model = await distill.run(inputs({ teacher }), both, runContext({ referenced: { other } }));
  const one = await distill.run(inputs({ teacher }), lesson(), runContext());
  assert.notEqual(digestOf(model), digestOf(one));
});

Deno.test("teacher and student see the same varied sample, each in its own preparation", async () => {
  // The teacher expects bytes as they are and divides by 255 itself: what it says must not change.
  const prepared: Model = { ...teacher, preprocess: { scale: [1], offset: [0] } };
  const kernel = teacher.weights["dense1/kernel"]!;
  const scaled = { ...kernel, data: Float32Array.from(kernel.data, (w) => w / 255) };
  const raw: Model = { ...prepared, weights: { ...teacher.weights, "dense1/kernel": scaled } };
  const varied = lesson({ augment: [{ use: "shift", pixels: 1, chance: 1 }] });
  const [a, b] = [runContext(), runContext()];
  await distill.run(inputs({ teacher }), varied, a);
  await distill.run(inputs({ teacher: raw }), varied, b);
  const losses = [a, b].map(({ heard }) =>
    (heard.notes.training as { history: { loss: number }[] }).history.map(({ loss }) => loss)
  );
  losses[0]!.forEach((loss, i) => assert.ok(Math.abs(loss - losses[1]![i]!) < 1e-4 * loss));
});

Deno.test("outputs of other samples are refused", async () => {
  const outputs = await predict.run({ model: teacher, data: noise(29) }, {}, runContext());
  await assert.rejects(
    async () => await distill.run(inputs({ outputs }), lesson(), runContext()),
    /they are 29 rows of 4, the training part has 30 samples of 4 classes/,
  );
});

Deno.test("a teacher that reads or says something else is refused", async () => {
  const five: Model = {
    ...initialModel(families.mlp.build([6, 6, 1], 5, { hidden: [4], dropout: 0 } as never), 1),
    learned: true,
  };
  await assert.rejects(
    async () => await distill.run(inputs({ teacher: five }), lesson(), runContext()),
    /it reads 6×6×1 and says 5 numbers, a sample is 6×6×1 and the student says 4/,
  );
});

Deno.test("what cannot work is found before anything runs", () => {
  const facts = (model: Model): ModelFacts => modelFacts(model, model);
  const known = { model: facts(student), data: factsOf(data.meta), teacher: facts(teacher) };
  const cases: [
    inputs: Record<string, unknown>,
    params: Training,
    path: string,
    message: RegExp,
  ][] = [
    [
      known,
      lesson({ loss: [{ use: "labels", weight: 1, smoothing: 0 }] }),
      "loss",
      /no term of its loss reads one/,
    ],
    [
      { ...known, teacher: undefined },
      lesson(),
      "loss.0",
      /listens to a teacher, and there is none/,
    ],
    [
      { ...known, outputs: { kind: "outputs" } },
      lesson(),
      "outputs",
      /a teacher or its recorded outputs, not both/,
    ],
    [
      { ...known, teacher: undefined, outputs: { kind: "outputs" } },
      lesson({ augment: [{ use: "shift", pixels: 1, chance: 1 }] }),
      "augment",
      /recorded outputs are of the samples as they are/,
    ],
    [
      { ...known, teacher: { ...known.teacher, learned: false } },
      lesson(),
      "teacher",
      /random weights/,
    ],
    [
      { ...known, model: { ...known.model, established: ["format"] } },
      lesson(),
      "model",
      /quantized model cannot be trained/,
    ],
    [
      { ...known, data: { ...known.data, input: [5, 5, 1] } },
      lesson(),
      "data",
      /reads 6×6×1, a sample of the data is 5×5×1/,
    ],
    [
      { ...known, data: { ...known.data, outputs: 3 } },
      lesson(),
      "data",
      /has 4 outputs, the data 3 classes/,
    ],
    [
      { ...known, data: { ...known.data, task: "regression" } },
      lesson(),
      "loss.0",
      /`soft-targets` compares classes/,
    ],
  ];
  for (const [given, params, path, message] of cases) {
    assert.throws(() => distill.facts(given as never, params), (error) => {
      assert.ok(error instanceof ParameterError);
      assert.equal(error.path, path);
      assert.match(error.message, message);
      return true;
    });
  }
  assert.equal((distill.facts(known, lesson()) as ModelFacts).learned, true);
});
