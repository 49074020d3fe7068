import { attentionNodes } from "../../../../ops/formats/tflite/sequence_nodes.ts";
import assert from "node:assert/strict";
import { livelyModel } from "../../lively_model.ts";
import { zooNetworks } from "../../zoo_networks.ts";
import { assertComputed, networkOf, operators } from "./written.ts";

Deno.test("a BERT with padding among its tokens: TensorFlow Lite computes what the engine does", async () => {
  await assertComputed(livelyModel(zooNetworks.bert!));
});

Deno.test("attention without tokens hides nothing", async () => {
  const dense = {
    kind: "dense",
    inputs: ["x"],
    units: 4,
    bias: true,
    activation: "linear",
  } as const;
  const layers = [
    { ...dense, name: "q" },
    { ...dense, name: "k" },
    { ...dense, name: "v", units: 6 },
    { name: "a", kind: "attention", inputs: ["q", "k", "v"], heads: 2 },
  ] as const;
  const model = livelyModel(networkOf([3, 2], ...layers));
  await assertComputed(model);
  assert.ok(!operators(model).includes("EQUAL"));
});

for (const by of ["deviation", "rms", "length"] as const) {
  Deno.test(`standardized by ${by}: TensorFlow Lite computes what the engine does`, async () => {
    const layer = { name: "a", kind: "standardize", inputs: ["x"], by, epsilon: 0.01 } as const;
    await assertComputed(livelyModel(networkOf([3, 5], layer)));
  });
}
