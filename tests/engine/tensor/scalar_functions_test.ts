import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { NUMERICS } from "../../../engine/graph/key.ts";
import {
  acos,
  acosh,
  asin,
  asinh,
  atan,
  atan2,
  atanh,
  cos,
  cosh,
  expm1,
  log1p,
  sin,
  sinh,
  tan,
} from "../../../engine/tensor/scalar_functions.ts";
import { stream } from "../../../engine/tensor/random.ts";

const points = (from: number, to: number) =>
  Array.from(stream(4, `${from}`).uniforms(0, 500), (u) => from + u * (to - from));

/** `Math` is no source of artifacts, but within an ulp or two it is right. */
const cases: [string, (x: number) => number, (x: number) => number, number, number][] = [
  ["sin", sin, Math.sin, -20, 20],
  ["cos", cos, Math.cos, -20, 20],
  ["tan", tan, Math.tan, -1.5, 1.5],
  ["asin", asin, Math.asin, -1, 1],
  ["acos", acos, Math.acos, -1, 1],
  ["atan", atan, Math.atan, -30, 30],
  ["expm1", expm1, Math.expm1, -40, 40],
  ["log1p", log1p, Math.log1p, -0.999, 50],
  ["sinh", sinh, Math.sinh, -711, 711],
  ["cosh", cosh, Math.cosh, -711, 711],
  ["asinh", asinh, Math.asinh, -100, 100],
  ["acosh", acosh, Math.acosh, 1, 100],
  ["atanh", atanh, Math.atanh, -1, 1],
];

for (const [name, ours, theirs, from, to] of cases) {
  Deno.test(`${name} agrees with Math.${name} to 4e-15, near 0 too`, () => {
    const near = from < 0 ? points(-1e-6, 1e-6) : [];
    for (const x of [...points(from, to), ...near, ...(from <= 0 ? [0] : [])]) {
      const expected = theirs(x);
      const off = Math.abs(ours(x) - expected) / Math.max(Math.abs(expected), from < 0 ? 0 : 1e-8);
      const sine = name === "sin" || name === "cos" ? Math.abs(ours(x) - expected) : off;
      assert.ok(sine <= 4e-15 || ours(x) === expected, `${name}(${x}) is ${ours(x)}`);
    }
  });
}

Deno.test("atan2 knows all quadrants, axes and signed zeros", () => {
  const values = [-Infinity, -2, -1, -0, 0, 0.5, 1, Infinity];
  for (const y of values) {
    for (const x of values) {
      const [ours, theirs] = [atan2(y, x), Math.atan2(y, x)];
      assert.ok(Math.abs(ours - theirs) < 1e-15, `atan2(${y}, ${x}) is ${ours}, not ${theirs}`);
    }
  }
  assert.ok(Number.isNaN(atan2(NaN, 1)));
});

Deno.test("at the ends of their domains functions are infinite or exact, and NaN beyond", () => {
  assert.ok(Number.isNaN(asin(1.1)));
  assert.ok(Number.isNaN(acosh(0.5)));
  assert.equal(acosh(1), 0);
  assert.equal(atanh(1), Infinity);
  assert.equal(log1p(-1), -Infinity);
  assert.ok(Number.isNaN(log1p(-2)));
  assert.equal(expm1(-Infinity), -1);
  assert.equal(sinh(-Infinity), -Infinity);
  assert.equal(cosh(800), Infinity);
  assert.equal(asinh(-Infinity), -Infinity);
});

/** Fifths and powers of two, near 0 and far, on both sides. */
const grid: readonly number[] = [
  ...Array.from({ length: 200 }, (_, i) => (i - 100) / 5),
  ...Array.from({ length: 100 }, (_, i) => (i % 2 === 0 ? 1 : -1) * 3 * 2 ** (i - 50)),
  ...[0, -0, 1, -1, 0.5, 1e9, 1.1e9, -1.1e9, 1e-9, 0.9e-9, 710, -711, 1e8, 123456789.5, 0.999999],
  ...[Infinity, -Infinity, NaN],
];

const functions = {
  ...{ sin, cos, tan, asin, acos, atan, sinh, cosh, asinh, acosh, atanh, expm1, log1p },
  atan2: (x: number) => atan2(x, 1 - x / 3),
  steep: (x: number) => atan2(1 + x * x, x),
};

Deno.test("the bits of each function are those of this version of the numerics", () => {
  const found = Object.entries(functions).map(([name, f]) => {
    // One NaN is like another.
    const values = Float64Array.from(grid, (x) => Number.isNaN(f(x)) ? -7 : f(x));
    const hash = createHash("sha256").update(new Uint8Array(values.buffer)).digest("hex");
    return [name, hash.slice(0, 16)];
  });
  assert.deepEqual(Object.fromEntries(found), GOLDEN[NUMERICS]);
});

const GOLDEN: { readonly [numerics: number]: object } = {
  1: {
    acos: "608c02e3da98f0fc",
    acosh: "875493165066ec19",
    asin: "a083582e23ba25c1",
    asinh: "78d41c1a18e17315",
    atan2: "29b47da9d68d1116",
    atan: "b521c749db8bcea1",
    atanh: "e9645838ea419909",
    cos: "62f1ee32b4064abc",
    cosh: "41c630a6ffb7ea7a",
    expm1: "aea3ed89b0f7544f",
    log1p: "bd83d317d4553eef",
    sin: "f614849925338375",
    sinh: "c9a640e2bbefddb6",
    steep: "f7ff93cc1496fde5",
    tan: "5abbc2159850241c",
  },
};
