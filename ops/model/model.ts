/**
 * A model is plain data: a topological list of layers, weights by name, and what later steps must know. Layer names
 * are given by whoever built the model (`stage1.block1.conv1`), never by tfjs, never by a counter.
 */
import type { Digest } from "../../engine/digest.ts";
import type { Activation, Padding } from "../../engine/tensor/mod.ts";

/** Attributes of a window. */
export interface WindowAttributes {
  readonly strides: readonly [number, number];
  readonly padding: Padding;
  readonly dilations: readonly [number, number];
}

/** Attributes by layer kind: the closed union that every table is exhaustive over. */
export interface LayerAttributes {
  dense: { readonly units: number; readonly bias: boolean; readonly activation: Activation };
  conv: WindowAttributes & {
    readonly filters: number;
    readonly kernel: readonly [number, number];
    readonly bias: boolean;
    readonly activation: Activation;
  };
  depthwise: WindowAttributes & {
    readonly kernel: readonly [number, number];
    readonly multiplier: number;
    readonly bias: boolean;
    readonly activation: Activation;
  };
  /** A convolution read backwards: each value of the input is spread over a window of the output. */
  "conv-transpose": {
    readonly filters: number;
    readonly kernel: readonly [number, number];
    readonly strides: readonly [number, number];
    readonly padding: "same" | "valid";
    readonly bias: boolean;
    readonly activation: Activation;
  };
  batchnorm: {
    readonly epsilon: number;
    readonly momentum: number;
    readonly activation: Activation;
  };
  /** Rows of a table by number: tokens [length] become [length, size]. */
  embedding: { readonly vocabulary: number; readonly size: number };
  /** A table of one row per position, added: learned positions. */
  position: Record<never, never>;
  /** Normalised along the last axis, with gamma and beta. */
  "layer-norm": { readonly epsilon: number };
  /**
   * softmax(Q Kᵀ / √depth) V, head by head: reads queries, keys, values [length, heads · depth] and, if there is a
   * fourth, the tokens that keys are of; those that are 0, padding, get no weight.
   */
  attention: { readonly heads: number };
  /** The first position of a sequence. */
  first: Record<never, never>;
  activation: { readonly activation: Activation };
  "max-pool": WindowAttributes & { readonly size: readonly [number, number] };
  "average-pool": WindowAttributes & { readonly size: readonly [number, number] };
  "global-average-pool": Record<never, never>;
  /** The largest value of each channel. */
  "global-max-pool": Record<never, never>;
  /**
   * A long short-term memory over a sequence. Its kernel [inputs + units, 4 · units] stands over its own state's; four
   * gates side by side in Keras's order: input, forget, cell, output. `sequence`: the states of all steps, else the last.
   */
  recurrent: {
    readonly units: number;
    readonly sequence: boolean;
    readonly gates: "sigmoid" | "hard-sigmoid";
  };
  /** Each pixel becomes `size` pixels of its value. */
  upsample: { readonly size: readonly [number, number] };
  flatten: Record<never, never>;
  /** Target shape without the batch; at most one −1. */
  reshape: { readonly shape: readonly number[] };
  /** Zeros around an image: [[top, bottom], [left, right]]. */
  pad: { readonly amounts: readonly [readonly [number, number], readonly [number, number]] };
  /** What goes from an image's borders: [[top, bottom], [left, right]]. */
  crop: { readonly amounts: readonly [readonly [number, number], readonly [number, number]] };
  /** The axes in another order, counted from 0 without the batch. */
  permute: { readonly order: readonly number[] };
  add: { readonly activation: Activation };
  /** Along the last axis. */
  concat: Record<never, never>;
  /** Of an image's channels in `parts` equal parts, the one at `part`, counted from 0. */
  split: { readonly parts: number; readonly part: number };
  /** An image's channels in `groups` equal groups, taken from each in turn. */
  shuffle: { readonly groups: number };
  /** The mean of several distributions over classes, by logits: the share of each, 1 together. */
  mixture: { readonly shares: readonly number[] };
  /** Fraction dropped while training; identity otherwise. */
  dropout: { readonly rate: number };
  /** Of mean and log-variance: a normal draw while training, the mean otherwise. */
  sample: Record<never, never>;
}

export type LayerKind = keyof LayerAttributes;

/** The layers of one kind. */
export type LayerOf<K extends LayerKind> = Extract<Layer, { readonly kind: K }>;

/** One layer: its name, its kind with attributes, the layers it reads. */
export type Layer = {
  [K in LayerKind]:
    & { readonly name: string; readonly kind: K; readonly inputs: readonly string[] }
    & LayerAttributes[K];
}[LayerKind];

/** One input of the model; its name may stand among a layer's `inputs`. */
export interface ModelInput {
  readonly name: string;
  /** Without the batch. */
  readonly shape: readonly number[];
}

/** Structure without weights: enough for shapes, parameters, MACs, selectors, dependency groups. */
export interface Architecture {
  /** The zoo's family, or `loaded`. */
  readonly family: string;
  readonly inputs: readonly ModelInput[];
  readonly layers: readonly Layer[];
  /** Layers whose values leave the model: logits. */
  readonly outputs: readonly string[];
  /** What a consumer applies to the logits; exports write it as the last layer. */
  readonly head: "softmax" | "sigmoid" | "none";
}

/** How a weight is stored. Decoded value of affine: scale[c] · (q − zero[c]), c along `axis` (or one for all). */
export type Encoding =
  | { readonly use: "f32" }
  | { readonly use: "f16" }
  | {
    readonly use: "affine";
    readonly bits: number;
    /** The axis with one scale per index; null: one scale. */
    readonly axis: number | null;
    readonly symmetry: "symmetric" | "asymmetric";
    readonly scale: Float32Array;
    readonly zero: Int32Array;
  }
  | { readonly use: "codebook"; readonly bits: number; readonly centroids: Float32Array };

/** One weight array. `data`: float32 (f32), half bits (f16: uint16), integers (affine: int8), codes (codebook: uint8). */
export interface Weight {
  readonly shape: readonly number[];
  readonly encoding: Encoding;
  readonly data: Float32Array | Uint16Array | Int8Array | Uint8Array;
  /** 0 where the weight is pruned and must stay 0; absent: nothing is. */
  readonly mask?: Uint8Array;
}

/** Roles of weights; `layer/role` is a weight's name. */
export const ROLES = ["kernel", "bias", "gamma", "beta", "mean", "variance"] as const;

/** One of them. */
export type Role = (typeof ROLES)[number];

/** The name of a layer's weight. */
export function weightName(layer: string, role: Role): string {
  return `${layer}/${role}`;
}

/** Input as the layers see it: value · scale + offset, per channel (last axis) or one for all. */
export interface Preprocess {
  readonly scale: readonly number[];
  readonly offset: readonly number[];
}

/** How a layer's output (or an input, by its name) is represented in integers: real = scale · (q − zero). */
export interface ActivationFormat {
  readonly bits: number;
  readonly scale: number;
  readonly zero: number;
  readonly minimum: number;
  readonly maximum: number;
}

/** What earlier steps established; later steps must keep it. */
export interface Established {
  /** Masks that hold zeros are present. */
  readonly zeros?: true;
  readonly clusters?: true;
  /** Channels were removed: layer name → channels left. */
  readonly channels?: Readonly<Record<string, number>>;
  /** Number format of the weights (`int8`). */
  readonly format?: string;
  /** Layers that gave way to a group with their name. */
  readonly replaced?: readonly string[];
}

/** Integer arithmetic of a quantized model. */
export interface Quantization {
  readonly rules: "onnx" | "tflite" | "tensorflow";
  readonly activations: Readonly<Record<string, ActivationFormat>>;
  /** Each row that a dense layer reads gets integers by its own range; there are no other integers then. */
  readonly dynamic?: {
    readonly bits: number;
    readonly symmetry: "asymmetric" | "symmetric";
  };
}

/** What the files weigh that a model was loaded from. */
export interface OwnFiles {
  /** All of them together, as they lie. */
  readonly encoded: number;
  /** Each gzipped, together. */
  readonly gzip: number;
  readonly format: string;
  /** Digest of the model that was in them: of another one they say nothing. */
  readonly of: Digest;
}

/** A model. */
export interface Model extends Architecture {
  /** Every weight by `layer/role`. */
  readonly weights: Readonly<Record<string, Weight>>;
  /** Null until it is first trained, unless it was loaded with its own. */
  readonly preprocess: Preprocess | null;
  /** Names of the classes in index order. */
  readonly classes: readonly string[];
  /** What later steps must keep. */
  readonly established: Established;
  /** Loaded, trained, or made from a model that has learned. */
  readonly learned: boolean;
  /** Null: float activations; weights may still be encoded. */
  readonly quantization: Quantization | null;
  /** Of a model that was loaded. What is made of it may still have them: `ownFiles` tells whether they are its own. */
  readonly files?: OwnFiles;
}

/** The structure of a model alone, without its weights and state. */
export function structureOf(model: Architecture): Architecture {
  const { family, inputs, layers, outputs, head } = model;
  return { family, inputs, layers, outputs, head };
}
