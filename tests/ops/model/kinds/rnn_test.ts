import assert from "node:assert/strict";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { rnn } from "../../../../ops/model/kinds/rnn.ts";
import type { LayerOf } from "../../../../ops/model/kinds/mod.ts";
import { assertPlain, assertSlopes, channelsOf, layerOf, macsOf, shapeOf } from "./one_layer.ts";
import { valuesOf } from "./one_layer.ts";
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
