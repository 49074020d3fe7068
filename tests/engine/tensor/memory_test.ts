import assert from "node:assert/strict";
import { createAllocator, sizeClass } from "../../../engine/tensor/memory.ts";
import { fc } from "../../deps.ts";

const BASE = 1000;

/** Random allocations (positive: bytes) and releases (negative: which of the live blocks). */
const requests = fc.array(
  fc.oneof(fc.integer({ min: 0, max: 200000 }), fc.integer({ min: -50, max: -1 })),
  { maxLength: 200 },
);

Deno.test("blocks never overlap, are aligned, inside the memory, and counted", () => {
  fc.assert(
    fc.property(requests, (list) => {
      let reserved = 0;
      const allocator = createAllocator(BASE, (bytes) => reserved = bytes);
      const live: { start: number; size: number }[] = [];
      for (const request of list) {
        if (request < 0) {
          const [block] = live.splice((-request) % Math.max(1, live.length), 1);
          if (block) allocator.release(block.start);
          continue;
        }
        const start = allocator.allocate(request);
        const size = sizeClass(request);
        assert.ok(size >= request && size % 64 === 0);
        assert.ok(start >= BASE && start % 64 === 0 && start + size <= reserved);
        for (const other of live) {
          assert.ok(start + size <= other.start || other.start + other.size <= start);
        }
        live.push({ start, size });
      }
      const used = live.reduce((sum, block) => sum + block.size, 0);
      assert.equal(allocator.usage().used, used);
      assert.equal(allocator.usage().blocks, live.length);
    }),
    { numRuns: 100 },
  );
});

Deno.test("a size class wastes at most a sixteenth of a large block", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1025, max: 4294967295 }), (bytes) => {
      const size = sizeClass(bytes);
      assert.ok(size >= bytes && size <= bytes * 17 / 16 + 64, `${bytes} → ${size}`);
    }),
  );
});

Deno.test("the same sizes again take no new memory", () => {
  let reserved = 0;
  const allocator = createAllocator(BASE, (bytes) => reserved = bytes);
  const round = () => [100, 5000, 70000, 5000].map((bytes) => allocator.allocate(bytes));
  round().forEach((pointer) => allocator.release(pointer));
  const before = reserved;
  for (let i = 0; i < 1000; i++) round().forEach((pointer) => allocator.release(pointer));
  assert.equal(reserved, before);
  assert.equal(allocator.usage().used, 0);
});

Deno.test("free neighbours are merged before the memory grows", () => {
  const limit = 1000064;
  const allocator = createAllocator(0, () => {}, limit);
  const small = Array.from({ length: 97 }, () => allocator.allocate(10000));
  small.forEach((pointer) => allocator.release(pointer));
  allocator.release(allocator.allocate(950000));
  assert.equal(allocator.usage().used, 0);
});

Deno.test("at the limit the error says what is in use and what would fit", () => {
  const allocator = createAllocator(0, () => {}, 10485760);
  allocator.allocate(6291456);
  assert.throws(
    () => allocator.allocate(8388608),
    /Cannot allocate 8 MiB for a tensor: 6 MiB of 10 MiB are in use and the largest free block is 4 MiB/,
  );
});

Deno.test("releasing what was not allocated is a mistake that shows", () => {
  const allocator = createAllocator(0, () => {});
  assert.throws(() => allocator.release(640), /nothing was allocated at 640/);
});

Deno.test("size classes are steps of 64 up to 2 KiB, then sixteen to each power of two", () => {
  const classes: readonly (readonly [number, number])[] = [
    ...[[0, 64], [1, 64], [64, 64], [65, 128], [1024, 1024], [1025, 1088], [2047, 2048]] as const,
    ...[[2048, 2048], [2049, 2176], [4095, 4096], [4097, 4352], [2 ** 32 - 1, 2 ** 32]] as const,
  ];
  for (const [bytes, size] of classes) assert.equal(sizeClass(bytes), size, `${bytes} bytes`);
});

/** An allocator from `base` on that tells how far it grew. */
function told(base: number, limit?: number) {
  const grown: number[] = [];
  const allocator = createAllocator(base, (bytes) => void grown.push(bytes), limit);
  return { ...allocator, grown };
}

/** One of 64 blocks of 1024 bytes that fill the first 64 KiB. */
function full() {
  const heap = told(0);
  const blocks = Array.from({ length: 64 }, () => heap.allocate(1024));
  assert.deepEqual(blocks, Array.from({ length: 64 }, (_, i) => 1024 * i));
  heap.grown.length = 0;
  return {
    heap,
    release: (...numbers: number[]) => numbers.forEach((i) => heap.release(1024 * i)),
  };
}

Deno.test("the memory grows by an eighth in whole pages, or to what is needed, and not beyond the limit", () => {
  const { allocate, usage, grown } = told(1000);
  assert.deepEqual([allocate(64), allocate(128)], [1024, 1088]);
  // An eighth more than what the module itself holds is a page.
  assert.deepEqual(grown.splice(0), [65536]);
  assert.deepEqual(usage(), { used: 192, peak: 192, reserved: 65536, blocks: 2 });
  for (const bytes of [...new Array(62).fill(1024), 832]) allocate(bytes);
  assert.deepEqual(grown.splice(0), []);
  allocate(64);
  assert.deepEqual(grown.splice(0), [131072]);
  allocate(1048576);
  assert.deepEqual(grown.splice(0), [65536 + 64 + 1048576]);
  allocate(64);
  assert.deepEqual(grown.splice(0), [20 * 65536]);
  const close = told(0, 66000);
  close.allocate(64);
  close.allocate(64);
  for (const bytes of [...new Array(63).fill(1024), 896]) close.allocate(bytes);
  close.allocate(64);
  assert.deepEqual(close.grown, [64, 65536, 66000]);
  const exact = told(0, 2048);
  assert.equal(exact.allocate(2048), 0);
  assert.throws(() => exact.allocate(1), RangeError);
});

Deno.test("the peak is the most that was handed out, and begins anew where it is reset", () => {
  const { allocate, release, usage, resetPeak } = told(0);
  const first = allocate(1000);
  release(first);
  assert.equal(allocate(1024), first);
  release(first);
  allocate(64);
  assert.deepEqual([usage().used, usage().peak], [64, 1024]);
  resetPeak();
  assert.equal(usage().peak, 64);
  allocate(100);
  assert.equal(usage().peak, 192);
});

Deno.test("blocks of a class come back the last first, and of other classes not", () => {
  const { allocate, release } = told(0);
  const [a, b] = [allocate(100), allocate(128)];
  allocate(64);
  release(a);
  release(b);
  assert.deepEqual([allocate(64), allocate(100), allocate(101), allocate(128)], [320, b, a, 384]);
});

Deno.test("before the memory grows, neighbours that are free are one block, the smallest that fits", () => {
  const { heap, release } = full();
  release(10, 11, 3, 2, 1, 4, 20);
  assert.equal(heap.allocate(2048), 10240);
  assert.deepEqual(heap.grown, []);
  // What is merged is cut from its front, and serves smaller blocks as well.
  assert.equal(heap.allocate(1024), 20480);
  assert.equal(heap.allocate(1024), 1024);
  assert.equal(heap.allocate(2048), 2048);
  assert.equal(heap.allocate(1024), 4096);
  assert.deepEqual(heap.grown, []);
  assert.deepEqual(heap.usage(), { used: 65536, peak: 65536, reserved: 65536, blocks: 62 });
  assert.equal(heap.allocate(64), 65536);
  assert.deepEqual(heap.grown, [131072]);
});

Deno.test("free blocks at the end are untouched memory again, and what grows begins there", () => {
  const { heap, release } = full();
  release(5, 63, 62);
  assert.equal(heap.allocate(3072), 62 * 1024);
  assert.deepEqual(heap.grown, [131072]);
  assert.equal(heap.allocate(1024), 5 * 1024);
});

Deno.test("blocks that are free but apart do not hold a larger one", () => {
  const { heap, release } = full();
  release(5, 7);
  assert.equal(heap.allocate(2048), 65536);
  assert.equal(heap.allocate(1024), 5120);
  assert.equal(heap.allocate(1024), 7168);
});

Deno.test("the error counts the largest merged block, and bytes where there is no whole MiB", () => {
  const { heap, release } = full();
  const message = (bytes: number, rest: string) => ({
    name: "RangeError",
    message:
      `Cannot allocate ${bytes} bytes for a tensor: ${rest}; use a smaller batch or a smaller model`,
  });
  const { allocate, release: back } = told(0, 65536);
  const blocks = Array.from({ length: 64 }, () => allocate(1024));
  back(blocks[1]!);
  back(blocks[3]!);
  back(blocks[4]!);
  assert.throws(
    () => allocate(3000),
    message(3000, "62464 bytes of 65536 bytes are in use and the largest free block is 2048 bytes"),
  );
  back(blocks[63]!);
  back(blocks[62]!);
  back(blocks[61]!);
  assert.throws(
    () => allocate(4096),
    message(4096, "59392 bytes of 65536 bytes are in use and the largest free block is 3072 bytes"),
  );
  release(1);
  assert.throws(() => heap.release(1024), { message: "internal: nothing was allocated at 1024" });
  const large = createAllocator(0, () => {}, 1048576);
  assert.throws(() => large.allocate(1048577), {
    message:
      "Cannot allocate 1 MiB for a tensor: 0 bytes of 1 MiB are in use and the largest free " +
      "block is 1 MiB; use a smaller batch or a smaller model",
  });
});
