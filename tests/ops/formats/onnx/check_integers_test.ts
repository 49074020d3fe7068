/** A file is checked by the integers that it computes: what is wrong in it is found, and rounding is not. */
import assert from "node:assert/strict";
import type { Files } from "../../../../engine/kind.ts";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { DifferenceError } from "../../../../ops/formats/compare.ts";
import { checkIntegers } from "../../../../ops/formats/onnx/check_integers.ts";
import { encodeOnnx } from "../../../../ops/formats/onnx/encode.ts";
import { inferLogits } from "../../../../ops/model/infer.ts";
import type { Model } from "../../../../ops/model/model.ts";
import { zooNetworks } from "../../zoo_networks.ts";
import { assertNear, flat, samples } from "./both_logits.ts";
import { quantizedNetwork, withExactScales } from "./quantized_network.ts";

refuseLeaks(true);

const options = { form: "qdq", opset: 17 } as const;
const COUNT = 6;

const checked = (
  model: Model,
  files: Files,
  x: Float32Array,
  signal = new AbortController().signal,
) =>
  withTensors((room) => {
    const given = { room, model, files, samples: { x, shape: model.inputs[0]!.shape } };
    return checkIntegers(given, { ...options, tolerance: 1e-3, signal });
  });

for (const name of ["mlp", "cnn", "mobilenet-v1"]) {
  Deno.test(`${name}: the file of a model is its own, with its logits, and off by half a step at most`, async () => {
    const model = quantizedNetwork(zooNetworks[name]!);
    const x = flat(samples(model, COUNT));
    const { logits, rounding } = await checked(model, encodeOnnx(model, options), x);
    const engine = await withTensors((room) =>
      inferLogits(room, model, { count: COUNT, x, y: null })
    );
    assertNear(logits, engine, 1e-5);
    assert.ok(rounding > 0 && rounding <= 0.5 + 1 / 64, `${rounding}`);
  });
}

Deno.test("a value half-way between two integers is no fault, whichever the file took", async () => {
  const model = withExactScales(quantizedNetwork(zooNetworks.cnn!, { weightBits: 4 }));
  const x = flat(samples(model, COUNT)).map((value) => Math.round(value * 64) / 64);
  const halfUp: Model = { ...model, quantization: { ...model.quantization!, rules: "tensorflow" } };
  await checked(halfUp, encodeOnnx(model, options), x);
});

/** The model with one layer's weight changed, and the layer. */
function changed(model: Model, role: string): { readonly other: Model; readonly layer: string } {
  const name = Object.keys(model.weights).find((each) => each.endsWith(`/${role}`))!;
  const weight = model.weights[name]!;
  const data = weight.data.slice();
  data[0] = role === "bias" ? data[0]! + 1 : data[0]! > 0 ? data[0]! - 60 : data[0]! + 60;
  return {
    other: {
      ...model,
      weights: { ...model.weights, [name]: { ...weight, data } as typeof weight },
    },
    layer: name.slice(0, -role.length - 1),
  };
}

for (const role of ["kernel", "bias"]) {
  Deno.test(`another ${role} in the file is found, and the first layer that has it is named`, async () => {
    const model = quantizedNetwork(zooNetworks.cnn!);
    const { other, layer } = changed(model, role);
    const x = flat(samples(model, COUNT));
    await assert.rejects(checked(model, encodeOnnx(other, options), x), (error) => {
      assert.ok(error instanceof DifferenceError, String(error));
      assert.match(error.message, new RegExp(`an integer of "${layer}[^"]*" is .* steps`));
      return true;
    });
  });
}

Deno.test("another scale of a value in the file is found", async () => {
  const model = quantizedNetwork(zooNetworks.mlp!);
  const { rules, activations } = model.quantization!;
  const scaled = Object.entries(activations).map(([name, format]) =>
    [name, { ...format, scale: format.scale * 1.25 }] as const
  );
  const other = { ...model, quantization: { rules, activations: Object.fromEntries(scaled) } };
  const x = flat(samples(model, COUNT));
  await assert.rejects(checked(model, encodeOnnx(other, options), x), DifferenceError);
});

Deno.test("a check that is stopped says so", async () => {
  const model = quantizedNetwork(zooNetworks.mlp!);
  const x = flat(samples(model, 1));
  const stopped = AbortSignal.abort(new Error("enough"));
  await assert.rejects(checked(model, encodeOnnx(model, options), x, stopped), /enough/);
});
