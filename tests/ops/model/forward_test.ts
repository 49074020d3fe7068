import assert from "node:assert/strict";
import { stream } from "../../../engine/tensor/random.ts";
import { type Tensor, withTensors } from "../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../engine/tensor/room.ts";
import { encodeTfjs } from "../../../ops/formats/tfjs/encode.ts";
import { stockLogits } from "../../../ops/formats/tfjs/run_stock.ts";
import { forward, tapped } from "../../../ops/model/forward.ts";
import { inferLogits, weightTensors } from "../../../ops/model/infer.ts";
import { initialModel } from "../../../ops/model/initialize.ts";
import { sizeOf } from "../../../ops/model/layers.ts";
import type { Architecture, Layer } from "../../../ops/model/model.ts";
import { cnn, lenet5 } from "../../../ops/model/zoo/cnn.ts";
import { mlp } from "../../../ops/model/zoo/mlp.ts";
import { mobilenetV1 } from "../../../ops/model/zoo/mobilenet_v1.ts";
import { resnet } from "../../../ops/model/zoo/resnet.ts";
import { livelyModel } from "../lively_model.ts";
import { assertClose } from "../../close.ts";

refuseLeaks(true);

const noise = (shape: readonly number[], count: number) =>
  stream(3, "noise").uniforms(0, count * sizeOf(shape)).map((u) => 2 * u - 1);

/** Every layer kind, activation and padding that a layers-model can say. */
const assorted: Architecture = {
  family: "loaded",
  inputs: [{ name: "input", shape: [9, 8, 3] }],
  layers: assortedLayers(),
  outputs: ["out"],
  head: "none",
};

function assortedLayers(): Layer[] {
  const same = { strides: [1, 1], padding: "same", dilations: [1, 1] } as const;
  const half = { ...same, strides: [2, 2] } as const;
  return [
    {
      name: "a",
      kind: "conv",
      inputs: ["input"],
      filters: 6,
      kernel: [3, 2],
      ...same,
      padding: [[1, 2], [0, 1]],
      bias: true,
      activation: "leaky-relu",
    },
    { name: "b", kind: "pad", inputs: ["a"], amounts: [[1, 0], [2, 1]] },
    {
      name: "c",
      kind: "depthwise",
      inputs: ["b"],
      kernel: [3, 3],
      multiplier: 2,
      ...half,
      bias: true,
      activation: "gelu",
    },
    { name: "d", kind: "max-pool", inputs: ["c"], size: [3, 2], ...same },
    { name: "e", kind: "average-pool", inputs: ["c"], size: [3, 3], ...same },
    { name: "f", kind: "concat", inputs: ["d", "e", "c"] },
    {
      name: "g",
      kind: "batchnorm",
      inputs: ["f"],
      epsilon: 0.01,
      momentum: 0.9,
      activation: "elu",
    },
    { name: "h", kind: "activation", inputs: ["g"], activation: "tanh" },
    { name: "i", kind: "add", inputs: ["g", "h", "f"], activation: "sigmoid" },
    {
      name: "j",
      kind: "conv",
      inputs: ["i"],
      filters: 4,
      kernel: [3, 3],
      ...same,
      dilations: [2, 2],
      bias: false,
      activation: "relu6",
    },
    { name: "k", kind: "reshape", inputs: ["j"], shape: [-1, 4] },
    { name: "l", kind: "dense", inputs: ["k"], units: 5, bias: true, activation: "tanh" },
    { name: "m", kind: "flatten", inputs: ["l"] },
    { name: "n", kind: "dropout", inputs: ["m"], rate: 0.5 },
    { name: "out", kind: "dense", inputs: ["n"], units: 3, bias: true, activation: "linear" },
  ];
}

const networks: Record<string, Architecture> = {
  "every layer kind": assorted,
  mlp: mlp.build([7], 3, { hidden: [5, 4], dropout: 0.5 }),
  lenet5: lenet5.build([28, 28, 1], 10, {}),
  cnn: cnn.build([9, 11, 2], 4, { filters: [3, 5], dense: [6], dropout: 0.2 }),
  resnet: resnet.build([12, 12, 3], 5, { depth: 8, width: 0.5 }),
  "mobilenet-v1": mobilenetV1.build([20, 20, 1], 10, { depth: 4, width: 0.25 }),
};

for (const [name, architecture] of Object.entries(networks)) {
  Deno.test(`${name} computes what stock tfjs computes from the same weights`, async () => {
    const model = livelyModel(architecture);
    const { shape } = model.inputs[0]!;
    const x = noise(shape, 3);
    const files = encodeTfjs(model, { storage: "float32", shard: 1 << 22 });
    const headed = model.head !== "none";
    const { ours, stock } = await withTensors(async (room) => ({
      ours: await inferLogits(room, model, { count: 3, x, y: null }),
      stock: await stockLogits(room, files, { x, shape, headed }),
    }));
    assertClose(ours, stock, 2e-5);
  });
}

Deno.test("logits are the same bits for any batch size, prepared by the model or by the data", async () => {
  const model = livelyModel(networks.resnet!);
  const { shape } = model.inputs[0]!;
  const x = Uint8Array.from(noise(shape, 5), (value) => Math.floor((value + 1) * 127));
  const part = { count: 5, x, y: null };
  const normalize = { scale: [1 / 255], offset: [-0.5] };
  await withTensors(async (room) => {
    const together = await inferLogits(room, model, part, { meta: { input: shape, normalize } });
    const prepared = { ...model, preprocess: normalize };
    for (const batch of [1, 2, 5]) {
      const other = { input: shape, normalize: { scale: [9], offset: [9] } };
      assert.deepEqual(await inferLogits(room, prepared, part, { meta: other, batch }), together);
    }
  });
});

Deno.test("samples of another shape are refused", async () => {
  const model = livelyModel(networks.mlp!);
  const part = { count: 2, x: new Float32Array(16), y: null };
  const meta = { input: [8], normalize: { scale: [1], offset: [0] } };
  await assert.rejects(
    () => withTensors((room) => inferLogits(room, model, part, { meta })),
    /it reads 7, a sample is 8; of a table data\.columns\.input names .*, of texts data\.text\.length is 7$/,
  );
  const pictures = { ...meta, input: [2, 4] };
  await assert.rejects(
    () => withTensors((room) => inferLogits(room, model, part, { meta: pictures })),
    /it reads 7, a sample is 2×4$/,
  );
});

Deno.test("training uses the batch's statistics and scales by dropout masks; frozen layers do not", async () => {
  const layers: Layer[] = [
    {
      name: "n",
      kind: "batchnorm",
      inputs: ["input"],
      epsilon: 0,
      momentum: 0.9,
      activation: "linear",
    },
    { name: "drop", kind: "dropout", inputs: ["n"], rate: 0.5 },
  ];
  const structure: Architecture = {
    family: "loaded",
    inputs: [{ name: "input", shape: [1] }],
    layers,
    outputs: ["drop"],
    head: "none",
  };
  await withTensors((room) => {
    const { weights, dispose } = weightTensors(room, initialModel(structure, 0));
    const run = (frozen?: ReadonlySet<string>) =>
      room.tf.tidy(() => {
        // Mean 2 and population variance 1, by hand.
        const x = room.tensor(Float32Array.of(1, 3), [2, 1]);
        const dropout = () => room.tensor(Float32Array.of(2, 0), [2, 1]);
        const options = { training: true, dropout, ...(frozen === undefined ? {} : { frozen }) };
        const { outputs, statistics } = forward(room, { ...structure, weights }, [x], options);
        const read = (tensor: Tensor | undefined) => tensor && [...room.values(tensor)];
        return {
          output: read(outputs[0])!,
          mean: read(statistics.n?.mean),
          variance: read(statistics.n?.variance),
        };
      });
    assertClose(run().output, [-2, 0], 1e-6);
    assertClose(run().mean!, [2], 1e-6);
    assertClose(run().variance!, [1], 1e-6);
    assert.deepEqual(run(new Set(["n", "drop"])), {
      output: [1, 3],
      mean: undefined,
      variance: undefined,
    });
    dispose();
  });
});

Deno.test("taps give the last value of a group, transforms reach what others read", async () => {
  const structure = networks.resnet!;
  assert.equal(tapped(structure, "stem"), "stem.norm");
  assert.equal(tapped(structure, "stage1"), "stage1.block1.add");
  assert.throws(
    () => tapped(structure, "stage9"),
    new RangeError('Cannot tap "stage9": no layer or group has this name'),
  );
  await withTensors((room) => {
    const { weights, dispose } = weightTensors(room, livelyModel(structure));
    room.tf.tidy(() => {
      const x = room.tensor(noise([12, 12, 3], 2), [2, 12, 12, 3]);
      const transform = (layer: string, value: Tensor) =>
        layer === "head.pool" ? room.tf.mul(value, 0) : value;
      const options = { training: false, taps: ["stage1", "head.pool"], transform };
      const { outputs, taps } = forward(room, { ...structure, weights }, [x], options);
      assert.deepEqual(taps.stage1!.shape, [2, 12, 12, 8]);
      assert.ok(room.values(taps["head.pool"]!).every((value) => value === 0));
      const bias = [...room.values(weights["head.dense/bias"]!)];
      assert.deepEqual([...room.values(outputs[0]!)], [...bias, ...bias]);
    });
    dispose();
  });
});

Deno.test("inference that hands on as it goes gives the bits of layer after layer, and what was tapped", async () => {
  await withTensors((room) => {
    for (const structure of Object.values(networks)) {
      const { weights, dispose } = weightTensors(room, livelyModel(structure));
      const taps = structure.layers.filter((_, index) => index % 3 === 0).map(({ name }) => name);
      room.tf.tidy(() => {
        const { shape } = structure.inputs[0]!;
        const x = room.tensor(noise(shape, 2), [2, ...shape]);
        const run = (options: { taps?: string[]; transform?: (_: string, v: Tensor) => Tensor }) =>
          forward(room, { ...structure, weights }, [x], { training: false, ...options });
        // A transform, even one that changes nothing, needs the value of every layer.
        const whole = run({ taps, transform: (_layer, value) => value });
        const [bare, tapped] = [run({}), run({ taps })];
        const expected = room.values(whole.outputs[0]!);
        assert.deepEqual(room.values(bare.outputs[0]!), expected);
        assert.deepEqual(room.values(tapped.outputs[0]!), expected);
        for (const tap of taps) {
          assert.deepEqual(room.values(tapped.taps[tap]!), room.values(whole.taps[tap]!), tap);
        }
        assert.equal(x.isDisposed, false);
      });
      dispose();
    }
  });
});

Deno.test("inference keeps no value that nothing reads any more", async () => {
  const structure = networks.resnet!;
  await withTensors((room) => {
    const { weights, dispose } = weightTensors(room, livelyModel(structure));
    room.tf.tidy(() => {
      const { shape } = structure.inputs[0]!;
      const x = room.tensor(noise(shape, 2), [2, ...shape]);
      const before = room.tf.memory().numTensors;
      forward(room, { ...structure, weights }, [x], { training: false });
      assert.equal(room.tf.memory().numTensors, before + 1);
    });
    dispose();
  });
});

Deno.test("what a pass is not given is named: weights, masks, noise, a value for an input", async () => {
  const dense = { kind: "dense", units: 2, bias: false, activation: "linear" } as const;
  const of = (...layers: Layer[]): Architecture => ({
    ...{ family: "test", head: "none", inputs: [{ name: "x", shape: [2] }] },
    ...{ layers, outputs: [layers.at(-1)!.name] },
  });
  const refused = (network: Architecture, why: string, given = 1) =>
    withTensors((room) =>
      room.tf.tidy(() => {
        const values = [room.tensor(Float32Array.of(1, 2), [1, 2])].slice(0, given);
        assert.throws(
          () => forward(room, { ...network, weights: {} }, values, { training: true }),
          new Error(`internal: ${why}`),
        );
      })
    );
  await refused(of({ ...dense, name: "a", inputs: ["x"] }), 'weight "a/kernel" is missing');
  await refused(of({ ...dense, name: "a", inputs: ["x"] }), 'input "x" got no value', 0);
  await refused(
    of({ kind: "dropout", name: "d", inputs: ["x"], rate: 0.5 }),
    '"d" got no dropout mask',
  );
  await refused(of({ kind: "sample", name: "s", inputs: ["x", "x"] }), '"s" got no noise');
});
