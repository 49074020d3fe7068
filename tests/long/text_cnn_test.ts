/** Kim's network on real questions and sentences, with random embeddings: as accurate as published, also in int8. */
import assert from "node:assert/strict";
import { ran, recipe } from "../recipes/support/small.ts";
import { testWith } from "../ops/model/support/test_data.ts";

/**
 * TREC: Kim's size, published at 88.2 % for this split (harvardnlp/sent-conv-torch); 500 test samples, of which two
 * deviations are 2.9 points. SST-2 is published at 83.5 % by a training on phrases too, which are not in the data: on
 * sentences alone a smaller network is held to 78.5 %.
 */
const networks = {
  trec: { least: 0.882 - 0.029, length: 40, embedding: 300, filters: 100, epochs: 8, rate: 0.0007 },
  sst2: { least: 0.785, length: 56, embedding: 64, filters: 50, epochs: 5, rate: 0.001 },
};

for (const [name, network] of Object.entries(networks)) {
  const { least, length, embedding, filters, epochs, rate } = network;
  testWith(
    name,
    `${name}: text-cnn is as accurate as it should be, and in int8`,
    async (folder) => {
      const cache = await Deno.makeTempDir();
      try {
        const run = await ran(
          recipe({
            name,
            data: { from: `${folder}/`, format: "text", text: { length } },
            model: {
              ...{ use: "text-cnn", embedding, filters, dropout: 0.5 },
              train: {
                ...{ epochs, batch: 50, checkpoint: "best" },
                optimizer: { use: "adam", learning_rate: rate },
              },
            },
            quantize: { scheme: "int8", activations: "none" },
          }),
          cache,
        );
        const [model, quantized] = run.models;
        assert.ok(model!.accuracy! >= least, `${model!.accuracy}`);
        assert.ok(quantized!.accuracy! >= model!.accuracy! - 0.01, `${quantized!.accuracy}`);
        assert.ok(quantized!.bytes!.encoded * 3.9 <= model!.bytes!.encoded);
      } finally {
        await Deno.remove(cache, { recursive: true });
      }
    },
  );
}
