import assert from "node:assert/strict";
import { emptyGraph } from "../../../../ops/formats/tflite/graph.ts";
import { embeddingNodes } from "../../../../ops/formats/tflite/sequence_nodes.ts";
import { livelyModel } from "../../lively_model.ts";
import { zooNetworks } from "../../zoo_networks.ts";
import { assertComputed, networkOf, operators } from "./support/written.ts";

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

Deno.test("rows are looked up by whole numbers, which tokens become first", () => {
  const graph = emptyGraph();
  const layer = { name: "e", kind: "embedding", inputs: ["t"], vocabulary: 3, size: 2 } as const;
  const tokens = graph.tensor("t", { shape: [1, 4], type: "float32" });
  const made = embeddingNodes(layer, {
    ...{ graph, name: "e", inputs: [[4]], shape: [4, 2] },
    read: () => tokens,
    weight: () => graph.constant("table", new Float32Array(6), [3, 2]),
    decoded: () => new Float32Array(),
    operands: () => [0, 0],
  });
  const file = graph.file({ name: "g", inputs: [tokens], outputs: [made], description: "" });
  const [{ tensors, operators }] = file.subgraphs as [typeof file.subgraphs[0] & object];
  assert.deepEqual(tensors.map(({ name, type }) => [name, type]), [
    ["t", 0],
    ["e.tokens", 2],
    ["table", 0],
    ["e", 0],
  ]);
  assert.deepEqual(operators.map(({ inputs }) => inputs), [[0], [2, 1]]);
});

Deno.test("a mean without padding: TensorFlow Lite computes what the engine does", async () => {
  const rows = { kind: "embedding", inputs: ["x"], vocabulary: 3, size: 4 } as const;
  const model = livelyModel(networkOf(
    [6],
    { ...rows, name: "e" },
    { name: "mask", kind: "function", inputs: ["x"], function: "differs", parameters: [1] },
    { name: "m", kind: "token-mean", inputs: ["e", "mask"] },
  ));
  await assertComputed(model);
});
