import assert from "node:assert/strict";
import { mobilenetV1 } from "../../../../ops/model/zoo/mobilenet_v1.ts";
import { DIGITS, facts, names } from "./counts.ts";

Deno.test("MobileNet v1 has the published parameters and MACs at every width", () => {
  const image = [224, 224, 3];
  const at = (width: number) => facts(mobilenetV1.build(image, 1000, { depth: 13, width }));
  assert.equal(at(1).parameters, 4_253_864);
  assert.equal(at(1).macs, 568_740_352);
  assert.equal(at(0.75).parameters, 2_601_976);
  assert.equal(at(0.5).parameters, 1_342_536);
  assert.equal(at(0.25).parameters, 475_544);
});

Deno.test("a MobileNet for digits keeps their size in the stem", () => {
  const student = facts(mobilenetV1.build(DIGITS, 10, { depth: 6, width: 0.5 }));
  assert.equal(student.parameters, 75_082);
  const shape = (name: string) => student.layers!.find((layer) => layer.name === name)!.shape;
  assert.deepEqual(shape("stem"), [28, 28, 16]);
  assert.deepEqual(shape("block2.depthwise"), [14, 14, 32]);
  assert.deepEqual(shape("block6.pointwise.norm"), [4, 4, 256]);
});

Deno.test("a block is a depthwise convolution and a pointwise one, each normalised", () => {
  const separable = names(mobilenetV1.build(DIGITS, 10, { depth: 1, width: 1 }));
  assert.deepEqual(separable.slice(2, 6), [
    "block1.depthwise",
    "block1.depthwise.norm",
    "block1.pointwise",
    "block1.pointwise.norm",
  ]);
});
