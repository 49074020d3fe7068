/** A generator that learns from data by recipe: what it names is looked up, in the key, and checked before anything runs. */
import assert from "node:assert/strict";
import { memoryStore, RecipeError } from "../../mod.ts";
import { computed, ran, recipe, type Value } from "./support/small.ts";

const split = { validation: 0.1, test: 0.1 };
const image = [28, 28, 1];
const normalize = { use: "range", low: -1, high: 1 };
const document = (
  { images = {}, classes = 10, term = {}, more = [] }: {
    readonly images?: Value;
    readonly classes?: number;
    readonly term?: Value;
    readonly more?: readonly Value[];
  } = {},
): Value => ({
  name: "played",
  data: { use: "latent", size: 3, conditions: classes, count: 200 },
  steps: [
    { op: "data", as: "images", use: "digits", limit: 60, split, normalize, ...images },
    {
      ...{ op: "model", as: "critic", use: "dcgan-discriminator", filters: [4, 6] },
      ...{ input: image, outputs: classes },
    },
    { op: "model", as: "start", use: "dcgan-generator", filters: [6, 4], image },
    {
      ...{ op: "train", as: "generator", model: "start", epochs: 1, optimizer: "adam" },
      loss: [{ use: "adversarial", through: "critic", real: "images", ...term }],
    },
    ...more,
  ],
});

Deno.test("a generator learns from data without a teacher, and again where the data are others", async () => {
  const student = { op: "model", as: "student", use: "dcgan-generator", filters: [3, 2], image };
  const distil = {
    ...{ op: "distill", model: "student", teacher: "generator", epochs: 1, optimizer: "adam" },
    loss: ["output", { use: "adversarial", through: "critic", real: "images", weight: 0.1 }],
  };
  const more = [student, distil];
  const cache = memoryStore();
  await ran(recipe(document({ more })), cache);
  assert.deepEqual(computed(await ran(recipe(document({ more })), cache)), []);
  const other = computed(await ran(recipe(document({ more, images: { limit: 50 } })), cache));
  assert.deepEqual(other, ["images", "generator", "generator-test", "distilled", "distilled-test"]);
});

async function refused(given: Parameters<typeof document>[0], path: string, words: RegExp) {
  const { diagnostics } = await recipe(document(given)).compile().catch((error) => {
    if (error instanceof RecipeError) return error;
    throw error;
  });
  const found = diagnostics.find(({ severity }) => severity === "error");
  assert.match(found?.message ?? "sound", words);
  assert.equal(found!.path, path);
}

Deno.test("real samples that cannot be told from what is made are refused at their place", async () => {
  await refused({ term: { real: "nothing" } }, "steps.3.loss.0.real", /no dataset `nothing`/);
  await refused({ term: { real: "critic" } }, "steps.3.loss.0.real", /`critic` is a model/);
  await refused({ term: { real: "data" } }, "steps.3.loss.0.real", /a sample of the data is 3/);
  await refused(
    { term: { critic: "frozen" } },
    "steps.3.loss.0.critic",
    /looks at no real samples/,
  );
  await refused(
    { classes: 4 },
    "steps.3.loss.0.real",
    /told 4 classes, the real samples have 10/,
  );
});
