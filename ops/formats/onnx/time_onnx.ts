/** ONNX files loaded in ONNX Runtime once, to be run many times. */
import {
  loadOnnxRuntime,
  type OnnxRuntime,
  printedBy,
} from "../../../engine/deps/onnxruntime_web.ts";
import type { AskedFiles, Operators, RunnableFiles } from "../runtime.ts";
import { ONNX_FILE } from "./model_proto.ts";
import { feedsOf, SETTINGS } from "./run_onnx.ts";

/** See `Runtime.load`. */
export async function loadInOnnx<T>(
  { files, samples }: AskedFiles,
  work: (loaded: RunnableFiles) => Promise<T>,
): Promise<T> {
  const runtime = await loadOnnxRuntime();
  const operators = await kernelsRun(runtime, { files, samples });
  const session = await runtime.InferenceSession.create(files[ONNX_FILE]!, SETTINGS);
  try {
    return await work({
      threads: runtime.env.wasm.numThreads!,
      operators,
      async infer() {
        const results = await session.run(feedsOf(runtime, session, samples));
        return session.outputNames.map((name) => results[name]!.data as Float32Array);
      },
    });
  } finally {
    await session.release();
  }
}

/** A line of the runtime's profile: a kernel that ran, or something else that took time. */
interface ProfileLine {
  readonly cat: string;
  readonly args: {
    readonly ["op_name"]?: string;
    /** Of each input its type, with its shape. */
    readonly ["input_type_shape"]?: readonly Readonly<Record<string, readonly number[]>>[];
  };
}

/** Kernels that only move numbers, or convert them. */
const NOT_COMPUTING: ReadonlySet<string> = new Set([
  ...["QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear", "Cast"],
  ...["Reshape", "Flatten", "Transpose", "Squeeze", "Unsqueeze", "Identity", "Pad", "Expand"],
  ...["Concat", "Split", "Slice", "Gather", "Shape", "ReorderInput", "ReorderOutput"],
]);

/** Kernels that make integers of reals and compute with them at once. */
const WITHIN: ReadonlySet<string> = new Set(["DynamicQuantizeMatMul", "DynamicQuantizeLSTM"]);

/**
 * What the runtime's own profile of one inference names: the file says only what is to be computed, and which operators
 * become kernels of integers is decided when it is loaded.
 */
async function kernelsRun(
  runtime: OnnxRuntime,
  { files, samples }: Pick<AskedFiles, "files" | "samples">,
): Promise<Operators> {
  const session = await runtime.InferenceSession.create(files[ONNX_FILE]!, {
    ...SETTINGS,
    enableProfiling: true,
  });
  try {
    await session.run(feedsOf(runtime, session, samples));
    return computing(printedBy(() => session.endProfiling()));
  } finally {
    await session.release();
  }
}

/** The kernels of a profile, which is JSON text, that compute. */
export function computing(profile: string): Operators {
  const lines = JSON.parse(profile) as readonly ProfileLine[];
  const kernels = lines.flatMap(({ cat, args: { op_name: op, input_type_shape: inputs } }) =>
    cat !== "Node" || op === undefined || NOT_COMPUTING.has(op)
      ? []
      : [WITHIN.has(op) || /^u?int8$/.test(Object.keys(inputs?.[0] ?? {})[0] ?? "")]
  );
  return { all: kernels.length, integer: kernels.filter((integer) => integer).length };
}
