/** A discriminator: what it learns by hand, where a generator goes, and a game broken off. */
import assert from "node:assert/strict";
import { normalizeValue } from "../../../../engine/recipe/check/normalize.ts";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { type Dataset, heldValues } from "../../../../ops/data/dataset.ts";
import { drawLatent } from "../../../../ops/data/embedded/draw_latent.ts";
import { fit } from "../../../../ops/learn/loop.ts";
import {
  openDiscriminator,
  rangeWarning,
  realReader,
} from "../../../../ops/learn/loss/discriminator.ts";
import { recordedTeacher } from "../../../../ops/learn/loss/teachers.ts";
import type { Outputs } from "../../../../ops/learn/outputs.ts";
import {
  discriminatorOf,
  type LossTerm,
  lossTermField,
} from "../../../../ops/learn/terms/terms.ts";
import { train } from "../../../../ops/learn/train.ts";
import type { Training } from "../../../../ops/learn/training_fields.ts";
import { inferLogits } from "../../../../ops/model/infer.ts";
import { initialModel } from "../../../../ops/model/initialize.ts";
import type { Model } from "../../../../ops/model/model.ts";
import { decodeWeight } from "../../../../ops/model/weights.ts";
import { vaeDecoder } from "../../../../ops/model/zoo/cvae.ts";
import { dcganDiscriminator } from "../../../../ops/model/zoo/dcgan.ts";
import { livelyModel } from "../../lively_model.ts";
import { modelDigest } from "../../model_digest.ts";
import { denseModel } from "../../prune/dense_model.ts";
import { type Given, runContext } from "../../run_context.ts";
import { adam, sgd, tableData, training, valuesOf } from "../small_trainings.ts";
import { assertClose } from "../../../close.ts";

const { train: drawn } = drawLatent({ size: 1, conditions: 1, count: 256, seed: 3 }, []);

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
  [...heldValues(parts.train!.x)].reduce((sum, x) => sum + x, 0) / parts.train!.count;

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
  return { model, reported: context.reported };
};

const image = [8, 8, 1];

const decoder = (width: number, seed: number) =>
  livelyModel(vaeDecoder.build([3], 4, { filters: [8, 4], width, image }), seed);

const critic = initialModel(dcganDiscriminator.build(image, 4, { filters: [4, 6], width: 1 }), 9);

const { train: latentPart } = drawLatent({ size: 3, conditions: 4, count: 96, seed: 1 }, []);

const pictures: Dataset = {
  meta: {
    input: [3],
    type: "float32",
    task: "generation",
    classes: ["0", "1", "2", "3"],
    outputs: 4,
    normalize: { scale: [1], offset: [0] },
  },
  parts: { train: latentPart, validation: latentPart },
};

const lossOf = (...terms: readonly unknown[]): Training["loss"] =>
  terms.map((term) => normalizeValue(lossTermField, term as never)) as unknown as Training["loss"];

const teacher = decoder(1, 3);

const said = withTensors(async (room): Promise<Outputs> => {
  const logits = await inferLogits(room, teacher, latentPart);
  return { count: latentPart.count, width: 64, logits };
});

/** A student after a training with recorded outputs. */
async function taught(
  terms: Training["loss"],
  { given, saveEvery = 20, discriminator = critic, epochs = 3 }: {
    readonly given?: Given;
    readonly saveEvery?: number;
    readonly discriminator?: Model;
    readonly epochs?: number;
  } = {},
) {
  const outputs = await said;
  const context = runContext(given);
  const job = {
    model: decoder(0.5, 4),
    data: pictures,
    training: training({ epochs, batch: 32, optimizer: adam(0.01), loss: terms }),
    auxiliaries: terms.map((term) => "through" in term ? discriminator : undefined),
  };
  const model = await withTensors((room) => {
    const teachers = terms.map(() => recordedTeacher(room, pictures, outputs));
    return fit(room, { ...job, teachers }, context, { saveEvery });
  });
  return { model, reported: context.reported };
}

const pictureGame = (more = {}) =>
  lossOf("output", { use: "adversarial", through: "critic", weight: 0.1, ...more });

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
  assertClose(valuesOf(made, "dense1/kernel")[0]!, w - rate * mean((z) => pull(z) * z), 1e-5);
  assertClose(valuesOf(made, "dense1/bias")[0]!, b - rate * mean(pull), 1e-5);
});

Deno.test("a critic that reads classes is given those of the real samples for them, the batch's for what is made", async () => {
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
    assertClose(kernel[0]!, a - rate * (real * r + fake * f), 1e-5);
    assertClose(kernel[1]!, k[0] - rate * fake, 1e-5);
    assertClose(kernel[2]!, k[1] - rate * real, 1e-5);
    assertClose(moved["dense/bias"]![0]!, c - rate * (real + fake), 1e-5);
    critic.close();
  });
});

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
          [...batch.samples].map((sample) => heldValues(cloud.parts.train!.x)[sample]),
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
    const resume = context.reported.saved[at]!;
    assert.equal(await modelDigest((await played(cloud, { resume }, 3)).model), digest);
  }
  const others = numbers(...Array.from(heldValues(cloud.parts.train!.x), (x) => x + 0.5));
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
    return context.reported.warnings;
  };
  assert.deepEqual(await warnings(numbers(-1, 0.5, 1)), []);
  assert.match(
    (await warnings(numbers(-1, 2))).join(),
    /loss\.0\.real.* between -1 and 2.* -1 and 1/,
  );
});

Deno.test("a critic comes to tell bright images from dark ones, by every objective", async () => {
  for (const objective of ["cross-entropy", "hinge", "least-squares"] as const) {
    await withTensors((room) => {
      const discriminator = openDiscriminator(room, critic, {
        ...{ data: pictures, optimizer: adam(0.01), seed: 0, arrays: {} },
        loss: discriminatorOf(pictureGame({ objective })[1]!)!.loss!,
      });
      const batch = { samples: Uint32Array.of(0, 1, 2, 3) };
      const images = (value: number) => room.tf.fill([4, 64], value);
      const gap = () => {
        const logits = [0.9, 0.1].map((value) => discriminator.at(batch).logits(images(value)));
        const [bright, dark] = logits.map((each) => room.values(room.tf.mean(each))[0]!);
        return bright! - dark!;
      };
      room.tf.tidy(() => {
        const before = gap();
        for (let update = 0; update < 40; update++) {
          const outputs = { real: images(0.9), fake: images(0.1) };
          discriminator.update(batch, outputs, { epoch: update, epochs: 40, update });
        }
        assert.ok(gap() > before + 0.5, `${objective}: ${before} → ${gap()}`);
      });
      discriminator.close();
    });
  }
});

Deno.test("a game broken off at any batch ends with the same bits, critic and noise included", async () => {
  const whole = await taught(pictureGame(), { saveEvery: 0 });
  const digest = await modelDigest(whole.model);
  for (const at of [0, 4, 7]) {
    const resume = whole.reported.saved[at]!;
    const rest = await taught(pictureGame(), { given: { resume } });
    assert.equal(await modelDigest(rest.model), digest, `from state ${at}`);
  }
});

Deno.test("real values that the last activation never gives are warned of, with the way to bring them there", () => {
  const made = (activation: string, head: Model["head"] = "none"): Model => {
    const { layers: [layer], ...model } = affine(1, 0);
    return { ...model, head, layers: [{ ...layer, activation } as Model["layers"][number]] };
  };
  const warned = (models: readonly Model[], ...values: number[]) =>
    rangeWarning("loss.0.real", numbers(...values), models);
  const text = (values: string, low: number, high: number) =>
    `\`loss.0.real\`: real values lie between ${values}, the model makes them between ${low} and ` +
    `${high}; normalize: { use: range, low: ${low}, high: ${high} } of those data would bring them there`;
  const [tanh, sigmoid, linear] = ["tanh", "sigmoid", "linear"].map((each) => made(each)) as [
    Model,
    Model,
    Model,
  ];
  assert.equal(warned([linear], -5, 7), undefined);
  assert.equal(warned([tanh], -1, 1.000001), undefined);
  assert.equal(warned([tanh], -1, 1.5), text("-1 and 1.5", -1, 1));
  assert.equal(warned([sigmoid], 0.25, 1), undefined);
  assert.equal(warned([sigmoid], -0.5, 1), text("-0.5 and 1", 0, 1));
  assert.equal(warned([made("linear", "sigmoid")], -0.5, 1), text("-0.5 and 1", 0, 1));
  assert.equal(warned([tanh, sigmoid], -0.5, 1), text("-0.5 and 1", 0, 1), "what both make");
});
