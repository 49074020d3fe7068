/** Models that learn beside one another: the order of updates, the cohort, and the one that is taken out. */
import assert from "node:assert/strict";
import { memoryStore, recipe } from "../../../mod.ts";
import { type CohortFacts, type ModelFacts, ParameterError } from "../../../engine/op.ts";
import { type Dataset, factsOf } from "../../../ops/data/dataset.ts";
import type { Cohort } from "../../../ops/distill/cohort.ts";
import { mutual } from "../../../ops/distill/mutual.ts";
import { pick } from "../../../ops/distill/pick.ts";
import { initialModel } from "../../../ops/model/initialize.ts";
import { modelFacts } from "../../../ops/model/layers.ts";
import type { Model } from "../../../ops/model/model.ts";
import { families } from "../../../ops/model/zoo/families.ts";
import type { Training } from "../../../ops/learn/training_fields.ts";
import { modelDigest } from "../model_digest.ts";
import { declared, fieldsOf } from "../declared.ts";
import { denseModel } from "../prune/dense_model.ts";
import { runContext } from "../run_context.ts";
import { adam, sgd, tableData, training, valuesOf } from "../learn/small_trainings.ts";
import { term } from "../learn/terms/support/evaluated.ts";
import { noise } from "./noise.ts";

const loss = [term({ use: "labels" }), term({ use: "peers" })];
type Updates = "alternate" | "simultaneous";
const config = (more: Partial<Training & { updates: Updates }> = {}) => ({
  ...training({ epochs: 2, batch: 8, optimizer: adam(0.01), loss }),
  updates: "alternate" as Updates,
  ...more,
});
const mlp = (seed: number, dropout = 0): Model =>
  initialModel(families.mlp.build([6, 6, 1], 4, { hidden: [8], dropout } as never), seed);
const taught = (
  students: readonly Model[],
  params = config(),
  data: Dataset = noise(20, 6, ["train", "validation"]),
  context = runContext(),
) => mutual.run({ students, data }, params, context) as Promise<Cohort>;

const softmax = (z: readonly number[]) => {
  const powers = z.map(Math.exp);
  const sum = powers.reduce((a, b) => a + b);
  return powers.map((each) => each / sum);
};

Deno.test("one update of two linear models on one sample is the paper's equations, in either order", async () => {
  // One input of 1, three classes, of which the first is true: the kernel is the logits.
  const kernels = [[1, 0, 0], [0, 1, 0]];
  const table = tableData([[1]], [[0]]);
  const data: Dataset = {
    meta: { ...table.meta, task: "classification", classes: ["a", "b", "c"], outputs: 3 },
    parts: { train: { ...table.parts.train!, y: Int32Array.of(0) } },
  };
  const students = kernels.map((kernel) => denseModel([{ kernel: [kernel] }]));
  const rate = 0.5;
  // The gradient of CE + KL(q ‖ p) for p's logits: (p − t) + (p − q).
  const step = (own: number[], other: number[]) => {
    const [p, q] = [softmax(own), softmax(other)];
    return own.map((z, i) => z - rate * (2 * p[i]! - (i === 0 ? 1 : 0) - q[i]!));
  };
  const first = step(kernels[0]!, kernels[1]!);
  const expected = {
    simultaneous: step(kernels[1]!, kernels[0]!),
    alternate: step(kernels[1]!, first),
  };
  assert.ok(Math.abs(expected.alternate[0]! - expected.simultaneous[0]!) > 1e-3);
  for (const updates of ["alternate", "simultaneous"] as const) {
    const optimizer = sgd(rate, { momentum: 0 });
    const params = config({ epochs: 1, batch: 1, optimizer, updates });
    const { models } = await taught(students, params, data);
    const [name] = Object.keys(models[0]!.weights);
    for (const [k, values] of [first, expected[updates]].entries()) {
      valuesOf(models[k]!, name!).forEach((value, i) =>
        assert.ok(Math.abs(value - values[i]!) < 1e-6, `${updates} ${k}: ${value} ${values[i]}`)
      );
    }
  }
});

Deno.test("what is noted of an epoch is the loss of each model before its update", async () => {
  const table = tableData([[1]], [[0]]);
  const data: Dataset = {
    meta: { ...table.meta, task: "classification", classes: ["a", "b", "c"], outputs: 3 },
    parts: { train: { ...table.parts.train!, y: Int32Array.of(0) } },
  };
  const students = [[1, 0, 0], [0, 1, 0], [0, 0, 2]]
    .map((kernel) => denseModel([{ kernel: [kernel] }]));
  const context = runContext();
  await taught(
    students,
    config({ epochs: 1, optimizer: sgd(0.1), updates: "simultaneous" }),
    data,
    context,
  );
  const notes = context.reported.notes.peers as unknown as { history: { loss: number }[] }[];
  // −ln pₖ of the first class and the mean of KL(pₗ ‖ pₖ) over both others l (equation 9 of arXiv 1706.00384). The
  // second loses 1 more than the first, as its logit of the true class is 1 less and all else is alike.
  [1.1232149, 2.1232149, 3.07987859].forEach((value, k) =>
    assert.ok(Math.abs(notes[k]!.history[0]!.loss - value) < 1e-5)
  );
});

Deno.test("killed and continued, a cohort ends with the same bits", async () => {
  const students = [mlp(1, 0.3), mlp(2, 0.3), mlp(3)];
  const params = config({ checkpoint: "best" });
  const data = noise(20, 6, ["train", "validation"]);
  const whole = await taught(students, params, data);
  const stop = new AbortController();
  let saved: Uint8Array | undefined;
  const killed = runContext({
    signal: stop.signal,
    saved: (state) => saved = state,
    progress: (fraction) => fraction > 0.6 && stop.abort(),
  });
  await assert.rejects(() => taught(students, params, data, killed));
  const rest = await taught(students, params, data, runContext({ resume: saved! }));
  assert.deepEqual(rest.models.map(modelDigest), whole.models.map(modelDigest));
});

Deno.test("each keeps its own best epoch, and its first weights are left alone", async () => {
  const students = [mlp(1), mlp(2)];
  const before = students.map(modelDigest);
  const context = runContext();
  const data = noise(20, 6, ["train", "validation"]);
  await taught(students, config({ epochs: 6, checkpoint: "best" }), data, context);
  assert.deepEqual(students.map(modelDigest), before);
  const notes = context.reported.notes.peers as unknown as {
    kept: number;
    history: { validation: number }[];
  }[];
  for (const { kept, history } of notes) {
    const scores = history.map(({ validation }) => validation);
    assert.equal(kept - 1, scores.indexOf(Math.max(...scores)));
  }
});

Deno.test("students, data and losses that do not fit one another are refused before anything runs, each at its field", () => {
  const facts = (model: Model): ModelFacts => modelFacts(model, model);
  const data = factsOf(noise(4).meta);
  const students = [mlp(1), mlp(2)].map(facts);
  const five = initialModel(families.mlp.build([6, 6, 1], 5, { hidden: [4] } as never), 1);
  const refused = (
    given: object,
    params: ReturnType<typeof config>,
    ...[code, path, message, help]: ConstructorParameters<typeof ParameterError>
  ) =>
    assert.throws(
      () => mutual.facts(given as never, params as never),
      new ParameterError(code, path, message, help),
    );
  refused(
    { students: students.slice(1), data },
    config(),
    ...["missing-input", "students"] as const,
    "a cohort is two models or more, and this has 1",
    "student: [{ as: left, … }, { as: right, … }]",
  );
  refused(
    { students, data },
    config({ loss: [term({ use: "labels" })] }),
    ...["unknown-value", "loss"] as const,
    "`mutual` learns from peers, and no term of its loss reads them",
    "loss: [labels, peers]",
  );
  refused(
    { students: [students[0], facts(five)], data },
    config(),
    ...["shape-mismatch", "data", "the model has 5 outputs, the data 4 classes"] as const,
    "classes: the 5 names in the order of the outputs, as a list or a file; or a model for 4",
  );
  refused(
    { students: [students[0], { ...students[1], established: ["format"] }], data },
    config(),
    ...["order", "students.1"] as const,
    "a quantized model cannot be trained: it would lose its number format",
    "train before quantize, or give quantize a finetune",
  );
  const hint = { use: "hint", teacher: "other", match: [{ student: "dense9", teacher: "dense1" }] };
  const looking = { students, data, "loss.2.teacher": { ...students[0], learned: true } };
  refused(
    looking,
    config({ loss: [...loss, term(hint)] }),
    ...["selector-empty", "loss.2.match.0.student"] as const,
    `"dense9" matches no layer of the student (mlp, ${mlp(1).layers.length} layers)`,
    `its layers: ${mlp(1).layers.map(({ name }) => name).join(", ")}`,
  );
  assert.throws(
    () => mutual.facts({ students, data: { ...data, task: "regression" } }, config() as never),
    (error) =>
      error instanceof ParameterError && error.path === "loss.1" &&
      /`peers` compares classes/.test(error.message),
  );
  const cohort = mutual.facts({ students, data }, config() as never) as CohortFacts;
  assert.throws(() => pick.facts({ cohort }, { peer: 3 }), /no peer 3: the cohort has 2/);
  assert.equal((pick.facts({ cohort }, { peer: 2 }) as ModelFacts).learned, true);
});

Deno.test("what it reads and is called, and what it compares where a recipe does not say", () => {
  assert.deepEqual(declared(mutual), {
    ...{ name: "mutual", version: 2, output: "cohort", learns: true },
    stage: { after: "distill", takenBy: "pick" },
    inputs: {
      students: "model many: The models that learn, two or more",
      data: "dataset: The samples to learn from, and to choose epochs by",
    },
    example: { epochs: 1, updates: "alternate" },
  });
  assert.deepEqual([mutual.random({}), mutual.summaryOf({ epochs: 1 })], [true, "1 epoch"]);
  const { parts, needed } = mutual.inputs.data;
  assert.deepEqual(parts!({}), ["meta", "train", "validation"]);
  assert.deepEqual(needed!({ checkpoint: "last" }), ["train"]);
  const { loss, updates } = fieldsOf(mutual, "loss", "updates") as Record<string, object>;
  assert.deepEqual(updates, { enum: ["alternate", "simultaneous"], default: "alternate" });
  assert.deepEqual((loss as { default: unknown }).default, [
    { use: "labels", weight: 1, smoothing: 0 },
    { use: "peers", weight: 1, temperature: 1, target: "each" },
  ]);
});

const peers = {
  name: "peers",
  data: { use: "digits", limit: 120, split: { validation: 0.02, test: 0.02 } },
  student: [
    { as: "left", use: "mlp", hidden: [12] },
    { as: "right", use: "mlp", hidden: [12] },
    { as: "deep", use: "mlp", hidden: [10, 10] },
  ],
  mutual: { epochs: 2, loss: ["labels", { use: "peers", target: "mean" }] },
  quantize: { scheme: "int8" },
};

Deno.test("a recipe of peers: each is measured, the best goes on, a second run computes nothing", async () => {
  const cache = memoryStore();
  const run = await recipe(peers as never).run({ cache });
  assert.deepEqual(run.problems, []);
  const names = run.models.map(({ name }) => name);
  for (const name of ["mutual-left", "mutual-right", "mutual-deep", "distilled", "quantized"]) {
    assert.ok(names.includes(name), `${name} in ${names}`);
  }
  const again = await recipe(peers as never).run({ cache });
  assert.deepEqual(
    again.steps.filter(({ status }) => status !== "hit").map(({ name }) => name),
    [],
  );
  const renamed = {
    ...peers,
    student: peers.student.map((each) => ({ ...each, as: `${each.as}er` })),
  };
  const other = await recipe(renamed as never).run({ cache });
  const made = other.steps.filter(({ status, op }) => status !== "hit" && op !== "export");
  assert.deepEqual(made.map(({ name }) => name), [], "names are in no key");
});

Deno.test("a peer by its name goes on, and its numbers are those that were measured of it", async () => {
  const chosen = { ...peers, mutual: { ...peers.mutual, result: "right" } };
  const run = await recipe(chosen as never).run({ cache: memoryStore() });
  assert.deepEqual(run.problems, []);
  const accuracy = (name: string) => run.models.find((model) => model.name === name)!.accuracy;
  assert.equal(accuracy("distilled"), accuracy("mutual-right"));
  const step = run.steps.find(({ name }) => name === "distilled")!;
  const right = run.steps.find(({ name }) => name === "mutual-right")!;
  assert.equal(step.artifact!.digest, right.artifact!.digest);
});

Deno.test("`peers` is for a cohort: a model that learns alone has none", async () => {
  const alone = {
    name: "alone",
    data: "digits",
    model: { use: "mlp", hidden: [4], train: { epochs: 1, loss: ["labels", "peers"] } },
  };
  await assert.rejects(
    () => recipe(alone as never).compile(),
    /needs other models that learn beside this one, and it learns alone/,
  );
});
