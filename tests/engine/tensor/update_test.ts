import { type Tensor, type Update, withTensors } from "../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import { fc } from "../../deps.ts";
import { assertClose, noise } from "./stock.ts";

refuseLeaks(true);

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
  await withTensors(({ tf, tensor, values, update }) =>
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
