import assert from "node:assert/strict";
import { compileKernels, kernelModule } from "../../../engine/tensor/build.ts";

Deno.test("the committed kernels are what the sources compile to", async () => {
  const committed = await Deno.readTextFile(
    new URL("../../../engine/tensor/kernels.wasm.ts", import.meta.url),
  );
  assert.ok(
    kernelModule(await compileKernels()) === committed,
    "kernels.wasm.ts is stale: run `deno task kernels`",
  );
});
