/** Five thousand damaged files through each of the readers. */
import assert from "node:assert/strict";
import { fuzz } from "../hostile/fuzz_readers.ts";

Deno.test("five thousand damaged files of each kind: no hang, no raw sentence, no odd shape", async () => {
  assert.deepEqual(await fuzz(5000, 2), []);
});
