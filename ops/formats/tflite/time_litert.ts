/** TensorFlow Lite files loaded in LiteRT once, to be run many times. */
import { loadLitert } from "../../../engine/deps/litert.ts";
import type { AskedFiles, Operators, RunnableFiles } from "../runtime.ts";
import { TFLITE_FILE } from "./encode.ts";
import { decodeFile } from "./flatbuffer.ts";
import { OPERATORS } from "./operators.ts";
import { TYPES } from "./schema.ts";

/** See `Runtime.load`. */
export async function loadInLitert<T>(
  { files, samples: { x, shape, conditions = [] } }: AskedFiles,
  work: (loaded: RunnableFiles) => Promise<T>,
): Promise<T> {
  const file = files[TFLITE_FILE]!;
  const litert = await loadLitert();
  const model = await litert.loadAndCompile(file, { accelerator: "wasm" })
    .catch((error: Error) => {
      throw new Error(`LiteRT refuses the file: ${error.message}`);
    });
  const entering = [{ x, shape }, ...conditions];
  try {
    return await work({
      threads: 1,
      operators: computing(file),
      async infer() {
        const inputs = entering.map(({ x, shape }) => new litert.Tensor(x, [1, ...shape]));
        const outputs = await model.run(inputs);
        const values = await Promise.all(outputs.map((each) => each.data()));
        for (const each of [...inputs, ...outputs]) each.delete();
        return values as Float32Array[];
      },
    });
  } finally {
    model.delete();
  }
}

/** Operators that only move numbers, or convert them. */
const NOT_COMPUTING: ReadonlySet<number> = new Set(
  ([
    ...["QUANTIZE", "DEQUANTIZE", "CAST", "RESHAPE", "TRANSPOSE", "SQUEEZE", "PAD"],
    ...["CONCATENATION", "SLICE", "GATHER", "REVERSE_V2"],
  ] as (keyof typeof OPERATORS)[]).map((name) => OPERATORS[name].code),
);

/** The operators of a file that compute: with integers are those that read and make some, which the file fixes. */
function computing(file: Uint8Array): Operators {
  const { codes, subgraphs: [graph] } = decodeFile(file, TFLITE_FILE);
  const { operators, tensors } = graph!;
  const isInteger = (tensor: number | undefined) =>
    tensor !== undefined && tensors[tensor]!.type === TYPES.int8;
  const all = operators.filter(({ code }) => !NOT_COMPUTING.has(codes[code]!.code));
  const integer = all.filter(({ inputs, outputs }) =>
    isInteger(inputs[0]) && isInteger(outputs[0])
  );
  return { all: all.length, integer: integer.length };
}
