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

/** How often this thread has given its processor away by itself so far, as Linux counts it. */
function slept(): number {
  const status = Deno.readTextFileSync("/proc/thread-self/status");
  return Number(/^voluntary_ctxt_switches:\s*(\d+)$/m.exec(status)![1]);
}

Deno.test({
  name: "the main thread sleeps while it waits for a thread that is held back",
  ignore: Deno.build.os !== "linux",
  fn() {
    const count = 40 * 8192;
    const [from, to] = [allocator.allocate(count * 4), allocator.allocate(count * 4)];
    pool.resize(2);
    pool.holdBack(100);
    let [helped, times] = [0, 0];
    // The main thread may have done all before the other one wakes.
    do {
      helped = pool.helped();
      const before = slept();
      pool.run("unary", 40, [0, from, to, count]);
      times = slept() - before;
    } while (pool.helped() === helped);
    pool.holdBack(0);
    for (const pointer of [from, to]) allocator.release(pointer);
    // A tenth of a millisecond each: hundreds of times, fewer where others want the processor.
    assert.ok(times > 10, `it slept ${times} times`);
  },
});

Deno.test("a kernel with too few or too many numbers is refused, not called", () => {
  assert.throws(
    () => pool.run("unary", 1, [0, 0]),
    /^Error: internal: unary takes 4 numbers, not 2$/,
  );
});

Deno.test("who watches is told the kernels that run, until he no longer does", () => {
  const names = new Set<string>();
  pool.watch(names);
  negated(5, 1);
  assert.deepEqual([...names], ["unary"]);
  names.clear();
  pool.watch();
  negated(5, 1);
  assert.deepEqual([...names], []);
});

/** Words of a pool's control block, as its threads know them. */
const [OPEN, FAILED] = [1, 9];

/**
 * A pool over a kernel that is `work`, in memory that no other thread sees: what is done, the main thread does. `words` is
 * its control block, and `asked` what it allocated.
 */
function alone(work: (a: number, b: number, begin: number, end: number) => void) {
  const asked: number[] = [];
  let control = 0;
  let looks = 0;
  const initial = memory.buffer.byteLength / 65536 + 1;
  const elsewhere = new WebAssembly.Memory({ initial, maximum: 65536, shared: true });
  const fake = {
    module: instance.module,
    kernels: {
      scratchBytes: () => 4096,
      unary: (a: number, b: number, begin: number, end: number) => work(a, b, begin, end),
    },
    get memory() {
      return looks++ === 0 ? memory : elsewhere;
    },
    allocator: {
      ...allocator,
      allocate(bytes: number) {
        asked.push(bytes);
        const at = allocator.allocate(bytes);
        if (control === 0) control = at;
        return at;
      },
    },
  };
  const pool = createThreadPool(fake as unknown as typeof instance);
  return { pool, asked, words: new Int32Array(memory.buffer, control, 16), control };
}

Deno.test("a job is written whole before it is opened, and its chunks are a sixth of what is left", () => {
  const chunks: number[][] = [];
  const seen: number[][] = [];
  let given: number[] = [];
  const { pool, words, control } = alone((_a, _b, begin, end) => {
    chunks.push([begin, end]);
    seen.push([...words]);
    given = [...new Float64Array(memory.buffer, control + 64, 2)];
  });
  pool.resize(2);
  pool.run("unary", 100, [3.5, -7]);
  const ends = [16, 30, 41, 50, 58, 65, 70, 75, 79, 82, 85, 87, 89, 90];
  assert.deepEqual(chunks.map(([, end]) => end), [
    ...ends,
    91,
    92,
    93,
    94,
    95,
    96,
    97,
    98,
    99,
    100,
  ]);
  assert.deepEqual(chunks.map(([begin]) => begin), [
    0,
    ...chunks.slice(0, -1).map(([, end]) => end),
  ]);
  assert.deepEqual(given, [3.5, -7]);
  // Generation, open, next, inside, kernel, units, least, count, limit, failed, hold, never, helped.
  assert.deepEqual(seen[0], [1, 1, 16, 0, 1, 100, 1, 2, 2, 0, 0, 0, 0, 0, 0, 0]);
  assert.equal(words[OPEN], 0);
  chunks.length = 0;
  pool.run("unary", 640, [1, 2]);
  // No chunk is less than a 32nd of a thread's part, but for the last.
  assert.deepEqual(chunks[0], [0, 106]);
  assert.ok(chunks.slice(0, -1).every(([begin, end]) => end! - begin! >= 10));
  assert.equal(chunks.at(-2)![1]! - chunks.at(-2)![0]!, 10);
  assert.equal(words[0], 2);
});

Deno.test("one thread, or one unit, is done in one call without a job", () => {
  const calls: number[][] = [];
  const { pool, words } = alone((...call) => void calls.push(call));
  pool.run("unary", 5, [1, 2]);
  pool.resize(3);
  pool.run("unary", 1, [3, 4]);
  assert.deepEqual(calls, [[1, 2, 0, 5], [3, 4, 0, 1]]);
  assert.deepEqual([...words], new Array(16).fill(0));
});

Deno.test("each thread but the main one has scratch memory, which stays when it rests", () => {
  const { pool, asked } = alone(() => {});
  // The words, then arguments for 32 doubles.
  assert.deepEqual(asked, [64 + 32 * 8]);
  pool.resize(3);
  pool.resize(1);
  pool.resize(3);
  assert.deepEqual(asked.slice(1), [4096, 4096]);
  pool.holdBack(7);
  assert.equal(pool.helped(), 0);
});

Deno.test("a kernel that fails closes its job, and a thread that fails is told once", () => {
  let fails = () => {};
  const { pool, words } = alone(() => fails());
  pool.resize(2);
  fails = () => {
    throw new RangeError("out of bounds");
  };
  assert.throws(() => pool.run("unary", 9, [1, 2]), /^RangeError: out of bounds$/);
  assert.equal(words[OPEN], 0);
  fails = () => void Atomics.store(words, FAILED, 1);
  assert.throws(
    () => pool.run("unary", 9, [1, 2]),
    { message: "internal: a thread failed in a kernel" },
  );
  fails = () => {};
  pool.run("unary", 9, [1, 2]);
  pool.holdBack(5);
  assert.equal(words[10], 5);
  words[12] = 3;
  assert.equal(pool.helped(), 3);
});
