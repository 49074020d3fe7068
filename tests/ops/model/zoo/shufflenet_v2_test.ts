import assert from "node:assert/strict";
import { shufflenetV2 } from "../../../../ops/model/zoo/shufflenet_v2.ts";
import { facts, names, trained } from "./counts.ts";

Deno.test("ShuffleNet v2 has the parameters of the published releases at every width", () => {
  const at = (width: number) => trained(shufflenetV2.build([224, 224, 3], 1000, { width }));
  assert.deepEqual([0.5, 1, 1.5, 2].map(at), [1_366_792, 2_278_604, 3_503_624, 7_393_996]);
});

Deno.test("a width between the published ones is refused", () => {
  const between = () => shufflenetV2.build([32, 32, 3], 10, { width: 0.75 });
  assert.throws(between, /width of a shufflenet-v2 is one of .*; this is 0.75/);
});

Deno.test("the first block of a stage halves the image by two branches, the others pass half of the channels", () => {
  const network = shufflenetV2.build([32, 32, 3], 10, { width: 1 });
  const inside = (block: string) =>
    names(network).filter((name) => name.startsWith(`${block}.`) && !name.endsWith(".norm"))
      .map((name) => name.slice(block.length + 1));
  const branch = ["expand", "depthwise", "project", "concat", "shuffle"];
  assert.deepEqual(inside("stage1.block1"), ["left.depthwise", "left.project", ...branch]);
  assert.deepEqual(inside("stage1.block2"), ["pass", "work", ...branch]);
  const blocks = names(network).filter((name) => name.endsWith(".shuffle"));
  assert.deepEqual(
    [1, 2, 3].map((stage) => blocks.filter((name) => name.startsWith(`stage${stage}.`)).length),
    [4, 8, 4],
  );
  const { layers } = facts(network);
  const shapes = blocks.map((name) => layers!.find((layer) => layer.name === name)!.shape);
  assert.deepEqual([shapes[0], shapes[4], shapes[15]], [[16, 16, 116], [8, 8, 232], [4, 4, 464]]);
});

Deno.test("an image is small by its shorter side: its stem neither strides nor pools", () => {
  const built = (height: number, width: number) =>
    shufflenetV2.build([height, width, 3], 10, { width: 1 });
  for (const [height, width] of [[63, 200], [200, 63]] as const) {
    assert.equal(names(built(height, width)).includes("stem.pool"), false);
    assert.deepEqual(facts(built(height, width)).layers![0]!.shape, [height, width, 24]);
  }
  assert.equal(names(built(64, 64)).includes("stem.pool"), true);
});
