import assert from "node:assert/strict";
import { stream } from "../../../../engine/tensor/random.ts";
import { type Scalar, withTensors } from "../../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { encodeTfjs } from "../../../../ops/formats/tfjs/encode.ts";
import { stockLogits } from "../../../../ops/formats/tfjs/run_stock.ts";
import { forward } from "../../../../ops/model/forward.ts";
import { inferLogits, weightTensors } from "../../../../ops/model/infer.ts";
import { modelFacts, shapesOf, sizeOf } from "../../../../ops/model/layers.ts";
import type { Architecture, Layer, LayerOf, Model } from "../../../../ops/model/model.ts";
import { readLayersModel } from "../../../../ops/formats/tfjs/read_layers_model.ts";
import { fc } from "../../../deps.ts";
import { assertNear, bothLogits } from "../../formats/onnx/support/both_logits.ts";
import { quantizedNetwork } from "../../formats/onnx/support/quantized_network.ts";
import { withIntegers } from "../../formats/quantized_by_hand.ts";
import { livelyModel, noise } from "../../lively_model.ts";
import { plainLogits } from "../../plain_forward.ts";
import { plainIntegerLogits } from "../../quantize/plain_integer.ts";
import { assertClose } from "../../../close.ts";

refuseLeaks(true);

type Transposed = LayerOf<"conv-transpose">;
const pairOf = (max: number) => fc.tuple(fc.integer({ min: 1, max }), fc.integer({ min: 1, max }));

/** An image of any small size, read by a transposed convolution, doubled, and read by another. */
const networks = fc.record({
  size: pairOf(4),
  kernel: pairOf(4),
  strides: pairOf(3),
  padding: fc.constantFrom<Transposed["padding"][]>("same", "valid"),
  factor: pairOf(3),
  filters: fc.integer({ min: 1, max: 3 }),
  activation: fc.constantFrom<Transposed["activation"][]>("relu", "tanh", "linear"),
}).map(({ size, factor, ...own }): Architecture => ({
  family: "loaded",
  inputs: [{ name: "input", shape: [...size, 2] }],
  layers: [
    { name: "a", kind: "conv-transpose", inputs: ["input"], bias: true, ...own },
    { name: "b", kind: "upsample", inputs: ["a"], size: factor },
    {
      name: "c",
      kind: "conv-transpose",
      inputs: ["b"],
      kernel: [3, 3],
      strides: [2, 1],
      padding: "same",
      filters: 2,
      bias: false,
      activation: "linear",
    },
  ],
  outputs: ["c"],
  head: "none",
}));

const inputOf = (model: Architecture) => Float32Array.from(noise(model)[0]!.data);
const one = (x: Float32Array) => ({ count: 1, x, y: null });

Deno.test("transposed convolutions and doubled pixels are what plain loops add up, in any geometry", async () => {
  await withTensors(async (room) => {
    await fc.assert(
      fc.asyncProperty(networks, async (network) => {
        const model = livelyModel(network);
        const found = await inferLogits(room, model, one(inputOf(model)));
        assertClose(found, plainLogits(model, noise(model)), 1e-5);
        assert.equal(found.length, sizeOf(shapesOf(network).c!));
      }),
      { numRuns: 60, seed: 3 },
    );
  });
});

/** ∂(Σ wᵢ yᵢ)/∂p by central differences of the plain loops, for every input value and kernel value. */
function differences(model: Model, weights: Float32Array): { x: number[]; kernel: number[] } {
  const [{ shape, data }] = noise(model) as [ReturnType<typeof noise>[number]];
  const value = (of: Model, x: Float64Array) =>
    plainLogits(of, [{ shape, data: x }]).reduce((sum, y, i) => sum + y * weights[i]!, 0);
  const step = 1 / 1024;
  const slopes = (values: ArrayLike<number>, at: (moved: Float64Array) => number) =>
    Array.from(values, (_, i) => {
      const [up, down] = [step, -step].map((by) => {
        const moved = Float64Array.from(values);
        moved[i]! += by;
        return at(moved);
      });
      return (up! - down!) / (2 * step);
    });
  const kernel = model.weights["a/kernel"]!;
  return {
    x: slopes(data, (moved) => value(model, moved)),
    kernel: slopes(kernel.data as Float32Array, (moved) => {
      const weight = { ...kernel, data: Float32Array.from(moved) };
      return value({ ...model, weights: { ...model.weights, "a/kernel": weight } }, data);
    }),
  };
}

Deno.test("their gradients are those of finite differences, for what enters and for kernels", async () => {
  const smooth = networks.filter(({ layers: [a] }) => (a as Transposed).activation !== "relu");
  await withTensors((room) =>
    fc.assert(
      fc.property(smooth, (network) => {
        const model = livelyModel(network);
        const width = sizeOf(shapesOf(network).c!);
        const factors = stream(4, "factors").normals(0, width);
        const { weights, dispose } = weightTensors(room, model);
        const shape = [1, ...network.inputs[0]!.shape];
        const x = room.tensor(inputOf(model), shape);
        room.tf.tidy(() => {
          const { gradients } = room.valueAndGradients(() => {
            const [y] = forward(room, { ...network, weights }, [x], { training: true }).outputs;
            return room.tf.sum(
              room.tf.mul(room.tf.reshape(y!, [width]), room.tensor(factors, [width])),
            ) as Scalar;
          }, [x, weights["a/kernel"]!]);
          const expected = differences(model, factors);
          assertClose(room.values(gradients[0]!), expected.x, 2e-3);
          assertClose(room.values(gradients[1]!), expected.kernel, 2e-3);
        });
        x.dispose();
        dispose();
      }),
      { numRuns: 15, seed: 5 },
    )
  );
});

Deno.test("stock tfjs and onnxruntime compute the same from their files", async () => {
  for (const network of fc.sample(networks, { numRuns: 6, seed: 8 })) {
    const model = livelyModel(network);
    const x = inputOf(model);
    const expected = plainLogits(model, noise(model));
    const { shape } = network.inputs[0]!;
    for (
      const [stored, storage] of [[model, "float32"], [withIntegers(model), "native"]] as const
    ) {
      const files = encodeTfjs(stored, { storage, shard: 1 << 22 });
      const stock = await withTensors((room) =>
        stockLogits(room, files, { x, shape, headed: false })
      );
      assertNear(stock, plainLogits(stored, noise(model)), 1e-5);
    }
    for (const found of Object.values(await bothLogits(model, x))) {
      assertNear(found, expected, 1e-5);
    }
  }
});

Deno.test("what was written for tfjs is read again as it was", () => {
  for (const network of fc.sample(networks, { numRuns: 10, seed: 9 })) {
    const model = livelyModel(network);
    const files = encodeTfjs(model, { storage: "float32", shard: 1 << 22 });
    const json = JSON.parse(new TextDecoder().decode(files["model.json"]));
    const read = readLayersModel(json, (path) => files[path]!);
    assert.deepEqual(read.layers, model.layers);
    for (const [name, { shape, data }] of Object.entries(model.weights)) {
      assert.deepEqual([read.weights[name]!.shape, read.weights[name]!.data], [shape, data]);
    }
  }
});

Deno.test("integers are those that big integers and plain loops give, in any geometry", async () => {
  await withTensors(async (room) => {
    for (const network of fc.sample(networks, { numRuns: 12, seed: 10 })) {
      const model = quantizedNetwork(network);
      const found = await inferLogits(room, model, one(inputOf(model)));
      assertNear(found, plainIntegerLogits(model, noise(model)[0]!), 1e-5);
    }
  });
});

Deno.test("a 4×4 kernel at stride 2 from 8 to 4 channels on 7×7 costs what the closed form says", () => {
  const layer: Layer = {
    name: "a",
    kind: "conv-transpose",
    inputs: ["input"],
    filters: 4,
    kernel: [4, 4],
    strides: [2, 2],
    padding: "same",
    bias: true,
    activation: "relu",
  };
  const inputs = [{ name: "input", shape: [7, 7, 8] }];
  const facts = modelFacts(
    { family: "loaded", inputs, layers: [layer], outputs: ["a"], head: "none" },
    { learned: false, established: {} },
  );
  assert.deepEqual(facts.layers![0]!.shape, [14, 14, 4]);
  assert.equal(facts.parameters, 4 * 4 * 8 * 4 + 4);
  assert.equal(facts.macs, 4 * 4 * 8 * 4 * 49);
});
