/** A model that was trained elsewhere, moved to other classes: what stands, what learns, and what a user is told. */
import assert from "node:assert/strict";
import { load, memoryStore } from "../../mod.ts";
import type { Model } from "../../ops/model/model.ts";
import { decodeWeight } from "../../ops/model/weights.ts";
import { filesIn, modelOf, testWith } from "../ops/model/support/test_data.ts";
import { FOLDER, photos, SOURCE } from "./support/photos.ts";
import { ran, recipe, type Value } from "./support/small.ts";

/** The layers whose kernels differ between two models, of those that both have. */
function moved(one: Model, other: Model): string[] {
  return Object.keys(one.weights).filter((name) => {
    const after = other.weights[name];
    return after !== undefined &&
      String(decodeWeight(one.weights[name]!)) !== String(decodeWeight(after));
  });
}

/** A folder that is gone afterwards. */
async function within(body: (folder: string) => Promise<void>): Promise<void> {
  const folder = await Deno.makeTempDir();
  try {
    await body(folder);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
}

const data = { use: "digits", limit: 250, split: { test: 0.02, validation: 0.02 } };
const network = { use: "mobilenet-v1", depth: 3, width: 0.25 };
/** A network that told five digits, in a file. */
const five: Value = {
  name: "five",
  data,
  model: { ...network, train: { epochs: 1 } },
  export: "tfjs",
};

Deno.test("a network out of a file learns with a new head: first the head alone, then the rest at its own rate", async () => {
  await within(async (folder) => {
    await recipe(five).run({ cache: memoryStore(), out: `${folder}/five` });
    const block = { batch: 25, optimizer: { use: "adam", learning_rate: 0.01 } };
    const moving = {
      name: "moving",
      data,
      model: {
        from: `${folder}/five/tfjs/model.json`,
        head: { hidden: [8] },
        train: [
          { epochs: 3, ...block, freeze: "before:head.dense1" },
          { epochs: 1, ...block, freeze: ["before:block3", "type:batchnorm"] },
        ],
      },
    };
    const run = await ran(recipe(moving), memoryStore());
    assert.deepEqual(
      run.steps.map(({ name }) => name).filter((name) => !name.endsWith("-test")),
      ["data", "model-base", "model-init", "model-train-1", "model"],
    );
    assert.deepEqual(run.models.map(({ name }) => name), ["model-train-1", "model"]);
    const saved = async (name: string) => {
      await run.model(name).save(`${folder}/${name}`);
      return modelOf(filesIn(`${folder}/${name}`));
    };
    const file = modelOf(filesIn(`${folder}/five/tfjs`));
    const [headed, thawed] = [await saved("model-train-1"), await saved("model")];
    assert.deepEqual(moved(file, headed).filter((name) => !name.startsWith("head.")), []);
    const learned = moved(headed, thawed);
    assert.ok(learned.length > 4);
    assert.deepEqual(
      learned.filter((name) => !/^(block3|head)\b.*\/(kernel|bias)$/.test(name)),
      [],
    );
  });
});

Deno.test("a model that told the next letter of names tells with a new head whose they are", async () => {
  const names = { op: "data", use: "names", limit: 60, text: { tokens: "characters", length: 8 } };
  const run = await ran(
    recipe({
      name: "names",
      steps: [
        { ...names, task: "next-token" },
        { ...names, as: "whose" },
        {
          ...{ op: "model", as: "letters-init", use: "char-lstm", answer: "each" },
          ...{ embedding: 4, units: 6, depth: 1 },
        },
        { op: "train", as: "letters", model: "letters-init", epochs: 1 },
        { op: "head", as: "headed", model: "letters", outputs: 2 },
        { op: "train", as: "told", data: "whose", epochs: 1, freeze: "before:head" },
        { op: "evaluate", model: "told", data: "whose" },
      ],
      evaluate: { models: "result" },
    }),
    memoryStore(),
  );
  const { layers } = run.model("told");
  assert.deepEqual(layers.map(({ name }) => name), [
    ...["embedding", "lstm1", "head.image", "head.pool", "head.dense"],
  ]);
  assert.notEqual(run.models.at(-1)!.accuracy, undefined, "it is measured as what it has become");
});

Deno.test("a layer that the file does not have is told with those that are near, once it is read", async () => {
  await within(async (folder) => {
    await recipe(five).run({ cache: memoryStore(), out: `${folder}/five` });
    const from = `${folder}/five/tfjs/model.json`;
    const told = async (head: Value, more: Value = {}) => {
      const model = { from, head, train: { epochs: 1, ...more } };
      const run = await recipe({ name: "told", data, model }).run({ cache: memoryStore() });
      assert.equal(run.ending, "recipe");
      return run.problems.map(({ place, message, help }) =>
        `${place && "path" in place ? place.path : ""}: ${message} (${help})`
      ).join();
    };
    assert.match(
      await told({ after: "blok2" }),
      /^model\.head\.after\S*: "blok2" matches no layer of `model-base` .* \(nearest: block2\b/,
    );
    assert.match(
      await told({ pool: "max" }),
      /^model\.head\.pool: .* gives a row of \d+: there are no places to pool \(pool: auto\)$/,
    );
    assert.match(
      await told({}, { freeze: "before:hed" }),
      /^model\.train\.freeze\S*: .*nearest: head\b/,
    );
  });
});

Deno.test("a new head that nothing trains teaches nobody", async () => {
  const teacher = { from: "./model.json", head: { outputs: 10 } };
  const student = { use: "mlp", hidden: [4] };
  const untaught = { name: "untaught", data, teacher, student, distill: { epochs: 1 } };
  await assert.rejects(
    () => recipe(untaught).compile(),
    /^RecipeError: .*teacher\.head\S* .*`teacher` has random weights where it answers: nothing trains it\n/,
  );
});

const TRANSFER = `decant: 1
name: cat-or-bird
data:
  from: ./photos/
  format: images
  split: { validation: 0, test: 0.5 }
  resize: [128, 128]
  normalize: { use: range, low: -1, high: 1 }
model:
  from: ${SOURCE}/tfjs/model.json
  head: {}
  train:
    - { epochs: 8, batch: 4, freeze: before:head, optimizer: { use: adam, learning_rate: 0.01 } }
    - { epochs: 1, batch: 4, freeze: before:head.dense }
quantize: { scheme: int8 }
expect:
  - model-train-1.accuracy >= 99 %
  - result.accuracy >= 99 %
`;

testWith(FOLDER, "a MobileNet that knows a thousand classes tells a cat from a bird", async () => {
  await within(async (folder) => {
    await photos(folder);
    await Deno.writeTextFile(`${folder}/transfer.yaml`, TRANSFER);
    const run = await (await load(`${folder}/transfer.yaml`)).run({ cache: `${folder}/cache` });
    assert.deepEqual(run.problems, []);
    assert.ok(run.ok, JSON.stringify(run.expect));
    await run.model("model").save(`${folder}/saved`);
    const [before, after] = [`${SOURCE}/tfjs`, `${folder}/saved`].map((at) => modelOf(filesIn(at)));
    assert.deepEqual(moved(before!, after!), []);
    assert.deepEqual(after!.layers.slice(-2).map(({ kind }) => kind), [
      "global-average-pool",
      "dense",
    ]);
  });
});
