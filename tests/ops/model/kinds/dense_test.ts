import assert from "node:assert/strict";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { dense } from "../../../../ops/model/kinds/dense.ts";
import { kindOf } from "../../../../ops/model/kinds/mod.ts";
import { weightSlots } from "../../../../ops/model/layers.ts";
import {
  assertIntegerProducts,
  assertPlain,
  channelsOf,
  layerOf,
  macsOf,
  networkOf,
  shapeOf,
  valuesOf,
} from "../support/one_layer.ts";

refuseLeaks(true);

const layer = layerOf("dense", { units: 2, bias: true, activation: "relu" });

Deno.test("a dense layer is W over the last axis, and a bias", async () => {
  assert.equal(kindOf(layer).kind, dense.kind);
  assert.deepEqual(shapeOf(layer, [3]), [2]);
  assert.deepEqual(shapeOf(layer, [5, 3]), [5, 2]);
  const slots = weightSlots(networkOf(layer, [3])).map(({ role, shape }) => [role, shape]);
  assert.deepEqual(slots, [["kernel", [3, 2]], ["bias", [2]]]);
  assert.deepEqual(weightSlots(networkOf({ ...layer, bias: false }, [3])).length, 1);
  const kernel = [1, 2, 3, 4, 5, 6];
  // (1, 0, −1) W = (−4, −4), and the bias; relu cuts the second.
  const x = { shape: [3], data: [1, 0, -1] };
  assert.deepEqual(await valuesOf(layer, [x], { kernel, bias: [5, 3] }), [1, 0]);
});

Deno.test("its products are inputs times units, once for each position", () => {
  assert.equal(macsOf(layer, [3]), 6);
  assert.equal(macsOf(layer, [5, 3]), 30);
});

Deno.test("it computes what plain loops do, at each position of a sequence too", async () => {
  for (const activation of ["linear", "relu6", "gelu", "tanh"] as const) {
    await assertPlain({ ...layer, activation }, [7]);
  }
  await assertPlain({ ...layer, units: 5, bias: false }, [4, 6]);
});

Deno.test("its units are channels of its own, which cut both axes of the kernel", () => {
  assert.deepEqual(channelsOf(layer, [[3]], [[0, 1, 2]]), {
    leaving: [100, 101],
    tied: [],
    fixed: [],
  });
  const { channels } = kindOf(layer);
  assert.deepEqual(channels.weights, { kernel: ["in", "out"], bias: ["out"] });
  assert.deepEqual(channels.resize(layer, 1), { ...layer, units: 1 });
  assert.equal(channels.writes, "units");
});

Deno.test("nothing but one layer can enter", () => {
  const two = { ...layer, inputs: ["a", "b"] };
  assert.throws(() => shapeOf(two, [3], [3]), /"layer" \(dense\): it reads one layer, not 2/);
});

Deno.test("sums of integer products are exact, at each position of a sequence too", async () => {
  const linear = { ...layer, bias: false, activation: "linear" } as const;
  await assertIntegerProducts(linear, [40]);
  await assertIntegerProducts(linear, [3, 40]);
});
