import assert from "node:assert/strict";
import { mobilenetV2 } from "../../../../ops/model/zoo/mobilenet_v2.ts";
import { facts } from "./counts.ts";

Deno.test("MobileNet v2 has the published parameters and MACs at every width", () => {
  const at = (width: number) => facts(mobilenetV2.build([224, 224, 3], 1000, { depth: 17, width }));
  assert.equal(at(1).parameters, 3_538_984);
  assert.equal(at(1).macs, 300_774_272);
  assert.equal(at(1.4).parameters, 6_156_712);
  assert.equal(at(0.35).parameters, 1_691_208);
});
