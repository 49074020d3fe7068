import assert from "node:assert/strict";
import { resnet } from "../../../../ops/model/zoo/resnet.ts";
import { names, trained } from "./counts.ts";

Deno.test("residual networks have the published counts, which leave moving statistics out", () => {
  const published = { 8: 78_042, 20: 272_474, 32: 466_906, 56: 855_770, 110: 1_730_714 };
  for (const [depth, count] of Object.entries(published)) {
    assert.equal(trained(resnet.build([32, 32, 3], 10, { depth: Number(depth), width: 1 })), count);
  }
});

Deno.test("a shortcut has a convolution only where the shape changes", () => {
  const residual = names(resnet.build([32, 32, 3], 10, { depth: 8, width: 1 }));
  assert.deepEqual(residual.slice(0, 7), [
    "stem",
    "stem.norm",
    "stage1.block1.conv1",
    "stage1.block1.conv1.norm",
    "stage1.block1.conv2",
    "stage1.block1.conv2.norm",
    "stage1.block1.add",
  ]);
  const shortcuts = residual.filter((name) => name.endsWith(".shortcut"));
  assert.deepEqual(shortcuts, ["stage2.block1.shortcut", "stage3.block1.shortcut"]);
  assert.deepEqual(residual.slice(-2), ["head.pool", "head.dense"]);
});

Deno.test("a depth between the published ones, and a width that leaves no channel, are refused", () => {
  const build = (depth: number, width: number) => resnet.build([32, 32, 3], 10, { depth, width });
  assert.throws(() => build(18, 1), /depth of a resnet is 6n \+ 2 .*; this is 18/);
  assert.throws(() => build(8, 0.01), /width 0.01 leaves none of 16 channels/);
});
