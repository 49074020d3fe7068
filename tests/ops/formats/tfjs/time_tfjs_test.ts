import assert from "node:assert/strict";
import { type Room, withTensors } from "../../../../engine/tensor/mod.ts";
import { encodeTfjs } from "../../../../ops/formats/tfjs/encode.ts";
import { inStock } from "../../../../ops/formats/tfjs/run_stock.ts";
import { loadInTfjs } from "../../../../ops/formats/tfjs/time_tfjs.ts";
import type { Model } from "../../../../ops/model/model.ts";
import { livelyModel } from "../../lively_model.ts";
import { zooNetworks } from "../../zoo_networks.ts";
import { assertNear } from "../onnx/support/both_logits.ts";
import { quantizedNetwork } from "../onnx/support/quantized_network.ts";
import { answersOf, network } from "../runtime_answers.ts";

const tfjs = { load: loadInTfjs };
const filesOf = (model: Model) => encodeTfjs(model, { storage: "float32", shard: 1 << 20 });

for (const [name, network] of Object.entries(zooNetworks)) {
  if (network.inputs.length > 1) continue;
  Deno.test(`${name}: tfjs computes from the files what the engine computes`, async () => {
    const model = livelyModel(network);
    const answers = await answersOf(tfjs, { model, files: filesOf(model), count: 2 });
    assert.equal(answers.found.length, 1);
    assertNear(answers.found[0]!, answers.probabilities, 2e-5);
    assert.deepEqual(answers.again, answers.found);
    assert.equal(answers.threads, 1);
  });
}

Deno.test("layers that only move numbers are not counted, and none computes with integers", async () => {
  const model = quantizedNetwork(network);
  const { operators } = await answersOf(tfjs, { model, files: filesOf(model) });
  assert.deepEqual(operators, { all: 3, integer: 0 });
});

Deno.test("files run on the WebAssembly backend; the room is left as it was, also by what fails", async () => {
  await withTensors(async ({ tf }) => {
    const own = tf.getBackend();
    for (const fails of [false, true]) {
      const files = filesOf(livelyModel(network));
      const used: string[] = [];
      const run = inStock({ tf } as Room, { files, backend: "wasm" }, () => {
        used.push(tf.getBackend());
        return fails ? Promise.reject(new Error("no")) : Promise.resolve();
      });
      if (fails) await assert.rejects(run, /^Error: no$/);
      else await run;
      assert.deepEqual([used, tf.getBackend()], [["wasm"], own]);
    }
  });
});
