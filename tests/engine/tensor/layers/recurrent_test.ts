import assert from "node:assert/strict";
import type { Machine } from "../../../../engine/tensor/machine.ts";
import { createLayers } from "../../../../engine/tensor/layers/mod.ts";
import { recurrentLayers } from "../../../../engine/tensor/layers/recurrent.ts";
import type { LayerKernels, Scalar, Tensor } from "../../../../engine/tensor/mod.ts";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { refuseLeaks, roomEquipment } from "../../../../engine/tensor/room.ts";
import { given, inRoom } from "../support/layer_under_test.ts";

refuseLeaks(true);

type Layer = Parameters<LayerKernels["recurrent"]>[3];

interface Case extends Layer {
  readonly batch: number;
  readonly length: number;
  readonly width: number;
}

/** The layer as layers and tfjs's operations one by one, each with a gradient of its own. */
function oneByOne(machine: Machine, { units, sequence, gates }: Layer) {
  const { tf } = machine;
  const nn = createLayers(machine);
  const open = (z: Tensor) =>
    gates === "sigmoid"
      ? nn.activate(z, "sigmoid")
      : tf.clipByValue(tf.add(tf.mul(z, 0.2), 0.5), 0, 1);
  return (x: Tensor, kernel: Tensor, bias: Tensor): Tensor => {
    const [batch, length, width] = x.shape as [number, number, number];
    const [own, back] = tf.split(kernel, [width, units], 0) as [Tensor, Tensor];
    const rows = tf.reshape(x, [batch * length, width]);
    const entering = nn.dense(rows, own, bias, "linear");
    const states: Tensor[] = [];
    let cell: Tensor | undefined;
    for (const step of tf.unstack(tf.reshape(entering, [batch, length, 4 * units]), 1)) {
      const before = states.at(-1);
      const z = before === undefined ? step : tf.add(step, nn.dense(before, back, null, "linear"));
      const [i, f, g, o] = tf.split(z, 4, 1) as [Tensor, Tensor, Tensor, Tensor];
      const written = tf.mul(open(i), nn.activate(g, "tanh"));
      cell = cell === undefined ? written : tf.add(tf.mul(open(f), cell), written);
      states.push(tf.mul(open(o), nn.activate(cell, "tanh")));
    }
    return sequence ? tf.stack(states, 1) : states.at(-1)!;
  };
}

const weights = ({ width, units }: Case, scale: number) => [
  given([width + units, 4 * units], 2, scale),
  given([4 * units], 3, scale),
];

const bits = (values: Float32Array) => [...new Uint32Array(values.slice().buffer)];

const base = { batch: 3, length: 5, width: 6, units: 4, sequence: true, gates: "sigmoid" } as const;
const cases: readonly Case[] = [
  base,
  { ...base, sequence: false },
  { ...base, gates: "hard-sigmoid" },
  { ...base, gates: "hard-sigmoid", sequence: false },
  { ...base, length: 1 },
  { ...base, length: 1, sequence: false },
  { ...base, length: 2, sequence: false },
  // Vectors cut at the end of a gate; blocks of rows and panels that are not full.
  { ...base, batch: 5, units: 7, width: 3 },
  { ...base, units: 1, width: 1 },
  { ...base, gates: "hard-sigmoid", batch: 1, units: 13, sequence: false },
  // Sums of a step in several chains, added up before they meet the other steps.
  { ...base, batch: 129, length: 4 },
  // Products cut into blocks of their depth.
  { ...base, batch: 2, length: 3, units: 100 },
  { ...base, batch: 0 },
];

for (const layer of cases) {
  const { batch, length, width, units, sequence, gates } = layer;
  const name = `[${batch}, ${length}, ${width}] to ${units} units, ${gates}, ` +
    (sequence ? "every state" : "the last state");
  Deno.test(`${name}: the bits of the operations one by one, gradients too`, async () => {
    const inputs = [given([batch, length, width], 1, 2), ...weights(layer, units > 50 ? 0.3 : 1.5)];
    const ours = await inRoom(
      recurrentLayers,
      (nn, [x, kernel, bias]) => nn.recurrent(x!, kernel!, bias!, layer),
      inputs,
    );
    const theirs = await inRoom(
      (machine) => oneByOne(machine, layer),
      (run, [x, kernel, bias]) => run(x!, kernel!, bias!),
      inputs,
    );
    assert.deepEqual(ours.map(bits), theirs.map(bits));
    if (batch > 0) assert.ok(ours.every((values) => values.some((value) => value !== 0)));
  });
}

Deno.test("gradients of a part of the inputs are those of all", async () => {
  const inputs = [given([3, 5, 6], 1, 2), ...weights(base, 1)];
  const gradients = (wanted: readonly number[]) =>
    withTensors(({ tf, nn, tensor, values, valueAndGradients }) =>
      tf.tidy(() => {
        const tensors = inputs.map(({ data, shape }) => tensor(data, shape));
        const [x, kernel, bias] = tensors as [Tensor, Tensor, Tensor];
        const body = () => tf.sum(tf.square(nn.recurrent(x, kernel, bias, base))) as Scalar;
        return valueAndGradients(body, wanted.map((i) => tensors[i]!)).gradients
          .map((gradient) => values(gradient!));
      })
    );
  const all = await gradients([0, 1, 2]);
  for (const i of [0, 1, 2]) assert.deepEqual(await gradients([i]), [all[i]]);
});

Deno.test("a pass without a gradient keeps one cell and no more tensors than its answer", async () => {
  const [x, kernel, bias] = [given([3, 50, 6], 1), ...weights(base, 1)];
  await withTensors(async ({ tf, nn, tensor }) => {
    const { machine: { allocator } } = await roomEquipment();
    const tensors = [x!, kernel!, bias!].map(({ data, shape }) => tensor(data, shape));
    const [count, before] = [tf.memory().numTensors, allocator.usage().used];
    allocator.resetPeak();
    const y = nn.recurrent(tensors[0]!, tensors[1]!, tensors[2]!, { ...base, sequence: false });
    assert.equal(tf.memory().numTensors, count + 1);
    // What enters all steps and their states; the rest is of one step's size.
    const most = 4 * 3 * 50 * (4 + 1) * 4 + 4096;
    assert.ok(allocator.usage().peak - before < most, `${allocator.usage().peak - before}`);
    tf.dispose([...tensors, y]);
  });
});

Deno.test("shapes that do not fit are refused with what is expected", async () => {
  await withTensors(({ tf, nn, tensor }) => {
    const zeros = (...shape: number[]) =>
      tensor(new Float32Array(shape.reduce((all, n) => all * n, 1)), shape);
    const refused = (x: Tensor, kernel: Tensor, bias: Tensor) =>
      assert.throws(
        () => nn.recurrent(x, kernel, bias, base),
        /Cannot take \[.*\] through 4 units .*: expected \[B, T, I\], \[I \+ units, 4 · units\] and/,
      );
    tf.tidy(() => {
      const [x, kernel, bias] = [zeros(2, 3, 5), zeros(9, 16), zeros(16)];
      nn.recurrent(x, kernel, bias, base);
      refused(zeros(2, 5), kernel, bias);
      refused(zeros(2, 0, 5), kernel, bias);
      refused(x, zeros(8, 16), bias);
      refused(x, zeros(9, 12), bias);
      refused(x, zeros(144), bias);
      refused(x, kernel, zeros(4));
      refused(x, kernel, zeros(1, 16));
    });
  });
});
