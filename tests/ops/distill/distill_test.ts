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
import { declared, fieldsOf } from "../declared.ts";
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
const config = (more: Partial<Training> = {}) =>
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
  const live = await distill.run(inputs({ teacher }), config(), runContext());
  const recorded = await distill.run(inputs({ outputs }), config(), runContext());
  assert.equal(digestOf(live), digestOf(recorded));
});

Deno.test("the teacher is the same bytes before and after, and teaches in inference although it has dropout", async () => {
  const before = digestOf(teacher);
  await distill.run(inputs({ teacher }), config(), runContext());
  assert.equal(digestOf(teacher), before);
});

Deno.test("a linear student of a linear teacher comes to its logits, up to a constant per sample", async () => {
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
  const long = config({
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

Deno.test("a term's own teacher is read in place of the step's", async () => {
  const other: Model = { ...mlp([12], 9), learned: true };
  const named = config({ loss: [soft({ teacher: "digest of other" })] });
  const context = runContext({ referenced: { "digest of other": other } });
  const byName = await distill.run(inputs({}), named, context);
  const asInput = await distill.run(inputs({ teacher: other }), config(), runContext());
  assert.equal(digestOf(byName), digestOf(asInput));
});

Deno.test("two teachers are read side by side, each by its own term", async () => {
  const other: Model = { ...mlp([12], 9), learned: true };
  const both = config({ loss: [soft({ weight: 0.5 }), soft({ weight: 0.5, teacher: "other" })] });
  const model = await distill.run(inputs({ teacher }), both, runContext({ referenced: { other } }));
  const one = await distill.run(inputs({ teacher }), config(), runContext());
  assert.notEqual(digestOf(model), digestOf(one));
});

Deno.test("teacher and student see the same varied sample, each in its own preparation", async () => {
  // The teacher expects bytes as they are and divides by 255 itself: what it says must not change.
  const prepared: Model = { ...teacher, preprocess: { scale: [1], offset: [0] } };
  const kernel = teacher.weights["dense1/kernel"]!;
  const scaled = { ...kernel, data: Float32Array.from(kernel.data, (w) => w / 255) };
  const raw: Model = { ...prepared, weights: { ...teacher.weights, "dense1/kernel": scaled } };
  const varied = config({ augment: [{ use: "shift", pixels: 1, chance: 1 }] });
  const [a, b] = [runContext(), runContext()];
  await distill.run(inputs({ teacher }), varied, a);
  await distill.run(inputs({ teacher: raw }), varied, b);
  const losses = [a, b].map(({ reported }) =>
    (reported.notes.training as { history: { loss: number }[] }).history.map(({ loss }) => loss)
  );
  losses[0]!.forEach((loss, i) => assert.ok(Math.abs(loss - losses[1]![i]!) < 1e-4 * loss));
});

Deno.test("outputs of other samples are refused", async () => {
  const outputs = await predict.run({ model: teacher, data: noise(29) }, {}, runContext());
  await assert.rejects(
    async () => await distill.run(inputs({ outputs }), config(), runContext()),
    /they are 29 rows of 4, the training part has 30 samples of 4 classes/,
  );
});

Deno.test("a teacher that reads or says something else is refused", async () => {
  const five: Model = {
    ...initialModel(families.mlp.build([6, 6, 1], 5, { hidden: [4], dropout: 0 } as never), 1),
    learned: true,
  };
  await assert.rejects(
    async () => await distill.run(inputs({ teacher: five }), config(), runContext()),
    /it reads 6×6×1 and says 5 numbers, a sample is 6×6×1 and the student says 4/,
  );
});

Deno.test("teachers, outputs and losses that do not fit the model are refused before anything runs, each at its field", () => {
  const facts = (model: Model): ModelFacts => modelFacts(model, model);
  const known = { model: facts(student), data: factsOf(data.meta), teacher: facts(teacher) };
  const alone = { model: known.model, data: known.data };
  const recorded = { ...alone, outputs: { kind: "outputs" } };
  const shifted = { augment: [{ use: "shift", pixels: 1, chance: 1 }] } as const;
  const labels = { use: "labels", weight: 1, smoothing: 0 } as const;
  const loud = { use: "peers", weight: 1, temperature: 1, target: "each" } as const;
  const five = initialModel(
    families.mlp.build([6, 6, 1], 5, { hidden: [4], dropout: 0 } as never),
    1,
  );
  const refused = (
    given: object,
    params: Training,
    ...[code, path, message, help]: ConstructorParameters<typeof ParameterError>
  ) =>
    assert.throws(
      () => distill.facts(given as never, params),
      new ParameterError(code, path, message, help),
    );
  refused(
    known,
    config({ loss: [labels] }),
    ...["unknown-value", "loss"] as const,
    "`distill` learns from a teacher, and no term of its loss reads one",
    "loss: [{ use: labels, weight: 0.1 }, { use: soft-targets, weight: 0.9 }], or op: train",
  );
  refused(
    known,
    config({ loss: [soft(), loud] }),
    ...["unknown-value", "loss.1"] as const,
    "`peers` needs other models that learn beside this one, and it learns alone",
    "mutual, with a list of students",
  );
  for (const [loss, place] of [[[soft()], 0], [[labels, soft()], 1]] as const) {
    refused(
      alone,
      config({ loss }),
      ...["missing-input", `loss.${place}`] as const,
      "`soft-targets` needs a teacher, and there is none",
      "teacher: …",
    );
  }
  refused(
    { ...known, ...recorded },
    config(),
    ...["missing-input", "outputs"] as const,
    "`distill` takes a teacher or its recorded outputs, not both",
    "leave one of them out",
  );
  refused(
    recorded,
    config(shifted),
    ...["unknown-value", "augment"] as const,
    "recorded outputs are of the samples as they are, and `shift` varies them",
    "give teacher in place of outputs, or leave augment out",
  );
  refused(
    { ...known, teacher: { ...known.teacher, learned: false } },
    config(),
    ...["untrained", "teacher", "the teacher has random weights"] as const,
  );
  refused(
    { ...known, model: { ...known.model, established: ["format"] } },
    config(),
    ...["order", "model"] as const,
    "a quantized model cannot be trained: it would lose its number format",
    "train before quantize, or give quantize a finetune",
  );
  refused(
    { ...known, data: { ...known.data, input: [5, 5, 1] } },
    config(),
    ...["shape-mismatch", "data"] as const,
    "the model reads 6×6×1, a sample of the data is 5×5×1",
  );
  refused(
    { ...known, teacher: { ...facts(five), learned: true } },
    config(),
    ...["shape-mismatch", "teacher"] as const,
    "the teacher has 5 outputs, the data 4 classes",
    "classes: the 5 names in the order of the outputs, as a list or a file; or a model for 4",
  );
  const cases: [Record<string, unknown>, Training, string, RegExp][] = [
    [
      { ...known, data: { ...known.data, outputs: 3 } },
      config(),
      "data",
      /has 4 outputs, the data 3 classes/,
    ],
    [
      { ...known, data: { ...known.data, task: "regression" } },
      config(),
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
  const named = { ...alone, "loss.0.teacher": facts(teacher) };
  const passing: [object, Training][] = [
    [known, config()],
    [known, config(shifted)],
    [recorded, config()],
    [named, config({ loss: [soft({ teacher: "wide" })] })],
  ];
  for (const [given, params] of passing) {
    assert.equal((distill.facts(given as never, params) as ModelFacts).learned, true);
  }
});

Deno.test("what it reads and is called, and what it compares where a recipe does not say", () => {
  assert.deepEqual(declared(distill), {
    ...{ name: "distill", version: 2, output: "model", stage: { after: "replace" } },
    ...{ makes: "distilled", learns: true, alsoCalled: ["kd", "distillation"] },
    changes: "model",
    inputs: {
      model: "model: The model that learns",
      data: "dataset: The samples to learn from, and to choose epochs by",
      teacher: "model optional learned: The teacher of the terms that name none",
      outputs: "outputs optional: What the teacher said of the training samples, in its place",
    },
    refusedAfter: [{
      after: "quantize",
      because: "training would undo the quantization",
      help: "train under it instead: quantize: { …, finetune: { epochs: … } }",
    }],
    example: { epochs: 1, loss: [{ use: "soft-targets", temperature: 4 }] },
  });
  assert.deepEqual([distill.random({}), distill.summaryOf({ epochs: 2 })], [true, "2 epochs"]);
  const { parts, needed } = distill.inputs.data;
  assert.deepEqual(parts!({}), ["meta", "train", "validation"]);
  assert.deepEqual(needed!({ checkpoint: "last" }), ["train"]);
  const { loss } = fieldsOf(distill, "loss") as unknown as {
    readonly loss: { readonly default: unknown; readonly "x-task-defaults": unknown };
  };
  assert.deepEqual(loss.default, [
    { use: "labels", weight: 0.1, smoothing: 0 },
    {
      ...{ use: "soft-targets", weight: 0.9, temperature: 4, scale: "t-squared" },
      ...{ divergence: "forward", teacher_errors: "keep", standardize: "none" },
    },
  ]);
  assert.deepEqual(loss["x-task-defaults"], {
    regression: [{ use: "labels", weight: 0.1 }, { use: "logits", weight: 0.9 }],
    reconstruction: [{ use: "labels", weight: 0.1 }, { use: "output", weight: 0.9 }],
    generation: ["output"],
  });
});
