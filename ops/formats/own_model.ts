/** Models out of files that were written here, which hold the network and its numbers as they were. */
import { sentenceOf } from "../../engine/quote.ts";
import type { RunContext } from "../../engine/op.ts";
import type { Model, Weight } from "../model/model.ts";
import { decodeWeight, floatWeight } from "../model/weights.ts";
import type { AskedModel } from "./asked.ts";
import { UnreadableModelError } from "./format.ts";

/**
 * The model that `decode` gives, in floats unless integers are to stay: small numbers are decoded, and a warning says so.
 * Throws an UnreadableModelError where `decode` throws a RangeError, and where a recipe asks for another input or output.
 */
export function ownModel(
  decode: () => Model,
  from: string,
  { warn, integers = false, ...asked }: Pick<RunContext, "warn"> & AskedModel,
): Model {
  assertUnasked(asked, ["input", "output"], "it was written here");
  try {
    const model = decode();
    return integers ? model : inFloats(model, from, warn);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new UnreadableModelError(`\`${from}\` cannot be read: ${sentenceOf(error)}`);
  }
}

/** Throws where a recipe asks what can be had of other files. */
export function assertUnasked(
  asked: AskedModel,
  fields: readonly ("input" | "output")[],
  why: string,
): void {
  const field = fields.find((each) => asked[each] !== undefined);
  if (field === undefined) return;
  throw new UnreadableModelError(`the network of the file has one ${field}: ${why}`, {
    field,
    help: `leave \`${field}\` out`,
  });
}

function inFloats(model: Model, from: string, warn: RunContext["warn"]): Model {
  const small = Object.values(model.weights).some(({ encoding }) => encoding.use !== "f32");
  if (!small && model.quantization === null) return model;
  warn(
    `\`${from}\` holds numbers smaller than floats, which are decoded: preserve: integers keeps them, ` +
      "quantize stores them so again",
  );
  const weights = Object.entries(model.weights).map(([name, weight]): [string, Weight] => [
    name,
    floatWeight(weight.shape, decodeWeight(weight)),
  ]);
  return { ...model, weights: Object.fromEntries(weights), established: {}, quantization: null };
}
