/** The reader of the Keras layer that looks rows up. */
import type { Reading } from "./assembly.ts";
import { needed } from "./keras_weighted.ts";

/** `Embedding`. */
export function embedding(reading: Reading): string {
  const { name, config, inputs, add } = reading;
  if (config.flag("mask_zero", false)) {
    throw config.wrong(
      "it hides token 0 from the layers behind it (mask_zero), which none can read",
    );
  }
  const [vocabulary, size] = [config.number("input_dim"), config.number("output_dim")];
  const kernel = needed(reading, "embeddings");
  add({ name, kind: "embedding", inputs, vocabulary, size }, { kernel });
  return name;
}
