/** ONNX files of models run on noise, in the runtime they are for. */
import assert from "node:assert/strict";
import { encodeOnnx, type OnnxOptions } from "../../../../../ops/formats/onnx/encode.ts";
import { onnxLogits } from "../../../../../ops/formats/onnx/run_onnx.ts";
import type { Architecture, Model } from "../../../../../ops/model/model.ts";
import { noise } from "../../../lively_model.ts";
import type { Plain } from "../../../plain_forward.ts";

/** Samples between −1 and 1. */
export function samples(model: Architecture, count: number): Plain[] {
  return Array.from({ length: count }, (_, i) => noise(model, 2, i)[0]!);
}

/** Samples one after another. */
export function flat(rows: readonly Plain[]): Float32Array {
  return Float32Array.from(rows.flatMap(({ data }) => [...data]));
}

/** Logits of a model's file, as it stands and as the runtime optimizes it. */
export async function bothLogits(
  model: Model,
  x: Float32Array,
  options: Partial<OnnxOptions> = {},
): Promise<{ disabled: Float32Array; all: Float32Array }> {
  const files = encodeOnnx(model, { form: "qdq", opset: 17, ...options });
  return {
    disabled: await onnxLogits(files, model, x, { optimization: "disabled" }),
    all: await onnxLogits(files, model, x, { optimization: "all" }),
  };
}

/** Equal but for rounding of floats: `tolerance` of the largest value. */
export function assertNear(
  found: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
): void {
  assert.equal(found.length, expected.length);
  const largest = Math.max(...Array.from(expected, Math.abs));
  assert.ok(largest > 0, "zeros alone would say nothing");
  const off = Array.from(found, (value, i) => Math.abs(value - expected[i]!));
  const worst = Math.max(...off);
  assert.ok(worst <= tolerance * largest, `off by ${worst} of ${largest}`);
}
