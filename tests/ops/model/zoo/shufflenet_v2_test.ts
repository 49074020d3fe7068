import assert from "node:assert/strict";
import { shufflenetV2 } from "../../../../ops/model/zoo/shufflenet_v2.ts";
import { trained } from "./counts.ts";

Deno.test("ShuffleNet v2 has the parameters of the published releases at every width", () => {
  const at = (width: number) => trained(shufflenetV2.build([224, 224, 3], 1000, { width }));
  assert.deepEqual([0.5, 1, 1.5, 2].map(at), [1_366_792, 2_278_604, 3_503_624, 7_393_996]);
});

Deno.test("a width between the published ones is refused", () => {
  const between = () => shufflenetV2.build([32, 32, 3], 10, { width: 0.75 });
  assert.throws(between, /width of a shufflenet-v2 is one of .*; this is 0.75/);
});
