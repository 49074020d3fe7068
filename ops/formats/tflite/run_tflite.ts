/** Exported files in the runtime they are for: TensorFlow Lite's interpreter as WebAssembly, on one thread. */
import { sizeOf } from "../../../engine/shape.ts";
import { loadTflite, said, type TfliteRunner } from "../../../engine/deps/tflite_web.ts";
import type { Files } from "../../../engine/kind.ts";
import type { RuntimeSamples } from "../runtime.ts";
import { TFLITE_FILE } from "./encode.ts";
import { decodeFile, encodeFile } from "./flatbuffer.ts";

/** What a file computes, by tensor: the numbers of all samples, one after another. */
type TfliteComputation = Readonly<Record<string, Float32Array | Int8Array>>;

/**
 * What the file computes from samples, one at a time, by the names of tensors: those that leave it, or those that are asked
 * for. Throws an Error with what the runtime says where it does not run.
 */
export async function runTflite(
  files: Files,
  samples: RuntimeSamples,
  tensors?: readonly string[],
): Promise<TfliteComputation> {
  const bytes = files[TFLITE_FILE]!;
  const file = tensors === undefined ? bytes : withOutputs(bytes, tensors);
  const runtime = await loadTflite();
  said.length = 0;
  const address = runtime._malloc(file.length);
  runtime.HEAPU8.set(file, address);
  const made = runtime.TFLiteWebModelRunner.CreateFromBufferAndOptions(address, file.length, {
    numThreads: 1,
    enableProfiling: false,
    maxProfilingBufferEntries: 1,
  });
  try {
    if (!made.ok()) throw refused(made.errorMessage());
    return inferred(made.value(), samples);
  } finally {
    made.delete();
    runtime._free(address);
  }
}

function inferred(runner: TfliteRunner, samples: RuntimeSamples): TfliteComputation {
  const { x, shape, conditions = [] } = samples;
  const count = x.length / sizeOf(shape);
  const found = new Map<string, Float32Array | Int8Array>();
  for (let sample = 0; sample < count; sample++) {
    const entering = runner.GetInputs();
    [{ x, shape }, ...conditions].forEach(({ x, shape }, index) => {
      const size = sizeOf(shape);
      entering.get(index).data().set(x.subarray(sample * size, (sample + 1) * size));
    });
    if (!runner.Infer()) throw refused("it does not run");
    const leaving = runner.GetOutputs();
    for (let index = 0; index < leaving.size(); index++) {
      const tensor = leaving.get(index);
      const data = tensor.data() as Float32Array | Int8Array;
      const all = found.get(tensor.name) ??
        (data instanceof Int8Array
          ? new Int8Array(count * data.length)
          : new Float32Array(count * data.length));
      all.set(data, sample * data.length);
      found.set(tensor.name, all);
    }
  }
  return Object.fromEntries(found);
}

function refused(why: string): Error {
  const errors = said.filter((line) => line.startsWith("ERROR"));
  return new Error(`TensorFlow Lite refuses the file: ${[why, ...errors].join(" ").trim()}`);
}

/** The file with other tensors leaving it. */
function withOutputs(bytes: Uint8Array, names: readonly string[]): Uint8Array {
  const file = decodeFile(bytes, TFLITE_FILE);
  const [graph] = file.subgraphs;
  const places = new Map(graph!.tensors.map(({ name }, place) => [name, place]));
  const outputs = names.map((name) => places.get(name)!);
  return encodeFile({ ...file, subgraphs: [{ ...graph!, outputs }] });
}
