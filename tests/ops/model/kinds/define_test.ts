import assert from "node:assert/strict";
import { Type } from "../../../../engine/field.ts";
import { Extent } from "../../../../ops/model/kinds/attributes.ts";
import { defineLayer } from "../../../../ops/model/kinds/define.ts";

const least = defineLayer({
  kind: "least",
  attributes: Type.Object({ size: Extent }),
  shape: (_layer, [input]) => input!,
  run: (_layer, { inputs: [x] }) => x!,
});
const layer = { name: "layer", kind: "least", inputs: ["a"], size: 2 } as const;

Deno.test("what a literal leaves out: no weights, no products, floats, channels that pass", () => {
  assert.deepEqual(least.weights(layer, [[3]]), {});
  assert.equal(least.macs(layer, [[3]], [3]), 0);
  assert.equal(least.selects(layer), "least");
  assert.deepEqual([least.integers, least.initial, least.kernel], [
    { values: "float" },
    {},
    undefined,
  ]);
  const of = { inputs: [{ mean: Float64Array.of(1) }], shape: [1], weight: () => assert.fail() };
  assert.equal(least.expected(layer, of), undefined);
  assert.deepEqual([least.homogeneous, least.fusesNorm, least.samples], [false, false, false]);
  assert.equal(least.nonNegative, false);
  assert.equal(least.vocabulary(layer), undefined);
  assert.deepEqual([least.channels.writes, least.channels.weights], [undefined, {}]);
});

Deno.test("by itself an output sums over all axes of a kernel but the last", () => {
  assert.equal(least.fanIn(layer, [3, 3, 4, 5]), 36);
  assert.equal(least.fanIn(layer, [4, 5]), 4);
});

Deno.test("what a literal says stands in the place of the default", () => {
  const more = defineLayer({
    kind: "more",
    attributes: Type.Object({ size: Extent }),
    shape: (_layer, [input]) => input!,
    run: (_layer, { inputs: [x] }) => x!,
    selects: () => "least",
    macs: ({ size }) => size,
    kernel: { layout: "IO", multiplies: "integers" },
    channels: { writes: "size" },
    samples: true,
  });
  const own = { ...layer, kind: "more" } as const;
  assert.deepEqual([more.selects(own), more.macs(own, [[1]], [1]), more.samples], [
    "least",
    2,
    true,
  ]);
  assert.deepEqual(more.kernel, { layout: "IO", multiplies: "integers" });
  assert.deepEqual(more.channels.resize(own, 1), { ...own, size: 1 });
});
