import assert from "node:assert/strict";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { rnn } from "../../../../ops/model/kinds/rnn.ts";
import type { LayerOf } from "../../../../ops/model/kinds/mod.ts";
import {
  assertPlain,
  assertSlopes,
  channelsOf,
  layerOf,
  macsOf,
  shapeOf,
} from "../support/one_layer.ts";
import { valuesOf } from "../support/one_layer.ts";
import { assertClose } from "../../../close.ts";

refuseLeaks(true);

const of = (cell: LayerOf<"rnn">["cell"], more: Partial<LayerOf<"rnn">> = {}) =>
  layerOf("rnn", {
    cell,
    units: 3,
    sequence: true,
    nonlinearity: "tanh",
    gates: "sigmoid",
    ...more,
  });

for (const cell of ["simple", "gru", "gru-after", "lstm"] as const) {
  Deno.test(`the states of every step, and the last, are those of plain loops: ${cell}`, async () => {
    await assertPlain(of(cell), [4, 2]);
    await assertPlain(of(cell, { sequence: false }), [4, 2]);
    await assertSlopes(of(cell), [3, 2]);
  });
}

Deno.test("every activation of states and gates is that of plain loops", async () => {
  const activations = [
    "linear",
    "relu",
    "sigmoid",
    "tanh",
    "hard-sigmoid",
    "hard-sigmoid-6",
  ] as const;
  for (const activation of activations) {
    await assertPlain(of("lstm", { nonlinearity: activation, gates: activation }), [3, 2]);
  }
});

Deno.test("an update of one half keeps half of the state: h' = h / 2 + tanh(x) / 2", async () => {
  const layer = of("gru", { units: 1 });
  // Only the new state reads the input.
  const weights = { kernel: [0, 0, 1, 0, 0, 0], bias: [0, 0, 0] };
  const found = await valuesOf(layer, [{ shape: [2, 1], data: [0.5, -1] }], weights);
  const first = Math.tanh(0.5) / 2;
  assertClose(found, [first, first / 2 + Math.tanh(-1) / 2], 1e-6);
});

Deno.test("shapes, products and channels: what enters and what leaves stays", () => {
  assert.equal(rnn.kernel.multiplies, "floats");
  assert.deepEqual(shapeOf(of("gru"), [4, 2]), [4, 3]);
  assert.deepEqual(shapeOf(of("gru", { sequence: false }), [4, 2]), [3]);
  assert.equal(macsOf(of("gru"), [4, 2]), 4 * 5 * 9);
  assert.equal(macsOf(of("simple"), [4, 2]), 4 * 5 * 3);
  const { fixed } = channelsOf(of("simple"), [[4, 2]], [[1, 2]]);
  assert.deepEqual(fixed, [1, 2, 100, 101, 102]);
});

for (const cell of ["simple", "gru", "gru-after", "lstm"] as const) {
  Deno.test(`a step that a mask hides leaves the state as it was: ${cell}`, async () => {
    const layer = layerOf("rnn", {
      ...{ cell, units: 2, sequence: true, nonlinearity: "tanh", gates: "sigmoid" },
    }, 2);
    const kernel = { simple: 2, gru: 6, "gru-after": 6, lstm: 8 }[cell];
    const weights = {
      kernel: Array.from({ length: 4 * kernel }, (_, i) => Math.sin(i + 1)),
      bias: Array(cell === "gru-after" ? 12 : kernel).fill(0.1),
    };
    const rows = [[1, -1], [9, 9], [0.5, 2], [7, -7]];
    const found = await valuesOf(layer, [
      { shape: [4, 2], data: rows.flat() },
      { shape: [4], data: [1, 0, 3, 0] },
    ], weights);
    const alone = await valuesOf(
      { ...layer, inputs: ["a"] },
      [{ shape: [2, 2], data: [...rows[0]!, ...rows[2]!] }],
      weights,
    );
    const [first, second] = [alone.slice(0, 2), alone.slice(2)];
    assertClose(found, [...first, ...first, ...second, ...second], 1e-6);
    await assertSlopes(layer, [3, 2], [3]);
  });
}

Deno.test("a mask of other steps, and a third input, are refused", () => {
  const layer = layerOf("rnn", {
    ...{ cell: "gru", units: 2, sequence: true, nonlinearity: "tanh", gates: "sigmoid" },
  }, 2);
  assert.throws(
    () => shapeOf(layer, [4, 2], [3]),
    /it reads a mask of its 4 steps, its inputs are 4×2, 3/,
  );
  assert.deepEqual(shapeOf(layer, [4, 2], [4]), [4, 2]);
});
