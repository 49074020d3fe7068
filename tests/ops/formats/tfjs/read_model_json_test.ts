import assert from "node:assert/strict";
import { readModelJson, shardPaths } from "../../../../ops/formats/tfjs/read_model_json.ts";
import { layersFiles } from "../../../hostile/sound_files.ts";
import { graphFiles } from "./graph/one_graph.ts";

Deno.test("layers and graphs are told by what a model.json has", async () => {
  const json = JSON.parse(new TextDecoder().decode(layersFiles["model.json"]));
  const layers = await readModelJson(json, (path) => layersFiles[path]!);
  assert.deepEqual(layers.layers.map(({ name }) => name), ["c", "p", "f", "d"]);
  const { json: graph, shard } = graphFiles([2], (g) => g.node("y", "Relu", [g.x]));
  for (const more of [{}, { format: undefined }]) {
    const read = await readModelJson({ ...graph, ...more }, () => shard);
    assert.deepEqual(read.layers.map(({ kind }) => kind), ["activation"]);
  }
  // A file that calls itself a graph is one without nodes too, and a list of nodes is one under any name.
  for (const none of [{ format: "graph-model" }, { modelTopology: { node: [] } }]) {
    await assert.rejects(readModelJson(none, () => shard), /its graph has no nodes/);
  }
  const neither = { format: "layers-model", modelTopology: { node: 1 } };
  await assert.rejects(readModelJson(neither, () => shard), (error: Error) => {
    assert.doesNotMatch(error.message, /its graph/);
    return true;
  });
});

Deno.test("what a file says of what made it is noted, and nothing where it says nothing", async () => {
  const { json, shard } = graphFiles([2], (g) => g.node("y", "Relu", [g.x]));
  const noted = async (more: object) => {
    const found: unknown[] = [];
    const note = (name: string, value: unknown) => void found.push([name, value]);
    await readModelJson({ ...json, ...more }, () => shard, { note });
    return found;
  };
  assert.deepEqual(await noted({ generatedBy: null, convertedBy: 3 }), []);
  for (const userDefinedMetadata of [null, 3, "a", {}]) {
    assert.deepEqual(await noted({ userDefinedMetadata }), []);
  }
  assert.deepEqual(await noted({ userDefinedMetadata: { a: "b", license: "MIT", c: {} } }), [
    ["provenance", { license: "MIT", a: "b" }],
  ]);
  const made = { generatedBy: "2.15.0", convertedBy: "TensorFlow.js Converter v4.22.0" };
  assert.deepEqual(await noted(made), [
    ["provenance", { "generated_by": made.generatedBy, "converted_by": made.convertedBy }],
  ]);
});

Deno.test("the shards of a model.json are those that its manifest names, in order", async () => {
  const weightsManifest = [{ paths: ["b", "a"], weights: [] }, { paths: ["c"], weights: [] }];
  assert.deepEqual(shardPaths({ weightsManifest }), ["b", "a", "c"]);
  assert.throws(() => shardPaths([]), /model.json is not an object/);
  await assert.rejects(readModelJson("x", () => new Uint8Array()), /model.json is not an object/);
});
