import assert from "node:assert/strict";
import { type Activation, type Tensor, withTensors } from "../../../../engine/tensor/mod.ts";
import { elementwiseLayers } from "../../../../engine/tensor/layers/elementwise.ts";
import { normLayers } from "../../../../engine/tensor/layers/norm.ts";
import { refuseLeaks, roomEquipment } from "../../../../engine/tensor/room.ts";
import { loadTf, type Tf } from "../../../../engine/deps/tfjs_core.ts";
import { fc } from "../../../deps.ts";
import { type Given, given, inRoom, inStock } from "../support/layer_under_test.ts";
import { assertClose } from "../support/stock.ts";

refuseLeaks(true);

const stockActivation: { [A in Activation]?: (tf: Tf, x: Tensor) => Tensor } = {
  linear: (_, x) => x,
  relu: (tf, x) => tf.relu(x),
  relu6: (tf, x) => tf.relu6(x),
  sigmoid: (tf, x) => tf.sigmoid(x),
  tanh: (tf, x) => tf.tanh(x),
  elu: (tf, x) => tf.elu(x),
  "leaky-relu": (tf, x) => tf.leakyRelu(x, 0.2),
  gelu: (tf, x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.div(x, Math.SQRT2)), 1)),
};
const activations = fc.constantFrom(...Object.keys(stockActivation) as Activation[]);
const shapes = fc.oneof(
  fc.tuple(fc.integer({ min: 2, max: 700 }), fc.integer({ min: 1, max: 40 })),
  fc.tuple(...[3, 5, 6, 20].map((max) => fc.integer({ min: 2, max }))),
);
const epsilon = 1e-3;

const inputsFor = (shape: number[]): Given[] => {
  const channels = [shape.at(-1)!];
  return [given(shape, 1, 2), given(channels, 2, 1.5), given(channels, 3)];
};

/** The definition, in stock ops; tfjs differentiates it. */
function normalized(
  tf: Tf,
  x: Tensor,
  mean: Tensor,
  variance: Tensor,
  gamma: Tensor,
  beta: Tensor,
) {
  const scaled = tf.div(tf.sub(x, mean), tf.sqrt(tf.add(variance, epsilon)));
  return tf.add(tf.mul(scaled, gamma), beta);
}

Deno.test("batchNormTraining agrees with its definition in stock tfjs, gradients too", async () => {
  await fc.assert(
    fc.asyncProperty(shapes, activations, async (shape, activation) => {
      const inputs = inputsFor(shape);
      const ours = await inRoom(
        normLayers,
        (nn, [x, gamma, beta]) => nn.batchNormTraining(x!, gamma!, beta!, epsilon, activation).y,
        inputs,
      );
      const theirs = await inStock((tf, [x, gamma, beta]) => {
        const axes = shape.slice(1).map((_, i) => i);
        const mean = tf.mean(x!, axes);
        const variance = tf.mean(tf.square(tf.sub(x!, mean)), axes);
        return stockActivation[activation]!(
          tf,
          normalized(tf, x!, mean, variance, gamma!, beta!),
        );
      }, inputs);
      const names = ["y", "dx", "dgamma", "dbeta"];
      for (const [i, name] of names.entries()) assertClose(ours[i]!, theirs[i]!, 1e-3, name);
    }),
    { numRuns: 40 },
  );
});

Deno.test("batchNorm with given statistics agrees with stock tfjs, gradients too", async () => {
  await fc.assert(
    fc.asyncProperty(shapes, activations, async (shape, activation) => {
      const channels = [shape.at(-1)!];
      const inputs = inputsFor(shape);
      const mean = given(channels, 4).data;
      const variance = given(channels, 5).data.map((v) => v * v + 0.01);
      const tf = await loadTf();
      const ours = await inRoom(normLayers, (nn, [x, gamma, beta]) => {
        const statistics = [mean, variance].map((data) => tf.tensor(data, channels));
        return nn.batchNorm(
          ...[x!, statistics[0]!, statistics[1]!, gamma!, beta!] as const,
          epsilon,
          activation,
        );
      }, inputs);
      const theirs = await inStock((tf, [x, gamma, beta]) => {
        const statistics = [mean, variance].map((data) => tf.tensor(data, channels));
        return stockActivation[activation]!(
          tf,
          normalized(tf, x!, statistics[0]!, statistics[1]!, gamma!, beta!),
        );
      }, inputs);
      const names = ["y", "dx", "dgamma", "dbeta"];
      for (const [i, name] of names.entries()) assertClose(ours[i]!, theirs[i]!, 1e-4, name);
    }),
    { numRuns: 40 },
  );
});

/** Statistics of a training call. */
const statistics = (x: Float32Array, shape: number[]) =>
  withTensors(({ tf, nn, tensor, values }) => {
    const channels = shape.at(-1)!;
    const [t, gamma, beta] = [tensor(x, shape), tf.ones([channels]), tf.zeros([channels])];
    const { y, mean, variance } = nn.batchNormTraining(t, gamma, beta, epsilon, "linear");
    const all = { mean: values(mean), variance: values(variance), y: values(y) };
    tf.dispose([t, gamma, beta, y, mean, variance]);
    return all;
  });

Deno.test("mean and variance are exact to float32 even far from 0", async () => {
  const rows = 20_000;
  const { data } = given([rows, 3], 7);
  const x = data.map((v, i) => v + [0, 100, 4000][i % 3]!);
  const { mean, variance } = await statistics(x, [rows, 3]);
  for (let c = 0; c < 3; c++) {
    const column = [...x.filter((_, i) => i % 3 === c)];
    const center = column.reduce((a, b) => a + b) / rows;
    const spread = column.reduce((a, b) => a + (b - center) ** 2, 0) / rows;
    assert.ok(Math.abs(mean[c]! - center) <= 1e-6 * Math.abs(center) + 1e-6, `mean ${mean[c]}`);
    assert.ok(Math.abs(variance[c]! / spread - 1) < 2e-6, `variance ${variance[c]}, not ${spread}`);
  }
});

Deno.test("two rows by hand: mean 2, population variance 1", async () => {
  const { mean, variance, y } = await statistics(new Float32Array([1, 3]), [2, 1]);
  assert.deepEqual([mean[0], variance[0]], [2, 1]);
  assertClose(y, [-1 / Math.sqrt(1.001), 1 / Math.sqrt(1.001)], 1e-7, "y");
});

Deno.test("batchNorm of a row does not depend on the rows beside it", async () => {
  const shape = [50, 6];
  const inputs = inputsFor(shape);
  const { activate } = elementwiseLayers((await roomEquipment()).machine);
  const layer = (nn: ReturnType<typeof normLayers>, [x, gamma, beta]: Tensor[]) =>
    nn.batchNorm(x!, beta!, activate(gamma!, "sigmoid"), gamma!, beta!, epsilon, "gelu");
  const [together] = await inRoom(normLayers, layer, inputs);
  for (const row of [0, 17, 49]) {
    const alone = { data: inputs[0]!.data.slice(row * 6, row * 6 + 6), shape: [1, 6] };
    const [single] = await inRoom(normLayers, layer, [alone, inputs[1]!, inputs[2]!]);
    assert.deepEqual(single, together!.slice(row * 6, row * 6 + 6));
  }
});

Deno.test("an empty batch is normalised to nothing; a wrong length of gamma is a sentence", async () => {
  const empty = [given([0, 4], 1), given([4], 2), given([4], 3)];
  const [y] = await inRoom(
    normLayers,
    (nn, [x, gamma, beta]) => nn.batchNorm(x!, beta!, gamma!, gamma!, beta!, epsilon, "relu"),
    empty,
  );
  assert.equal(y!.length, 0);
  await assert.rejects(
    () =>
      withTensors(({ tf, nn }) => {
        tf.tidy(() => {
          nn.batchNormTraining(tf.zeros([2, 3]), tf.ones([4]), tf.ones([3]), epsilon, "relu");
        });
      }),
    { message: "Cannot normalise [2,3] with gamma [4]: it must be [3]" },
  );
});

Deno.test("rows without channels are normalised to nothing", async () => {
  const none = [given([3, 0], 1), given([0], 2), given([0], 3)];
  const results = await inRoom(
    normLayers,
    (nn, [x, gamma, beta]) => nn.batchNorm(x!, beta!, gamma!, gamma!, beta!, epsilon, "relu"),
    none,
  );
  assert.deepEqual(results.map(({ length }) => length), [0, 0, 0, 0]);
});
