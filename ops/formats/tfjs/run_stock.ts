/** Exported layers-models in the runtime they are for: tfjs-layers on a backend of tfjs's own. */
import { loadTfWasm, WASM_BACKEND } from "../../../engine/deps/tfjs_backend_wasm.ts";
import {
  loadTfLayers,
  type SymbolicTensor,
  type TfLayers,
} from "../../../engine/deps/tfjs_layers.ts";
import type { Files } from "../../../engine/kind.ts";
import type { Room, Tensor } from "../../../engine/tensor/mod.ts";
import { sizeOf } from "../../model/layers.ts";
import type { RuntimeSamples } from "../runtime.ts";
import { joinBytes } from "../../data/readers/join_bytes.ts";
import type { WeightGroup } from "./weights_manifest.ts";

type LayersModel = Awaited<ReturnType<TfLayers["loadLayersModel"]>>;

/**
 * Logits that stock tfjs computes from the files of a layers-model: the value behind the last softmax or sigmoid where
 * there is one (`headed`), else the output.
 */
export async function stockLogits(
  room: Room,
  files: Files,
  { headed, ...samples }: RuntimeSamples & { readonly headed: boolean },
): Promise<Float32Array> {
  return await inStock(room, { files, backend: "cpu" }, (model, { layers }) => {
    const logits = layers.model({ inputs: model.inputs, outputs: logitsOf(model, headed) });
    return Promise.resolve(predicted(room, logits, samples)[0]!);
  });
}

/** A backend of tfjs's own. */
type StockBackend = "cpu" | typeof WASM_BACKEND;

/** Shows `body` a layers-model in stock tfjs, on a backend of tfjs's own. */
export async function inStock<T>(
  { tf }: Room,
  { files, backend }: { readonly files: Files; readonly backend: StockBackend },
  body: (model: LayersModel, tfLayers: { readonly layers: TfLayers }) => Promise<T>,
): Promise<T> {
  const layers = await loadTfLayers();
  const [before, quiet] = [tf.getBackend(), tf.env().getBool("PROD")];
  // Else the first use of the CPU backend prints an advertisement.
  tf.env().set("PROD", true);
  try {
    // The room is ours alone until its body returns, so the backend may be changed inside it.
    if (backend === WASM_BACKEND) await loadTfWasm(tf);
    await tf.setBackend(backend);
    const model = await layers.loadLayersModel(tf.io.fromMemory(artifacts(files)));
    try {
      return await body(model, { layers });
    } finally {
      model.dispose();
    }
  } finally {
    tf.env().set("PROD", quiet);
    await tf.setBackend(before);
  }
}

/** What leaves a model, read back. */
export function predicted(
  { tf }: Room,
  model: LayersModel,
  { x, shape, conditions = [] }: RuntimeSamples,
): Float32Array[] {
  const found: Float32Array[] = [];
  tf.tidy(() => {
    const samples = [{ x, shape }, ...conditions].map(({ x, shape }) =>
      tf.tensor(x, [x.length / sizeOf(shape), ...shape])
    );
    const outputs = model.predict(samples.length === 1 ? samples[0]! : samples) as
      | Tensor
      | Tensor[];
    for (const each of [outputs].flat()) found.push(Float32Array.from(each.dataSync()));
  });
  return found;
}

function logitsOf(model: LayersModel, headed: boolean): SymbolicTensor {
  return (headed ? model.layers.at(-1)!.input : model.outputs[0]!) as SymbolicTensor;
}

/** What tfjs calls the parts of a model in memory. */
function artifacts(files: Files) {
  const json = JSON.parse(new TextDecoder().decode(files["model.json"]));
  const groups = json.weightsManifest as WeightGroup[];
  const shards = groups.flatMap(({ paths }) => paths.map((path) => files[path]!));
  return {
    modelTopology: json.modelTopology,
    weightSpecs: groups.flatMap(({ weights }) => weights) as never,
    weightData: joinBytes(shards).buffer,
  };
}
