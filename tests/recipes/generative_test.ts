/** Generative models by recipe, cut small: an autoencoder, its decoder, a student; every step again from the cache. */
import assert from "node:assert/strict";
import { memoryStore, RecipeError } from "../../mod.ts";
import { computed, ran, recipe, type Value } from "./support/small.ts";

const split = { validation: 0.1, test: 0.1 };
const digits = { use: "digits", limit: 120, split };
const learning = { use: "adam", ["learning_rate"]: 0.003 };

const steps: readonly Value[] = [
  { op: "data", as: "digits", ...digits },
  { op: "data", as: "images", ...digits, task: "reconstruction" },
  {
    op: "model",
    as: "classifier-init",
    use: "cnn",
    filters: [4, 6],
    dense: [8],
    input: [28, 28, 1],
    outputs: 10,
  },
  {
    op: "train",
    as: "classifier",
    model: "classifier-init",
    data: "digits",
    epochs: 2,
    optimizer: learning,
  },
  {
    op: "model",
    as: "whole-init",
    use: "cvae",
    latent: 3,
    filters: [8, 4],
    input: [28, 28, 1],
    outputs: 10,
  },
  {
    op: "train",
    as: "whole",
    model: "whole-init",
    data: "images",
    epochs: 3,
    loss: "elbo",
    optimizer: learning,
  },
  {
    op: "evaluate",
    as: "whole-test",
    model: "whole",
    data: "images",
    metrics: ["output-error", "frechet"],
    through: "classifier",
  },
  { op: "part", as: "teacher", model: "whole", layers: "decoder" },
  {
    op: "model",
    as: "critic",
    use: "dcgan-discriminator",
    filters: [4, 6],
    input: [28, 28, 1],
    outputs: 10,
  },
  { op: "model", as: "student", use: "vae-decoder", filters: [8, 4], width: 0.5 },
  {
    op: "distill",
    model: "student",
    teacher: "teacher",
    epochs: 6,
    optimizer: learning,
    loss: [
      "output",
      { use: "perceptual", through: "classifier", layers: ["conv2", "dense1"], weight: 0.1 },
      { use: "adversarial", through: "critic", weight: 0.001 },
    ],
  },
  { op: "quantize", scheme: "int8" },
];
const document: Value = {
  name: "drawn",
  data: { use: "latent", size: 3, conditions: 10, count: 200 },
  steps,
  evaluate: { metrics: ["output-error", "frechet"], through: "classifier", reference: "teacher" },
  export: ["tfjs", "onnx", "packed"],
  expect: ["result.output-error <= 1", "result.bytes < teacher.bytes"],
};
const changed = (at: number, more: Value): Value => ({
  ...document,
  steps: steps.map((step, i) => i === at ? { ...step, ...more } : step),
});

Deno.test("a decoder is learned, cut out, taught on, rounded, exported in three formats, and recalled", async () => {
  const cache = memoryStore();
  const run = await ran(recipe(document), cache);
  const measured = Object.fromEntries(run.models.map(({ name, metrics }) => [name, metrics]));
  // The classifier reads what other models make, and the reference is compared with nothing.
  assert.deepEqual(Object.keys(measured), ["whole", "teacher", "distilled", "quantized"]);
  assert.deepEqual(measured.teacher, {});
  for (const name of ["whole", "distilled", "quantized"]) {
    const { "output-error": error, frechet } = measured[name] as Record<string, number>;
    assert.ok(error! > 0 && error! < 0.5 && frechet! > 0, `${name}: ${error} ${frechet}`);
  }
  assert.equal(run.models.some(({ accuracy }) => accuracy !== undefined), false);
  const exported = run.steps.filter(({ op }) => op === "export");
  for (const { notes } of exported) {
    assert.ok((notes.check as { difference: number }).difference < 1e-3);
  }
  assert.equal(exported.length, 3);
  const head = run.models.map(({ metrics }) => Object.keys(metrics).sort().join());
  assert.deepEqual(head, [
    "frechet,output-error",
    "",
    "frechet,output-error",
    "frechet,output-error",
  ]);
  assert.ok(run.expect.every(({ met }) => met));
  assert.deepEqual(computed(await ran(recipe(document), cache)), []);
});

const refused = async (document: Value, words: RegExp) => {
  try {
    const { diagnostics } = await recipe(document).compile();
    const [first] = diagnostics.filter(({ severity }) => severity === "error");
    assert.match(first?.message ?? "sound", words);
  } catch (error) {
    if (!(error instanceof RecipeError)) throw error;
    assert.match(error.diagnostics[0]!.message, words);
  }
};

Deno.test("what cannot be learned or measured is said before anything runs", async () => {
  await refused(
    changed(5, { data: "digits" }),
    /the task is classification, one answer per sample, and the model gives 28×28×1/,
  );
  await refused(changed(9, { image: [32, 32, 1] }), /compares outputs: the student makes 32×32×1/);
  await refused(changed(9, { outputs: 4 }), /told 4 classes at `label`, the data have 10/);
  const looking = (through: string, layers: readonly string[]) => [
    "output",
    { use: "perceptual", through, layers },
  ];
  await refused(
    changed(10, { loss: looking("classifier", ["conv9"]) }),
    /"conv9" matches no layer of `classifier`/,
  );
  await refused(
    changed(10, { loss: looking("classifier-init", ["conv2"]) }),
    /nothing has trained/,
  );
  await refused(changed(10, { loss: looking("nobody", ["conv2"]) }), /nobody/);
  await refused(
    changed(10, { loss: ["output", "labels"] }),
    /no label says what a latent vector should become/,
  );
  await refused(changed(10, { checkpoint: "best" }), /nothing says which of their images are good/);
  const { evaluate: _, ...rest } = document;
  await refused(
    { ...rest, evaluate: { metrics: ["frechet"], reference: "teacher" } },
    /looks at what is made through a model/,
  );
  await refused(
    { ...rest, evaluate: { metrics: ["accuracy"] } },
    /`accuracy` says nothing about generation/,
  );
});
