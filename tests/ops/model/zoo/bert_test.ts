import assert from "node:assert/strict";
import { type Scalar, type Tensor, withTensors } from "../../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { forward } from "../../../../ops/model/forward.ts";
import { initialModel } from "../../../../ops/model/initialize.ts";
import { modelFacts } from "../../../../ops/model/layers.ts";
import { mapWeights } from "../../../../ops/model/weights.ts";
import { bert } from "../../../../ops/model/zoo/bert.ts";
import { weightTensors } from "../../../../ops/model/infer.ts";
import { plainLogits } from "../../plain_forward.ts";
import { assertClose } from "../../../close.ts";

refuseLeaks(true);

/**
 * A two-layer encoder of torch's own layers: weights (kernels turned to [inputs, outputs]), logits, what the last block
 * gives, and the gradients of the cross-entropy with the labels. Two of three samples end in padding.
 */
const torch = JSON.parse(
  await Deno.readTextFile(new URL("../networks/encoder_by_torch.json", import.meta.url)),
) as {
  readonly options: Record<
    "vocabulary" | "length" | "hidden" | "heads" | "feedforward" | "depth" | "outputs",
    number
  >;
  readonly tokens: readonly number[];
  readonly labels: readonly number[];
  readonly logits: readonly number[];
  readonly hidden: readonly number[];
  readonly loss: number;
  readonly weights: Readonly<Record<string, readonly number[]>>;
  readonly gradients: Readonly<Record<string, readonly number[]>>;
};

const { length, outputs, ...options } = torch.options;
const encoder = mapWeights(
  initialModel(bert.build([length], outputs, { ...options, dropout: 0 }), 0),
  (weight, name) => ({ ...weight, data: Float32Array.from(torch.weights[name]!) }),
);
const SAMPLES = torch.labels.length;

Deno.test("an encoder with torch's weights computes torch's logits and last hidden state, padding left out", async () => {
  const { logits, hidden } = await withTensors((room) => {
    const { weights, dispose } = weightTensors(room, encoder);
    const found = room.tf.tidy(() => {
      const x = room.tensor(Float32Array.from(torch.tokens), [SAMPLES, length]);
      const taps = ["block2"];
      const seen = forward(room, { ...encoder, weights }, [x], { training: false, taps });
      return { logits: room.values(seen.outputs[0]!), hidden: room.values(seen.taps.block2!) };
    });
    dispose();
    return found;
  });
  assertClose(logits, Float32Array.from(torch.logits), 2e-6);
  // Torch gives zeros or anything behind the last token; what is read by nobody is not compared.
  const width = options.hidden!;
  const real = (values: ArrayLike<number>) =>
    Float32Array.from(values).filter((_, i) => torch.tokens[Math.floor(i / width)] !== 0);
  assertClose(real(hidden), real(torch.hidden), 5e-6);
});

Deno.test("gradients of every weight are torch's", async () => {
  const gradients = await withTensors((room) => {
    const { weights, dispose } = weightTensors(room, encoder);
    const names = Object.keys(weights);
    const found = room.tf.tidy(() => {
      const x = room.tensor(Float32Array.from(torch.tokens), [SAMPLES, length]);
      const targets = room.tensor(
        Float32Array.from(
          torch.labels.flatMap((label) =>
            Array.from({ length: outputs }, (_, c) => Number(c === label))
          ),
        ),
        [SAMPLES, outputs],
      );
      const { value, gradients } = room.valueAndGradients(() => {
        const { outputs: [logits] } = forward(room, { ...encoder, weights }, [x], {
          training: true,
        });
        return room.tf.mean(room.nn.crossEntropy(logits!, targets, 1)) as Scalar;
      }, names.map((name) => weights[name] as Tensor));
      assertClose(room.values(value), Float32Array.of(torch.loss), 1e-6);
      return gradients.map((gradient) => room.values(gradient!));
    });
    dispose();
    return Object.fromEntries(names.map((name, i) => [name, found[i]!]));
  });
  assert.deepEqual(Object.keys(gradients).sort(), Object.keys(torch.gradients).sort());
  const scale = Math.max(...Object.values(torch.gradients).flat().map(Math.abs));
  for (const [name, expected] of Object.entries(torch.gradients)) {
    expected.forEach((value, i) =>
      assert.ok(Math.abs(gradients[name]![i]! - value) <= 1e-5 * scale, `${name} ${i}`)
    );
  }
});

Deno.test("plain loops in double precision agree with torch, so that they are an oracle for what torch cannot run", () => {
  for (let sample = 0; sample < SAMPLES; sample++) {
    const data = Float64Array.from(torch.tokens.slice(sample * length, (sample + 1) * length));
    const logits = plainLogits(encoder, [{ shape: [length], data }]);
    logits.forEach((value, c) =>
      assert.ok(Math.abs(value - torch.logits[sample * outputs + c]!) < 1e-7)
    );
  }
});

Deno.test("parameters are those of the published checkpoints, less the rows of segments", () => {
  const count = (options: Parameters<typeof bert.build>[2], outputs: number) => {
    const { parameters } = modelFacts(bert.build([512], outputs, options), {
      learned: false,
      established: {},
    });
    // The checkpoints end at the pooler.
    return parameters! - (options.hidden + 1) * outputs;
  };
  const vocabulary = 30522;
  const base = { depth: 12, hidden: 768, heads: 12, vocabulary, dropout: 0.1 };
  assert.equal(count(base, 2) + 2 * 768, 109_482_240);
  // TinyBERT-4: 14,350,248, which its authors round to 14.5 M (Jiao et al. 2020, table 1).
  const tiny = { depth: 4, hidden: 312, heads: 12, feedforward: 1200, vocabulary, dropout: 0 };
  assert.equal(count(tiny, 2) + 2 * 312, 14_350_248);
});

Deno.test("layers are named by what they do; a group's output is its last layer", () => {
  const { layers } = bert.build([4], 2, {
    ...{ depth: 1, hidden: 4, heads: 2, vocabulary: 9, dropout: 0.1 },
  });
  assert.deepEqual(layers.map(({ name }) => name), [
    "embedding.tokens",
    "embedding.positions",
    "embedding.norm",
    "embedding.dropout",
    "block1.attention.query",
    "block1.attention.key",
    "block1.attention.value",
    "block1.attention.core",
    "block1.attention.output",
    "block1.attention.dropout",
    "block1.add1",
    "block1.norm1",
    "block1.feedforward.dense1",
    "block1.feedforward.dense2",
    "block1.feedforward.dropout",
    "block1.add2",
    "block1.norm2",
    "head.first",
    "head.pooler",
    "head.dropout",
    "head.dense",
  ]);
});

Deno.test("the row that is classified, its dense layer and the number of padding are as asked", () => {
  const options = { depth: 1, hidden: 4, heads: 2, vocabulary: 9, dropout: 0 };
  const { layers } = bert.build([5], 2, {
    ...options,
    ...{ pooling: "mean", pooler: "none", padding: 3 },
  });
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  assert.deepEqual(byName.get("embedding.mask"), {
    ...{ name: "embedding.mask", kind: "function", inputs: ["input"] },
    ...{ function: "differs", parameters: [3] },
  });
  assert.deepEqual(byName.get("embedding.tokens")!.inputs, ["input"]);
  assert.equal(byName.get("block1.attention.core")!.inputs[3], "embedding.mask");
  assert.deepEqual(layers.slice(-2).map(({ name, inputs }) => [name, ...inputs]), [
    ["head.mean", "block1.norm2", "embedding.mask"],
    ["head.dense", "head.mean"],
  ]);
  const distil = bert.build([5], 2, { ...options, pooler: "relu" }).layers.at(-2)!;
  assert.equal(distil.kind === "dense" && distil.activation, "relu");
  const plain = bert.build([5], 2, options);
  const same = bert.build([5], 2, { ...options, pooling: "first", pooler: "tanh", padding: 0 });
  assert.deepEqual(same, plain);
});

Deno.test("multiply-accumulates count the products of weights and those of attention", () => {
  const { layers, macs } = modelFacts(
    bert.build([8], 2, { depth: 1, hidden: 6, heads: 3, vocabulary: 9, dropout: 0 }),
    { learned: false, established: {} },
  );
  const core = layers!.find(({ name }) => name === "block1.attention.core")!;
  assert.equal(core.type, "attention");
  assert.equal(core.macs, 2 * 8 * 8 * 6);
  assert.equal(macs, 8 * (4 * 6 * 6 + 2 * 6 * 24) + 2 * 8 * 8 * 6 + 6 * 6 + 6 * 2);
});

Deno.test("what cannot be built is said in a sentence", () => {
  const options = { depth: 1, hidden: 6, heads: 4, vocabulary: 9, dropout: 0 };
  assert.throws(() => bert.build([8], 2, options), /hidden 6 cannot be divided among 4 heads/);
  assert.throws(() => bert.build([8, 8, 1], 2, options), /reads tokens \[length\]/);
});
