/** Products of kernels nearest to one kernel: by hand, and against what is lost. */
import assert from "node:assert/strict";
import { stream } from "../../../engine/tensor/random.ts";
import { svd } from "../../../ops/model/svd.ts";
import { factors, separableFit } from "../../../ops/replace/fit.ts";
import { fc } from "../../deps.ts";
import { assertClose } from "../../close.ts";

/** A product of a rows × r and an r × columns matrix. */
function product(a: Float32Array, b: Float32Array, rank: number): number[] {
  const [rows, columns] = [a.length / rank, b.length / rank];
  return Array.from({ length: rows * columns }, (_, at) => {
    const [row, column] = [Math.floor(at / columns), at % columns];
    let sum = 0;
    for (let k = 0; k < rank; k++) sum += a[row * rank + k]! * b[k * columns + column]!;
    return sum;
  });
}

const squares = (values: ArrayLike<number>) =>
  Array.from(values).reduce((sum, value) => sum + value * value, 0);

Deno.test("a diagonal matrix keeps its largest values; what is lost is the squares of the others", () => {
  const { kernels, lost, whole } = factors(svd([0, 0, 2, 0, 3, 0, -1, 0, 0], 3, 3), 2);
  assertClose(product(kernels[0]!, kernels[1]!, 2), [0, 0, 2, 0, 3, 0, 0, 0, 0], 1e-5);
  assertClose([lost, whole], [1, 14], 1e-5);
  // The root of each singular value stands on both sides.
  assertClose([squares(kernels[0]!), squares(kernels[1]!)], [5, 5], 1e-5);
});

Deno.test("factors differ from the matrix by what they say, and by nothing at full rank", () => {
  const shapes = fc.record({
    rows: fc.integer({ min: 1, max: 6 }),
    columns: fc.integer({ min: 1, max: 6 }),
    seed: fc.nat(500),
  });
  fc.assert(fc.property(shapes, ({ rows, columns, seed }) => {
    const matrix = stream(seed, "m").normals(0, rows * columns);
    const known = svd(matrix, rows, columns);
    let before = Infinity;
    for (let rank = 1; rank <= Math.min(rows, columns); rank++) {
      const { kernels, lost, whole } = factors(known, rank);
      const found = product(kernels[0]!, kernels[1]!, rank);
      const is = squares(found.map((value, i) => value - matrix[i]!));
      assert.ok(Math.abs(is - lost) < 1e-4, `${is} is not ${lost}`);
      assert.ok(Math.abs(whole - squares(matrix)) < 1e-4 && lost <= before);
      before = lost;
    }
    assert.ok(before < 1e-9);
  }));
});

/** D[i, j, m] · P[m, n] of a kernel's shape. */
function separated(kernels: readonly Float32Array[], shape: readonly number[]): number[] {
  const [height, width, inputs, filters] = shape as [number, number, number, number];
  return Array.from({ length: height * width * inputs * filters }, (_, at) => {
    const place = Math.floor(at / filters);
    return kernels[0]![place]! * kernels[1]![place % inputs * filters + at % filters]!;
  });
}

Deno.test("separable kernels differ from the convolution's by what they say", () => {
  const shape = [3, 2, 4, 5];
  const kernel = stream(2, "k").normals(0, 3 * 2 * 4 * 5);
  const { kernels, lost, whole } = separableFit(kernel, shape);
  assert.deepEqual(kernels.map(({ length }) => length), [3 * 2 * 4, 4 * 5]);
  const found = separated(kernels, shape);
  assertClose(
    [lost, whole],
    [squares(found.map((value, i) => value - kernel[i]!)), squares(kernel)],
    1e-4,
  );
  assert.ok(lost > 0.1 * whole, "noise is no product");
});

Deno.test("a kernel that is a product for each input channel is found whole", () => {
  const shape = [3, 3, 2, 4];
  const parts = [stream(1, "d").normals(0, 18), stream(1, "p").normals(0, 8)];
  const kernel = Float32Array.from(separated(parts, shape));
  const { kernels, lost } = separableFit(kernel, shape);
  assertClose(separated(kernels, shape), kernel, 1e-5);
  assert.ok(lost < 1e-9);
});
