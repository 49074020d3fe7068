import assert from "node:assert/strict";
import { ParameterError } from "../../../engine/op.ts";
import { modelFacts } from "../../../ops/model/layers.ts";
import { patternLayers, rowLength } from "../../../ops/prune/pattern_layers.ts";
import { zooNetworks } from "../zoo_networks.ts";

const layersOf = (family: string) =>
  modelFacts(zooNetworks[family]!, { learned: true, established: {} }).layers!;
const pattern = { keep: 2, of: 4, criterion: "magnitude" } as const;

Deno.test("a pattern is cut out of layers that sum over inputs: depthwise ones are left out", () => {
  const layers = layersOf("mobilenet-v1");
  const chosen = patternLayers(layers, pattern);
  const expected = layers.filter(({ kind }) => kind === "conv" || kind === "dense");
  assert.deepEqual([...chosen], expected.map(({ name }) => name));
  assert.ok(layers.some(({ kind }) => kind === "depthwise"));
});

Deno.test("`layers` and `exclude` choose among them; what has no sums is refused by its selector", () => {
  const layers = layersOf("cnn");
  assert.deepEqual([...patternLayers(layers, { ...pattern, layers: ["conv*"] })], [
    "conv1",
    "conv2",
  ]);
  assert.deepEqual(
    [...patternLayers(layers, { ...pattern, layers: ["conv*"], exclude: ["conv1"] })],
    ["conv2"],
  );
  assert.throws(
    () => patternLayers(layers, { ...pattern, layers: ["conv1.pool"] }),
    (error) => error instanceof ParameterError && error.code === "selector-empty",
  );
});

Deno.test("a pattern under which nothing goes is refused, one under which one goes is not", () => {
  const layers = layersOf("cnn");
  for (const keep of [4, 5]) {
    assert.throws(
      () => patternLayers(layers, { ...pattern, keep }),
      (error) =>
        error instanceof ParameterError && error.path === "keep" &&
        error.code === "out-of-range" && error.help === "keep: 3 at most",
    );
  }
  assert.ok(patternLayers(layers, { ...pattern, keep: 3 }).size > 0);
});

Deno.test("a row is the inputs of one output at one place of the window", () => {
  assert.equal(rowLength([7, 5]), 7);
  assert.equal(rowLength([3, 3, 8, 16]), 8);
});
