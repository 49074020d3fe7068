/** Which rows of a value are hidden from layers behind it (Keras's masks): where they come from and whom they pass. */
import type { Reading } from "../assembly.ts";
import { type Chain, chainOf } from "./chain.ts";

/** Classes that hand a mask on as it is: they treat each row alone. */
const PASSING: ReadonlySet<string> = new Set(
  ("Activation ActivityRegularization AlphaDropout BatchNormalization Dense Dropout ELU GaussianDropout GaussianNoise " +
    "GroupNormalization Identity LayerNormalization LeakyReLU Normalization PReLU ReLU Rescaling SpatialDropout1D " +
    "SpatialDropout2D SpatialDropout3D ThresholdedReLU TimeDistributed UnitNormalization").split(
      " ",
    ),
);

/** Classes that join values place by place. */
const MERGING: ReadonlySet<string> = new Set(
  "Add Average Concatenate Maximum Minimum Multiply Subtract".split(" "),
);

/** Classes that Keras computes otherwise where rows are hidden, and that are not read so. */
const OTHERWISE: ReadonlySet<string> = new Set(
  "ConvLSTM1D ConvLSTM2D ConvLSTM3D SpectralNormalization Softmax".split(" "),
);

/**
 * Says which rows are hidden behind a layer of a class whose reader does not say so itself: those that were before it,
 * or none, as Keras has it for most classes.
 */
export function passMask(className: string, reading: Reading): void {
  const { masks, config } = reading;
  const [mask] = masks;
  if (masks.every((each) => each === undefined)) return;
  if (OTHERWISE.has(className)) {
    throw config.wrong("rows are hidden from it (Masking, mask_zero), which cannot be read");
  }
  if (PASSING.has(className)) return reading.hides(mask);
  if (!MERGING.has(className)) return;
  // Where one of them shows all of its rows, so does what comes of them.
  if (masks.includes(undefined)) return;
  if (masks.some((each) => each !== mask)) {
    throw config.wrong("of each value that it joins other rows are hidden, which cannot be read");
  }
  const last = className !== "Concatenate" || isLast(reading);
  if (!last) throw config.wrong("rows that are hidden stand behind others, which cannot be read");
  reading.hides(mask);
}

function isLast({ config, shapes: [shape] }: Reading): boolean {
  const axis = config.number("axis", -1);
  return axis === -1 || axis === shape!.length;
}

/** `Masking`: rows of nothing but one value are hidden, and 0. */
export function masking(reading: Reading): string {
  const { config, shapes: [shape] } = reading;
  if (shape!.length !== 2) throw config.wrong("it can read sequences alone");
  const [length, size] = shape as readonly [number, number];
  const value = config.number("mask_value", 0);
  const chain = chainOf(reading);
  // How far the farthest number of each row is from the value: 1 for any that the value is not.
  const mask = chain.then("differs", { kind: "function", function: "differs", parameters: [value] })
    .transposed("turned", [1, 0]).as("columns", [size, 1, length])
    .then("farthest", { kind: "global-max-pool" })
    .then("large", { kind: "function", function: "scale", parameters: [1e30, 0] })
    .then("mask", { kind: "function", function: "clip", parameters: [0, 1] });
  reading.hides(mask.last);
  return shown(reading, chain, mask.last, "").last;
}

/** A value whose rows are 0 where a mask of ones and zeros is 0. */
export function shown(reading: Reading, chain: Chain, mask: string, suffix: string): Chain {
  const [length] = chain.shape;
  const name = suffix === "" ? "rows" : `${suffix}.rows`;
  const column = chainOf(reading, mask).as(name, [length!, 1]);
  return chain.then(suffix, { kind: "combine", by: "product" }, { others: [column.last] });
}

/** A mask as ones and zeros: token numbers are others. */
export function onesAndZeros(reading: Reading, mask: string, suffix: string): Chain {
  return chainOf(reading, mask)
    .then(suffix, { kind: "function", function: "differs", parameters: [0] });
}
