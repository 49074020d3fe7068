import assert from "node:assert/strict";
import { isGraphModel } from "../../../../ops/formats/tfjs/graph_model.ts";

Deno.test("a graph-model is called so, or has nodes", () => {
  assert.ok(isGraphModel({ format: "graph-model" }));
  assert.ok(isGraphModel({ modelTopology: { node: [] } }));
  assert.ok(!isGraphModel({ format: "layers-model", modelTopology: {} }));
});
