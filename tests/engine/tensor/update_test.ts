/** Optimizer updates against the formulas of the papers, in double precision. */
import assert from "node:assert/strict";
import { type Tensor, type Update, withTensors } from "../../../engine/tensor/mod.ts";
import { refuseLeaks, roomEquipment } from "../../../engine/tensor/room.ts";
import { createUpdate, SLOTS } from "../../../engine/tensor/update.ts";
import { fc } from "../../deps.ts";
import { assertClose, noise } from "./support/stock.ts";

refuseLeaks(true);
const { machine } = await roomEquipment();
const update = createUpdate(machine);

/** One element's update in double precision, straight from the papers: [p, ...slots]. */
function expectedUpdate(u: Update, p: number, g: number, slots: number[]): number[] {
  switch (u.use) {
    case "sgd":
    case "nesterov": {
      const d = g + u.weightDecay * p;
      const v = u.momentum * slots[0]! + d;
      return [p - u.learningRate * (u.use === "sgd" ? v : d + u.momentum * v), v];
    }
    case "adam": {
      const d = u.decoupled ? g : g + u.weightDecay * p;
      const m = u.beta1 * slots[0]! + (1 - u.beta1) * d;
      const v = u.beta2 * slots[1]! + (1 - u.beta2) * d * d;
      const mHat = m / (1 - Math.pow(u.beta1, u.step));
      const vHat = v / (1 - Math.pow(u.beta2, u.step));
      const kept = u.decoupled ? p * (1 - u.learningRate * u.weightDecay) : p;
      return [kept - u.learningRate * mHat / (Math.sqrt(vHat) + u.epsilon), m, v];
    }
    case "rmsprop": {
      const d = g + u.weightDecay * p;
      const v = u.decay * slots[0]! + (1 - u.decay) * d * d;
      return [p - u.learningRate * d / (Math.sqrt(v) + u.epsilon), v];
    }
  }
}

const real = (min: number, max: number) => fc.double({ min, max, noNaN: true });
const rate = { learningRate: real(0, 0.5), weightDecay: real(0, 0.1) };
const updates: fc.Arbitrary<Update> = fc.oneof(
  fc.record({ use: fc.constantFrom("sgd", "nesterov"), ...rate, momentum: real(0, 0.99) }),
  fc.record({
    use: fc.constant("adam"),
    ...rate,
    beta1: real(0, 0.95),
    beta2: real(0.5, 0.999),
    epsilon: real(1e-8, 1e-3),
    decoupled: fc.boolean(),
    step: fc.integer({ min: 1, max: 2000 }),
  }),
  fc.record({
    use: fc.constant("rmsprop"),
    ...rate,
    decay: real(0, 0.99),
    epsilon: real(1e-7, 1e-3),
  }),
) as fc.Arbitrary<Update>;

Deno.test("updates follow the papers' formulas, and a mask holds zeros", async () => {
  await withTensors(({ tf, tensor, values }) =>
    fc.assert(
      fc.property(updates, fc.integer({ min: 0, max: 70 }), fc.boolean(), (u, n, masked) => {
        const keep = Float32Array.from(noise(n, 7), (v) => masked && v < 0 ? 0 : 1);
        const held = (data: Float32Array) => data.map((v, i) => v * keep[i]!);
        const start = [
          held(noise(n, 1)),
          noise(n, 2),
          held(noise(n, 3)),
          held(noise(n, 4).map(Math.abs)),
        ] as const;
        const count = u.use === "adam" ? 2 : 1;
        const slots = u.use === "sgd" || u.use === "nesterov"
          ? [start[2]]
          : u.use === "adam"
          ? [start[2], start[3]]
          : [start[3]];
        const of = (data: Float32Array): Tensor => tensor(data, [n]);
        const all = [of(start[0]), of(start[1]), ...slots.map(of)];
        const mask = masked ? of(keep) : undefined;
        update(all[0]!, all[1]!, all.slice(2), u, mask);
        const actual = [all[0]!, ...all.slice(2)].map(values);
        for (let i = 0; i < n; i++) {
          const expected = keep[i] === 0
            ? new Array(count + 1).fill(0)
            : expectedUpdate(u, start[0][i]!, start[1][i]!, slots.map((slot) => slot[i]!));
          assertClose(actual.map((data) => data[i]!), expected, 3e-6, `element ${i}`);
        }
        tf.dispose([...all, ...(mask ? [mask] : [])]);
      }),
      { numRuns: 200 },
    )
  );
});

const SGD = { use: "sgd", learningRate: 0.5, momentum: 0, weightDecay: 0 } as const;

Deno.test("a parameter is updated to its last element, in units of 4096", async () => {
  const launched: unknown[] = [];
  const spied = createUpdate({
    ...machine,
    launch: (kernel, units, ...numbers) => {
      launched.push([kernel, units]);
      machine.launch(kernel, units, ...numbers);
    },
  });
  await withTensors(({ tf, tensor, values }) => {
    for (const n of [4096, 4097, 8193]) {
      const ones = () => tensor(new Float32Array(n).fill(1), [n]);
      const [parameter, gradient, slot] = [ones(), ones(), ones()];
      spied(parameter, gradient, [slot], SGD);
      assert.ok(values(parameter).every((value) => value === 0.5), `${n} elements`);
      tf.dispose([parameter, gradient, slot]);
    }
  });
  const kernel = "updateMomentum";
  assert.deepEqual(launched, [[kernel, 1], [kernel, 2], [kernel, 3]]);
});

Deno.test("what stays packed of a parameter or of its slots is forgotten, of its gradient not", async () => {
  const changed: number[] = [];
  const spied = createUpdate({
    ...machine,
    packed: { ...machine.packed, changed: (at) => void changed.push(at) },
  });
  await withTensors(({ tf, tensor }) => {
    const all = [1, 2, 3].map(() => tensor(new Float32Array(2), [2]));
    const [parameter, gradient, slot] = all as [Tensor, Tensor, Tensor];
    spied(parameter, gradient, [slot], SGD);
    assert.deepEqual(changed, [parameter, slot].map(machine.pointer));
    tf.dispose(all);
  });
});

Deno.test("slots that are missing and tensors that do not fit are refused with what they are", async () => {
  assert.deepEqual(SLOTS, { sgd: 1, nesterov: 1, adam: 2, rmsprop: 1 });
  await withTensors(({ tf, tensor }) => {
    const two = tensor(new Float32Array(2), [2]);
    const three = tensor(new Float32Array(3), [3]);
    const whole = tensor(new Int32Array(2), [1, 2]);
    const square = tensor(new Float32Array(2), [1, 2]);
    assert.throws(
      () => update(two, two, [two, two], SGD),
      { message: 'Cannot update with "sgd" and 2 slots: it keeps 1' },
    );
    const refused = (dtype: string, shape: string) => ({
      message:
        `Cannot update a parameter of shape [2] with a ${dtype} tensor of shape [${shape}]: ` +
        "expected float32 of the same size",
    });
    assert.throws(() => update(two, three, [two], SGD), refused("float32", "3"));
    assert.throws(() => update(two, whole, [two], SGD), refused("int32", "1,2"));
    assert.throws(() => update(two, two, [three], SGD), refused("float32", "3"));
    assert.throws(() => update(two, two, [two], SGD, three), refused("float32", "3"));
    update(two, square, [two], SGD);
    tf.dispose([two, three, whole, square]);
  });
});
