import assert from "node:assert/strict";
import { stream } from "../../../../engine/tensor/random.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { embedding, first, position, tokenMean } from "../../../../ops/model/kinds/sequence.ts";
import { weightSlots } from "../../../../ops/model/layers.ts";
import { assertClose } from "../../../close.ts";
import {
  assertPlain,
  channelsOf,
  layerOf,
  macsOf,
  networkOf,
  shapeOf,
  valuesOf,
} from "../support/one_layer.ts";

refuseLeaks(true);

const table = layerOf("embedding", { vocabulary: 3, size: 2 });
const places = layerOf("position", {});
const front = layerOf("first", {});
const mean = layerOf("token-mean", {}, 2);

Deno.test("tokens become rows, positions add theirs, the first is left alone", () => {
  assert.deepEqual(shapeOf(table, [5]), [5, 2]);
  assert.deepEqual(shapeOf(places, [5, 2]), [5, 2]);
  assert.deepEqual(shapeOf(front, [5, 2]), [2]);
  assert.deepEqual(weightSlots(networkOf(table, [5])).map(({ shape }) => shape), [[3, 2]]);
  assert.deepEqual(weightSlots(networkOf(places, [5, 2])).map(({ shape }) => shape), [[5, 2]]);
  for (const layer of [places, front]) {
    assert.throws(
      () => shapeOf(layer, [5, 2, 1]),
      /it reads a sequence \(length × size\), its input is 5×2×1/,
    );
  }
  assert.equal(macsOf(table, [5]), 0);
});

Deno.test("rows are looked up, added to by position and cut to the first, by hand", async () => {
  const kernel = [1, 2, 3, 4, 5, 6];
  const tokens = { shape: [3], data: [2, 0, 2] };
  assert.deepEqual(await valuesOf(table, [tokens], { kernel }), [5, 6, 1, 2, 5, 6]);
  const rows = { shape: [3, 2], data: [10, 20, 30, 40, 50, 60] };
  assert.deepEqual(await valuesOf(places, [rows], { kernel }), [11, 22, 33, 44, 55, 66]);
  assert.deepEqual(await valuesOf(front, [rows]), [10, 20]);
});

Deno.test("layers of sequences compute what plain loops do", async () => {
  await assertPlain(table, [6]);
  await assertPlain(places, [4, 3]);
  await assertPlain(front, [4, 3]);
});

Deno.test("first rows are about 1 long: deviation 1/√width", () => {
  const draws = () => stream(1, "rows");
  for (const kind of [embedding, position]) {
    const values = kind.initial.kernel!([2000, 4], draws);
    const square = values.reduce((sum, value) => sum + value * value, 0) / 2000;
    assert.ok(Math.abs(square - 1) < 0.05, String(square));
  }
});

Deno.test("a table writes its columns and says how many rows it has; positions follow", () => {
  assert.deepEqual(channelsOf(table, [[5]], [[1]]).leaving, [100, 101]);
  assert.deepEqual(embedding.channels.resize(table, 1), { ...table, size: 1 });
  assert.deepEqual(channelsOf(places, [[5, 2]], [[7, 8]]).leaving, [7, 8]);
  assert.deepEqual(embedding.channels.weights, { kernel: [null, "out"] });
  assert.deepEqual(position.channels.weights, { kernel: [null, "out"] });
  assert.deepEqual([embedding.vocabulary(table), position.vocabulary(places)], [3, undefined]);
  assert.deepEqual([embedding.selects(table), position.selects(places), first.selects(front)], [
    "embedding",
    "embedding",
    "reshape",
  ]);
});

Deno.test("tables are stored smaller, and never multiplied in integers", () => {
  for (const { kernel } of [embedding, position]) {
    assert.deepEqual(kernel, { layout: "rows", multiplies: "floats" });
  }
  const values = [embedding, position, first].map(({ integers }) => integers.values);
  assert.deepEqual(values, ["float", "float", "keeps"]);
});

Deno.test("the mean is of rows that are no padding, of all where all are", async () => {
  const rows = { shape: [3, 2], data: [1, 2, 30, 40, 5, 8] };
  const of = (...tokens: number[]) => valuesOf(mean, [rows, { shape: [3], data: tokens }]);
  assert.deepEqual(await of(7, 0, 2), [3, 5]);
  assert.deepEqual(await of(0, 1, 0), [30, 40]);
  assertClose(await of(0, 0, 0), [12, 50 / 3], 1e-6);
  await assertPlain(mean, [4, 3], [4]);
});

Deno.test("a mean gives one row, of the channels that it reads", () => {
  assert.deepEqual(shapeOf(mean, [5, 2], [5]), [2]);
  const wrong: number[][][] = [[[5, 2], [4]], [[5, 2, 1], [5]], [[5], [5]]];
  for (const [rows, mask] of wrong) {
    assert.throws(() => shapeOf(mean, rows!, mask!), /a sequence \(length × size\) and a mask/);
  }
  assert.throws(
    () => shapeOf(layerOf("token-mean", {}), [5, 2]),
    /\(token-mean\): it reads .* of its rows; these are 5×2$/,
  );
  assert.deepEqual(channelsOf(mean, [[5, 2], [5]], [[7, 8], [1, 1, 1, 1, 1]]), {
    leaving: [7, 8],
    tied: [],
    fixed: [],
  });
  assert.deepEqual([tokenMean.selects(mean), tokenMean.integers.values], ["pool", "float"]);
});
