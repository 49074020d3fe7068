import assert from "node:assert/strict";
import { assertImage, assertTokens, scaled } from "../../../../ops/model/zoo/family.ts";
import { fc } from "../../../deps.ts";

Deno.test("channels at a width are rounded down, and never to none", () => {
  assert.deepEqual([scaled(3, 0.5), scaled(3, 1.5), scaled(16, 1), scaled(2, 0.5)], [1, 4, 16, 1]);
  assert.throws(() => scaled(3, 0.3), /width 0.3 leaves none of 3 channels/);
  fc.assert(fc.property(
    fc.integer({ min: 1, max: 4096 }),
    fc.integer({ min: 1, max: 16 }),
    (channels, width) => {
      assert.equal(scaled(channels, width), channels * width);
    },
  ));
});

Deno.test("tokens are one length of a known vocabulary, and give both back", () => {
  assert.deepEqual(assertTokens("bert", [8], 30), { length: 8, entries: 30 });
  assert.throws(
    () => assertTokens("bert", [8], undefined),
    /bert reads tokens \[length\] of a vocabulary; the input is 8/,
  );
  assert.throws(() => assertTokens("bert", [8, 2], 30), /the input is 8×2/);
  assert.throws(() => assertTokens("bert", [], 30), RangeError);
});

Deno.test("images have height, width and channels; who gives a row is told what reads one", () => {
  assertImage("cnn", [28, 28, 1]);
  assert.throws(
    () => assertImage("cnn", [16]),
    /cnn reads images \[height, width, channels\]; the input is 16 \(mlp reads numbers; .*\)/,
  );
  assert.throws(() => assertImage("cnn", [28, 28]), /the input is 28×28$/);
});
