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
