/** Every layer kind. To add one: its literal in a file of kinds like it, and its name in this list. */
import { flatten, permute, reshape, reverse } from "./arrange.ts";
import { attention } from "./attention.ts";
import { contrast } from "./codes/contrast.ts";
import { lookup } from "./codes/lookup.ts";
import { oneHot } from "./codes/one_hot.ts";
import { conv, depthwise } from "./conv.ts";
import { convTranspose } from "./conv_transpose.ts";
import type { LayerDefinition, LayerIn } from "./define.ts";
import { dense } from "./dense.ts";
import { shuffle, split } from "./divide.ts";
import { activation, dropout, prelu, sample, valueFunction } from "./elementwise.ts";
import { crop, pad, resize, upsample } from "./image.ts";
import { add, combine, concat, dot, mixture } from "./merge.ts";
import { batchnorm, layerNorm, softmax, standardize } from "./norm.ts";
import { averagePool, globalAveragePool, globalMaxPool, maxPool } from "./pool.ts";
import { recurrent } from "./recurrent.ts";
import { rnn } from "./rnn.ts";
import { constant, embedding, first, position, tokenMean } from "./sequence.ts";
import { conv3d, conv3dTranspose } from "./volumes/conv3d.ts";
import { convLstm } from "./volumes/conv_lstm.ts";

/** The definitions. */
export const kinds = [
  dense,
  conv,
  depthwise,
  convTranspose,
  conv3d,
  conv3dTranspose,
  convLstm,
  batchnorm,
  layerNorm,
  standardize,
  embedding,
  position,
  constant,
  first,
  tokenMean,
  attention,
  recurrent,
  rnn,
  activation,
  valueFunction,
  prelu,
  softmax,
  dropout,
  sample,
  maxPool,
  averagePool,
  globalAveragePool,
  globalMaxPool,
  upsample,
  resize,
  pad,
  crop,
  contrast,
  lookup,
  oneHot,
  flatten,
  reshape,
  permute,
  reverse,
  add,
  combine,
  dot,
  concat,
  mixture,
  split,
  shuffle,
] as const;

type Defined = (typeof kinds)[number];

/** One layer: its name, its kind with attributes, the layers it reads. */
export type Layer = LayerIn<Defined>;

/** The name of a kind. */
export type LayerKind = Layer["kind"];

/** The layers of one kind. */
export type LayerOf<K extends LayerKind> = Extract<Layer, { readonly kind: K }>;

/** Layers with a kernel: their products can be integers, or the kernel alone can be stored smaller. */
export type StoringLayer = LayerIn<Extract<Defined, { readonly kernel: object }>>;

/** Layers that accumulate products which integers can do. */
export type AccumulatingLayer = LayerIn<
  Extract<Defined, { readonly kernel: { readonly multiplies: "integers" } }>
>;

const byKind = new Map<string, LayerDefinition<Layer>>(
  kinds.map((definition) => [definition.kind, definition as unknown as LayerDefinition<Layer>]),
);

/** The definition of a kind by its name; undefined where there is none. */
export function kindNamed(name: string): LayerDefinition<Layer> | undefined {
  return byKind.get(name);
}

/** The definition of a layer's own kind, which takes this layer; TypeScript does not correlate the two unions. */
export function kindOf({ kind }: { readonly kind: string }): LayerDefinition<Layer> {
  const definition = byKind.get(kind);
  if (definition === undefined) throw new Error(`internal: there are no layers of kind "${kind}"`);
  return definition;
}

/** Whether a layer has a kernel whose products integers can do: what pruning weights and quantizing treats. */
export function hasKernel<L extends { readonly kind: string }>(
  layer: L,
): layer is L & { readonly kind: AccumulatingLayer["kind"] } {
  return kindOf(layer).kernel?.multiplies === "integers";
}

/**
 * Whether a layer has a kernel of its own that can be stored smaller, although no product may be computed with it in
 * integers. That of a tied layer is another's.
 */
export function storesKernel<L extends Pick<Layer, "tied"> & { readonly kind: string }>(
  layer: L,
): layer is L & { readonly kind: StoringLayer["kind"] } {
  return layer.tied === undefined && kindOf(layer).kernel !== undefined;
}
