/** The layers of a new classifier, by what it stands behind. */
import assert from "node:assert/strict";
import { ParameterError } from "../../../engine/op.ts";
import { shapesOf } from "../../../ops/model/layers.ts";
import type { Architecture, Layer } from "../../../ops/model/model.ts";
import { baseOf, cutLayer } from "../../../ops/transfer/base.ts";
import { withHead } from "../../../ops/transfer/new_head.ts";
import { zooNetworks } from "../zoo_networks.ts";

type Wanted = Parameters<typeof withHead>[1];
const plain: Wanted = { pool: "auto", hidden: [], dropout: 0, outputs: 5 };
const behind = (name: string, layer: string) =>
  baseOf(zooNetworks[name]!, cutLayer(zooNetworks[name]!, [layer]));

/** The new layers as `name kind shape`. */
function added(base: Architecture, wanted: Partial<Wanted> = {}): string[] {
  const whole = withHead(base, { ...plain, ...wanted });
  assert.deepEqual(whole.layers.slice(0, base.layers.length), base.layers);
  assert.deepEqual(whole.outputs, [whole.layers.at(-1)!.name]);
  assert.equal(whole.head, "softmax");
  const shapes = shapesOf(whole);
  return whole.layers.slice(base.layers.length)
    .map(({ name, kind }) => `${name} ${kind} ${shapes[name]!.join("×")}`);
}

function refused(base: Architecture, wanted: Partial<Wanted> = {}): string {
  try {
    withHead(base, { ...plain, ...wanted });
  } catch (error) {
    assert.ok(error instanceof ParameterError);
    return `${error.code} ${error.path}: ${error.message} (${error.help})`;
  }
  return "nothing";
}

Deno.test("behind a row there is the classifier alone", () => {
  assert.deepEqual(added(behind("resnet", "head.pool")), ["head.dense dense 5"]);
  assert.deepEqual(added(behind("resnet", "head.pool"), { pool: "flatten" }), [
    "head.dense dense 5",
  ]);
});

Deno.test("a picture is pooled: the mean of each channel, the largest, or all values", () => {
  const picture = behind("vgg", "group1");
  const channels = shapesOf(picture)[picture.outputs[0]!]!.at(-1)!;
  const size = shapesOf(picture)[picture.outputs[0]!]!.reduce((a, b) => a * b);
  assert.deepEqual(added(picture), [
    `head.pool global-average-pool ${channels}`,
    "head.dense dense 5",
  ]);
  assert.deepEqual(added(picture, { pool: "average" }), added(picture));
  assert.equal(added(picture, { pool: "max" })[0], `head.pool global-max-pool ${channels}`);
  assert.equal(added(picture, { pool: "flatten" })[0], `head.flatten flatten ${size}`);
});

Deno.test("of a text behind attention the first place counts, of any other all on average", () => {
  assert.deepEqual(added(behind("bert", "block1")), ["head.first first 16", "head.dense dense 5"]);
  const text = behind("char-lstm", "lstm1");
  assert.deepEqual(added(text), [
    "head.image reshape 5×1×6",
    "head.pool global-average-pool 6",
    "head.dense dense 5",
  ]);
  assert.equal(added(text, { pool: "max" })[1], "head.pool global-max-pool 6");
  assert.equal(added(text, { pool: "first" })[0], "head.first first 6");
  assert.equal(added(text, { pool: "flatten" })[0], "head.flatten flatten 30");
});

Deno.test("hidden layers stand between, and before each dense layer values are dropped", () => {
  const wanted = { hidden: [8, 6], dropout: 0.25 };
  assert.deepEqual(added(behind("mlp", "dense1"), wanted), [
    "head.dropout dropout 8",
    "head.dense1 dense 8",
    "head.dense1.dropout dropout 8",
    "head.dense2 dense 6",
    "head.dense2.dropout dropout 6",
    "head.dense dense 5",
  ]);
  const { layers } = withHead(behind("mlp", "dense1"), { ...plain, ...wanted });
  const ends = layers.flatMap((layer) =>
    layer.name.startsWith("head") && layer.kind === "dense" ? [layer.activation] : []
  );
  assert.deepEqual(ends, ["relu", "relu", "linear"]);
  assert.deepEqual(
    layers.flatMap((layer) =>
      layer.name.startsWith("head") && layer.kind === "dropout" ? [layer.rate] : []
    ),
    [0.25, 0.25, 0.25],
  );
});

Deno.test("a group of the name that holds weights stays what it is, and the new one has a number", () => {
  assert.deepEqual(added(behind("mobilenet-v2", "head.pool")), ["head2.dense dense 5"]);
  const once = withHead(behind("mlp", "dense1"), { ...plain, hidden: [4] });
  const again = baseOf(once, "head.dense1");
  assert.deepEqual(added(again), ["head2.dense dense 5"]);
  const thrice = baseOf(withHead(again, { ...plain, hidden: [4] }), "head2.dense1");
  assert.deepEqual(added(thrice), ["head3.dense dense 5"]);
});

Deno.test("no new layer is called like one that stays", () => {
  const flat: Layer = { name: "head.flatten", kind: "flatten", inputs: ["input"] };
  const base: Architecture = {
    ...{ family: "test", inputs: [{ name: "input", shape: [2, 2, 3] }], head: "none" },
    ...{ layers: [flat], outputs: ["input"] },
  };
  assert.equal(added(base, { pool: "flatten" })[0], "head2.flatten flatten 12");
  assert.equal(added(base)[0], "head.pool global-average-pool 3");
  const named = { ...base, layers: [{ ...flat, name: "head" }] };
  assert.equal(added(named)[0], "head2.pool global-average-pool 3");
});

Deno.test("what cannot be pooled so is refused with a way out", () => {
  assert.equal(
    refused(behind("resnet", "head.pool"), { pool: "max" }),
    "unknown-value pool: `head.pool` gives a row of 16: there are no places to pool (pool: auto)",
  );
  assert.match(
    refused(behind("vgg", "group1"), { pool: "first" }),
    /^unknown-value pool: `group1\S*` gives a picture, .*: it has no first place \(pool: average\)$/,
  );
  const layers: Layer[] = [{
    name: "deep",
    kind: "reshape",
    inputs: ["input"],
    shape: [2, 2, 1, 3],
  }];
  const deep: Architecture = {
    ...{ family: "test", inputs: [{ name: "input", shape: [12] }], layers, outputs: ["deep"] },
    head: "none",
  };
  assert.equal(
    refused(deep),
    "shape-mismatch after: `deep` gives 2×2×1×3, which is no row, no text and no picture " +
      "(cut behind another layer)",
  );
});
