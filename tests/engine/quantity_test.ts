import assert from "node:assert/strict";
import {
  bytesText,
  countText,
  durationText,
  halfInterval,
  latencyText,
  percentText,
  plainText,
  pointsText,
  valuesText,
  valueText,
  wholeText,
} from "../../engine/quantity.ts";

function table<T>(write: (value: T) => string, cases: readonly (readonly [T, string])[]): void {
  for (const [value, text] of cases) assert.equal(write(value), text);
}

Deno.test("sizes, counts and fractions are written in three digits and decimal units", () => {
  table(bytesText, [
    [0, "0 B"],
    [999, "999 B"],
    [1000, "1.00 kB"],
    [67_200, "67.2 kB"],
    [884_000, "884 kB"],
    [999_600, "1.00 MB"],
    [2_790_000, "2.79 MB"],
    [123_456_789, "123 MB"],
    [4e9, "4.00 GB"],
    [5e12, "5.00 TB"],
  ]);
  table(countText, [
    [0, "0"],
    [784, "784"],
    [61_234, "61.2 k"],
    [698_000, "698 k"],
    [
      80_500_000,
      "80.5 M",
    ],
    [7e9, "7.00 G"],
    [1.75e11, "175 G"],
    [2e12, "2.00 T"],
  ]);
  table(wholeText, [[7, "7"], [10_000, "10 000"], [1_234_567, "1 234 567"]]);
  table(percentText, [[0.939, "93.9 %"], [1, "100.0 %"], [0, "0.0 %"]]);
  table(pointsText, [[-0.014, "−1.4 pt"], [0.004, "+0.4 pt"], [0.5, "+50.0 pt"], [
    -0.0001,
    "0.0 pt",
  ], [0, "0.0 pt"]]);
  table(latencyText, [[9.8, "9.80 ms"], [0.6, "0.600 ms"], [1234, "1234 ms"]]);
});

Deno.test("durations never show sixty seconds or sixty minutes", () => {
  table(durationText, [
    [0.034, "0.03 s"],
    [0.094, "0.09 s"],
    [0.095, "0.1 s"],
    [0.096, "0.1 s"],
    [0.44, "0.4 s"],
    [9.94, "9.9 s"],
    [9.95, "10 s"],
    [9.96, "10 s"],
    [41.2, "41 s"],
    [59.4, "59 s"],
    [59.7, "1 min 00 s"],
    [182, "3 min 02 s"],
    [245, "4 min 05 s"],
    [3599.4, "59 min 59 s"],
    [3599.8, "1 h 00 min"],
    [3900, "1 h 05 min"],
    [7199, "2 h 00 min"],
  ]);
});

Deno.test("half an interval is Wilson's", () => {
  // Newcombe 1998, Statistics in Medicine 17, table I, method 3: 81/263 → 0.2553…0.3662, 15/148 → 0.0624…0.1605,
  // 0/20 → 0…0.1611.
  const near = (value: number, expected: number) =>
    assert.ok(Math.abs(value - expected) < 1e-4, `${value}`);
  near(halfInterval(81 / 263, 263), (0.3662 - 0.2553) / 2);
  near(halfInterval(15 / 148, 148), (0.1605 - 0.0624) / 2);
  near(halfInterval(0, 20), 0.1611 / 2);
});

Deno.test("a plain number has a true minus sign, values of a search are told apart by their names", () => {
  table(plainText, [[0.309, "0.309"], [-0.0512, "−0.0512"], [1.005, "1.00"], [0, "0"]]);
  assert.equal(
    valuesText({ width: 0.25, scheme: "int4", at: [1, 2] }),
    "width=0.25 scheme=int4 at=[1,2]",
  );
  const cut = { op: "prune", ratio: 0.5, finetune: { epochs: 3 } };
  const steps = [cut, { op: "quantize", scheme: "int8" }];
  assert.equal(valuesText({ way: steps }), "way=prune ratio=0.5, quantize scheme=int8");
  assert.equal(valueText([{ op: 1 }]), '[{"op":1}]');
  assert.equal(valueText([]), "[]");
  assert.equal(valueText(null), "null");
  assert.equal(valuesText({}), "");
});

Deno.test("half an interval shrinks with samples, and where all is right it is not zero", () => {
  // p = 1, n = 4: z²/2n / (1 + z²/n) = 0.4802 / 1.9604.
  assert.ok(Math.abs(halfInterval(1, 4) - 0.24494) < 1e-4);
  for (const fraction of [0, 0.3, 1]) {
    assert.ok(halfInterval(fraction, 400) < halfInterval(fraction, 100));
    assert.ok(Math.abs(halfInterval(fraction, 50) - halfInterval(1 - fraction, 50)) < 1e-12);
  }
});
