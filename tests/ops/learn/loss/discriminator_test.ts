/** A game against data: what a critic learns of them by hand, where a generator goes, and a game broken off. */
import assert from "node:assert/strict";
import { ParameterError } from "../../../../engine/op.ts";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { drawLatent } from "../../../../ops/data/embedded/draw_latent.ts";
import { type Dataset, factsOf } from "../../../../ops/data/dataset.ts";
import { initialModel } from "../../../../ops/model/initialize.ts";
import { modelFacts } from "../../../../ops/model/layers.ts";
import type { Model } from "../../../../ops/model/model.ts";
import { decodeWeight } from "../../../../ops/model/weights.ts";
import { openDiscriminator, realReader } from "../../../../ops/learn/loss/discriminator.ts";
import { discriminatorOf, type LossTerm } from "../../../../ops/learn/terms/terms.ts";
import { train } from "../../../../ops/learn/train.ts";
import { modelDigest } from "../../model_digest.ts";
import { denseModel } from "../../prune/dense_model.ts";
import { type Given, runContext } from "../../run_context.ts";
import { sgd, tableData, training, valuesOf } from "../small_trainings.ts";

const { train: drawn } = drawLatent({ size: 1, conditions: 1, count: 256, seed: 3 });
const latents: Dataset = {
  meta: {
    input: [1],
    type: "float32",
    task: "generation",
    classes: ["0"],
    outputs: 1,
    normalize: { scale: [1], offset: [0] },
  },
  parts: { train: drawn },
};
const affine = (kernel: number, bias: number) => denseModel([{ kernel: [[kernel]], bias: [bias] }]);
const game = (more: Partial<Extract<LossTerm, { use: "adversarial" }>> = {}): LossTerm => ({
  use: "adversarial",
  weight: 1,
  through: "critic",
  objective: "least-squares",
  critic: "trained",
  real: "numbers",
  ...more,
});
const numbers = (...values: number[]) => tableData(values.map((x) => [x]), values.map(() => [0]));
const meanOf = ({ parts }: Dataset) =>
  [...parts.train!.x].reduce((sum, x) => sum + x, 0) / parts.train!.count;
const near = (value: number, expected: number) =>
  assert.ok(Math.abs(value - expected) < 1e-5, `${value}, not ${expected}`);

Deno.test("the first step of critic and generator is what the equations of least squares give", async () => {
  const [w, b, a, c, r, rate] = [0.5, -0.25, 0.75, 0.125, 2, 0.1];
  const referenced = { critic: affine(a, c), numbers: numbers(r, r, r) };
  const params = training({ batch: 256, optimizer: sgd(rate), loss: [game()] });
  const made = await train.run(
    { model: affine(w, b), data: latents },
    params,
    runContext({ referenced }),
  );
  const z = [...drawn.x];
  const mean = (of: (z: number) => number) => z.reduce((sum, each) => sum + of(each), 0) / z.length;
  const x = (z: number) => w * z + b;
  const miss = a * r + c - 1;
  const a2 = a - rate * (miss * r + mean((z) => (a * x(z) + c) * x(z)));
  const c2 = c - rate * (miss + mean((z) => a * x(z) + c));
  const pull = (z: number) => (a2 * x(z) + c2 - 1) * a2;
  near(valuesOf(made, "dense1/kernel")[0]!, w - rate * mean((z) => pull(z) * z));
  near(valuesOf(made, "dense1/bias")[0]!, b - rate * mean(pull));
});

/** d(x, label) = a x + k · label + c. */
function conditional(a: number, k: readonly [number, number], c: number): Model {
  const model = initialModel({
    family: "critic",
    inputs: [{ name: "input", shape: [1] }, { name: "label", shape: [2] }],
    layers: [
      { name: "joined", kind: "concat", inputs: ["input", "label"] },
      {
        ...{ name: "dense", kind: "dense", inputs: ["joined"] },
        ...{ units: 1, bias: true, activation: "linear" },
      },
    ],
    outputs: ["dense"],
    head: "none",
  }, 1);
  const weight = (name: string, values: number[]) => ({
    [name]: { ...model.weights[name]!, data: Float32Array.from(values) },
  });
  const weights = { ...weight("dense/kernel", [a, ...k]), ...weight("dense/bias", [c]) };
  return { ...model, weights };
}

Deno.test("a critic that is told classes hears those of the real samples for them, the batch's for what is made", async () => {
  const labelled = (data: Dataset, label: number): Dataset => {
    const { count, x } = data.parts.train!;
    const y = new Int32Array(count).fill(label);
    const meta = { ...data.meta, classes: ["0", "1"], outputs: 2 };
    return { meta, parts: { train: { count, x, y } } };
  };
  const [a, k, c, r, f, rate] = [0.5, [0.25, -0.25], 0.125, 2, -1, 0.1] as const;
  const learning = {
    ...{ data: labelled(latents, 0), real: labelled(numbers(r, r, r, r, r), 1) },
    ...{ optimizer: sgd(rate), seed: 0, arrays: {} },
  };
  const loss = discriminatorOf(game({ objective: "least-squares" }))!.loss!;
  await withTensors((room) => {
    const critic = openDiscriminator(room, conditional(a, k, c), { ...learning, loss });
    room.tf.tidy(() => {
      const batch = { samples: Uint32Array.of(0, 1, 2) };
      const moment = { epoch: 0, epochs: 1, update: 0 };
      critic.update(batch, { real: undefined, fake: room.tf.fill([3, 1], f) }, moment);
    });
    const moved = critic.capture();
    const [real, fake] = [a * r + k[1] + c - 1, a * f + k[0] + c];
    const kernel = [...moved["dense/kernel"]!];
    near(kernel[0]!, a - rate * (real * r + fake * f));
    near(kernel[1]!, k[0] - rate * fake);
    near(kernel[2]!, k[1] - rate * real);
    near(moved["dense/bias"]![0]!, c - rate * (real + fake));
    critic.close();
  });
});

const cloud = numbers(...Array.from(drawn.x, (z) => 1 + z / 2).reverse());
const learning = training({
  ...{ epochs: 120, batch: 64, loss: [game({ objective: "cross-entropy" })] },
  optimizer: sgd(0.1, { momentum: 0, ["weight_decay"]: 0.5 }),
});
const played = async (real: Dataset, given: Given = {}, epochs = 120) => {
  const context = runContext({ ...given, referenced: { critic: affine(0.1, 0), numbers: real } });
  const model = await train.run(
    { model: affine(0.5, 0), data: latents },
    { ...learning, epochs },
    context,
  );
  return { model, heard: context.heard };
};

// A linear critic alone circles around the answer; held down, it comes to rest there (Mescheder et al. 2018, 1801.04406).
Deno.test("a generator's mean comes to that of the data", async () => {
  const { model } = await played(cloud);
  const mean = meanOf(cloud);
  const [w, b] = ["dense1/kernel", "dense1/bias"].map((name) => decodeWeight(model.weights[name]!));
  const made = b![0]! + w![0]! * meanOf(latents);
  assert.ok(Math.abs(made - mean) < 0.1, `${made}, not ${mean}`);
});

Deno.test("real samples are drawn by the number of the update, as many as asked for, all in the end", async () => {
  await withTensors((room) => {
    const shown = (seed: number, update: number, count = 64) =>
      room.tf.tidy(() => {
        const { batch, outputs } = realReader(room, cloud, seed)(count, update);
        const values = room.values(outputs);
        assert.deepEqual(outputs.shape, [count, 1]);
        assert.deepEqual(
          [...values],
          [...batch.samples].map((sample) => cloud.parts.train!.x[sample]),
        );
        return [...batch.samples];
      });
    assert.deepEqual(shown(0, 5), shown(0, 5));
    assert.deepEqual(shown(0, 5).slice(0, 7), shown(0, 5, 7));
    assert.notDeepEqual(shown(0, 5), shown(0, 6));
    assert.notDeepEqual(shown(0, 5), shown(1, 5));
    const seen = new Set(Array.from({ length: 60 }, (_, update) => shown(0, update)).flat());
    assert.equal(seen.size, 256);
  });
});

Deno.test("a game against data broken off at any batch ends with the same bits", async () => {
  const context = runContext({ referenced: { critic: affine(0.1, 0), numbers: cloud } });
  const { fit } = await import("../../../../ops/learn/loop.ts");
  const { openLossInputs } = await import("../../../../ops/learn/loss/loss_inputs.ts");
  const model = affine(0.5, 0);
  const whole = await withTensors(async (room) => {
    const sources = { loss: learning.loss, data: latents, models: [model] };
    const inputs = await openLossInputs(room, sources, context);
    const job = { model, data: latents, training: { ...learning, epochs: 3 }, ...inputs };
    return await fit(room, job, context, { saveEvery: 0 });
  });
  const digest = await modelDigest(whole);
  assert.equal(await modelDigest((await played(cloud, {}, 3)).model), digest);
  for (const at of [0, 3, 6, 10]) {
    const resume = context.heard.saved[at]!;
    assert.equal(await modelDigest((await played(cloud, { resume }, 3)).model), digest);
  }
  const others = numbers(...Array.from(cloud.parts.train!.x, (x) => x + 0.5));
  assert.notEqual(await modelDigest((await played(others, {}, 3)).model), digest);
});

Deno.test("data that a model cannot make are warned of", async () => {
  const squashed = affine(0.5, 0);
  const model = {
    ...squashed,
    layers: squashed.layers.map((layer) => ({ ...layer, activation: "tanh" }) as typeof layer),
  };
  const warnings = async (real: Dataset) => {
    const context = runContext({ referenced: { critic: affine(0.1, 0), numbers: real } });
    await train.run({ model, data: latents }, { ...learning, epochs: 1 }, context);
    return context.heard.warnings;
  };
  assert.deepEqual(await warnings(numbers(-1, 0.5, 1)), []);
  assert.match(
    (await warnings(numbers(-1, 2))).join(),
    /loss\.0\.real.* between -1 and 2.* -1 and 1/,
  );
});

Deno.test("who takes data for real learns from them, and they are what is made", () => {
  const known = (real: Dataset, judge: Model = affine(1, 0)) => ({
    model: modelFacts(affine(1, 0), { ...affine(1, 0), learned: false }),
    data: factsOf(latents.meta),
    ["loss.0.real"]: factsOf(real.meta),
    ["loss.0.through"]: modelFacts(judge, { ...judge, learned: false }),
  });
  const refused = (facts: ReturnType<typeof known>, term: LossTerm, path: string, words: RegExp) =>
    assert.throws(
      () => train.facts(facts, training({ loss: [term] })),
      (error) =>
        error instanceof ParameterError && error.path === path && words.test(error.message),
    );
  train.facts(known(cloud), training({ loss: [game()] }));
  const wide = tableData([[1, 2]], [[0]]);
  refused(known(wide), game(), "loss.0.real", /makes 1, a sample of the data is 2/);
  refused(known(cloud), game({ critic: "frozen" }), "loss.0.critic", /looks at no real samples/);
  refused(known(cloud), game({ teacher: "other" }), "loss.0.teacher", /not from both/);
  const { real: _, ...taught } = game() as Extract<LossTerm, { use: "adversarial" }>;
  refused(known(cloud), taught, "loss.0", /listens to no teacher/);
});
