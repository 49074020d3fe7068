/** The `outputs` kind. */
import assert from "node:assert/strict";
import { outputsKind } from "../../../ops/learn/outputs.ts";

Deno.test("logits come back to the bit, with their rows and columns", async () => {
  const outputs = { count: 2, width: 3, logits: Float32Array.of(0.1, -0, 3e38, 1e-45, -7, 1) };
  const { manifest, blobs } = outputsKind.encode(outputs);
  assert.deepEqual([outputsKind.name, (manifest as { kind: string }).kind], ["outputs", "outputs"]);
  const read = (digest: string) => Promise.resolve(blobs.get(digest as never)!);
  assert.deepEqual(await outputsKind.decode(manifest, read as never), outputs);
  const odd = { ...outputs, logits: outputs.logits.with(0, NaN) };
  assert.throws(() => outputsKind.encode(odd), /artifacts are finite/);
});
