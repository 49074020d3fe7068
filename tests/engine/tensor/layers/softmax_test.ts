import assert from "node:assert/strict";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { softmaxLayers } from "../../../../engine/tensor/layers/softmax.ts";
import { refuseLeaks, roomEquipment } from "../../../../engine/tensor/room.ts";
import { fc } from "../../../deps.ts";
import { given, inRoom, inStock } from "../support/layer_under_test.ts";
import { assertClose, noise } from "../support/stock.ts";

refuseLeaks(true);

const teacher = [2, 1, .1, -1];
const student = [1, .5, -.5, .2];

/** softmax(values / T) in the room. */
const softmax = async (values: number[], temperature: number): Promise<number[]> => {
  const z = { data: Float32Array.from(values), shape: [1, values.length] };
  return [...(await inRoom(softmaxLayers, (nn, [z]) => nn.softmax(z!, temperature), [z]))[0]!];
};

/** Cross-entropy of the student to given targets, and its gradient for the student's logits. */
const crossEntropy = (logits: number[], targets: number[], temperature: number) =>
  withTensors(({ tf, nn, tensor, values, valueAndGradients }) => {
    const z = tensor(Float32Array.from(logits), [1, logits.length]);
    const p = tensor(Float32Array.from(targets), [1, targets.length]);
    const { value, gradients } = valueAndGradients(
      () => tf.sum(nn.crossEntropy(z, p, temperature)),
      [z],
    );
    const result = { value: values(value)[0]!, gradient: [...values(gradients[0]!)] };
    tf.dispose([z, p, value, gradients[0]!]);
    return result;
  });

const entropy = (p: readonly number[]) => -p.reduce((sum, v) => sum + v * Math.log(v), 0);

Deno.test("softmax gives the published probabilities of teacher and student", async () => {
  assertClose(await softmax(teacher, 1), [.63806635, .23473149, .0954347, .03176745], 1e-6, "p_t");
  assertClose(await softmax(student, 1), [.43879091, .26614014, .09790749, .19716146], 1e-6, "p_s");
});

Deno.test("distillation's loss and gradient are the reference's at temperatures 1, 2, 4, 20", async () => {
  // Cross-entropy − entropy of the targets = KL; T² scales the loss, T its gradient p_s − p_t.
  const table: [number, number, number[]][] = [
    [1, .14899124, [-.19927544, .03140865, .00247278, .16539401]],
    [2, .24862527, [-.21778065, -.01415748, -.02560695, .25754507]],
    [4, .30497582, [-.21179006, -.04253341, -.05450218, .30882565]],
    [20, .34660572, [-.19825701, -.06394263, -.08520002, .34739967]],
  ];
  for (const [temperature, loss, gradient] of table) {
    const targets = await softmax(teacher, temperature);
    const result = await crossEntropy(student, targets, temperature);
    const square = temperature * temperature;
    assertClose([(result.value - entropy(targets)) * square], [loss], 1e-4, `T = ${temperature}`);
    assertClose(
      result.gradient.map((g) => g * square),
      gradient,
      1e-5,
      `gradient, T ${temperature}`,
    );
  }
});

Deno.test("at high temperature the gradient is that of matched centred logits", async () => {
  const temperature = 1000;
  const targets = await softmax(teacher, temperature);
  const { gradient } = await crossEntropy(student, targets, temperature);
  // (1/T²) d̃ / K with d = z_s − z_t centred.
  const limit = [-.19375, -.06875, -.09375, .35625];
  assertClose(gradient.map((g) => g * temperature * temperature), limit, 2e-2, "limit");
});

Deno.test("hard cross-entropy and its weighted sums are the reference's", async () => {
  const hard = (await crossEntropy(student, [1, 0, 0, 0], 1)).value;
  assertClose([hard], [.82373227], 1e-6, "hard");
  const soft = async (temperature: number) => {
    const targets = await softmax(teacher, temperature);
    const { value } = await crossEntropy(student, targets, temperature);
    return (value - entropy(targets)) * temperature * temperature;
  };
  assertClose([.9 * await soft(4) + .1 * hard], [.35685147], 1e-4, "sw .9, T 4, hw .1");
  assertClose([.5 * await soft(2) + .5 * hard], [.53617877], 1e-4, "sw .5, T 2, hw .5");
});

Deno.test("shifts change nothing, equal logits have no gradient, gradients sum to 0", async () => {
  const targets = await softmax(teacher, 4);
  const plain = await crossEntropy(student, targets, 4);
  const shifted = await crossEntropy(student.map((z) => z + 3), targets, 4);
  assertClose([shifted.value], [plain.value], 1e-6, "shift");
  assertClose([plain.gradient.reduce((a, b) => a + b)], [0], 1e-7, "sum");
  const same = await crossEntropy(teacher, targets, 4);
  assertClose(same.gradient, [0, 0, 0, 0], 1e-7, "gradient at the teacher");
  assertClose([same.value], [entropy(targets)], 1e-6, "value at the teacher");
});

const shapes = fc.tuple(fc.integer({ min: 0, max: 6 }), fc.integer({ min: 1, max: 70 }));
const temperatures = fc.constantFrom(0.5, 1, 2, 20);

for (const layer of ["softmax", "logSoftmax"] as const) {
  Deno.test(`${layer} agrees with stock tfjs in value and gradient`, async () => {
    await fc.assert(
      fc.asyncProperty(shapes, temperatures, async (shape, temperature) => {
        const z = [given(shape, 1, 8)];
        const ours = await inRoom(softmaxLayers, (nn, [z]) => nn[layer](z!, temperature), z);
        const theirs = await inStock((tf, [z]) => tf[layer](tf.div(z!, temperature)), z);
        assertClose(ours[0]!, theirs[0]!, 3e-6, "value");
        assertClose(ours[1]!, theirs[1]!, 3e-6, "gradient");
      }),
      { numRuns: 60 },
    );
  });
}

Deno.test("crossEntropy agrees with stock tfjs for targets of any mass", async () => {
  await fc.assert(
    fc.asyncProperty(shapes, temperatures, async (shape, temperature) => {
      const z = [given(shape, 1, 8)];
      const targets = noise(shape[0] * shape[1], 5).map(Math.abs);
      const ours = await withTensors(({ tf, nn, tensor, values, valueAndGradients }) => {
        const logits = tensor(z[0]!.data, shape);
        const p = tensor(targets, shape);
        const { value, gradients } = valueAndGradients(
          () => tf.sum(nn.crossEntropy(logits, p, temperature)),
          [logits],
        );
        const all = [values(value), values(gradients[0]!)];
        tf.dispose([logits, p, value, gradients[0]!]);
        return all;
      });
      const theirs = await inStock((tf, [z]) => {
        const log = tf.logSoftmax(tf.div(z!, temperature));
        return tf.neg(tf.sum(tf.mul(log, tf.tensor(targets, shape))));
      }, z);
      const weight = noise(1, 99)[0]!;
      assertClose(ours[0]!, theirs[0]!, 1e-5, "value");
      assertClose(ours[1]!.map((g) => g * weight), theirs[1]!, 1e-5, "gradient");
    }),
    { numRuns: 40 },
  );
});

Deno.test("a masked class with target 0 costs nothing; a temperature of 0 is refused", async () => {
  const masked = await crossEntropy([1, -Infinity, 0], [1, 0, 0], 1);
  assertClose([masked.value], [Math.log(1 + Math.exp(-1))], 1e-6, "value");
  assert.equal(masked.gradient[1], 0);
  for (const temperature of [0, -1, NaN]) {
    await assert.rejects(() => softmax([1, 2], temperature), {
      name: "RangeError",
      message: `Cannot divide logits by temperature ${temperature}: it must be above 0`,
    });
  }
});

Deno.test("a row of softmax does not depend on the rows beside it", async () => {
  const all = given([7, 13], 3, 5);
  const [together] = await inRoom(softmaxLayers, (nn, [z]) => nn.softmax(z!, 2), [all]);
  for (let row = 0; row < 7; row++) {
    const alone = { data: all.data.slice(row * 13, row * 13 + 13), shape: [1, 13] };
    const [single] = await inRoom(softmaxLayers, (nn, [z]) => nn.softmax(z!, 2), [alone]);
    assert.deepEqual(single, together!.slice(row * 13, row * 13 + 13));
  }
});

Deno.test("a scalar, and targets of another shape, are refused; rows without classes are empty", async () => {
  const { machine } = await roomEquipment();
  const nn = softmaxLayers(machine);
  await withTensors(({ tf }) => {
    tf.tidy(() => {
      assert.throws(
        () => nn.logSoftmax(tf.scalar(1), 1),
        { message: "Cannot take the softmax of a scalar: it needs an axis" },
      );
      for (const [z, targets] of [[[2, 3], [3, 2]], [[6], [6]], [[1, 2, 3], [1, 2, 3]]] as const) {
        assert.throws(() => nn.crossEntropy(tf.zeros([...z]), tf.zeros([...targets]), 1), {
          message: `Cannot compare logits [${z}] with targets [${targets}]: both must be [B, K]`,
        });
      }
      assert.deepEqual(nn.softmax(tf.zeros([3, 0]), 1).shape, [3, 0]);
    });
  });
});
