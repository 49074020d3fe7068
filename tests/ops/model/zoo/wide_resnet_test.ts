import assert from "node:assert/strict";
import { wideResnet } from "../../../../ops/model/zoo/wide_resnet.ts";
import { names, trained } from "./counts.ts";

Deno.test("wide residual networks have the parameters that their authors' releases count", () => {
  const small = (depth: number, widen: number) =>
    trained(wideResnet.build([32, 32, 3], 10, { depth, widen, dropout: 0 }));
  assert.equal(small(28, 10), 36_479_194);
  assert.equal(small(40, 2), 2_243_546);
  assert.equal(small(16, 2), 691_674);
});

Deno.test("a depth between the published ones is refused", () => {
  const wide = () => wideResnet.build([32, 32, 3], 10, { depth: 18, widen: 1, dropout: 0 });
  assert.throws(wide, /depth of a wide-resnet is 6n \+ 4 .*; this is 18/);
});

Deno.test("a block normalises first, and drops values between its convolutions where it drops any", () => {
  const built = (dropout: number) =>
    names(wideResnet.build([32, 32, 3], 10, { depth: 10, widen: 1, dropout }))
      .filter((name) => name.startsWith("stage2.block1."))
      .map((name) => name.slice("stage2.block1.".length));
  assert.deepEqual(built(0), ["norm1", "conv1", "norm2", "conv2", "shortcut", "add"]);
  assert.deepEqual(built(0.3), [
    ...["norm1", "conv1", "norm2", "dropout", "conv2", "shortcut", "add"],
  ]);
});
