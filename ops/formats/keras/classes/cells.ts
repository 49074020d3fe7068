/** What the cells of recurrent layers have in files: activations by name, and both kernels with their bias. */
import { quotedJson } from "../../../../engine/quote.ts";
import type { LayerOf } from "../../../model/model.ts";
import { isJsonObject } from "../../json_object.ts";
import type { FileWeight, Reading } from "../assembly.ts";
import type { Config } from "../config.ts";

/** The activation of a state or of a gate. */
export type CellActivation = LayerOf<"rnn">["gates"];

const activations: Readonly<Record<string, CellActivation>> = {
  linear: "linear",
  relu: "relu",
  sigmoid: "sigmoid",
  tanh: "tanh",
  // As tfjs writes it.
  hardSigmoid: "hard-sigmoid",
};

/** The activation in a field of a cell's config. */
export function activationOf(
  { keras }: Reading,
  config: Config,
  field: string,
  preset: string,
): CellActivation {
  const value = config.raw(field) ?? preset;
  const name = isJsonObject(value) && value.class_name === "function" ? value.config : value;
  if (name === "hard_sigmoid") return keras === 3 ? "hard-sigmoid-6" : "hard-sigmoid";
  if (typeof name === "string" && Object.hasOwn(activations, name)) return activations[name]!;
  const what = field === "activation" ? "its activation" : "its gates' activation";
  throw config.wrong(`${what} ${quotedJson(name)} cannot be read`);
}

/** The weights of a cell; no bias where it has none. */
interface CellWeights {
  /** Meets what enters. */
  readonly own: FileWeight;
  /** Meets the state. */
  readonly back: FileWeight;
  readonly bias: FileWeight | undefined;
}

/** The weights of a cell, whose names stand behind one of `prefixes`: the first that has them counts. */
export function cellWeights(
  reading: Reading,
  config: Config,
  prefixes: readonly string[],
): CellWeights {
  const find = (name: string): FileWeight => {
    for (const prefix of prefixes) {
      const found = reading.weight(`${prefix}${name}`);
      if (found !== undefined) return found;
    }
    throw config.wrong(`the file has no weight \`${name}\` for it`);
  };
  return {
    own: find("kernel"),
    back: find("recurrent_kernel"),
    bias: config.flag("use_bias", true) ? find("bias") : undefined,
  };
}
