import assert from "node:assert/strict";
import { type Stream, stream } from "../../../../engine/tensor/random.ts";
import {
  glorotUniform,
  heNormal,
  orthonormalRows,
  unitRows,
} from "../../../../ops/model/kinds/initial_values.ts";

/** A stream whose first values are known. */
const known = (values: readonly number[]): Stream =>
  ({
    normals: () => Float32Array.from(values),
    uniforms: () => Float32Array.from(values),
  }) as unknown as Stream;

Deno.test("draws are scaled: He by √(2 / fan-in), rows by 1/√width, Glorot into ±√(6 / (in + out))", () => {
  assert.deepEqual([...heNormal(known([1, -2]), 2, 8)], [0.5, -1]);
  assert.deepEqual([...unitRows(known([2, -4]), 2, 4)], [1, -2]);
  assert.deepEqual([...glorotUniform(known([0, 0.5, 1]), 3, 4 + 2)], [-1, 0, 1]);
});

Deno.test("rows made orthonormal by hand: (3, 4) and what is left of (5, 0)", () => {
  const rows = [...orthonormalRows(known([3, 4, 5, 0]), 2, 2)];
  // (5, 0) less 3 · (0.6, 0.8) is (3.2, −2.4), 4 long.
  const expected = [0.6, 0.8, 0.8, -0.6];
  rows.forEach((value, i) => assert.ok(Math.abs(value - expected[i]!) < 1e-12));
});

Deno.test("many rows of draws are orthonormal", () => {
  const rows = orthonormalRows(stream(1, "rows"), 5, 8);
  for (let i = 0; i < 5; i++) {
    for (let j = 0; j < 5; j++) {
      let dot = 0;
      for (let k = 0; k < 8; k++) dot += rows[i * 8 + k]! * rows[j * 8 + k]!;
      assert.ok(Math.abs(dot - (i === j ? 1 : 0)) < 1e-12);
    }
  }
});

Deno.test("as many draws are taken as there are values, from the stream's first on", () => {
  const draws = stream(2, "weights");
  const scaled = (values: Float32Array, by: number) => values.map((value) => value * by);
  assert.deepEqual(unitRows(draws, 6, 4), scaled(draws.normals(0, 6), 0.5));
  assert.deepEqual(heNormal(draws, 6, 8), scaled(draws.normals(0, 6), 0.5));
  // √(6 / 24) is a half: draws of 0 … 1 end within a half of 0.
  const glorot = glorotUniform(draws, 6, 16 + 8);
  assert.deepEqual(glorot, draws.uniforms(0, 6).map((value) => (2 * value - 1) * 0.5));
  assert.equal(orthonormalRows(draws, 2, 3).length, 6);
});
