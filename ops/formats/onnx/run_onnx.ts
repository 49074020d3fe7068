/** Exported ONNX files in the runtime they are for: onnxruntime-web, its WebAssembly build on one thread. */
import { sizeOf } from "../../../engine/shape.ts";
import {
  createMessage,
  fromBinary,
  ModelProtoSchema,
  toBinary,
  ValueInfoProtoSchema,
} from "../../../engine/deps/onnx_buf.ts";
import { loadOnnxRuntime, type OnnxRuntime } from "../../../engine/deps/onnxruntime_web.ts";
import type { Files } from "../../../engine/kind.ts";
import type { Model } from "../../model/model.ts";
import type { RuntimeSamples } from "../runtime.ts";
import { ONNX_FILE, outputNames } from "./model_proto.ts";
import { paddingOf, TOKEN_INPUTS, tokenFeeds } from "./token_inputs.ts";

/** How the runtime prepares a graph. */
interface RuntimeOptions {
  /** `all`, the runtime's default, turns what is quantized into integer kernels; `disabled` runs the file as it stands. */
  readonly optimization?: "all" | "disabled";
  /** Values inside the graph that are wanted too, by their names in the file. */
  readonly inside?: readonly string[];
  /** Of a file that reads token numbers and a mask: the token that is masked. Default: 0. */
  readonly padding?: number;
}

/** What a file computes: float32, or integers of its own inside. */
type OnnxComputation = Readonly<Record<string, Float32Array | Uint8Array>>;

/** What the file computes from samples, by output: `logits`, `probabilities`. Throws what the runtime throws. */
export async function runOnnx(
  files: Files,
  samples: RuntimeSamples,
  { optimization = "all", inside = [], padding = 0 }: RuntimeOptions = {},
): Promise<OnnxComputation> {
  const runtime = await loadOnnxRuntime();
  const session = await runtime.InferenceSession.create(withOutputs(files[ONNX_FILE]!, inside), {
    ...SETTINGS,
    graphOptimizationLevel: optimization,
  });
  try {
    const results = await session.run(feedsOf(runtime, session, samples, padding));
    return Object.fromEntries(
      session.outputNames.map((name) => {
        const data = results[name]!.data as Float32Array | Uint8Array;
        return [name, data.slice()];
      }),
    );
  } finally {
    await session.release();
  }
}

/** What every session is made with. */
export const SETTINGS = {
  executionProviders: ["wasm"],
  // Errors are thrown; what is below them would be printed.
  logSeverityLevel: 3,
} as const;

/** What a session reads of samples, by the names of its inputs: values, or token numbers and what is no `padding`. */
export function feedsOf(
  { Tensor }: OnnxRuntime,
  { inputNames }: { readonly inputNames: readonly string[] },
  { x, shape, conditions = [] }: RuntimeSamples,
  padding = 0,
) {
  const extents = [x.length / sizeOf(shape), ...shape];
  // Models that are read from files may call an input of floats `input_ids`, too.
  const inputs = TOKEN_INPUTS.every((name, at) => inputNames[at] === name)
    ? tokenFeeds(x, padding).map((each) => new Tensor("int64", each, extents))
    : [{ x, shape }, ...conditions].map(({ x, shape }) =>
      new Tensor("float32", x, [x.length / sizeOf(shape), ...shape])
    );
  return Object.fromEntries(inputNames.map((name, index) => [name, inputs[index]!]));
}

/** The file, with values inside its graph among those that leave it. */
function withOutputs(bytes: Uint8Array, names: readonly string[]): Uint8Array {
  if (names.length === 0) return bytes;
  const model = fromBinary(ModelProtoSchema, bytes);
  for (const name of names) {
    model.graph!.output.push(createMessage(ValueInfoProtoSchema, { name }));
  }
  return toBinary(ModelProtoSchema, model);
}

/** The logits of a model's file on samples as it reads them, one after another. */
export async function onnxLogits(
  files: Files,
  model: Model,
  x: Float32Array,
  options: RuntimeOptions & Pick<RuntimeSamples, "conditions"> = {},
): Promise<Float32Array> {
  const { conditions = [] } = options;
  const samples = { x, shape: model.inputs[0]!.shape, conditions };
  const results = await runOnnx(files, samples, { padding: paddingOf(model), ...options });
  return results[outputNames(model, model.outputs[0]!).logits] as Float32Array;
}
