import assert from "node:assert/strict";
import { ARENA_ALIGNMENT, plannedArena } from "../../../../ops/formats/tflite/arena.ts";
import { tfliteGraph } from "../../../../ops/formats/tflite/encode.ts";
import { emptyGraph } from "../../../../ops/formats/tflite/graph.ts";
import { quantizedNetwork } from "../onnx/quantized_network.ts";
import { zooNetworks } from "../../zoo_networks.ts";

Deno.test("a chain by hand: the last value lies where the first was", () => {
  const graph = emptyGraph();
  const tensor = (name: string, floats: number) =>
    graph.tensor(name, { shape: [1, floats], type: "float32" });
  // 16, 32 and 13 → 16 bytes, and a constant, which takes none.
  const [x, a, b] = [tensor("x", 4), tensor("a", 8), tensor("b", 3)];
  const constant = graph.constant("c", Float32Array.of(1), [1]);
  graph.node("MUL", [x, constant], [a], { activation: 0 });
  graph.node("RELU", [a], [b]);
  const arena = plannedArena(graph.file({ name: "g", inputs: [x], outputs: [b], description: "" }));
  assert.equal(arena.bytes, 48);
  assert.deepEqual([x, a, b].map((each) => arena.places.get(each)!.at), [32, 0, 32]);
  assert.equal(arena.places.has(constant), false);
});

Deno.test("what is needed at once overlaps nowhere, and lies in fewer bytes than all together", () => {
  for (const name of ["resnet", "mobilenet-v2", "shufflenet-v2", "bert"]) {
    const model = quantizedNetwork(zooNetworks[name]!, { rules: "tflite" });
    const { bytes, places } = plannedArena(tfliteGraph(model, { form: "int8" }).file);
    const all = [...places.values()];
    const peak = Math.max(
      ...all.map(({ from: at }) =>
        all.filter(({ from, to }) => from <= at && at <= to).reduce(
          (sum, each) => sum + each.bytes,
          0,
        )
      ),
    );
    const together = all.reduce((sum, each) => sum + each.bytes, 0);
    assert.ok(bytes >= peak && bytes < together, `${name}: ${bytes} of ${together}, ${peak}`);
    for (const a of all) {
      assert.equal(a.at % ARENA_ALIGNMENT, 0);
      for (const b of all) {
        if (a === b || a.to < b.from || b.to < a.from) continue;
        assert.ok(a.at + a.bytes <= b.at || b.at + b.bytes <= a.at, name);
      }
    }
  }
});
