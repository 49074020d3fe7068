import assert from "node:assert/strict";
import { ONNX_RUNTIME } from "../../../engine/deps/onnxruntime_web.ts";
import { latencyIn } from "../../../ops/evaluate/latency_in.ts";
import type { RuntimeParams } from "../../../ops/evaluate/runtimes.ts";
import { quantizedNetwork } from "../formats/onnx/support/quantized_network.ts";
import { network } from "../formats/runtime_answers.ts";
import { assertStopsMeanwhile } from "../stops_meanwhile.ts";
import { livelyModel } from "../lively_model.ts";
import { runContext } from "../run_context.ts";
import { zooNetworks } from "../zoo_networks.ts";

const model = livelyModel(network);
const onnx: RuntimeParams = { use: "onnxruntime", form: "qdq", opset: 17 };

Deno.test("the median is said with what it was measured in, and where the middle of the times lies", async () => {
  const context = runContext();
  const { latency, timing } =
    (await latencyIn(model, { in: onnx, batch: 2, repeats: 9, warmUp: 0 }, context))!;
  const { low, high, ...told } = timing;
  assert.ok(0 < low && low <= latency && latency <= high);
  assert.deepEqual(told, {
    ...{ in: "onnxruntime", runtime: `onnxruntime-web ${ONNX_RUNTIME}, WebAssembly` },
    ...{ batch: 2, repeats: 9, threads: 1 },
  });
  assert.equal(context.reported.fractions.length, 12);
});

Deno.test("inferences in a runtime go on for a second before the clock counts", async () => {
  const real = performance.now;
  let [at, before] = [0, 0];
  performance.now = () => at;
  const progress = (part: number) => {
    // A tenth of a second passes behind each.
    at += 100;
    if (part <= 3 / 4) before++;
  };
  try {
    await latencyIn(model, { in: onnx, batch: 1, repeats: 1 }, runContext({ progress }));
  } finally {
    performance.now = real;
  }
  assert.equal(before, 11);
});

Deno.test("of a quantized model as a file it is said how much computes with integers, in our own room not", async () => {
  const quantized = quantizedNetwork(network, { rules: "tflite" });
  const operators = async (where: RuntimeParams) =>
    (await latencyIn(quantized, { in: where, batch: 1, repeats: 1, warmUp: 0 }, runContext()))!
      .timing
      .operators;
  assert.deepEqual(await operators(onnx), { all: 3, integer: 3 });
  assert.deepEqual(await operators({ ...onnx, form: "float" }), { all: 3, integer: 0 });
  const litert = { use: "litert", form: "int8", c_array: false } as const;
  assert.deepEqual(await operators(litert), { all: 3, integer: 2 });
  assert.equal(await operators({ use: "engine" }), undefined);
  const weights = { ...quantized, quantization: null };
  const counted = await latencyIn(
    weights,
    { in: onnx, batch: 1, repeats: 1, warmUp: 0 },
    runContext(),
  );
  assert.deepEqual(counted!.timing.operators, { all: 3, integer: 0 });
});

Deno.test("our own arithmetic says its kernels and the threads that the step has", async () => {
  const asked = { in: { use: "engine" }, batch: 1, repeats: 1 } as const;
  const { timing } = (await latencyIn(model, asked, { ...runContext(), threads: 2 }))!;
  assert.deepEqual([timing.runtime, timing.threads], ["our own arithmetic, WebAssembly", 2]);
});

Deno.test("a model that the format cannot hold is warned of, and has no latency", async () => {
  const context = runContext();
  const lstm = livelyModel(zooNetworks["char-lstm"]!);
  const litert = { use: "litert", form: "int8", c_array: false } as const;
  assert.equal(await latencyIn(lstm, { in: litert, batch: 1, repeats: 1 }, context), undefined);
  assert.deepEqual(context.reported.warnings, [
    'its latency in litert is not measured: Cannot write "lstm1" for TensorFlow Lite: the format has no layer of kind recurrent',
  ]);
});

Deno.test("networks that read text, and several inputs, are timed in runtimes too", async () => {
  for (const name of ["bert", "cvae"]) {
    for (const where of [onnx, { use: "litert", form: "float", c_array: false } as const]) {
      const asked = { in: where, batch: 1, repeats: 1, warmUp: 0 };
      const timed = await latencyIn(livelyModel(zooNetworks[name]!), asked, runContext());
      assert.ok(timed!.latency > 0, `${name} ${where.use}`);
    }
  }
});

Deno.test("between inferences in a runtime other work goes on, and a signal that comes meanwhile stops it", async () => {
  await assertStopsMeanwhile((signal, progress) =>
    latencyIn(model, { in: onnx, batch: 1, repeats: 50 }, runContext({ signal, progress }))
  );
});
