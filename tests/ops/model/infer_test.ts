import assert from "node:assert/strict";
import { withTensors } from "../../../engine/tensor/mod.ts";
import { stream } from "../../../engine/tensor/random.ts";
import { assertRoom } from "../../../ops/learn/predict.ts";
import { inferBatches, inferLogits, runner } from "../../../ops/model/infer.ts";
import { initialModel } from "../../../ops/model/initialize.ts";
import { families } from "../../../ops/model/zoo/families.ts";
import { quantizedNetwork } from "../formats/onnx/support/quantized_network.ts";
import { noise } from "../lively_model.ts";
import { zooNetworks } from "../zoo_networks.ts";
import { assertStopsMeanwhile } from "../stops_meanwhile.ts";

Deno.test("where a sample's answer is large, few samples answer together, to the same bits", async () => {
  const width = 3_000_000;
  const wide = initialModel(families.mlp.build([1], width, { hidden: [], dropout: 0 } as never), 0);
  const part = { count: 7, x: stream(0, "noise").uniforms(0, 7), y: null };
  await withTensors(async (room) => {
    const shown: [first: number, samples: number][] = [];
    const seen = new Float32Array(7 * width);
    const show = (logits: Float32Array, first: number) => {
      shown.push([first, logits.length / width]);
      seen.set(logits, first * width);
    };
    await inferBatches(room, wide, part, { show });
    // 2²⁴ numbers together, at most.
    assert.deepEqual(shown, [[0, 5], [5, 2]]);
    const whole = await inferLogits(room, wide, part, { batch: 7 });
    assert.ok(seen.every((value, i) => value === whole[i]));
  });
});

Deno.test("what a teacher says is kept up to 2 GiB, and refused above with a way out", () => {
  assertRoom(2 ** 19, 2 ** 10);
  assert.throws(
    () => assertRoom(10_000, 128 * 10_000),
    /^RangeError: Cannot keep .* 10000 samples: 1280000 numbers for each make 47\.7 GiB, 2 GiB are the most; .*limit/,
  );
});

Deno.test("the weights of a quantized model are unpacked before the first batch, and not again", async () => {
  const fixed = quantizedNetwork(zooNetworks["wide-resnet"]!);
  const bert = quantizedNetwork(zooNetworks.bert!);
  const ranging = {
    ...bert,
    quantization: {
      rules: "onnx",
      activations: {},
      dynamic: { bits: 8, symmetry: "asymmetric" },
    },
  } as const;
  for (const model of [fixed, ranging]) {
    let read = 0;
    const weights = new Proxy(model.weights, {
      get(target, name: string) {
        read++;
        return target[name];
      },
    });
    await withTensors(async (room) => {
      const { run, dispose } = await runner(room, { ...model, weights });
      const before = read;
      assert.ok(before > 0);
      const { data } = noise(model, 1, 0)[0]!;
      const x = room.tensor(Float32Array.from(data), [1, ...model.inputs[0]!.shape]);
      const logits = [run([x]), run([x])];
      assert.equal(read, before);
      assert.deepEqual(...logits.map((each) => room.values(each)) as [unknown, unknown]);
      for (const each of [x, ...logits, { dispose }]) each.dispose();
    });
  }
});

Deno.test("between batches other work goes on, and a signal that comes meanwhile stops it", async () => {
  const model = initialModel(zooNetworks["mlp"]!, 0);
  const width = model.inputs[0]!.shape[0]!;
  const part = { count: 2, x: new Float32Array(2 * width), y: null };
  await assertStopsMeanwhile((signal, progress) =>
    withTensors((room) => inferLogits(room, model, part, { batch: 1, signal, progress }))
  );
});
