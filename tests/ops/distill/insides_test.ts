/** Distillation by features: every term trains, the teacher stays, and recipes are told what does not fit. */
import assert from "node:assert/strict";
import { ParameterError } from "../../../engine/op.ts";
import { recipe, RecipeError } from "../../../mod.ts";
import { distill } from "../../../ops/distill/distill.ts";
import type { Training } from "../../../ops/learn/training_fields.ts";
import { initialModel } from "../../../ops/model/initialize.ts";
import type { Model } from "../../../ops/model/model.ts";
import { families } from "../../../ops/model/zoo/families.ts";
import { adam, training } from "../learn/small_trainings.ts";
import { term } from "../learn/terms/support/evaluated.ts";
import { modelDigest } from "../model_digest.ts";
import { runContext } from "../run_context.ts";
import { noise } from "./noise.ts";

const data = noise(24, 8);

const cnn = (filters: number[], seed: number): Model =>
  initialModel(families.cnn.build([8, 8, 1], 4, { filters, dense: [], dropout: 0 } as never), seed);

const teacher: Model = { ...cnn([6, 8], 7), learned: true };

const student = cnn([3, 4], 1);

const config = (loss: readonly Readonly<Record<string, unknown>>[], more: Partial<Training> = {}) =>
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
      config(["labels", { use, match }].map((each) => each as never), { epochs: 1 }),
      context,
      {
        teacher: twin,
      },
    );
    const { history } = context.reported.notes.training as unknown as Note;
    const { value, gradient } = history[0]!.terms[1]!;
    assert.ok(value > 0 && gradient > 0, `${use} ${value} ${gradient}`);
  }
});

Deno.test("the teacher is the same bytes afterwards", async () => {
  const before = modelDigest(teacher);
  await taught(config([{ use: "hint", match: [pair] }, { use: "pkt", match: [pair] }]));
  assert.equal(modelDigest(teacher), before);
});

Deno.test("a term that never contributed fails the step: a student equal to its teacher has nothing to learn", async () => {
  await assert.rejects(
    () =>
      taught(
        config(["labels" as never, { use: "hint", match: [pair] }], { epochs: 1 }),
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

Deno.test("a recipe with hints keeps its teacher as an input: there is no step of recorded outputs", () => {
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
