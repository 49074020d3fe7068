import assert from "node:assert/strict";
import { type Tensor, withTensors } from "../../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { type ModelFacts, ParameterError } from "../../../../engine/op.ts";
import { decodePacked, encodePacked } from "../../../../ops/formats/packed/packed.ts";
import { inferLogits } from "../../../../ops/model/infer.ts";
import { modelFacts } from "../../../../ops/model/layers.ts";
import type { Architecture, Model } from "../../../../ops/model/model.ts";
import {
  dynamicDense,
  dynamicScheme,
  SMALLEST_SCALE,
} from "../../../../ops/model/integers/dynamic.ts";
import { decodeWeight } from "../../../../ops/model/weights.ts";
import type { IntegerParams } from "../../../../ops/quantize/fields.ts";
import { quantize } from "../../../../ops/quantize/quantize.ts";
import { assertNear, bothLogits, flat, samples } from "../../formats/onnx/support/both_logits.ts";
import { livelyModel } from "../../lively_model.ts";
import { noiseData } from "../../noise_data.ts";
import { plainLogits } from "../../plain_forward.ts";
import { runContext } from "../../run_context.ts";
import { zooNetworks } from "../../zoo_networks.ts";

refuseLeaks(true);

const dynamic = {
  scheme: "int8",
  granularity: "channel",
  symmetry: "symmetric",
  activations: { use: "int8", granularity: "tensor", symmetry: "asymmetric", ranges: "dynamic" },
  calibrate: { use: "mse", samples: 10 },
  fold: "batchnorm",
  equalize: "none",
  "bias_correction": "none",
  rules: "onnx",
} satisfies IntegerParams;

const rounded = async (model: Model, changed: object = {}) =>
  await quantize.run(
    { model, data: undefined } as never,
    { ...dynamic, ...changed },
    runContext(),
  );

const logitsOf = (model: Model, x: Float32Array, count: number) =>
  withTensors((room) => inferLogits(room, model, { count, x, y: null }));

/** One dense layer over a row of five. */
const line: Architecture = {
  family: "line",
  inputs: [{ name: "input", shape: [5] }],
  layers: [{
    name: "out",
    kind: "dense",
    inputs: ["input"],
    units: 3,
    bias: true,
    activation: "linear",
  }],
  outputs: ["out"],
  head: "none",
};

/** DynamicQuantizeLinear of the ONNX specification, y and its scale and zero point, of one row. */
function dynamicQuantizeLinear(row: readonly number[]) {
  const { fround } = Math;
  const [low, high] = [Math.min(0, ...row), Math.max(0, ...row)];
  const scale = fround(fround(fround(high) - fround(low)) / 255);
  if (scale === 0) return { scale, zero: 0, y: row.map(() => 0) };
  const even = (value: number) => {
    const floor = Math.floor(value);
    const up = value - floor > 0.5 || value - floor === 0.5 && floor % 2 !== 0;
    return up ? floor + 1 : floor;
  };
  const clip = (value: number) => Math.min(255, Math.max(0, value));
  const zero = clip(even(fround(0 - fround(fround(low) / scale))));
  return { scale, zero, y: row.map((x) => clip(even(fround(fround(x) / scale)) + zero)) };
}

Deno.test("each row is what DynamicQuantizeLinear says of it, and the sums are exact", async () => {
  const model = await rounded(livelyModel(line));
  const rows = [[0.5, -1, 0.25, 2, 0], [100, 3, 7, 1, 2], [0, 0, 0, 0, 0], [-1, -2, -3, -4, -5]];
  const found = await logitsOf(model, Float32Array.from(rows.flat()), rows.length);
  const { encoding, data } = model.weights["out/kernel"]!;
  assert.ok(encoding.use === "affine");
  const bias = decodeWeight(model.weights["out/bias"]!);
  const expected = rows.flatMap((row) => {
    const { y, scale, zero } = dynamicQuantizeLinear(row);
    return [0, 1, 2].map((c) => {
      const sum = y.reduce((sum, q, i) => sum + BigInt(q - zero) * BigInt(data[i * 3 + c]!), 0n);
      return (sum === 0n ? 0 : Number(sum) * scale * encoding.scale[c]!) + bias[c]!;
    });
  });
  expected.forEach((value, i) => assert.ok(Math.abs(found[i]! - value) <= 1e-6 * Math.abs(value)));
});

Deno.test("rows do not depend on the batch they come in", async () => {
  const model = await rounded(livelyModel(zooNetworks.bert!));
  const x = flat(samples(model, 5));
  const together = await logitsOf(model, x, 5);
  for (let i = 0; i < 5; i++) {
    const alone = await logitsOf(model, x.slice(i * 6, (i + 1) * 6), 1);
    assert.deepEqual(alone, together.slice(i * 3, (i + 1) * 3));
  }
});

Deno.test("an encoder stays near its floats, nearer than with the ranges of noise", async () => {
  const exact = livelyModel(zooNetworks.bert!);
  const rows = samples(exact, 16);
  const floats = rows.flatMap((row) => plainLogits(exact, [row]));
  const error = async (model: Model) => {
    const logits = await logitsOf(model, flat(rows), 16);
    return Math.sqrt(floats.reduce((sum, value, i) => sum + (value - logits[i]!) ** 2, 0));
  };
  const calibrated = await quantize.run({ model: exact, data: noiseData(exact, 64) }, {
    ...dynamic,
    activations: { use: "int8", granularity: "tensor", symmetry: "asymmetric" },
  }, runContext());
  const found = await error(await rounded(exact));
  assert.ok(found < 0.1 * Math.sqrt(floats.reduce((sum, value) => sum + value * value, 0)));
  assert.ok(found < await error(calibrated));
});

for (
  const [title, changed, opset] of [
    ["asymmetric rows", {}, 17],
    ["symmetric rows, axes as inputs", {
      activations: { ...dynamic.activations, symmetry: "symmetric" },
    }, 18],
    ["six bits", { activations: { ...dynamic.activations, use: "int6" } }, 13],
    ["columns with a zero point", { symmetry: "asymmetric" }, 17],
    ["one scale for a kernel", { granularity: "tensor", symmetry: "asymmetric" }, 17],
    ["a layer in floats", { exclude: ["block1.feedforward"] }, 17],
  ] as const
) {
  Deno.test(`onnxruntime multiplies the engine's integers: ${title}`, async () => {
    const model = await rounded(livelyModel(zooNetworks.bert!), changed);
    const x = flat(samples(model, 8));
    const engine = await logitsOf(model, x, 8);
    const { disabled, all } = await bothLogits(model, x, { opset });
    assertNear(disabled, engine, 1e-5);
    assertNear(all, engine, 1e-5);
  });
}

Deno.test("the packed file keeps the arithmetic", async () => {
  const model = await rounded(livelyModel(zooNetworks.mlp!));
  const again = decodePacked(
    encodePacked(model, { coding: "huffman", indices: "relative", indexBits: 5 }),
  );
  assert.deepEqual(again.quantization, {
    rules: "onnx",
    activations: {},
    dynamic: { bits: 8, symmetry: "asymmetric" },
  });
});

Deno.test("no data are read; convolutions and finetuning are refused", () => {
  const parts = (params: object) => quantize.inputs.data.parts!({ ...dynamic, ...params });
  assert.deepEqual(parts({}), []);
  assert.deepEqual(parts({ "bias_correction": "measured" }), ["meta", "train"]);
  const refused = (network: Architecture, changed: object) => {
    const model = modelFacts(network, { learned: true, established: {} }) as ModelFacts;
    assert.throws(
      () => quantize.facts({ model }, { ...dynamic, ...changed } as never),
      (error) => error instanceof ParameterError && error.path === "activations.ranges",
    );
  };
  refused(zooNetworks.cnn!, {});
  refused(zooNetworks.bert!, { finetune: { epochs: 1 } });
  const model = modelFacts(zooNetworks.cnn!, { learned: true, established: {} }) as ModelFacts;
  quantize.facts({ model }, { ...dynamic, exclude: ["type:conv"] } as never);
});

/** What the one layer makes of rows of five, by the function itself. */
async function rowsOf(model: Model, rows: readonly number[], shape: readonly number[]) {
  const scheme = dynamicScheme(model.quantization!)!;
  const [layer] = model.layers;
  assert.ok(layer!.kind === "dense");
  return await withTensors((room) => {
    const kept: Tensor[] = [];
    const keep = (tensor: Tensor) => {
      kept.push(tensor);
      return tensor;
    };
    const dense = dynamicDense({ room, model, keep }, layer as never, scheme);
    if (dense === undefined) return undefined;
    const found = room.tf.tidy(() => {
      const y = dense(room.tensor(Float32Array.from(rows), shape));
      return { shape: y.shape, values: room.values(y) };
    });
    for (const tensor of kept) tensor.dispose();
    return found;
  });
}

Deno.test("a position of a sequence is a row: the same integers as alone, in the same places", async () => {
  const model = await rounded(livelyModel(line));
  const rows = [0.5, -1, 0.25, 2, 0, 100, 3, 7, 1, 2, -1, -2, -3, -4, -5, 9, 8, 7, 6, 5];
  const flat = await rowsOf(model, rows, [4, 5]);
  const folded = await rowsOf(model, rows, [2, 2, 5]);
  assert.deepEqual([flat!.shape, folded!.shape], [[4, 3], [2, 2, 3]]);
  assert.deepEqual(folded!.values, flat!.values);
  for (let row = 0; row < 4; row++) {
    const alone = await rowsOf(model, rows.slice(5 * row, 5 * row + 5), [1, 5]);
    assert.deepEqual(alone!.values, flat!.values.slice(3 * row, 3 * row + 3));
  }
});

Deno.test("a row of zeros, and one too small for a scale, give the bias alone", async () => {
  const model = await rounded(livelyModel(line));
  const tiny = SMALLEST_SCALE / 4;
  const found = await rowsOf(model, [0, 0, 0, 0, 0, tiny, -tiny, tiny, 0, tiny], [2, 5]);
  const bias = [...decodeWeight(model.weights["out/bias"]!)];
  assert.deepEqual([...found!.values], [...bias, ...bias]);
});

Deno.test("a kernel of floats is left to floats, and fixed ranges have no dynamic scheme", async () => {
  const floats = livelyModel(line);
  const { quantization } = await rounded(floats);
  assert.equal(await rowsOf({ ...floats, quantization }, [1, 2, 3, 4, 5], [1, 5]), undefined);
  const { dynamic: _, ...fixed } = quantization!;
  assert.equal(dynamicScheme(fixed), undefined);
  assert.deepEqual(dynamicScheme(quantization!), {
    ...{ bits: 8, symmetry: "asymmetric", rules: "onnx" },
  });
});
