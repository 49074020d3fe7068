import assert from "node:assert/strict";
import type { Layer } from "../../../../ops/model/model.ts";
import { assertAttributes, assertLayersOfKinds } from "../../../../ops/model/zoo/own_layers.ts";
import { zooNetworks } from "../../zoo_networks.ts";

const dense = { name: "last", kind: "dense", inputs: ["input"], units: 3, bias: true };
const layersOf = (...layers: readonly object[]) => ({ layers: layers as readonly Layer[] });
const whole = { ...dense, activation: "relu" };

Deno.test("layers as the zoo's families list them pass", async () => {
  for (const network of Object.values(zooNetworks)) {
    assertLayersOfKinds(network);
    await assertAttributes(network);
  }
  assertLayersOfKinds(layersOf({ ...whole, tied: "first" }));
});

Deno.test("a kind that there is not is told with those that there are", () => {
  assert.throws(() => assertLayersOfKinds(layersOf(whole, { ...whole, kind: "dens" })), {
    name: "RangeError",
    message: /^layer "last" is of kind "dens"; there are: dense, conv, .*, split, shuffle$/,
  });
  assert.throws(
    () => assertLayersOfKinds(layersOf({ name: "x", inputs: [] })),
    /is of kind "?nothing/,
  );
});

Deno.test("an attribute too many or too few is told with those of the kind", () => {
  const attributes = "the attributes of dense are units, bias, activation";
  assert.throws(() => assertLayersOfKinds(layersOf({ ...whole, bais: true })), {
    name: "RangeError",
    message: `layer "last" has "bais"; ${attributes}`,
  });
  assert.throws(() => assertLayersOfKinds(layersOf(dense)), {
    name: "RangeError",
    message: `layer "last" lacks activation; ${attributes}`,
  });
  assertLayersOfKinds(layersOf({ ...whole, rate: undefined }));
  assert.throws(
    () => assertLayersOfKinds(layersOf({ ...whole, activation: undefined })),
    /^RangeError: layer "last" lacks activation; /,
  );
  const flat = { name: "flat", kind: "flatten", inputs: ["input"], axis: 1 };
  assert.throws(
    () => assertLayersOfKinds(layersOf(flat)),
    /^RangeError: layer "flat" has "axis"; flatten has no attributes$/,
  );
});

Deno.test("a value that an attribute cannot have is told with layer and attribute", async () => {
  await assertAttributes(layersOf(whole));
  await assert.rejects(assertAttributes(layersOf(whole, { ...whole, activation: "swish" })), {
    name: "RangeError",
    message: 'layer "last": its activation cannot be "swish"',
  });
  await assert.rejects(assertAttributes(layersOf({ ...whole, units: 2.5 })), /its units .* 2\.5$/);
});
