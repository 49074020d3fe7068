import assert from "node:assert/strict";
import { mobilenetV3 } from "../../../../ops/model/zoo/mobilenet_v3.ts";
import { facts, names, trained } from "./counts.ts";

const build = (size: "small" | "large", input = [224, 224, 3]) =>
  mobilenetV3.build(input, 1000, { size, width: 1 });

Deno.test("parameters and MACs are those that torchvision publishes for its weights", () => {
  // `num_params` and `_ops` of torchvision.models.MobileNet_V3_Small_Weights and …Large….
  assert.equal(trained(build("small")), 2_542_856);
  assert.equal(trained(build("large")), 5_483_032);
  assert.equal((facts(build("small")).macs! / 1e9).toFixed(3), "0.057");
  assert.equal((facts(build("large")).macs! / 1e9).toFixed(3), "0.217");
});

Deno.test("a block widens, weighs its channels and adds where the tables say so", () => {
  const of = (block: string) =>
    names(build("small")).filter((name) => name.startsWith(`${block}.`) && !name.endsWith(".norm"));
  assert.deepEqual(of("block1"), [
    "block1.depthwise",
    ...["pool", "reduce", "gate", "share", "shares"].map((part) => `block1.squeeze.${part}`),
    ...["block1.squeeze", "block1.project"],
  ]);
  assert.deepEqual(of("block3"), [
    ...["block3.expand", "block3.depthwise", "block3.project", "block3.add"],
  ]);
  assert.ok(of("block4").includes("block4.expand.norm.swish"));
});

Deno.test("a small image keeps its size in the stem", () => {
  const stem = (side: number) => facts(build("small", [side, 70, 3])).layers![0]!.shape;
  assert.deepEqual(stem(63), [63, 70, 16]);
  assert.deepEqual(stem(64), [32, 35, 16]);
});
