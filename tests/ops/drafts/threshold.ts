/** A model of one dense layer, as tfjs files, that tells numbers below a threshold from those above, and such numbers. */

/** Writes `model.json` and its weights: classes 0 and 1 for x below and above `threshold`, as the layer sees x. */
export async function writeThreshold(folder: string, threshold: number): Promise<string> {
  const layers = [{
    class_name: "Dense",
    config: {
      name: "tells",
      units: 2,
      activation: "softmax",
      use_bias: true,
      batch_input_shape: [null, 1],
      dtype: "float32",
    },
  }];
  const json = {
    format: "layers-model",
    generatedBy: "keras v2.4.0",
    modelTopology: {
      keras_version: "2.4.0",
      backend: "tensorflow",
      model_config: { class_name: "Sequential", config: { name: "threshold", layers } },
    },
    weightsManifest: [{
      paths: ["weights.bin"],
      weights: [
        { name: "tells/kernel", shape: [1, 2], dtype: "float32" },
        { name: "tells/bias", shape: [2], dtype: "float32" },
      ],
    }],
  };
  await Deno.mkdir(folder, { recursive: true });
  await Deno.writeTextFile(`${folder}/model.json`, JSON.stringify(json));
  // The logits are −x and x − 2 · threshold: equal at the threshold.
  const weights = new Float32Array([-1, 1, 0, -2 * threshold]);
  await Deno.writeFile(`${folder}/weights.bin`, new Uint8Array(weights.buffer));
  return `${folder}/model.json`;
}

/** Writes a table of the numbers 0 … 99, whose class is whether they are above 39.5. */
export async function writeNumbers(path: string): Promise<string> {
  const rows = Array.from({ length: 100 }, (_, x) => `${x},${x > 39.5 ? 1 : 0}`);
  await Deno.writeTextFile(path, `x,above\n${rows.join("\n")}\n`);
  return path;
}
