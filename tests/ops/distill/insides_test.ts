/** Learning from what is inside a teacher: adapters, places, and what a recipe is told when they do not fit. */
import assert from "node:assert/strict";
import { recipe, RecipeError } from "../../../mod.ts";
import { type ModelFacts, ParameterError } from "../../../engine/op.ts";
import { factsOf } from "../../../ops/data/dataset.ts";
import { distill } from "../../../ops/distill/distill.ts";
import { initialModel } from "../../../ops/model/initialize.ts";
import { modelFacts } from "../../../ops/model/layers.ts";
import type { Model } from "../../../ops/model/model.ts";
import { families } from "../../../ops/model/zoo/families.ts";
import type { Training } from "../../../ops/learn/training_fields.ts";
import { modelDigest } from "../model_digest.ts";
import { runContext } from "../run_context.ts";
import { adam, training } from "../learn/small_trainings.ts";
import { term } from "../learn/terms/evaluated.ts";
import { noise } from "./noise.ts";

const data = noise(24, 8);
const cnn = (filters: number[], seed: number): Model =>
  initialModel(families.cnn.build([8, 8, 1], 4, { filters, dense: [], dropout: 0 } as never), seed);
const teacher: Model = { ...cnn([6, 8], 7), learned: true };
const student = cnn([3, 4], 1);

const lesson = (loss: readonly Readonly<Record<string, unknown>>[], more: Partial<Training> = {}) =>
  training({ epochs: 3, batch: 8, optimizer: adam(0.01), loss: loss.map(term), ...more });
const pair = { student: "conv1", teacher: "conv1" };
const taught = (params: Training, context = runContext(), inputs = {}) =>
  distill.run(
    { model: student, data, teacher, outputs: undefined, ...inputs } as never,
    params,
    context,
  ) as Promise<Model>;

interface Note {
  readonly history: readonly {
    readonly terms: readonly { readonly value: number; readonly gradient: number }[];
  }[];
}

Deno.test("a hint through a regressor leads the student to the teacher, and the regressor stays behind", async () => {
  for (const adapt of ["auto", "conv", "dense"]) {
    const context = runContext();
    const learned = await taught(
      lesson([{ use: "hint", match: [pair], adapt }], { epochs: 30 }),
      context,
    );
    const { history } = context.heard.notes.training as unknown as Note;
    const values = history.map(({ terms }) => terms[0]!.value);
    assert.ok(values.at(-1)! < 0.2 * values[0]!, `${adapt}: ${values[0]} to ${values.at(-1)}`);
    assert.deepEqual(learned.layers, student.layers);
    assert.deepEqual(Object.keys(learned.weights).sort(), Object.keys(student.weights).sort());
    const count = (model: Model) => modelFacts(model, model).parameters;
    assert.equal(count(learned), count(student));
  }
});

Deno.test("what a hint does not reach stays as it is", async () => {
  const learned = await taught(lesson([{ use: "hint", match: [pair] }]));
  for (const name of Object.keys(student.weights).filter((name) => !name.startsWith("conv1"))) {
    assert.deepEqual(learned.weights[name]!.data, student.weights[name]!.data, name);
  }
  assert.notDeepEqual(learned.weights["conv1/kernel"]!.data, student.weights["conv1/kernel"]!.data);
});

Deno.test("a regressor is part of the state: killed and continued, the training ends with the same bits", async () => {
  const params = lesson([{ use: "hint", match: [pair, { student: "conv2", teacher: "conv2" }] }], {
    optimizer: adam(0.01, { weight_decay: 0.01 }),
  });
  const whole = await taught(params);
  const stop = new AbortController();
  let saved: Uint8Array | undefined;
  const killed = runContext({
    signal: stop.signal,
    saved: (state) => saved = state,
    progress: (fraction) => fraction > 0.5 && stop.abort(),
  });
  await assert.rejects(() => taught(params, killed));
  const rest = await taught(params, runContext({ resume: saved! }));
  assert.equal(modelDigest(rest), modelDigest(whole));
});

Deno.test("`freeze` means layers of the student: a regressor beside them learns", async () => {
  const frozen = lesson([{ use: "hint", match: [pair] }], { freeze: ["type:conv", "at:last"] });
  const context = runContext();
  const learned = await taught(frozen, context);
  assert.deepEqual(learned.weights, student.weights);
  const { history } = context.heard.notes.training as unknown as Note;
  assert.ok(history[0]!.terms[0]!.gradient > 0);
});

Deno.test("every term that compares insides trains beside labels, and its note has value and gradient", async () => {
  const places = [pair, { student: "conv2", teacher: "conv2" }];
  const flow = [{ student: ["conv1", "conv2"], teacher: ["conv1", "conv2"] }];
  const twin: Model = { ...cnn([3, 4], 5), learned: true };
  const uses = [
    "hint",
    "attention-transfer",
    "similarity-preserving",
    "pkt",
    "nst",
    "rkd",
    "correlation-congruence",
    "fsp",
  ];
  for (const use of uses) {
    const context = runContext();
    const match = use === "fsp" ? flow : places;
    await taught(
      lesson(["labels", { use, match }].map((each) => each as never), { epochs: 1 }),
      context,
      {
        teacher: twin,
      },
    );
    const { history } = context.heard.notes.training as unknown as Note;
    const { value, gradient } = history[0]!.terms[1]!;
    assert.ok(value > 0 && gradient > 0, `${use} ${value} ${gradient}`);
  }
});

Deno.test("the teacher is the same bytes afterwards", async () => {
  const before = modelDigest(teacher);
  await taught(lesson([{ use: "hint", match: [pair] }, { use: "pkt", match: [pair] }]));
  assert.equal(modelDigest(teacher), before);
});

Deno.test("a term that never contributed fails the step: a student equal to its teacher has nothing to learn", async () => {
  await assert.rejects(
    () =>
      taught(
        lesson(["labels" as never, { use: "hint", match: [pair] }], { epochs: 1 }),
        undefined,
        {
          model: teacher,
        },
      ),
    (error) =>
      error instanceof ParameterError && error.path === "loss.1" &&
      /`hint` never contributed/.test(error.message),
  );
});

Deno.test("places that cannot be compared are found before anything runs", () => {
  const facts = (model: Model): ModelFacts => modelFacts(model, model);
  const known = { model: facts(student), data: factsOf(data.meta), teacher: facts(teacher) };
  const cases: [loss: object, path: string, message: RegExp][] = [
    [
      { use: "hint", adapt: "none", match: [pair] },
      "loss.0.match.0",
      /^hint: student conv1 gives \d+×\d+×3, teacher conv1 gives \d+×\d+×6$/,
    ],
    [
      { use: "hint", match: [{ student: "conv1", teacher: "head.dense" }] },
      "loss.0.match.0",
      /student conv1 gives .* teacher head.dense gives 4/,
    ],
    [
      { use: "attention-transfer", match: [{ student: "head.dense", teacher: "head.dense" }] },
      "loss.0.match.0",
      /student head.dense gives 4/,
    ],
    [
      { use: "fsp", match: [{ student: ["conv1", "conv2"], teacher: ["conv1", "conv2"] }] },
      "loss.0.match.0",
      /fsp: student conv1, conv2 gives/,
    ],
    [{ use: "fsp", match: [pair] }, "loss.0.match.0.student", /two on each side, from and to/],
    [
      { use: "pkt", match: [{ student: ["conv1", "conv2"], teacher: "conv1" }] },
      "loss.0.match.0.student",
      /one layer or group on each side; this names 2/,
    ],
    [
      { use: "pkt", match: [{ student: "type:conv", teacher: "conv1" }] },
      "loss.0.match.0.student",
      /"type:conv" may be several/,
    ],
    [
      { use: "pkt", match: [pair, { student: "conv1", teacher: ["conv1", "conv2"] }] },
      "loss.0.match.1.teacher",
      /this names 2/,
    ],
  ];
  for (const [written, path, message] of cases) {
    assert.throws(() => distill.facts(known, lesson([written as never])), (error) => {
      assert.ok(error instanceof ParameterError, String(error));
      assert.equal(error.path, path);
      assert.match(error.message, message);
      return true;
    });
  }
  const looking = lesson([{ use: "pkt", match: [pair] }]);
  const quantized = { ...known, teacher: { ...known.teacher, established: ["format"] } };
  assert.throws(() => distill.facts(quantized, looking), /of a quantized one there are integers/);
  const { teacher: _teacher, ...rest } = known;
  const recorded = { ...rest, outputs: { kind: "outputs" as const } };
  assert.throws(() => distill.facts(recorded, looking), /recorded outputs are what it answered/);
});

/** A recipe of two networks of the zoo, taught by terms. */
const document = (loss: unknown, more: object = {}) =>
  recipe({
    name: "hinted",
    data: "digits",
    teacher: { use: "resnet", depth: 8, train: { epochs: 1 } },
    student: { use: "resnet", depth: 8, width: 0.5 },
    distill: { epochs: 1, loss },
    ...more,
  } as never);
const problemsOf = async (loss: unknown, more: object = {}) => {
  try {
    await document(loss, more).compile();
    return [];
  } catch (error) {
    if (!(error instanceof RecipeError)) throw error;
    return error.diagnostics.filter(({ severity }) => severity === "error");
  }
};
const stages = [{ student: "stage2", teacher: "stage2" }];

Deno.test("a recipe with hints keeps its teacher alive: there is no step of recorded outputs", () => {
  const { steps } = document([{ use: "hint", match: stages }]).expand();
  assert.equal(steps.some(({ op }) => op === "predict"), false);
  const step = steps.find(({ op }) => op === "distill")!;
  assert.equal(step.inputs.teacher, "teacher");
});

Deno.test("a recipe whose shapes differ is told so at its match, with both shapes and the way out", async () => {
  const [problem, ...others] = await problemsOf([{ use: "hint", match: stages, adapt: "none" }]);
  assert.deepEqual(others, []);
  assert.equal(problem!.code, "shape-mismatch");
  assert.equal(problem!.path, "distill.loss.0.match.0");
  assert.equal(
    problem!.message,
    "hint: student stage2 gives 14×14×16, teacher stage2 gives 14×14×32",
  );
  assert.match(problem!.help!, /adapt: auto/);
  assert.deepEqual(await problemsOf([{ use: "hint", match: stages }]), []);
});

Deno.test("a recipe that names a layer nobody has is told the nearest, of student and of teacher", async () => {
  const wrong = [{ student: "stage22", teacher: "stage9" }];
  const problems = await problemsOf([{ use: "pkt", match: wrong }]);
  const said = problems.map(({ code, message, help }) => `${code} ${message} ${help}`);
  assert.equal(said.length, 2);
  assert.match(
    said[0]!,
    /^selector-empty "stage22" matches no layer of `student`.*nearest: stage2/,
  );
  assert.match(said[1]!, /^selector-empty "stage9" matches no layer of `teacher`.*nearest: stage/);
});

Deno.test("a term's own teacher is looked into before anything runs too", async () => {
  const two = [
    { as: "wide", use: "resnet", depth: 8, train: { epochs: 1 } },
    { as: "flat", use: "mlp", hidden: [10], train: { epochs: 1 } },
  ];
  const loss = [
    { use: "soft-targets", teacher: "wide" },
    { use: "hint", teacher: "flat", match: [{ student: "stage2", teacher: "dense1" }] },
  ];
  const [problem] = await problemsOf(loss, { teacher: two });
  assert.equal(problem!.message, "hint: student stage2 gives 14×14×16, teacher dense1 gives 10");
});
