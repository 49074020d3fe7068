/** Threads on the shared memory: every unit once, whoever does it. */
import assert from "node:assert/strict";
import { kernelInstance } from "../../../engine/tensor/instance.ts";
import { createThreadPool } from "../../../engine/tensor/thread_pool.ts";

const instance = kernelInstance();
const { memory, allocator } = instance;
const pool = createThreadPool(instance);

/** −x for x = 0, 1, 2 … by the kernel, in so many units of 8192 elements. */
function negated(count: number, units: number): Float32Array {
  const [from, to] = [allocator.allocate(count * 4), allocator.allocate(count * 4)];
  new Float32Array(memory.buffer, from, count).set(Array.from({ length: count }, (_, i) => i));
  new Float32Array(memory.buffer, to, count).fill(NaN);
  pool.run("unary", units, [0, from, to, count]);
  const result = new Float32Array(memory.buffer, to, count).slice();
  for (const pointer of [from, to]) allocator.release(pointer);
  return result;
}

Deno.test("all units are done, by one thread and by several that are held back", () => {
  const units = 40;
  const count = units * 8192 - 5;
  const expected = Float32Array.from({ length: count }, (_, i) => -i);
  for (const threads of [1, 2, 3, 2, 1]) {
    pool.resize(threads);
    pool.holdBack(threads === 3 ? 1 : 0);
    assert.deepEqual(negated(count, units), expected, `${threads} threads`);
  }
});

Deno.test("units that are not asked for are not done", () => {
  pool.resize(2);
  const found = negated(3 * 8192, 2);
  assert.equal(found[2 * 8192 - 1], -(2 * 8192 - 1));
  assert.ok(found.subarray(2 * 8192).every(Number.isNaN));
});

Deno.test("a kernel with too few or too many numbers is refused, not called", () => {
  assert.throws(
    () => pool.run("unary", 1, [0, 0]),
    /^Error: internal: unary takes 4 numbers, not 2$/,
  );
});
