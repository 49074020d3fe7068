/** Matrix products as tfjs calls them, beside stock tfjs. */
import { matmulOverrides } from "../../../../engine/tensor/overrides/matmul.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { fc } from "../../../deps.ts";
import { assertRegistered, compare } from "../compare.ts";

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
