/** Matrix products as tfjs calls them, beside stock tfjs. */
import { matmulOverrides } from "../../../../engine/tensor/overrides/matmul.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { fc } from "../../../deps.ts";
import assert from "node:assert/strict";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { agree, assertRegistered, compare } from "../support/compare.ts";
import { called, spied } from "../support/spied.ts";
import { noise } from "../support/stock.ts";

refuseLeaks(true);

const small = fc.integer({ min: 0, max: 13 });
const some = fc.integer({ min: 1, max: 13 });

Deno.test("matMul agrees with stock tfjs for all transposes and batches", async () => {
  const cases = fc.record({
    ...{ rows: small, inner: some, columns: some, batch: fc.integer({ min: 1, max: 3 }) },
    ...{ a: fc.boolean(), b: fc.boolean(), shared: fc.boolean() },
  });
  await fc.assert(
    fc.asyncProperty(cases, ({ rows, inner, columns, batch, a, b, shared }) =>
      compare([
        [batch, ...(a ? [inner, rows] : [rows, inner])],
        [shared ? 1 : batch, ...(b ? [columns, inner] : [inner, columns])],
      ], (tf, [x, y]) =>
        tf.matMul(x!, y!, a, b), !shared)),
    { numRuns: 60 },
  );
});

Deno.test("these are the kernels of ours that tfjs runs", async () => {
  await assertRegistered(matmulOverrides, ["BatchMatMul", "_FusedMatMul"]);
});

Deno.test("a fused product agrees with stock tfjs for all transposes, with bias and activation", async () => {
  for (const [a, b] of [[false, false], [true, false], [false, true], [true, true]] as const) {
    for (const activation of ["linear", "relu", "elu"] as const) {
      await agree((tf) => {
        const left = tf.tensor(noise(30, 1), a ? [5, 6] : [6, 5]);
        const right = tf.tensor(noise(15, 2), b ? [3, 5] : [5, 3]);
        const options = { a: left, b: right, transposeA: a, transposeB: b, activation };
        return [
          tf.fused.matMul({ ...options, bias: tf.tensor1d(noise(3, 3)) } as never),
          tf.fused.matMul(options as never),
        ];
      }, 1e-6);
    }
  }
});

Deno.test("integers are multiplied as by stock tfjs, and several batch axes broadcast", async () => {
  await agree((tf) => {
    const whole = tf.tensor2d([1, 2, 3, 4], [2, 2], "int32");
    const left = tf.tensor(noise(24, 1), [2, 1, 3, 4]);
    const right = tf.tensor(noise(40, 2), [4, 10]);
    return [
      tf.matMul(whole, whole),
      tf.matMul(left, tf.tensor(noise(8, 3), [1, 1, 4, 2])),
      tf.matMul(tf.reshape(left, [6, 4]), right),
      tf.matMul(tf.tensor(noise(8, 4), [2, 4]), tf.tensor(noise(24, 5), [3, 4, 2])),
    ];
  }, 1e-6);
});

Deno.test("matrices that do not fit are refused with their shapes", async () => {
  await withTensors(({ tf }) => {
    tf.tidy(() => {
      const { machine } = spied();
      const { BatchMatMul } = matmulOverrides(machine);
      const multiply = (a: number[], b: number[], attrs = {}) => () =>
        called(BatchMatMul!, { a: tf.zeros(a), b: tf.zeros(b) }, attrs);
      for (const [a, b] of [[[3], [3, 2]], [[2, 3], [3]]] as const) {
        assert.throws(multiply([...a], [...b]), {
          message: `Cannot multiply [${a}] by [${b}]: both must have rank 2 or more`,
        });
      }
      assert.throws(multiply([2, 3], [4, 5]), {
        message:
          "Error in matMul: inner shapes (3) and (4) of Tensors with shapes 2,3 and 4,5 and " +
          "transposeA=false and transposeB=false must match.",
      });
      assert.throws(multiply([2, 3], [4, 5], { transposeA: true, transposeB: true }), {
        message:
          "Error in matMul: inner shapes (2) and (5) of Tensors with shapes 2,3 and 4,5 and " +
          "transposeA=true and transposeB=true must match.",
      });
    });
  });
});

Deno.test("aᵀ b is one product over their rows; with a bias, an activation or bᵀ the left side is turned first", async () => {
  await withTensors(({ tf }) => {
    tf.tidy(() => {
      const { machine, calls } = spied();
      const overrides = matmulOverrides(machine);
      const kernels = (name: "BatchMatMul" | "_FusedMatMul", inputs: object, attrs: object) => {
        calls.length = 0;
        called(overrides[name]!, inputs, { transposeA: true, ...attrs });
        return calls.filter(([kernel]) => kernel !== "scratch").map(([kernel, units]) =>
          `${kernel} ${units}`
        );
      };
      const [a, b, turned, bias] = [
        tf.ones([5, 3]),
        tf.ones([5, 2]),
        tf.ones([2, 5]),
        tf.ones([2]),
      ];
      const plain = ["packPanels 1", "patchProduct 1"];
      const first = ["transpose 2", "packPanels 1", "gatherProduct 1"];
      assert.deepEqual(kernels("BatchMatMul", { a, b }, {}), plain);
      assert.deepEqual(kernels("_FusedMatMul", { a, b }, { activation: "linear" }), plain);
      assert.deepEqual(kernels("_FusedMatMul", { a, b, bias }, { activation: "linear" }), first);
      assert.deepEqual(kernels("_FusedMatMul", { a, b }, { activation: "relu" }), first);
      assert.deepEqual(
        kernels("BatchMatMul", { a, b: turned }, { transposeB: true }),
        ["transpose 2", "packPanelsTransposed 1", "gatherProduct 1"],
      );
      calls.length = 0;
      called(overrides["BatchMatMul"]!, { a: tf.ones([4, 3]), b: tf.ones([2, 4]) }, {
        ...{ transposeA: true, transposeB: true },
      });
      assert.deepEqual(calls.slice(0, 2).map((call) => call.slice(0, 2)), [["scratch", 48], [
        "transpose",
        1,
      ]]);
    });
  });
});
