import assert from "node:assert/strict";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import { add, concat, logShares, mixture } from "../../../../ops/model/kinds/merge.ts";
import { assertClose } from "../../../close.ts";
import {
  assertPlain,
  assertSlopes,
  channelsOf,
  expectedOf,
  layerOf,
  macsOf,
  shapeOf,
  valuesOf,
} from "../support/one_layer.ts";

refuseLeaks(true);

const sum = layerOf("add", { activation: "linear" }, 3);
const joined = layerOf("concat", {}, 2);
const mixed = layerOf("mixture", { shares: [0.25, 0.75] }, 2);

Deno.test("sums have one shape, joined values one front, mixed ones classes", () => {
  assert.deepEqual(shapeOf(sum, [4, 2], [4, 2], [4, 2]), [4, 2]);
  assert.throws(() => shapeOf(sum, [4, 2], [4, 2], [4, 3]), /it adds 4×2 and 4×3/);
  assert.deepEqual(shapeOf(joined, [4, 5, 2], [4, 5, 3]), [4, 5, 5]);
  assert.throws(() => shapeOf(joined, [4, 5, 2], [4, 6, 2]), /it joins 4×5×2 and 4×6×2/);
  assert.deepEqual(shapeOf(mixed, [3], [3]), [3]);
  assert.throws(() => shapeOf(mixed, [3], [4]), /it mixes classes, and it reads 3 and 4/);
  assert.throws(() => shapeOf(mixed, [2, 3], [2, 3]), /and it reads 2×3 and 2×3/);
  const alone = layerOf("add", { activation: "linear" });
  assert.throws(() => shapeOf(alone, [4]), /it reads at least two layers, not 1/);
});

Deno.test("three values are added, the activation comes behind the last sum, and joined values stand one behind the other", async () => {
  const of = (...data: number[]) => ({ shape: [2], data });
  assert.deepEqual(await valuesOf(sum, [of(1, 2), of(10, -20), of(100, 3)]), [111, -15]);
  const relu = { ...sum, activation: "relu" } as const;
  assert.deepEqual(await valuesOf(relu, [of(1, 2), of(-10, -20), of(100, 3)]), [91, 0]);
  assert.deepEqual(await valuesOf(joined, [of(1, 2), of(3, 4)]), [1, 2, 3, 4]);
});

Deno.test("a mixture's softmax is the mean of the distributions", async () => {
  const logits = [[0, Math.log(3)], [Math.log(4), 0]];
  const found = await valuesOf(mixed, logits.map((data) => ({ shape: [2], data })));
  const powers = found.map(Math.exp);
  const all = powers[0]! + powers[1]!;
  // 1/4 · (1/4, 3/4) + 3/4 · (4/5, 1/5).
  assertClose(powers.map((power) => power / all), [0.6625, 0.3375], 1e-6);
  assertClose(logShares([0.25, 1]), [Math.log(0.25), 0], 1e-7);
});

Deno.test("sums, joins and mixtures compute what plain loops do", async () => {
  await assertPlain({ ...sum, activation: "gelu" }, [3, 4], [3, 4], [3, 4]);
  await assertPlain(joined, [2, 3, 4], [2, 3, 1]);
  await assertPlain(mixed, [5], [5]);
});

Deno.test("added channels go together, joined ones stand side by side, classes stay", () => {
  const added = channelsOf(sum, [[2], [2], [2]], [[1, 2], [3, 4], [5, 6]]);
  assert.deepEqual(added.leaving, [1, 2]);
  assert.deepEqual(added.tied, ["1=3", "2=4", "1=5", "2=6"]);
  assert.deepEqual(channelsOf(joined, [[2], [1]], [[1, 2], [3]]).leaving, [1, 2, 3]);
  const classes = channelsOf(mixed, [[2], [2]], [[1, 2], [3, 4]]);
  assert.deepEqual([classes.leaving, classes.fixed], [[1, 2], [1, 2, 3, 4]]);
});

Deno.test("means add up and stand side by side, where all are known", () => {
  assert.deepEqual(expectedOf(sum, [2], [[1, 2], [10, 20], [100, 200]]), [111, 222]);
  assert.equal(expectedOf(sum, [2], [[1, 2], undefined, [1, 2]]), undefined);
  assert.equal(expectedOf({ ...sum, activation: "relu" }, [2], [[1, 2], [1, 2]]), undefined);
  assert.deepEqual(expectedOf(joined, [2], [[1, 2], [3]]), [1, 2, 3]);
  assert.equal(expectedOf(joined, [2], [[1, 2], undefined]), undefined);
  assert.equal(expectedOf(mixed, [2], [[1, 2], [1, 2]]), undefined);
  const values = [add, concat, mixture].map(({ integers }) => integers.values);
  assert.deepEqual(values, ["makes", "makes", "float"]);
});

Deno.test("two rounded values are added at once, three are not", async () => {
  await withTensors((room) => {
    const short = (scale: number, ...data: number[]) => ({
      x: room.short(Int32Array.from(data), [1, 2]),
      scale,
    });
    const to = { scale: 1, low: -9, high: 9, ties: "up" } as const;
    const relu = { ...sum, activation: "relu" } as const;
    const found = room.tf.tidy(() => {
      const [a, b] = [short(2, 3, -4), short(1, 1, 2)];
      assert.equal(add.integers.rounded!(relu, { room, inputs: [a, b, b], to }), undefined);
      const both = add.integers.rounded!(relu, { room, inputs: [a, b], to })!;
      return [...room.values(room.nn.realsOfShort(both, 1))];
    });
    // 2 · 3 + 1 and 2 · −4 + 2.
    assert.deepEqual(found, [7, 0]);
    return Promise.resolve();
  });
});

const combinations = ["sum", "product", "difference", "maximum", "minimum"] as const;
const rows = (by: typeof combinations[number], count = 2) => layerOf("combine", { by }, count);

for (const by of combinations) {
  Deno.test(`values are combined place by place, one row or channel with all: ${by}`, async () => {
    await assertPlain(rows(by), [3, 4], [3, 4]);
    await assertPlain(rows(by), [2, 3, 4], [1, 1, 4]);
    await assertPlain(rows(by, 3), [2, 1], [2, 4], [1, 4]);
    await assertSlopes(rows(by), [2, 3], [2, 1]);
  });
}

Deno.test("what is combined has one shape, or one place along an axis", () => {
  assert.deepEqual(shapeOf(rows("product"), [4, 1, 3], [1, 5, 3]), [4, 5, 3]);
  assert.throws(() => shapeOf(rows("product"), [4, 3], [3]), /it cannot combine 4×3 and 3/);
  assert.throws(() => shapeOf(rows("product"), [4], [5]), /it cannot combine 4 and 5/);
});

Deno.test("combined channels go together; one that meets all of them stays", () => {
  const all = channelsOf(rows("product"), [[2], [2]], [[1, 2], [3, 4]]);
  assert.deepEqual([all.leaving, all.tied, all.fixed], [[1, 2], ["1=3", "2=4"], []]);
  const one = channelsOf(rows("sum"), [[1], [2]], [[1], [3, 4]]);
  assert.deepEqual([one.leaving, one.tied, one.fixed], [[3, 4], [], [1]]);
});

Deno.test("matrices are multiplied along the axes that are said, rows to one number", async () => {
  const along = (...axes: [number, number]) => layerOf("dot", { axes }, 2);
  await assertPlain(along(1, 0), [3, 4], [4, 2]);
  await assertPlain(along(0, 0), [4, 3], [4, 2]);
  await assertPlain(along(1, 1), [3, 4], [2, 4]);
  await assertPlain(along(0, 0), [5], [5]);
  await assertSlopes(along(1, 1), [3, 4], [2, 4]);
  await assertSlopes(along(0, 0), [5], [5]);
  assert.equal(macsOf(along(1, 0), [3, 4], [4, 2]), 24);
  assert.equal(macsOf(along(0, 0), [5], [5]), 5);
  assert.throws(() => shapeOf(along(1, 1), [3, 4], [4, 2]), /it cannot multiply 3×4 and 4×2/);
  assert.throws(() => shapeOf(along(2, 0), [3, 4], [4, 2]), /cannot multiply/);
  const { leaving, fixed } = channelsOf(along(1, 0), [[3, 2], [2, 2]], [[1, 2], [3, 4]]);
  assert.deepEqual([leaving, fixed], [[100, 101], [1, 2, 3, 4, 100, 101]]);
});
