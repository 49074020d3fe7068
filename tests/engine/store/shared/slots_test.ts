import assert from "node:assert/strict";
import { slotsOf } from "../../../../engine/store/shared/slots.ts";

Deno.test("no more is under way than there are places, in order, and a failure gives its place back", async () => {
  const slots = slotsOf(2);
  const began: number[] = [];
  let under = 0;
  let most = 0;
  const work = (index: number) => async () => {
    began.push(index);
    most = Math.max(most, ++under);
    await new Promise((resolve) => setTimeout(resolve, 1));
    under--;
    if (index === 1) throw new Error("failed");
    return index;
  };
  const all = await Promise.allSettled([0, 1, 2, 3, 4].map((index) => slots.held(work(index))));
  assert.deepEqual(began, [0, 1, 2, 3, 4]);
  assert.equal(most, 2);
  assert.deepEqual(all.map(({ status }) => status === "fulfilled"), [
    true,
    false,
    true,
    true,
    true,
  ]);
  assert.equal(await slots.held(work(7)), 7);
});
