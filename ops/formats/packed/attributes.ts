/** What each attribute of a layer may be, kind by kind: the order in which they are written, and how they are read. */
import type { Activation } from "../../../engine/tensor/mod.ts";
import type { Layer, LayerAttributes, LayerKind } from "../../model/model.ts";

/** Whether a value of JSON can be the attribute. */
export type Test = (value: unknown) => boolean;

const ACTIVATIONS: { readonly [A in Activation]: true } = {
  linear: true,
  relu: true,
  relu6: true,
  sigmoid: true,
  tanh: true,
  gelu: true,
  elu: true,
  "leaky-relu": true,
};

/** A finite number. */
export const isNumber: Test = (value) => typeof value === "number" && Number.isFinite(value);

/** A list whose items all pass. */
export const listOf = (item: Test): Test => (value) => Array.isArray(value) && value.every(item);

/** A whole number from `low` on that 32 bits hold. */
const whole = (low: number): Test => (value) =>
  Number.isInteger(value) && (value as number) >= low && (value as number) < 2147483648;

/** An extent of a shape. */
export const isExtent: Test = whole(1);

const oneOf = (...words: readonly string[]): Test => (value) =>
  typeof value === "string" && words.includes(value);
const flag: Test = (value) => typeof value === "boolean";
const activation: Test = (value) => typeof value === "string" && Object.hasOwn(ACTIVATIONS, value);
const two = (item: Test): Test => (value) =>
  listOf(item)(value) && (value as unknown[]).length === 2;
const pair = two(isExtent);
const margins = two(two(whole(0)));
const padding: Test = (value) => value === "same" || value === "valid" || margins(value);
const fraction: Test = (value) =>
  isNumber(value) && (value as number) >= 0 && (value as number) < 1;
const positive: Test = (value) => isNumber(value) && (value as number) >= 0;
const target: Test = listOf((value) => value === -1 || isExtent(value));

const window = { strides: pair, padding, dilations: pair };

/** The attribute of a layer that cannot be as it is; undefined where all can. */
export function unsoundAttribute(layer: Layer): string | undefined {
  const own = layer as unknown as Readonly<Record<string, unknown>>;
  return Object.entries(attributes[layer.kind] as Readonly<Record<string, Test>>)
    .find(([name, test]) => !test(own[name]))?.[0];
}

/** By kind, its attributes in the order in which a layer's row holds them. */
export const attributes: {
  readonly [K in LayerKind]: { readonly [A in keyof LayerAttributes[K]]-?: Test };
} = {
  dense: { units: isExtent, bias: flag, activation },
  conv: { filters: isExtent, kernel: pair, ...window, bias: flag, activation },
  depthwise: { multiplier: isExtent, kernel: pair, ...window, bias: flag, activation },
  "conv-transpose": {
    filters: isExtent,
    kernel: pair,
    strides: pair,
    padding: (value) => value === "same" || value === "valid",
    bias: flag,
    activation,
  },
  batchnorm: { epsilon: positive, momentum: positive, activation },
  embedding: { vocabulary: isExtent, size: isExtent },
  position: {},
  "layer-norm": { epsilon: positive },
  attention: { heads: isExtent },
  first: {},
  activation: { activation },
  "max-pool": { size: pair, ...window },
  "average-pool": { size: pair, ...window },
  "global-average-pool": {},
  "global-max-pool": {},
  recurrent: { units: isExtent, sequence: flag, gates: oneOf("sigmoid", "hard-sigmoid") },
  upsample: { size: pair },
  flatten: {},
  reshape: { shape: target },
  pad: { amounts: margins },
  crop: { amounts: margins },
  permute: { order: listOf(whole(0)) },
  add: { activation },
  concat: {},
  split: { parts: isExtent, part: whole(0) },
  shuffle: { groups: isExtent },
  mixture: { shares: listOf(positive) },
  dropout: { rate: fraction },
  sample: {},
};
