import assert from "node:assert/strict";
import { stream } from "../../../engine/tensor/random.ts";
import { factors, separableFit } from "../../../ops/replace/fit.ts";
import { type Svd, svd } from "../../../ops/model/svd.ts";
import { fc } from "../../deps.ts";
import { assertClose } from "../../close.ts";

const dot = (a: ArrayLike<number>, b: ArrayLike<number>) =>
  Array.from(a, (value, i) => value * b[i]!).reduce((sum, each) => sum + each, 0);

/** Σ over the first `rank` of value · left · rightᵀ. */
function product({ values, left, right }: Svd, rank = values.length): number[] {
  return Array.from({ length: left[0]!.length * right[0]!.length }, (_, at) => {
    const [i, j] = [Math.floor(at / right[0]!.length), at % right[0]!.length];
    let sum = 0;
    for (let k = 0; k < rank; k++) sum += values[k]! * left[k]![i]! * right[k]![j]!;
    return sum;
  });
}

Deno.test("singular values and the nearest matrix of rank 1 of [[3, 0], [4, 5]]", () => {
  const found = svd([3, 0, 4, 5], 2, 2);
  assertClose(found.values[0]!, 6.70820393, 5e-9);
  assertClose(found.values[1]!, 2.23606798, 5e-9);
  product(found, 1).forEach((value, i) => assertClose(value, [1.5, 1.5, 4.5, 4.5][i]!, 1e-12));
  product(found).forEach((value, i) => assertClose(value, [3, 0, 4, 5][i]!, 1e-12));
  const error = Math.sqrt(dot([1.5, -1.5, -0.5, 0.5], [1.5, -1.5, -0.5, 0.5]));
  assertClose(error, found.values[1]!, 1e-12);
});

Deno.test("of two by two the values follow from the sum of squares and the determinant", () => {
  const entry = fc.double({ min: -9, max: 9, noNaN: true }).map((v) => Math.fround(v));
  fc.assert(fc.property(entry, entry, entry, entry, (a, b, c, d) => {
    const squares = a * a + b * b + c * c + d * d;
    const determinant = Math.abs(a * d - b * c);
    const sum = Math.sqrt(squares + 2 * determinant);
    const difference = Math.sqrt(Math.max(0, squares - 2 * determinant));
    const { values } = svd([a, b, c, d], 2, 2);
    assertClose(values[0]!, (sum + difference) / 2, 1e-6);
    assertClose(values[1]!, (sum - difference) / 2, 1e-6);
  }));
});

Deno.test("columns that are multiples of one another have one value, however small one of them is", () => {
  for (const small of [1, 1e-9, 8.112368716821906e-17, 1e-30]) {
    const { values } = svd([0, 0, -small, 3], 2, 2);
    assertClose(values[0]!, Math.sqrt(9 + small * small), 1e-12);
    assertClose(values[1]!, 0, 1e-12);
  }
});

Deno.test("a matrix of known singular values: reflections around a diagonal", () => {
  const size = 24;
  const known = Array.from({ length: size }, (_, k) => 3 * 0.5 ** k);
  const reflected = (seed: number) => {
    const axis = [...stream(seed, "svd").normals(0, size)];
    const length = dot(axis, axis);
    return (x: readonly number[]) => {
      const along = 2 * dot(axis, x) / length;
      return x.map((value, i) => value - along * axis[i]!);
    };
  };
  const [before, after] = [reflected(1), reflected(2)];
  // Column j of P · diag · Q is P applied to diag times column j of Q.
  const columns = known.map((_, j) => {
    const unit = known.map((_, i) => i === j ? 1 : 0);
    return before(after(unit).map((value, k) => value * known[k]!));
  });
  const matrix = Float64Array.from(
    { length: size * size },
    (_, at) => columns[at % size]![Math.floor(at / size)]!,
  );
  const { values } = svd(matrix, size, size);
  // Small values come out as exactly as large ones, in units of the largest.
  values.forEach((value, k) => assertClose(value, known[k]!, 1e-13));
});

const shapes = fc.tuple(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 1, max: 12 }));

Deno.test("both sides are orthonormal, values descend, the product is the matrix", () => {
  fc.assert(
    fc.property(shapes, fc.nat(1e6), fc.integer({ min: 1, max: 12 }), ([m, n], seed, rank) => {
      // A product of normal factors, so that many matrices have a low rank.
      const [a, b] = [
        stream(seed, "a").normals(0, m * rank),
        stream(seed, "b").normals(0, rank * n),
      ];
      const matrix = Float64Array.from({ length: m * n }, (_, at) =>
        dot(
          a.subarray(Math.floor(at / n) * rank, Math.floor(at / n) * rank + rank),
          Array.from({ length: rank }, (_, k) => b[k * n + at % n]!),
        ));
      const found = svd(matrix, m, n);
      const scale = found.values[0]!;
      product(found).forEach((value, at) => assertClose(value, matrix[at]!, 1e-13 * scale));
      assert.equal(found.values.length, Math.min(m, n));
      found.values.forEach((value, k) => {
        assert.ok(value >= 0 && value <= (found.values[k - 1] ?? Infinity));
        if (k >= rank) assertClose(value, 0, 1e-13 * scale);
      });
      const live = found.values.findLastIndex((value) => value > 1e-10 * scale) + 1;
      for (let k = 0; k < live; k++) {
        for (let l = 0; l <= k; l++) {
          assertClose(dot(found.left[k]!, found.left[l]!), k === l ? 1 : 0, 1e-12);
          assertClose(dot(found.right[k]!, found.right[l]!), k === l ? 1 : 0, 1e-12);
        }
      }
    }),
  );
});

Deno.test("of thousands of matrices of low rank every one settles", () => {
  for (let seed = 0; seed < 4000; seed++) {
    const [m, n, rank] = [1 + seed % 12, 1 + (seed * 7) % 12, 1 + seed % 3];
    const [a, b] = [stream(seed, "a").normals(0, m * rank), stream(seed, "b").normals(0, rank * n)];
    const matrix = Float64Array.from({ length: m * n }, (_, at) => {
      let sum = 0;
      for (let k = 0; k < rank; k++) sum += a[Math.floor(at / n) * rank + k]! * b[k * n + at % n]!;
      return sum;
    });
    const { values } = svd(matrix, m, n);
    assertClose(
      values.reduce((sum, value) => sum + value * value, 0) / dot(matrix, matrix),
      1,
      1e-12,
    );
  }
});

Deno.test("Eckart and Young: the squared error of rank r is what is left of the squares", () => {
  const [m, n] = [30, 18];
  const matrix = stream(5, "svd").normals(0, m * n);
  const found = svd(matrix, m, n);
  for (let rank = 1; rank < n; rank++) {
    const nearest = product(found, rank);
    const error = nearest.reduce((sum, value, i) => sum + (value - matrix[i]!) ** 2, 0);
    const tail = found.values.subarray(rank).reduce((sum, value) => sum + value * value, 0);
    assertClose(error / tail, 1, 1e-10);
    assert.ok(Math.abs(factors(found, rank).lost / error - 1) < 1e-10);
    // No other matrix of that rank is nearer: another projection of the columns loses more.
    const other = svd(stream(rank, "other").normals(0, m * n), m, n);
    const kept = Array.from({ length: rank }, (_, k) => other.left[k]!);
    const columns = Array.from(
      { length: n },
      (_, j) => Float64Array.from({ length: m }, (_, i) => matrix[i * n + j]!),
    );
    const lost = columns.reduce(
      (sum, column) =>
        sum + dot(column, column) - kept.reduce((s, each) => s + dot(each, column) ** 2, 0),
      0,
    );
    assert.ok(lost > error);
  }
});

Deno.test("the transposed matrix has the same values; zeros and single numbers are matrices too", () => {
  const matrix = stream(6, "svd").normals(0, 7 * 11);
  const turned = Float32Array.from(
    { length: 77 },
    (_, at) => matrix[(at % 7) * 11 + Math.floor(at / 7)]!,
  );
  const [one, other] = [svd(matrix, 7, 11), svd(turned, 11, 7)];
  one.values.forEach((value, k) => assertClose(value, other.values[k]!, 1e-12));
  assert.deepEqual([...svd(new Float64Array(6), 3, 2).values], [0, 0]);
  assert.deepEqual(product(svd(new Float64Array(6), 2, 3)), [0, 0, 0, 0, 0, 0]);
  assert.deepEqual([...svd([-4], 1, 1).values], [4]);
  assert.deepEqual(product(svd([-4], 1, 1)), [-4]);
});

Deno.test("signs are fixed: the largest entry of each left vector is positive", () => {
  const { left } = svd(stream(7, "svd").normals(0, 9 * 6), 9, 6);
  for (const vector of left) {
    const largest = vector.reduce((most, v) => Math.abs(v) > Math.abs(most) ? v : most);
    assert.ok(largest > 0);
  }
});

Deno.test("the product of both factors is as near as their rank allows", () => {
  const [m, n, rank] = [20, 12, 5];
  const matrix = stream(8, "svd").normals(0, m * n);
  const { kernels, lost, whole } = factors(svd(matrix, m, n), rank);
  const [first, second] = kernels as [Float32Array, Float32Array];
  let error = 0;
  for (let i = 0; i < m; i++) {
    for (let j = 0; j < n; j++) {
      let sum = 0;
      for (let k = 0; k < rank; k++) sum += first[i * rank + k]! * second[k * n + j]!;
      error += (sum - matrix[i * n + j]!) ** 2;
    }
  }
  assertClose(error / lost, 1, 1e-5);
  assertClose(whole / dot(matrix, matrix), 1, 1e-10);
});

Deno.test("a kernel that is a product for each channel comes apart exactly", () => {
  const [h, w, inputs, filters] = [3, 3, 4, 6] as const;
  const depthwise = stream(9, "d").normals(0, h * w * inputs);
  const pointwise = stream(9, "p").normals(0, inputs * filters);
  const kernel = Float32Array.from({ length: h * w * inputs * filters }, (_, at) => {
    const [place, n] = [Math.floor(at / filters), at % filters];
    return depthwise[place]! * pointwise[(place % inputs) * filters + n]!;
  });
  const { kernels, lost, whole } = separableFit(kernel, [h, w, inputs, filters]);
  const [first, second] = kernels as [Float32Array, Float32Array];
  assert.ok(lost / whole < 1e-13);
  kernel.forEach((value, at) => {
    const [place, n] = [Math.floor(at / filters), at % filters];
    assertClose(first[place]! * second[(place % inputs) * filters + n]!, value, 1e-6);
  });
});

Deno.test("no other pair of a filter and a mix is nearer to a kernel: alternating least squares end there", () => {
  const [h, w, inputs, filters] = [3, 3, 2, 5] as const;
  const kernel = stream(10, "k").normals(0, h * w * inputs * filters);
  const { lost } = separableFit(kernel, [h, w, inputs, filters]);
  let least = 0;
  for (let m = 0; m < inputs; m++) {
    const row = (
      place: number,
    ) => [...kernel.subarray((place * inputs + m) * filters, (place * inputs + m + 1) * filters)];
    const rows = Array.from({ length: 9 }, (_, place) => row(place));
    let mix = [...stream(m, "start").normals(0, filters)];
    let filter: number[] = [];
    for (let round = 0; round < 500; round++) {
      filter = rows.map((each) => dot(each, mix) / dot(mix, mix));
      mix = mix.map((_, n) => dot(filter, rows.map((each) => each[n]!)) / dot(filter, filter));
    }
    least += rows.reduce(
      (sum, each, place) =>
        sum + each.reduce((s, value, n) => s + (value - filter[place]! * mix[n]!) ** 2, 0),
      0,
    );
  }
  assertClose(lost / least, 1, 1e-9);
});

Deno.test("of entries as large as one another the first is positive; a zero vector turns nothing", () => {
  const { values, left, right } = svd([-3, 3], 2, 1);
  const root = Math.SQRT1_2;
  assertClose([...values, ...left[0]!, ...right[0]!], [3 / root, root, -root, -1], 1e-15);
  assert.deepEqual(svd([0], 1, 1).right, [Float64Array.of(1)]);
});
