import assert from "node:assert/strict";
import { memoryStore } from "../../../../engine/store/memory_store.ts";
import type { Remote } from "../../../../engine/store/shared/remote.ts";
import { healed, taken } from "../../../../engine/store/shared/taking.ts";
import { outcomeOf } from "./world.ts";

const made = outcomeOf("a", [10, 20]);
const recorded = { key: made.key, outcome: made.outcome };

/** A store that has these blobs. */
function remoteWith(blobs: ReadonlyMap<string, Uint8Array>): Remote & { asked: string[] } {
  const asked: string[] = [];
  return {
    asked,
    address: "there",
    record: () => Promise.resolve(undefined),
    async take(blob, intake) {
      asked.push(blob.digest);
      const bytes = blobs.get(blob.digest);
      if (bytes === undefined) return false;
      await intake.take(blob, ReadableStream.from([bytes]));
      return true;
    },
    publish: () => Promise.resolve(),
  };
}

Deno.test("what is missing or damaged is taken, then the record is there", async () => {
  const local = memoryStore();
  const [first, second] = [...made.blobs.values()] as [Uint8Array, Uint8Array];
  await local.keep(first);
  const damaged = await local.keep(second);
  local.contents.blobs.get(damaged)![0]! ^= 1;
  const remote = remoteWith(made.blobs);
  assert.equal(await taken(local, remote, recorded, {}), true);
  assert.deepEqual(remote.asked, made.outcome.blobs.slice(1).map(({ digest }) => digest));
  assert.deepEqual(await local.outcome(made.key), made.outcome);
  for (const [digest, bytes] of made.blobs) assert.deepEqual(await local.read(digest), bytes);
});

Deno.test("where a blob cannot be had nothing is taken", async () => {
  const local = memoryStore();
  const some = new Map([...made.blobs].slice(0, 2));
  assert.equal(await taken(local, remoteWith(some), recorded, {}), false);
  assert.equal(await local.outcome(made.key), undefined);
  assert.equal(local.contents.blobs.size, 0);
});

Deno.test("a lost blob comes from the first store that has it", async () => {
  const local = memoryStore();
  const [none, all, unasked] = [new Map(), made.blobs, made.blobs].map(remoteWith);
  const blob = made.outcome.blobs[1]!;
  assert.equal(await healed(local, [none!, all!, unasked!], blob), true);
  assert.deepEqual([none!.asked.length, all!.asked.length, unasked!.asked.length], [1, 1, 0]);
  assert.deepEqual(await local.read(blob.digest), made.blobs.get(blob.digest));
  assert.equal(await healed(local, [none!], made.outcome.blobs[2]!), false);
  assert.equal(await healed(local, [all!], undefined), false);
});
