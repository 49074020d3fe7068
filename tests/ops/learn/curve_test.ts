import assert from "node:assert/strict";
import { type Curve, CurveField, type TSchema } from "../../../engine/field.ts";
import { formOf } from "../../../engine/recipe/words/form.ts";
import { within } from "../../../engine/recipe/check/number_limits.ts";
import { limitsInWords } from "../../../engine/recipe/words/limits_in_words.ts";
import { normalizeValue } from "../../../engine/recipe/check/normalize.ts";
import { ops } from "../../../ops/mod.ts";
import { fc } from "../../deps.ts";
import { curveAt } from "../../../ops/learn/curve.ts";
import { assertClose } from "../../close.ts";

/** Values at epochs 0 … n of a training of `epochs`. */
const values = (curve: Curve, n: number, epochs = n) =>
  Array.from({ length: n + 1 }, (_, epoch) => curveAt(curve, epoch, epochs));

Deno.test("a number is the same all the time", () => {
  assert.deepEqual(values(0.1, 3), [0.1, 0.1, 0.1, 0.1]);
});

Deno.test("linear goes straight from start to end", () => {
  assertClose(values({ use: "linear", start: 1, end: 0 }, 4), [1, 0.75, 0.5, 0.25, 0], 1e-15);
});

Deno.test("cosine is half a wave: cos of 0, 60, 90 and 180 degrees", () => {
  const curve: Curve = { use: "cosine", start: 3, end: 1 };
  assertClose([0, 2, 3, 6].map((epoch) => curveAt(curve, epoch, 6)), [3, 2.5, 2, 1], 1e-14);
});

Deno.test("cubic is the schedule of Zhu and Gupta: two published tables", () => {
  assertClose(
    values({ use: "cubic", start: 0, end: 0.9 }, 10),
    [0, 0.2439, 0.4392, 0.5913, 0.7056, 0.7875, 0.8424, 0.8757, 0.8928, 0.8991, 0.9],
    1e-12,
  );
  assertClose(
    values({ use: "cubic", start: 0.5, end: 0.8, epochs: [2, 6] }, 8),
    [0.5, 0.5, 0.5, 0.673438, 0.7625, 0.795313, 0.8, 0.8, 0.8],
    5e-7,
  );
});

Deno.test("exponential multiplies by the same factor in equal times", () => {
  assertClose(values({ use: "exponential", start: 8, end: 0.5 }, 4), [8, 4, 2, 1, 0.5], 1e-13);
});

Deno.test("step multiplies at each of its epochs, from that epoch on", () => {
  const curve: Curve = { use: "step", start: 0.4, factor: 0.5, at: [2, 3] };
  assertClose([0, 1.99, 2, 2.5, 3, 9].map((epoch) => curveAt(curve, epoch, 10)), [
    0.4,
    0.4,
    0.2,
    0.2,
    0.1,
    0.1,
  ], 1e-15);
});

Deno.test("a curve stands still outside its epochs", () => {
  const curve: Curve = { use: "linear", start: 1, end: 0, epochs: [2, 4] };
  assertClose([0, 2, 3, 4, 10].map((epoch) => curveAt(curve, epoch, 10)), [1, 1, 0.5, 0, 0], 1e-15);
  const jump: Curve = { use: "linear", start: 1, end: 0, epochs: [2, 2] };
  assertClose([1.9, 2, 3].map((epoch) => curveAt(jump, epoch, 10)), [1, 0, 0], 0);
});

Deno.test("warmup rises from 0 in a straight line, times the movement", () => {
  const curve: Curve = { use: "linear", start: 1, end: 0, warmup: 2 };
  assertClose(values(curve, 4), [0, 0.375, 0.5, 0.25, 0], 1e-15);
  assert.equal(curveAt({ use: "cosine", start: 1, end: 0, warmup: 0 }, 0, 4), 1);
});

/** Every curve that the language has, by its path; equal ones once. */
function curvesIn(schema: TSchema, path: string, found = new Map<string, [string, TSchema]>()) {
  const { description: _, default: __, ...rest } = schema;
  if (schema["x-curve"] !== undefined) found.set(JSON.stringify(rest), [path, schema]);
  for (const [name, value] of Object.entries(schema)) {
    if (typeof value === "object" && value !== null) curvesIn(value, `${path}.${name}`, found);
  }
  return [...found.values()];
}

const edges = [0, 1e-320, 1e-200, 0.001, 0.4, 0.9, 1, 2, 1e200];
const number = fc.oneof(fc.constantFrom(...edges), fc.double({ min: 0, max: 2, noNaN: true }));
const epoch = fc.constantFrom(0, 0.5, 1, 2, 3);
const anyCurve: fc.Arbitrary<unknown> = fc.oneof(
  fc.record({
    use: fc.constantFrom("linear", "cosine", "cubic", "exponential"),
    start: number,
    end: number,
    warmup: fc.option(fc.constantFrom(0.5, 2, 9), { nil: undefined }),
    epochs: fc.constantFrom(undefined, [0, 1], [1, 3], [2, 9]),
  }),
  fc.record({
    use: fc.constant("step"),
    start: number,
    factor: fc.oneof(number, fc.constantFrom(0.1, 0.5, 10)),
    at: fc.array(epoch, { minLength: 1, maxLength: 4 }),
  }),
);

Deno.test("a curve that the language accepts keeps its limits at every moment of a training", () => {
  const curves = ops.flatMap((op) => curvesIn(op.params, op.name));
  assert.ok(curves.length >= 4, `${curves.map(([path]) => path)}`);
  for (const [path, schema] of [...curves, ["own", CurveField({ description: "A" })] as const]) {
    const form = formOf(schema);
    assert.ok(form.form === "by-type" && form.curve !== undefined, path);
    const { moving } = form.curve;
    let accepted = 0;
    fc.assert(
      fc.property(anyCurve, (written) => {
        let curve: Curve;
        try {
          curve = normalizeValue(schema, JSON.parse(JSON.stringify(written))) as Curve;
        } catch {
          return;
        }
        accepted++;
        const taken = Array.from({ length: 25 }, (_, i) => curveAt(curve, i / 6, 4));
        const off = taken.find((value) => !Number.isFinite(value) || !within(moving, value));
        assert.equal(off, undefined, `${path}, ${limitsInWords(moving)}: ${JSON.stringify(curve)}`);
      }),
      { numRuns: 400, seed: 5 },
    );
    assert.ok(accepted > 30, `${path}: ${accepted} accepted`);
  }
});
