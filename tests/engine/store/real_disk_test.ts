/** A cache on a disk that is really full, and really read-only: a small file system of its own, where one may be made. */
import assert from "node:assert/strict";
import { verifyStore } from "../../../engine/store/verify.ts";
import { StoreError } from "../../../engine/store/store.ts";
import { disk } from "./small_disk.ts";
import { memoryStore, type Recipe, recipe as typed, type Run } from "../../../mod.ts";

const recipe = typed as unknown as (document: Readonly<Record<string, unknown>>) => Recipe;

const petals = recipe({
  name: "petals",
  data: "iris",
  model: { use: "mlp", hidden: [64, 64], train: { epochs: 2 } },
  quantize: { scheme: "int8" },
});

const digests = ({ steps }: Run) => steps.map(({ name, artifact }) => [name, artifact?.digest]);

/** What stopped a run: the code of its problem. */
async function stopped(cache: string): Promise<string> {
  try {
    const { ending, problems } = await petals.run({ cache });
    return ending === "done" ? "" : problems.map(({ code }) => code).join();
  } catch (error) {
    if (error instanceof StoreError) return `cache-${error.reason}`;
    throw error;
  }
}

Deno.test("a full disk is a sentence, whenever it is full; nothing is corrupt, and with room the run goes on", async () => {
  const whole = digests(await petals.run({ cache: memoryStore() }));
  let times = 0;
  for (const size of ["4k", "16k", "32k", "48k", "64k", "80k", "96k"]) {
    await using small = await disk(size);
    if (small === undefined) return;
    const cache = `${small.root}/cache`;
    const code = await stopped(cache);
    if (code !== "") {
      assert.equal(code, "cache-full", size);
      times++;
    }
    if (await Deno.stat(cache).then(() => true, () => false)) {
      assert.deepEqual((await verifyStore(cache)).damaged, [], size);
    }
    assert.ok(await small.remount("size=8m"));
    const run = await petals.run({ cache });
    assert.equal(run.ending, "done", JSON.stringify(run.problems));
    assert.deepEqual(digests(run), whole, size);
  }
  assert.ok(times >= 3, `the disk was full ${times} times`);
});

Deno.test("a read-only disk recalls what is there, and says of the rest that it cannot be kept", async () => {
  await using small = await disk("8m");
  if (small === undefined) return;
  const cache = `${small.root}/cache`;
  const first = await petals.run({ cache });
  assert.ok(await small.remount("ro"));
  const recalled = await petals.run({ cache });
  assert.deepEqual([recalled.ending, digests(recalled)], ["done", digests(first)]);
  assert.ok(recalled.steps.every(({ status }) => status === "hit"));
  const other = await petals.with({ seed: 1 }).run({ cache });
  assert.equal(other.ending, "failed");
  assert.deepEqual(other.problems.map(({ code }) => code), ["cache-read-only"]);
});
