import assert from "node:assert/strict";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { encodeTfjs } from "../../../../ops/formats/tfjs/encode.ts";
import { loadInTfjs, stockLogits } from "../../../../ops/formats/tfjs/run_stock.ts";
import { livelyModel } from "../../lively_model.ts";
import { keras, layersModel, sequential } from "../../model/keras_json.ts";
import { zooNetworks } from "../../zoo_networks.ts";
import { assertNear } from "../onnx/both_logits.ts";
import { quantizedNetwork } from "../onnx/quantized_network.ts";
import { answersOf, network } from "../runtime_answers.ts";

const weights = [{ name: "d/kernel", shape: [2, 2], values: [1, 2, 3, 4] }];
const dense = keras("Dense", "d", { units: 2, "use_bias": false, "batch_input_shape": [null, 2] });
const softmax = keras("Activation", "s", { activation: "softmax" });

Deno.test("stock tfjs multiplies as paper does; of a headed model what stands before the head is taken", async () => {
  const samples = { x: Float32Array.of(1, 0, 1, 1), shape: [2] };
  await withTensors(async (room) => {
    const before = room.tf.getBackend();
    for (const headed of [false, true]) {
      const files = layersModel(sequential("m", headed ? [dense, softmax] : [dense]), weights);
      const logits = await stockLogits(room, files, { ...samples, headed });
      assert.deepEqual([...logits], [1, 2, 4, 6]);
    }
    assert.equal(room.tf.getBackend(), before);
  });
});

Deno.test("a layers-model runs again and again, its layers counted; the room is left as it was", async () => {
  const model = livelyModel(zooNetworks.resnet!);
  const files = encodeTfjs(model, { storage: "float32", shard: 1 << 20 });
  const answers = await answersOf({ load: loadInTfjs }, { model, files, count: 2 });
  assert.equal(answers.found.length, 1);
  assertNear(answers.found[0]!, answers.probabilities, 1e-5);
  assert.deepEqual(answers.again, answers.found);
  assert.equal(answers.threads, 1);
  await withTensors(({ tf }) => assert.notEqual(tf.getBackend(), "cpu"));
});

Deno.test("layers that only move numbers are not counted, and none computes with integers", async () => {
  const model = quantizedNetwork(network);
  const files = encodeTfjs(model, { storage: "float32", shard: 1 << 20 });
  const { operators } = await answersOf({ load: loadInTfjs }, { model, files });
  assert.deepEqual(operators, { all: 3, integer: 0 });
});
