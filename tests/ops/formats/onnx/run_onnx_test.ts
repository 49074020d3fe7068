import assert from "node:assert/strict";
import { readOnnx } from "../../../../ops/formats/onnx/read/read_onnx.ts";
import { exported, exportedBytes } from "./support/exported.ts";
import { assertClose } from "../../../close.ts";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { encodeOnnx } from "../../../../ops/formats/onnx/encode.ts";
import { onnxLogits, runOnnx } from "../../../../ops/formats/onnx/run_onnx.ts";
import { inferLogits } from "../../../../ops/model/infer.ts";
import type { Architecture, Layer, Model } from "../../../../ops/model/model.ts";
import { fc } from "../../../deps.ts";
import { livelyModel } from "../../lively_model.ts";
import { type Plain, plainLogits } from "../../plain_forward.ts";
import { networks } from "../../prune/random_networks.ts";
import { zooNetworks } from "../../zoo_networks.ts";
import { assertNear, bothLogits, flat, samples } from "./support/both_logits.ts";

/** The file's logits against plain loops in double precision. */
async function assertAsPlain(model: Model, rows: readonly Plain[], opset = 17): Promise<void> {
  const expected = rows.flatMap((row) => plainLogits(model, [row]));
  const { disabled, all } = await bothLogits(model, flat(rows), { form: "float", opset });
  assertNear(disabled, expected, 1e-5);
  assertNear(all, expected, 1e-5);
}

/** A model of these layers over one input, with weights that differ from those of initialisation. */
function modelOf(shape: readonly number[], layers: readonly Layer[]): Model {
  return livelyModel({
    family: "layers",
    inputs: [{ name: "input", shape }],
    layers,
    outputs: [layers.at(-1)!.name],
    head: "none",
  });
}

for (const [name, network] of Object.entries(zooNetworks)) {
  Deno.test(`${name}: the file computes the logits of the engine and of plain loops`, async () => {
    const model = livelyModel(network);
    const rows = samples(model, 3);
    for (const opset of [13, 17, 22]) await assertAsPlain(model, rows, opset);
    const x = flat(rows);
    const engine = await withTensors((room) => inferLogits(room, model, { count: 3, x, y: null }));
    assertNear((await bothLogits(model, x)).all, engine, 1e-5);
  });
}

Deno.test("files of networks of any wiring compute what plain loops do", async () => {
  await fc.assert(
    fc.asyncProperty(networks, async (network: Architecture) => {
      const model = livelyModel(network);
      await assertAsPlain(model, samples(model, 2));
    }),
    { numRuns: 20, seed: 5 },
  );
});

const extent = fc.integer({ min: 3, max: 9 });
const pair = (min: number, max: number) =>
  fc.tuple(fc.integer({ min, max }), fc.integer({ min, max }));

Deno.test("windows of any size, stride, dilation and padding lie where ours lie", async () => {
  const padding = fc.oneof(
    fc.constantFrom("same" as const, "valid" as const),
    fc.tuple(pair(0, 1), pair(0, 1)),
  );
  const window = fc.record({
    image: fc.tuple(extent, extent),
    size: pair(2, 3),
    strides: pair(1, 3),
    dilations: fc.constantFrom([1, 1], [2, 1], [1, 2]) as fc.Arbitrary<[number, number]>,
    padding,
    kind: fc.constantFrom("conv", "depthwise", "max-pool", "average-pool"),
  });
  await fc.assert(
    fc.asyncProperty(window, async ({ image, size, kind, ...rest }) => {
      fc.pre(image.every((extent, axis) => extent > (size[axis]! - 1) * rest.dilations[axis]!));
      const common = { name: "window", inputs: ["input"], ...rest };
      const weighted = { kernel: size, bias: true, activation: "linear" as const };
      const layer: Layer = kind === "conv"
        ? { ...common, ...weighted, kind, filters: 3 }
        : kind === "depthwise"
        ? { ...common, ...weighted, kind, multiplier: 2 }
        : { ...common, kind: kind as "max-pool" | "average-pool", size };
      const model = modelOf([...image, 2], [layer]);
      await assertAsPlain(model, samples(model, 1), 19);
    }),
    { numRuns: 60, seed: 7 },
  );
});

/** The error function by its Maclaurin series. */
function erf(x: number): number {
  let [sum, term] = [x, x];
  for (let n = 1; n < 200; n++) {
    term *= -x * x / n;
    sum += term / (2 * n + 1);
  }
  return sum * 2 / Math.sqrt(Math.PI);
}

Deno.test("every activation is what its formula says", async () => {
  const formulas = {
    linear: (x) => x,
    relu: (x) => Math.max(0, x),
    relu6: (x) => Math.min(6, Math.max(0, x)),
    sigmoid: (x) => 1 / (1 + Math.exp(-x)),
    tanh: Math.tanh,
    gelu: (x) => x * 0.5 * (1 + erf(x / Math.SQRT2)),
    elu: (x) => x > 0 ? x : Math.expm1(x),
    "leaky-relu": (x) => x > 0 ? x : 0.2 * x,
  } as const satisfies Record<string, (x: number) => number>;
  const x = Float32Array.of(-4, -1.5, -0.25, 0, 0.5, 2, 4, 7);
  for (const [activation, formula] of Object.entries(formulas)) {
    const model = modelOf([8], [
      { name: "bent", kind: "activation", inputs: ["input"], activation: activation as "relu" },
    ]);
    const { disabled, all } = await bothLogits(model, x);
    const part = { count: 1, x, y: null };
    const engine = await withTensors((room) => inferLogits(room, model, part));
    for (const found of [disabled, all, engine]) assertNear(found, Array.from(x, formula), 1e-6);
  }
});

Deno.test("every layer that has an activation applies it last", async () => {
  const window = { strides: [1, 1], padding: "same", dilations: [1, 1] } as const;
  const own = { bias: true, activation: "tanh" } as const;
  const model = modelOf([5, 4, 3], [
    { name: "a", kind: "conv", inputs: ["input"], ...window, filters: 4, kernel: [3, 3], ...own },
    {
      name: "b",
      kind: "depthwise",
      inputs: ["a"],
      ...window,
      multiplier: 1,
      kernel: [3, 3],
      ...own,
    },
    { name: "c", kind: "batchnorm", inputs: ["b"], epsilon: 0.1, momentum: 0.9, activation: "elu" },
    { name: "d", kind: "add", inputs: ["c", "a", "b"], activation: "sigmoid" },
    { name: "e", kind: "activation", inputs: ["d"], activation: "leaky-relu" },
    { name: "f", kind: "flatten", inputs: ["e"] },
    { name: "g", kind: "dense", inputs: ["f"], units: 3, ...own },
  ]);
  await assertAsPlain(model, samples(model, 3));
});

Deno.test("values keep our order where ONNX would have another: flatten, reshape, dense over positions", async () => {
  const dense = { kind: "dense", units: 3, bias: true, activation: "relu" } as const;
  const model = modelOf([3, 4, 2], [
    { name: "positions", ...dense, inputs: ["input"] },
    { name: "zeros", kind: "pad", inputs: ["positions"], amounts: [[1, 0], [0, 2]] },
    { name: "rows", kind: "reshape", inputs: ["zeros"], shape: [4, -1] },
    {
      name: "norm",
      kind: "batchnorm",
      inputs: ["rows"],
      epsilon: 0.1,
      momentum: 0.9,
      activation: "linear",
    },
    { name: "each", ...dense, bias: false, inputs: ["norm"] },
    { name: "twice", kind: "concat", inputs: ["each", "norm"] },
    { name: "image", kind: "reshape", inputs: ["twice"], shape: [2, 2, 21] },
    { name: "half", kind: "dropout", inputs: ["image"], rate: 0.5 },
    { name: "flat", kind: "flatten", inputs: ["half"] },
    {
      name: "scaled",
      kind: "batchnorm",
      inputs: ["flat"],
      epsilon: 0.1,
      momentum: 0.9,
      activation: "linear",
    },
    { name: "joined", kind: "concat", inputs: ["scaled", "flat"] },
  ]);
  await assertAsPlain(model, samples(model, 2));
});

Deno.test("an image as output has its channels last", async () => {
  const window = { strides: [1, 1], padding: "same", dilations: [1, 1] } as const;
  const model = modelOf([4, 3, 2], [
    {
      name: "a",
      kind: "conv",
      inputs: ["input"],
      ...window,
      filters: 5,
      kernel: [3, 3],
      bias: false,
      activation: "linear",
    },
  ]);
  await assertAsPlain(model, samples(model, 2));
});

Deno.test("preprocessing is in the file, the head behind the logits", async () => {
  const image = zooNetworks["cnn"]!;
  const preprocess = { scale: [1 / 255, 0.5], offset: [0, -0.25] };
  for (const head of ["softmax", "sigmoid"] as const) {
    const model = { ...livelyModel({ ...image, head }), preprocess };
    const raw = samples(model, 2);
    const prepared = raw.map(({ shape, data }) => ({
      shape,
      data: data.map((value, i) => value * preprocess.scale[i % 2]! + preprocess.offset[i % 2]!),
    }));
    const logits = prepared.flatMap((row) => plainLogits(model, [row]));
    const files = encodeOnnx(model, { form: "float", opset: 17 });
    const found = await runOnnx(files, { x: flat(raw), shape: [9, 9, 2] });
    assert.deepEqual(Object.keys(found).sort(), ["logits", "probabilities"]);
    assertNear(found["logits"]!, logits, 1e-5);
    const exponents = logits.map(Math.exp);
    const probabilities = exponents.map((e, i) => {
      const row = i - i % 3;
      return head === "sigmoid"
        ? e / (1 + e)
        : e / (exponents[row]! + exponents[row + 1]! + exponents[row + 2]!);
    });
    assertNear(found["probabilities"]!, probabilities, 1e-5);
  }
});

Deno.test("a model of several outputs gives each by its layer", async () => {
  const network = { ...zooNetworks["mlp"]!, outputs: ["dense2", "head.dense"] };
  const model = livelyModel(network);
  const [row] = samples(model, 1) as [Plain];
  const found = await runOnnx(encodeOnnx(model, { form: "float", opset: 17 }), {
    x: flat([row]),
    shape: [7],
  });
  const expected = plainLogits(model, [row]);
  assertNear(found["logits.dense2"]!, expected.slice(0, 6), 1e-5);
  assertNear(found["logits.head.dense"]!, expected.slice(6), 1e-5);
  assert.equal(Object.keys(found).length, 4);
});

Deno.test("an input of floats may be called input_ids, as in files of text encoders", async () => {
  const model = readOnnx(exportedBytes("roberta_eager"), "a.onnx");
  const plain = { ...model, head: "none" as const };
  const { x, y } = exported["roberta_eager"]!;
  const files = encodeOnnx(plain, { form: "float", opset: 17 });
  assertClose(await onnxLogits(files, plain, Float32Array.from(x)), y, 1e-4);
});
