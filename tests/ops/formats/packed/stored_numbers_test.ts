import assert from "node:assert/strict";
import {
  storedNumbers,
  traitsOf,
  weightOf,
} from "../../../../ops/formats/packed/stored_numbers.ts";
import type { Weight } from "../../../../ops/model/model.ts";

const affine: Weight = {
  shape: [2, 2],
  encoding: {
    use: "affine",
    bits: 8,
    axis: 1,
    symmetry: "asymmetric",
    scale: Float32Array.of(1, 1),
    zero: Int32Array.of(3, -2),
  },
  data: Int8Array.of(3, -2, 5, -7),
};
const codebook: Weight = {
  shape: [4],
  encoding: { use: "codebook", bits: 2, centroids: Float32Array.of(1, 0, -0, 0) },
  data: Uint8Array.of(3, 0, 2, 1),
};

Deno.test("integers are stored less their zero point, so that 0 is always the same", () => {
  assert.deepEqual(storedNumbers(affine), {
    row: Int32Array.of(0, 0, 2, -5),
    zero: 0,
    width: undefined,
  });
  assert.deepEqual(weightOf(Int32Array.of(0, 0, 2, -5), affine.encoding, [2, 2]), affine);
  assert.throws(
    () => weightOf(Int32Array.of(125, 0, 0, 0), affine.encoding, [2, 2]),
    /128 is no integer of 8/,
  );
});

Deno.test("of several codes that mean 0 the first is stored; minus 0 is another value", () => {
  assert.deepEqual(storedNumbers(codebook), {
    row: Int32Array.of(1, 0, 2, 1),
    zero: 1,
    width: undefined,
  });
  const dense = { use: "codebook", bits: 1, centroids: Float32Array.of(1, 2) } as const;
  assert.equal(traitsOf(dense).zero, undefined);
  assert.throws(() => weightOf(Int32Array.of(2), dense, [1]), /2 is no code of 2 shared values/);
});

Deno.test("floats are their bits, 32 or 16 of them", () => {
  const float = { shape: [2], encoding: { use: "f32" }, data: Float32Array.of(1, -0) } as const;
  const { row, width } = storedNumbers(float);
  assert.deepEqual([[...row], width], [[0x3f800000, -0x80000000], 32]);
  assert.deepEqual(weightOf(row, float.encoding, [2]).data, float.data);
  const half = { shape: [1], encoding: { use: "f16" }, data: Uint16Array.of(0x3c00) } as const;
  assert.deepEqual(storedNumbers(half), { row: Int32Array.of(0x3c00), zero: 0, width: 16 });
});
