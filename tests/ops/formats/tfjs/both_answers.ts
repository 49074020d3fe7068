/** Models that stock tfjs builds and saves: its answers, and those of what is read of its files. */
import { loadTfLayers, type TfLayers } from "../../../../engine/deps/tfjs_layers.ts";
import type { Tf } from "../../../../engine/deps/tfjs_core.ts";
import type { Files } from "../../../../engine/kind.ts";
import { stream } from "../../../../engine/tensor/random.ts";
import { type Tensor, withTensors } from "../../../../engine/tensor/mod.ts";
import { inferLogits } from "../../../../ops/model/infer.ts";
import { layerFacts } from "../../../../ops/model/layers.ts";
import { modelOf } from "../../model/support/test_data.ts";

type StockModel = ReturnType<TfLayers["model"]>;

/** Builds a model with stock tfjs, saves it as tfjs saves, reads it with ours, and gives both answers. */
export async function bothAnswers(
  build: (layers: TfLayers) => StockModel,
  shape: readonly number[],
): Promise<{
  ours: Float32Array;
  stock: Float32Array;
  layers: string[];
  /** Layers with weights of their own, and with another's. */
  owners: number;
  tied: number;
}> {
  const layers = await loadTfLayers();
  return await withTensors(async (room) => {
    const { tf } = room;
    const before = tf.getBackend();
    tf.env().set("PROD", true);
    await tf.setBackend("cpu");
    const x = stream(0, "noise").uniforms(0, 2 * shape.reduce((size, extent) => size * extent, 1));
    const model = build(layers);
    const files = await saved(tf, model);
    const input = tf.tensor(x, [2, ...shape]);
    const output = model.predict(input) as Tensor;
    const stock = Float32Array.from(output.dataSync());
    for (const each of [input, output, model]) each.dispose();
    await tf.setBackend(before);
    const read = modelOf(files);
    const ours = await inferLogits(room, read, { count: 2, x, y: null });
    return {
      ...{ ours, stock, layers: read.layers.map((layer) => `${layer.name} ${layer.kind}`) },
      owners: layerFacts(read).filter(({ parameters }) => parameters > 0).length,
      tied: read.layers.filter(({ tied }) => tied !== undefined).length,
    };
  });
}

async function saved(tf: Tf, model: StockModel): Promise<Files> {
  let files: Files = {};
  await model.save(tf.io.withSaveHandler((artifacts) => {
    const { modelTopology, weightSpecs, weightData } = artifacts;
    const weightsManifest = [{ paths: ["w.bin"], weights: weightSpecs }];
    files = {
      "model.json": new TextEncoder().encode(JSON.stringify({ modelTopology, weightsManifest })),
      "w.bin": new Uint8Array(weightData as ArrayBuffer),
    };
    return Promise.resolve({
      modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" },
    });
  }));
  return files;
}
