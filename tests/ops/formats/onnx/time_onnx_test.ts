import assert from "node:assert/strict";
import { encodeOnnx } from "../../../../ops/formats/onnx/encode.ts";
import { loadInOnnx } from "../../../../ops/formats/onnx/time_onnx.ts";
import { livelyModel } from "../../lively_model.ts";
import { zooNetworks } from "../../zoo_networks.ts";
import { answersOf, network } from "../runtime_answers.ts";
import { assertNear } from "./support/both_logits.ts";
import { quantizedNetwork } from "./support/quantized_network.ts";

const onnxruntime = { load: loadInOnnx };

Deno.test("a file runs again and again on the samples that it was loaded for", async () => {
  const model = livelyModel(zooNetworks.resnet!);
  const files = encodeOnnx(model, { form: "qdq", opset: 17 });
  const answers = await answersOf(onnxruntime, { model, files, count: 3 });
  const { found: [probabilities, logits], again } = answers;
  assertNear(logits!, answers.logits, 1e-5);
  assertNear(probabilities!, answers.probabilities, 1e-5);
  assert.deepEqual(again, answers.found);
  assert.equal(answers.threads, 1);
});

Deno.test("kernels that ran are counted, and of them those of integers", async () => {
  const model = quantizedNetwork(network);
  const counted = async (form: "qdq" | "float") => {
    const files = encodeOnnx(model, { form, opset: 17 });
    const { operators, found, logits } = await answersOf(onnxruntime, { model, files });
    assertNear(found[0]!, logits, 0.1);
    return operators;
  };
  assert.deepEqual(await counted("qdq"), { all: 3, integer: 3 });
  assert.deepEqual(await counted("float"), { all: 3, integer: 0 });
});

Deno.test("while a file's kernels are counted nothing is printed, and others print as before", async () => {
  const printed: unknown[] = [];
  const printer = globalThis.console;
  const { log } = printer;
  printer.log = (...parts: unknown[]) => void printed.push(...parts);
  try {
    const model = livelyModel(network);
    const files = encodeOnnx(model, { form: "float", opset: 17 });
    await answersOf(onnxruntime, { model, files });
    printer.log("mine");
  } finally {
    printer.log = log;
  }
  assert.deepEqual(printed, ["mine"]);
});
