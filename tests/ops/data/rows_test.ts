import assert from "node:assert/strict";
import { isStored } from "../../../engine/pack.ts";
import { rowWriter } from "../../../ops/data/rows.ts";
import { runContext } from "../run_context.ts";

const LEAST = 64 * 1024;

async function written(bytes: number, memory: number, spills = true) {
  const writer = await rowWriter(bytes, runContext({ memory, spills }));
  await writer.write(Uint8Array.of(3, 4), 2);
  await writer.write(Uint8Array.of(1, 2), 0);
  return await writer.rows();
}

Deno.test("rows lie where they were written, zeros where none was, in a file or not", async () => {
  for (const spills of [true, false]) {
    const rows = await written(LEAST, 0, spills);
    assert.equal(isStored(rows), spills);
    assert.deepEqual([rows.length, ...rows.subarray(0, 6)], [LEAST, 1, 2, 3, 4, 0, 0]);
  }
});

Deno.test("they lie in a file where they are more than an eighth of the budget, and a blob of their own", async () => {
  assert.equal(isStored(await written(LEAST, 8 * LEAST - 8)), true);
  assert.equal(isStored(await written(LEAST, 8 * LEAST)), false);
  assert.equal(isStored(await written(LEAST - 1, 0)), false);
});
