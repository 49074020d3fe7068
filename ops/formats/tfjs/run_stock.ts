/** Exported layers-models in the runtime they are for: tfjs-layers on tfjs's own CPU backend. */
import type { SymbolicTensor, TfLayers } from "../../../engine/deps/tfjs_layers.ts";
import { loadTfLayers } from "../../../engine/deps/tfjs_layers.ts";
import type { Files } from "../../../engine/kind.ts";
import type { Room, Tensor } from "../../../engine/tensor/mod.ts";
import { sizeOf } from "../../model/layers.ts";
import type { RuntimeSamples } from "../format.ts";
import { joinBytes } from "../../data/readers/join_bytes.ts";
import type { WeightGroup } from "./weights_manifest.ts";

/**
 * Logits that stock tfjs computes from the files of a layers-model: the value behind the last softmax or sigmoid where
 * there is one (`headed`), else the output.
 */
export async function stockLogits(
  { tf }: Room,
  files: Files,
  { x, shape, conditions = [], headed }: RuntimeSamples & { readonly headed: boolean },
): Promise<Float32Array> {
  const layers = await loadTfLayers();
  const [before, quiet] = [tf.getBackend(), tf.env().getBool("PROD")];
  // The room is ours alone until its body returns, so the backend may be changed inside it.
  await tf.setBackend("cpu");
  // Else the first use of this backend prints an advertisement.
  tf.env().set("PROD", true);
  try {
    const model = await layers.loadLayersModel(tf.io.fromMemory(artifacts(files)));
    const samples = [{ x, shape }, ...conditions].map(({ x, shape }) =>
      tf.tensor(x, [x.length / sizeOf(shape), ...shape])
    );
    const logits = layers.model({ inputs: model.inputs, outputs: logitsOf(model, headed) });
    const output = logits.predict(samples.length === 1 ? samples[0]! : samples) as Tensor;
    const values = Float32Array.from(output.dataSync());
    for (const each of [output, ...samples, model]) each.dispose();
    return values;
  } finally {
    tf.env().set("PROD", quiet);
    await tf.setBackend(before);
  }
}

function logitsOf(
  model: Awaited<ReturnType<TfLayers["loadLayersModel"]>>,
  headed: boolean,
): SymbolicTensor {
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
