import assert from "node:assert/strict";
import { refuseLeaks } from "../../../../../engine/tensor/room.ts";
import type { LayerOf } from "../../../../../ops/model/kinds/mod.ts";
import { convLstm } from "../../../../../ops/model/kinds/volumes/conv_lstm.ts";
import {
  assertPlain,
  assertSlopes,
  channelsOf,
  layerOf,
  macsOf,
  shapeOf,
} from "../../support/one_layer.ts";

refuseLeaks(true);

const of = (more: Partial<LayerOf<"conv-lstm">> = {}) =>
  layerOf("conv-lstm", {
    filters: 2,
    kernel: [1, 2, 2],
    strides: [1, 1, 1],
    padding: "valid",
    dilations: [1, 1, 1],
    sequence: true,
    nonlinearity: "tanh",
    gates: "sigmoid",
    ...more,
  });

Deno.test("the states of every step, and the last, are those of plain loops", async () => {
  await assertPlain(of(), [3, 1, 3, 2, 2]);
  await assertPlain(of({ sequence: false, gates: "hard-sigmoid" }), [3, 1, 3, 2, 2]);
  await assertPlain(of({ kernel: [2, 1, 3], padding: "same", strides: [1, 2, 1] }), [
    ...[2, 2, 3, 2, 1],
  ]);
  await assertPlain(of({ dilations: [1, 2, 1], nonlinearity: "relu" }), [2, 1, 4, 2, 1]);
  await assertSlopes(of({ sequence: false, padding: "same" }), [2, 1, 2, 2, 1]);
});

Deno.test("shapes, products and channels: what enters and what leaves stays", () => {
  assert.deepEqual(shapeOf(of(), [3, 1, 3, 2, 2]), [3, 1, 2, 1, 2]);
  assert.deepEqual(shapeOf(of({ sequence: false }), [3, 1, 3, 2, 2]), [1, 2, 1, 2]);
  assert.equal(macsOf(of(), [3, 1, 3, 2, 2]), 3 * 2 * 4 * 4 * 8);
  assert.throws(() => shapeOf(of(), [3, 1, 3, 2]), /it reads volumes .* its input is 3×1×3×2/);
  assert.throws(() => shapeOf(of(), [3, 1, 3, 1, 2]), /its window 1×2×2 does not fit/);
  assert.deepEqual(convLstm.kernel, { layout: "DHWIO", multiplies: "floats", oneScale: true });
  assert.equal(convLstm.selects(of()), "recurrent");
  const { fixed } = channelsOf(of(), [[3, 1, 3, 2, 2]], [[1, 2]]);
  assert.deepEqual(fixed, [1, 2, 100, 101]);
});
