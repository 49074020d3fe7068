import assert from "node:assert/strict";
import { memoryStore } from "../../../../engine/store/memory_store.ts";
import type { Remote } from "../../../../engine/store/shared/remote.ts";
import { takingFrom } from "../../../../engine/store/shared/taking.ts";
import { transfersTold } from "../../../../engine/store/shared/transfers.ts";
import { emptyRemote, outcomeOf } from "./world.ts";

const made = outcomeOf("a", [10, 2_000_000]);

/** A store that has these blobs. */
function remoteWith(blobs: ReadonlyMap<string, Uint8Array>): Remote & { asked: string[] } {
  const asked: string[] = [];
  return {
    ...emptyRemote,
    asked,
    async take(blob, intake, { came }) {
      asked.push(blob.digest);
      const bytes = blobs.get(blob.digest);
      if (bytes === undefined) return false;
      await intake.take(blob, ReadableStream.from([bytes]));
      came?.(bytes.byteLength);
      return true;
    },
  };
}

Deno.test("a blob comes from the first store that has it, and how much has come is told", async () => {
  const local = memoryStore();
  const [none, all, unasked] = [new Map(), made.blobs, made.blobs].map(remoteWith);
  const told: string[] = [];
  const transfers = transfersTold((text) => void told.push(text));
  const take = takingFrom({ local, remotes: [none!, all!, unasked!], transfers });
  const [, small, large] = made.outcome.blobs;
  assert.equal(await take(large!), true);
  assert.deepEqual([none!.asked.length, all!.asked.length, unasked!.asked.length], [1, 1, 0]);
  assert.deepEqual(await local.read(large!.digest), made.blobs.get(large!.digest));
  assert.deepEqual(told, ["fetching 0 B of 2.00 MB", "fetching 2.00 MB of 2.00 MB", ""]);
  assert.equal(await takingFrom({ local, remotes: [none!], transfers })(small!), false);
  assert.equal(local.contents.blobs.size, 1);
});

Deno.test("a blob that is on its way is not asked for again; afterwards it is", async () => {
  const remote = remoteWith(made.blobs);
  const transfers = transfersTold(() => {});
  const take = takingFrom({ local: memoryStore(), remotes: [remote], transfers });
  const [blob] = made.outcome.blobs;
  assert.deepEqual(await Promise.all([take(blob!), take(blob!)]), [true, true]);
  assert.equal(remote.asked.length, 1);
  await take(blob!);
  assert.equal(remote.asked.length, 2);
});
