import assert from "node:assert/strict";
import { KERNEL_CHOICES, kernelsHere } from "../../../engine/library/kernels.ts";

Deno.test("a user may choose native kernels by their vectors, any, none, or what there is", () => {
  assert.deepEqual([...KERNEL_CHOICES].sort(), ["auto", "avx2", "avx512", "native", "wasm"]);
});

Deno.test({
  name: "who chooses nothing gets what there is; native kernels asked for are there or an error",
  permissions: "none",
  async fn() {
    const { use, because } = await kernelsHere();
    assert.equal(use, "wasm");
    assert.ok(because);
    assert.deepEqual(await kernelsHere("auto"), { use, because });
    assert.deepEqual(await kernelsHere("wasm"), { use });
    await assert.rejects(kernelsHere("native"), {
      message: `There are no native kernels here: ${because}`,
    });
  },
});
