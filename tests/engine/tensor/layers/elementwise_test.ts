import assert from "node:assert/strict";
import { type Activation, type Tensor, withTensors } from "../../../../engine/tensor/mod.ts";
import { elementwiseLayers } from "../../../../engine/tensor/layers/elementwise.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import type { Tf } from "../../../../engine/deps/tfjs_core.ts";
import { fc } from "../../../deps.ts";
import { given, inRoom, inStock } from "../support/layer_under_test.ts";
import { assertClose } from "../support/stock.ts";

refuseLeaks(true);

/** What each activation means, in stock ops. */
const definition: { readonly [A in Activation]: (tf: Tf, x: Tensor) => Tensor } = {
  linear: (tf, x) => tf.mul(x, 1),
  relu: (tf, x) => tf.relu(x),
  relu6: (tf, x) => tf.relu6(x),
  sigmoid: (tf, x) => tf.sigmoid(x),
  tanh: (tf, x) => tf.tanh(x),
  gelu: (tf, x) => tf.mul(tf.mul(x, 0.5), tf.add(tf.erf(tf.div(x, Math.SQRT2)), 1)),
  elu: (tf, x) => tf.elu(x),
  "leaky-relu": (tf, x) => tf.leakyRelu(x, 0.2),
};

const shapes = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 0, maxLength: 4 });

for (const activation of Object.keys(definition) as Activation[]) {
  Deno.test(`${activation} agrees with its definition in stock tfjs, gradients too`, async () => {
    await fc.assert(
      fc.asyncProperty(shapes, async (shape) => {
        const x = [given(shape, 1, 8)];
        const ours = await inRoom(elementwiseLayers, (nn, [x]) => nn.activate(x!, activation), x);
        const theirs = await inStock((tf, [x]) => definition[activation](tf, x!), x);
        assertClose(ours[0]!, theirs[0]!, 2e-6, "value");
        assertClose(ours[1]!, theirs[1]!, 4e-6, "gradient");
      }),
      { numRuns: 15 },
    );
  });

  Deno.test(`add with ${activation} agrees with stock tfjs, gradients too`, async () => {
    await fc.assert(
      fc.asyncProperty(shapes, async (shape) => {
        const inputs = [given(shape, 1, 4), given(shape, 2, 4)];
        const ours = await inRoom(
          elementwiseLayers,
          (nn, [a, b]) => nn.add(a!, b!, activation),
          inputs,
        );
        const theirs = await inStock(
          (tf, [a, b]) => definition[activation](tf, tf.add(a!, b!)),
          inputs,
        );
        for (const i of [0, 1, 2]) assertClose(ours[i]!, theirs[i]!, 4e-6, `result ${i}`);
      }),
      { numRuns: 10 },
    );
  });
}

Deno.test("a tensor of more than one block is done to its end, and x + x has gradient 2", async () => {
  const x = [given([8193 * 2 + 3], 1)];
  const [y, dx] = await inRoom(elementwiseLayers, (nn, [x]) => nn.add(x!, x!, "linear"), x);
  assertClose(y!, x[0]!.data.map((v) => 2 * v), 0, "value");
  assertClose(dx!, given([x[0]!.data.length], 99).data.map((w) => 2 * w), 1e-7, "gradient");
});

Deno.test("NaN and infinities pass through activations as through stock tfjs", async () => {
  const x = { data: new Float32Array([NaN, Infinity, -Infinity, 0, -1e-40]), shape: [5] };
  for (const activation of Object.keys(definition) as Activation[]) {
    if (activation === "gelu") continue; // −∞ · 0: the definition gives NaN, as ours does
    const [ours] = await inRoom(elementwiseLayers, (nn, [x]) => nn.activate(x!, activation), [x]);
    const [theirs] = await inStock((tf, [x]) => definition[activation](tf, x!), [x]);
    assertClose(ours!, theirs!, 1e-6, activation);
  }
});

Deno.test("adding unequal shapes is refused with both shapes", async () => {
  await assert.rejects(
    () =>
      withTensors(({ tf, nn }) => {
        tf.tidy(() => {
          nn.add(tf.zeros([2]), tf.zeros([3]), "relu");
        });
      }),
    { message: "Cannot add [2] and [3]: the layer needs equal shapes" },
  );
});
