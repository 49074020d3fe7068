import assert from "node:assert/strict";
import { transfersTold } from "../../../../engine/store/shared/transfers.ts";

const MB = 1_000_000;

Deno.test("what is on its way at once is told together, until all of it has come", () => {
  const told: string[] = [];
  const transfers = transfersTold((text) => void told.push(text));
  const one = transfers.begun("fetching", 2 * MB);
  const two = transfers.begun("fetching", 3 * MB);
  one.moved(MB);
  const up = transfers.begun("publishing", 4 * MB);
  // What is asked for again comes twice, and is counted once.
  two.moved(MB);
  two.moved(3 * MB);
  two[Symbol.dispose]();
  one[Symbol.dispose]();
  up[Symbol.dispose]();
  assert.deepEqual(told, [
    "fetching 0 B of 2.00 MB",
    "fetching 0 B of 5.00 MB",
    "fetching 1.00 MB of 5.00 MB",
    "fetching 1.00 MB of 5.00 MB, publishing 0 B of 4.00 MB",
    "fetching 2.00 MB of 5.00 MB, publishing 0 B of 4.00 MB",
    "fetching 4.00 MB of 5.00 MB, publishing 0 B of 4.00 MB",
    "publishing 0 B of 4.00 MB",
    "",
  ]);
});

Deno.test("of few bytes nothing is told, and what has ended is not counted again", () => {
  const told: string[] = [];
  const transfers = transfersTold((text) => void told.push(text));
  {
    using small = transfers.begun("fetching", 1000);
    small.moved(500);
  }
  assert.deepEqual(told, []);
  {
    using _large = transfers.begun("fetching", 2 * MB);
  }
  using _next = transfers.begun("fetching", 1000);
  assert.deepEqual(told, ["fetching 0 B of 2.00 MB", ""]);
});
