import assert from "node:assert/strict";
import { encodeTflite, TFLITE_FILE } from "../../../../ops/formats/tflite/encode.ts";
import { loadInLitert } from "../../../../ops/formats/tflite/time_litert.ts";
import { withTensors } from "../../../../engine/tensor/mod.ts";
import { agreementOf } from "../../../../ops/formats/compare.ts";
import { inferLogits } from "../../../../ops/model/infer.ts";
import { livelyModel, noise } from "../../lively_model.ts";
import { runContext } from "../../run_context.ts";
import { zooNetworks } from "../../zoo_networks.ts";
import { assertNear, flat } from "../onnx/support/both_logits.ts";
import { quantizedNetwork } from "../onnx/support/quantized_network.ts";
import { answersOf, network } from "../runtime_answers.ts";

const litert = { load: loadInLitert };

/** What the format can hold, and reads one input. */
const written = Object.entries(zooNetworks).filter(([, { inputs, layers }]) =>
  inputs.length === 1 && layers.every(({ kind }) => kind !== "recurrent")
);

for (const [name, network] of written) {
  Deno.test(`${name}: LiteRT computes from the file what the engine computes`, async () => {
    const model = livelyModel(network);
    const files = encodeTflite(model, { form: "float" });
    const { found, again, probabilities } = await answersOf(litert, { model, files });
    assertNear(found[0]!, probabilities, 2e-5);
    assert.deepEqual(again, found);
  });
}

Deno.test("what computes is counted, and of an int8 file how much of it computes with integers", async () => {
  const model = quantizedNetwork(network, { rules: "tflite" });
  const counted = async (form: "int8" | "float") => {
    const answers = await answersOf(litert, { model, files: encodeTflite(model, { form }) });
    assertNear(answers.found[0]!, answers.logits, 0.1);
    return [answers.operators, answers.threads];
  };
  // Of the dense layer, whose sums are the logits, the format has no kernel that gives reals of integers.
  assert.deepEqual(await counted("int8"), [{ all: 3, integer: 2 }, 1]);
  assert.deepEqual(await counted("float"), [{ all: 3, integer: 0 }, 1]);
});

Deno.test("an int8 file answers in LiteRT as the engine does by the same rules, but for ties", async () => {
  const model = quantizedNetwork(zooNetworks.resnet!, { rules: "tflite" });
  const file = encodeTflite(model, { form: "int8" })[TFLITE_FILE]!;
  const rows = Array.from({ length: 50 }, (_, index) => noise(model, 2, index)[0]!);
  const { shape } = model.inputs[0]!;
  const found: number[] = [];
  for (const { data } of rows) {
    const samples = { x: Float32Array.from(data), shape };
    await loadInLitert(
      { files: { [TFLITE_FILE]: file }, samples, context: runContext() },
      async ({ infer }) => void found.push(...(await infer())[0]!),
    );
  }
  const x = flat(rows);
  const own = await withTensors((room) => inferLogits(room, model, { count: 50, x, y: null }));
  const agreement = agreementOf(Float32Array.from(found), own, 3);
  assert.ok(agreement >= 0.96, `${agreement}`);
});

Deno.test("what LiteRT does not take is said in its words", async () => {
  const bytes = encodeTflite(livelyModel(network), { form: "float" })[TFLITE_FILE]!.slice();
  bytes.fill(0xff, 40, 60);
  const samples = { x: new Float32Array(72), shape: [6, 6, 2] };
  await assert.rejects(
    loadInLitert(
      { files: { [TFLITE_FILE]: bytes }, samples, context: runContext() },
      () => Promise.reject(new Error("it was loaded")),
    ),
    /^Error: LiteRT refuses the file: Failed to load/,
  );
});
