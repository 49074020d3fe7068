/** The room's memory over long trainings and in large ones, by the allocator's counters. */
import assert from "node:assert/strict";
import { type LayerKernels, type Room, type Tensor, withTensors } from "../../engine/tensor/mod.ts";
import { refuseLeaks, roomEquipment } from "../../engine/tensor/room.ts";
import { type Network, NETWORKS } from "../bench/networks.ts";
import { start, type State, train } from "../bench/training.ts";

refuseLeaks(true);

const STEPS = 10_000;

const product = (shape: readonly number[]) => shape.reduce((size, n) => size * n, 1);

/** A network with every kind of layer that the large ones have, small enough for many steps. */
const small: Network = {
  ...{ batch: 4, classes: 3, optimizer: "adam" },
  parameters: [
    ...[[3, 3, 4, 8], [8], [8], [3, 3, 8, 1], [8], [8], [1, 1, 8, 8], [8], [8]],
    ...[[32, 24], [24], [8], [8], [8, 3], [3]],
  ],
  norms: [8, 8, 8],
  input: (room) =>
    room.tensor(new Float32Array(4 * 8 * 8 * 4).map((_, i) => i % 7 - 3), [4, 8, 8, 4]),
  logits(pass, x) {
    const { nn, next, room: { tf } } = pass;
    const window = { strides: [1, 1], padding: "same" } as const;
    let y = pass.normed("conv2d", x, window, "relu");
    y = pass.normed("depthwise2d", y, { ...window, strides: [2, 2] }, "relu");
    y = pass.normed("conv2d", y, window, "linear");
    y = nn.maxPool(y, [2, 2], { strides: [2, 2], padding: "valid" });
    const qkv = nn.dense(tf.reshape(y, [4, 32]), next(), next(), "gelu");
    const mixed = nn.selfAttention(tf.reshape(qkv, [4, 1, 24]), 2);
    const normed = nn.layerNorm(tf.reshape(mixed, [4, 8]), next(), next(), 1e-5);
    return nn.dense(normed, next(), next(), "linear");
  },
};

/** What a test does with a network that is ready to train. */
interface Training {
  readonly room: Room;
  readonly state: State;
  readonly x: Tensor;
  step(): void;
}

/** `count` is given the bytes of what layers give. */
function training(
  network: Network,
  body: (training: Training) => void,
  { threads = 1, count = () => {} }: { threads?: number; count?: (bytes: number) => void },
): Promise<void> {
  return withTensors((room) => {
    const { tf } = room;
    const counting = { ...room, nn: counted(room.nn, count) };
    const state = start(room, network);
    const x = network.input(room);
    const hot = new Float32Array(network.batch * network.classes);
    for (let i = 0; i < network.batch; i++) hot[i * network.classes + i % network.classes] = 1;
    const targets = room.tensor(hot, [network.batch, network.classes]);
    let steps = 0;
    const step = () => {
      assert.ok(Number.isFinite(train(counting, network, state, x, targets, ++steps)));
    };
    try {
      body({ room, state, x, step });
    } finally {
      tf.dispose([x, targets, state.parameters, state.slots.flat(), state.statistics.flat()]);
    }
  }, { threads });
}

for (const threads of [1, 2]) {
  Deno.test(`${STEPS} steps leave the memory as it was after the first few, threads: ${threads}`, async () => {
    const { machine: { allocator: memory } } = await roomEquipment();
    await training(small, ({ step, room: { tf } }) => {
      const counters = () => ({ ...memory.usage(), tensors: tf.memory().numTensors });
      for (let i = 0; i < 20; i++) step();
      memory.resetPeak();
      step();
      const before = counters();
      for (let i = 0; i < STEPS; i++) step();
      assert.deepEqual(counters(), before);
    }, { threads });
  });
}

/** Beside each state an LSTM keeps its four gates and its cell for the gradient. */
const KEPT: Readonly<Record<string, number>> = { recurrent: 6 };

/** Layers that count what they give and keep: a buffer once, whatever its shape is called. */
function counted(layers: LayerKernels, count: (bytes: number) => void): LayerKernels {
  const seen = new WeakSet<object>();
  return Object.fromEntries(
    Object.entries(layers).map(([name, layer]) => [name, (...inputs: never[]) => {
      const made = (layer as (...inputs: never[]) => Tensor | { y: Tensor })(...inputs);
      const y = "y" in made ? made.y : made;
      if (!seen.has(y.dataId)) count(4 * y.size * (KEPT[name] ?? 1));
      seen.add(y.dataId);
      return made;
    }]),
  ) as unknown as LayerKernels;
}

for (const [name, build] of Object.entries(NETWORKS)) {
  Deno.test(`${name}: the peak is at most twice weights, gradients, slots and activations`, async () => {
    const network = build();
    const { machine: { allocator: memory } } = await roomEquipment();
    const base = memory.usage().used;
    let given = 0;
    await training(network, ({ step, state, x }) => {
      step();
      memory.resetPeak();
      given = 4 * x.size;
      step();
      const weights = 4 * network.parameters.reduce((sum, shape) => sum + product(shape), 0);
      const bound = 2 * ((2 + state.slots[0]!.length) * weights + given);
      const peak = memory.usage().peak - base;
      assert.ok(peak <= bound, `peak ${peak}, bound ${bound}`);
      // And what is counted does not flatter: it was in use at one time.
      assert.ok(given < peak, `given ${given}, peak ${peak}`);
    }, { count: (bytes) => given += bytes });
  });
}
