import assert from "node:assert/strict";
import { assertSumsFit } from "../../../../ops/model/integers/accumulator.ts";
import type { Model, Quantization } from "../../../../ops/model/model.ts";
import { floatWeight } from "../../../../ops/model/weights.ts";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { integerRunner } from "../../../../ops/model/integers/integer.ts";
import { layerOf, networkOf } from "../support/one_layer.ts";
import { livelyModel } from "../../lively_model.ts";

const layer = layerOf("dense", { units: 1, bias: true, activation: "linear" });

/** A dense layer of so many weights of 127, and a bias in units of its sums. */
function model(inputs: number, bias: number): Model {
  const encoding = {
    use: "affine",
    bits: 8,
    axis: null,
    symmetry: "symmetric",
    scale: Float32Array.of(1),
    zero: Int32Array.of(0),
  } as const;
  return {
    ...livelyModel(networkOf(layer, [inputs])),
    weights: {
      "layer/kernel": { shape: [inputs, 1], encoding, data: new Int8Array(inputs).fill(127) },
      "layer/bias": floatWeight([1], Float32Array.of(bias)),
    },
  };
}
const quantization: Quantization = {
  rules: "onnx",
  activations: { a: { bits: 8, scale: 1, zero: -128, minimum: -128, maximum: 127 } },
};
const fits = (inputs: number, bias: number, changed: Partial<Quantization> = {}) => () =>
  assertSumsFit(model(inputs, bias), { ...quantization, ...changed });

// A centred input is 255 at most, a product 32385: 66311 of them are 2,147,481,735, and 1,912 are left.
Deno.test("the largest sum that can be is the largest input times all weights, and the bias", () => {
  assert.doesNotThrow(fits(66_311, 1_912));
  assert.throws(
    fits(66_311, 1_920),
    /Cannot compute "layer" in integers: its sums of 66311 products/,
  );
  assert.throws(fits(66_312, 0), /may need more than 32 bits/);
  assert.throws(fits(66_311, -1_920), /more than 32 bits/);
});

Deno.test("rows that find their ranges add the bias in floats", () => {
  const dynamic = { activations: {}, dynamic: { bits: 8, symmetry: "asymmetric" } } as const;
  assert.doesNotThrow(fits(66_311, 1e9, dynamic));
  assert.throws(fits(66_312, 0, dynamic), /more than 32 bits/);
});

Deno.test("a layer that reads floats adds up no integers", () => {
  assert.doesNotThrow(fits(66_312, 0, { activations: {} }));
});

Deno.test("integers that are only moved stay those of the wider format, whatever the model says", () => {
  const narrow = { bits: 8, scale: 1, zero: 0, minimum: 0, maximum: 1 };
  const { layers, ...rest } = model(66_312, 0);
  const moving = { name: "flat", kind: "flatten", inputs: ["a"] } as const;
  const moved = { ...rest, layers: [moving, { ...layers[0]!, inputs: ["flat"] }] };
  const { a } = quantization.activations;
  const ask = (activations: Quantization["activations"]) => () =>
    assertSumsFit(moved, { ...quantization, activations });
  assert.throws(ask({ a: a!, flat: narrow }), /more than 32 bits/);
  assert.doesNotThrow(ask({ flat: narrow }));
  assert.doesNotThrow(ask({ a: a! }));
});

Deno.test("a model that another made is asked before it computes, and leaves nothing behind", async () => {
  const before = refuseLeaks(true);
  try {
    await withTensors((room) => {
      const made = (inputs: number) => integerRunner(room, { ...model(inputs, 0), quantization });
      assert.throws(() => made(66_312), /Cannot compute "layer" in integers/);
      made(66_311).dispose();
    });
  } finally {
    refuseLeaks(before);
  }
});
