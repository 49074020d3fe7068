/** Integers of a file are compared one by one with those that the model computes from the same values. */
import assert from "node:assert/strict";
import { withTensors } from "../../../engine/tensor/mod.ts";
import { compareIntegers, type HeldValue } from "../../../ops/formats/compare_integers.ts";
import { initialModel } from "../../../ops/model/initialize.ts";
import type { Model } from "../../../ops/model/model.ts";

const format = { bits: 8, scale: 0.5, zero: 1, minimum: -128, maximum: 127 };
const model: Model = {
  ...initialModel({
    family: "relu",
    inputs: [{ name: "x", shape: [2] }],
    layers: [{ name: "a", kind: "activation", inputs: ["x"], activation: "relu" }],
    outputs: ["a"],
    head: "none",
  }, 0),
  quantization: { rules: "tflite", activations: { x: format } },
};

/** A file that rounds x to these integers, and answers so. */
const compared = (integers: Int8Array, logits: Float32Array, held: Partial<HeldValue> = {}) =>
  withTensors((room) =>
    compareIntegers({
      ...{ room, model, samples: { x: Float32Array.of(1.2, -0.5), shape: [2] } },
      file: {
        rounded: new Map([["x", { value: "q", layout: "last", held: "integers", ...held }]]),
        logits: "y",
        run: (_samples, inside) => Promise.resolve({ [inside[0]!]: integers, y: logits }),
      },
    }, { tolerance: 1e-3, signal: new AbortController().signal })
  );

Deno.test("1.2 / 0.5 is 2.4 steps: 2 is the nearest, 0.4 away", async () => {
  const found = await compared(Int8Array.of(3, 0), Float32Array.of(1, 0));
  assert.deepEqual(found.logits, Float32Array.of(1, 0));
  assert.ok(Math.abs(found.rounding - 0.4) < 1e-6);
});

Deno.test("an integer further off is named, unless the file may round twice", async () => {
  const far = Int8Array.of(4, 0);
  await assert.rejects(compared(far, Float32Array.of(1.5, 0)), /an integer of "x" is 0.600 steps/);
  const { rounding } = await compared(far, Float32Array.of(1.5, 0), { spare: 0.5 });
  assert.ok(Math.abs(rounding - 0.6) < 1e-6);
});

Deno.test("logits are compared with those that follow from the file's own integers", async () => {
  await assert.rejects(
    compared(Int8Array.of(3, 0), Float32Array.of(1.1, 0)),
    /the logits are not those that the model computes from the same values/,
  );
});
