import assert from "node:assert/strict";
import { runTflite } from "../../../../ops/formats/tflite/run_tflite.ts";
import { encodeTflite, TFLITE_FILE } from "../../../../ops/formats/tflite/encode.ts";
import { initialModel } from "../../../../ops/model/initialize.ts";
import { networkOf } from "./support/written.ts";

const double = initialModel(
  networkOf([2], {
    ...{ name: "a", kind: "function", inputs: ["x"], function: "scale", parameters: [2, 1] },
  }),
  0,
);
const files = encodeTflite(double, { form: "float" });

Deno.test("samples go through one at a time; what leaves the file, or what is asked for, is answered", async () => {
  const samples = { x: Float32Array.of(1, 2, 3, -4), shape: [2] };
  assert.deepEqual(await runTflite(files, samples), { a: Float32Array.of(3, 5, 7, -7) });
  assert.deepEqual(await runTflite(files, samples, ["a.step1"]), {
    "a.step1": Float32Array.of(2, 4, 6, -8),
  });
});

Deno.test("what the runtime does not take is said in its words", async () => {
  const bytes = files[TFLITE_FILE]!.slice();
  bytes.fill(0xff, 40, 60);
  await assert.rejects(
    runTflite({ [TFLITE_FILE]: bytes }, { x: Float32Array.of(1, 2), shape: [2] }),
    /^Error: TensorFlow Lite refuses the file: /,
  );
});
