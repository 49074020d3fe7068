/** What a layer is written as, in lines, and what the written file computes in TensorFlow Lite. */
import assert from "node:assert/strict";
import { withTensors } from "../../../../../engine/tensor/mod.ts";
import { encodeTflite, tfliteGraph } from "../../../../../ops/formats/tflite/encode.ts";
import { operatorCoded } from "../../../../../ops/formats/tflite/operators.ts";
import type { TfliteOptions } from "../../../../../ops/formats/tflite/source.ts";
import { runTflite } from "../../../../../ops/formats/tflite/run_tflite.ts";
import { largestDifference } from "../../../../../ops/formats/compare.ts";
import { inferLogits } from "../../../../../ops/model/infer.ts";
import type { Architecture, Layer, Model } from "../../../../../ops/model/model.ts";
import { flat, samples } from "../../onnx/support/both_logits.ts";

/** A network of these layers, the last of which gives the logits. */
export const networkOf = (shape: readonly number[], ...layers: readonly Layer[]): Architecture => ({
  family: "one",
  inputs: [{ name: "x", shape }],
  layers,
  outputs: [layers.at(-1)!.name],
  head: "none",
});

/** The operators of a model's file in order. */
export function operators(model: Model, options: TfliteOptions = { form: "int8" }): string[] {
  const { file } = tfliteGraph(model, options);
  return file.subgraphs[0]!.operators.map(({ code }) => operatorCoded(file.codes[code]!.code)!);
}

/** Asserts that TensorFlow Lite computes the logits of a model of floats from its file. */
export async function assertComputed(model: Model, tolerance = 1e-5): Promise<void> {
  const x = flat(samples(model, 3));
  const { logits: [logits] } = tfliteGraph(model, { form: "int8" });
  const files = encodeTflite(model, { form: "int8" });
  const found = await runTflite(files, { x, shape: model.inputs[0]!.shape }, [logits!]);
  const own = await withTensors((room) => inferLogits(room, model, { count: 3, x, y: null }));
  assert.ok(own.some((value) => value !== 0), "zeros alone would say nothing");
  const difference = largestDifference(found[logits!] as Float32Array, own);
  assert.ok(difference <= tolerance, `off by ${difference}`);
}
