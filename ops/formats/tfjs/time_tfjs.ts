/** Layers-models loaded in tfjs once, to be run many times, on its WebAssembly backend. */
import { WASM_BACKEND } from "../../../engine/deps/tfjs_backend_wasm.ts";
import { withTensors } from "../../../engine/tensor/mod.ts";
import type { AskedFiles, RunnableFiles } from "../runtime.ts";
import { inStock, predicted } from "./run_stock.ts";

/** See `Runtime.load`. */
export async function loadInTfjs<T>(
  { files, samples, context }: AskedFiles,
  work: (loaded: RunnableFiles) => Promise<T>,
): Promise<T> {
  return await withTensors(
    (room) =>
      inStock(room, { files, backend: WASM_BACKEND }, (model) =>
        work({
          threads: 1,
          operators: {
            all: model.layers.filter((layer) => !NOT_COMPUTING.has(layer.getClassName())).length,
            integer: 0,
          },
          infer: () => Promise.resolve(predicted(room, model, samples)),
        })),
    context,
  );
}

/** Layers that only hand on numbers, or move them. */
const NOT_COMPUTING: ReadonlySet<string> = new Set([
  ...["InputLayer", "Dropout", "Flatten", "Reshape", "Permute", "RepeatVector"],
  ...["ZeroPadding2D", "Cropping2D", "Concatenate"],
]);
