import assert from "node:assert/strict";
import { refuseLeaks } from "../../../../engine/tensor/room.ts";
import {
  averagePool,
  globalAveragePool,
  globalMaxPool,
  maxPool,
} from "../../../../ops/model/kinds/pool.ts";
import {
  assertPlain,
  expectedOf,
  layerOf,
  macsOf,
  shapeOf,
  valuesOf,
} from "../support/one_layer.ts";

refuseLeaks(true);

const sliding = { size: [2, 2], strides: [2, 2], padding: "valid", dilations: [1, 1] } as const;
const max = layerOf("max-pool", sliding);
const average = layerOf("average-pool", sliding);
const image = { shape: [2, 2, 2], data: [1, -1, 2, -2, 3, -3, 6, -4] };

Deno.test("pooling keeps channels and shortens extents; over the whole image only channels are left", () => {
  assert.deepEqual(shapeOf(max, [5, 6, 3]), [2, 3, 3]);
  assert.deepEqual(shapeOf({ ...average, padding: "same" }, [5, 6, 3]), [3, 3, 3]);
  for (const kind of ["global-average-pool", "global-max-pool"] as const) {
    assert.deepEqual(shapeOf(layerOf(kind, {}), [5, 6, 3]), [3]);
    assert.throws(() => shapeOf(layerOf(kind, {}), [5, 3]), /reads an image/);
  }
  assert.equal(macsOf(max, [5, 6, 3]), 0);
});

Deno.test("the largest and the mean of a window, by hand", async () => {
  assert.deepEqual(await valuesOf(max, [image]), [6, -1]);
  assert.deepEqual(await valuesOf(average, [image]), [3, -2.5]);
  assert.deepEqual(await valuesOf(layerOf("global-max-pool", {}), [image]), [6, -1]);
  assert.deepEqual(await valuesOf(layerOf("global-average-pool", {}), [image]), [3, -2.5]);
});

Deno.test("cells outside the image count in no window", async () => {
  const corner = { ...sliding, size: [3, 3], strides: [1, 1], padding: "same" } as const;
  const one = { shape: [1, 1, 1], data: [-7] };
  assert.deepEqual(await valuesOf(layerOf("max-pool", corner), [one]), [-7]);
  assert.deepEqual(await valuesOf(layerOf("average-pool", corner), [one]), [-7]);
});

Deno.test("pooling computes what plain loops do", async () => {
  for (const padding of ["same", "valid", [[1, 0], [0, 1]]] as const) {
    for (const kind of ["max-pool", "average-pool"] as const) {
      await assertPlain(layerOf(kind, { ...sliding, size: [3, 2], padding }), [7, 6, 3]);
    }
  }
  await assertPlain(layerOf("global-average-pool", {}), [4, 5, 3]);
  await assertPlain(layerOf("global-max-pool", {}), [4, 5, 3]);
});

Deno.test("the largest of integers is one of them, a mean is not; means are expected to stay", () => {
  const values = [maxPool, globalMaxPool, averagePool, globalAveragePool].map(({ integers }) =>
    integers.values
  );
  assert.deepEqual(values, ["keeps", "keeps", "makes", "makes"]);
  assert.deepEqual(expectedOf(average, [4, 4, 2], [[1, 2]]), [1, 2]);
  assert.deepEqual(expectedOf(layerOf("global-average-pool", {}), [4, 4, 2], [[1, 2]]), [1, 2]);
  assert.equal(expectedOf(average, [4, 4, 2], [undefined]), undefined);
  assert.equal(expectedOf(max, [4, 4, 2], [[1, 2]]), undefined);
});

Deno.test("a factor passes through any of them, and `type:pool` selects them", () => {
  for (const kind of [maxPool, averagePool, globalAveragePool, globalMaxPool]) {
    assert.equal(kind.homogeneous, true);
    assert.equal(kind.selects(max as never), "pool");
  }
});
