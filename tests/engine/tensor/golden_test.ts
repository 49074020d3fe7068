/**
 * What the numerics are, pinned: a small training's weights by digest. If a digest changes, results of users change:
 * then NUMERICS is raised and the digest written anew, never one without the other, from the first release on.
 */
import assert from "node:assert/strict";
import { refuseLeaks, roomEquipment } from "../../../engine/tensor/room.ts";
import { NUMERICS } from "../../../engine/graph/key.ts";
import { trainedDigest } from "./support/small_training.ts";

refuseLeaks(true);

const GOLDEN: { readonly [numerics: number]: string } = {
  1: "b77cc6de3121bc3c578b151677cf5590b72f5e2a686612f6106d4a0a632c4668",
};

Deno.test("a small training gives the weights that this version of the numerics stands for", async () => {
  assert.equal(await trainedDigest({}), GOLDEN[NUMERICS]);
});

Deno.test("two, three or eight threads give the same weights as one", async () => {
  const alone = await trainedDigest({});
  for (const threads of [2, 3, 8, 1]) assert.equal(await trainedDigest({ threads }), alone);
});

Deno.test("workers that are held back change nothing, and do their part", async () => {
  const alone = await trainedDigest({});
  const { pool } = await roomEquipment();
  pool.holdBack(2);
  try {
    const before = pool.helped();
    for (let run = 0; run === 0 || (pool.helped() === before && run < 100); run++) {
      assert.equal(await trainedDigest({ threads: 3 }), alone);
    }
    assert.ok(pool.helped() > before, "no worker ever took a chunk");
  } finally {
    pool.holdBack(0);
  }
});

/** The training in another process, under flags of the JavaScript engine. */
async function underFlags(flags: string): Promise<{ digest: string; errors: string }> {
  const script = new URL("./support/small_training.ts", import.meta.url).href;
  const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--no-check", `--v8-flags=${flags}`, script],
    env: { NO_COLOR: "1" },
  }).output();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { digest: text(stdout), errors: text(stderr) };
}

Deno.test("the baseline and the optimizing compiler give the same weights", async () => {
  for (const flags of ["--liftoff-only", "--no-liftoff"]) {
    assert.equal((await underFlags(flags)).digest, GOLDEN[NUMERICS], flags);
  }
});

Deno.test("where multiply-add rounds twice, the room refuses to compute", {
  ignore: Deno.build.arch !== "x86_64",
}, async () => {
  const { digest, errors } = await underFlags("--no-enable-fma3");
  assert.equal(digest, "");
  assert.match(errors, /Cannot compute with tensors here: this machine's relaxed multiply-add/);
});
