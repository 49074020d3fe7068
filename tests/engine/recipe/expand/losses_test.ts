/** What a training listens to where a recipe does not say: a loss that the data's task can have. */
import assert from "node:assert/strict";
import { recipe } from "../../../../mod.ts";

/** The loss of every step that listens to a teacher, by name; the recipe compiles. */
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
