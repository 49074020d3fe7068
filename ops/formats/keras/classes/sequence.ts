/** Readers of the Keras layers over sequences: rows of a table by token, and the LSTM. */
import { excerpt, quotedJson } from "../../../../engine/quote.ts";
import type { LayerOf } from "../../../model/model.ts";
import type { FileWeight, Reading } from "../assembly.ts";
import { needed } from "./weighted.ts";
import { kerasGates } from "../words.ts";

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

const gatesByName: Readonly<Record<string, LayerOf<"recurrent">["gates"]>> = {
  [kerasGates.sigmoid]: "sigmoid",
  [kerasGates["hard-sigmoid"]]: "hard-sigmoid",
  // As tfjs writes it.
  hardSigmoid: "hard-sigmoid",
};

/** `LSTM`; its two kernels become one. What only concerns training (dropout, initializers) is left behind. */
export function lstm(reading: Reading): string {
  const { name, config, inputs, add } = reading;
  if (config.text("activation", "tanh") !== "tanh") {
    throw config.wrong(
      `its activation is ${quotedJson(config.raw("activation"))}, only tanh can be read`,
    );
  }
  const named = config.text("recurrent_activation", "hard_sigmoid");
  const gates = gatesByName[named];
  if (gates === undefined) {
    throw config.wrong(`its gates' activation \`${excerpt(named)}\` cannot be read`);
  }
  for (const field of ["go_backwards", "stateful", "return_state"]) {
    if (config.flag(field, false)) throw config.wrong(`\`${field}\` cannot be read`);
  }
  const units = config.number("units");
  const [own, back] = [weightOf(reading, "kernel"), weightOf(reading, "recurrent_kernel")];
  const kernel = { shape: [own.shape[0]! + units, 4 * units], values: joined(own, back) };
  const bias = config.flag("use_bias", true)
    ? weightOf(reading, "bias")
    : { shape: [4 * units], values: new Float32Array(4 * units) };
  const sequence = config.flag("return_sequences", false);
  add({ name, kind: "recurrent", inputs, units, sequence, gates }, { kernel, bias });
  return name;
}

/** Keras's converter writes the weights under the name of the layer's cell. */
function weightOf({ config, weight }: Reading, kerasName: string): FileWeight {
  const found = weight(kerasName) ?? weight(`lstm_cell/${kerasName}`);
  if (found !== undefined) return found;
  throw config.wrong(`the file has no weight \`${kerasName}\` for it`);
}

function joined(own: FileWeight, back: FileWeight): Float32Array {
  const values = new Float32Array(own.values.length + back.values.length);
  values.set(own.values);
  values.set(back.values, own.values.length);
  return values;
}
