/** What the self-test computes element by element: each function that has a kernel, and each way in which shapes meet. */
import assert from "node:assert/strict";
import { BLOCK } from "../../../../../engine/tensor/layers/elementwise.ts";
import type { Machine } from "../../../../../engine/tensor/machine.ts";
import { elementwiseCases } from "../../../../../engine/tensor/native/cases/elementwise.ts";
import { drawn } from "../../../../../engine/tensor/native/drawn.ts";
import { broadcast } from "../../../../../engine/tensor/overrides/broadcast.ts";
import { elementwiseOverrides } from "../../../../../engine/tensor/overrides/elementwise.ts";
import { withTensors } from "../../../../../engine/tensor/mod.ts";
import { sizeOf } from "../../../../../engine/shape.ts";

/** A kernel of tfjs that ran. */
interface Ran {
  readonly name: string;
  readonly inputShapes: readonly (readonly number[])[];
}

/** The kernels that a case runs, in order, and the shapes of what it gives. */
async function done(name: string): Promise<{ kernels: readonly Ran[]; shapes: number[][] }> {
  return await withTensors(async (room) => {
    const { tf } = room;
    const shapes: number[][] = [];
    const { kernels } = await (tf as unknown as {
      profile(body: () => unknown): Promise<{ kernels: Ran[] }>;
    }).profile(() =>
      tf.tidy(() => {
        const made = elementwiseCases[name]!(drawn(room, false));
        shapes.push(...made.flatMap((each) => "pairs" in each ? [] : [[...each.shape]]));
        return tf.scalar(0);
      })
    );
    return { kernels, shapes };
  });
}

/** The names under which tfjs finds our kernels for elements. */
const ours = Object.keys(
  elementwiseOverrides({ tf: { getKernel: () => ({}) } } as unknown as Machine),
);

const isLong = (n: number): boolean => n > BLOCK && n % BLOCK % 16 !== 0;

const ONE =
  "Exp Log Sqrt Rsqrt Abs Neg Square Sign Floor Ceil Round Sigmoid Tanh Relu Relu6 Elu Selu Softplus " +
  "Sin Cos Reciprocal Step Erf Expm1 Log1p LeakyRelu";
const TWO = "Add Sub Multiply RealDiv Maximum Minimum SquaredDifference Pow";

Deno.test("every function that our kernels have is computed, of one number and of two", async () => {
  const one = await done("functions of one number");
  assert.deepEqual(one.kernels.map(({ name }) => name), ONE.split(" "));
  const two = await done("functions of two numbers");
  assert.deepEqual([...new Set(two.kernels.map(({ name }) => name))], TWO.split(" "));
  const computed = new Set([...one.kernels, ...two.kernels].map(({ name }) => name));
  assert.deepEqual(ours.filter((name) => !computed.has(name)), []);
  for (const { name, inputShapes: [shape] } of one.kernels) assert.ok(isLong(sizeOf(shape!)), name);
  const large = await done("functions of large numbers");
  const names = new Set(large.kernels.map(({ name }) => name));
  assert.deepEqual(ONE.split(" ").filter((name) => !names.has(name)), []);
});

Deno.test("shapes of two numbers meet in each way: alike, row by row, on a middle axis, column by column, one with all", async () => {
  const { kernels } = await done("functions of two numbers");
  const met = Map.groupBy(kernels, ({ name }) => name);
  for (const [name, all] of met) {
    const ways = all.map(({ inputShapes: [a, b] }) => {
      const { shape, loops } = broadcast(a!, b!);
      // What the kernels walk by vectors has a tail, and what they walk at all is more than one.
      assert.ok(loops[0]!.n % 4 !== 0 && loops.every(({ n }) => n > 1), name);
      if (loops.length === 1 && loops[0]!.a > 0) assert.ok(isLong(sizeOf(shape)), name);
      return loops.map(({ a, b }) => `${a > 0 ? "a" : ""}${b > 0 ? "b" : ""}`).join();
    });
    // Innermost first: who goes on to its next number.
    assert.deepEqual(ways, ["ab", "ab,a", "ab,a,ab", "a,ab", "b"], name);
  }
});

Deno.test("every comparison and choice is of more numbers than a unit has, with a tail", async () => {
  const { kernels } = await done("comparisons");
  const names = "Equal NotEqual Less LessEqual Greater GreaterEqual".split(" ");
  assert.deepEqual(kernels.map(({ name }) => name), names);
  const chosen = await done("choices");
  const choosing = chosen.kernels.map(({ name }) => name).filter((name) => name !== "Identity");
  assert.deepEqual(choosing, ["Greater", "Select", "ClipByValue"]);
  for (const { name, inputShapes } of [...kernels, ...chosen.kernels]) {
    for (const shape of inputShapes) assert.ok(isLong(sizeOf(shape)), name);
  }
});

Deno.test("what moves 5 × 6 × 33 numbers gives these shapes, reckoned by hand", async () => {
  const { shapes } = await done("movements");
  const times = (count: number, shape: number[]) => Array.from({ length: count }, () => shape);
  assert.deepEqual(shapes, [
    ...[[5, 33, 6], [33, 5, 6], [3, 3, 20], [5, 6, 33], [6, 8, 37], [5, 12, 33], [5, 6, 2, 33]],
    ...[...times(6, [5, 33]), ...times(3, [5, 6, 11]), [5, 12, 99], [37]],
  ]);
});

Deno.test("activations are computed long and with a sum, with their gradients; quantization by one scale and by many", async () => {
  const { shapes } = await done("activations");
  // Of each a result and a gradient, then a sum and two gradients.
  assert.equal(shapes.length, 8 * (2 + 3));
  shapes.forEach(([n], at) => assert.ok(at % 5 < 2 ? isLong(n!) : n! % 4 !== 0, `${at}`));
  const added = await done("additions");
  assert.equal(added.shapes.filter(([n]) => isLong(n!)).length, 3);
  const quantized = await done("simulated quantization");
  assert.deepEqual(quantized.shapes, Array.from({ length: 4 }, () => [777, 16]));
});
