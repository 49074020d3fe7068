/** Five thousand damaged files through each of the readers. */
import assert from "node:assert/strict";
import { fuzz } from "../hostile/fuzz_readers.ts";
import { fuzzModels } from "../hostile/models/fuzz_models.ts";
import { modelReaders } from "../hostile/models/table.ts";

Deno.test("five thousand damaged files of each kind: no hang, no raw sentence, no odd shape", async () => {
  assert.deepEqual(await fuzz(5000, 2), []);
});

for (const { name } of modelReaders) {
  Deno.test(`five thousand damaged files of ${name}: a finite model or a sentence, memory in proportion`, async () => {
    assert.deepEqual(await fuzzModels({ count: 5000, seed: 2, only: name }), []);
  });
}
