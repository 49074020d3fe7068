/** What a training learns from where a recipe does not say: a loss that the data's task can have. */
import assert from "node:assert/strict";
import { recipe } from "../../../../mod.ts";
import { lossOf, reads, settleLoss } from "../../../../engine/recipe/expand/losses.ts";
import { fakeOps } from "../fake_ops.ts";

/** The loss of every step that learns from a teacher, by name; the recipe compiles. */
async function losses(fields: Record<string, unknown>): Promise<Record<string, unknown>> {
  const { nodes } = await recipe({ name: "taught", ...fields } as never).compile();
  return Object.fromEntries(
    nodes.filter(({ step }) => step.op === "distill").map(({ step }) => [
      step.name,
      (step.params.loss as { use: string; weight: number }[]).map(({ use, weight }) =>
        `${use} ${weight}`
      ),
    ]),
  );
}

const mlp = (hidden: number[], more = {}) => ({ use: "mlp", hidden, ...more });
const trained = { train: { epochs: 1 } };
const stages = {
  distill: { epochs: 1 },
  prune: { granularity: "weight", ratio: 0.5, finetune: { epochs: 1 } },
};

Deno.test("of classes the default is what it was", async () => {
  const said = ["labels 0.1", "soft-targets 0.9"];
  const roles = { data: "digits", teacher: mlp([20], trained), student: mlp([8]) };
  assert.deepEqual(await losses({ ...roles, ...stages }), { distilled: said, pruned: said });
});

Deno.test("of numbers the teacher's numbers are compared, also by a finetuning", async () => {
  const said = ["labels 0.1", "logits 0.9"];
  const sized = { input: [3], outputs: 1 };
  const roles = {
    data: { from: "numbers.csv", task: "regression" },
    teacher: mlp([20], { ...sized, ...trained }),
    student: mlp([8], sized),
  };
  assert.deepEqual(await losses({ ...roles, ...stages }), { distilled: said, pruned: said });
  const steps = [{ op: "distill", epochs: 1 }];
  assert.deepEqual(await losses({ ...roles, steps }), { distilled: said });
  const quantize = { scheme: "int8", finetune: { epochs: 1 } };
  const { nodes } = await recipe(
    { name: "taught", ...roles, distill: { epochs: 1 }, quantize } as never,
  ).compile();
  const { finetune } = nodes.find(({ step }) => step.op === "quantize")!.step.params as {
    finetune: { loss: { use: string }[] };
  };
  assert.deepEqual(finetune.loss.map(({ use }) => use), ["labels", "logits"]);
});

Deno.test("of pictures what is made is compared; latent numbers have no labels", async () => {
  const picture = { input: [28, 28, 1], outputs: 784 };
  assert.deepEqual(
    await losses({
      data: { use: "digits", task: "reconstruction" },
      teacher: mlp([20], { ...picture, ...trained }),
      student: mlp([8], picture),
      distill: { epochs: 1 },
    }),
    { distilled: ["labels 0.1", "output 0.9"] },
  );
  assert.deepEqual(
    await losses({
      data: { use: "latent", size: 4, count: 200, task: "generation" },
      teacher: { from: "generator/model.json" },
      student: mlp([8], { input: [4], outputs: 784 }),
      distill: { epochs: 1 },
    }),
    { distilled: ["output 1"] },
  );
});

const schema = lossOf(fakeOps.get("distill")!);
const labels = { use: "labels", weight: 0.2 };
const soft = { use: "soft-targets", weight: 0.8 };
const settled = (terms: readonly Record<string, never>[], teachers: readonly string[], more = {}) =>
  settleLoss(schema, terms, { teachers, outputs: false, ...more });

Deno.test("one teacher is said of the whole loss, and no term names it", () => {
  const { loss, teacher, readsTeacher } = settled([labels, soft] as never, ["t"]);
  assert.deepEqual([loss, teacher, readsTeacher], [[labels, soft], "t", true]);
  const named = settled([labels, { ...soft, teacher: "own" }] as never, ["t"]);
  assert.deepEqual([named.loss, named.teacher], [[labels, soft], "own"]);
});

Deno.test("several teachers share a term's weight, at both ends of one that moves", () => {
  const moving = { use: "linear", start: 1, end: 0.5 };
  const { loss, teacher } = settled([{ ...soft, weight: moving }] as never, ["t", "u"]);
  assert.equal(teacher, undefined);
  assert.deepEqual(
    loss,
    ["t", "u"].map((teacher) => ({
      use: "soft-targets",
      weight: { use: "linear", start: 0.5, end: 0.25 },
      teacher,
    })),
  );
  const steps = { use: "step", start: 1, factor: 0.1, at: [2] };
  const [stepped] = settled([{ ...soft, weight: steps }] as never, ["t", "u"]).loss;
  assert.deepEqual(stepped!.weight, { ...steps, start: 0.5 });
  const [unweighted] = settled([{ use: "soft-targets" }] as never, ["t", "u"]).loss;
  assert.equal(unweighted!.weight, 0.5, "a weight that is not written is 1");
});

Deno.test("without a teacher the first term that reads one is named, recorded outputs answer for it", () => {
  const none = settled([labels, soft, { use: "hint" }] as never, []);
  assert.deepEqual(none.teacherless, { index: 1, use: "soft-targets" });
  assert.equal(none.readsTeacher, true);
  const recorded = settled([labels, soft] as never, [], { outputs: true });
  assert.deepEqual([recorded.loss, recorded.teacherless], [[labels, soft], undefined]);
});

Deno.test("a loss that reads no teacher has none, whoever is in scope", () => {
  const { loss, teacher, readsTeacher } = settled([labels] as never, ["t", "u"]);
  assert.deepEqual([loss, teacher, readsTeacher], [[labels], undefined, false]);
});

Deno.test("among peers every term that reads a teacher names its teacher", () => {
  const { loss, teacher } = settled([labels, soft] as never, ["t"], { peers: true });
  assert.deepEqual([loss, teacher], [[labels, { ...soft, teacher: "t" }], undefined]);
});

Deno.test("what a term reads is what its alternative states; an op without a loss has an empty one", () => {
  assert.equal(reads(schema, { use: "hint" }, "features"), true);
  assert.equal(reads(schema, { use: "hint" }, "teacher"), false);
  assert.equal(reads(schema, { use: "unheard-of" }, "teacher"), false);
  assert.equal(reads(lossOf(fakeOps.get("load")!), { use: "hint" }, "features"), false);
});

Deno.test("one teacher takes a whole term: no weight is written that was not", () => {
  assert.deepEqual(settled([{ use: "soft-targets" }] as never, ["t"]).loss, [{
    use: "soft-targets",
  }]);
});

Deno.test("fields of a term stand in the order of their declaration, a teacher's name among them", () => {
  const keys = (...[terms, teachers, more]: Parameters<typeof settled>) =>
    settled(terms, teachers, more).loss.map((term) => Object.keys(term).join(" "));
  const named = { teacher: "t", weight: 0.5, use: "soft-targets" } as never;
  const own = { weight: 0.5, use: "soft-targets" } as never;
  assert.deepEqual(keys([named], ["u"], { peers: true }), ["use weight teacher"]);
  assert.deepEqual(keys([own], ["t", "u"]), ["use weight teacher", "use weight teacher"]);
  assert.deepEqual(keys([named], ["t"]), ["use weight"]);
  assert.deepEqual(keys([own], ["t"]), ["use weight"]);
  assert.deepEqual(keys([own], [], { outputs: true }), ["use weight"]);
});
