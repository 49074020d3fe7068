/** The integers between layers that a TensorFlow Lite file holds: of 8 bits, with ranges that are known beforehand. */
import type { IntegerFacts } from "../../../engine/facts.ts";
import type { IntegerRefusal } from "../format.ts";

const FLOATS = "`form: float` writes decoded weights";

/** Why a file cannot hold such integers, and ways out; undefined where it can. */
export function refusedIntegers({ bits, ranges }: IntegerFacts): IntegerRefusal | undefined {
  if (ranges === "dynamic") {
    return {
      message:
        "Cannot write integers whose ranges are found row by row (ranges: dynamic) for TensorFlow Lite",
      help: `quantize with calibrated ranges (ranges: static); ${FLOATS}`,
    };
  }
  if (bits === 8) return undefined;
  return {
    message: `Cannot write values between layers in ${bits} bits for TensorFlow Lite: ` +
      "the format has those of 8 bits, -128 to 127",
    help: `quantize with activations: int8; ${FLOATS}`,
  };
}
