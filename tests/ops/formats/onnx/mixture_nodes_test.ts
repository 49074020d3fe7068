import assert from "node:assert/strict";
import { mixtureNodes } from "../../../../ops/formats/onnx/mixture_nodes.ts";
import { writtenBy } from "./support/written.ts";

Deno.test("of each distribution the logarithm of its share is added, and they are summed one by one", () => {
  const layer = { name: "a", kind: "mixture", inputs: [], shares: [0.5, 0.25, 0.25] } as const;
  const place = { inputs: [[2], [2], [2]], shape: [2] };
  // ln ½ and ln ¼ as float32.
  assert.deepEqual(writtenBy((source) => mixtureNodes(layer, source), place), {
    value: "a.last",
    nodes: [
      "a.log1 = LogSoftmax(x0.last) axis:int=-1",
      "a.share1 = Add(a.log1, -0.6931471824645996)",
      "a.log2 = LogSoftmax(x1.last) axis:int=-1",
      "a.share2 = Add(a.log2, -1.3862943649291992)",
      "a.log3 = LogSoftmax(x2.last) axis:int=-1",
      "a.share3 = Add(a.log3, -1.3862943649291992)",
      "a.gap2 = Sub(a.share2, a.share1)",
      "a.over2 = Softplus(a.gap2)",
      "a.sum2 = Add(a.share1, a.over2)",
      "a.gap3 = Sub(a.share3, a.sum2)",
      "a.over3 = Softplus(a.gap3)",
      "a = Add(a.sum2, a.over3)",
    ],
    constants: [
      "-0.6931471824645996 Float32 [] -0.6931471824645996",
      "-1.3862943649291992 Float32 [] -1.3862943649291992",
    ],
  });
});
