/** What each layer asks of the machine, forwards and backwards: outputs, scratch memory, kernels and their units. */
import assert from "node:assert/strict";
import { createLayers } from "../../../../engine/tensor/layers/mod.ts";
import type { Machine } from "../../../../engine/tensor/machine.ts";
import { type LayerKernels, type Tensor, withTensors } from "../../../../engine/tensor/mod.ts";
import { refuseLeaks, roomEquipment } from "../../../../engine/tensor/room.ts";
import { noise } from "../support/stock.ts";

refuseLeaks(true);

const { machine } = await roomEquipment();
const { tf } = machine;

/** tfjs's tape, which its types hide. */
const tape = tf.engine() as unknown as {
  startTape(): void;
  endTape(): void;
  state: { activeTape: Entry[] | null };
};

interface Entry {
  readonly kernelName: string;
  readonly inputs: Readonly<Record<string, Tensor>>;
  readonly outputs: Tensor[];
  readonly saved: Tensor[];
  gradient(dys: (Tensor | null)[]): Record<string, () => Tensor>;
}

const calls: string[] = [];
const spied: Machine = {
  ...machine,
  output: (shape, dtype) => {
    calls.push(`[${shape}]${dtype === undefined ? "" : ` ${dtype}`}`);
    return machine.output(shape, dtype);
  },
  scratch: (bytes, body) => {
    calls.push(`${bytes} bytes`);
    return machine.scratch(bytes, body);
  },
  launch: (kernel, units, ...numbers) => {
    calls.push(`${kernel} ${units}`);
    machine.launch(kernel, units, ...numbers);
  },
};
const nn = createLayers(spied);

/** A layer, what its entry on the tape is called, and what is asked forwards and backwards. */
type Case = readonly [
  name: string,
  layer: (nn: LayerKernels, of: (...shape: number[]) => Tensor) => unknown,
  forwards: string,
  backwards: string,
];

const whole = (...shape: number[]) =>
  tf.tensor(Int32Array.from({ length: shape.reduce((a, b) => a * b) }, (_, i) => i % 3), shape);
/** 16-bit integers, two in each of an int32 tensor. */
const short = (...shape: number[]) => ({
  pairs: whole(Math.ceil(shape.reduce((a, b) => a * b) / 2)),
  shape,
  low: -32768,
  high: 32767,
});
const sums = { use: "sums" } as const;
const halves = { strides: [2, 2], padding: "valid" } as const;
const plain = { strides: [1, 1], padding: "valid" } as const;

const CASES: readonly Case[] = [
  [
    "recurrent",
    (nn, of) =>
      nn.recurrent(of(5, 2, 3), of(5, 8), of(8), { units: 2, sequence: false, gates: "sigmoid" }),
    "[5,2,8], 192 bytes, packPanels 1, gatherProduct 3, [5,2], [5,1,2], [5,2,2], [5,2,2], 64 bytes, packPanels 1, " +
    "160 bytes, recurrentStep 5, 64 bytes, gatherProduct 2, recurrentStep 5",
    "256 bytes, packPanelsTransposed 1, 80 bytes, recurrentStepGradient 5, 64 bytes, gatherProduct 2, " +
    "recurrentStepGradient 5, [5,2,3], 320 bytes, packPanelsTransposed 1, gatherProduct 3, [5,8], 12 bytes, " +
    "320 bytes, packPanels 1, patchProduct 1, 8 bytes, 160 bytes, packPanels 1, patchProduct 1, [8], columnSums 1",
  ],
  [
    "activate",
    (nn, of) => nn.activate(of(8192), "relu"),
    "[8192], unary 1",
    "[8192], activateGradient 1",
  ],
  [
    "activate",
    (nn, of) => nn.activate(of(8193), "gelu"),
    "[8193], unary 2",
    "[8193], activateGradient 2",
  ],
  ["activate", (nn, of) => nn.activate(of(3), "linear"), "", ""],
  [
    "add",
    (nn, of) => nn.add(of(8193), of(8193), "tanh"),
    "[8193], addActivate 2",
    "[8193], activateGradient 2",
  ],
  ["add", (nn, of) => nn.add(of(2), of(2), "linear"), "[2], addActivate 1", ""],
  [
    "add activate",
    (nn, of) => nn.add(of(2), of(2), "gelu"),
    "[2], addActivate 1, [2], unary 1",
    "[2], activateGradient 1",
  ],
  // 4096 / 5 rows a chunk are 819; a line of five channels is two vectors.
  [
    "batchNormTraining",
    (nn, of) => nn.batchNormTraining(of(820, 5), of(5), of(5), 1e-3, "relu"),
    "[5], [5], 128 bytes, momentsOfChunks 2, [820,5], 32 bytes, normalize 2",
    "[5], [5], [2,8], 32 bytes, 128 bytes, normSumsOfChunks 2, 32 bytes, [820,5], normGradient 2",
  ],
  [
    "batchNorm",
    (nn, of) => nn.batchNorm(of(819, 5), of(5), of(5), of(5), of(5), 1e-3, "relu"),
    "[819,5], 32 bytes, normalize 1",
    "[5], [5], [2,8], 32 bytes, 64 bytes, normSumsOfChunks 1, 32 bytes, [819,5], normGradient 1",
  ],
  // At least 8 rows a chunk, however wide they are.
  [
    "batchNorm",
    (nn, of) => nn.batchNorm(of(9, 600), of(600), of(600), of(600), of(600), 1e-3, "relu"),
    "[9,600], 2400 bytes, normalize 2",
    "[600], [600], [2,600], 2400 bytes, 9600 bytes, normSumsOfChunks 2, 2400 bytes, [9,600], normGradient 2",
  ],
  [
    "layerNorm",
    (nn, of) => nn.layerNorm(of(65, 3), of(3), of(3), 1e-3),
    "[65,3], [65,2], layerNorm 65",
    "[3], [3], 112 bytes, layerNormSums 2, reduceRows 1, reduceRows 1, [65,3], layerNormGradient 65",
  ],
  [
    "layerNorm",
    (nn, of) => nn.layerNorm(of(8, 8, 3), of(3), of(3), 1e-3),
    "[8,8,3], [64,2], layerNorm 64",
    "[3], [3], 88 bytes, layerNormSums 1, reduceRows 1, reduceRows 1, [8,8,3], layerNormGradient 64",
  ],
  [
    "maxPool",
    (nn, of) => nn.maxPool(of(2, 4, 4, 3), [2, 2], halves),
    "[2,2,2,3], pool 2",
    "[2,4,4,3], poolGradient 2",
  ],
  [
    "averagePool",
    (nn, of) => nn.averagePool(of(2, 4, 4, 3), [2, 2], halves),
    "[2,2,2,3], pool 2",
    "[2,4,4,3], poolGradient 2",
  ],
  [
    "globalAveragePool",
    (nn, of) => nn.globalAveragePool(of(2, 4, 4, 3)),
    "[2,3], globalAveragePool 2",
    "[2,4,4,3], globalAveragePoolGradient 2",
  ],
  ["softmax", (nn, of) => nn.softmax(of(5, 7), 2), "[5,7], softmax 5", "[5,7], softmaxGradient 5"],
  [
    "logSoftmax",
    (nn, of) => nn.logSoftmax(of(5, 7), 2),
    "[5,7], logSoftmax 5",
    "[5,7], logSoftmaxGradient 5",
  ],
  [
    "crossEntropy",
    (nn, of) => nn.crossEntropy(of(5, 7), of(5, 7), 2),
    "[5], crossEntropy 5",
    "[5,7], crossEntropyGradient 5",
  ],
  // Two sequences of two heads; each has 3 × 3 weights.
  [
    "selfAttention",
    (nn, of) => nn.selfAttention(of(2, 3, 12), 2),
    "[2,3,4], [4,3,3], attention 4",
    "[2,3,12], 144 bytes, attentionGradient 4",
  ],
  // 17 entries in at most 8 blocks: of 3, so 6.
  [
    "embedding",
    (nn, of) => nn.embedding(of(17, 3), whole(2, 2)),
    "[2,2,3], embedding 4",
    "[17,3], embeddingGradient 6",
  ],
  // 8192 / 5 rows a unit are 1638.
  [
    "fakeQuantize",
    (nn, of) => nn.fakeQuantize(of(1639, 5), of(5), of(5), 0, 3),
    "[1639,5], fakeQuantize 2",
    "[1639,5], fakeQuantizeGradient 2",
  ],
  [
    "fakeQuantize",
    (nn, of) => nn.fakeQuantize(of(2, 8193), of(8193), of(8193), 0, 3),
    "[2,8193], fakeQuantize 2",
    "[2,8193], fakeQuantizeGradient 2",
  ],
  [
    "",
    (nn) => nn.denseInteger(short(5, 4), whole(4, 9), sums),
    "[5,9] int32, packPairs 2, 4 bytes, integerProduct 2",
    "",
  ],
  [
    "",
    (nn) => nn.conv2dInteger(short(2, 3, 3, 4), whole(2, 2, 4, 5), plain, sums),
    "[2,2,2,5] int32, packPairs 1, packPairs 1, 8 bytes, integerProduct 2",
    "",
  ],
  [
    "",
    (nn) => nn.depthwise2dInteger(short(2, 3, 3, 4), whole(2, 2, 4, 5), plain, sums),
    "[2,2,2,20] int32, 720 bytes, frameShorts 6, packTaps 3, 16 bytes, integerDepthwise 4",
    "",
  ],
  [
    "",
    (nn, of) => nn.quantizeShort(of(3, 2731), { scale: 1, low: 0, high: 9, ties: "up" }),
    "[4097] int32, quantizeShorts 2",
    "",
  ],
  [
    "",
    (nn) => {
      const x = { x: short(3, 2731), scale: 2 };
      nn.addShort(x, x, "relu", { scale: 1, low: 0, high: 9, ties: "up" });
    },
    "[4097] int32, addShorts 2",
    "",
  ],
  [
    "",
    (nn) => {
      const to = { scale: 1, low: 0, high: 9, ties: "up" } as const;
      nn.globalAverageShort({ x: short(3, 2, 2, 5), scale: 2 }, to);
    },
    "[8] int32, averageShorts 3",
    "",
  ],
  ["", (nn, of) => nn.rowRanges(of(3, 2, 5)), "[6,2], rowRanges 6", ""],
  [
    "",
    (nn, of) => nn.quantizeRows(of(3, 2, 5), of(6, 3), "even"),
    "[15] int32, quantizeRows 6",
    "",
  ],
  ["", (nn) => nn.realsOfShort(short(3, 2731), 2), "[3,2731], realsOfShorts 2", ""],
  // Three panels of columns, and for each gradient a product again; the weights of a recorded product are not kept.
  [
    "dense",
    (nn, of) => nn.dense(of(5, 3), of(3, 17), of(17), "relu"),
    "[5,17], 448 bytes, packPanels 3, gatherProduct 2",
    "[5,17], rectifyGradient 1, [5,3], 704 bytes, packPanelsTransposed 1, gatherProduct 2, " +
    "[3,17], 12 bytes, 480 bytes, packPanels 3, patchProduct 1, [17], columnSums 2",
  ],
  [
    "depthwise2d",
    (nn, of) => nn.depthwise2d(of(2, 3, 3, 4), of(2, 2, 4, 1), of(4), plain, "relu6"),
    "[2,2,2,4], 48 bytes, depthwiseGather 4",
    "[2,2,2,4], rectifyGradient 1, [2,3,3,4], 48 bytes, depthwiseGather 6, " +
    "[2,2,4,1], 48 bytes, depthwiseFilterGradient 1, [4], columnSums 1",
  ],
];

const all = (calls: string[]) => calls.splice(0).join(", ");

for (const [i, [name, layer, forwards, backwards]] of CASES.entries()) {
  Deno.test(`${name || "an integer product"} asks for what it needs and no more (${i})`, async () => {
    await withTensors(() => {
      tf.tidy(() => {
        const of = (...shape: number[]) =>
          tf.tensor(noise(shape.reduce((a, b) => a * b), 1).map((v) => v + 1.5), shape);
        calls.length = 0;
        tape.startTape();
        layer(nn, of);
        const entries = tape.state.activeTape!.splice(0);
        tape.endTape();
        tape.state.activeTape = null;
        assert.equal(entries.map(({ kernelName }) => kernelName).join(" "), name);
        assert.equal(all(calls), forwards);
        const last = entries.at(-1);
        if (last !== undefined) {
          const makers = last.gradient([
            last.outputs[0]!,
            ...last.outputs.slice(1).map(() => null),
          ]);
          for (const [input, x] of Object.entries(last.inputs)) {
            assert.deepEqual(makers[input]!().shape, x.shape, input);
          }
          assert.equal(all(calls), backwards);
        }
        for (const { saved } of entries) tf.dispose(saved);
      });
    });
  });
}

Deno.test("without a tape a layer saves nothing, and a dense one keeps its weights packed up to 512 rows", async () => {
  const kept: number[] = [];
  const { dense } = createLayers({
    ...machine,
    packed: { ...machine.packed, of: (at) => (kept.push(at), 0) },
  });
  await withTensors(() => {
    tf.tidy(() => {
      const [w, x] = [tf.ones([2, 2]), (rows: number) => tf.ones([rows, 2])];
      for (const rows of [512, 513]) dense(x(rows), w, null, "linear");
      assert.deepEqual(kept, [machine.pointer(w)]);
    });
  });
});

Deno.test("a normalisation behind a convolution takes a table of four vectors for each four channels", async () => {
  await withTensors(() => {
    tf.tidy(() => {
      const line = tf.ones([5]);
      const norm = { mean: line, variance: line, gamma: line, beta: line, epsilon: 1 };
      const [x, w] = [tf.ones([1, 1, 1, 3]), tf.ones([1, 1, 3, 5])];
      calls.length = 0;
      nn.conv2d(x, w, null, plain, "relu", norm);
      assert.equal(calls[0], "128 bytes");
      assert.ok(!calls.some((call) => call.startsWith("normalize")));
      calls.length = 0;
      nn.conv2d(x, w, null, plain, "gelu", norm);
      assert.ok(calls.includes("normalize 1"));
    });
  });
});
