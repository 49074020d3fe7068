import assert from "node:assert/strict";
import { refusedIntegers } from "../../../../ops/formats/tflite/held_integers.ts";

Deno.test("integers of 8 bits with known ranges are held, others refused with ways out", () => {
  assert.equal(refusedIntegers({ bits: 8, ranges: "static" }), undefined);
  assert.deepEqual(refusedIntegers({ bits: 4, ranges: "static" }), {
    message: "Cannot write values between layers in 4 bits for TensorFlow Lite: " +
      "the format has those of 8 bits, -128 to 127",
    help: "quantize with activations: int8; `form: float` writes decoded weights",
  });
  const dynamic = refusedIntegers({ bits: 8, ranges: "dynamic" })!;
  assert.match(dynamic.message, /row by row \(ranges: dynamic\) for TensorFlow Lite$/);
  assert.match(dynamic.help, /^quantize with calibrated ranges \(ranges: static\); `form: float`/);
});
