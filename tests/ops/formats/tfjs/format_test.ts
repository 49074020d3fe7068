import assert from "node:assert/strict";
import { loadTfLayers, TFJS_LAYERS } from "../../../../engine/deps/tfjs_layers.ts";
import { tfjs } from "../../../../ops/formats/tfjs/format.ts";
import { initialModel } from "../../../../ops/model/initialize.ts";
import { mlp } from "../../../../ops/model/zoo/mlp.ts";

const model = initialModel(mlp.build([100], 10, { hidden: [], dropout: 0 }), 0);

Deno.test("the runtime that a check names is the version that is loaded", async () => {
  assert.equal((await loadTfLayers()).version_layers, TFJS_LAYERS);
  assert.equal(tfjs.verify.runtime, `tfjs-layers ${TFJS_LAYERS} on its CPU backend`);
});

Deno.test("shards are as large as a size with a unit says", async () => {
  const sizes = async (shard: string) => {
    const { "model.json": _topology, ...shards } = await tfjs.write(model, {
      storage: "float32",
      shard,
    });
    return Object.values(shards).map(({ length }) => length);
  };
  // 100 · 10 weights and 10 biases of 4 bytes.
  assert.deepEqual(await sizes("1.5 kB"), [1500, 1500, 1040]);
  assert.deepEqual(await sizes("3KiB"), [3072, 968]);
  assert.deepEqual(await sizes("4 MiB"), [4040]);
  assert.equal((await sizes("0.5 B")).length, 4040);
});

Deno.test("a model.json names its shards; what is none names nothing", () => {
  const beside = (text: string) => tfjs.read!.beside(new TextEncoder().encode(text));
  assert.deepEqual(
    beside('{"weightsManifest":[{"paths":["a","b"]},null,{"paths":[1,"c"]},{}]}'),
    ["a", "b", "c"],
  );
  for (
    const text of ["", "[]", "null", '{"format":"graph-model","weightsManifest":[{"paths":["a"]}]}']
  ) {
    assert.deepEqual(beside(text), [], text);
  }
});
