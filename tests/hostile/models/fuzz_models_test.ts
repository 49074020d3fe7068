import assert from "node:assert/strict";
import { fuzzModels } from "./fuzz_models.ts";

Deno.test("two hundred damaged files of each reader of models: a finite model or a sentence, memory in proportion", async () => {
  assert.deepEqual(await fuzzModels({ count: 200, seed: 1 }), []);
});
