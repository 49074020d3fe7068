import assert from "node:assert/strict";
import { modelFacts } from "../../../ops/model/layers.ts";
import type { IntegerParams } from "../../../ops/quantize/fields.ts";
import { treatedBy, weightBits, withBiases } from "../../../ops/quantize/treated_layers.ts";
import { zooNetworks } from "../zoo_networks.ts";

const cnn = zooNetworks["cnn"]!;
const layers = modelFacts(cnn, { learned: true, established: {} }).layers!;
const params = (changed: object = {}) => ({ scheme: "int8", ...changed }) as IntegerParams;

Deno.test("every layer with a kernel gets the scheme's bits, an entry's where it names it", () => {
  assert.deepEqual([...weightBits(layers, params())], [
    ["conv1", 8],
    ["conv2", 8],
    ["dense1", 8],
    ["head.dense", 8],
  ]);
  for (const [scheme, bits] of [["int7", 7], ["int4", 4], ["int3", 3], ["int2", 2]] as const) {
    assert.equal(weightBits(layers, params({ scheme })).get("conv1"), bits);
  }
  const own = [{ layers: ["conv1"], scheme: "int5" }, { layers: ["head"], scheme: "float32" }];
  assert.deepEqual([...weightBits(layers, params({ per_layer: own }))], [
    ["conv1", 5],
    ["conv2", 8],
    ["dense1", 8],
    ["head.dense", 32],
  ]);
});

Deno.test("layers that are not selected have no bits", () => {
  assert.deepEqual([...weightBits(layers, params({ layers: ["type:conv"], exclude: ["conv1"] }))], [
    ["conv2", 8],
  ]);
});

Deno.test("a layer with a kernel is treated unless it stays float32, one without where it is selected", () => {
  const own = [{ layers: ["conv1"], scheme: "float32" }];
  const chosen = params({ per_layer: own, exclude: ["conv2*"] });
  const treated = treatedBy(layers, chosen, weightBits(layers, chosen));
  const names = cnn.layers.filter(treated).map(({ name }) => name);
  assert.ok(!names.includes("conv1") && !names.includes("conv2") && !names.includes("conv2.pool"));
  assert.ok(names.includes("conv1.pool") && names.includes("dense1") && names.includes("flatten"));
});

Deno.test("exactly the layers that are corrected get a bias", () => {
  const bare = {
    ...cnn,
    layers: cnn.layers.map((layer) => "bias" in layer ? { ...layer, bias: false } : layer),
  } as typeof cnn;
  const after = withBiases(bare, ({ name }) => name === "conv2");
  const biased = after.layers.filter((layer) => "bias" in layer && layer.bias);
  assert.deepEqual(biased.map(({ name }) => name), ["conv2"]);
  assert.deepEqual(after.layers.map(({ name }) => name), bare.layers.map(({ name }) => name));
  assert.ok(
    bare.layers.every((layer) => !("bias" in layer && layer.bias)),
    "the other is left alone",
  );
});
