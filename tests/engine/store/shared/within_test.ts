import assert from "node:assert/strict";
import { Late, within } from "../../../../engine/store/shared/within.ts";

Deno.test("the signal is aborted when nothing came for so long, which beginning anew puts off", async () => {
  using time = within(60);
  await new Promise((resolve) => setTimeout(resolve, 40));
  time.begin();
  await new Promise((resolve) => setTimeout(resolve, 40));
  assert.equal(time.signal.aborted, false);
  await time.over;
  assert.ok(time.signal.reason instanceof Late);
  assert.equal(time.signal.reason.ms, 60);
});

Deno.test("it is aborted as the other signal is, also where that was before", async () => {
  const outer = new AbortController();
  using time = within(60_000, outer.signal);
  outer.abort("asked");
  await time.over;
  assert.equal(time.signal.reason, "asked");
  using after = within(60_000, outer.signal);
  await after.over;
  assert.equal(after.signal.reason, "asked");
});
