/** Types of recipes: these lines are checked by the compiler; at run time only that they are also read. */
import assert from "node:assert/strict";
import { recipeFromValue } from "../../../../engine/recipe/parse_recipe.ts";
import type { RecipeOf, StepOf } from "../../../../engine/recipe/words/typed.ts";
import { type fakeOpList, fakeOps } from "../fake_ops.ts";

type Recipe = RecipeOf<typeof fakeOpList>;
type Step = StepOf<typeof fakeOpList[number]>;

const cosine = (start: number) => ({
  use: "adam" as const,
  learning_rate: { use: "cosine" as const, start, end: 0 },
});

const digits: Recipe = {
  name: "digits",
  data: "digits",
  teacher: {
    use: "cnn",
    filters: [32, 64],
    dense: [128],
    train: { epochs: 12, optimizer: cosine(0.002), augment: [{ use: "shift", pixels: 2 }] },
  },
  student: { use: "mobilenet-v1", depth: 6, width: 0.5 },
  distill: { epochs: 8, optimizer: cosine(0.004) },
  prune: { granularity: "channel", ratio: 0.5, finetune: { epochs: 8, teacher: "teacher" } },
  quantize: { scheme: "int8", activations: "none" },
  export: "tfjs",
  expect: ["result.accuracy >= teacher.accuracy - 1 point"],
};

const listed: Recipe = {
  name: "listed",
  data: { use: "digits", normalize: { use: "range", low: -1, high: 1 } },
  model: { from: "./model.json" },
  steps: [
    { op: "prune", as: "cut", granularity: "weight", ratio: 0.5, scope: "layer", exclude: "stem" },
    { op: "distill", epochs: 3, teacher: "model", loss: ["labels", { use: "soft-targets" }] },
    { op: "quantize", scheme: "int4", granularity: "tensor" },
  ],
  export: ["tfjs", { use: "onnx" }],
};

const swept: Recipe = {
  name: "swept",
  data: "digits",
  model: { use: "lenet5", train: { epochs: 1 } },
  sweep: { over: { seed: [1, 2, 3] }, pareto: "model.bytes" },
};

const temperatures = [1, 4, 20];
const distillations = temperatures.map((temperature): Step => ({
  op: "distill",
  as: `soft-${temperature}`,
  model: "student",
  epochs: 20,
  loss: [{ use: "soft-targets", temperature }],
}));

// @ts-expect-error an op that is not in the list
const unknownOp: Step = { op: "dither" };
// @ts-expect-error a misspelt parameter
const misspelt: Step = { op: "train", epoch: 3 };
// @ts-expect-error a parameter of another alternative
const elsewhere: Step = { op: "prune", granularity: "channel", ratio: 0.5, scope: "layer" };
// @ts-expect-error a value that is not among the words
const unknownWord: Step = { op: "quantize", scheme: "int9" };
// @ts-expect-error a tag that is missing
const untagged: Step = { op: "prune", ratio: 0.5 };
// @ts-expect-error a field that no recipe has
const unknownField: Recipe = { name: "x", distil: { epochs: 3 } };
// @ts-expect-error a misspelt field in a nested block
const nested: Recipe = { name: "x", prune: { granularity: "weight", finetune: { epoch: 1 } } };
// @ts-expect-error a misspelt option of an optimizer
const deep: Recipe = { name: "x", distill: { epochs: 1, optimizer: { use: "adam", lr: 0.1 } } };
const curve: Recipe = {
  name: "x",
  distill: {
    epochs: 1,
    // @ts-expect-error a movement that is misspelt
    optimizer: { use: "sgd", learning_rate: { use: "cosin", start: 1, end: 0 } },
  },
};
// @ts-expect-error a family that is not in the zoo
const family: Recipe = { name: "x", model: { use: "resnt", depth: 8 } };

Deno.test("recipes whose types the compiler accepts are read", () => {
  assert.deepEqual(recipeFromValue(digits, "./", fakeOps).diagnostics, []);
  assert.deepEqual(recipeFromValue(listed, "./", fakeOps).diagnostics, []);
  assert.deepEqual(recipeFromValue(swept, "./", fakeOps).diagnostics, []);
  assert.deepEqual(
    recipeFromValue(
      {
        ...digits,
        distill: undefined,
        prune: undefined,
        quantize: undefined,
        steps: distillations,
      },
      "./",
      fakeOps,
    ).diagnostics,
    [],
  );
});

Deno.test("recipes whose types the compiler refuses are refused when they are read", () => {
  const steps = [unknownOp, misspelt, elsewhere, unknownWord, untagged];
  const recipes = [unknownField, nested, deep, curve, family].map((recipe) => ({
    data: "digits",
    ...recipe,
  }));
  for (const step of steps) {
    const value = { name: "x", data: "digits", model: "lenet5", steps: [step] };
    assert.notDeepEqual(
      recipeFromValue(value, "./", fakeOps).diagnostics,
      [],
      JSON.stringify(step),
    );
  }
  for (const recipe of recipes) {
    assert.notDeepEqual(
      recipeFromValue(recipe, "./", fakeOps).diagnostics,
      [],
      JSON.stringify(recipe),
    );
  }
});
