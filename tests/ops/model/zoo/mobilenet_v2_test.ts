import assert from "node:assert/strict";
import { mobilenetV2 } from "../../../../ops/model/zoo/mobilenet_v2.ts";
import { facts, names, trained } from "./counts.ts";

Deno.test("MobileNet v2 has the published parameters and MACs at every width", () => {
  const at = (width: number) => facts(mobilenetV2.build([224, 224, 3], 1000, { depth: 17, width }));
  assert.equal(at(1).parameters, 3_538_984);
  assert.equal(at(1).macs, 300_774_272);
  assert.equal(at(1.4).parameters, 6_156_712);
  assert.equal(at(0.35).parameters, 1_691_208);
});

Deno.test("a block widens unless it is the first, and adds only where the shape stays", () => {
  const network = mobilenetV2.build([32, 32, 3], 10, { depth: 4, width: 1 });
  assert.deepEqual(names(network).filter((name) => !name.endsWith(".norm")), [
    "stem",
    ...["block1.depthwise", "block1.project"],
    ...["block2.expand", "block2.depthwise", "block2.project"],
    ...["block3.expand", "block3.depthwise", "block3.project", "block3.add"],
    ...["block4.expand", "block4.depthwise", "block4.project"],
    ...["head.conv", "head.pool", "head.dense"],
  ]);
  const add = network.layers.find(({ name }) => name === "block3.add")!;
  assert.deepEqual(add.inputs, ["block3.project.norm", "block2.project.norm"]);
});

Deno.test("an image is small by its shorter side, and its stem keeps its size", () => {
  const stem = (height: number, width: number) =>
    facts(mobilenetV2.build([height, width, 3], 10, { depth: 1, width: 1 })).layers![0]!.shape;
  assert.deepEqual(stem(63, 200), [63, 200, 32]);
  assert.deepEqual(stem(200, 63), [200, 63, 32]);
  assert.deepEqual(stem(64, 64), [32, 32, 32]);
});

Deno.test("channels are multiples of 8, and the head never shrinks", () => {
  const at = (width: number) =>
    new Map(
      facts(mobilenetV2.build([32, 32, 3], 10, { depth: 2, width })).layers!
        .map(({ name, shape }) => [name, shape.at(-1)!]),
    );
  // 32 · 0.35 = 11.2 would be 8, which takes over a tenth away; 16 · 0.35 = 5.6; 24 · 0.35 = 8.4.
  const small = at(0.35);
  assert.deepEqual(
    ["stem", "block1.project", "block2.project", "head.conv"].map((name) => small.get(name)),
    [16, 8, 8, 1280],
  );
  assert.equal(at(1.4).get("head.conv"), 1792);
});

Deno.test("torchvision's details change no count: relu6, zeros on both sides of a stride, 1e-5", () => {
  const network = mobilenetV2.build([224, 224, 3], 1000, {
    depth: 17,
    width: 1,
    conventions: "torchvision",
  });
  // `num_params` of torchvision.models.MobileNet_V2_Weights.
  assert.equal(trained(network), 3_504_872);
  assert.equal(facts(network).macs, 300_774_272);
  const layers = new Map(network.layers.map((layer) => [layer.name, layer]));
  const of = (name: string) => layers.get(name) as unknown as Record<string, unknown>;
  assert.deepEqual(of("stem").padding, [[1, 1], [1, 1]]);
  assert.deepEqual(of("block2.depthwise").padding, [[1, 1], [1, 1]]);
  assert.deepEqual(of("block3.depthwise").padding, "same");
  assert.deepEqual(of("block2.expand.norm").activation, "relu6");
  assert.deepEqual(of("block2.project.norm").activation, "linear");
  assert.deepEqual(of("block2.project.norm").epsilon, 1e-5);
});
