/** Kernels that keep part of a convolution's: by hand. */
import assert from "node:assert/strict";
import { stream } from "../../../engine/tensor/random.ts";
import { ghostBiases, ghostFit, groupedFit } from "../../../ops/replace/partial_fit.ts";

const of = (kernels: readonly Float32Array[]) => kernels.map((each) => [...each]);

Deno.test("groups keep what stands between their own channels; the rest is lost", () => {
  // Two inputs, four filters, one place: rows are inputs.
  const kernel = Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8);
  const { kernels, lost, whole } = groupedFit(kernel, [1, 1, 2, 4], 2);
  assert.deepEqual(of(kernels), [[1, 2], [7, 8]]);
  assert.equal(lost, 9 + 16 + 25 + 36);
  assert.equal(whole, 204);
});

Deno.test("each place of the window has its groups: rows of a group's kernel are its inputs in order", () => {
  // Two places, four inputs, two filters; the value tells place, input, filter.
  const kernel = Float32Array.from(
    { length: 16 },
    (_, at) => 100 * (Math.floor(at / 8) + 1) + 10 * (Math.floor(at / 2) % 4) + at % 2,
  );
  const { kernels, lost, whole } = groupedFit(kernel, [1, 2, 4, 2], 2);
  assert.deepEqual(of(kernels), [[100, 110, 200, 210], [121, 131, 221, 231]]);
  const kept = kernels.flatMap((each) => [...each]).reduce((sum, w) => sum + w * w, 0);
  assert.equal(lost, whole - kept);
});

Deno.test("a ghost is the multiple of its primary filter that is nearest: ⟨w, p⟩ / ⟨p, p⟩", () => {
  // Two inputs, four filters: p₀ = (1, 0), p₁ = (1, 1), then (2, 3) by p₀ and (2, 4) by p₁.
  const kernel = Float32Array.of(1, 1, 2, 2, 0, 1, 3, 4);
  const { kernels, lost, whole } = ghostFit(kernel, [1, 1, 2, 4], 2, 1);
  assert.deepEqual(of(kernels), [[1, 1, 0, 1], [2, 3]]);
  // 3² of the first; (2, 4) − 3 · (1, 1) is (−1, 1).
  assert.ok(Math.abs(lost - (9 + 2)) < 1e-12);
  assert.equal(whole, 1 + 2 + 13 + 20);
});

Deno.test("several ghosts follow their primary one after another, at the middle of their window", () => {
  // One input, two primary filters 1 and 2, then twice 1, thrice 1, half 2, minus 2.
  const kernel = Float32Array.of(1, 2, 2, 3, 1, -2);
  const { kernels: [primary, cheap], lost } = ghostFit(kernel, [1, 1, 1, 6], 3, 3);
  assert.deepEqual([...primary!], [1, 2]);
  assert.equal(cheap!.length, 9 * 4);
  const middle = 4 * 4;
  assert.deepEqual([...cheap!.subarray(middle, middle + 4)], [2, 3, 0.5, -1]);
  assert.ok(cheap!.every((value, at) => value === 0 || (at >= middle && at < middle + 4)));
  assert.equal(lost, 0);
});

Deno.test("beside a primary filter of zeros a ghost is 0, and all that stood there is lost", () => {
  const { kernels, lost } = ghostFit(Float32Array.of(0, 3), [1, 1, 1, 2], 2, 1);
  assert.deepEqual(of(kernels), [[0], [0]]);
  assert.equal(lost, 9);
});

Deno.test("behind a ghost stands what its multiple of the primary's bias lacks", () => {
  const { kernels: [, cheap] } = ghostFit(Float32Array.of(1, 2, 2, 3, 1, -2), [1, 1, 1, 6], 3, 3);
  const bias = Float32Array.of(10, 20, 1, 2, 3, 4);
  const [primary, behind] = ghostBiases(bias, cheap!, 3, 3);
  assert.deepEqual([...primary], [10, 20]);
  assert.deepEqual([...behind], [1 - 20, 2 - 30, 3 - 10, 4 + 20]);
});

Deno.test("in windows of any shape groups are the blocks of the kernel, and ghosts nearest by least squares", () => {
  const [height, width, inputs, filters] = [2, 3, 4, 6];
  const kernel = stream(3, "k").normals(0, height * width * inputs * filters);
  const at = (place: number, m: number, n: number) => kernel[(place * inputs + m) * filters + n]!;
  const places = Array.from({ length: height * width }, (_, place) => place);
  const total = kernel.reduce((sum, value) => sum + value * value, 0);
  const near = (is: number, expected: number) => assert.ok(Math.abs(is - expected) < 1e-9 * total);
  const groups = groupedFit(kernel, [height, width, inputs, filters], 2);
  assert.deepEqual(
    of(groups.kernels),
    [0, 1].map((g) =>
      places.flatMap((place) =>
        [0, 1].flatMap((m) => [0, 1, 2].map((n) => at(place, 2 * g + m, 3 * g + n)))
      )
    ),
  );
  near(groups.whole, total);
  near(
    groups.lost,
    total - groups.kernels.flatMap((each) => [...each]).reduce((s, w) => s + w * w, 0),
  );
  const filter = (n: number) => places.flatMap((place) => [0, 1, 2, 3].map((m) => at(place, m, n)));
  const dot = (a: readonly number[], b: readonly number[]) =>
    a.reduce((sum, value, i) => sum + value * b[i]!, 0);
  const { kernels: [primary, cheap], lost, whole } = ghostFit(
    kernel,
    [height, width, inputs, filters],
    3,
    1,
  );
  assert.deepEqual(
    [...primary!],
    places.flatMap((place) => [0, 1, 2, 3].flatMap((m) => [at(place, m, 0), at(place, m, 1)])),
  );
  let expected = 0;
  for (let made = 0; made < 4; made++) {
    const [w, p] = [filter(2 + made), filter(made >> 1)];
    const multiple = dot(w, p) / dot(p, p);
    assert.ok(Math.abs(cheap![made]! - multiple) < 1e-6);
    const rest = w.map((value, i) => value - multiple * p[i]!);
    expected += dot(rest, rest);
  }
  near(lost, expected);
  near(whole, total);
});
