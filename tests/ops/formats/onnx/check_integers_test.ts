/** A file is checked by the integers that it computes: what is wrong in it is found, and rounding is not. */
import assert from "node:assert/strict";
import type { Files } from "../../../../engine/kind.ts";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { DifferenceError } from "../../../../ops/formats/compare.ts";
import { checkIntegers } from "../../../../ops/formats/onnx/check_integers.ts";
import { encodeOnnx } from "../../../../ops/formats/onnx/encode.ts";
import { inferLogits } from "../../../../ops/model/infer.ts";
import type { Layer, Model, Weight } from "../../../../ops/model/model.ts";
import { zooNetworks } from "../../zoo_networks.ts";
import { assertNear, flat, samples } from "./support/both_logits.ts";
import { quantizedNetwork, withExactScales } from "./support/quantized_network.ts";

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

/** One dense layer of one unit on two numbers, its rows or its values in integers. */
function oneUnit(kernel: Int8Array, dynamic: boolean): Model {
  const format = { bits: 8, scale: 1, zero: 0, minimum: -128, maximum: 127 };
  const encoding = {
    ...{ use: "affine", bits: 8, axis: null, symmetry: "symmetric" } as const,
    scale: Float32Array.of(1),
    zero: Int32Array.of(0),
  };
  return {
    family: "one",
    inputs: [{ name: "input", shape: [2] }],
    layers: [
      {
        ...{ name: "d", kind: "dense", inputs: ["input"], units: 1, bias: false },
        activation: "linear",
      } as const,
    ],
    outputs: ["d"],
    head: "none",
    weights: { "d/kernel": { shape: [2, 1], encoding, data: kernel } },
    classes: [],
    preprocess: null,
    established: {},
    learned: true,
    quantization: dynamic
      ? { rules: "onnx", activations: {}, dynamic: { bits: 8, symmetry: "symmetric" } }
      : { rules: "onnx", activations: { input: format, d: format } },
  };
}
const said = async (model: Model, other: Model, x: Float32Array) => {
  try {
    return [...(await checked(model, encodeOnnx(other, options), x)).logits];
  } catch (error) {
    assert.ok(error instanceof DifferenceError, String(error));
    return error.message;
  }
};

Deno.test("how far an integer is off, and of what, is said in a whole sentence", async () => {
  const [model, other] = [Int8Array.of(1, 2), Int8Array.of(1, 9)].map((each) =>
    oneUnit(each, false)
  );
  // 1 · 3 + 2 · 1, and 1 · 3 + 9 · 1.
  const x = Float32Array.of(3, 1);
  assert.deepEqual(await said(model!, model!, x), [5]);
  assert.equal(
    await said(model!, other!, x),
    'an integer of "d" is 7.00 steps from the number that the model computes from the same values; ' +
      "rounding explains half a step, 0.516 is tolerated",
  );
  const rows = Float32Array.of(3, 1, 0, 2, 1, 1);
  assert.deepEqual(await said(model!, model!, rows), [5, 4, 3]);
});

Deno.test("rows that find their ranges, and the logits, are compared by the largest of them", async () => {
  const [model, other] = [Int8Array.of(1, 2), Int8Array.of(1, 9)].map((each) =>
    oneUnit(each, true)
  );
  // 127 has the scale 1: rows are the integers that they were.
  const x = Float32Array.of(127, 1, 0, 127);
  assert.deepEqual(await said(model!, model!, x), [129, 254]);
  // 9 · 127 for 2 · 127, of 254.
  assert.equal(
    await said(model!, other!, x),
    "the logits are not those that the model computes from the same values: they differ by " +
      "3.50 of the largest one, 0.001 is tolerated",
  );
  const second = (of: Model): Model => ({
    ...of,
    layers: [...of.layers, { ...of.layers[0]!, name: "e", inputs: ["d"] } as Layer],
    outputs: ["e"],
    weights: {
      ...of.weights,
      "e/kernel": { ...of.weights["d/kernel"]!, shape: [1, 1], data: Int8Array.of(1) } as Weight,
    },
  });
  assert.deepEqual(await said(second(model!), second(model!), x), [129, 254]);
  assert.equal(
    await said(second(model!), second(other!), x),
    'the values of "d" are not those that the model computes from the same values: they differ by ' +
      "3.50 of the largest one, 0.001 is tolerated",
  );
});
