import assert from "node:assert/strict";
import {
  ARENA_ALIGNMENT,
  arenaBytes,
  plannedArena,
} from "../../../../../ops/formats/tflite/micro/arena.ts";
import { tfliteGraph } from "../../../../../ops/formats/tflite/encode.ts";
import { emptyGraph } from "../../../../../ops/formats/tflite/graph.ts";
import { quantizedNetwork } from "../../onnx/support/quantized_network.ts";
import { zooNetworks } from "../../../zoo_networks.ts";

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

Deno.test("an arena holds the interpreter's records too", () => {
  const graph = emptyGraph();
  const form = { shape: [1, 2, 2, 3], type: "float32" } as const;
  const [x, y] = [graph.tensor("x", form), graph.tensor("y", form)];
  const kernel = graph.constant("k", new Float32Array(9), [3, 1, 1, 3]);
  graph.node("RELU", [x], [y]);
  const outputs = [graph.tensor("z", form)];
  graph.node("CONV_2D", [y, kernel], outputs);
  const file = graph.file({ name: "g", inputs: [x], outputs, description: "" });
  // 2048, four tensors, two operators and three channels are 2552, a multiple of 8 and not of 16.
  assert.equal(2048 + 4 * 24 + 2 * 192 + 3 * 8, 2552);
  assert.equal(plannedArena(file).bytes, 96);
  assert.equal(arenaBytes(file), 4 * 64 + 2560, "to plan four tensors takes more than they do");
  const large = { ...form, shape: [1, 20, 2, 3] };
  const [a, b] = [graph.tensor("a", large), graph.tensor("b", large)];
  graph.node("RELU", [a], [b]);
  const more = graph.file({ name: "g", inputs: [x], outputs, description: "" });
  assert.equal(arenaBytes(more), plannedArena(more).bytes + 2560 + 240);
});

Deno.test("a mean of integers has its sums beside it while it is computed", () => {
  const bytes = (type: "int8" | "float32") => {
    const graph = emptyGraph();
    const x = graph.tensor("x", { shape: [1, 2, 2, 3], type });
    const y = graph.tensor("y", { shape: [1, 3], type });
    const axes = graph.constant("axes", Int32Array.of(1, 2), [2]);
    graph.node("MEAN", [x, axes], [y], { keepsAxes: false });
    return plannedArena(graph.file({ name: "g", inputs: [x], outputs: [y], description: "" }))
      .bytes;
  };
  // 12 bytes in, 3 out, 12 of sums; 48 in and 12 out.
  assert.deepEqual([bytes("int8"), bytes("float32")], [48, 64]);
});
