/** The room as ops open it. */
import assert from "node:assert/strict";
import { SLOTS, withTensors } from "../../../engine/tensor/mod.ts";
import * as update from "../../../engine/tensor/update.ts";

Deno.test("a body's value is the room's, whether it waits or not, and its options are heeded", async () => {
  assert.equal(await withTensors(() => 7), 7);
  assert.equal(await withTensors(async () => await Promise.resolve("late")), "late");
  assert.equal(await withTensors(({ tf }) => tf.getBackend(), { threads: 2 }), "decant");
  await assert.rejects(() => withTensors(() => 0, { threads: 0 }), RangeError);
});

Deno.test("how many slots an optimizer keeps is part of the surface", () => {
  assert.equal(SLOTS, update.SLOTS);
});
