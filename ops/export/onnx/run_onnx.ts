/** Exported ONNX files in the runtime they are for: onnxruntime-web, its WebAssembly build on one thread. */
import { loadOnnxRuntime } from "../../../engine/deps/onnxruntime_web.ts";
import type { Files } from "../../../engine/files.ts";
import type { Model } from "../../model/model.ts";
import { ONNX_FILE, outputNames } from "./names.ts";

/** Samples: one after another, as the file reads them, of `shape` each; then what its further inputs read of them. */
export interface Samples {
  readonly x: Float32Array;
  readonly shape: readonly number[];
  readonly conditions?: readonly Omit<Samples, "conditions">[];
}

/** How the runtime prepares a graph. */
export interface RunOptions {
  /** `all`, the runtime's default, turns what is quantized into integer kernels; `disabled` runs the file as it stands. */
  readonly optimization?: "all" | "disabled";
}

/** What the file computes from samples, by output: `logits`, `probabilities`. Throws what the runtime throws. */
export async function runOnnx(
  files: Files,
  { x, shape, conditions = [] }: Samples,
  { optimization = "all" }: RunOptions = {},
): Promise<Readonly<Record<string, Float32Array>>> {
  const { InferenceSession, Tensor } = await loadOnnxRuntime();
  const session = await InferenceSession.create(files[ONNX_FILE]!, {
    executionProviders: ["wasm"],
    graphOptimizationLevel: optimization,
    // Errors are thrown; what is below them would be printed.
    logSeverityLevel: 3,
  });
  try {
    const inputs = [{ x, shape }, ...conditions].map(({ x, shape }) => {
      const count = x.length / shape.reduce((size, extent) => size * extent, 1);
      return new Tensor("float32", x, [count, ...shape]);
    });
    const results = await session.run(
      Object.fromEntries(session.inputNames.map((name, index) => [name, inputs[index]!])),
    );
    return Object.fromEntries(
      session.outputNames.map((
        name,
      ) => [name, Float32Array.from(results[name]!.data as Float32Array)]),
    );
  } finally {
    await session.release();
  }
}

/** The logits of a model's file on samples as it reads them, one after another. */
export async function onnxLogits(
  files: Files,
  model: Model,
  x: Float32Array,
  options: RunOptions & Pick<Samples, "conditions"> = {},
): Promise<Float32Array> {
  const { conditions = [] } = options;
  const samples = { x, shape: model.inputs[0]!.shape, conditions };
  const results = await runOnnx(files, samples, options);
  return results[outputNames(model, model.outputs[0]!).logits]!;
}
