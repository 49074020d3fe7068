/** The demo by every kind of kernels: the same bits. */
import assert from "node:assert/strict";
import { memoryStore } from "../../mod.ts";
import { findKernels } from "../../engine/tensor/native/find.ts";
import { ignore } from "../engine/tensor/native/compiled.ts";
import { digests, recipe, shipped, small } from "./support/small.ts";

Deno.test(
  "digits by native kernels of each level, in threads and side by side, are those by WebAssembly",
  {
    ignore,
  },
  async () => {
    const demo = recipe(small(await shipped("digits")));
    const plain = await demo.run({ cache: memoryStore(), kernels: "wasm", threads: 1 });
    assert.deepEqual([plain.problems, plain.report.environment.kernels], [[], "wasm"]);
    const { use } = await findKernels("auto");
    const cache = await Deno.makeTempDir();
    try {
      const runs = [
        { kernels: "native", cache: memoryStore(), threads: 2 },
        { kernels: "avx2", cache, threads: 1, jobs: 2 },
      ] as const;
      for (const options of runs) {
        const run = await demo.run(options);
        const level = options.kernels === "avx2" ? "avx2" : use;
        assert.deepEqual([run.problems, run.report.environment.kernels], [[], level]);
        assert.deepEqual(digests(run), digests(plain));
      }
    } finally {
      await Deno.remove(cache, { recursive: true });
    }
  },
);
